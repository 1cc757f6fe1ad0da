"""The whole picture: what the track is, then row after row of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from generator import lettering
from generator.audio import clock, to_frames, to_seconds
from generator.graph import faults, style
from generator.graph.row import Row, draw_row, fitted

if TYPE_CHECKING:
    from PIL.Image import Image

    from generator.loudness import Floats
    from generator.model import Envelopes, Facts, Measured, Report, Timeline

_ROWS_S = (20, 45, 60, 90, 120, 180, 300, 600)
_MOST_ROWS = 14

_LEGEND = (
    ("voice", style.VOICE),
    ("bed", style.BED),
    ("bells", style.BELL),
    ("a phrase", style.PHRASE),
    ("one that speaks a detail", style.DETAIL),
    ("loudness over three seconds", style.LOUDNESS),
    ("what the speech was to be at", style.TARGET),
)
_TITLE_PX, _ABOUT_PX, _LEGEND_PX = 68, 34, 28


def draw(
    facts: Facts,
    timeline: Timeline,
    envelopes: Envelopes,
    lufs: Floats,
    measured: Measured,
    target_lufs: float,
    report: Report | None = None,
) -> bytes:
    """The picture of a track as PNG, 1800 pixels wide, in rows of 20 seconds to 10 minutes.

    ``lufs`` is short-term loudness, a value for each 100 ms; ``target_lufs`` what the speech was to
    be at. With a report, what it found wrong is marked in red where it is, and said at the foot.

    It shows the words, so it is as confidential as they are. The same arguments give the same bytes
    as long as the libraries stay the same. Letters that the typeface lacks are left out.
    """
    from PIL import Image

    rows = _rows(timeline)
    foot = [faults.foot(report)] if report else []
    ends = style.HEADER_HEIGHT + len(rows) * style.ROW_HEIGHT
    height = ends + sum(each.height for each in foot)
    page = Image.new("RGB", (style.WIDTH // style.FINE, height // style.FINE), style.PAPER)
    page.paste(_header(facts, timeline, measured, target_lufs).reduce(style.FINE))
    for number, row in enumerate(rows):
        image = Image.new("RGB", (style.WIDTH, style.ROW_HEIGHT), style.PAPER)
        draw_row(image, row, timeline, envelopes, lufs, target_lufs)
        if report:
            faults.mark(image, row, report.faults)
        top = (style.HEADER_HEIGHT + number * style.ROW_HEIGHT) // style.FINE
        page.paste(image.reduce(style.FINE), (0, top))
    for each in foot:
        page.paste(each.reduce(style.FINE), (0, ends // style.FINE))
    stream = io.BytesIO()
    page.save(stream, "PNG")
    return stream.getvalue()


def _rows(timeline: Timeline) -> list[Row]:
    """The track in rows of one length: the shortest that does not make too many."""
    length_s = to_seconds(timeline.frames)
    row_s = next((each for each in _ROWS_S if length_s <= each * _MOST_ROWS), _ROWS_S[-1])
    frames = to_frames(row_s)
    return [Row(start, frames, timeline.frames) for start in range(0, timeline.frames, frames)]


def _header(facts: Facts, timeline: Timeline, measured: Measured, target_lufs: float) -> Image:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (style.WIDTH, style.HEADER_HEIGHT), style.PAPER)
    pen = ImageDraw.Draw(image)
    title = fitted(facts.title, _TITLE_PX, style.SPAN)
    pen.text((style.LEFT, 40), title, style.INK, lettering.font(_TITLE_PX), anchor="la")
    about = (
        fitted(facts.narrator, _ABOUT_PX, style.SPAN // 3),
        f"{clock(timeline.frames)} ({to_seconds(timeline.frames):.3f} s)",
        f"speech at {measured.speech_lufs:.1f} LUFS, asked {target_lufs:.1f}",
        f"true peak {measured.true_peak_dbtp:.1f} dBTP",
        f"{timeline.silence_share:.0%} silence",
    )
    line = fitted("   \u00b7   ".join(about), _ABOUT_PX, style.SPAN)
    pen.text((style.LEFT, 126), line, style.INK, lettering.font(_ABOUT_PX), anchor="la")
    x, font = style.LEFT, lettering.font(_LEGEND_PX)
    for name, colour in _LEGEND:
        pen.rectangle((x, 190, x + 36, 214), colour)
        pen.text((x + 48, 202), name, style.PALE_INK, font, anchor="lm")
        x += 48 + round(font.getlength(name)) + 44
    return image
