"""What a track says of itself: header, tag and transcript, against its timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from generator.model import Check, Stream, Timeline
from generator.verify.stream import Opened
from generator.verify.tag import Chapters, Told, told


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
    timeline: Timeline, kept: Stream | None, opened: Opened | None, papers: Papers
) -> Iterator[Check]:
    """Whether the bytes are those that were encoded, and every paper tells the same.

    Of a format that is not an MP3 only the transcript is judged.
    """
    if kept and opened:
        yield from _in_the_file(timeline, kept, opened, papers)
    missing = papers.transcript is None
    differing = _first("cue", papers.transcript or (), papers.cues)
    yield _said("transcript", ["missing"] if missing else differing)


def _in_the_file(
    timeline: Timeline, kept: Stream, opened: Opened, papers: Papers
) -> Iterator[Check]:
    yield _stream(kept, opened.stream)
    info = opened.info
    untrue = ["missing"] if info is None else [*info.untrue]
    if info is not None and info.frames != timeline.frames:
        untrue.append("length")
    yield _said("header", untrue)
    try:
        said = told(opened.tag)
    except ValueError as error:
        yield _said("chapters", [str(error)])
        return
    yield _said("chapters", _first("chapter", said.chapters, papers.chapters))
    yield _said("lyrics", _lyrics(said, papers))


def _stream(kept: Stream, found: Stream) -> Check:
    """The sound byte for byte; where it is not so, what tells most."""
    if found == kept:
        return _said("stream", [])
    if found.encoder != kept.encoder:
        return _said("stream", [f"encoded by {found.encoder or 'another program'}"])
    if found.size_bytes != kept.size_bytes:
        return _said("stream", [f"{found.size_bytes} bytes, not {kept.size_bytes}"])
    return _said("stream", ["other bytes"])


def _lyrics(said: Told, papers: Papers) -> list[str]:
    """Left out, they were not wanted in the file; there, they are the words of the timeline."""
    if said.words is None or said.words == papers.words:
        return []
    return _first("line", said.words.splitlines(), papers.words.splitlines()) or ["other lines"]


def _first(kind: str, found: Sequence[object], planned: Sequence[object]) -> list[str]:
    """Which is the first that differs, by its number."""
    if found == planned:
        return []
    for number, (one, other) in enumerate(zip(found, planned, strict=False), 1):
        if one != other:
            return [f"{kind} {number} differs"]
    return [f"{len(found)} {kind}s, not {len(planned)}"]


def _said(name: str, faults: Sequence[str]) -> Check:
    return Check(name, ", ".join(faults) or "agrees", "agrees", "", not faults)
