"""Whether each recording that was inserted is in the finished file, from beginning to end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import GRID_FRAMES, clock
from generator.model import Check, Inserted, Timeline
from generator.verify.cells import BANDS, PIECE_FRAMES, coarse, decibels
from generator.verify.expect import Expected

if TYPE_CHECKING:
    from generator.verify.cells import Grid

MOST_MISSING_DB = 12.0
"""By how much 240 ms may be softer than they were mixed: the limiter takes no more off a peak."""
_FLOOR = np.float32(1e-4)
"""-40 dBFS: what is softer than that in a recording is not looked for."""


def checks(timeline: Timeline, expected: Expected, grid: Grid) -> Iterator[Check]:
    """The piece of a recording that is most of all missing; nothing where none was inserted."""
    if not timeline.inserts:
        return
    mixed, there = _totals(expected.ground), _totals(grid)
    there = np.pad(there, (0, max(len(mixed) - len(there), 0)))[: len(mixed)]
    missing = decibels((mixed + _FLOOR) / (there + _FLOOR))
    worst = [float(missing[_inside(each)].max(initial=0.0)) for each in timeline.inserts]
    at = int(np.argmax(worst))
    where = f"recording {at + 1} at {clock(timeline.inserts[at].start_frame)}"
    met = worst[at] <= MOST_MISSING_DB
    yield Check("recordings whole", round(worst[at], 2), MOST_MISSING_DB, "dB", met, where)


def _totals(grid: Grid) -> Grid:
    """How loud each 240 ms is in all bands together."""
    totals: Grid = coarse(grid)[:, :BANDS].sum(axis=1)
    return totals


def _inside(each: Inserted) -> slice:
    """The whole pieces of a recording, an MP3 frame away from either end."""
    first = -(-(each.start_frame + GRID_FRAMES) // PIECE_FRAMES)
    return slice(first, max((each.end_frame - GRID_FRAMES) // PIECE_FRAMES, first))
