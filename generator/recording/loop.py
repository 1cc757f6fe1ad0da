"""A recording kept for one render: decoded once, read by the block, round and round."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generator import supplied
from generator.audio import to_frames
from generator.errors import UsageError
from generator.model import RECORDING, Duck, OwnFile
from generator.recording import decode, rumble
from generator.recording.form import LIMITS
from generator.recording.level import Level
from generator.recording.raw import stretch

if TYPE_CHECKING:
    from generator.audio import Samples

MOST_S = 3 * 3600.0
LEAST_S = 1.0
FADE_S = 4.0
"""How long the end crosses over into the beginning; a third of a short recording."""
TUNE_S = 0.1
"""By so much the end may be cut off to bring it into step with the beginning."""
SPARE = 1.1
"""Kept beyond the estimated length of a track: speech may turn out longer."""

_DUCK = Duck()
"""What a recording is nobody knows: it makes way as music does."""
_LEAST_ALIKE = -0.5
"""Ends that are more unlike than this are raised no further: 3 dB at the most."""
_AS_GOOD = 1e-3
"""Of places that are alike within this, the one is taken where the least is cut off."""
_NOTHING = 1e-9
"""Keeps silence from being divided by."""
_BLOCK_FRAMES = 1 << 18


@dataclass(frozen=True, eq=False)
class Loop:
    """The kept recording as a bed: a function of the frame, the same however it is cut."""

    path: Path
    """Raw float32, stereo, 48 kHz."""
    frames: int
    fade_frames: int
    alike: tuple[float, float] = (0.0, 0.0)
    """Correlation of end and beginning in each channel: 1 where they are the same wave."""
    lufs: float = 0.0
    """How loud it counts: its gated loudness, or more when its peaks stand out far."""
    name: str = RECORDING
    duck: Duck = _DUCK
    digest: str = ""
    """Of the file it was decoded from."""

    def block(self, start_frame: int, frames: int) -> Samples:
        """Its frames from ``start_frame`` on, shape ``(frames, 2)``."""
        pieces = [self._piece(*each) for each in self._stretches(start_frame, frames)]
        return np.concatenate(pieces) if pieces else np.zeros((0, 2), np.float32)

    def mark(self, start_frame: int) -> list[object]:
        """What its sound from that frame on hangs on."""
        return [self.name, self.digest, self.frames, *self.alike, start_frame]

    def _stretches(self, start_frame: int, frames: int) -> Iterator[tuple[int, int, int]]:
        """The turn, the place in it and the length of each stretch without a seam inside."""
        period, end = self.frames - self.fade_frames, start_frame + frames
        while start_frame < end:
            turn, at = divmod(start_frame, period)
            size = min(end - start_frame, period - at)
            yield turn, at, size
            start_frame += size

    def _piece(self, turn: int, at: int, frames: int) -> Samples:
        sound = self._read(at, frames)
        crossing = min(frames, self.fade_frames - at)
        if turn and crossing > 0:
            over = self._read(self.frames - self.fade_frames + at, crossing)
            place = (np.arange(at, at + crossing) + 0.5) / self.fade_frames * (math.pi / 2)
            rise, fall = np.sin(place)[:, None], np.cos(place)[:, None]
            power = 1.0 + 2.0 * rise * fall * np.array(self.alike)  # equal, had they nothing alike
            sound[:crossing] = (sound[:crossing] * rise + over * fall) / np.sqrt(power)
        return sound

    def _read(self, at: int, frames: int) -> Samples:
        return stretch(self.path, at, frames)

    def in_step(self) -> Loop:
        """The loop with its end cut off where it is most like the beginning.

        What goes on evenly, a hum or a held chord, then goes on across the seam too: out of step
        its end and its beginning would wipe each other out.
        """
        spare, fade = min(to_frames(TUNE_S), self.frames // 10), self.fade_frames
        head = self._read(0, fade).astype(np.float64)
        tail = self._read(self.frames - fade - spare, fade + spare).astype(np.float64)
        size = 1 << len(tail).bit_length()
        lines = np.fft.rfft(tail, size, axis=0) * np.fft.rfft(head, size, axis=0).conj()
        products = np.fft.irfft(lines, size, axis=0)[spare::-1]  # nothing cut off comes first
        sums = np.concatenate([np.zeros((1, 2)), np.cumsum(np.square(tail), axis=0)])
        powers = (sums[fade:] - sums[:-fade])[::-1] * np.square(head).sum(axis=0)
        norms = np.sqrt(powers) + _NOTHING
        together = products.sum(axis=1) / norms.sum(axis=1)
        cut = int(np.argmax(together >= together.max() - _AS_GOOD))
        left, right = np.clip(products[cut] / norms[cut], _LEAST_ALIKE, 1.0).tolist()
        return replace(self, frames=self.frames - cut, alike=(left, right))


def keep(
    own: OwnFile, scratch: Path, track_frames: int, progress: Callable[[int, int], None]
) -> Loop:
    """Decode what a track of about so many frames needs of a recording, and make its bed.

    At most three hours are kept, in ``scratch``: 23 MB a minute. Raises UsageError, naming the
    file, when it cannot be decoded, changed meanwhile, lasts under a second or is silent.
    """
    fade = to_frames(FADE_S)
    wanted = min(round(track_frames * SPARE) + fade, to_frames(MOST_S))
    kept = 0
    with scratch.open("wb") as file, contextlib.closing(decode.sound(own)) as blocks:
        for block in rumble.audible(blocks):
            part = block[: wanted - kept]
            file.write(part.tobytes())
            kept += len(part)
            progress(kept, wanted)
            if kept == wanted:
                break
    progress(wanted, wanted)
    supplied.prove_unchanged(own, LIMITS)
    if kept < to_frames(LEAST_S):
        raise UsageError(
            "lasts less than a second", where=str(own.path), remedy="Use a longer recording."
        )
    loop = Loop(scratch, kept, min(fade, kept // 3), digest=own.digest).in_step()
    return replace(loop, lufs=_counted_lufs(loop, own))


def _counted_lufs(loop: Loop, own: OwnFile) -> float:
    """Measured on what will be heard: once through, and over the seam."""
    level = Level()
    for start in range(0, loop.frames, _BLOCK_FRAMES):
        level.feed(loop.block(start, min(_BLOCK_FRAMES, loop.frames - start)))
    counted_lufs = level.counted_lufs()
    if counted_lufs is None:
        raise UsageError(
            "is silent, or nearly so",
            where=str(own.path),
            remedy="Use a louder recording, or --bed none for a quiet room.",
        )
    return counted_lufs
