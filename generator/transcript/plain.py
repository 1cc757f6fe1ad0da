"""The words of a track alone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from generator.model import Spoken, Timeline
from generator.transcript.lines import one_line

_RUN_ON = ("sentence", "breath")
"""Origins of the silences after which the words run on in the same line."""


def plain_text(timeline: Timeline) -> str:
    """The words alone: chapter titles on lines of their own, a blank line before each.

    Phrases run on until the voice pauses; a pause begins a new line, and a recording has its own.
    """
    starts = [each.start_frame for each in timeline.sections]
    pauses = sorted(each.start_frame for each in timeline.silences if each.origin not in _RUN_ON)
    # One block for each section, and one more for what is said before the first.
    blocks = [[], *([one_line(each.title)] for each in timeline.sections)]
    before: tuple[int, int] | None = None
    for each in timeline.voiced:
        block, here = bisect_right(starts, each.start_frame), bisect_left(pauses, each.start_frame)
        spoken = isinstance(each, Spoken)
        if spoken and (block, here) == before:
            blocks[block][-1] += f" {one_line(each.text)}"
        else:
            blocks[block].append(one_line(each.text))
        before = (block, here) if spoken else None
    return "\n\n".join("\n".join(block) for block in blocks if block)
