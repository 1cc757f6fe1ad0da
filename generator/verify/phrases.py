"""Whether each phrase is in the finished file: whole, and where it was planned."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import GRID_FRAMES, RATE_HZ, clock
from generator.model import Check, Spoken, Stretch, Timeline
from generator.verify.cells import BANDS, CELL_FRAMES, GROUND_CELLS, decibels
from generator.verify.expect import Expected

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.verify.cells import Grid

    Row = npt.NDArray[np.bool_]

MOST_LAG_MS = 1000.0 * GRID_FRAMES / RATE_HZ
MOST_APART_DB = 4.0
"""Of any band over 100 ms. Half a syllable that is missing is 10 dB and more, unless the bed covers
it; what the encoder does is half a decibel."""

_REACH = 15
"""Cells to either side, 300 ms, within which a phrase is looked for."""
_STRETCH = 5
"""Cells in which a difference counts: 100 ms."""
_SOFT = 1e-5
"""50 dB under the loud syllables of a phrase there is nothing to compare."""
_LOUD, _LIMITED_DB = 10.0**-2.0, 6.0
"""A mean square over which the limiter may have held a syllable, and by how much at the most."""
_FINE = 0.1
"""Of a cell: lags are found to 2 ms."""


@dataclass(frozen=True)
class _Match:
    """How a phrase was found."""

    number: int
    spoken: Spoken
    lag_ms: float
    apart_db: float

    @property
    def where(self) -> str:
        return f"phrase {self.number} at {clock(self.spoken.start_frame)}"

    @property
    def stretch(self) -> Stretch:
        return Stretch(self.spoken.start_frame, self.spoken.end_frame)


def checks(timeline: Timeline, expected: Expected, grid: Grid) -> Iterator[Check]:
    """Where the phrase lies that is furthest off, and what is worst missing or added in one."""
    found = list(_matches(timeline, expected, grid))
    late = max(found, key=lambda each: abs(each.lag_ms), default=None)
    off = tuple(each.stretch for each in found if not abs(each.lag_ms) <= MOST_LAG_MS)
    yield Check(
        "phrases in place",
        round(late.lag_ms if late else 0.0, 1),
        MOST_LAG_MS,
        "ms",
        not off,
        late.where if late and late.lag_ms else "",
        off,
    )
    worst = max(found, key=lambda each: each.apart_db, default=None)
    torn = tuple(each.stretch for each in found if not each.apart_db <= MOST_APART_DB)
    yield Check(
        "phrases whole",
        round(worst.apart_db if worst else 0.0, 2),
        MOST_APART_DB,
        "dB",
        not torn,
        worst.where if worst else "",
        torn,
    )


def _matches(timeline: Timeline, expected: Expected, grid: Grid) -> Iterator[_Match]:
    """Each phrase against the file, with all else that is expected to sound around it."""
    whole = expected.ground[:, :BANDS].copy()
    for spoken, clip in zip(timeline.spoken, expected.clips, strict=True):
        first = spoken.start_frame // CELL_FRAMES
        whole[first : first + len(clip)] += clip[:, :BANDS]
    for index, spoken in enumerate(timeline.spoken):
        clip = np.pad(expected.clips[index][:, :BANDS], ((_REACH, _REACH), (0, 0)))
        first = spoken.start_frame // CELL_FRAMES - _REACH
        there, ground, planned = (
            _cut(each, first, len(clip)) for each in (grid, expected.ground, whole)
        )
        around = np.maximum(planned - clip, 0.0)
        floor = np.maximum(ground, _SOFT * _loud(clip))
        lag, apart = _aligned(*map(_Seen, (clip, around + floor, there + floor)))
        apart = apart.copy()
        apart[_struck(timeline, first, len(clip))] = 0.0
        lag_ms = lag * 1000.0 * CELL_FRAMES / RATE_HZ
        yield _Match(index + 1, spoken, lag_ms, _worst(apart))


def _struck(timeline: Timeline, first: int, cells: int) -> Row:
    """The cells beside the stroke of a bell: the ground tells when it began to 240 ms only."""
    at = np.arange(first, first + cells)
    strokes = [each.start_frame // CELL_FRAMES for each in timeline.strikes]
    near = [np.abs(at - stroke) <= GROUND_CELLS for stroke in strokes]
    row: Row = np.any(near, axis=0) if near else np.zeros(cells, bool)
    return row


def _cut(grid: Grid, first: int, cells: int) -> Grid:
    """The bands of some cells, silent where the grid has none."""
    before = max(-first, 0)
    piece = grid[max(first, 0) : max(first + cells, 0), :BANDS]
    return np.pad(piece, ((before, cells - before - len(piece)), (0, 0)))


def _loud(clip: Grid) -> float:
    """How loud the loud bands of the phrase are."""
    return float(np.percentile(clip.max(axis=1), 95)) + 1e-12


class _Seen:
    """A grid that is told from others by its content."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._content = hashlib.blake2b(grid.tobytes(), digest_size=16).digest()

    def __hash__(self) -> int:
        return hash(self._content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Seen) and other._content == self._content


@lru_cache(maxsize=512)
def _aligned(of_clip: _Seen, of_all_else: _Seen, of_file: _Seen) -> tuple[float, Grid]:
    """The lag in cells at which the phrase lies, and how far each cell is apart in dB then.

    Listeners share most of their phrases, and what is found of one stays for the next.
    """
    clip, around, there = of_clip.grid, of_all_else.grid, of_file.grid

    def apart(lag: float) -> Grid:
        return decibels(there / (around + _moved(clip, lag)))

    def cost(lag: float) -> float:
        return float(np.abs(apart(lag)).mean())

    near = min(range(-_REACH, _REACH + 1), key=lambda lag: (cost(lag), abs(lag)))
    tried = near + _FINE * np.arange(-9, 10)
    lag = min(map(float, tried), key=lambda each: (cost(each), abs(each)))
    return lag, _unlimited(apart(lag), _moved(clip, lag))


def _unlimited(apart: Grid, clip: Grid) -> Grid:
    """The differences but for what the limiter may have taken off the loudest syllables."""
    limited = (clip.sum(axis=1, keepdims=True) > _LOUD) & (apart < 0.0)
    return np.where(limited, np.minimum(apart + np.float32(_LIMITED_DB), np.float32(0.0)), apart)


def _moved(clip: Grid, lag: float) -> Grid:
    """The clip so many cells later; between two cells its energy is shared."""
    low = int(np.floor(lag))
    share = np.float32(lag - low)
    return np.roll(clip, low, axis=0) * (1 - share) + np.roll(clip, low + 1, axis=0) * share


def _worst(apart: Grid) -> float:
    """The largest mean difference of a band over 100 ms."""
    sums = np.cumsum(np.pad(apart, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
    return float(np.abs(sums[_STRETCH:] - sums[:-_STRETCH]).max() / _STRETCH)
