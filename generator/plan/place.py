"""Steps and the silences between them, placed on the timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.audio import GRID_FRAMES, to_frames
from generator.model import (
    BedSpan,
    Bell,
    Insert,
    Inserted,
    Phrase,
    Section,
    Silence,
    Spoken,
    Strike,
    Swell,
    Timeline,
)
from generator.plan.share import LEAD_FRAMES
from generator.plan.steps import Step, chapters_of
from generator.plan.strokes import softer_db, stroked

_AHEAD_FRAMES = to_frames(0.5)
"""A chapter begins this long before its first sound: players seek to the nearest packet."""


@dataclass(frozen=True)
class _Placed:
    """A step with where it sounds, and where what begins with it begins: a little before."""

    step: Step
    start: int
    begins: int

    @property
    def end(self) -> int:
        return self.start + self.step.frames


def placed(steps: Sequence[Step], gaps: Sequence[int], *, title: str, bed: str) -> Timeline:
    """The timeline of these steps with these silences, in frames, after them.

    ``title`` names the first section when no chapter does, ``bed`` is the first bed.
    """
    total = LEAD_FRAMES + sum(step.frames for step in steps) + sum(gaps)
    sounds = list(_placed(steps, gaps))
    following = [*(each.start for each in sounds[1:]), total]
    return Timeline(
        frames=total,
        spoken=tuple(
            Spoken(each.step.sound, each.start, each.step.frames)
            for each in sounds
            if isinstance(each.step.sound, Phrase)
        ),
        silences=tuple(
            Silence(each.end, after - each.end, each.step.gap.origin)
            for each, after in zip(sounds, following, strict=True)
            if after > each.end
        ),
        strikes=tuple(_strikes(sounds)),
        swells=tuple(_swells(sounds, following)),
        inserts=tuple(
            Inserted(each.step.sound.text, each.start, each.step.frames)
            for each in sounds
            if isinstance(each.step.sound, Insert)
        ),
        sections=_sections(sounds, total, title),
        beds=_beds(sounds, bed),
    )


def _strikes(sounds: Sequence[_Placed]) -> Iterator[Strike]:
    """Every stroke of every bell; one that breaks a long silence is struck softer."""
    silent_from = 0
    for each in sounds:
        bell = each.step.sound
        if isinstance(bell, Bell):
            level_db = bell.level_db - softer_db(each.start - silent_from)
            yield from stroked(bell.kind, bell.times, each.start, level_db)
        silent_from = each.end


def _swells(sounds: Sequence[_Placed], following: Sequence[int]) -> Iterator[Swell]:
    """Every phase of counted breathing, from its beat to the next."""
    for each, after in zip(sounds, following, strict=True):
        if each.step.breath:
            end = min(after, each.start + to_frames(each.step.breath.span_s))
            yield Swell(each.step.breath.breath, each.start, end - each.start)


def _placed(steps: Sequence[Step], gaps: Sequence[int]) -> Iterator[_Placed]:
    """Where each sound starts: what is voiced on the MP3 frame grid; no error adds up."""
    exact = LEAD_FRAMES
    free_from = 0
    for step, gap in zip(steps, gaps, strict=True):
        start = exact
        if isinstance(step.sound, Phrase | Insert):
            start = round(exact / GRID_FRAMES) * GRID_FRAMES
            if start < free_from:
                start = -(-free_from // GRID_FRAMES) * GRID_FRAMES
        yield _Placed(step, start, max(start - _AHEAD_FRAMES, (free_from + start) // 2))
        free_from = start + step.frames
        exact += step.frames + gap


def _sections(sounds: Sequence[_Placed], total: int, title: str) -> tuple[Section, ...]:
    chapters = chapters_of([each.step for each in sounds], title)
    begins = [sounds[first].begins if first else 0 for _name, first in chapters]
    ends = [*begins[1:], total]
    return tuple(
        Section(name, at, end)
        for (name, _first), at, end in zip(chapters, begins, ends, strict=True)
    )


def _beds(sounds: Sequence[_Placed], first: str) -> tuple[BedSpan, ...]:
    spans = [BedSpan(sounds[0].step.bed or first, 0)]
    for each in sounds:
        if each.step.bed and each.step.bed != spans[-1].name:
            spans.append(BedSpan(each.step.bed, each.begins))
    return tuple(spans)
