"""The chapters and the words in a tag of ours, read by nobody's library.

ID3v2.3 as we write it, before the sound of an MP3 or in a chunk of a WAV, and nothing else of it:
no compression, no unsynchronisation. Each byte is looked at once, whatever a stranger put there.
"""

from __future__ import annotations

from typing import BinaryIO

from generator.id3 import HEAD_BYTES, OLDER, ended, frames, width
from generator.verify.told import DAMAGED_TEXT, MOST_CHAPTERS, Told, bearable

_MOST_CHUNKS = 64
"""Of a WAV; ours has four."""


def in_a_chunk(file: BinaryIO) -> Told:
    """What the tag of a WAV says. Raises ValueError as :func:`told` does, or when it is no WAV."""
    if file.read(12)[8:] != b"WAVE":
        raise ValueError("it is no WAV")
    for _chunk in range(_MOST_CHUNKS):
        name, size = file.read(4), int.from_bytes(file.read(4), "little")
        if name == b"id3 ":
            return told(file.read(bearable(size)))
        file.seek(size + size % 2, 1)
    return Told()


def told(tag: bytes) -> Told:
    """What the tag says. Raises ValueError when it is not one of ours, or is damaged."""
    if tag and tag[:4] != b"ID3\x03":
        raise ValueError("not ID3v2.3")
    chapters: dict[bytes, tuple[str, int, int]] = {}
    listed: list[bytes] = []
    words: str | None = None
    for name, _flags, content in frames(tag[HEAD_BYTES:]):
        if name == b"CHAP" and len(chapters) < MOST_CHAPTERS:
            mark, rest = ended(content, 1)
            start_ms, end_ms = (int.from_bytes(rest[at : at + 4], "big") for at in (0, 4))
            chapters[mark] = (_title(rest[16:]), start_ms, end_ms)
        elif name == b"CTOC":
            _mark, rest = ended(content, 1)
            listed = rest[2:].split(b"\0")[: rest[1] if len(rest) > 1 else 0]
        elif name == b"USLT" and words is None:
            words = _lyrics(content)
    if set(listed) != chapters.keys() or len(listed) != len(chapters):
        raise ValueError("its table of contents and its chapters differ")
    return Told(tuple(chapters[mark] for mark in listed), words)


def _title(content: bytes) -> str:
    for name, _flags, text in frames(content):
        if name == b"TIT2" and text:
            return _decoded(text[0], text[1:])
    return ""


def _lyrics(content: bytes) -> str:
    if len(content) < 4:
        raise ValueError("its lyrics are cut off")
    _described, text = ended(content[4:], width(content[0]))
    return _decoded(content[0], text)


def _decoded(number: int, text: bytes) -> str:
    if number not in OLDER:
        raise ValueError("a text in it is written in no way that we use")
    try:
        return text.decode(OLDER[number]).removesuffix("\0") if text else ""
    except UnicodeDecodeError:
        raise ValueError(DAMAGED_TEXT) from None
