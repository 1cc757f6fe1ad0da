"""Where bells are rung that no author wrote: as a user asked for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter

from generator.audio import to_frames
from generator.model import (
    Bell,
    Chapter,
    Cue,
    Insert,
    Phrase,
    Ringing,
    Strike,
    Timeline,
)
from generator.plan.steps import BELL_TAIL_S, STRIKES_APART_S
from generator.plan.strokes import softer_db, stroked

_CLEAR_FRAMES = to_frames(10.0)
"""So far from any other bell and from the end of the track one that comes every so often stays."""
_AFTER_FRAMES = to_frames(0.8)
"""So long after a phrase it is struck at the earliest."""
_ROOM_FRAMES = to_frames(3.0)
"""Silence it needs to be heard in."""
_LATE_FRAMES = to_frames(60.0)
"""So long it waits for that; where there is none so soon, none rings."""


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
    """The timeline with a bell every so many minutes, each in a silence that has room for it.

    Where there is none soon, none rings: never over words, a recording or a counted breath.
    """
    if not wish.every_s:
        return timeline
    bell = wish.bell or Bell("small")
    strikes = list(timeline.strikes)
    step, length = to_frames(wish.every_s), (bell.times - 1) * to_frames(STRIKES_APART_S)
    for mark in range(step, timeline.frames - to_frames(BELL_TAIL_S) - length, step):
        at = _heard(timeline, mark, _ROOM_FRAMES + length)
        if at is not None and _clear(strikes, at, at + length):
            level_db = bell.level_db - softer_db(at - _silent_from(timeline, strikes, at))
            strikes += stroked(bell.kind, bell.times, at, level_db)
            strikes.sort(key=attrgetter("start_frame"))
    return replace(timeline, strikes=tuple(strikes))


def _clear(strikes: Sequence[Strike], first: int, last: int) -> bool:
    """Whether no other bell is struck near."""
    near = range(first - _CLEAR_FRAMES, last + _CLEAR_FRAMES + 1)
    return not any(each.start_frame in near for each in strikes)


def _silent_from(timeline: Timeline, strikes: Sequence[Strike], at: int) -> int:
    """Where the last word, recording or stroke before it was over."""
    ends = [each.end_frame for each in timeline.voiced if each.end_frame <= at]
    return max([0, *ends, *(each.start_frame for each in strikes if each.start_frame < at)])


def _heard(timeline: Timeline, mark: int, room_frames: int) -> int | None:
    """The mark itself if it lies in a silence, or where the next one has room, if that is soon."""
    for silence in timeline.silences:
        start, end = silence.start_frame, silence.start_frame + silence.frames
        at = max(mark, start + _AFTER_FRAMES)
        if at > mark + _LATE_FRAMES:
            break
        if end - at >= room_frames and not _breathing(timeline, at):
            return at
    return None


def _breathing(timeline: Timeline, at: int) -> bool:
    """Whether a breath is counted there."""
    return any(each.start_frame <= at < each.start_frame + each.frames for each in timeline.swells)
