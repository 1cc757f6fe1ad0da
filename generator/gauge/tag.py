"""The ID3 tag before the sound of any MP3: what rules ask of it, and not a byte twice.

ID3v2.3 and 2.4. What is compressed or encrypted is passed over unread.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from generator import pixels
from generator.id3 import ENCODINGS, HEAD_BYTES, ended, frames, synchsafe, width
from generator.model import Contents, Mark, Pixels, Tag

MOST_BYTES = 16 << 20
_MOST_FRAMES = 2_000
_MOST_TEXT_BYTES = 1 << 16
_MOST_CHAPTERS = 255

_UNSYNCHRONISED, _EXTENDED = 0x80, 0x40
_PACKED = {3: 0xC0, 4: 0x0C}
"""In the second byte of a frame's flags: compressed or encrypted, by the version."""
_AS_IT_IS = {3: 0x20, 4: 0x43}
"""There: bytes before the content that are no part of it, or unsynchronised by itself."""


@dataclass
class _Read:
    """What has been read of a tag so far."""

    texts: dict[str, str] = field(default_factory=dict)
    picture: Pixels | None = None
    marks: list[Mark] = field(default_factory=list)
    contents: list[Contents] = field(default_factory=list)
    newer: bool = False


def tag(file: BinaryIO) -> Tag:
    """The tag at the beginning of a file; an empty one where there is none.

    One that is damaged, too large or of another version says no more than that.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head.startswith(b"ID3") or len(head) < HEAD_BYTES:
        return Tag("", 0)
    size = synchsafe(head[6:])
    empty = Tag(f"2.{head[3]}", HEAD_BYTES + size)
    if head[3] not in _PACKED or size > MOST_BYTES:
        return replace(empty, damaged=True)
    content = file.read(size)
    read = _Read(newer=head[3] == 4)
    try:
        _read(_plain(content, head), head[3], read)
        damaged = len(content) < size
    except ValueError:
        damaged = True
    return replace(
        empty,
        texts=read.texts,
        picture=read.picture,
        marks=tuple(read.marks),
        contents=tuple(read.contents),
        damaged=damaged,
    )


def _plain(content: bytes, head: bytes) -> bytes:
    """The frames of a tag, whatever was done to them and put before them."""
    if head[5] & _UNSYNCHRONISED and head[3] == 3:
        content = content.replace(b"\xff\0", b"\xff")
    if not head[5] & _EXTENDED:
        return content
    newer = head[3] == 4
    size = synchsafe(content[:4]) if newer else 4 + int.from_bytes(content[:4])
    return content[size:]


def _read(content: bytes, version: int, read: _Read) -> None:
    """Take what each frame says. Raises ValueError where one is damaged."""
    for number, (name, flags, body) in enumerate(frames(content, newer=read.newer)):
        if number >= _MOST_FRAMES:
            raise ValueError("it has more frames than any tag")
        if len(flags) == 2 and flags[1] & (_PACKED[version] | _AS_IT_IS[version]):
            continue
        take = _TAKE.get(name, _text if name.startswith(b"T") else None)
        if take and body:
            take(name.decode("latin-1"), body, read)


def _text(name: str, body: bytes, read: _Read) -> None:
    read.texts.setdefault(name, _decoded(body[0], body[1:]))


def _named_text(name: str, body: bytes, read: _Read) -> None:
    called, text = ended(body[1:], width(body[0]))
    read.texts.setdefault(f"{name}:{_decoded(body[0], called)}", _decoded(body[0], text))


def _comment(name: str, body: bytes, read: _Read) -> None:
    called, text = ended(body[4:], width(body[0]))
    if not _decoded(body[0], called):  # others are notes of programs to themselves
        read.texts.setdefault(name, _decoded(body[0], text))


def _picture(_name: str, body: bytes, read: _Read) -> None:
    """The front cover, or the first picture there is."""
    _mime, rest = ended(body[1:], 1)
    _called, content = ended(rest[1:], width(body[0]))
    if read.picture is None or rest[:1] == b"\x03":
        found = pixels.header(io.BytesIO(content)) or Pixels("", 0, 0, "unknown")
        read.picture = replace(found, size_bytes=len(content))


def _chapter(_name: str, body: bytes, read: _Read) -> None:
    if len(read.marks) > _MOST_CHAPTERS:
        return
    mark, rest = ended(body, 1)
    start_ms, end_ms = (int.from_bytes(rest[at : at + 4]) for at in (0, 4))
    inside = _Read(newer=read.newer)
    for name, _flags, text in frames(rest[16:], newer=read.newer):
        if name == b"TIT2" and text:
            _text("TIT2", text, inside)
    titled = bool(inside.texts.get("TIT2"))
    read.marks.append(Mark(mark.decode("latin-1"), titled, start_ms, end_ms))


def _table(_name: str, body: bytes, read: _Read) -> None:
    if len(read.contents) > _MOST_CHAPTERS:
        return
    _mark, rest = ended(body, 1)
    flags, count = (*rest[:2], 0, 0)[:2]
    children = rest[2:].split(b"\0", count)[:count]
    told = tuple(each.decode("latin-1") for each in children)
    read.contents.append(Contents(bool(flags & 2), bool(flags & 1), told))


_TAKE: Mapping[bytes, Callable[[str, bytes, _Read], None]] = {
    b"TXXX": _named_text,
    b"COMM": _comment,
    b"APIC": _picture,
    b"CHAP": _chapter,
    b"CTOC": _table,
}


def _decoded(number: int, text: bytes) -> str:
    """The text up to the first zero in it. Raises ValueError, which does not repeat it."""
    if number not in ENCODINGS:
        raise ValueError("a text is in no known encoding")
    try:
        whole = text[:_MOST_TEXT_BYTES].decode(ENCODINGS[number], "ignore")
    except UnicodeError:
        raise ValueError("a text is damaged") from None
    return whole.split("\0", 1)[0].strip()
