"""From a script file to a :class:`Script`: its front matter read and checked, its body not yet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, cast

from generator.errors import ScriptError
from generator.model import Answer, Field, Script
from generator.script.bounds import in_time
from generator.script.cues import CUES
from generator.script.files import available, found, parts_of
from generator.script.table import MAX_SUMMARY, MAX_TEXT, NAME, Table, toml

__all__ = ["available", "load", "survey"]

MAX_FIELDS = 60
MAX_SWITCHES = 40
MAX_LISTS = 40

_LENGTH = re.compile(r"(\d{1,3})m")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
_KEYS = frozenset(
    "title summary kind language sources lengths switches bed fields lists".split()  # noqa: SIM905
)
_FIELD_KEYS = frozenset({"ask", "example", "kind", "least", "most", "choices", "default"})


def load(slug: str, folders: Sequence[Path]) -> Script:
    """The script of that name from the first folder that has it.

    Raises UsageError when there is none (the nearest name offered), ScriptError when its front
    matter is not valid.
    """
    path, text = found(slug, folders)
    with in_time(path):
        return _parse(slug, path, text, folders)


def survey(folders: Sequence[Path]) -> tuple[list[Script], dict[str, ScriptError]]:
    """All sound scripts, and by slug what is wrong with the others."""
    sound: list[Script] = []
    broken: dict[str, ScriptError] = {}
    for slug in available(folders):
        try:
            sound.append(load(slug, folders))
        except ScriptError as error:
            broken[slug] = error
    return sound, broken


def _parse(slug: str, path: Path, text: str, folders: Sequence[Path]) -> Script:
    match = re.match(r"\+\+\+\n(.*?)\n\+\+\+\n", text, re.DOTALL)
    if not match:
        raise ScriptError(
            "does not begin with front matter",
            where=f"{path}:1",
            remedy="Put TOML between two lines of +++ at the top.",
        )
    table = Table(toml(match[1], path), str(path))
    table.only(_KEYS)
    _distinct(table)
    least_s, most_s = _lengths(table)
    body = text[match.end() :]
    return Script(
        slug=slug,
        title=table.text("title"),
        summary=table.text("summary", most=MAX_SUMMARY),
        kind=cast(Literal["practice", "talk"], table.one_of("kind", ("practice", "talk"))),
        language=_language(table),
        sources=table.names("sources"),
        least_s=least_s,
        most_s=most_s,
        switches=table.names("switches", MAX_SWITCHES),
        bed=table.text("bed", "drone"),
        fields=tuple(_field(table, name) for name in table.table("fields", MAX_FIELDS)),
        lists={name: _turns(table, name) for name in table.table("lists", MAX_LISTS)},
        body=body,
        body_line=match[0].count("\n") + 1,
        path=path,
        parts=parts_of(body, folders),
    )


def _distinct(table: Table) -> None:
    """Fields, switches, lists and cues share one set of names; none may hide another."""
    taken = {*CUES, "length_minutes", *(f"no_{each}" for each in table.names("switches"))}
    for name in (*table.table("fields"), *table.names("switches"), *table.table("lists")):
        if not NAME.fullmatch(name):
            raise table.wrong(f"'{name}' is not a name", "Use a-z, 0-9 and _.")
        if name in taken:
            raise table.wrong(f"'{name}' has a meaning already", "Give it another name.")
        taken.add(name)


def _language(table: Table) -> str:
    language = table.text("language")
    if not _LANGUAGE.fullmatch(language):
        raise table.wrong("'language' must be a BCP 47 tag", "As in en, en-US or pt-BR.")
    return language


def _lengths(table: Table) -> tuple[float, float]:
    matches = [_LENGTH.fullmatch(each) for each in table.names("lengths")]
    if len(matches) != 2 or not all(matches):
        raise table.wrong("'lengths' must be the least and the most", 'As in ["8m", "25m"].')
    least_s, most_s = (float(match[1]) * 60 for match in matches if match)
    if not 0 < least_s <= most_s:
        raise table.wrong("'lengths' must rise from the least to the most")
    return least_s, most_s


def _field(table: Table, name: str) -> Field:
    content = table.table("fields")[name]
    if not isinstance(content, dict):
        raise table.wrong(f"'fields.{name}' must be a table")
    one = Table(content, f"{table.where} [fields.{name}]")
    one.only(_FIELD_KEYS)
    kind = cast(Literal["text", "whole", "choice"], one.one_of("kind", ("text", "whole", "choice")))
    field = Field(
        name=name,
        ask=one.text("ask"),
        example=one.text("example", ""),
        kind=kind,
        least=one.whole("least"),
        most=one.whole("most"),
        choices=tuple(unicodedata.normalize("NFC", each).strip() for each in one.names("choices")),
        default=cast(Answer | None, content.get("default")),
    )
    if kind == "whole" and not field.least < field.most:
        raise one.wrong("a whole number needs 'least' and 'most'")
    if kind == "choice" and not field.choices:
        raise one.wrong("a choice needs 'choices'")
    named = [each.casefold() for each in field.choices]
    if len(set(named)) < len(named) or not all(map(_sayable, field.choices)):
        raise one.wrong("'choices' must differ, and be words that can be answered")
    if field.default is not None and not _suits(field):
        raise one.wrong("'default' must be an answer the field allows")
    return field


_MARKUP = re.compile(r"[\[\]{}<>|\\\n\r\t]")


def _suits(field: Field) -> bool:
    """Whether the default is what a listener could have answered."""
    if field.kind == "whole":
        return type(field.default) is int and field.least <= field.default <= field.most
    if field.kind == "choice":
        return field.default in field.choices
    text = field.default
    return isinstance(text, str) and _sayable(text) and len(text) <= MAX_TEXT


def _sayable(text: str) -> bool:
    """Whether a text could be a listener's answer: one line, with a word in it and no markup."""
    return any(map(str.isalnum, text)) and not _MARKUP.search(text)


def _turns(table: Table, name: str) -> tuple[Answer, ...]:
    turns = table.table("lists")[name]
    if not isinstance(turns, list) or not all(type(each) in (str, int) for each in turns):
        raise table.wrong(f"'lists.{name}' must be a list of texts or whole numbers")
    table.bounded(f"lists.{name}", turns)
    if not all(_sayable(str(each)) for each in turns):
        raise table.wrong(f"'lists.{name}' has an item that cannot be spoken")
    return tuple(turns)
