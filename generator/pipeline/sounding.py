"""The finished sound of a track as a function of the frame: mixed and limited where asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import master, mix, verify
from generator.model import Timeline

if TYPE_CHECKING:
    from generator.audio import Samples


@dataclass(frozen=True)
class Sounding:
    """What is to be encoded. Several threads may ask for stretches of it at once."""

    timeline: Timeline
    sources: mix.Tracks
    witness: verify.Witness
    ceiling_dbtp: float

    def within(self, stretch: range) -> Iterator[Samples]:
        """The blocks of a stretch, to the bit as they are in the whole; the witness hears it."""
        return master.limited_within(self._mixed, stretch, self.timeline.frames, self.ceiling_dbtp)

    def _mixed(self, stretch: range) -> Iterator[Samples]:
        hear = self.witness.ground(stretch.start)
        for block in mix.blocks(self.timeline, self.sources, within=stretch):
            hear(block.ground())
            yield block.sum()
