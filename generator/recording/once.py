"""A recording that is heard once: measured, then kept for one render, and read by the block."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generator import supplied
from generator.audio import to_frames
from generator.errors import UsageError
from generator.model import OwnFile
from generator.recording import decode, rumble
from generator.recording.form import LIMITS
from generator.recording.level import Level
from generator.recording.raw import stretch

if TYPE_CHECKING:
    from generator.audio import Samples

LEAST_S = 0.2
MOST_S = 1800.0
EDGE_S = 0.01
"""How long it rises from nothing and sinks back: too short to be heard, too long for a click."""


@dataclass(frozen=True)
class Once:
    """The kept recording: a function of its own frame, the same however it is cut."""

    path: Path
    """Raw float32, stereo, 48 kHz."""
    frames: int
    lufs: float
    """How loud it counts: its gated loudness, or more when its peaks stand out far."""
    digest: str = ""
    """Of the file it was decoded from."""

    def block(self, start_frame: int, frames: int) -> Samples:
        """Its frames from ``start_frame`` on, shape ``(frames, 2)``."""
        sound, edge = stretch(self.path, start_frame, frames), to_frames(EDGE_S)
        if start_frame < edge or start_frame + frames > self.frames - edge:
            at = np.arange(start_frame, start_frame + frames) + 0.5
            near = np.minimum(np.minimum(at, self.frames - at) / edge, 1.0)
            sound *= np.sin(near * (np.pi / 2)).astype(np.float32)[:, np.newaxis] ** 2
        return sound


def length(own: OwnFile) -> int:
    """How many frames it has at 48 kHz, decoded to its end.

    Raises UsageError, naming the file, when it cannot be decoded, lasts under a fifth of a second
    or over half an hour, or is silent.
    """
    frames, _lufs = _heard(own, lambda _block: None)
    return frames


def keep_once(own: OwnFile, scratch: Path, progress: Callable[[int], None]) -> Once:
    """Decode all of it into ``scratch``, 23 MB a minute, and say how loud it is.

    ``progress`` is told how many frames came, block by block. Raises UsageError as :func:`length`
    does, and when the file is not any more what it was when it was looked at.
    """
    with scratch.open("wb") as file:

        def write(block: Samples) -> None:
            file.write(block.tobytes())
            progress(len(block))

        frames, lufs = _heard(own, write)
    return Once(scratch, frames, lufs, own.digest)


def _heard(own: OwnFile, write: Callable[[Samples], None]) -> tuple[int, float]:
    """Its frames and how loud it counts, each block written on the way."""
    level, frames = Level(), 0
    with contextlib.closing(decode.sound(own)) as blocks:
        for block in rumble.audible(blocks):
            frames += len(block)
            if frames > to_frames(MOST_S):
                raise _refused(
                    own, "lasts more than half an hour", "Cut it, or insert it in parts."
                )
            level.feed(block)
            write(block)
    supplied.prove_unchanged(own, LIMITS)
    if frames < to_frames(LEAST_S):
        raise _refused(own, "lasts less than a fifth of a second", "Use a longer recording.")
    counted_lufs = level.counted_lufs()
    if counted_lufs is None:
        raise _refused(own, "is silent, or nearly so", "Use a louder recording.")
    return frames, counted_lufs


def _refused(own: OwnFile, what: str, remedy: str) -> UsageError:
    return UsageError(what, where=str(own.path), remedy=remedy)
