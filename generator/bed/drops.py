"""Drops of rain that can be told apart: each a tick, and the ring of the bubble it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import RATE_HZ
from generator.bed.weave import PERIOD_FRAMES, PERIOD_S, Layer, k_power

if TYPE_CHECKING:
    from generator.audio import Samples

_KINDS = 256
_FRAMES = 2_048


@dataclass(frozen=True)
class Drops:
    """Drops that fall one by one, near and far, left and right."""

    a_second: float

    def layer(self, rng: np.random.Generator) -> Layer:
        """They around the loop."""
        kinds = np.stack([_drop(rng) for _kind in range(_KINDS)])
        count = round(self.a_second * PERIOD_S)
        starts = rng.integers(0, PERIOD_FRAMES, count)
        which = rng.integers(0, _KINDS, count)
        loud = np.minimum(rng.lognormal(-0.3, 0.5, count), 1.2)  # a near one startles nobody
        leans = rng.uniform(0.15, 0.85, count) * (np.pi / 2)
        sides = (loud * np.stack([np.cos(leans), np.sin(leans)])).T.astype(np.float32)

        def pieces() -> Iterator[tuple[int, Samples]]:
            for start, kind, side in zip(starts.tolist(), which, sides, strict=True):
                yield start, np.multiply.outer(kinds[kind], side)

        hz = np.fft.rfftfreq(_FRAMES, 1 / RATE_HZ)
        power = np.abs(np.fft.rfft(kinds)) ** 2 * k_power(hz) * (2 / _FRAMES)
        energies = power.sum(axis=1)[which] * loud**2
        return Layer(float(energies.sum()) / PERIOD_FRAMES, pieces())


def _drop(rng: np.random.Generator) -> Samples:
    """One drop, shape ``(_FRAMES,)``: of energy 1."""
    times_s = np.arange(_FRAMES) / RATE_HZ
    hz = 900.0 * 4.5 ** rng.random()
    ring = np.exp(-times_s * hz / rng.uniform(5.0, 12.0))
    bubble = ring * np.sin(2 * np.pi * hz * (times_s + 4.0 * times_s**2))  # it rises as it shrinks
    tick = np.exp(-times_s / 0.0008) * rng.standard_normal(_FRAMES)
    drop = bubble + 0.5 * np.convolve(tick, np.ones(4) / 4, "same")
    drop *= np.sin(np.minimum(times_s / 0.0012, 1.0) * (np.pi / 2)) ** 2
    scaled: Samples = (drop / np.sqrt((drop**2).sum())).astype(np.float32)
    return scaled
