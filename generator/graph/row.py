"""One row of the picture: a stretch of the track, everything in it one below the other."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator import lettering
from generator.audio import RATE_HZ, clock, to_frames
from generator.graph import style
from generator.graph.style import BAND, LOUD, TICKS, WAVE, WORDS
from generator.loudness import STEP_S
from generator.model import Inserted, Spoken

if TYPE_CHECKING:
    import numpy.typing as npt
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from generator.loudness import Floats
    from generator.model import Envelopes, Timeline
    from generator.model.sound import Curve

_WORDS_PX, _LEADING = (26, 22), 1.2
"""The first size in which a phrase fits, or the last."""
_NARROWEST = 90
_MOST_CHARACTERS = 1_000
"""More than the widest phrase has room for."""
_TITLE_PX, _SMALL_PX = 28, 22
_LABEL_STEPS_S = (1, 5, 10, 15, 30, 60, 120, 300)
_LABEL_GAP = 160


@dataclass(frozen=True)
class Row:
    """Where a stretch of the track lies on paper."""

    start_frame: int
    frames: int
    """What the whole width stands for."""
    total_frames: int

    @property
    def end_frame(self) -> int:
        """First frame after what is drawn."""
        return min(self.start_frame + self.frames, self.total_frames)

    def x(self, frame: int) -> int:
        """How far to the right a frame is, kept within the row."""
        inside = min(max(frame, self.start_frame), self.end_frame)
        return style.LEFT + round((inside - self.start_frame) / self.frames * style.SPAN)

    @property
    def columns_drawn(self) -> int:
        """How many columns of the page the stretch takes up: one at the least."""
        return max(self.x(self.end_frame) - style.LEFT, 1)

    def holds(self, start_frame: int, end_frame: int) -> bool:
        """Whether any of a stretch falls into the row."""
        return start_frame < self.end_frame and end_frame > self.start_frame

    def columns(self, values: Floats | Curve, step_frames: float) -> npt.NDArray[np.float64]:
        """The highest of the values in each column of the row, up to the end of the track."""
        edges = np.arange(self.columns_drawn + 1) / style.SPAN * self.frames
        at = ((self.start_frame + edges) / step_frames).astype(np.intp)
        at = np.minimum(at, len(values) - 1)
        here = values[: max(at[-1], at[-2] + 1)]  # what follows would count to the last column
        highest: npt.NDArray[np.float64] = np.maximum.reduceat(here, at[:-1]).astype(np.float64)
        return highest


def draw_row(
    image: Image, row: Row, timeline: Timeline, envelopes: Envelopes, lufs: Floats, target: float
) -> None:
    """Draw the stretch into an image as wide as the page and as high as a row."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image)
    _chapters(draw, row, timeline)
    _time(draw, row)
    _blocks(draw, row, timeline)
    _wave(image, row, envelopes)
    _loudness(draw, row, lufs, target)
    _bells(draw, row, timeline)
    _words(draw, row, timeline)


def _chapters(draw: ImageDraw, row: Row, timeline: Timeline) -> None:
    for number, each in enumerate(timeline.sections):
        if not row.holds(each.start_frame, each.end_frame):
            continue
        left, right = row.x(each.start_frame), row.x(each.end_frame)
        last = max(right - 1, left)
        draw.rectangle((left, BAND.top, last, BAND.bottom), style.CHAPTERS[number % 2])
        begins = each.start_frame >= row.start_frame
        title = fitted(each.title, _TITLE_PX, right - left - 24)
        ink = style.INK if begins else style.PALE_INK
        draw.text((left + 12, 25), title, ink, lettering.font(_TITLE_PX), anchor="lm")


