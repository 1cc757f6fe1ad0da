"""MP3: constant 128 kbit/s, stereo, with a true ``Info`` header."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import GRID_FRAMES, RATE_HZ

if TYPE_CHECKING:
    from generator.audio import Samples

KBIT_PER_S = 128
FRAME_BYTES = KBIT_PER_S * 1_000 // 8 * GRID_FRAMES // RATE_HZ
"""Of every frame: at this rate none is padded."""
LAME_SHIFT = 0.95
"""LAME lowers constant-bitrate sound at 160 kbit/s and below by this factor (0.45 dB)."""


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Callable[[Samples], None]]:
    """What takes the blocks of an MP3, one after another."""
    from pedalboard.io import AudioFile

    with (
        path.open("w+b") as file,
        AudioFile(file, "w", RATE_HZ, 2, format="mp3", quality=KBIT_PER_S) as mp3,
    ):
        yield lambda block: mp3.write((block * np.float32(1.0 / LAME_SHIFT)).T)
