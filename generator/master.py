"""The last word on level: a true-peak limiter whose output depends on nothing but its input.

A limiter with a memory would make every sample depend on all before it; this one looks a few
milliseconds to either side, so that any block size gives the same sound and an unchanged stretch
stays unchanged. Where no peak comes near the ceiling the sound passes untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import amplitude

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples

CEILING_DBTP = -1.7
"""Encoding at 128 kbit/s lifts peaks by up to 0.5 dB; the finished file stays under -1 dBTP."""

_LOOK_FRAMES = 480
"""10 ms to either side: the gain is down before a peak and comes back after it."""
_CONTEXT_FRAMES = 2 * _LOOK_FRAMES + 32
_REACH = 1.6
"""A peak between samples rises no further than this over them in practice (4 dB)."""


def limited(sound: Iterable[Samples], ceiling_dbtp: float = CEILING_DBTP) -> Iterator[Samples]:
    """The same sound, frame for frame, with no true peak over the ceiling.

    Takes and gives blocks of shape ``(frames, channels)``; what goes in comes out, in other cuts.
    """
    ceiling = amplitude(ceiling_dbtp)
    held: Samples | None = None
    for block in sound:
        if held is None:
            held = np.zeros((_CONTEXT_FRAMES, block.shape[1]), np.float32)
        held = np.concatenate([held, block])
        if len(held) > 2 * _CONTEXT_FRAMES:
            yield _settled(held, ceiling)
            held = held[-2 * _CONTEXT_FRAMES :]
    if held is not None:
        end = np.zeros((_CONTEXT_FRAMES, held.shape[1]), np.float32)
        yield _settled(np.concatenate([held, end]), ceiling)


def _settled(sound: Samples, ceiling: float) -> Samples:
    """All but the context at both ends, which has not enough around it to be decided yet."""
    inner = slice(_CONTEXT_FRAMES, len(sound) - _CONTEXT_FRAMES)
    hot = np.abs(sound).max(axis=1) * _REACH > ceiling
    if not hot.any():
        return sound[inner]
    out = sound.copy()
    for start, stop in _runs(np.flatnonzero(hot), len(sound)):
        first, last = max(start - 32, 0), min(stop + 32, len(sound))
        peaks = _true_peaks(sound[first:last])[start - first : stop - first]
        gain = _smooth(np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9)))
        out[start:stop] *= gain[:, None].astype(np.float32)
    return out[inner]


def _runs(hot: npt.NDArray[np.intp], frames: int) -> Iterator[tuple[int, int]]:
    """Stretches that hold all hot frames with room for the gain to go down and come back."""
    reach = 2 * _LOOK_FRAMES + 1
    breaks = np.flatnonzero(np.diff(hot) > 2 * reach)
    starts = hot[np.concatenate([[0], breaks + 1])]
    stops = hot[np.concatenate([breaks, [len(hot) - 1]])]
    for start, stop in zip(starts, stops, strict=True):
        yield max(int(start) - reach, 0), min(int(stop) + reach + 1, frames)


def _true_peaks(sound: Samples) -> npt.NDArray[np.float64]:
    """The highest of each frame and the three points after it, four times oversampled."""
    from scipy.signal import resample_poly

    fine = np.abs(resample_poly(sound.astype(np.float64), 4, 1, axis=0)).max(axis=1)
    peaks: npt.NDArray[np.float64] = fine.reshape(-1, 4).max(axis=1)
    return peaks


def _smooth(gain: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The gain without corners, and nowhere above what was needed.

    A minimum over the reach of a window, then a mean over the same window: at each frame the mean
    is of minima that all saw it.
    """
    from scipy.ndimage import convolve1d, minimum_filter1d

    size = 2 * _LOOK_FRAMES + 1
    window = np.hanning(size + 2)[1:-1]
    lowest = minimum_filter1d(gain, size, mode="nearest")
    smooth: npt.NDArray[np.float64] = convolve1d(lowest, window / window.sum(), mode="nearest")
    return np.minimum(smooth, 1.0)
