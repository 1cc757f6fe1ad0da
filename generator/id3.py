"""The frames of an ID3 tag, whoever wrote it. Each byte is looked at once, whatever is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

HEAD_BYTES = 10
"""Of a tag, and of each frame in it."""
OLDER: Mapping[int, str] = {0: "latin-1", 1: "utf-16"}
"""In what ID3v2.3 may write a text, by the number that stands before it."""
ENCODINGS: Mapping[int, str] = {**OLDER, 2: "utf-16-be", 3: "utf-8"}
"""The same of ID3v2.4."""


def synchsafe(four: bytes) -> int:
    """A number of which each byte holds seven bits."""
    number = 0
    for each in four:
        number = number << 7 | each & 0x7F
    return number


def frames(content: bytes, *, newer: bool = False) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Each frame's name, flags and content, up to the padding; ``newer`` is ID3v2.4.

    Raises ValueError where one is cut off.
    """
    at = 0
    while at + HEAD_BYTES <= len(content) and content[at]:
        four = content[at + 4 : at + 8]
        end = at + HEAD_BYTES + (synchsafe(four) if newer else int.from_bytes(four))
        if end > len(content):
            raise ValueError("it is cut off")
        yield content[at : at + 4], content[at + 8 : at + 10], content[at + HEAD_BYTES : end]
        at = end


def ended(content: bytes, zeros: int) -> tuple[bytes, bytes]:
    """What stands before the zeros that end it, and what comes after them."""
    at = content.find(b"\0" * zeros)
    while zeros == 2 and at % 2 and at >= 0:
        at = content.find(b"\0\0", at + 1)
    return (content, b"") if at < 0 else (content[:at], content[at + zeros :])


def width(number: int) -> int:
    """How many zeros end a text in that encoding."""
    return 2 if number in (1, 2) else 1
