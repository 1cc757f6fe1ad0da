"""The last word on level: a true-peak limiter whose output depends on nothing but its input.

A limiter with a memory would make every sample depend on all before it; this one looks a few
milliseconds to either side, so that any block size gives the same sound and an unchanged stretch
stays unchanged. Where no peak comes near the ceiling the sound passes untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import amplitude
from generator.loudness import EDGE_FRAMES, PEAK_REACH, heights, true_peaks

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples

    Gain = npt.NDArray[np.float64]
    Steps = npt.NDArray[np.int64]

CEILING_DBTP = -1.5
"""Encoding at 128 kbit/s lifts peaks by 0.1 to 0.3 dB; the finished file stays under -1 dBTP."""

_LOOK_FRAMES = 480
"""10 ms to either side: the gain is down before a peak and comes back after it."""
_CONTEXT_FRAMES = 2 * (2 * _LOOK_FRAMES + EDGE_FRAMES)
"""Further than this no frame is looked at: a gain reaches two windows, what may need one as far."""
_STEPS = 1 << 24
"""Gains are counted in steps so fine, because sums of whole numbers hang on no beginning."""


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


def around(within: range, frames: int) -> range:
    """What a stretch of a sound of so many frames hangs on: itself, and as far as is looked."""
    first, last = within.start - _CONTEXT_FRAMES, within.stop + _CONTEXT_FRAMES
    return range(max(first, 0), min(last, frames))


def limited_within(
    sound: Callable[[range], Iterable[Samples]],
    within: range,
    frames: int,
    ceiling_dbtp: float = CEILING_DBTP,
) -> Iterator[Samples]:
    """A stretch of what :func:`limited` makes of a whole sound of so many frames, to the bit.

    ``sound`` gives the blocks of any stretch of it.
    """
    heard = around(within, frames)
    at = heard.start
    for block in limited(sound(heard), ceiling_dbtp):
        piece = block[max(within.start - at, 0) : max(within.stop - at, 0)]
        if len(piece):
            yield piece
        at += len(block)


def _settled(sound: Samples, ceiling: float) -> Samples:
    """All but the context at both ends, which has not enough around it to be decided yet."""
    inner = slice(_CONTEXT_FRAMES, len(sound) - _CONTEXT_FRAMES)
    hot = heights(sound) * PEAK_REACH > ceiling
    if not hot.any():
        return sound[inner]
    out = sound.copy()
    around = np.pad(sound, ((EDGE_FRAMES, EDGE_FRAMES), (0, 0)))
    for start, stop in _runs(np.flatnonzero(hot), len(sound)):
        peaks = true_peaks(around[start : stop + 2 * EDGE_FRAMES])
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


def _smooth(gain: Gain) -> Gain:
    """The gain without corners, and nowhere above what was needed.

    A minimum over the reach of a window, then a mean over the same window: at each frame the mean
    is of minima that all saw it. Two running means make the window a triangle.
    """
    half = _LOOK_FRAMES // 2
    steps = _lowest((gain * _STEPS).astype(np.int64), _LOOK_FRAMES)
    size = 2 * half + 1
    return _sums(_sums(steps, half), half) / (size * size * _STEPS)


def _lowest(steps: Steps, reach: int) -> Steps:
    """The minimum over ``reach`` to either side, by windows that double until they are as wide."""
    size, width = 2 * reach + 1, 1
    lowest = np.pad(steps, reach, mode="edge")
    while 2 * width <= size:
        lowest = np.minimum(lowest[:-width], lowest[width:])
        width *= 2
    return np.minimum(lowest[: len(steps)], lowest[size - width :][: len(steps)])


def _sums(steps: Steps, reach: int) -> Steps:
    """The sum over ``reach`` to either side."""
    sums = np.cumsum(np.pad(steps, (reach + 1, reach), mode="edge"))
    return sums[2 * reach + 1 :] - sums[: -2 * reach - 1]
