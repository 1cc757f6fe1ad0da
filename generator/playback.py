"""What a player hears: a finished track, decoded to its end in blocks."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from generator import ffmpeg
from generator.audio import RATE_HZ
from generator.errors import CheckError, UsageError

if TYPE_CHECKING:
    from typing import BinaryIO

    from generator.audio import Samples

BLOCK_FRAMES = 4 * RATE_HZ
_FRAME_BYTES = 8


def blocks(path: Path) -> Iterator[Samples]:
    """The whole track, shape ``(frames, 2)`` a block.

    By libsndfile, which honours what an MP3 says of its own length; an M4B by ffmpeg. Raises
    CheckError when the file is not 48 kHz stereo or cannot be decoded, UsageError where there is no
    ffmpeg for an M4B.
    """
    yield from _by_ffmpeg(path) if path.suffix == ".m4b" else _by_libsndfile(path)


def _by_libsndfile(path: Path) -> Iterator[Samples]:
    import soundfile

    with soundfile.SoundFile(path) as file:
        if (file.samplerate, file.channels) != (RATE_HZ, 2):
            raise CheckError("the track is not 48 kHz stereo", where=str(path))
        while len(block := file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)):
            yield block


def _by_ffmpeg(path: Path) -> Iterator[Samples]:
    """The rate and the channels are taken as they are: a track of another kind comes out longer."""
    if not ffmpeg.found():
        raise UsageError("only ffmpeg can play an M4B", where=str(path), remedy="Install ffmpeg.")
    command = ffmpeg.decoding(path, "mov")
    with subprocess.Popen(  # noqa: S603  no shell, and no word of a stranger's but a path
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            output = cast("BinaryIO", child.stdout)
            while piece := output.read(BLOCK_FRAMES * _FRAME_BYTES):
                whole = piece[: len(piece) // _FRAME_BYTES * _FRAME_BYTES]
                yield np.frombuffer(whole, np.float32).reshape(-1, 2)
            failed = child.wait() != 0
        finally:
            child.kill()
    if failed:
        raise CheckError("cannot be decoded", where=str(path))
