"""The finished MP3, decoded to its end: what it sounds like, in numbers.

Decoded by libsndfile, which honours the ``Info`` header and did not write the file, in a child that
a hostile file cannot lead out of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generator import loudness, supplied
from generator.audio import RATE_HZ
from generator.errors import CheckError, UsageError
from generator.model import Measured, OwnFile, Spoken, Timeline
from generator.unpack import HEADER
from generator.verify.cells import Cells

if TYPE_CHECKING:
    from generator.audio import Samples
    from generator.loudness import Floats
    from generator.verify.cells import Grid

LIMITS = supplied.Limits(file_bytes=1 << 30, memory_bytes=1 << 30, cpu_s=600, wall_s=1_200.0)

_BLOCK_FRAMES = 4 * RATE_HZ
_STEP_S = 0.02
"""The highest 400 ms are found to 20 ms; loudness as a whole needs no finer than 100."""
_FEW_STEPS = 10
_FINE = round(loudness.STEP_S / _STEP_S)


@dataclass(frozen=True, eq=False)
class Heard:
    """A decoded file: its figures, its grid, and the energy of each 100 ms."""

    measured: Measured
    grid: Grid
    steps: Floats


def listen(path: Path, timeline: Timeline, progress: Callable[[int, int], None]) -> Heard:
    """What the file sounds like. It is heard to its end, or a second past that of the timeline.

    Raises CheckError when it cannot be decoded, or is no 48 kHz stereo.
    """
    meter, peak, cells = loudness.Meter(2, step_s=_STEP_S), loudness.TruePeak(2), Cells()
    grids, frames = [], 0
    for block in _decoded(path):
        meter.feed(block)
        peak.feed(block)
        grids.append(cells.feed(block))
        frames += len(block)
        progress(min(frames, timeline.frames), timeline.frames)
        if frames > timeline.frames + RATE_HZ:
            break
    if not frames:
        raise CheckError("the MP3 decodes to nothing", where=str(path))
    grid = np.concatenate([*grids, cells.last()])
    fine = meter.energies()
    steps = fine[: len(fine) // _FINE * _FINE].reshape(-1, _FINE).mean(axis=1)
    measured = Measured(
        frames,
        loudness.gated_lufs(loudness.blocks(run) for run in runs(timeline, steps)),
        peak.dbtp(),
        mix_lufs=loudness.gated_lufs([loudness.blocks(steps)]),
        range_lu=loudness.range_lu(steps),
        most_momentary_lufs=loudness.highest_lufs(fine, round(loudness.MOMENTARY_S / _STEP_S)),
        most_short_term_lufs=loudness.highest_lufs(fine, round(loudness.SHORT_TERM_S / _STEP_S)),
    )
    return Heard(measured, grid, steps)


def runs(timeline: Timeline, steps: Floats, inside: range | None = None) -> list[Floats]:
    """The 100 ms steps of each phrase that begins ``inside``, or anywhere."""
    spoken = [s for s in timeline.spoken if inside is None or s.start_frame in inside]
    found = (steps[_steps_of(each)] for each in spoken)
    return [each for each in found if len(each)]


def _steps_of(spoken: Spoken) -> slice:
    """The steps of a phrase, to the nearest one: inner ones alone leave out its soft edges.

    A word or two is all edges: of that every step it touches.
    """
    step = round(RATE_HZ * loudness.STEP_S)
    start, end = spoken.start_frame / step, spoken.end_frame / step
    if end - start < _FEW_STEPS:
        return slice(math.floor(start), math.ceil(end))
    return slice(round(start), round(end))


def _decoded(path: Path) -> Iterator[Samples]:
    try:
        own, words = OwnFile(path, "mp3", digest=""), ("generator.unpack",)
        with supplied.decoding(own, words, LIMITS) as output:
            header = output.read(HEADER.size)
            if header and HEADER.unpack(header) != (RATE_HZ, 2):
                raise CheckError("the MP3 is not 48 kHz stereo", where=str(path))
            while piece := output.read(_BLOCK_FRAMES * 8):
                yield np.frombuffer(piece[: len(piece) // 8 * 8], np.float32).reshape(-1, 2)
    except UsageError as error:
        raise CheckError(error.what, where=str(path)) from error
