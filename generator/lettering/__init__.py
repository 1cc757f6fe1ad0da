"""Letters on pictures, in the typeface that comes along or in one of the user's own.

The one that comes along is EB Garamond Medium, as its authors let everybody use it (``OFL.txt``
beside it). It has the letters of Latin, Greek and Cyrillic and nothing else; its kerning is in the
old table that is read on every machine, so that letters stand alike on all of them.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

    Face = Callable[[float], FreeTypeFont]
    """A typeface: its font in a size in pixels."""

_FILE = Path(__file__).with_name("EBGaramond-Medium.ttf")
_JOINERS = "\u200c\u200d"
"""They are not seen, and part or join the letters beside them."""
_LOOKED_AT_PX = 26

_HAN_KANA = "\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_OPEN, _CLOSE = (
    "（「『【〈《“‘",
    "、。，．：；？！）」』】〉》”’々・ーぁぃぅぇぉっゃゅょァィゥェォッャュョ",
)
"""What ends no line, and what begins none."""
_PIECE = re.compile(
    rf"[{_OPEN}]*[{_HAN_KANA}][{_CLOSE}]*|.+?[{_CLOSE}]*(?=[{_OPEN}]*[{_HAN_KANA}]|$)", re.DOTALL
)


@lru_cache(maxsize=64)
def font(size_px: float) -> FreeTypeFont:
    """The typeface that comes along, in that size."""
    from PIL import ImageFont

    return ImageFont.truetype(_FILE, size_px, layout_engine=ImageFont.Layout.BASIC)


def opened(content: bytes) -> Face:
    """A typeface of the user's own. It is a stranger's: only a confined child may open it."""
    from PIL import ImageFont

    engine = ImageFont.Layout.RAQM if shapes() else ImageFont.Layout.BASIC

    @lru_cache(maxsize=4)  # each holds all of the file
    def sized(size_px: float) -> FreeTypeFont:
        return ImageFont.truetype(io.BytesIO(content), size_px, layout_engine=engine)

    return sized


def shapes() -> bool:
    """Whether letters are joined, stacked and set from right to left here as their script asks."""
    from PIL import features

    return bool(features.check("raqm") and features.check("fribidi"))


def spelt(text: str) -> str:
    """The text in one line, each letter with its accents as one sign where there is one."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def writable(text: str, face: Face = font) -> str:
    """The text without the letters that the typeface lacks: better than boxes in their place."""
    return "".join(each for each in text if _writable(each, face))


@lru_cache(maxsize=4_096)
def _writable(letter: str, face: Face) -> bool:
    if letter in _JOINERS and face is not font:
        return True
    # For whatever it lacks, as for U+FFFF which is no character, a font draws the same box.
    return letter.isprintable() and _drawn(letter, face) != _drawn("\uffff", face)


def _drawn(letter: str, face: Face) -> tuple[tuple[int, int], bytes, float]:
    one = face(_LOOKED_AT_PX)
    mask = one.getmask(letter)
    return mask.size, bytes(mask), one.getlength(letter)


def wrapped(text: str, face: FreeTypeFont, width_px: float) -> list[str]:
    """The text in lines of at most that width; a word wider than that has a line to itself.

    Chinese and Japanese, which have no blanks between words, may break between any two letters.
    """
    lines: list[str] = []
    for piece in _pieces(text):
        longer = lines[-1] + piece if lines else piece
        if lines and face.getlength(longer) <= width_px:
            lines[-1] = longer
        else:
            lines.append(piece.lstrip())
    return lines


def _pieces(text: str) -> Iterator[str]:
    """What no line breaks within, each with the blank before it if there is one."""
    for number, word in enumerate(text.split()):
        first, *others = _PIECE.findall(word)
        yield f" {first}" if number else first
        yield from others
