"""A kept recording on the disk: raw float32, stereo, 48 kHz."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from generator.audio import Samples

_FRAME_BYTES = 8


def stretch(path: Path, at: int, frames: int) -> Samples:
    """Its frames from ``at`` on, shape ``(frames, 2)``."""
    with path.open("rb") as file:
        raw = np.fromfile(file, np.float32, 2 * frames, offset=at * _FRAME_BYTES)
    return raw.reshape(frames, 2)
