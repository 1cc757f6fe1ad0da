"""Transcripts and lists of chapters: where they end, and what is wrong; never their words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise

from generator.model import Paper

MOST_BYTES = 4 << 20
"""An hour is a twentieth of that."""
_TIME = r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMES = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?", re.ASCII)
_MOST_JSON_BYTES = 1 << 20
_LATEST_S = 1e6


def transcript(content: bytes, form: str) -> Paper:
    """A WebVTT or SRT file; what is wrong in it is named without a word of it."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return Paper(form, 0, 0, ("it is not UTF-8",))
    begun = (
        re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]) if form == "vtt" and lines else form == "srt"
    )
    timed = [line for line in lines if "-->" in line]
    cues = [_times(match) for match in map(_TIMES.fullmatch, timed) if match]
    last_ms = max((end_ms for _start_ms, end_ms in cues), default=0)
    faults = {
        "it does not begin as WebVTT does": not begun,
        "it has no cue": not cues,
        "the times of a cue cannot be read": len(cues) < len(timed),
        "a cue ends before it begins": any(start >= end for start, end in cues),
        "cues are not in time order": any(one[0] > other[0] for one, other in pairwise(cues)),
    }
    return Paper(form, len(cues), last_ms, tuple(each for each, wrong in faults.items() if wrong))


def _times(match: re.Match[str]) -> tuple[int, int]:
    hours, minutes, seconds, ms, *end = (int(each or 0) for each in match.groups())
    return _ms(hours, minutes, seconds, ms), _ms(*end)


def _ms(hours: int, minutes: int, seconds: int, ms: int) -> int:
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def chapters(content: bytes) -> Paper:
    """A file of chapters as ``podcast:chapters`` wants it."""
    try:
        document = json.loads(content) if len(content) <= _MOST_JSON_BYTES else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return Paper("json", 0, 0, ("it is no JSON object",))
    listed = document.get("chapters")
    starts_ms = [*_starts_ms(listed)] if isinstance(listed, list) else []
    whole = isinstance(listed, list) and len(starts_ms) == len(listed) > 0
    faults = {
        "its version is not 1.2.0": document.get("version") != "1.2.0",
        "a chapter has no time or title": not whole,
        "chapters are not in time order": any(one >= other for one, other in pairwise(starts_ms)),
    }
    last_ms = round(max(starts_ms, default=0))
    named = tuple(each for each, wrong in faults.items() if wrong)
    return Paper("json", len(starts_ms), last_ms, named)


def _starts_ms(listed: list[object]) -> Iterator[float]:
    """Where each begins that has a time and a title."""
    for each in listed:
        match each:
            case {"startTime": int() | float() as start, "title": str()}:
                if 0 <= start <= _LATEST_S:
                    yield start * 1000
