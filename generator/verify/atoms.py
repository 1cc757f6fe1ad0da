"""The chapters and the words in an M4B, read by our own code: atoms in atoms, as we write them.

Its chapters stand in it twice, in a track of texts and in a list, because players read the one or
the other. Each byte is looked at a few times at most, whatever a stranger put there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import BinaryIO

from generator.verify.told import MOST_CHAPTERS, Chapters, Told, bearable, utf8

MOST_MOVIE_BYTES = 16 << 20
"""All but the sound: a table of four bytes for each 21 ms, cover and words."""
_MOST_ATOMS = 64
_FURTHEST = 1 << 40
_LISTED_BYTES, _LISTED_PER_MS = 255, 10_000
"""How much of a title the list has room for, and its steps in a millisecond."""
_CUT_OFF = "it is cut off"
_OTHERWISE = "its chapters are written in no way that we use"


def of_m4b(file: BinaryIO) -> Told:
    """What an M4B says. Raises ValueError when it is none, or is damaged, or differs in itself."""
    movie = _movie(file)
    chapters = _chapters(movie, file)
    known = [(title.encode()[:_LISTED_BYTES], start_ms) for title, start_ms, _end in chapters]
    if known != _listed(_inside(movie, b"udta", b"chpl") or b""):
        raise ValueError("its two lists of chapters differ")
    about = _inside(movie, b"udta", b"meta") or b""
    words = _inside(about[4:], b"ilst", b"\xa9lyr", b"data")
    return Told(chapters, None if words is None else utf8(words[8:]))


def _movie(file: BinaryIO) -> bytes:
    """The atom that says what the others are; the sound is passed over unread."""
    for _atom in range(_MOST_ATOMS):
        size, name, head_bytes = _number(file.read(4)), file.read(4), 8
        if size == 1:
            size, head_bytes = _number(file.read(8)), 16
        if not head_bytes <= size < _FURTHEST:
            break
        if name == b"moov":
            if size > MOST_MOVIE_BYTES:
                raise ValueError("its tag is too large")
            return file.read(size - head_bytes)
        file.seek(size - head_bytes, 1)
    raise ValueError("it is no M4B")


def _atoms(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each atom's name and content. Raises ValueError where one is cut off."""
    at = 0
    while at + 8 <= len(content):
        size = _number(content[at : at + 4])
        if not 8 <= size <= len(content) - at:
            raise ValueError(_CUT_OFF)
        yield content[at + 4 : at + 8], content[at + 8 : at + size]
        at += size


def _inside(content: bytes, *names: bytes) -> bytes | None:
    """What lies in the first atom of each name, one in the other; None where one is missing."""
    for name in names:
        found = next((inner for each, inner in _atoms(content) if each == name), None)
        if found is None:
            return None
        content = found
    return content


def _chapters(movie: bytes, file: BinaryIO) -> Chapters:
    """The texts in the track to which the sound refers for its chapters."""
    tracks = [inner for name, inner in _atoms(movie) if name == b"trak"]
    referred = next(filter(None, (_inside(each, b"tref", b"chap") for each in tracks)), None)
    if referred is None:
        return ()
    for track in tracks:
        if (_inside(track, b"tkhd") or b"")[12:16] == referred[:4]:
            return _texts(track, file)
    raise ValueError(_OTHERWISE)


def _texts(track: bytes, file: BinaryIO) -> Chapters:
    """Each text of a track with its times; all of them lie together."""
    media = _inside(track, b"mdia") or b""
    rate_hz = _number((_inside(media, b"mdhd") or b"")[12:16])
    table = _inside(media, b"minf", b"stbl") or b""
    sizes = _sizes(_inside(table, b"stsz") or b"")
    places = _inside(table, b"stco") or b""
    if not rate_hz or _number(places[4:8]) != 1:
        raise ValueError(_OTHERWISE)
    file.seek(_number(places[8:12]))
    samples = file.read(bearable(sum(sizes)))
    ends = list(accumulate(sizes, initial=0))
    titles = [_title(samples[start:end]) for start, end in pairwise(ends)]
    lasting = _lasting(_inside(table, b"stts") or b"", len(sizes))
    marks_ms = [round(at * 1000 / rate_hz) for at in accumulate(lasting, initial=0)]
    if len(lasting) != len(titles):
        raise ValueError(_OTHERWISE)
    return tuple(zip(titles, marks_ms, marks_ms[1:], strict=False))


def _sizes(content: bytes) -> list[int]:
    """How many bytes each text has; where all have the same, that is said once."""
    alike, count = _number(content[4:8]), _number(content[8:12])
    if count > MOST_CHAPTERS:
        raise ValueError(_OTHERWISE)
    if alike:
        return [alike] * count
    return [_number(content[at : at + 4]) for at in range(12, 12 + 4 * count, 4)]


def _lasting(content: bytes, most: int) -> list[int]:
    """How long each text lasts, from runs of some that last alike."""
    found: list[int] = []
    for at in range(8, len(content), 8):
        run, ticks = _number(content[at : at + 4]), _number(content[at + 4 : at + 8])
        found += [ticks] * min(run, most + 1 - len(found))
    return found


def _title(sample: bytes) -> str:
    return utf8(sample[2 : 2 + _number(sample[:2])])


def _listed(content: bytes) -> list[tuple[bytes, int]]:
    """The beginning of each title, and its start in milliseconds."""
    found, at = [], 9
    for _chapter in range(_number(content[8:9])):
        end = at + 9 + _number(content[at + 8 : at + 9])
        if end > len(content):
            raise ValueError(_CUT_OFF)
        start_ms = round(_number(content[at : at + 8]) / _LISTED_PER_MS)
        found.append((content[at + 9 : end], start_ms))
        at = end
    return found


def _number(content: bytes) -> int:
    return int.from_bytes(content, "big")
