"""What is kept of a finished file for its picture: one sound, told apart by what was planned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from generator import loudness
from generator.audio import GRID_FRAMES, RATE_HZ, SILENT_LUFS
from generator.graph.outline import Outline
from generator.model import Envelope, Envelopes, Mixed, Timeline

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples
    from generator.model.sound import Curve

    Flags = npt.NDArray[np.bool_]

_MOST = 8.0
"""A file may hold any number; nothing over +18 dBFS can be told apart in a picture."""


class HeardOutline:
    """Is given a finished sound block by block, of any size, and remembers how high it was.

    Voice and bed cannot be taken apart any more. While a phrase is planned all that sounds counts
    as the voice, and the bed under it is what was mixed; at any other time all of it is the bed.
    """

    def __init__(self, timeline: Timeline, ground: Curve, step_frames: int) -> None:
        """``ground`` is how high all but the voice was mixed, a mean for each ``step_frames``."""
        self._timeline = timeline
        self._ground = ground
        self._step_frames = step_frames
        self._outline = Outline()
        self._frame = 0

    def hear(self, sound: Samples) -> None:
        """Take in the next block."""
        heard = np.clip(np.nan_to_num(sound), -_MOST, _MOST)
        spoken = self._spoken(self._frame, len(heard))[:, None]
        self._outline.see(Mixed(heard * spoken, heard * ~spoken, np.zeros_like(heard)))
        self._frame += len(heard)

    def _spoken(self, start_frame: int, count: int, step_frames: int = 1) -> Flags:
        """Whether the voice was to speak in that frame, and in others so many frames apart."""
        there = np.zeros(count, bool)
        for each in self._timeline.spoken:
            ends = (each.start_frame, each.end_frame)
            first, last = (-((start_frame - end) // step_frames) for end in ends)
            there[max(first, 0) : max(last, 0)] = True
        return there

    def envelopes(self) -> Envelopes:
        """Peak and mean of each part, as long as the track was to be: what is missing is silent."""
        steps = -(-self._timeline.frames // GRID_FRAMES)
        found = self._outline.envelopes()
        at = (np.arange(steps) * GRID_FRAMES + GRID_FRAMES // 2) // self._step_frames
        mixed = self._ground[np.minimum(at, len(self._ground) - 1)]
        bed = _lasting(found.bed.rms, steps)
        under = self._spoken(GRID_FRAMES // 2, steps, GRID_FRAMES)
        return replace(
            found,
            voice=Envelope(_lasting(found.voice.peak, steps), _lasting(found.voice.rms, steps)),
            bed=Envelope(_lasting(found.bed.peak, steps), np.where(under, mixed, bed)),
            bells=Envelope(np.zeros(steps, np.float32), np.zeros(steps, np.float32)),
        )

    def short_term_lufs(self) -> loudness.Floats:
        """Loudness of the three seconds around each 100 ms, as long as the track was to be."""
        steps = max(self._timeline.frames // round(loudness.STEP_S * RATE_HZ), 1)
        curve = self._outline.short_term_lufs()[:steps]
        return np.pad(curve, (0, steps - len(curve)), constant_values=SILENT_LUFS)


def _lasting(curve: Curve, steps: int) -> Curve:
    """So many steps of it, silent after its end."""
    return np.pad(curve[:steps], (0, max(steps - len(curve), 0)))
