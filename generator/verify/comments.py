"""The chapters and the words in the Vorbis comments of a FLAC and of an OGG, read by our own code.

They are a list of ``NAME=text``. Each byte is looked at once, whatever a stranger put there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from generator.verify.told import MOST_CHAPTERS, MOST_TAG_BYTES, Told, bearable, utf8

_MOST_BLOCKS = 64
_COMMENTS, _LAST = 4, 0x80
"""Of a FLAC: the number of the block that we look for, and what marks the last."""
_PAGE_BYTES = 27
_WANTED = re.compile(rb"CHAPTER\d{3}(?:NAME)?|LYRICS")
_STAMP = re.compile(rb"(\d\d):(\d\d):(\d\d)\.(\d{3})")
_CUT_OFF = "it is cut off"


def of_flac(file: BinaryIO) -> Told:
    """What a FLAC says. Raises ValueError when it is none, or its comments are damaged."""
    if file.read(4) != b"fLaC":
        raise ValueError("it is no FLAC")
    for _block in range(_MOST_BLOCKS):
        kind, size = file.read(1), int.from_bytes(file.read(3), "big")
        if not kind:
            raise ValueError(_CUT_OFF)
        if kind[0] & ~_LAST == _COMMENTS:
            return _told(file.read(bearable(size)))
        if kind[0] & _LAST:
            break
        file.seek(size, 1)
    return Told()


def of_ogg(file: BinaryIO) -> Told:
    """What an OGG says. Raises ValueError when it is none, or its comments are damaged."""
    packet = _second_packet(file)
    if packet[:7] != b"\x03vorbis":
        raise ValueError("it is no Vorbis")
    return _told(packet[7:])


def _second_packet(file: BinaryIO) -> bytes:
    """The packet after that which says what the sound is; it may go over many pages."""
    packets, packet = 0, bytearray()
    while file.tell() < MOST_TAG_BYTES:
        head = file.read(_PAGE_BYTES)
        if head[:4] != b"OggS" or len(head) < _PAGE_BYTES:
            raise ValueError(_CUT_OFF)
        for size in file.read(head[-1]):
            packet += file.read(size)
            if size < 255:  # its last piece
                packets += 1
                if packets == 2:
                    return bytes(packet)
                packet.clear()
    raise ValueError("its tag is too large")


def _told(comments: bytes) -> Told:
    said: dict[bytes, bytes] = {}
    for name, text in _entries(comments):
        if _WANTED.fullmatch(name):
            if name in said:
                raise ValueError("it says one thing twice")
            said[name] = text
    marks = [f"CHAPTER{number:03}".encode() for number in range(MOST_CHAPTERS + 1)]
    starts_ms = [_ms(said[mark]) for mark in marks if mark in said]
    titles = [utf8(said.get(mark + b"NAME", b"")) for mark in marks if mark in said]
    ends_ms = [*(after for _start, after in pairwise(starts_ms)), None]
    words = said.get(b"LYRICS")
    return Told(
        tuple(zip(titles, starts_ms, ends_ms, strict=False)),
        None if words is None else utf8(words),
    )


def _entries(comments: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each name, in capitals, and its text. Raises ValueError where one is cut off."""

    def number(at: int) -> int:
        return int.from_bytes(comments[at : at + 4], "little")

    at = 4 + number(0)  # past who wrote it
    left, at = number(at), at + 4
    for _entry in range(left):
        start, at = at + 4, at + 4 + number(at)
        if at > len(comments):
            raise ValueError(_CUT_OFF)
        name, _equals, text = comments[start:at].partition(b"=")
        yield name.upper(), text


def _ms(stamp: bytes) -> int:
    match = _STAMP.fullmatch(stamp)
    if not match:
        raise ValueError("a time in it is written in no way that we use")
    hours, minutes, seconds, ms = map(int, match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
