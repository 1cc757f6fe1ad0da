"""Where everything would be if a listener's own phrases were of one length, and keeping to it.

Two listeners of one script and length hear the shared phrases at the same moments: the pause after
a personal phrase gives or takes what that phrase is shorter or longer, within its bounds, and
where they do not suffice the next ones help. What is the same sound at the same frames is then
made once for both.
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


def anchored(
    cues: Sequence[Cue], frames_of: FramesOf, steps: Sequence[Step], asked: int | None
) -> list[int]:
    """Frames for the silence after each step, so that the track lasts ``asked`` frames.

    ``asked`` must lie within the bounds; None gives every pause its natural length. Where the
    anchors cannot be kept to within the bounds, the time is shared among all pauses alike.
    """
    personal = any(isinstance(each.sound, Phrase) and each.sound.personal for each in steps)
    if asked is None or not personal:
        return shared(steps, asked)
    try:
        nominal = steps_of(cues, lambda voiced: _nominal(voiced, frames_of))
    except LengthError:  # words that would be too long for their part of a breath
        return shared(steps, asked)
    least, most = bounds(nominal)
    gaps, at, anchor = [], LEAD_FRAMES, LEAD_FRAMES
    for step, usual, usual_gap in zip(
        steps, nominal, shared(nominal, min(max(asked, least), most)), strict=True
    ):
        anchor += usual.frames + usual_gap
        low, high = to_frames(step.gap.least_s), to_frames(step.gap.most_s)
        gaps.append(min(max(anchor - at - step.frames, low), high))
        at += step.frames + gaps[-1]
    return gaps if at == asked else shared(steps, asked)


def _nominal(voiced: Phrase | Insert, frames_of: FramesOf) -> int:
    personal = isinstance(voiced, Phrase) and voiced.personal
    return to_frames(PERSONAL_S) if personal else frames_of(voiced)
