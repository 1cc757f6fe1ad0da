"""Any sampling rate to ours, a block at a time, by the Fourier transform.

A piece of so many seconds has the same lines at any rate: the piece is transformed at one rate and
back at the other. Pieces overlap by as long as the filter rings, so the cuts leave no trace.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import RATE_HZ

if TYPE_CHECKING:
    from generator.audio import Samples

_RING_FRAMES = 2_000
"""How long the filter rings, in frames of the lower rate: to -100 dB."""
_FLAT = 0.9
"""Up to this share of half the lower rate all passes; from there to the half it fades out."""
_MOST_UNIT = 1_000
"""Rates in use come out even within so many of our frames; of others the nearest that does is
taken, within a cent: 191,999 Hz for 192,000."""
_HOP = 10
"""A piece moves on by ten times what the filter rings."""


def resampled(sound: Iterable[Samples], rate_hz: int) -> Iterator[Samples]:
    """The same sound at 48 kHz, as long as before to the frame, in blocks of other sizes.

    What comes out depends on what went in, and not on how that was cut.
    """
    if rate_hz == RATE_HZ:
        yield from sound
        return
    unit_in, unit_out = Fraction(rate_hz, RATE_HZ).limit_denominator(_MOST_UNIT).as_integer_ratio()
    units = math.ceil(_RING_FRAMES * rate_hz / (min(rate_hz, RATE_HZ) * unit_in))
    ring, hop = units * unit_in, _HOP * units * unit_in
    gain = _gain(hop + 2 * ring, rate_hz)

    def piece(held: Samples) -> Samples:
        lines = np.fft.rfft(held[: hop + 2 * ring].T) * gain
        frames = (_HOP + 2) * units * unit_out
        kept = slice(units * unit_out, frames - units * unit_out)
        lines = lines[:, : frames // 2 + 1]
        scaled = np.fft.irfft(lines, frames)[:, kept].T * np.float32(unit_out / unit_in)
        return np.ascontiguousarray(scaled)

    held, taken, given = np.zeros((ring, 2), np.float32), 0, 0
    for block in sound:
        taken += len(block)
        held = np.concatenate([held, block])
        while len(held) >= hop + 2 * ring:
            yield piece(held)
            given += _HOP * units * unit_out
            held = held[hop:]
    left = -(-taken * unit_out // unit_in) - given
    held = np.concatenate([held, np.zeros((hop + 2 * ring, 2), np.float32)])
    while left > 0:
        yield (block := piece(held)[:left])
        left -= len(block)
        held = held[hop:]


def _gain(frames: int, rate_hz: int) -> Samples:
    """What passes of each line: all, then along half a cosine less, nothing from the half on."""
    share = np.fft.rfftfreq(frames, 1 / rate_hz) / (min(rate_hz, RATE_HZ) / 2)
    fading = np.clip((share - _FLAT) / (1 - _FLAT), 0.0, 1.0)
    gain: Samples = (0.5 + 0.5 * np.cos(np.pi * fading)).astype(np.float32)
    return gain
