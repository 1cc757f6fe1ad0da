"""Where every sound of the track goes, to the sample.

Two doors, because the length of speech is known only after speaking: :func:`outline` works from an
estimate and refuses early, :func:`settle` from the real clips. Both share what time is left among
the pauses in proportion to their natural length, within the bounds their author set.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.audio import RATE_HZ, clock, to_frames
from generator.errors import LengthError
from generator.model import Cue, Insert, Ringing, Script, Timeline
from generator.plan.anchor import anchored
from generator.plan.excerpt import excerpt
from generator.plan.place import placed
from generator.plan.ringing import rung, with_intervals
from generator.plan.share import LEAD_FRAMES, bounds
from generator.plan.steps import FramesOf, Step, steps_of

__all__ = ["chapter", "outline", "rung", "settle", "suits"]

MOST_FRAMES = to_frames(4 * 3600.0)


def suits(script: Script, length_s: float | None) -> None:
    """Raise LengthError when the script is not meant to last so long or so short."""
    if length_s is not None and not script.least_s <= length_s <= script.most_s:
        raise LengthError(
            f"'{script.slug}' is meant to last from {script.least_s / 60:g} to"
            f" {script.most_s / 60:g} minutes, not {_exactly(length_s)}",
            remedy="Ask for a length between the two, or for --length natural.",
        )


def _exactly(length_s: float) -> str:
    """A length as it was asked for: a clock would round what is not whole seconds."""
    return f"{round(length_s, 3)} s" if length_s % 1 else clock(to_frames(length_s))


def outline(
    cues: Sequence[Cue],
    frames_of: FramesOf,
    length_s: float | None,
    *,
    title: str,
    bed: str,
    ringing: Ringing | None = None,
    within: float = 0.05,
) -> Timeline:
    """The timeline as far as an estimate of the speech can tell.

    ``length_s`` of None is the natural length. Raises LengthError when the asked length misses what
    is possible by more than the estimate may be wrong: by the share ``within`` of it; and when the
    track would last more than four hours, as its recordings may make it.
    """
    steps = steps_of(cues, frames_of)
    asked = _asked(steps, length_s, within)
    timeline = placed(steps, anchored(cues, frames_of, steps, asked), title=title, bed=bed)
    if timeline.frames > MOST_FRAMES:
        raise LengthError(
            f"the track would last {clock(timeline.frames)}, and may last {clock(MOST_FRAMES)}",
            remedy="Shorten its pauses or its recordings, or make two of it.",
        )
    return with_intervals(timeline, ringing) if ringing else timeline


def chapter(
    cues: Sequence[Cue],
    frames_of: FramesOf,
    length_s: float | None,
    name: str,
    *,
    title: str,
    within: float = 0.05,
) -> tuple[Cue, ...]:
    """The cues of one chapter, laid as in a track of that length, as far as an estimate can tell.

    Raises as :func:`outline` does, and UsageError, with the nearest, for a chapter that is not
    there.
    """
    steps = steps_of(cues, frames_of)
    asked = _asked(steps, length_s, within)
    return excerpt(cues, steps, frames_of, asked, name, title=title)


def _asked(steps: Sequence[Step], length_s: float | None, within: float) -> int | None:
    """The frames of the length that is asked for, brought within what is possible by estimate."""
    if length_s is None:
        return None
    asked = to_frames(length_s)
    least, most = bounds(steps)
    slack = round(asked * within)
    if not least - slack <= asked <= most + slack:
        raise _impossible(steps, asked, estimated=True)
    return min(max(asked, least), most)


def settle(
    cues: Sequence[Cue],
    frames_of: FramesOf,
    length_s: float | None,
    *,
    title: str,
    bed: str,
    ringing: Ringing | None = None,
) -> Timeline:
    """The timeline from the real length of every clip; it ends on the asked sample.

    Raises LengthError with the least and the greatest possible length, and what decides them.
    """
    steps = steps_of(cues, frames_of)
    asked = None if length_s is None else to_frames(length_s)
    if asked is not None:
        least, most = bounds(steps)
        if not least <= asked <= most:
            raise _impossible(steps, asked, estimated=False)
    timeline = placed(steps, anchored(cues, frames_of, steps, asked), title=title, bed=bed)
    return with_intervals(timeline, ringing) if ringing else timeline


def _impossible(steps: Sequence[Step], asked: int, *, estimated: bool) -> LengthError:
    least, most = bounds(steps)
    shown_least, shown_most = _sayable(least, most)
    speech = sum(step.frames for step in steps)
    voice = "the voice"
    if any(isinstance(step.sound, Insert) for step in steps):
        voice = "the voice with the recordings"
    gaps = [step.gap for step in steps]
    rigid = sum(to_frames(gap.least_s) for gap in gaps if gap.least_s == gap.most_s)
    shortest = least - speech - rigid - LEAD_FRAMES
    about = "about " if estimated else ""
    decides = (
        f"{voice} needs {clock(speech)}, the gaps between sentences and bells {clock(rigid)}, and"
        f" the shortest pauses its author allows {clock(shortest)}"
        if asked < least
        else f"{voice} fills {clock(speech)}, and then every pause is as long as it may be"
    )
    return LengthError(
        f"the track cannot last {clock(asked)}: with these details and this voice it lasts"
        f" {about}{clock(shown_least)} at the least and {about}{clock(shown_most)} at the most;"
        f" {decides}",
        remedy="Ask for a length between the two, or for --length natural.",
    )


def _sayable(least: int, most: int) -> tuple[int, int]:
    """The bounds in whole seconds, as a person can ask for them, if any lie between."""
    inner = -(-least // RATE_HZ) * RATE_HZ, most // RATE_HZ * RATE_HZ
    return inner if inner[0] <= inner[1] else (least, most)
