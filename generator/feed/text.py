"""Texts as XML can hold them and directories take them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, tostring

from generator.audio import stamp
from generator.model import PageChapter
from generator.plain import plain, unmarked

MOST_CHARACTERS = 255
MOST_NAME, MOST_DISPLAY = 128, 32
"""Characters of a person's or season's name, and of what stands in place of a number."""
MOST_BYTES = 4_000
"""Of a description (RSS-2)."""
_LEAST_CHAPTERS = 3
"""With fewer, nobody makes chapters of the times in a description (CJ-2)."""

_NO_CHARACTERS = str.maketrans("", "", "\ufffe\uffff")
"""What no XML 1.0 document may hold, escaped or not, beside what nowhere can be shown."""
_LANGUAGE = re.compile(
    r"([a-z]{2})(?:-[a-z]{4})?(?:-([a-z]{2}|\d{3}))?(?:-[a-z0-9]{1,8})*", re.IGNORECASE
)


def line(text: str, most: int = MOST_CHARACTERS) -> str:
    """The text in one line of at most that many characters, cut after a whole word.

    A reader may take any text for HTML, and another show what would escape it: so there is nothing
    to be escaped.
    """
    whole = plain(unmarked(text.translate(_NO_CHARACTERS)))
    return whole if len(whole) <= most else _ended(whole[: most - 1], whole)


def described(text: str, chapters: Sequence[PageChapter] = ()) -> str:
    """The text in at most 4,000 bytes, with an empty line between paragraphs.

    At its end the chapters, each with its time in a line: players make chapters of them, if there
    are three and the first is the beginning. Where there is no room for all of it, the text goes
    first: it says who speaks and when not to listen, and chapters stand elsewhere too.
    """
    told = "\n\n".join(paragraphs(text))
    whole = "\n\n".join(filter(None, (told, "\n".join(_times(chapters)))))
    if len(whole.encode()) <= MOST_BYTES:
        return whole
    if len(told.encode()) <= MOST_BYTES:
        return told
    return _ended(told.encode()[: MOST_BYTES - 3].decode(errors="ignore"), told)


def as_html(text: str, chapters: Sequence[PageChapter] = ()) -> str:
    """The same as HTML, and all of it: a paragraph for each, and for each chapter."""
    shown = []
    for each in (*paragraphs(text), *_times(chapters)):
        paragraph = Element("p")
        paragraph.text = each
        shown.append(tostring(paragraph, encoding="unicode", method="html"))
    return "\n".join(shown)


def paragraphs(text: str) -> list[str]:
    """What stands between empty lines, each in one line however long."""
    found = re.split(r"\n\s*\n", "\n".join(text.splitlines()))
    return [kept for each in found if (kept := line(each, len(each)))]


def language(tag: str) -> str:
    """A BCP 47 language as a feed says it: ``en``, ``pt-br``; empty if it cannot (CH-5)."""
    found = _LANGUAGE.fullmatch(tag)
    if not found:
        return ""
    region = found[2] if found[2] and found[2].isalpha() else ""
    return "-".join(filter(None, (found[1], region))).lower()


def _times(chapters: Sequence[PageChapter]) -> list[str]:
    if len(chapters) < _LEAST_CHAPTERS or chapters[0].start_ms != 0:
        return []
    return [f"{stamp(each.start_ms)[:-4]} {line(each.title)}" for each in chapters]


def _ended(kept: str, whole: str) -> str:
    """The beginning of a text up to its last whole word, and a sign that it goes on."""
    if not whole[len(kept)].isspace():
        kept = kept.rsplit(maxsplit=1)[0]
    return f"{kept.rstrip()}\u2026"
