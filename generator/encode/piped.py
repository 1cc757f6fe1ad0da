"""ffmpeg's LAME, a process a stretch: for where pedalboard does not show its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from generator import ffmpeg
from generator.audio import RATE_HZ
from generator.encode.mp3 import FRAME_BYTES, KBIT_PER_S, LAME_SHIFT

if TYPE_CHECKING:
    from generator.audio import Samples

_GIVEN = ("-f", "f32le", "-ar", str(RATE_HZ), "-ac", "2", "-i", "pipe:0")
_MADE = ("-c:a", "libmp3lame", "-b:a", f"{KBIT_PER_S}k", "-reservoir", "0")
_BARE = ("-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "pipe:1")


@dataclass(frozen=True)
class Piped:
    """Its threshold of hearing cannot be held still: it must have heard more, and nothing is kept.

    After 100 frames no difference was found on any bed; that is no proof.
    """

    program: str
    name: str = "LAME of ffmpeg, in stretches"
    mark: str = ""
    """Nothing tells one build of it from another."""
    before: int = 100
    after: int = 1

    def coded(self, sound: Iterable[Samples]) -> bytes:
        """The frames of a sound that begins on a frame, and what it takes to end it."""
        louder = np.float32(1.0 / LAME_SHIFT)
        samples = b"".join((block * louder).astype(np.float32).tobytes() for block in sound)
        command = [self.program, *ffmpeg.CALM, *ffmpeg.LOCAL, *_GIVEN, *_MADE, *_BARE]
        done = subprocess.run(  # noqa: S603  no shell, and words of ours
            command, input=samples, capture_output=True, check=False
        )
        if done.returncode:
            raise OSError("ffmpeg failed")
        return done.stdout


@cache
def found() -> Piped | None:
    """The encoder, or None where there is no ffmpeg that writes MP3: a tenth of a second of it."""
    if not (program := ffmpeg.found()):
        return None
    coder = Piped(program)
    try:
        content = coder.coded([np.zeros((RATE_HZ // 10, 2), np.float32)])
    except OSError:
        return None
    return coder if content and not len(content) % FRAME_BYTES else None
