"""The words of a track as SubRip, ``.srt``, for whatever reads no WebVTT."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise

from generator.audio import stamp, to_ms
from generator.model import Inserted, Spoken, Timeline
from generator.plain import unmarked
from generator.transcript.lines import one_line, wrapped

_LINE_CHARACTERS, _LINES = 32, 2


def srt(timeline: Timeline) -> str:
    """The track as SubRip: at most two lines of 32 characters a cue, in time order.

    A long phrase becomes several cues, which share its time by their length. Each lasts at least
    a millisecond. What would be markup is written with other signs: SubRip can escape none.
    """
    shown = (cue for each in timeline.voiced for cue in _cues(each))
    return "\n".join(f"{number}\n{cue}\n" for number, cue in enumerate(shown, 1))


def _cues(voiced: Spoken | Inserted) -> Iterator[str]:
    """What is said or heard, as the cues it takes."""
    lines = list(filter(None, wrapped(unmarked(one_line(voiced.text)), _LINE_CHARACTERS)))
    blocks = ["\n".join(lines[at : at + _LINES]) for at in range(0, len(lines), _LINES)]
    start_ms, end_ms = to_ms(voiced.start_frame), to_ms(voiced.end_frame)
    ends = list(accumulate(map(len, blocks), initial=0))
    # One millisecond is each one's own; the rest is shared.
    spare_ms = max(0, end_ms - start_ms - len(blocks))
    marks_ms = (start_ms + at + spare_ms * end // max(1, ends[-1]) for at, end in enumerate(ends))
    for block, (since_ms, until_ms) in zip(blocks, pairwise(marks_ms), strict=True):
        yield f"{stamp(since_ms, ',')} --> {stamp(until_ms, ',')}\n{block}"
