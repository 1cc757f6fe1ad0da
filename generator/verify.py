"""The finished track, decoded to its end and measured: what was made, not what was meant."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from generator import loudness, playback
from generator.audio import RATE_HZ, clock, to_frames
from generator.errors import CheckError
from generator.model import Measured, Spoken, Timeline

MOST_PEAK_DBTP = -1.0
_ENOUGH_S = 4.0
"""Of speech, for its loudness to be judged finely: a word or two have too few blocks for that."""
_FEW_STEPS = 10


def measure(path: Path, timeline: Timeline, progress: Callable[[int, int], None]) -> Measured:
    """Length, speech loudness and true peak of the decoded file.

    Speech loudness is the gated loudness of the 400 ms blocks inside a phrase, to 50 ms.
    """
    meter, peak, frames = loudness.Meter(2), loudness.TruePeak(2), 0
    for block in playback.blocks(path):
        meter.feed(block)
        peak.feed(block)
        frames += len(block)
        progress(min(frames, timeline.frames), timeline.frames)
    return Measured(frames, _speech_lufs(meter, timeline), peak.dbtp())


def _speech_lufs(meter: loudness.Meter, timeline: Timeline) -> float:
    step = round(RATE_HZ * loudness.STEP_S)
    energies = meter.energies()
    runs = []
    for spoken in timeline.spoken:
        inside = energies[_steps_of(spoken, step)]
        if len(inside):
            runs.append(loudness.blocks(inside))
    return loudness.gated_lufs(runs)


def _steps_of(spoken: Spoken, step: int) -> slice:
    """The steps of a phrase, to the nearest one: inner ones alone leave out its soft edges.

    A word or two is all edges: of that every step it touches.
    """
    start, end = spoken.start_frame / step, spoken.end_frame / step
    if end - start < _FEW_STEPS:
        return slice(math.floor(start), math.ceil(end))
    return slice(round(start), round(end))


def prove(measured: Measured, timeline: Timeline, speech_lufs: float, path: Path) -> None:
    """Raise CheckError when the track is not as long, as loud or as safe as it was planned."""
    faults = []
    if measured.frames != timeline.frames:
        faults.append(f"it decodes to {measured.frames} frames, not {timeline.frames}")
    if measured.true_peak_dbtp > MOST_PEAK_DBTP:
        faults.append(f"its true peak is {measured.true_peak_dbtp:.2f} dBTP, over {MOST_PEAK_DBTP}")
    few = timeline.speech_frames < to_frames(_ENOUGH_S)
    if not abs(measured.speech_lufs - speech_lufs) <= (4.0 if few else 0.5):
        faults.append(f"its speech is at {measured.speech_lufs:.2f} LUFS, not {speech_lufs:.1f}")
    if faults:
        raise CheckError(
            f"the {clock(timeline.frames)} track is not what was planned: {'; '.join(faults)}",
            where=str(path),
            remedy="Nothing was delivered. Please report this.",
        )
