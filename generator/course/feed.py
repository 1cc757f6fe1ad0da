"""The facts of a podcast's feed that a course does not have already."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import cast

from generator.course.table import Form, Table
from generator.model import CATEGORIES, Feed, Medium

MAX_TEXT = 255
"""Characters: what a directory takes of most texts."""
MAX_LINK_TEXT = 128
MEDIUMS = ("course", "podcast", "audiobook")

_HOST = r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,200}[A-Za-z0-9])?(?::[0-9]{1,5})?"
_PATH = r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*"
_LINK = Form(
    re.compile(rf"(?=.{{0,255}}$){_HOST}(?:/{_PATH}(?:[?#][A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*)?)?"),
    "an address that begins with https://",
    "https://example.org/kind",
)
_FOLDER = Form(
    re.compile(rf"(?=.{{0,255}}$){_HOST}(?:/{_PATH})?"),
    "the address of a folder, beginning with https://",
    "https://example.org/kind",
)
_EMAIL = Form(
    re.compile(r"(?=.{0,254}$)[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    "an e-mail address",
    "mail@example.org",
)
_GUID = Form(
    re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "a UUID in small letters",
    "9b024349-ccf0-5f69-a609-6b82873eab3c",
)
_SIGN = re.compile(r"[Cc][Oo][Pp][Yy][Rr][Ii][Gg][Hh][Tt]|\([Cc]\)|©")


def feed_of(table: Table | None, *needed: str) -> Feed | None:
    """The facts of the table, if there is one; what is wrong or missing in it is noted."""
    if table is None:
        return None
    table.only([each.name for each in fields(Feed)])
    table.need(*needed)
    _together(table)
    category, subcategory = _category(table)
    return Feed(
        site=table.formed("site", _LINK),
        address=table.formed("address", _FOLDER).rstrip("/"),
        owner=table.text("owner", most=MAX_TEXT),
        email=table.formed("email", _EMAIL),
        category=category,
        subcategory=subcategory,
        copyright=_copyright(table),
        explicit=table.flag("explicit", default=False),
        medium=cast(Medium, table.one_of("medium", MEDIUMS, "course")),
        funding=table.formed("funding", _LINK),
        funding_text=table.text("funding_text", most=MAX_LINK_TEXT),
        guid=table.formed("guid", _GUID),
        complete=table.flag("complete", default=False),
        locked=table.flag("locked", default=True),
        unlisted=table.flag("unlisted", default=False),
    )


def _together(table: Table) -> None:
    """Note what says nothing without another."""
    for key, other in (
        ("owner", "email"),
        ("subcategory", "category"),
        ("funding", "funding_text"),
        ("funding_text", "funding"),
    ):
        if key in table.content and other not in table.content:
            table.wrong(f"'{key}' needs '{other}' beside it", key)


def _category(table: Table) -> tuple[str, str]:
    if "category" not in table.content:
        return Feed.category, Feed.subcategory
    category = table.one_of("category", CATEGORIES)
    return category, table.one_of("subcategory", CATEGORIES.get(category, ())) if category else ""


def _copyright(table: Table) -> str:
    holder = table.text("copyright", most=MAX_TEXT)
    if _SIGN.search(holder):
        remedy = "Leave out the sign and the word."
        table.wrong("'copyright' is the name alone of who holds it", "copyright", remedy=remedy)
    return holder
