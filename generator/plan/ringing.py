"""Where bells are rung that no author wrote: as a user asked for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from generator.audio import to_frames
from generator.errors import UsageError
from generator.model import (
    BELL_LEVELS_DB,
    Bell,
    Chapter,
    Cue,
    Insert,
    Phrase,
    Ringing,
    Strike,
    Timeline,
)
from generator.plan.steps import BELL_TAIL_S

_PLACES = ("start", "end", "sections")
_EVERY = re.compile(r"([1-9]\d{0,2})m")
_BELL = re.compile(r"(?P<kind>[a-z]{1,40})(?::(?P<times>[1-3])(?::(?P<level>[+-]?\d{1,2}))?)?")
_CLEAR_FRAMES = to_frames(10.0)
"""So far from any other bell and from the end of the track one that comes every so often stays."""
_AFTER_FRAMES = to_frames(0.8)
"""So long after a phrase it is struck at the earliest."""
_ROOM_FRAMES = to_frames(3.0)
"""Silence it needs to be heard in."""
_LATE_FRAMES = to_frames(60.0)
"""So long it waits for that."""


def wished(when: str | None, which: str | None) -> Ringing:
    """The bells of a wish like ``start,end,5m`` and ``bowl:3:-6``: struck thrice, 6 dB softer.

    Raises UsageError for what cannot be rung; the kind is checked where bells are made.
    """
    words = [] if when is None else [each.strip() for each in when.split(",")]
    places = tuple(sorted({each for each in words if each in _PLACES}))
    intervals = [match for each in words if (match := _EVERY.fullmatch(each))]
    known = len(intervals) + sum(each in _PLACES for each in words)
    if words != ["none"] and (known < len(words) or len(intervals) > 1):
        raise UsageError(
            "bells ring at start, end, sections, as often as 5m, or none",
            where="--bells",
            remedy="As in: --bells start,end,5m",
        )
    every_s = 60.0 * float(intervals[0][1]) if intervals else 0.0
    only_intervals = bool(intervals) and not places
    return Ringing(
        None if when is None or only_intervals else places,
        every_s,
        None if which is None else _bell(which),
    )


def _bell(text: str) -> Bell:
    match = _BELL.fullmatch(text)
    level_db = float(match["level"] or 0.0) if match else 0.0
    least_db, most_db = BELL_LEVELS_DB
    if not match or not least_db <= level_db <= most_db:
        raise UsageError(
            f"a bell is a kind, struck 1 to 3 times, from {least_db:g} to {most_db:g} dB",
            where="--bell",
            remedy="As in: bowl, bowl:3 or bowl:3:-6",
        )
    return Bell(match["kind"], int(match["times"] or 1), level_db)


def rung(cues: Sequence[Cue], wish: Ringing) -> tuple[Cue, ...]:
    """The cues with the bells of the wish in the place of their author's."""
    written = [cue for cue in cues if isinstance(cue, Bell)]
    bell = wish.bell or (written[0] if written else Bell("bowl"))
    if wish.at is None:
        return tuple(bell if isinstance(cue, Bell) and wish.bell else cue for cue in cues)
    kept: list[Cue] = []
    begun = False
    for cue in cues:
        if isinstance(cue, Bell):
            continue
        kept.append(cue)
        if isinstance(cue, Chapter) and begun and "sections" in wish.at:
            kept.append(bell)
        begun = begun or isinstance(cue, Phrase | Insert)
    start = [bell] if "start" in wish.at else []
    return (*start, *kept, *([bell] if "end" in wish.at else []))


def with_intervals(timeline: Timeline, wish: Ringing) -> Timeline:
    """The timeline with a bell every so many minutes, each in a silence where there is one.

    None is rung over a recording.
    """
    if not wish.every_s:
        return timeline
    bell = wish.bell or Bell("small")
    strikes = list(timeline.strikes)
    step = to_frames(wish.every_s)
    for mark in range(step, timeline.frames - to_frames(BELL_TAIL_S), step):
        at = _heard(timeline, mark)
        if any(each.start_frame <= at < each.end_frame for each in timeline.inserts):
            continue
        if all(abs(at - each.start_frame) > _CLEAR_FRAMES for each in strikes):
            strikes.append(Strike(bell.kind, at, bell.level_db))
    return replace(timeline, strikes=tuple(sorted(strikes, key=lambda each: each.start_frame)))


def _heard(timeline: Timeline, mark: int) -> int:
    """The mark itself if it lies in a silence, or where the next one begins, if that is soon."""
    for silence in timeline.silences:
        start, end = silence.start_frame, silence.start_frame + silence.frames
        at = max(mark, start + _AFTER_FRAMES)
        if at > mark + _LATE_FRAMES:
            break
        if end - at >= _ROOM_FRAMES:
            return at
    return mark
