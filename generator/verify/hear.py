"""The finished track, decoded to its end: what it sounds like, in numbers.

Decoded by libsndfile, which honours the ``Info`` header of an MP3 and did not write it, or an M4B
by ffmpeg; in a child that a hostile file cannot lead out of.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generator import ffmpeg, loudness, supplied
from generator.audio import RATE_HZ
from generator.errors import CheckError, UsageError
from generator.model import Measured, OwnFile, Spoken, Timeline
from generator.unpack import HEADER
from generator.verify.cells import Cells

if TYPE_CHECKING:
    from generator.audio import Samples
    from generator.loudness import Floats
    from generator.verify.cells import Grid

LIMITS = supplied.Limits(file_bytes=4 << 30, memory_bytes=1 << 30, cpu_s=600, wall_s=1_200.0)

_BLOCK_FRAMES = 4 * RATE_HZ
STEP_S = 0.02
"""The highest 400 ms, and the beginning of a phrase, are found to 20 ms; the rest needs 100."""
STEP_FRAMES = round(RATE_HZ * STEP_S)
_FINE = round(loudness.STEP_S / STEP_S)


@dataclass(frozen=True, eq=False)
class Heard:
    """A decoded file: its figures, its grid, and the energy of each 20 ms."""

    measured: Measured
    grid: Grid
    fine: Floats


def listen(
    path: Path,
    timeline: Timeline,
    progress: Callable[[int, int], None],
    also: Iterable[Callable[[Samples], None]] = (),
) -> Heard:
    """What the file sounds like. It is heard to its end, or a second past that of the timeline.

    Whoever ``also`` wants to hear it is given every block.

    Raises CheckError when it cannot be decoded, or is no 48 kHz stereo.
    """
    meter, peak, cells = loudness.Meter(2, step_s=STEP_S), loudness.TruePeak(2), Cells()
    grids, frames = [], 0
    for block in decoded(path):
        meter.feed(block)
        peak.feed(block)
        grids.append(cells.feed(block))
        for hear in also:
            hear(block)
        frames += len(block)
        progress(min(frames, timeline.frames), timeline.frames)
        if frames > timeline.frames + RATE_HZ:
            break
    if not frames:
        raise CheckError("it decodes to nothing", where=str(path))
    grid = np.concatenate([*grids, cells.last()])
    fine = meter.energies()
    return Heard(measured(timeline, frames, fine, peak.dbtp()), grid, fine)


def measured(timeline: Timeline, frames: int, fine: Floats, peak_dbtp: float) -> Measured:
    """The figures of so many decoded frames, from the energy of each 20 ms of them."""
    steps = fine[: len(fine) // _FINE * _FINE].reshape(-1, _FINE).mean(axis=1)
    return Measured(
        frames,
        speech_lufs(timeline, fine),
        peak_dbtp,
        mix_lufs=loudness.gated_lufs([loudness.blocks(steps)]),
        range_lu=loudness.range_lu(steps),
        most_momentary_lufs=loudness.highest_lufs(fine, round(loudness.MOMENTARY_S / STEP_S)),
        most_short_term_lufs=loudness.highest_lufs(fine, round(loudness.SHORT_TERM_S / STEP_S)),
    )


def speech_lufs(timeline: Timeline, fine: Floats) -> float:
    """Gated loudness of the blocks in which the voice speaks, from the energy of each 20 ms."""
    return loudness.gated_lufs(map(loudness.blocks, runs(timeline, fine)))


def runs(timeline: Timeline, fine: Floats, inside: range | None = None) -> list[Floats]:
    """The energies of each phrase that begins ``inside``, or anywhere, in steps of 100 ms.

    They are counted from where the phrase begins, as its clip was measured: of a single word the
    grid of the track would make more, or less, by half a decibel.
    """
    spoken = [s for s in timeline.spoken if inside is None or s.start_frame in inside]
    found = (_run(fine, each) for each in spoken)
    return [each for each in found if len(each)]


def _run(fine: Floats, spoken: Spoken) -> Floats:
    """The steps of one phrase, as many as its clip has; what follows it is silence there.

    One step more or less would be a block more or less, which of a single word is a whole decibel.
    """
    first, last = (round(at / STEP_FRAMES) for at in (spoken.start_frame, spoken.end_frame))
    size = -(-spoken.frames // (STEP_FRAMES * _FINE)) * _FINE
    inside = fine[first : min(last, first + size)]
    steps: Floats = np.pad(inside, (0, size - len(inside))).reshape(-1, _FINE).mean(axis=1)
    return steps


def decoded(path: Path) -> Generator[Samples, None, None]:
    """Its blocks, by what the ending of its name says it is."""
    try:
        own, m4b = OwnFile(path, path.suffix.removeprefix("."), digest=""), path.suffix == ".m4b"
        words = ffmpeg.decoding(path, "mov") if m4b else ("generator.unpack",)
        with supplied.decoding(own, words, LIMITS) as output:
            header = b"" if m4b else output.read(HEADER.size)
            if header and HEADER.unpack(header)[:2] != (RATE_HZ, 2):
                raise CheckError("it is not 48 kHz stereo", where=str(path))
            while piece := output.read(_BLOCK_FRAMES * 8):
                yield np.frombuffer(piece[: len(piece) // 8 * 8], np.float32).reshape(-1, 2)
    except UsageError as error:
        raise CheckError(error.what, where=str(path)) from error
