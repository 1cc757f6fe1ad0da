"""What lies under hearing, taken away: wind in a microphone, an offset that drifts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import RATE_HZ

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples

    Spectrum = npt.NDArray[np.complex64]

EDGE_HZ = 25.0
"""Nothing passes under 20 Hz, all from 30 Hz on; the lowest of a piano, 27.5 Hz, loses 0.5 dB."""
_REACH = 15_360
"""How many frames the filter looks to either side: 0.32 s."""
_KAISER_BETA = 10.0
"""100 dB between what passes and what does not."""
_SIZE = 1 << 17
_HOP = _SIZE - 2 * _REACH


def audible(sound: Iterable[Samples]) -> Iterator[Samples]:
    """The same stereo sound at 48 kHz without what nobody hears, as long as before, not delayed.

    In blocks of other sizes: what comes out depends on what went in, and not on how that was cut. A
    sound of under a third of a second is given back as it is.
    """
    spectrum, begun = _spectrum(), False
    held = np.zeros((0, 2), np.float32)
    for block in sound:
        held = np.concatenate([held, block])
        if not begun and len(held) > _REACH:
            held, begun = np.concatenate([_turned(held)[::-1], held]), True
        while begun and len(held) >= _SIZE:
            yield _filtered(held[:_SIZE], spectrum)
            held = held[_HOP:]
    if not begun:
        yield held
        return
    held = np.concatenate([held, _turned(held[::-1])])
    while len(held) > 2 * _REACH:
        yield _filtered(held[:_SIZE], spectrum)
        held = held[_HOP:]


def _turned(sound: Samples) -> Samples:
    """What comes before a sound when it is taken to go on turned about its first frame.

    Backwards, as far as the filter looks. So an offset, or a slow wave, makes no thump where the
    recording was cut off.
    """
    turned: Samples = 2 * sound[0] - sound[1 : _REACH + 1]
    return turned


def _filtered(piece: Samples, spectrum: Spectrum) -> Samples:
    """A piece without its first and last frames, as far as the filter looks."""
    lines = np.fft.rfft(piece.T, _SIZE) * spectrum
    passed = np.fft.irfft(lines, _SIZE)[:, 2 * _REACH : len(piece)]
    return np.ascontiguousarray(passed.T)


def _spectrum() -> Spectrum:
    """The filter at the frequencies of a transform: all, less a sine cardinal under a window."""
    away = np.arange(-_REACH, _REACH + 1)
    low = np.sinc(away * (2 * EDGE_HZ / RATE_HZ)) * np.kaiser(len(away), _KAISER_BETA)
    taps = -low / low.sum()
    taps[_REACH] += 1.0
    spectrum: Spectrum = np.fft.rfft(taps, _SIZE).astype(np.complex64)
    return spectrum
