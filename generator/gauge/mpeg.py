"""The frames of any MP3, from the first to the last, and the header that may lie in the first."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from generator.errors import CheckError
from generator.id3 import HEAD_BYTES, synchsafe
from generator.model import Mpeg

MOST_FRAMES = 2_000_000
"""Some fourteen hours."""
_MOST_TAGS = 4
_MOST_JUNK_BYTES = 1 << 16
"""Between the tag and the first frame."""

_KBIT_PER_S = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
"""Of MPEG 1, and of its halves and quarters of rates, by the number in a frame's head."""
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""By the number of the version: 1, 2 and 2.5."""
_SIDE_BYTES = {(True, 2): 32, (True, 1): 17, (False, 2): 17, (False, 1): 9}
"""What lies between a frame's head and the header in it, by MPEG 1 or not and its channels."""
_HEAD, _TOC_BYTES = 4, 100
_LAME_BYTES = 24
"""From the name of the encoder to where the delay and the padding end."""
_ENCODERS = (b"LAME", b"Lavc", b"Lavf")
_AFTERWARDS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3")
"""With what a tag behind the sound begins."""


@dataclass(frozen=True)
class _Frame:
    """What the head of one frame says."""

    first: bool
    """Whether it is MPEG 1."""
    rate_hz: int
    channels: int
    kbit_per_s: int
    padded: bool

    @property
    def samples(self) -> int:
        return 1_152 if self.first else 576

    @property
    def size_bytes(self) -> int:
        return self.samples * self.kbit_per_s * 125 // self.rate_hz + self.padded


def mpeg(file: BinaryIO) -> Mpeg:
    """The frames of a file, read from its beginning. Raises CheckError where there is no MP3."""
    file.seek(_tag_bytes(file))
    first = _found(file)
    start = file.tell()
    header, samples = _header(first, file.read(first.size_bytes))
    frames, rates, end = _walked(file, start, first)
    frames -= bool(header)
    if not frames:
        raise CheckError("is no MP3 that holds any sound")
    rates = rates or {first.kbit_per_s}
    sounding = frames * first.samples if samples is None else samples
    stray = _stray_bytes(file, end)
    shape = (first.rate_hz, first.channels)
    return Mpeg(*shape, min(rates), max(rates), frames, sounding, header, stray)


def _tag_bytes(file: BinaryIO) -> int:
    """How long the tag before the sound is, or the tags: some programs put another one before."""
    size = 0
    for _tag in range(_MOST_TAGS):
        file.seek(size)
        head = file.read(HEAD_BYTES)
        if not head.startswith(b"ID3"):
            break
        size += HEAD_BYTES + synchsafe(head[6:])
    return size


def _found(file: BinaryIO) -> _Frame:
    """The first frame that another one follows; the file stands before it."""
    start = file.tell()
    piece = file.read(_MOST_JUNK_BYTES)
    at = piece.find(0xFF)
    while at >= 0:
        frame = _frame(piece[at : at + _HEAD])
        if frame:
            file.seek(start + at + frame.size_bytes)
            if _alike(_frame(file.read(_HEAD)), frame):
                file.seek(start + at)
                return frame
        at = piece.find(0xFF, at + 1)
    raise CheckError("is no MP3", remedy="Name finished tracks.")


def _walked(file: BinaryIO, start: int, first: _Frame) -> tuple[int, set[int], int]:
    """How many frames follow one another, the bit rates of all but the first, and their end.

    A last one that was cut off is not counted.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(start)
    frames, rates, at = 0, set[int](), start
    while _alike(frame := _frame(file.read(_HEAD)), first) and frame:
        if at + frame.size_bytes > size:
            break
        at += frame.size_bytes
        if frames:
            rates.add(frame.kbit_per_s)
        frames += 1
        if frames > MOST_FRAMES:
            raise CheckError("is longer than any track can be")
        file.seek(frame.size_bytes - _HEAD, io.SEEK_CUR)
    return frames, rates, at


def _alike(frame: _Frame | None, other: _Frame) -> bool:
    """Whether a frame belongs to the same sound."""
    return frame is not None and (frame.rate_hz, frame.channels) == (other.rate_hz, other.channels)


def _frame(head: bytes) -> _Frame | None:
    """What four bytes say, if they begin a frame of layer III."""
    if len(head) < _HEAD or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, bits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bits in (0, 15) or rate == 3:
        return None
    return _Frame(
        first=version == 3,
        rate_hz=_RATES_HZ[version][rate],
        channels=1 if head[3] >> 6 == 3 else 2,
        kbit_per_s=_KBIT_PER_S[version != 3][bits],
        padded=bool(head[2] & 2),
    )


def _header(first: _Frame, content: bytes) -> tuple[str, int | None]:
    """What the header in the first frame is called, and how many samples it leaves to be heard.

    Empty where there is none that says how much players are to cut off.
    """
    at = _HEAD + _SIDE_BYTES[first.first, first.channels]
    name, flags = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8])
    if name not in (b"Info", b"Xing"):
        return "", None
    at += 8
    frames = int.from_bytes(content[at : at + 4]) if flags & 1 else 0
    at += (
        4 * (flags & 1)
        + 4 * (flags >> 1 & 1)
        + _TOC_BYTES * (flags >> 2 & 1)
        + 4 * (flags >> 3 & 1)
    )
    lame = content[at : at + _LAME_BYTES]
    if not frames or not lame.startswith(_ENCODERS):
        return "", None
    gaps = int.from_bytes(lame[21:])
    return name.decode(), frames * first.samples - (gaps >> 12) - (gaps & 0xFFF)


def _stray_bytes(file: BinaryIO, end: int) -> int:
    """What lies after the last frame; nothing where that is a tag, or only zeros."""
    size = file.seek(0, io.SEEK_END)
    file.seek(end)
    after = file.read(_MOST_JUNK_BYTES)
    return 0 if after.startswith(_AFTERWARDS) or not after.strip(b"\0") else size - end
