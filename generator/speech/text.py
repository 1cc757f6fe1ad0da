"""Long sentences, split where a reader would breathe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum

from generator.model import Phrase
from generator.phonetic import ends_marked, marked
from generator.shortened import base

_BREATHS = (
    re.compile(r"(?<=[;:])\s+|\s+[–—]\s+"),
    re.compile(r"(?<=,)\s+"),
    re.compile(r"\s+(?=(?:and|but|or|so|as|that|which|while|because|when|where|if|then)\s)"),
    re.compile(r"\s+"),
)
"""Where to split, from the most natural place to the least."""
_NUMBERED = re.compile("[\u1e00-\u1eff]")
"""Letters that the phonemiser spells by their numbers where a language does not write them."""
_WRITES_THEM = "vi"
_NO_WORD = re.compile(r"[\s.,;:!?…–—\-'\"’‘”“()\[\]]*")


class Reads(Enum):
    """What an engine is given of a phrase: its module says so in ``READS``."""

    TEXT = "the words as they are written"
    WORDS = "plain words, and respellings for those that sound otherwise"
    SOUNDS = "plain words, and marked sounds where they are known"


def for_engine(phrase: Phrase, reads: Reads, language: str) -> str:
    """The words as an engine of that BCP 47 language, which reads so, is given them."""
    if reads is Reads.TEXT:
        return phrase.text
    if reads is Reads.WORDS:
        return phrase.spelled
    said = (p if isinstance(p, str) else marked(p.ipa) or p.spelled for p in phrase.said)
    words = "".join(said) or phrase.text
    return words if base(language) == _WRITES_THEM else _NUMBERED.sub(_plain, words)


def _plain(letter: re.Match[str]) -> str:
    """The letter without its accents: the e of Nguyễn."""
    return unicodedata.normalize("NFKD", letter[0])[0]


def pieces(text: str, most_characters: int) -> Iterator[str]:
    """The text in pieces of at most so many characters, no word of it lost.

    The most natural place that lies within reach and nearest to the middle wins; a word longer
    than a piece is cut. What has no word in it is no piece.
    """
    if len(text) > most_characters:
        for part in _split(text, most_characters):
            yield from pieces(part, most_characters)
    elif not _NO_WORD.fullmatch(text):
        yield text


def breathes_after(piece: str) -> bool:
    """Whether a reader would take a breath after a piece: its author put a sign there."""
    return not (piece[-1:].isalnum() or ends_marked(piece))


def _split(text: str, most_characters: int) -> tuple[str, str]:
    middle = len(text) / 2
    margin = min(len(text) // 4, most_characters // 2)
    anywhere = (_BREATHS[-1], 1)  # before a word is cut, even next to either end
    for pattern, apart in (*((each, margin) for each in _BREATHS), anywhere):
        places = [m for m in pattern.finditer(text) if apart <= m.start() <= len(text) - apart]
        if places:
            best = min(places, key=lambda match: abs(match.start() - middle))
            return text[: best.start()], text[best.end() :]
    cut = min(most_characters, len(text) // 2)
    return text[:cut], text[cut:]
