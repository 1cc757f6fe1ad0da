"""Fonts for tests: the one that comes along, with its letters under other numbers."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from generator import lettering

WHOLE = lettering._FILE.read_bytes()

A, B = 40, 41
"""Two of its glyphs that are unlike each other, by number."""


def tables(font: bytes) -> dict[bytes, bytes]:
    number = int.from_bytes(font[4:6])
    entries = struct.iter_unpack(">4sIII", font[12 : 12 + 16 * number])
    return {name: font[at : at + length] for name, _, at, length in entries}


def together(parts: Mapping[bytes, bytes]) -> bytes:
    """A font of these tables, its table of contents in front."""
    at, entries, body = 12 + 16 * len(parts), b"", b""
    for name, content in sorted(parts.items()):
        entries += struct.pack(">4sIII", name, 0, at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    return b"\0\1\0\0" + struct.pack(">HHHH", len(parts), 0, 0, 0) + entries + body


def changed(**content: bytes) -> bytes:
    """The font with other content in some of its tables."""
    return together(tables(WHOLE) | {name.encode(): each for name, each in content.items()})


def lettered(glyphs: Mapping[str, int]) -> bytes:
    """The font that has these letters alone, each with the glyph of that number."""
    letters = {ord(letter): glyph for letter, glyph in glyphs.items()}
    groups = b"".join(struct.pack(">III", each, each, letters[each]) for each in sorted(letters))
    subtable = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(letters)) + groups
    return changed(cmap=struct.pack(">HHHHI", 0, 1, 3, 10, 12) + subtable)
