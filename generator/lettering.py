"""Letters on pictures, in the font that Pillow carries inside itself: no font file is needed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_SPELT = str.maketrans("\u2010\u2011\u2013\u2014\u02bc", "----\u2019")
"""Dashes and an apostrophe the font lacks, and the signs it has that read the same."""


@lru_cache(maxsize=64)
def font(size_px: int) -> FreeTypeFont:
    """The built-in font in that size."""
    from PIL import ImageFont

    return cast("FreeTypeFont", ImageFont.load_default(size_px))


def spelt(text: str) -> str:
    """The text in one line, with signs the font has for some that it lacks."""
    return " ".join(text.split()).translate(_SPELT)


def writable(text: str) -> str:
    """The text without the letters that the font lacks: better than boxes in their place."""
    return "".join(filter(_writable, text))


@lru_cache(maxsize=4_096)
def _writable(letter: str) -> bool:
    # For whatever it lacks, as for U+FFFF which is no character, the font draws the same box.
    return _drawn(letter) != _drawn("\uffff")


def _drawn(letter: str) -> bytes:
    return bytes(font(26).getmask(letter))


def wrapped(text: str, face: FreeTypeFont, width_px: int) -> list[str]:
    """The text in lines of at most that width; a word wider than that has a line to itself."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
