"""What lies between the phrases: the bed as it was mixed, nothing else, and no click anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import GRID_FRAMES, RATE_HZ, clock
from generator.model import Check, Silence, Stretch, Timeline
from generator.verify.cells import BANDS, CELL_FRAMES, GROUND_CELLS, PIECE_FRAMES, coarse, decibels
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
_FINEST = 2e-3
"""A bend that is no click however quiet it is around it, -54 dBFS."""
_NEAR_CELLS = RATE_HZ // CELL_FRAMES
"""Clicks that are no further apart than a second are one place."""


@dataclass(frozen=True)
class _Pause:
    """How the ground of one pause differs from what was mixed, in dB."""

    number: int
    silence: Silence
    off_db: float
    dip_db: float
    excess_db: float

    @property
    def where(self) -> str:
        at = f"at {clock(self.silence.start_frame)}"
        return f"pause {self.number} {at}" if self.number else at

    @property
    def stretch(self) -> Stretch:
        start = self.silence.start_frame
        return Stretch(start, start + self.silence.frames)


def checks(timeline: Timeline, expected: Expected, grid: Grid) -> Iterator[Check]:
    """The worst pause by each measure, and the sharpest bend that nothing explains."""
    ground = coarse(grid)
    found = [
        pause
        for number, silence in (*enumerate(timeline.silences, 1), *_unnumbered(timeline))
        if (pause := _pause(number, silence, expected, ground))
    ]
    for name, limit, measure in (
        ("bed at its level", MOST_LEVEL_DB, attrgetter("off_db")),
        ("bed never gone", MOST_DIP_DB, attrgetter("dip_db")),
        ("pauses undisturbed", MOST_EXCESS_DB, attrgetter("excess_db")),
    ):
        worst = max(found, key=measure, default=None)
        value = measure(worst) if worst else 0.0
        faulty = tuple(each.stretch for each in found if not measure(each) <= limit)
        where = worst.where if worst else ""
        yield Check(name, round(value, 2), limit, "dB", not faulty, where, faulty)
    yield _clicks(timeline, expected, grid)


def _unnumbered(timeline: Timeline) -> Iterator[tuple[int, Silence]]:
    """What is neither voice nor pause: before the first sound, and while a bell rings."""
    taken = sorted((*timeline.voiced, *timeline.silences), key=attrgetter("start_frame"))
    at = 0
    for each in taken:
        if each.start_frame > at:
            yield 0, Silence(at, each.start_frame - at, "bell")
        at = max(at, each.start_frame + each.frames)
    if timeline.frames > at:
        yield 0, Silence(at, timeline.frames - at, "bell")


def _pause(number: int, silence: Silence, expected: Expected, ground: Grid) -> _Pause | None:
    """The pause in pieces of 240 ms; None where it holds no whole one.

    Beside a phrase an MP3 frame is left out: the encoder spreads its sound over one.
    """
    first = -(-(silence.start_frame + GRID_FRAMES) // PIECE_FRAMES)
    last = (silence.start_frame + silence.frames - GRID_FRAMES) // PIECE_FRAMES
    there = ground[first : min(last, len(ground)), :BANDS]
    mixed = expected.ground[first * GROUND_CELLS :: GROUND_CELLS, :BANDS][: len(there)]
    if not len(there):
        return None
    total = _louder(there.sum(axis=1), mixed.sum(axis=1))
    return _Pause(
        number,
        silence,
        abs(float(total.mean())),
        max(-float(total.min()), 0.0),
        max(float(_louder(there, mixed).max()), 0.0),
    )


def _louder(there: Row, mixed: Row) -> Row:
    """By how much it is louder than it was mixed, in dB."""
    still = np.float32(_STILL)
    return decibels((there + still) / (mixed + still))


def _clicks(timeline: Timeline, expected: Expected, grid: Grid) -> Check:
    """The sharpest bend of the wave over the bends that were mixed in and around its cell.

    A click bends the wave far more than the sound around it does. Speech where none was mixed does
    so too, and is found elsewhere as well. A recording may click as it likes.
    """
    cells = min(len(grid), expected.cells)
    mixed = np.sqrt(expected.ground[:cells, BANDS])
    for spoken, clip in zip(timeline.spoken, expected.clips, strict=True):
        here = mixed[spoken.start_frame // CELL_FRAMES :][: len(clip)]
        here += np.sqrt(clip[: len(here), BANDS])
    around = np.pad(mixed, 1)  # the encoder spreads what is sudden
    widest = np.maximum(np.maximum(around[:-2], around[2:]), mixed)
    sharper = (np.sqrt(grid[:cells, BANDS]) + _FINEST) / (widest + _FINEST)
    for each in timeline.inserts:
        sharper[max(each.start_frame // CELL_FRAMES - 1, 0) : each.end_frame // CELL_FRAMES + 2] = 1
    at = int(sharper.argmax())
    value = 20.0 * float(np.log10(sharper[at]))
    where = f"at {clock(at * CELL_FRAMES)}"
    places = _places(np.flatnonzero(sharper > 10.0 ** (MOST_CLICK_DB / 20.0)))
    met = value <= MOST_CLICK_DB
    return Check("no click", round(value, 2), MOST_CLICK_DB, "dB", met, where, places)


def _places(cells: npt.NDArray[np.intp]) -> tuple[Stretch, ...]:
    """Where some cells lie, those that are near one another together."""
    groups = np.split(cells, np.flatnonzero(np.diff(cells) > _NEAR_CELLS) + 1)
    return tuple(
        Stretch(int(each[0]) * CELL_FRAMES, (int(each[-1]) + 1) * CELL_FRAMES)
        for each in groups
        if len(each)
    )
