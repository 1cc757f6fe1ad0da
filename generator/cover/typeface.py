"""A typeface of the user's own: looked at by its header here, drawn with by a child.

What reads fonts has been broken by fonts again and again. So only the child opens one, and what it
gives back is no more than how dark each pixel is.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path
from typing import BinaryIO

from generator import lettering, supplied
from generator.cover import words
from generator.errors import UsageError
from generator.model import OwnFile

LIMITS = supplied.Limits(file_bytes=30_000_000, memory_bytes=1 << 29, cpu_s=10, wall_s=20.0)

_FORMS = {b"\0\1\0\0": "ttf", b"true": "ttf", b"OTTO": "otf"}
_MOST_TABLES = 100
_NEEDED = {b"cmap", b"head", b"hhea", b"hmtx", b"maxp"}
_OUTLINES = {b"glyf", b"CFF ", b"CFF2"}


def look_at_font(path: Path) -> OwnFile:
    """The font of that path, looked at but not used.

    Raises UsageError unless it is a TrueType or OpenType font of up to 30 MB whose tables all lie
    within it.
    """
    with supplied.opened(path, LIMITS) as file:
        form = _form(file)
        if not form:
            raise UsageError(
                "is no font that can be read",
                where=str(path),
                remedy="Use a TTF or OTF file with one font in it.",
            )
        return supplied.known(path, form, file)


def words_in(own: OwnFile, title: str, name: str, side_px: int) -> bytes:
    """The same as :func:`words.drawn`, in that font.

    Raises UsageError, naming the file, when it cannot be drawn with or changed meanwhile.
    """
    texts = (each[: words.MOST_LOOKED_AT + 1] for each in (title, name))
    asked = json.dumps([*texts, side_px])  # in ASCII: no word of a command has a NUL in it
    whole = side_px * words.rows(side_px)
    with supplied.decoding(own, (__name__, asked), LIMITS) as output:
        plane = output.read(whole + 1)
    supplied.prove_unchanged(own, LIMITS)
    if len(plane) not in (0, whole):
        raise UsageError("cannot be drawn with", where=str(own.path), remedy="Use another font.")
    return plane


def _form(file: BinaryIO) -> str:
    """What it is by its first bytes; empty where its table of contents makes no sense."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    if len(head) < 12:
        return ""
    number = int.from_bytes(head[4:6])
    entries = file.read(16 * min(number, _MOST_TABLES))
    if not 0 < number <= _MOST_TABLES or len(entries) < 16 * number:
        return ""
    tables = [*struct.iter_unpack(">4sIII", entries)]
    names = {name for name, *_ in tables}
    within = all(at + length <= size for _, _, at, length in tables)
    whole = within and len(names) == number and names >= _NEEDED and names & _OUTLINES
    return _FORMS.get(head[:4], "") if whole else ""


# --- in the child -----------------------------------------------------------------------------


def main(asked: str) -> None:
    """Read a font from standard input, write the plane. What is wrong ends the process."""
    title, name, side_px = json.loads(asked)
    face = lettering.opened(sys.stdin.buffer.read(LIMITS.file_bytes))
    sys.stdout.buffer.write(words.drawn(title, name, side_px, face))
