"""The grid that a finished file should have: the clips of its phrases on the ground."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import to_frames
from generator.errors import CheckError
from generator.model import Evidence, Timeline
from generator.verify.cells import BANDS, COLUMNS, GROUND_CELLS, count, unpacked
from generator.verify.told import MOST_CHAPTERS

if TYPE_CHECKING:
    from generator.model.sound import Curve
    from generator.verify.cells import Grid

MOST_SOUNDS = 10_000
"""Phrases and recordings of a track, or pauses, or bells: twice as many as a script may ask for."""
MOST_S = 6 * 3600.0
"""Half as long again as a script may last."""


@dataclass(frozen=True, eq=False)
class Expected:
    """What was mixed, cell by cell: the ground, and the clip of each phrase where it lies."""

    ground: Grid = field(repr=False)
    clips: tuple[Grid, ...] = field(repr=False)

    @property
    def cells(self) -> int:
        """How many there are in the whole track."""
        return len(self.ground)

    @property
    def ground_rms(self) -> Curve:
        """How high the ground is in each cell, between 100 Hz and 8 kHz: 1 is full scale."""
        level: Curve = np.sqrt(self.ground[:, :BANDS].sum(axis=1))
        return level


def expected(timeline: Timeline, evidence: Evidence) -> Expected:
    """The grid in the evidence. Raises CheckError when it is not of this timeline."""
    _bearable(timeline)
    cells = count(0, timeline.frames)
    sizes = [count(each.start_frame, each.end_frame) for each in timeline.spoken]
    ground_bytes = -(-cells // GROUND_CELLS) * COLUMNS
    if len(evidence.ground) != ground_bytes:
        raise CheckError("its evidence is of another length", where="timeline")
    if [len(each) for each in evidence.clips] != [size * COLUMNS for size in sizes]:
        raise CheckError("its evidence is of other phrases", where="timeline")
    ground = np.repeat(unpacked(evidence.ground), GROUND_CELLS, axis=0)[:cells]
    return Expected(ground, tuple(map(unpacked, evidence.clips)))


def _bearable(timeline: Timeline) -> None:
    """Refuse what no track of ours is, and a stranger's timeline could keep us busy with."""
    sounds = (timeline.voiced, timeline.silences, timeline.strikes)
    crowded = max(map(len, sounds)) > MOST_SOUNDS or len(timeline.sections) > MOST_CHAPTERS
    frames = min(timeline.frames, to_frames(MOST_S))
    silence_frames = sum(each.frames for each in timeline.silences)
    sound_frames = sum(each.frames for each in timeline.voiced)
    if crowded or max(sound_frames, silence_frames, timeline.frames) > frames:
        raise CheckError("it holds more than a track can", where="timeline")
