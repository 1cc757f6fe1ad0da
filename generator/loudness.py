"""Loudness and true peak as ITU-R BS.1770-4 and EBU R 128 define them, a block at a time.

Energies are mean squares after K-weighting, summed over the channels; loudness in LUFS is
``-0.691 + 10 log10(energy)``. A mono voice that will come from both speakers counts twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import RATE_HZ

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples

    Floats = npt.NDArray[np.float64]

STEP_S = 0.1
"""Hop between blocks; a block is four steps long (400 ms, 75 % overlap)."""
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
SILENT_LUFS = -120.0
"""What silence reads, where a number is needed and minus infinity would spread."""


def lufs(energy: float) -> float:
    """Loudness of a K-weighted mean square."""
    return -0.691 + 10.0 * math.log10(energy) if energy > 1e-12 else SILENT_LUFS


@lru_cache(maxsize=8)
def k_weighting(rate_hz: int) -> Floats:
    """The two biquads of BS.1770 as scipy second-order sections, shape ``(2, 6)``, for any rate.

    The standard tabulates 48 kHz only; these are the analogue prototypes behind the table
    (B. De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 2018).
    """

    def section(f0_hz: float, q: float, b: Sequence[float]) -> list[float]:
        k = math.tan(math.pi * f0_hz / rate_hz)
        a0 = 1.0 + k / q + k * k
        high, band = b
        if high == 1.0:  # the high-pass keeps the standard's unnormalised numerator
            numerator = [1.0, -2.0, 1.0]
        else:
            numerator = [
                (high + band * k / q + k * k) / a0,
                2.0 * (k * k - high) / a0,
                (high - band * k / q + k * k) / a0,
            ]
        return [*numerator, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0]

    shelf = 10.0 ** (3.999843853973347 / 20.0)
    return np.array(
        [
            section(1681.974450955533, 0.7071752369554196, (shelf, shelf**0.4996667741545416)),
            section(38.13547087602444, 0.5003270373238773, (1.0, 0.0)),
        ]
    )


class Meter:
    """Collects the energy of each 100 ms of a stream, block by block of any size."""

    def __init__(self, channels: int, rate_hz: int = RATE_HZ) -> None:
        self._sections = k_weighting(rate_hz)
        self._state = np.zeros((2, 2, channels))
        self._step_frames = round(rate_hz * STEP_S)
        self._rest = np.zeros((0, channels))
        self._energies: list[Floats] = []

    def feed(self, samples: Samples) -> None:
        """Take the next frames, shape ``(frames, channels)``."""
        from scipy.signal import sosfilt

        if not len(samples):
            return  # scipy refuses to filter nothing
        weighted, self._state = sosfilt(self._sections, samples, axis=0, zi=self._state)
        joined = np.concatenate([self._rest, weighted])
        whole = len(joined) // self._step_frames * self._step_frames
        steps = joined[:whole].reshape(-1, self._step_frames, joined.shape[1])
        self._energies.append(np.einsum("sfc,sfc->s", steps, steps) / self._step_frames)
        self._rest = joined[whole:]

    def energies(self) -> Floats:
        """Energy of each whole 100 ms so far, shape ``(steps,)``."""
        return np.concatenate(self._energies) if self._energies else np.zeros(0)


def energies(samples: Samples, rate_hz: int = RATE_HZ) -> Floats:
    """Energy of each 100 ms of a finished sound; its last, shorter piece counts as it is."""
    meter = Meter(samples.shape[1], rate_hz)
    meter.feed(samples)
    steps = -(-len(samples) // round(rate_hz * STEP_S))
    if len(meter.energies()) < steps:
        meter.feed(np.zeros((round(rate_hz * STEP_S), samples.shape[1]), np.float32))
    return meter.energies()[:steps]


def blocks(steps: Floats) -> Floats:
    """Energy of each 400 ms block from the energies of its 100 ms steps.

    A sound shorter than one block is a block by itself, so that a single word has a loudness.
    """
    if len(steps) < 4:
        return np.array([steps.mean()]) if len(steps) else np.zeros(0)
    sums = np.concatenate([[0.0], np.cumsum(steps)])
    means: Floats = (sums[4:] - sums[:-4]) / 4.0
    return means


def gated_lufs(block_energies: Iterable[Floats]) -> float:
    """Integrated loudness of any number of runs of blocks, absolute and relative gate applied."""
    runs = list(block_energies)
    every = np.concatenate(runs) if runs else np.zeros(0)
    heard = every[every > 10.0 ** ((ABSOLUTE_GATE_LUFS + 0.691) / 10.0)]
    if not len(heard):
        return SILENT_LUFS
    threshold = heard.mean() * 10.0 ** (RELATIVE_GATE_LU / 10.0)
    return lufs(float(heard[heard > threshold].mean()))


EDGE_FRAMES = 32
"""What surrounds a frame and still shapes the sound between it and the next."""
PEAK_REACH = 1.6
"""The sound between frames rises no further than this over them in practice (4 dB)."""


def true_peaks(sound: Samples) -> Floats:
    """The highest point of each frame and of the three after it, four times oversampled.

    Linear, over all channels. The first and the last ``EDGE_FRAMES`` only serve as surroundings, so
    the result has ``2 * EDGE_FRAMES`` fewer: a cut rings, and would be taken for a peak.
    """
    from scipy.signal import resample_poly

    fine = np.abs(resample_poly(sound.astype(np.float64), 4, 1, axis=0)).max(axis=1)
    peaks: Floats = fine.reshape(-1, 4).max(axis=1)
    return peaks[EDGE_FRAMES:-EDGE_FRAMES]


class TruePeak:
    """The highest true peak of a stream, looked for only where it can be."""

    _CHUNK_FRAMES = 1_200

    def __init__(self, channels: int) -> None:
        self._held: Samples = np.zeros((2 * EDGE_FRAMES, channels), np.float32)
        self._peak = 0.0

    def feed(self, samples: Samples) -> None:
        """Take the next frames, shape ``(frames, channels)``."""
        sound = np.concatenate([self._held, samples])
        inner = sound[EDGE_FRAMES:-EDGE_FRAMES]
        if len(inner):
            starts = np.arange(0, len(inner), self._CHUNK_FRAMES)
            heights = np.maximum.reduceat(np.abs(inner).max(axis=1), starts)
            for index in np.argsort(heights)[::-1]:
                if heights[index] * PEAK_REACH <= self._peak:
                    break
                start = starts[index]
                chunk = sound[start : start + self._CHUNK_FRAMES + 2 * EDGE_FRAMES]
                self._peak = max(self._peak, float(true_peaks(chunk).max()))
        self._held = sound[-2 * EDGE_FRAMES :]

    def dbtp(self) -> float:
        """The peak in dBTP of what was fed, taken to be followed by silence."""
        self.feed(np.zeros((EDGE_FRAMES, self._held.shape[1]), np.float32))
        return 20.0 * math.log10(self._peak) if self._peak > 1e-6 else SILENT_LUFS
