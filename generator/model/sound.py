"""Sound on its way through the house, and what is kept of it when it has gone by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from generator.audio import Samples

    Curve = npt.NDArray[np.float32]

PARTS = ("voice", "bed", "bells")
"""What a mix is the sum of."""


@dataclass(frozen=True, eq=False)
class Mixed:
    """A block of the mix in its parts, each of shape ``(frames, 2)``."""

    voice: Samples
    bed: Samples
    bells: Samples
    inserted: Samples | None = None
    """What of the voice is recordings; None where none is heard."""

    def ground(self) -> Samples:
        """All that sounds without what the voice says: recordings too."""
        together: Samples = self.bed + self.bells
        return together if self.inserted is None else together + self.inserted

    def sum(self) -> Samples:
        """All of it together: the mix, before the limiter."""
        whole: Samples = self.bed + self.bells
        whole += self.voice
        return whole


@dataclass(frozen=True, eq=False)
class Envelope:
    """How high a part of the mix was at each step, as amplitudes: 1 is full scale."""

    peak: Curve
    rms: Curve


@dataclass(frozen=True, eq=False)
class Envelopes:
    """The outline of a whole track: 24 KB a minute."""

    step_frames: int
    voice: Envelope
    bed: Envelope
    bells: Envelope
