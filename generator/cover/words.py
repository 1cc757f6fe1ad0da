"""The words in the sky: where each line stands, and the plane they are drawn on.

They are laid out once, on a cover of a thousand pixels, and drawn anew at each size: the lines
break at the same places, and their edges are as sharp as the picture.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import lettering
from generator.lettering import wrapped

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

    from generator.lettering import Face

_WHOLE_PX = 1_000
"""The side on which they are laid out."""
_SPAN_PX = (146, 378)
"""The part of the sky that is dark enough, in every palette, to read light letters in."""
_PLANE_PX = 400
"""All that is written on; a cover's lower part stays free of words."""
_SIZES_PX = range(112, 35, -4)
_LEADING, _CLEARANCE = 1.12, 1.06
"""From line to line, in sizes of the font and in heights of what is drawn in one."""
_WIDTH_PX, _MOST_CHARACTERS = 800, 160
MOST_LOOKED_AT = 4 * _MOST_CHARACTERS
"""Characters of a text, blanks and loose accents counted, beyond which it is too long anyway."""
_NAME_PX, _NAME_BASE_PX = 29, 92
_TRACKING_PX = 4.5
"""Between capitals: the narrator is a line of them."""


@dataclass(frozen=True)
class _Line:
    text: str
    size_px: float
    base_px: float
    """How far down its baseline is."""
    tracking_px: float = 0.0


def rows(side_px: int) -> int:
    """How many rows of a cover of that side the words may lie on, from its top."""
    return side_px * _PLANE_PX // _WHOLE_PX


def drawn(title: str, name: str, side_px: int, face: Face = lettering.font) -> bytes:
    """How much of each pixel is covered by letters, a byte each, in the rows the words may lie on.

    Nothing at all for a title that the typeface cannot spell from end to end, or that is too long
    to be read: an empty sky is better than a row of boxes.
    """
    from PIL import Image, ImageDraw

    lines = _lines(title, name, face)
    if not lines:
        return b""
    plane = Image.new("L", (side_px, rows(side_px)))
    pen, scale = ImageDraw.Draw(plane), side_px / _WHOLE_PX
    for line in lines:
        font, base = face(line.size_px * scale), line.base_px * scale
        if not line.tracking_px:
            pen.text((side_px / 2, base), line.text, 255, font, anchor="ms")
            continue
        tracking = line.tracking_px * scale
        x = (side_px - _length(line.text, font, tracking)) / 2
        for letter in line.text:
            pen.text((x, base), letter, 255, font, anchor="ls")
            x += font.getlength(letter) + tracking
    return plane.tobytes()


def _lines(title: str, name: str, face: Face) -> list[_Line]:
    """The lines and where they stand: the narrator small above the title."""
    font, texts = _fitted(_spelt(title, face), face)
    if not texts:
        return []
    top, bottom = _ink(texts, font)
    leading = _leading(texts, font)
    first = (sum(_SPAN_PX) - (bottom - top + leading * (len(texts) - 1))) / 2 - top
    lines = [_Line(text, font.size, first + leading * row) for row, text in enumerate(texts)]

    small, capitals = face(_NAME_PX), _spelt(name.upper(), face)
    tracking = 0.0 if _shaped(capitals) else _TRACKING_PX
    if capitals and _length(capitals, small, tracking) <= _WIDTH_PX:
        lines.append(_Line(capitals, _NAME_PX, _NAME_BASE_PX, tracking))
    return lines


def _fitted(text: str, face: Face) -> tuple[FreeTypeFont, list[str]]:
    """The largest font in which the text fits, and its lines; no lines if it fits in none."""
    for size_px in _SIZES_PX:
        font = face(size_px)
        texts = wrapped(text, font, _WIDTH_PX)
        if texts and _fits(texts, font):
            # The narrowest block of as many lines: no single word left over on the last.
            blocks = (wrapped(text, font, px) for px in range(_WIDTH_PX // 2, _WIDTH_PX, 20))
            return font, next((each for each in blocks if len(each) == len(texts)), texts)
    return font, []


def _fits(texts: list[str], font: FreeTypeFont) -> bool:
    top, bottom = _ink(texts, font)
    height = bottom - top + _leading(texts, font) * (len(texts) - 1)
    wide = any(_length(text, font) > _WIDTH_PX for text in texts)
    return not wide and height <= _SPAN_PX[1] - _SPAN_PX[0]


def _ink(texts: list[str], font: FreeTypeFont) -> tuple[float, float]:
    """How far from its baseline the first line goes up and the last goes down."""
    return font.getbbox(texts[0], anchor="ls")[1], font.getbbox(texts[-1], anchor="ls")[3]


def _leading(texts: list[str], font: FreeTypeFont) -> float:
    """From line to line: as is usual, or more for letters that reach far up or down."""
    boxes = [font.getbbox(text, anchor="ls") for text in texts]
    height = max(box[3] for box in boxes) - min(box[1] for box in boxes)
    return max(_LEADING * font.size, _CLEARANCE * height)


def _length(text: str, font: FreeTypeFont, tracking_px: float = 0.0) -> float:
    if tracking_px:
        return sum(map(font.getlength, text)) + tracking_px * (len(text) - 1)
    left, _, right, _ = font.getbbox(text, anchor="ls")
    return max(font.getlength(text), right - left)


def _spelt(text: str, face: Face) -> str:
    """The text in one line, as the typeface can write it; empty if it cannot."""
    line = lettering.spelt(text) if len(text) <= MOST_LOOKED_AT else ""
    if len(line) > _MOST_CHARACTERS:
        return ""
    if _shaped(line) and (face is lettering.font or not lettering.shapes()):
        return ""
    return line if lettering.writable(line, face) == line else ""


def _shaped(text: str) -> bool:
    """Whether its letters change with those beside them, or run from right to left."""
    return any(
        unicodedata.bidirectional(each) in ("R", "AL", "AN") or unicodedata.category(each)[0] == "M"
        for each in text
    )
