"""What a track says of itself: header, tag and transcript, against its timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import BinaryIO

from generator.model import Check, Section, Spoken, Stream, Stretch, Timeline
from generator.system import open_plain
from generator.verify import atoms, comments, tag
from generator.verify.stream import Opened
from generator.verify.told import Chapters, Told

_READERS: Mapping[str, Callable[[BinaryIO], Told]] = {
    ".m4b": atoms.of_m4b,
    ".flac": comments.of_flac,
    ".wav": tag.in_a_chunk,
    ".ogg": comments.of_ogg,
}


@dataclass(frozen=True)
class Papers:
    """What tag and transcript should say, and the transcript as it is."""

    chapters: Chapters
    words: str = field(repr=False)
    cues: tuple[str, ...] = field(repr=False)
    """Of the transcript, each with its times."""
    transcript: tuple[str, ...] | None = field(repr=False)
    """The cues that lie beside the track; None where there is no such file."""


def checks(
    timeline: Timeline, kept: Stream | None, opened: Opened, papers: Papers
) -> Iterator[Check]:
    """Whether the bytes are those that were encoded, and every paper tells the same.

    Of a format that is not an MP3 the bytes are not judged.
    """
    if kept and opened.stream:
        yield _stream(kept, opened.stream)
        yield _header(timeline, opened)
    try:
        said = told(opened)
    except (ValueError, OSError) as error:
        yield _said("chapters", [getattr(error, "strerror", None) or str(error)])
    else:
        planned = [*_as_told(papers.chapters, said.chapters)]
        yield _compared("chapters", "chapter", said.chapters, planned, timeline.sections)
        yield _said("lyrics", _lyrics(said, papers))
    if papers.transcript is None:
        yield _said("transcript", ["missing"])
        return
    spoken = sorted(timeline.spoken, key=attrgetter("start_frame"))
    yield _compared("transcript", "cue", papers.transcript, papers.cues, spoken)


def told(opened: Opened) -> Told:
    """What the file tells of its course, read by code that did not write it.

    Raises ValueError when that cannot be read, OSError when the file cannot.
    """
    if opened.stream:
        return tag.told(opened.tag)
    reader = _READERS.get(opened.path.suffix)
    if reader is None:
        raise ValueError("it is called like no track of ours")
    with open_plain(opened.path) as file:
        return reader(file)


def _stream(kept: Stream, found: Stream) -> Check:
    """The sound byte for byte; where it is not so, what tells most."""
    if found == kept:
        return _said("stream", [])
    if found.encoder != kept.encoder:
        return _said("stream", [f"encoded by {found.encoder or 'another program'}"])
    if found.size_bytes != kept.size_bytes:
        return _said("stream", [f"{found.size_bytes} bytes, not {kept.size_bytes}"])
    return _said("stream", ["other bytes"])


def _header(timeline: Timeline, opened: Opened) -> Check:
    info = opened.info
    untrue = ["missing"] if info is None else [*info.untrue]
    if info is not None and info.frames != timeline.frames:
        untrue.append("length")
    return _said("header", untrue)


def _as_told(planned: Chapters, found: Chapters) -> Iterator[tuple[str, int, int | None]]:
    """The chapters that were planned, without an end where the file tells none."""
    for number, (title, start_ms, end_ms) in enumerate(planned):
        untold = number < len(found) and found[number][2] is None
        yield title, start_ms, None if untold else end_ms


def _lyrics(said: Told, papers: Papers) -> list[str]:
    """Left out, they were not wanted in the file; there, they are the words of the timeline."""
    if said.words is None or said.words == papers.words:
        return []
    found, planned = said.words.splitlines(), papers.words.splitlines()
    number = _differing(found, planned)
    return [_differs("line", number, found, planned) if number is not None else "other lines"]


def _compared(
    name: str,
    kind: str,
    found: Sequence[object],
    planned: Sequence[object],
    places: Sequence[Section | Spoken],
) -> Check:
    """Whether two lists are one; ``places`` is where each entry lies in the track."""
    number = _differing(found, planned)
    if number is None:
        return _said(name, [])
    there = places[number : number + 1]
    stretches = tuple(Stretch(each.start_frame, each.end_frame) for each in there)
    return _said(name, [_differs(kind, number, found, planned)], stretches)


def _differing(found: Sequence[object], planned: Sequence[object]) -> int | None:
    """Which is the first that differs, or is missing, or too many; None where there is none."""
    pairs = zip(found, planned, strict=False)
    least, most = sorted((len(found), len(planned)))
    ended = least if most > least else None
    return next((number for number, (one, other) in enumerate(pairs) if one != other), ended)


def _differs(kind: str, number: int, found: Sequence[object], planned: Sequence[object]) -> str:
    if number < min(len(found), len(planned)):
        return f"{kind} {number + 1} differs"
    return f"{len(found)} {kind}s, not {len(planned)}"


def _said(name: str, faults: Sequence[str], stretches: tuple[Stretch, ...] = ()) -> Check:
    return Check(name, ", ".join(faults) or "agrees", "agrees", "", not faults, "", stretches)
