"""Sharing the time that speech leaves among the pauses."""

from __future__ import annotations

from collections.abc import Sequence

from generator.audio import to_frames
from generator.plan.steps import Step

LEAD_FRAMES = to_frames(1.5)
"""Before the first sound: the bed fades in, and no first word is lost to a player's start."""


def bounds(steps: Sequence[Step]) -> tuple[int, int]:
    """Least and greatest possible length of the track, in frames."""
    fixed = _fixed(steps)
    least = sum(to_frames(step.gap.least_s) for step in steps)
    return fixed + least, fixed + sum(to_frames(step.gap.most_s) for step in steps)


def shared(steps: Sequence[Step], asked: int | None) -> list[int]:
    """Frames for the silence after each step, so that the track lasts ``asked`` frames.

    Each gets its natural length times one common factor; one that meets a bound stays there, and
    the others take the rest. No pause shrinks when the track grows. ``asked`` must lie within the
    bounds; None gives every pause its natural length.
    """
    natural = [to_frames(step.gap.natural_s) for step in steps]  # never 0: see LEAST_GAP_S
    if asked is None:
        return natural
    least = [to_frames(step.gap.least_s) for step in steps]
    most = [to_frames(step.gap.most_s) for step in steps]
    total = asked - _fixed(steps)

    def stretched(factor: float) -> list[int]:
        return [
            min(max(int(one * factor), low), high)
            for one, low, high in zip(natural, least, most, strict=True)
        ]

    low, high = 0.0, 1.0 + max(top / one for one, top in zip(natural, most, strict=True))
    for _halving in range(80):
        factor = (low + high) / 2.0
        if sum(stretched(factor)) <= total:
            low = factor
        else:
            high = factor
    frames = stretched(low)
    left = total - sum(frames)
    for index, next_frames in enumerate(stretched(high)):  # those due for a frame more
        extra = min(left, next_frames - frames[index])
        frames[index] += extra
        left -= extra
    return frames


def _fixed(steps: Sequence[Step]) -> int:
    return LEAD_FRAMES + sum(step.frames for step in steps)
