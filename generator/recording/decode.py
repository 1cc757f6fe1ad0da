"""From a file to blocks of sound in our own convention, however hostile the file."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from generator import supplied
from generator.audio import RATE_HZ
from generator.errors import UsageError
from generator.model import OwnFile
from generator.recording.form import DEMUXERS, LIMITS
from generator.recording.rate import resampled
from generator.unpack import HEADER

if TYPE_CHECKING:
    from generator.audio import Samples

RATES_HZ = range(8_000, 192_001)
MOST_PEAK = 2.0
"""6 dB over full scale: what a decoder may overshoot, and no sound needs."""

_BLOCK_FRAMES = 1 << 16
_MOST_UNITS = 50_000
"""Rates that share no measure with ours are resampled in pieces as long as both: 191,999 Hz would
need half a gigabyte, and no recorder has it."""


def sound(own: OwnFile) -> Generator[Samples, None, None]:
    """The whole recording in blocks of shape ``(frames, 2)`` at 48 kHz.

    Raises UsageError, naming the file, when it is damaged, has another number of channels than one
    or two, a rate outside 8 to 192 kHz, or samples that are none.
    """
    if own.form in DEMUXERS:
        with supplied.decoding(own, _ffmpeg(own), LIMITS) as output:
            yield from _frames(own, output, channels=2)
        return
    with supplied.decoding(own, ("generator.unpack",), LIMITS) as output:
        header = output.read(HEADER.size)
        if len(header) == HEADER.size:
            rate_hz, channels = HEADER.unpack(header)
            _check(own, rate_hz, channels)
            yield from resampled(_frames(own, output, channels), rate_hz)


def _check(own: OwnFile, rate_hz: int, channels: int) -> None:
    units = rate_hz // math.gcd(rate_hz, RATE_HZ) if rate_hz > 0 else 0
    if rate_hz not in RATES_HZ or units > _MOST_UNITS:
        raise UsageError(
            f"has a sampling rate of {rate_hz} Hz",
            where=str(own.path),
            remedy="Save it at 44100 or 48000 Hz.",
        )
    if channels not in (1, 2):
        raise UsageError(
            f"has {channels} channels", where=str(own.path), remedy="Save it in stereo."
        )


def _frames(own: OwnFile, output: BinaryIO, channels: int) -> Iterator[Samples]:
    """The samples a decoder writes, in stereo, each proven to be one."""
    width = 4 * channels
    while piece := output.read(_BLOCK_FRAMES * width):
        whole = piece[: len(piece) // width * width]  # a decoder that dies stops anywhere
        block = np.frombuffer(whole, np.float32).reshape(-1, channels)
        if not np.abs(block).max(initial=0.0) <= MOST_PEAK:
            raise UsageError(
                "holds samples that are no numbers, or far over full scale",
                where=str(own.path),
                remedy="Save it anew as 16 or 24 bit sound.",
            )
        yield np.repeat(block, 2, axis=1) if channels == 1 else block


def _ffmpeg(own: OwnFile) -> tuple[str, ...]:
    """The command that decodes the first sound of a file of that form, and opens nothing else.

    ``file:`` and an absolute path, or a name might be taken for an address or an option; one format
    by its name, or a playlist might lead to other files.
    """
    program = Path(shutil.which("ffmpeg") or "ffmpeg").absolute()
    only = DEMUXERS[own.form]
    read = ("-protocol_whitelist", "file,pipe", "-format_whitelist", only, "-f", only)
    written = ("-map", "0:a:0", "-vn", "-sn", "-dn", "-f", "f32le", "-ac", "2", "-ar", str(RATE_HZ))
    return (
        *(str(program), "-nostdin", "-hide_banner", "-v", "error", "-threads", "1", *read),
        *("-i", f"file:{os.path.abspath(own.path)}", *written, "pipe:1"),  # noqa: PTH100  as it is
    )
