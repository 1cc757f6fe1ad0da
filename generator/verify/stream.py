"""The bytes of a finished MP3: its tag, its ``Info`` header, and whether every frame is there.

A track is constant 128 kbit/s at 48 kHz, so every MP3 frame has 384 bytes and begins alike: the
file is a table, read some rows at a time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from generator.audio import GRID_FRAMES
from generator.crc import crc16
from generator.errors import CheckError
from generator.model import Stream
from generator.system import open_plain
from generator.verify.told import bearable

FRAME_BYTES = 384
_ROWS = 4_096
_HEAD_BYTES = 10
_MARK, _MASK = np.array([0xFF, 0xFB, 0x94], np.uint8), np.array([0xFF, 0xFF, 0xFE], np.uint8)
"""MPEG 1, layer III, 128 kbit/s, 48 kHz; one bit of the third byte is free."""
_INFO = 36
"""Where the ``Info`` header lies in its frame; the table of LAME's that follows it is 120 on."""
_FRAMES, _BYTES, _ENCODER, _GAPS = _INFO + 8, _INFO + 12, _INFO + 120, _INFO + 141
_MUSIC_BYTES, _MUSIC_CRC, _TAG_CRC = _INFO + 148, _INFO + 152, _INFO + 154


@dataclass(frozen=True)
class Info:
    """What the ``Info`` header says of the file, and whether the file is so."""

    frames: int
    """Samples that are left when the decoder's delay and the padding are taken away."""
    untrue: tuple[str, ...]
    """What in it is not so."""


@dataclass(frozen=True)
class Opened:
    """A finished file as bytes; of a format that is no MP3, where it lies and nothing else."""

    path: Path
    tag: bytes = field(default=b"", repr=False)
    stream: Stream | None = None
    info: Info | None = None
    """None where there is no such header."""


def opened(path: Path) -> Opened:
    """What an MP3 is made of, read to its end once; a file of another format is not read.

    Raises CheckError, naming the file, when it is no plain file, cannot be read, or holds no MP3
    frame of our kind.
    """
    if path.suffix != ".mp3":
        return Opened(path)
    try:
        with open_plain(path) as file:
            tag = _tag(file)
            return _read(path, file, tag)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise CheckError(f"is not a finished track ({why})", where=str(path)) from error


def _tag(file: BinaryIO) -> bytes:
    """The ID3 tag before the sound, or nothing."""
    head = file.read(_HEAD_BYTES)
    if head[:3] != b"ID3" or len(head) < _HEAD_BYTES:
        file.seek(0)
        return b""
    size = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(reversed(head[6:])))
    return head + file.read(bearable(size))


def _read(path: Path, file: BinaryIO, tag: bytes) -> Opened:
    digest, size_bytes, frames, crc = hashlib.blake2b(digest_size=16), 0, 0, 0
    first = b""
    while piece := file.read(_ROWS * FRAME_BYTES):
        digest.update(piece)
        rows = np.frombuffer(piece, np.uint8, len(piece) // FRAME_BYTES * FRAME_BYTES)
        table = rows.reshape(-1, FRAME_BYTES)
        frames += int(((table[:, :3] & _MASK) == _MARK).all(axis=1).sum())
        crc = crc16(table if first else table[1:], crc)
        first = first or piece[:FRAME_BYTES]
        size_bytes += len(piece)
    if not frames:
        raise ValueError("no MP3 at 48 kHz and 128 kbit/s")
    encoder = first[_ENCODER : _ENCODER + 9] if first[_INFO : _INFO + 4] == b"Info" else b""
    said = "".join(each for each in encoder.decode("ascii", "replace") if each.isprintable())
    stream = Stream(digest.hexdigest(), size_bytes, frames, said)
    return Opened(path, tag, stream, _info(first, stream, crc) if encoder else None)


def _info(first: bytes, stream: Stream, crc: int) -> Info:
    def number(at: int, size: int) -> int:
        return int.from_bytes(first[at : at + size], "big")

    frames = number(_FRAMES, 4)
    facts = {
        "frames": frames == stream.frames - 1 == stream.size_bytes // FRAME_BYTES - 1,
        "bytes": number(_BYTES, 4) == number(_MUSIC_BYTES, 4) == stream.size_bytes,
        "checksum of the sound": number(_MUSIC_CRC, 2) == crc,
        "checksum of the header": number(_TAG_CRC, 2) == _crc_of(first[:_TAG_CRC]),
    }
    return Info(sounding_samples(first), tuple(name for name, so in facts.items() if not so))


def sounding_samples(first: bytes) -> int:
    """Samples of sound in the whole file, by its ``Info`` header."""
    frames = int.from_bytes(first[_FRAMES : _FRAMES + 4], "big")
    gaps = int.from_bytes(first[_GAPS : _GAPS + 3], "big")
    return frames * GRID_FRAMES - (gaps >> 12) - (gaps & 0xFFF)


def _crc_of(content: bytes) -> int:
    return crc16(np.frombuffer(content, np.uint8)[None])
