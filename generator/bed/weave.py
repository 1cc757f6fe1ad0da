"""Sound woven around a loop from short pieces, each one inverse Fourier transform.

A piece lasts two steps of a tenth of a second and overlaps its neighbours by one, the last of the
loop the first: there is no seam, and what a piece is made of may change with every step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.audio import RATE_HZ
from generator.loudness import k_weighting

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples

    Floats = npt.NDArray[np.floating[Any]]
    Spectra = npt.NDArray[np.complex64]
    """Shape ``(steps, 2, LINES)``: what sounds left and right, step by step."""

PERIOD_S = 150
PERIOD_FRAMES = PERIOD_S * RATE_HZ
"""Length of every loop: 6,250 whole MP3 frames."""

STEP_FRAMES = RATE_HZ // 10
STEPS = PERIOD_FRAMES // STEP_FRAMES
SPACING_HZ = 5
LINES = 16_000 // SPACING_HZ
"""Line 0 is at 5 Hz, the last at 16 kHz. MP3 at 128 kbit/s keeps none above."""

_SOME_STEPS = 50


@dataclass(frozen=True)
class Layer:
    """One sound on its way into a loop."""

    heard: float
    """Its K-weighted mean square over the loop, both channels added: known before it is made."""
    pieces: Iterator[tuple[int, Samples]]
    """Each is to be added to the loop from its frame on, and may reach over the end."""

    def add_to(self, loop: Samples, gain: float) -> None:
        """Add all of it, around the loop."""
        for start, piece in self.pieces:
            here = piece[: len(loop) - start] * np.float32(gain)
            over = piece[len(loop) - start :] * np.float32(gain)
            loop[start : start + len(here)] += here
            loop[: len(over)] += over


def some_steps() -> Iterator[slice]:
    """All steps of the loop, a few at a time."""
    return (slice(first, first + _SOME_STEPS) for first in range(0, STEPS, _SOME_STEPS))


def woven(spectra: Iterable[Spectra], *, in_step: bool) -> Iterator[tuple[int, Samples]]:
    """The pieces of a sound from its spectra, those of ``some_steps()`` at a time.

    A line of amplitude ``a`` is a cosine of twice that. From step to step pieces cross over at
    equal gain when they are ``in_step``, each line going on where it was, else at equal power.
    """
    slope = np.sin((np.arange(STEP_FRAMES) + 0.5) * (np.pi / 2 / STEP_FRAMES))
    window = np.concatenate([slope, slope[::-1]]).astype(np.float32) ** (2 if in_step else 1)
    for steps, some in zip(some_steps(), spectra, strict=True):
        lines = np.pad(some, ((0, 0), (0, 0), (1, 0)))  # no constant part
        sound = np.fft.irfft(lines, 2 * STEP_FRAMES, norm="forward") * window
        rising, falling = sound.reshape(-1, 2, 2, STEP_FRAMES).transpose(2, 0, 3, 1)
        piece = np.zeros(((len(some) + 1) * STEP_FRAMES, 2), np.float32)
        piece[:-STEP_FRAMES] = rising.reshape(-1, 2)
        piece[STEP_FRAMES:] += falling.reshape(-1, 2)
        yield steps.start * STEP_FRAMES, piece


@lru_cache(maxsize=1)
def lines_hz() -> Floats:
    """Frequency of each line."""
    return np.arange(1.0, LINES + 1.0) * SPACING_HZ


def k_power(hz: Floats) -> Floats:
    """How much the K-weighting of BS.1770 lets through at these frequencies, as a power."""
    circle, power = np.exp(hz * (2j * np.pi / RATE_HZ)), np.ones_like(hz)
    for taps in k_weighting(RATE_HZ):
        power *= np.abs(np.polyval(taps[:3], circle) / np.polyval(taps[3:], circle)) ** 2
    return power
