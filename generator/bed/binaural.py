"""Two tones, one to each ear, that differ by a few hertz: computed by the block."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import RATE_HZ
from generator.bed.names import Beat
from generator.bed.weave import k_power

if TYPE_CHECKING:
    from generator.audio import Samples
    from generator.bed.weave import Floats


@dataclass(frozen=True)
class Binaural:
    """The tones of a track that lasts ``length_s``: a function of the frame in closed form."""

    beat: Beat
    length_s: float
    amplitude: float = 0.5

    @property
    def heard(self) -> float:
        """Its K-weighted mean square, both channels added."""
        differences = np.linspace(self.beat.from_hz, self.beat.to_hz, 65)
        ears = self.beat.carrier_hz + np.array([[-0.5], [0.5]]) * differences
        return float(k_power(ears).mean(axis=1).sum()) * self.amplitude**2 / 2

    def as_loud_as(self, heard: float) -> Binaural:
        """The same, heard as so much."""
        return replace(self, amplitude=self.amplitude * math.sqrt(heard / self.heard))

    def block(self, start_frame: int, frames: int) -> Samples:
        """Its frames from ``start_frame`` on, shape ``(frames, 2)``."""
        times_s = np.arange(start_frame, start_frame + frames) / RATE_HZ
        carrier, half = self.beat.carrier_hz * times_s, self._turns(times_s) / 2
        turns = np.stack([carrier - half, carrier + half], axis=1)
        angles = (turns - np.rint(turns)).astype(np.float32) * np.float32(2 * np.pi)
        sound: Samples = np.sin(angles) * np.float32(self.amplitude)
        return sound

    def phase(self, start_frame: int) -> tuple[float, ...]:
        """It never comes back to where it was: the frame, and what it is swept over."""
        return (start_frame, self.length_s, self.amplitude)

    def _turns(self, times_s: Floats) -> Floats:
        """Beats since the beginning: the integral of the beat's frequency.

        The frequency of a moment times that moment would be no such thing: a beat that slows down
        would run backwards before the end.
        """
        beat, swept_s = self.beat, np.minimum(times_s, self.length_s)
        slope = (beat.to_hz - beat.from_hz) / self.length_s
        return beat.from_hz * swept_s + slope / 2 * swept_s**2 + beat.to_hz * (times_s - swept_s)
