"""How long and how loud the finished file is, against what it was to be."""

from __future__ import annotations

from collections.abc import Iterator

from generator import loudness
from generator.audio import to_frames
from generator.model import Check, Stretch, Timeline
from generator.verify.hear import Heard, runs

MOST_PEAK_DBTP = -1.0
MOST_SPEECH_LU = 0.5
MOST_SECTIONS_LU = 1.0
_ENOUGH_S = 4.0
"""Of speech, for its loudness to be judged finely: a word or two have too few blocks for that."""
_FEW_WORDS_LU = 4.0
_SECTION_S = 30.0
"""Of speech, for a chapter to be as loud as the others."""


def checks(timeline: Timeline, speech_lufs: float, heard: Heard) -> Iterator[Check]:
    """Length, true peak, the loudness of the speech, and of its chapters among one another."""
    measured = heard.measured
    lost = (Stretch(measured.frames, timeline.frames),) if measured.frames < timeline.frames else ()
    met = measured.frames == timeline.frames
    yield Check("length", measured.frames, timeline.frames, "frames", met, "", lost)
    met = measured.true_peak_dbtp <= MOST_PEAK_DBTP
    yield Check("true peak", round(measured.true_peak_dbtp, 2), MOST_PEAK_DBTP, "dBTP", met)
    few = timeline.speech_frames < to_frames(_ENOUGH_S)
    limit = _FEW_WORDS_LU if few else MOST_SPEECH_LU
    off = measured.speech_lufs - speech_lufs
    yield Check(
        "speech loudness", round(off, 2), limit, "LU", not timeline.spoken or abs(off) <= limit
    )
    yield _sections(timeline, heard)


def _sections(timeline: Timeline, heard: Heard) -> Check:
    found: dict[int, float] = {}
    for number, section in enumerate(timeline.sections, 1):
        inside = range(section.start_frame, section.end_frame)
        spoken = (each for each in timeline.spoken if each.start_frame in inside)
        if sum(each.frames for each in spoken) >= to_frames(_SECTION_S):
            blocks = map(loudness.blocks, runs(timeline, heard.fine, inside))
            found[number] = loudness.gated_lufs(blocks)
    ranked = sorted(found, key=found.__getitem__)
    apart = found[ranked[-1]] - found[ranked[0]] if ranked else 0.0
    where = f"chapters {ranked[0]} and {ranked[-1]}" if len(ranked) > 1 else ""
    met = apart <= MOST_SECTIONS_LU
    both = [] if met else [timeline.sections[number - 1] for number in (ranked[0], ranked[-1])]
    stretches = tuple(Stretch(each.start_frame, each.end_frame) for each in both)
    return Check("chapters alike", round(apart, 2), MOST_SECTIONS_LU, "LU", met, where, stretches)