def _time(draw: ImageDraw, row: Row) -> None:
    """The scale under the row, and faint lines that lead up from it."""
    fits_s = row.frames / RATE_HZ / style.SPAN * _LABEL_GAP
    step_s = next((each for each in _LABEL_STEPS_S if each >= fits_s), _LABEL_STEPS_S[-1])
    step = to_frames(step_s)
    font = lettering.font(_SMALL_PX + 2)
    for frame in range(-(-row.start_frame // step) * step, row.end_frame + 1, step):
        x = row.x(frame)
        draw.line((x, WORDS.top, x, LOUD.bottom + 8), style.GRID, 2)
        draw.text((x, TICKS.top + 8), clock(frame), style.PALE_INK, font, anchor="ma")
    right = row.x(row.end_frame)
    draw.line((style.LEFT, LOUD.bottom, right, LOUD.bottom), style.GRID, 2)
    small = lettering.font(_SMALL_PX - 2)
    edge = style.LEFT - 14
    middle = (WAVE.top + WAVE.bottom) // 2
    for y, text in ((WAVE.top + 10, "0 dB"), (middle, f"{style.QUIETEST_DB:.0f}")):
        draw.text((edge, y), text, style.PALE_INK, small, anchor="rm")
    draw.text((edge, LOUD.bottom - 10), "LUFS", style.PALE_INK, small, anchor="rm")


def _blocks(draw: ImageDraw, row: Row, timeline: Timeline) -> None:
    """Where the voice speaks or a recording is heard, from its words down to its sound."""
    for each in timeline.voiced:
        if row.holds(each.start_frame, each.end_frame):
            left, right = row.x(each.start_frame), row.x(each.end_frame)
            personal = isinstance(each, Spoken) and each.phrase.personal
            fill = style.DETAIL if personal else style.PHRASE
            draw.rectangle((left, WORDS.top, right, WAVE.bottom), fill)
            if each.start_frame >= row.start_frame:
                edge = style.DETAIL_EDGE if personal else style.VOICE
                draw.rectangle((left, WORDS.top, left + 3, WORDS.bottom), edge)


def _words(draw: ImageDraw, row: Row, timeline: Timeline) -> None:
    """The words of each phrase and recording, in the room there is until the next begins."""
    nexts = [*(each.start_frame for each in timeline.voiced[1:]), timeline.frames]
    for each, until in zip(timeline.voiced, nexts, strict=False):
        if not row.holds(each.start_frame, each.end_frame) or _said_elsewhere(row, each):
            continue
        left = row.x(each.start_frame) + 12
        size_px, lines = _lines(each.text, row.x(until) - left - 10)
        for number, line in enumerate(lines):
            at = (left, WORDS.top + 8 + number * size_px * _LEADING)
            draw.text(at, line, style.INK, lettering.font(size_px), anchor="la")


def _said_elsewhere(row: Row, voiced: Spoken | Inserted) -> bool:
    """Whether a phrase that goes over into another row has its words there."""
    tight = row.frames * _NARROWEST // style.SPAN
    if voiced.start_frame >= row.start_frame:
        return voiced.end_frame > row.end_frame > voiced.start_frame > row.end_frame - tight
    return voiced.start_frame <= row.start_frame - tight


def _lines(text: str, width: int) -> tuple[int, list[str]]:
    """A size and the lines that the lane holds in it; what had to be left out is three dots."""
    words, size_px, shown = _writable(text), _WORDS_PX[-1], list[str]()
    if width < _NARROWEST // 2:
        return size_px, shown
    for size_px in _WORDS_PX:
        font = lettering.font(size_px)
        lines = lettering.wrapped(words, font, width)
        most = int((WORDS.height - 8) / (size_px * _LEADING))
        shown = lines[:most]
        if len(lines) <= most and all(font.getlength(line) <= width for line in lines):
            return size_px, shown
    if len(lines) > most:
        shown[-1] += " ..."
    return size_px, [fitted(line, size_px, width) for line in shown]


def fitted(text: str, size_px: int, width: int) -> str:
    """The text, or as much of its beginning as the width holds with three dots."""
    line, font = _writable(text), lettering.font(size_px)
    if font.getlength(line) <= width:
        return line
    lengths = range(1, len(line))
    most = bisect_left(lengths, x=True, key=lambda n: font.getlength(f"{line[:n]}...") > width)
    begun = line[:most].rstrip(" .")
    return f"{begun}..." if begun else ""


def _writable(text: str) -> str:
    """What can be written of the beginning of a text: a stranger's may be of any length."""
    return lettering.writable(lettering.spelt(text[:_MOST_CHARACTERS]))


def _wave(image: Image, row: Row, envelopes: Envelopes) -> None:
    """Voice and bells as they are heard, and the bed as the core that lies under both."""
    from PIL.Image import fromarray

    box = (style.LEFT, WAVE.top, style.LEFT + row.columns_drawn, WAVE.bottom)
    pixels = np.array(image.crop(box))
    half = WAVE.height / 2
    away = np.abs(np.arange(WAVE.height) + 0.5 - half)[:, None] / half
    layers = (
        (envelopes.voice.peak, style.VOICE_PEAK),
        (envelopes.voice.rms, style.VOICE),
        (envelopes.bells.peak, style.BELL),
        (envelopes.bed.rms, style.BED),
    )
    for values, colour in layers:
        level_db = 20.0 * np.log10(np.maximum(row.columns(values, envelopes.step_frames), 1e-6))
        height = (level_db - style.QUIETEST_DB) / (style.LOUDEST_DB - style.QUIETEST_DB)
        pixels[away < height] = colour
    image.paste(fromarray(pixels), box)


def _loudness(draw: ImageDraw, row: Row, lufs: Floats, target: float) -> None:
    right = row.x(row.end_frame)
    columns = row.columns(lufs, STEP_S * RATE_HZ)
    points = [(style.LEFT + x, _loud_y(level)) for x, level in enumerate(columns)][::4]
    if len(points) > 1:
        closed = [(points[0][0], LOUD.bottom), *points, (points[-1][0], LOUD.bottom)]
        draw.polygon(closed, style.LOUDNESS_PALE)
        draw.line(points, style.LOUDNESS, 4, joint="curve")
    y = _loud_y(target)
    for x in range(style.LEFT, right, 24):
        draw.line((x, y, min(x + 14, right), y), style.TARGET, 3)
    font = lettering.font(_SMALL_PX - 2)
    draw.text((style.LEFT - 14, y), f"{target:.0f}", style.TARGET, font, anchor="rm")


def _loud_y(level_lufs: float) -> float:
    share = (level_lufs - style.QUIETEST_LUFS) / (style.LOUDEST_LUFS - style.QUIETEST_LUFS)
    return LOUD.bottom - min(max(share, 0.0), 1.0) * LOUD.height


def _bells(draw: ImageDraw, row: Row, timeline: Timeline) -> None:
    font = lettering.font(_SMALL_PX)
    for each in timeline.strikes:
        if row.start_frame <= each.start_frame < row.end_frame:
            x, y = row.x(each.start_frame), WAVE.top + 14
            draw.line((x, WAVE.top, x, WAVE.bottom), style.BELL, 3)
            draw.ellipse((x - 10, y - 10, x + 10, y + 10), style.BELL)
            kind = fitted(each.kind, _SMALL_PX, _LABEL_GAP)
            draw.text((x + 18, y), kind, style.BELL, font, anchor="lm")
