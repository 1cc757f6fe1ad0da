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

from generator.audio import RATE_HZ, SILENT_LUFS

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples

    Floats = npt.NDArray[np.float64]
    Spectrum = npt.NDArray[np.complex64]

STEP_S = 0.1
"""Hop between blocks; a block is four steps long (400 ms, 75 % overlap)."""
MOMENTARY_S = 0.4
SHORT_TERM_S = 3.0
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
RANGE_GATE_LU = -20.0
"""Relative gate of the loudness range, EBU Tech 3342."""

LEAD_FRAMES = 4_096
"""How long the K-weighting rings, at up to 48 kHz."""
_SIZE_FRAMES = 32_768


def lufs(energy: float) -> float:
    """Loudness of a K-weighted mean square."""
    return -0.691 + 10.0 * math.log10(energy) if energy > 1e-12 else SILENT_LUFS


@lru_cache(maxsize=8)
def k_weighting(rate_hz: int) -> Floats:
    """The two biquads of BS.1770 as rows of taps, three over three, shape ``(2, 6)``, for any rate.

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


@lru_cache(maxsize=8)
def _k_spectrum(rate_hz: int) -> Spectrum:
    """The K-weighting at the frequencies of a transform of ``_SIZE_FRAMES``."""
    circle = np.exp(np.arange(_SIZE_FRAMES // 2 + 1) * (2j * np.pi / _SIZE_FRAMES))
    response = np.ones_like(circle)
    for taps in k_weighting(rate_hz):
        response *= np.polyval(taps[:3], circle) / np.polyval(taps[3:], circle)
    single: Spectrum = response.astype(np.complex64)
    return single


def k_weighted(sound: Samples, rate_hz: int = RATE_HZ) -> Samples:
    """The sound K-weighted, but for its first ``LEAD_FRAMES``, which only lead up to the rest.

    Filtered piece by piece in the frequency domain: by overlap-save, each piece carrying what came
    before it for as long as the filter rings (it is 120 dB down by then).
    """
    spectrum, pieces = _k_spectrum(rate_hz), []
    for start in range(0, len(sound) - LEAD_FRAMES, _SIZE_FRAMES - LEAD_FRAMES):
        piece = sound[start : start + _SIZE_FRAMES].T
        heard = np.fft.irfft(np.fft.rfft(piece, _SIZE_FRAMES) * spectrum, _SIZE_FRAMES)
        pieces.append(heard[:, LEAD_FRAMES : piece.shape[1]].T)
    return np.concatenate(pieces) if pieces else sound[:0]


class Meter:
    """Collects the energy of each step of a stream, 100 ms or finer, block by block of any size."""

    def __init__(self, channels: int, rate_hz: int = RATE_HZ, step_s: float = STEP_S) -> None:
        self._rate_hz = rate_hz
        self._lead: Samples = np.zeros((LEAD_FRAMES, channels), np.float32)
        self._step_frames = round(rate_hz * step_s)
        self._rest: Samples = np.zeros((0, channels), np.float32)
        self._energies: list[Floats] = []

    def feed(self, samples: Samples) -> None:
        """Take the next frames, shape ``(frames, channels)``."""
        sound = np.concatenate([self._lead, samples])
        self._lead = sound[-LEAD_FRAMES:]
        joined = np.concatenate([self._rest, k_weighted(sound, self._rate_hz)])
        whole = len(joined) // self._step_frames * self._step_frames
        steps = np.square(joined[:whole]).reshape(-1, self._step_frames * joined.shape[1])
        self._energies.append(steps.sum(axis=1, dtype=np.float64) / self._step_frames)
        self._rest = joined[whole:]

    def energies(self) -> Floats:
        """Energy of each whole step so far, shape ``(steps,)``."""
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
    return _means(steps, 4)


def _means(steps: Floats, size: int) -> Floats:
    """The mean of every ``size`` steps in a row."""
    sums = np.concatenate([[0.0], np.cumsum(steps)])
    means: Floats = (sums[size:] - sums[:-size]) / size
    return means


def gated_lufs(block_energies: Iterable[Floats]) -> float:
    """Integrated loudness of any number of runs of blocks, absolute and relative gate applied."""
    runs = list(block_energies)
    counted = _gated(np.concatenate(runs) if runs else np.zeros(0), RELATIVE_GATE_LU)
    return lufs(float(counted.mean())) if len(counted) else SILENT_LUFS


def _gated(every: Floats, relative_lu: float) -> Floats:
    """What passes the absolute gate, and lies no further than that under the mean of it."""
    heard: Floats = every[every > 10.0 ** ((ABSOLUTE_GATE_LUFS + 0.691) / 10.0)]
    if len(heard):
        heard = heard[heard > heard.mean() * 10.0 ** (relative_lu / 10.0)]
    return heard


def range_lu(steps: Floats) -> float:
    """Loudness range as EBU Tech 3342 defines it, from the energies of 100 ms steps.

    How far the 95th percentile of short-term loudness lies over the 10th; 0 under three seconds.
    """
    counted = _gated(_means(steps, round(SHORT_TERM_S / STEP_S)), RANGE_GATE_LU)
    if not len(counted):
        return 0.0
    low, high = np.percentile(counted, (10, 95), method="nearest")
    return lufs(float(high)) - lufs(float(low))


def highest_lufs(steps: Floats, size: int) -> float:
    """The loudest ``size`` steps in a row: momentary over 400 ms, short-term over three seconds."""
    return lufs(float(_means(steps, size).max(initial=0.0)))


def short_term_lufs(steps: Floats) -> Floats:
    """Loudness of the three seconds around each 100 ms step, in LUFS: what a curve is drawn of."""
    size = round(SHORT_TERM_S / STEP_S)
    around = np.pad(steps, (size // 2 + 1, size - size // 2 - 1))
    sums = np.cumsum(around)
    means = (sums[size:] - sums[:-size]) / size
    curve: Floats = -0.691 + 10.0 * np.log10(np.maximum(means, 10.0 ** (SILENT_LUFS / 10.0)))
    return curve


EDGE_FRAMES = 32
"""What surrounds a frame and still shapes the sound between it and the next."""
PEAK_REACH = 1.6
"""The sound between frames rises no further than this over them in practice (4 dB)."""


def heights(sound: Samples) -> Samples:
    """The larger of the channels in each frame, without its sign, shape ``(frames,)``."""
    return np.maximum(np.abs(sound[:, 0]), np.abs(sound[:, -1]))


def true_peaks(sound: Samples) -> Floats:
    """The highest point of each frame and of the three after it, four times oversampled.

    Linear, over all channels. The first and the last ``EDGE_FRAMES`` only serve as surroundings, so
    the result has ``2 * EDGE_FRAMES`` fewer: a cut rings, and would be taken for a peak.
    """
    inner = sound[EDGE_FRAMES:-EDGE_FRAMES]
    peaks: Floats = heights(inner).astype(np.float64)
    for taps in _between():
        for channel in sound.T:
            np.maximum(peaks, np.abs(np.convolve(channel, taps, "valid")[1:]), out=peaks)
    return peaks


@lru_cache(maxsize=1)
def _between() -> Floats:
    """Taps that give the sound a quarter, a half and three quarters of a frame on, shape (3, 64).

    A sine cardinal under a Kaiser window: within 0.02 dB up to 20 kHz.
    """
    away = np.arange(1 - EDGE_FRAMES, EDGE_FRAMES + 1)
    quarters = np.array([[0.25], [0.5], [0.75]])
    window = np.i0(8.0 * np.sqrt(1.0 - ((quarters - away) / EDGE_FRAMES) ** 2)) / np.i0(8.0)
    taps: Floats = (np.sinc(quarters - away) * window)[:, ::-1]
    return taps


_CHUNK_FRAMES = 1_200


def highest_peak(sound: Samples, least: float = 0.0) -> float:
    """The largest of :func:`true_peaks`, or ``least`` where none is over it."""
    peak, inner = least, sound[EDGE_FRAMES:-EDGE_FRAMES]
    if len(inner):
        starts = np.arange(0, len(inner), _CHUNK_FRAMES)
        highest = np.maximum.reduceat(heights(inner), starts)
        for index in np.argsort(highest)[::-1]:
            if highest[index] * PEAK_REACH <= peak:
                break
            start = starts[index]
            chunk = sound[start : start + _CHUNK_FRAMES + 2 * EDGE_FRAMES]
            peak = max(peak, float(true_peaks(chunk).max()))
    return peak


def dbtp(peak: float) -> float:
    """A true peak in dBTP."""
    return 20.0 * math.log10(peak) if peak > 1e-6 else SILENT_LUFS


class TruePeak:
    """The highest true peak of a stream, looked for only where it can be."""

    def __init__(self, channels: int) -> None:
        self._held: Samples = np.zeros((2 * EDGE_FRAMES, channels), np.float32)
        self._peak = 0.0

    def feed(self, samples: Samples) -> None:
        """Take the next frames, shape ``(frames, channels)``."""
        sound = np.concatenate([self._held, samples])
        self._peak = highest_peak(sound, self._peak)
        self._held = sound[-2 * EDGE_FRAMES :]

    def dbtp(self) -> float:
        """The peak in dBTP of what was fed, taken to be followed by silence."""
        self.feed(np.zeros((EDGE_FRAMES, self._held.shape[1]), np.float32))
        return dbtp(self._peak)
