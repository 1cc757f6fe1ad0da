"""Rules about the tag of one track, its chapters, and the transcript beside it."""

from __future__ import annotations

from itertools import pairwise

from generator.model import Delivered, Paper, Tag, Verdict
from generator.platforms.rule import Seen, counted, there
from generator.platforms.sound import TrackRule

MOST_LATE_MS = 50
_MOST_PICTURE_BYTES = 300_000
_MOST_CHILDREN = 255


def _sound_tag(track: Delivered) -> Seen | None:
    if track.tag is None:
        return None
    if track.tag.damaged:
        return Seen("cannot be read to its end", met=False)
    met = track.tag.version in ("2.3", "2.4")
    return Seen(f"ID3v{track.tag.version}" if track.tag.version else "missing", met)


def _title(track: Delivered) -> Seen | None:
    return there(met=bool(track.said("TIT2"))) if track.tag else None


def _picture(track: Delivered) -> Seen | None:
    if track.tag is None:
        return None
    found = track.tag.picture
    if found is None:
        return there(met=False)
    square = found.width_px == found.height_px > 0 and found.colours == "RGB"
    light = found.size_bytes <= _MOST_PICTURE_BYTES
    shown = f"{found.width_px} by {found.height_px} {found.colours}, {found.size_bytes:,} bytes"
    return Seen(shown, square and light)


def _chaptered(track: Delivered) -> Seen | None:
    if track.tag is None:
        return None
    count = len(track.tag.marks)
    return Seen(f"{count} chapters" if count else "missing", bool(count))


def _marks(track: Delivered) -> Tag | None:
    """The tag, where it has chapters."""
    return track.tag if track.tag and track.tag.marks else None


def _ids(track: Delivered) -> Seen | None:
    tag = _marks(track)
    ids = [each.id for each in tag.marks] if tag else []
    return counted(len(ids) - len(set(ids)), "are called alike") if tag else None


def _order(track: Delivered) -> Seen | None:
    tag = _marks(track)
    if tag is None:
        return None
    backwards = sum(each.start_ms >= each.end_ms for each in tag.marks)
    late = sum(one.start_ms > other.start_ms for one, other in pairwise(tag.marks))
    return counted(backwards + late, "out of order")


def _titled(track: Delivered) -> Seen | None:
    tag = _marks(track)
    return counted(sum(not each.titled for each in tag.marks), "without a title") if tag else None


def _one_table(track: Delivered) -> Seen | None:
    tag = _marks(track)
    if tag is None:
        return None
    tops = [each for each in tag.contents if each.top]
    met = len(tops) == 1 and tops[0].ordered
    return Seen("one, in order" if met else f"{len(tops)} at the top", met)


def _listed(track: Delivered) -> Seen | None:
    tag = _marks(track)
    if tag is None:
        return None
    children = next((each.children for each in tag.contents if each.top), ())
    met = [*children] == [each.id for each in tag.marks] and len(children) <= _MOST_CHILDREN
    return there(met=met, yes="all of them", no=f"{len(children)} of {len(tag.marks)}, or others")


def _ends(track: Delivered) -> Seen | None:
    tag = _marks(track)
    if tag is None:
        return None
    return _in_time(track, max(each.end_ms for each in tag.marks))


def _in_time(track: Delivered, end_ms: int) -> Seen | None:
    """Whether something ends with the track, or before."""
    if track.levels is None:
        return None
    late_ms = round(end_ms - 1000 * track.levels.length_s)
    met = late_ms <= MOST_LATE_MS
    return Seen("in time" if met else f"{late_ms} ms late", met)


def _transcribed(track: Delivered) -> Seen | None:
    return there(met=bool(track.transcript)) if track.mpeg else None


def _sound_paper(paper: Paper | None, what: str) -> Seen | None:
    """Whether a paper has no fault; nothing where there is none."""
    if paper is None:
        return None
    return Seen("; ".join(paper.faults) or f"{paper.entries} {what}", not paper.faults)


def _paper_ends(track: Delivered, paper: Paper | None) -> Seen | None:
    return _in_time(track, paper.last_ms) if paper else None


def _as_many(track: Delivered) -> Seen | None:
    tag = _marks(track)
    if tag is None or track.chapters is None:
        return None
    count = track.chapters.entries
    return Seen(f"{count} chapters", count == len(tag.marks))


_TAGS = "Render it again: 'meditate verify' proves what its tag says."

READABLE = TrackRule("ID3-0", "tag", "ID3v2.3 or 2.4", _sound_tag, "id3.org", _TAGS, Verdict.WARN)
TITLE = TrackRule("ID3-1", "title in the tag", "there", _title, "house", _TAGS, Verdict.WARN)
PICTURE = TrackRule(
    "ID3-11",
    "picture in the tag",
    "square, RGB, at most 300,000 bytes",
    _picture,
    "house",
    "Render it with --cover, or with none for a drawn one.",
    Verdict.WARN,
)
CHAPTERED = TrackRule(
    "CHAP-0",
    "chapters",
    "there",
    _chaptered,
    "apple 5482",
    "Write chapter() into its script: Apple makes chapters of its own where there are none.",
    Verdict.WARN,
)
CHAPTERS = (
    TrackRule("CHAP-1", "chapter ids", "each its own", _ids, "id3.org", _TAGS),
    TrackRule("CHAP-2", "chapter times", "in order", _order, "id3.org", _TAGS),
    TrackRule("CHAP-4", "chapter titles", "in each", _titled, "id3.org", _TAGS, Verdict.WARN),
    TrackRule("CTOC-1", "table of contents", "one, in order", _one_table, "id3.org", _TAGS),
    TrackRule("CTOC-3", "chapters in it", "all, in time order", _listed, "id3.org", _TAGS),
    TrackRule("TR-9", "last chapter ends", "with the track", _ends, "house", _TAGS),
)
TRANSCRIBED = TrackRule(
    "TR-2",
    "transcript",
    "a WebVTT or SRT file",
    _transcribed,
    "podcast namespace",
    "Keep the .vtt beside the track, and publish it with it.",
    Verdict.WARN,
)
PAPERS = (
    TrackRule(
        "TR-6",
        "transcript is sound",
        "cues in time order",
        lambda track: _sound_paper(track.transcript, "cues"),
        "w3c webvtt",
        _TAGS,
    ),
    TrackRule(
        "TR-9",
        "last cue ends",
        "with the track",
        lambda track: _paper_ends(track, track.transcript),
        "house",
        _TAGS,
    ),
    TrackRule(
        "CJ-1",
        "chapter file",
        "version 1.2.0, in time order",
        lambda track: _sound_paper(track.chapters, "chapters"),
        "podcast namespace",
        _TAGS,
    ),
    TrackRule(
        "CJ-2",
        "chapters in it",
        "as many as in the tag",
        _as_many,
        "podcast namespace",
        _TAGS,
    ),
    TrackRule(
        "TR-9",
        "last chapter of it begins",
        "in the track",
        lambda track: _paper_ends(track, track.chapters),
        "house",
        _TAGS,
    ),
)
