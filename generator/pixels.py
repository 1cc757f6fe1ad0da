"""What a JPEG or PNG is by its first bytes: nothing of it is decoded."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from typing import BinaryIO

from generator.model import Pixels

_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_JPEG = b"\xff\xd8\xff"
_FRAME_MARKERS = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive: what photographs are."""
_SCAN_MARKER = 0xDA
_MOST_SEGMENTS = 2_000
_OF_PNG: Mapping[int, str] = {0: "grey", 2: "RGB", 3: "palette", 4: "grey, clear", 6: "RGB, clear"}
_OF_JPEG: Mapping[int, str] = {1: "grey", 3: "RGB", 4: "CMYK"}


def header(file: BinaryIO) -> Pixels | None:
    """Form, size and colours as the first bytes have it; None where they make no sense."""
    head = file.read(26)
    if head.startswith(_PNG) and len(head) == 26:
        width, height = struct.unpack(">II", head[16:24])
        return Pixels("png", width, height, _OF_PNG.get(head[25], "unknown"))
    if head.startswith(_JPEG):
        file.seek(2)
        return _jpeg(file)
    return None


def _jpeg(file: BinaryIO) -> Pixels | None:
    """A JPEG from its one frame header: with two, one of them lies."""
    found: Pixels | None = None
    for _ in range(_MOST_SEGMENTS):
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            return None
        marker, rest = head[1], int.from_bytes(head[2:]) - 2
        if marker == 0xFF:  # a filler before the marker
            file.seek(-3, io.SEEK_CUR)
        elif marker == _SCAN_MARKER:
            return found
        elif marker in _FRAME_MARKERS and found:
            return None
        elif marker in _FRAME_MARKERS:
            frame = file.read(6)
            height, width = int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5])
            found = Pixels(
                "jpeg", width, height, _OF_JPEG.get(int.from_bytes(frame[5:]), "unknown")
            )
            file.seek(rest - len(frame), io.SEEK_CUR)
        else:
            file.seek(max(rest, 0), io.SEEK_CUR)
    return None
