"""Where everything would be if a listener's own phrases were of one length, and keeping to it.

Two listeners of one script and length hear the shared phrases at the same moments: the pause after
a personal phrase gives or takes what that phrase is shorter or longer, within its bounds; the one
before it, where shared words follow at once; and where they do not suffice the next ones help.
What is the same sound at the same frames is then made once for both.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.audio import to_frames
from generator.errors import LengthError
from generator.model import Cue, Insert, Phrase
from generator.plan.share import LEAD_FRAMES, bounds, shared
from generator.plan.steps import FramesOf, Step, steps_of

PERSONAL_S = 4.0
"""How long a phrase with a detail is taken to last."""
ELASTIC_S = 2.0
"""Pauses with less between their bounds are left to the next."""


def anchored(
    cues: Sequence[Cue], frames_of: FramesOf, steps: Sequence[Step], asked: int | None
) -> list[int]:
    """Frames for the silence after each step, so that the track lasts ``asked`` frames.

    ``asked`` must lie within the bounds; None gives every pause its natural length, but for those
    that take up a phrase. Where the anchors cannot be kept to within the bounds, the time is shared
    among all pauses alike.
    """
    if not any(_is_personal(each.sound) for each in steps):
        return shared(steps, asked)
    try:
        nominal = steps_of(cues, lambda voiced: _nominal(voiced, frames_of))
    except LengthError:  # words that would be too long for their part of a breath
        return shared(steps, asked)
    least, most = bounds(nominal)
    usual_gaps = shared(nominal, None if asked is None else min(max(asked, least), most))
    gaps, at, anchor = [], LEAD_FRAMES, LEAD_FRAMES
    for number, (step, usual) in enumerate(zip(steps, nominal, strict=True)):
        anchor += usual.frames + usual_gaps[number]
        due = anchor + (_owed(steps[number + 1 :], nominal[number + 1 :]) if _gives(step) else 0)
        low, high = to_frames(step.gap.least_s), to_frames(step.gap.most_s)
        gaps.append(min(max(due - at - step.frames, low), high))
        at += step.frames + gaps[-1]
    return gaps if at == (anchor if asked is None else asked) else shared(steps, asked)


def _owed(following: Sequence[Step], nominal: Sequence[Step]) -> int:
    """How much later than usual a personal phrase begins so that what is said after it is in place.

    That is for what follows it at once; where it is followed by a pause that gives, nothing.
    """
    owed = late = 0
    for step, usual in zip(following, nominal, strict=True):
        if not _is_personal(step.sound):
            owed = late
            if not late:
                break
        late += usual.frames - step.frames
        late += to_frames(usual.gap.least_s) - to_frames(step.gap.least_s)
        if _gives(step):
            break
    return owed


def _gives(step: Step) -> bool:
    """Whether the pause after it can take up some of a phrase."""
    return step.gap.most_s - step.gap.least_s >= ELASTIC_S


def _nominal(voiced: Phrase | Insert, frames_of: FramesOf) -> int:
    return to_frames(PERSONAL_S) if _is_personal(voiced) else frames_of(voiced)


def _is_personal(sound: object) -> bool:
    return isinstance(sound, Phrase) and sound.personal
