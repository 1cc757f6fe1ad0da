"""How loud a recording counts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from generator import loudness

if TYPE_CHECKING:
    from generator.audio import Samples

MOST_CREST_DB = 26.0
"""A peak further over the loudness than this lowers the whole: thunder must not wake anybody."""


class Level:
    """Hears a recording in blocks of any size, shape ``(frames, 2)``."""

    def __init__(self) -> None:
        self._meter = loudness.Meter(2)
        self._peak = 0.0

    def feed(self, block: Samples) -> None:
        """Take the next frames."""
        self._meter.feed(block)
        self._peak = max(self._peak, float(np.abs(block).max(initial=0.0)))

    def counted_lufs(self) -> float | None:
        """Its gated loudness, or more when its peaks stand out far; None when it is silent."""
        heard = loudness.gated_lufs([loudness.blocks(self._meter.energies())])
        if heard <= loudness.ABSOLUTE_GATE_LUFS:
            return None
        return max(heard, 20.0 * math.log10(self._peak) - MOST_CREST_DB)
