"""One chapter of a track, as it is in the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.audio import to_seconds
from generator.errors import UsageError, nearest
from generator.model import BedChange, Chapter, Cue, Pause
from generator.plan.anchor import anchored
from generator.plan.steps import FramesOf, Step, chapters_of, inherent_frames


def excerpt(
    cues: Sequence[Cue],
    steps: Sequence[Step],
    frames_of: FramesOf,
    asked: int | None,
    chapter: str,
    *,
    title: str,
) -> tuple[Cue, ...]:
    """The cues of one chapter, over its bed, every pause as long as in a track of so many frames.

    ``steps`` are those of all the cues. Raises UsageError, with the nearest, for a chapter that is
    not there.
    """
    chapters = chapters_of(steps, title)
    named = [name.casefold() for name, _first in chapters]
    if chapter.casefold() not in named:
        raise UsageError(
            f"there is no chapter '{chapter}'",
            where="--chapter",
            remedy=nearest(chapter, [name for name, _first in chapters]),
        )
    number = named.index(chapter.casefold())
    firsts = [*(first for _name, first in chapters), len(steps)]
    inside = range(firsts[number], firsts[number + 1])
    beds = [step.bed for step in steps[: inside.start + 1] if step.bed]
    gaps = anchored(cues, frames_of, steps, asked)
    opening: tuple[Cue, ...] = (Chapter(chapters[number][0]),)
    under = (BedChange(beds[-1]),) if beds else ()
    return (*opening, *under, *_laid(cues, gaps, steps, inside, frames_of))


def _laid(
    cues: Sequence[Cue],
    gaps: Sequence[int],
    steps: Sequence[Step],
    inside: range,
    frames_of: FramesOf,
) -> Iterator[Cue]:
    """Each sound of these steps, and the silence that is left after it beside its own."""
    sounds = (cue for cue in cues if not isinstance(cue, Pause | Chapter | BedChange))
    for index, cue in enumerate(sounds):
        if index not in inside:
            continue
        step = steps[index]
        if step.bed and index > inside.start:
            yield BedChange(step.bed)
        yield cue
        left_s = to_seconds(gaps[index] - inherent_frames(cue, frames_of))
        if left_s > 0:
            yield Pause(left_s, left_s, left_s, step.gap.origin)
