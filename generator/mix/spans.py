"""The beds of a track, each where it lies, with all that moves its level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.mix import curves
from generator.model import Timeline

if TYPE_CHECKING:
    from generator.audio import Samples
    from generator.mix import Bed, Tracks


@dataclass(frozen=True)
class Span:
    """A bed where it lies under the track, with all that moves its level."""

    bed: Bed
    level_db: float
    present: curves.Breakpoints
    ducked: curves.Breakpoints
    risen: curves.Breakpoints

    def mark(self, within: range) -> list[object] | None:
        """What its sound there hangs on, or None where it is not there."""
        present = self.present.mark(within)
        if present == [[0.0, 0.0]]:
            return None
        duck = [self.bed.duck.depth_db, self.bed.duck.rise_db]
        moved = [present, self.ducked.mark(within), self.risen.mark(within)]
        return [self.bed.mark(within.start), self.level_db, *duck, *moved]

    def add_to(self, sound: Samples, start: int) -> None:
        """Add what of it falls into ``sound``, which starts at frame ``start``."""
        frames, duck = len(sound), self.bed.duck
        present = self.present.at(start, frames)
        if not present.any():
            return
        gain_db = (
            np.float32(self.level_db)
            - np.float32(duck.depth_db) * self.ducked.at(start, frames)
            + np.float32(duck.rise_db) * self.risen.at(start, frames)
        )
        gain = np.sqrt(present) * np.exp(gain_db * np.float32(np.log(10.0) / 20.0))  # equal power
        sound += self.bed.block(start, frames) * gain[:, np.newaxis]


def bed_spans(timeline: Timeline, tracks: Tracks) -> list[Span]:
    """The beds of a track in order; where there is none, the room is enough."""
    return [
        Span(
            bed=(bed := tracks.beds[span.name]),
            level_db=tracks.bed_db[span.name],
            present=curves.present(timeline, index),
            ducked=curves.ducked(timeline.voiced, bed.duck),
            risen=curves.risen(timeline.voiced, bed.duck),
        )
        for index, span in enumerate(timeline.beds)
        if span.name in tracks.beds
    ]
