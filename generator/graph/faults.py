"""What a check found wrong, marked in the picture where it is, and told at its foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import lettering
from generator.graph import style
from generator.graph.row import Row, fitted
from generator.graph.style import LOUD, MARKS, WORDS

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

    from generator.model import Check, Report

_NAME_PX, _FOOT_PX = 26, 34
_NARROWEST, _GAP = 8, 24
_ROOM, _LEADING = 60, 1.4


def mark(image: Image, row: Row, faults: tuple[Check, ...]) -> None:
    """Lay a red band over each stretch that a fault names, with its name under it."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image, "RGBA")
    named: dict[tuple[int, int], list[str]] = {}
    for check in faults:
        for each in check.stretches:
            if row.holds(each.start_frame, each.end_frame):
                left, right = row.x(each.start_frame), row.x(each.end_frame)
                named.setdefault((left, max(right, left + _NARROWEST)), []).append(check.name)
    for left, right in named:
        draw.rectangle((left, WORDS.top, right, LOUD.bottom), style.FAULT_PALE)
        for edge in (left, right):
            draw.line((edge, WORDS.top, edge, LOUD.bottom), style.FAULT, 3)
        draw.rectangle((left, MARKS.top, right, MARKS.top + 6), style.FAULT)
    font = lettering.font(_NAME_PX)
    for left, text in _labels(named, font):
        draw.text((left, MARKS.top + 12), text, style.FAULT, font, anchor="la")


def _labels(named: dict[tuple[int, int], list[str]], font: FreeTypeFont) -> list[tuple[int, str]]:
    """What is written under the bands, and from where on: one text where two have no room."""
    found: list[tuple[int, list[str]]] = []
    for (left, _right), names in sorted(named.items()):
        if found and left < found[-1][0] + font.getlength(", ".join(found[-1][1])) + _GAP:
            before = found[-1][1]
            before += [each for each in names if each not in before]
        else:
            found.append((left, [*names]))
    texts = ((left, ", ".join(names)) for left, names in found)
    return [(min(left, style.WIDTH - round(font.getlength(text))), text) for left, text in texts]


def foot(report: Report) -> Image:
    """What is written under the picture: that the track is proven, or each fault in a line."""
    from PIL import Image, ImageDraw

    lines = [_line(each) for each in report.faults] or ["proven"]
    leading = round(_FOOT_PX * _LEADING)
    height = (_ROOM + leading * len(lines)) // style.FINE * style.FINE
    image = Image.new("RGB", (style.WIDTH, height), style.PAPER)
    draw, colour = ImageDraw.Draw(image), style.FAULT if report.faults else style.PROVEN
    for number, line in enumerate(lines):
        text = fitted(line, _FOOT_PX, style.SPAN)
        at = (style.LEFT, _ROOM // 3 + number * leading)
        draw.text(at, text, colour, lettering.font(_FOOT_PX), anchor="la")
    return image


def _line(check: Check) -> str:
    """The fault as it is said elsewhere, without its figures."""
    more = check.value if isinstance(check.value, str) else check.where
    return f"not met: {check.name}" + (f" ({more})" if more else "")
