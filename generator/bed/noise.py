"""Noise: bands of random phase, each growing and fading as it is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.bed.weave import LINES, STEPS, Layer, k_power, lines_hz, some_steps, woven

if TYPE_CHECKING:
    from generator.bed.weave import Floats, Spectra

_TURN = 4_096
"""Phases are counted in so many parts of a turn."""
_APART = 1_235
"""Left and right differ by a random phase up to this (1.895 rad) and so correlate by a half."""


@dataclass(frozen=True)
class Band:
    """A tilt with a fourth-order roll-off at either end."""

    tilt_db: float
    """Per octave: -6 is brown, -3 pink."""
    low_hz: float
    high_hz: float

    def powers(self) -> Floats:
        """Power of each line, shape ``(LINES,)``, scaled so that what is heard of all is 1."""
        hz = lines_hz()
        power = hz ** (self.tilt_db / (10 * np.log10(2)))
        power /= (1 + (self.low_hz / hz) ** 8) * (1 + (hz / self.high_hz) ** 8)
        scaled: Floats = power / (2 * power @ k_power(hz))
        return scaled


@dataclass(frozen=True)
class Steady:
    """Noise that stays as it is."""

    band: Band

    def layer(self, rng: np.random.Generator) -> Layer:
        """It around the loop."""
        return noise((self.band,), np.ones((STEPS, 1, 2)), rng)


def noise(bands: Sequence[Band], shares: Floats, rng: np.random.Generator) -> Layer:
    """Bands whose powers follow ``shares``, shape ``(STEPS, len(bands), 2)``, left and right."""
    powers = np.stack([band.powers() for band in bands]).astype(np.float32)
    turn = np.exp(np.arange(_TURN) * (2j * np.pi / _TURN)).astype(np.complex64)

    def spectra() -> Iterator[Spectra]:
        for steps in some_steps():
            share = shares[steps].transpose(0, 2, 1).astype(np.float32)
            left = rng.integers(0, _TURN, (len(share), LINES), np.int16)
            right = left + rng.integers(-_APART, _APART + 1, left.shape, np.int16)
            phases = np.stack([left, right], axis=1) % _TURN
            yield turn[phases] * np.sqrt(share @ powers)

    heard = float(shares.mean(axis=0).sum())
    return Layer(heard, woven(spectra(), in_step=False))
