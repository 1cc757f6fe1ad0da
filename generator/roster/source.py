"""The bytes of a roster as text, so that they can be had again unchanged."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path

from generator import system
from generator.errors import UsageError
from generator.roster.records import records

MAX_BYTES = 64 << 20
PATIENCE_S = 5.0
"""How long a pipe is waited for that nobody has opened to write to."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


@dataclass(frozen=True)
class Source:
    """What a file says, and how it was written down."""

    where: str
    mark: bytes
    """The byte order mark before the text, or nothing."""
    encoding: str
    text: str = field(repr=False)

    def encoded(self, text: str) -> bytes:
        """The same file with another text."""
        return self.mark + text.encode(self.encoding)


def source(path: Path) -> Source:
    """The text of a roster: UTF-8, or UTF-16 with a byte order mark. A pipe will do for a file.

    Raises UsageError when it cannot be read or is too long, and names the first row that is no
    text.
    """
    where, raw = str(path), _bytes(path)
    mark = next((each for each in _MARKS if raw.startswith(each)), b"")
    encoding = _MARKS.get(mark, "utf-8")
    body = raw.removeprefix(mark)
    try:
        return Source(where, mark, encoding, body.decode(encoding))
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(encoding)
    row = sum(1 for _ in records(f"{before}?", where))
    raise UsageError(
        "has bytes that are no text",
        where=f"{where}: row {row}",
        remedy="Save it as 'CSV UTF-8'.",
    )


def _bytes(path: Path) -> bytes:
    try:
        raw = system.read_named(path, MAX_BYTES + 1, PATIENCE_S)
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror})", where=str(path)) from error
    except ValueError as error:
        raise UsageError("is not a name a file can have", where="the roster") from error
    if len(raw) > MAX_BYTES:
        raise UsageError(f"is longer than {MAX_BYTES >> 20} MiB", where=str(path))
    return raw
