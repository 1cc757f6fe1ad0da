"""From a file to blocks of sound in our own convention, however hostile the file."""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from generator import ffmpeg, supplied
from generator.errors import UsageError
from generator.model import OwnFile
from generator.recording.form import DEMUXERS, LEAST_SHARE, LIMITS, cut_short
from generator.recording.rate import resampled
from generator.unpack import HEADER

if TYPE_CHECKING:
    from generator.audio import Samples

RATES_HZ = range(8_000, 192_001)
MOST_PEAK = 2.0
"""6 dB over full scale: what a decoder may overshoot, and no sound needs."""

_UNSAID_FRAMES = 1 << 36
"""More than any header can say: so many has a FLAC that was written to a pipe."""
_AU_HEADER = struct.Struct(">4s5I")
_MOST_HEADER_BYTES = 1_024
_BLOCK_FRAMES = 1 << 16


@dataclass(frozen=True)
class _Said:
    """What a decoder says before the samples."""

    rate_hz: int
    channels: int
    frames: int
    """As many as the file itself claims to have; 0 where it says nothing that can be."""
    sample: str
    """What numpy calls one of them."""


def sound(own: OwnFile) -> Generator[Samples, None, None]:
    """The whole recording in blocks of shape ``(frames, 2)`` at 48 kHz.

    Raises UsageError, naming the file, when it is damaged or cut short, has another number of
    channels than one or two, a rate outside 8 to 192 kHz, or samples that are none.
    """
    by_ffmpeg = own.form in DEMUXERS
    words = _ffmpeg(own) if by_ffmpeg else ("generator.unpack",)
    with supplied.decoding(own, words, LIMITS) as output:
        said = _au_header(output) if by_ffmpeg else _own_header(output)
        if said:
            _check(own, said)
            yield from resampled(_whole(own, _frames(own, output, said), said), said.rate_hz)
        elif by_ffmpeg:
            raise UsageError(
                "holds no sound that can be decoded",
                where=str(own.path),
                remedy="It may be damaged, or a film without sound: use another.",
            )


def _own_header(output: BinaryIO) -> _Said | None:
    """What our own child says, or nothing when it could not open the file."""
    header = output.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    rate_hz, channels, frames = HEADER.unpack(header)
    return _Said(rate_hz, channels, frames if frames < _UNSAID_FRAMES else 0, "=f4")


def _au_header(output: BinaryIO) -> _Said | None:
    """What ffmpeg says in the header of an AU file, or nothing when it found no sound."""
    header = output.read(_AU_HEADER.size)
    if len(header) < _AU_HEADER.size:
        return None
    _magic, start, _size, _encoding, rate_hz, channels = _AU_HEADER.unpack(header)
    output.read(max(min(start, _MOST_HEADER_BYTES) - _AU_HEADER.size, 0))
    return _Said(rate_hz, channels, 0, ">f4")


def _whole(own: OwnFile, blocks: Iterator[Samples], said: _Said) -> Iterator[Samples]:
    """The blocks themselves, proven at their end to be about as many frames as were promised."""
    came = 0
    for block in blocks:
        came += len(block)
        yield block
    if came < LEAST_SHARE * said.frames:
        raise cut_short(own.path)


def _check(own: OwnFile, said: _Said) -> None:
    if said.rate_hz not in RATES_HZ:
        raise UsageError(
            f"has a sampling rate of {said.rate_hz} Hz",
            where=str(own.path),
            remedy="Save it at 44100 or 48000 Hz.",
        )
    if said.channels not in (1, 2):
        raise UsageError(
            f"has {said.channels} channels", where=str(own.path), remedy="Save it in stereo."
        )


def _frames(own: OwnFile, output: BinaryIO, said: _Said) -> Iterator[Samples]:
    """The samples a decoder writes, in stereo, each proven to be one."""
    width = 4 * said.channels
    while piece := output.read(_BLOCK_FRAMES * width):
        whole = piece[: len(piece) // width * width]  # a decoder that dies stops anywhere
        block = np.frombuffer(whole, said.sample).astype(np.float32, copy=False)
        block = block.reshape(-1, said.channels)
        if not np.abs(block).max(initial=0.0) <= MOST_PEAK:
            raise UsageError(
                "holds samples that are no numbers, or far over full scale",
                where=str(own.path),
                remedy="Save it anew as 16 or 24 bit sound.",
            )
        yield np.repeat(block, 2, axis=1) if said.channels == 1 else block


def _ffmpeg(own: OwnFile) -> tuple[str, ...]:
    """The command that decodes the first sound of a file of that form, and opens nothing else.

    One format by its name, or a playlist might lead to other files.
    """
    only = DEMUXERS[own.form]
    read = (*ffmpeg.LOCAL, "-format_whitelist", only, "-f", only, "-i", ffmpeg.named(own.path))
    written = ("-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-c:a", "pcm_f32be")
    return (
        *(ffmpeg.found() or "/ffmpeg", *ffmpeg.CALM, "-threads", "1"),
        *(*read, *written, "-f", "au", "pipe:1"),
    )
