"""The child that decodes with libsndfile: a file at its standard input, samples at its output."""

from __future__ import annotations

import struct
import sys

HEADER = struct.Struct("=iiq")
"""Rate in Hz, channels and frames by its own account, before the samples: float32, interleaved."""
_FRAMES = 16_384


def main() -> None:
    """Write what the file holds. What is wrong with it ends the process."""
    import soundfile

    class Forward(soundfile.SoundFile):  # type: ignore[misc]
        """Read from beginning to end: by itself it seeks after every read.

        In an MP3 of variable bitrate libsndfile does not come back to the very sample.
        """

        def seekable(self) -> bool:
            return False

    output = sys.stdout.buffer
    with Forward(sys.stdin.fileno()) as file:
        output.write(HEADER.pack(file.samplerate, file.channels, file.frames))
        block = bytearray(4 * file.channels * _FRAMES)
        while frames := file.buffer_read_into(block, "float32"):
            output.write(memoryview(block)[: 4 * file.channels * frames])
