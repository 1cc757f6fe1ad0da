"""M4B: AAC, which nothing that pip installs can write; ffmpeg can."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from generator import ffmpeg
from generator.audio import RATE_HZ
from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.audio import Samples

KBIT_PER_S = 128


def require_ffmpeg() -> None:
    """Raise UsageError where there is no ffmpeg that writes AAC: a tenth of a second of it."""
    program = ffmpeg.found()
    how = ("-f", "lavfi", "-i", f"anullsrc=r={RATE_HZ}", "-t", "0.1", "-c:a", "aac", "-f", "null")
    if (
        not program
        or subprocess.run(  # noqa: S603  no shell, and words of ours
            [program, *ffmpeg.CALM, *how, "-"], capture_output=True, check=False
        ).returncode
    ):
        raise UsageError(
            "an M4B needs ffmpeg, and there is none here that writes AAC",
            where="--format",
            remedy="Install ffmpeg (apt install ffmpeg, or brew install ffmpeg), or leave"
            " --format out.",
        )


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Callable[[Samples], None]]:
    """What takes the blocks of an M4B, one after another.

    The file says of itself where its sound begins and ends: the encoder's 1,024 frames of lead are
    not heard.
    """
    path.touch()
    given = ("-f", "f32le", "-ar", str(RATE_HZ), "-ac", "2", "-i", "pipe:0")
    made = (
        "-c:a",
        "aac",
        "-b:a",
        f"{KBIT_PER_S}k",
        "-fflags",
        "+bitexact",
        "-flags:a",
        "+bitexact",
    )
    to = ("-f", "mp4", "-y", ffmpeg.named(path))
    command = [ffmpeg.found() or "ffmpeg", *ffmpeg.CALM, *ffmpeg.LOCAL, *given, *made, *to]
    with subprocess.Popen(  # noqa: S603  no shell, and no word of a stranger's but a path
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        sound = cast("BinaryIO", child.stdin)
        try:
            yield lambda block: _write(sound, block)
            sound.close()
            if child.wait():
                raise OSError("ffmpeg failed")
        finally:
            child.kill()
            with contextlib.suppress(OSError):  # what it did not take, nobody wants any more
                sound.close()


def _write(sound: BinaryIO, block: Samples) -> None:
    try:
        sound.write(np.ascontiguousarray(block, np.float32).tobytes())
    except BrokenPipeError as error:
        raise OSError("ffmpeg stopped") from error
