"""What listens while a track is mixed, and keeps enough of it to find it again in the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generator.model import Clip, Evidence, Phrase, Stream, Timeline
from generator.verify.cells import (
    COLUMNS,
    GROUND_CELLS,
    PIECE_FRAMES,
    Cells,
    cells_of,
    coarse,
    packed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.audio import Samples
    from generator.verify.cells import Grid


@dataclass(frozen=True)
class Noted:
    """What was heard of one stretch."""

    ground: bytes = field(repr=False)
    clips: tuple[bytes, ...] = field(repr=False)
    """Of the phrases that begin in it."""


Read = Callable[[Clip], "Samples"]


class Witness:
    """Told of each clip as it is read, and of the ground as it is summed, in stretches.

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
        self._ground: dict[int, bytes] = {}

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

    def ground(self, start_frame: int) -> Callable[[Samples], None]:
        """What takes all that sounds without the voice from a frame on, shape ``(frames, 2)``.

        It is given blocks, one after another; others may listen to other stretches meanwhile.
        """
        return _Ground(start_frame, self._timeline.frames, self._ground).feed

    def noted(self, within: range) -> Noted:
        """What was heard of these frames, which begin and end with pieces of the ground."""
        clips = tuple(self._clips[index] for index in self._begun(within))
        return Noted(b"".join(self._ground[piece] for piece in _pieces(within)), clips)

    def recall(self, within: range, noted: Noted) -> None:
        """Take as heard what was heard of the same sound before."""
        for place, piece in enumerate(_pieces(within)):
            self._ground[piece] = noted.ground[place * COLUMNS :][:COLUMNS]
        self._clips.update(zip(self._begun(within), noted.clips, strict=True))

    def _begun(self, within: range) -> list[int]:
        every = enumerate(self._timeline.spoken)
        return [index for index, each in every if each.start_frame in within]

    def evidence(self, speech_lufs: float, stream: Stream | None) -> Evidence:
        """What was heard when every frame of the track was.

        ``speech_lufs`` is what the speech was to be at, ``stream`` what was encoded, of an MP3.
        """
        whole = self.noted(range(self._timeline.frames))
        return Evidence(speech_lufs, whole.ground, whole.clips, stream)


def _pieces(within: range) -> range:
    return range(within.start // PIECE_FRAMES, -(-within.stop // PIECE_FRAMES))


class _Ground:
    """Keeps each piece of the ground that lies in a stretch from its beginning to its end."""

    def __init__(self, start_frame: int, track_frames: int, kept: dict[int, bytes]) -> None:
        self._piece = -(-(start_frame + 2) // PIECE_FRAMES) if start_frame else 0
        self._skip = self._piece * PIECE_FRAMES - 2 - start_frame if start_frame else 0
        self._left = track_frames - start_frame
        self._cells = Cells(begun=start_frame > 0)
        self._grid: Grid = np.zeros((0, COLUMNS), np.float32)
        self._kept = kept

    def feed(self, sound: Samples) -> None:
        """Take the next frames."""
        self._left -= len(sound)
        grids = [self._grid, self._cells.feed(sound[self._skip :])]
        self._skip = max(self._skip - len(sound), 0)
        if not self._left:
            grids.append(self._cells.last())
        grid = np.concatenate(grids)
        whole = len(grid) if not self._left else len(grid) // GROUND_CELLS * GROUND_CELLS
        levels = packed(coarse(grid[:whole]))
        for at in range(0, len(levels), COLUMNS):
            self._kept[self._piece] = levels[at : at + COLUMNS]
            self._piece += 1
        self._grid = grid[whole:]
