"""What a file tells of its own course: the one noun that the readers of every format give."""

from __future__ import annotations

from dataclasses import dataclass, field

Chapters = tuple[tuple[str, int, int | None], ...]
"""Title, start and end in milliseconds of each; no end where the format has none."""

MOST_CHAPTERS = 255
MOST_TAG_BYTES = 4 << 20
DAMAGED_TEXT = "a text in it is damaged"


@dataclass(frozen=True)
class Told:
    """What a file tells of its own course."""

    chapters: Chapters = ()
    """In the order in which it lists them."""
    words: str | None = field(default=None, repr=False)
    """The text of the whole, or None where there is none."""


def utf8(text: bytes) -> str:
    """The text. Raises ValueError, which does not repeat it, when it is none."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise ValueError(DAMAGED_TEXT) from None


def bearable(size_bytes: int) -> int:
    """The size itself. Raises ValueError when no tag of ours is so large."""
    if size_bytes > MOST_TAG_BYTES:
        raise ValueError("its tag is too large")
    return size_bytes
