"""What listens while a track is mixed, and keeps enough of it to find it again in the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generator.model import Clip, Evidence, Phrase, Stream, Timeline
from generator.verify.cells import Cells, cells_of, coarse, packed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.audio import Samples
    from generator.verify.cells import Grid

Read = Callable[[Clip], "Samples"]


class Witness:
    """Told of each clip as it is read, and of the ground as it is summed, in order.

    The clips come from where they are kept and the ground without the voice, so that a phrase that
    got lost in the mix, or into a pause, is a difference and no agreement.
    """

    def __init__(
        self, timeline: Timeline, clips: Mapping[Phrase, Clip], levelled: Callable[[Clip], float]
    ) -> None:
        self._timeline = timeline
        self._levelled = levelled
        self._places: defaultdict[Path, list[int]] = defaultdict(list)
        for index, spoken in enumerate(timeline.spoken):
            self._places[clips[spoken.phrase].path].append(index)
        self._clips: dict[int, bytes] = {}
        self._cells = Cells()
        self._ground: list[Grid] = []

    def reading(self, read: Read) -> Read:
        """The same reader; what it reads is taken note of, at each place where it was planned."""

        def noted(clip: Clip) -> Samples:
            sound = read(clip)
            gain = np.float32(self._levelled(clip))
            for index in self._places.pop(clip.path, ()):
                spoken = self._timeline.spoken[index]
                grid = cells_of(sound * gain, spoken.start_frame, spoken.frames)
                self._clips[index] = packed(grid)
            return sound

        return noted

    def ground(self, sound: Samples) -> None:
        """Take the next frames of all that sounds without the voice, shape ``(frames, 2)``."""
        self._ground.append(self._cells.feed(sound))

    def evidence(self, speech_lufs: float, stream: Stream | None) -> Evidence:
        """What was heard from beginning to end.

        ``speech_lufs`` is what the speech was to be at, ``stream`` what was encoded, of an MP3.
        """
        grid = np.concatenate([*self._ground, self._cells.last()])
        clips = tuple(self._clips[index] for index in range(len(self._timeline.spoken)))
        return Evidence(speech_lufs, packed(coarse(grid)), clips, stream)
