"""What lies between the phrases: the bed as it was mixed, nothing else, and no click anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import GRID_FRAMES, clock
from generator.model import Check, Silence, Timeline
from generator.verify.cells import BANDS, CELL_FRAMES, GROUND_CELLS, coarse, decibels
from generator.verify.expect import Expected

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.verify.cells import Grid

    Row = npt.NDArray[np.float32]

MOST_LEVEL_DB = 1.5
"""How far the bed of a pause may be from its level, on the whole."""
MOST_DIP_DB = 3.0
MOST_EXCESS_DB = 3.0
"""By how much a band may stand out, over 240 ms."""
MOST_CLICK_DB = 6.0

_STILL = 1e-8
"""-80 dBFS: a band that is softer is nothing to be louder or softer than."""
_PIECE_FRAMES = GROUND_CELLS * CELL_FRAMES
_FINEST = 2e-3
"""A bend that is no click however quiet it is around it, -54 dBFS."""
_EXPLAINED = 100.0
"""What sounds bends with the square root of its power, and a click far more."""


@dataclass(frozen=True)
class _Pause:
    """How the ground of one pause differs from what was mixed, in dB."""

    number: int
    start_frame: int
    off_db: float
    dip_db: float
    excess_db: float

    @property
    def where(self) -> str:
        return f"pause {self.number} at {clock(self.start_frame)}"


_NONE = _Pause(0, 0, 0.0, 0.0, 0.0)


def checks(timeline: Timeline, expected: Expected, grid: Grid) -> Iterator[Check]:
    """The worst pause by each measure, and the sharpest bend that nothing explains."""
    ground = coarse(grid)
    found = [
        pause
        for number, silence in enumerate(timeline.silences, 1)
        if (pause := _pause(number, silence, expected, ground))
    ]
    for name, limit, measure in (
        ("bed at its level", MOST_LEVEL_DB, attrgetter("off_db")),
        ("bed never gone", MOST_DIP_DB, attrgetter("dip_db")),
        ("pauses undisturbed", MOST_EXCESS_DB, attrgetter("excess_db")),
    ):
        worst = max(found, key=measure, default=_NONE)
        value = measure(worst)
        yield Check(
            name, round(value, 2), limit, "dB", value <= limit, worst.where if found else ""
        )
    yield _clicks(timeline, expected, grid)


def _pause(number: int, silence: Silence, expected: Expected, ground: Grid) -> _Pause | None:
    """The pause in pieces of 240 ms; None where it holds no whole one.

    Beside a phrase an MP3 frame is left out: the encoder spreads its sound over one.
    """
    first = -(-(silence.start_frame + GRID_FRAMES) // _PIECE_FRAMES)
    last = (silence.start_frame + silence.frames - GRID_FRAMES) // _PIECE_FRAMES
    there = ground[first : min(last, len(ground)), :BANDS]
    mixed = expected.ground[first * GROUND_CELLS :: GROUND_CELLS, :BANDS][: len(there)]
    if not len(there):
        return None
    total = _louder(there.sum(axis=1), mixed.sum(axis=1))
    return _Pause(
        number,
        silence.start_frame,
        abs(float(total.mean())),
        max(-float(total.min()), 0.0),
        max(float(_louder(there, mixed).max()), 0.0),
    )


def _louder(there: Row, mixed: Row) -> Row:
    """By how much it is louder than it was mixed, in dB."""
    still = np.float32(_STILL)
    return decibels((there + still) / (mixed + still))


def _clicks(timeline: Timeline, expected: Expected, grid: Grid) -> Check:
    """The sharpest bend of the wave against the bends that were mixed in and around its cell.

    Where there is more sound than was mixed, that sound explains bends of its own: then it is no
    click that is wrong there. A click has hardly any power, and is explained by none.
    """
    cells = min(len(grid), expected.cells)
    mixed = expected.ground[:cells].copy()
    for spoken, clip in zip(timeline.spoken, expected.clips, strict=True):
        here = mixed[spoken.start_frame // CELL_FRAMES :][: len(clip)]
        bends = np.square(np.sqrt(here[:, BANDS]) + np.sqrt(clip[: len(here), BANDS]))
        here += clip[: len(here)]
        here[:, BANDS] = bends
    sounds, planned = (_widest(each[:cells, :BANDS].sum(axis=1)) for each in (grid, mixed))
    explained = np.where(sounds > 4.0 * planned, _EXPLAINED * sounds, 0.0)
    allowed = np.maximum(_widest(mixed[:, BANDS]), explained)
    sharper = (np.sqrt(grid[:cells, BANDS]) + _FINEST) / (np.sqrt(allowed) + _FINEST)
    at = int(sharper.argmax())
    value = 20.0 * float(np.log10(sharper[at]))
    where = clock(at * CELL_FRAMES)
    return Check(
        "no click", round(value, 2), MOST_CLICK_DB, "dB", value <= MOST_CLICK_DB, f"at {where}"
    )


def _widest(row: Row) -> Row:
    """The largest of each cell and its two neighbours: the encoder spreads what is sudden."""
    around = np.pad(row, 1)
    return np.maximum(np.maximum(around[:-2], around[2:]), row)
