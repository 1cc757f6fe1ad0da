"""The sound that carries counted breathing: a soft open fifth that rises, stays and falls.

A function of the absolute frame, like a bed; how loud it is at any moment is decided where it is
mixed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import RATE_HZ

if TYPE_CHECKING:
    from generator.audio import Samples

_TONES = (
    (146.83, 1.0, -0.35),
    (146.91, 0.7, 0.35),
    (220.25, 0.55, 0.25),
    (220.16, 0.45, -0.25),
    (293.66, 0.3, 0.0),
    (440.49, 0.1, 0.4),
)
"""Frequency in Hz, amplitude, and place between left (-1) and right: D, A and D, beating slowly."""
_LEVEL = 0.2
LUFS = -14.91
"""Its loudness at full swell; a test holds it against the meter."""


def block(start_frame: int, frames: int) -> Samples:
    """The full swell from a frame of the track on, shape ``(frames, 2)``, float32."""
    sound = np.zeros((frames, 2), np.float32)
    at = np.arange(start_frame, start_frame + frames, dtype=np.float64)
    for hz, level, place in _TONES:
        tone = np.sin(at * (2.0 * math.pi * hz / RATE_HZ)) * (level * _LEVEL)
        angle = math.pi / 4.0 * (1.0 + place)
        sound[:, 0] += math.cos(angle) * tone
        sound[:, 1] += math.sin(angle) * tone
    return sound
