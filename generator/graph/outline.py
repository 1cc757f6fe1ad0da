"""What is kept of a mix for its picture while it goes by: a few numbers for each 24 ms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from generator import loudness
from generator.audio import GRID_FRAMES
from generator.model import PARTS, Envelope, Envelopes, Mixed

if TYPE_CHECKING:
    from generator.audio import Samples
    from generator.model.sound import Curve


class Outline:
    """Is shown a mix block by block, of any size, and remembers how high each part of it was."""

    def __init__(self) -> None:
        self._parts = {part: _Part() for part in PARTS}
        self._meter = loudness.Meter(2)

    def see(self, mixed: Mixed) -> None:
        """Take in the next block."""
        for part, steps in self._parts.items():
            steps.add(getattr(mixed, part))
        self._meter.feed(mixed.sum())

    def envelopes(self) -> Envelopes:
        """Peak and mean of each part, a step being as long as an MP3 frame."""
        return Envelopes(GRID_FRAMES, *(part.envelope() for part in self._parts.values()))

    def short_term_lufs(self) -> loudness.Floats:
        """Loudness of the three seconds around each 100 ms of the mix."""
        return loudness.short_term_lufs(self._meter.energies())


class _Part:
    def __init__(self) -> None:
        self._rest: Samples = np.zeros((0, 2), np.float32)
        self._peaks: list[Curve] = []
        self._means: list[Curve] = []

    def add(self, sound: Samples) -> None:
        joined = np.concatenate([self._rest, sound]) if len(self._rest) else sound
        whole = len(joined) // GRID_FRAMES * GRID_FRAMES
        self._keep(joined[:whole])
        self._rest = joined[whole:]

    def _keep(self, sound: Samples) -> None:
        steps = sound.reshape(-1, GRID_FRAMES * 2)
        self._peaks.append(np.maximum(steps.max(axis=1), -steps.min(axis=1)))
        self._means.append(np.sqrt(np.einsum("ij,ij->i", steps, steps) / steps.shape[1]))

    def envelope(self) -> Envelope:
        """All of it, the last step filled up with silence."""
        if len(self._rest):
            missing = GRID_FRAMES - len(self._rest)
            self.add(np.zeros((missing, 2), np.float32))
        none = np.zeros(0, np.float32)
        return Envelope(np.concatenate([none, *self._peaks]), np.concatenate([none, *self._means]))
