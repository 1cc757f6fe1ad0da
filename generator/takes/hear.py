"""Where somebody speaks in a recording, by level alone, and the sound of any part of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import RATE_HZ, checked, to_frames
from generator.errors import UsageError
from generator.model import Stretch, Take

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples

    Levels = npt.NDArray[np.float64]

MOST_S = 2 * 3600.0

_STEP_FRAMES = RATE_HZ // 100
_NOISE_SHARE, _VOICE_SHARE = 10.0, 95.0
"""So many of a hundred levels lie under that of the room, and under that of the voice."""
_OVER_NOISE_DB, _UNDER_VOICE_DB, _CLEARLY_DB = 8.0, 35.0, 12.0
"""Speech is so far over the room and not much further under the voice; and at least so far."""
_LEAST_DBFS = -75.0
"""Where nothing is louder, nobody speaks."""
_LEAST_SPEECH_S = 0.05
"""A click is shorter."""
_LEAST_QUIET_S = 0.25
"""A stop inside a word is shorter."""
_LEAD_S, _TAIL_S = 0.08, 0.15
"""What is soft before and after: a breath of an h, the end of an s."""
_FRAME_BYTES = 4


def hear(blocks: Iterable[Samples], scratch: Path, where: str) -> Take:
    """Keep a recording as one channel in ``scratch``, 11 MB a minute, and find where speech is.

    Blocks are 48 kHz, of any number of channels. Raises UsageError, naming ``where``, when it lasts
    over two hours or nobody speaks in it.
    """
    levels: list[Levels] = []
    held = np.zeros(0, np.float32)
    frames = 0
    with scratch.open("wb") as file:
        for block in blocks:
            line = block.mean(axis=1, dtype=np.float32)
            file.write(line.tobytes())
            frames += len(line)
            if frames > to_frames(MOST_S):
                raise UsageError(
                    f"lasts over {MOST_S / 60:g} minutes", where=where, remedy="Cut it in pieces."
                )
            before = held if len(held) else np.repeat(line[:1], _STEP_FRAMES)
            held = np.concatenate([before, line])
            steps = len(held) // _STEP_FRAMES
            if steps > 2:
                levels.append(_levels_db(held[: steps * _STEP_FRAMES]))
                held = held[(steps - 2) * _STEP_FRAMES :]
    stretches = tuple(_stretches(np.concatenate(levels) if levels else np.zeros(0)))
    if not stretches:
        raise UsageError(
            "has nobody speaking in it that could be told from its noise",
            where=where,
            remedy="Record it anew, nearer to the microphone.",
        )
    return Take(scratch, frames, stretches)


def _levels_db(line: npt.NDArray[np.float32]) -> Levels:
    """The level of each step but the first and the last, which only lie beside the others.

    Each sample less the mean of the 10 ms around it: an offset is gone, 30 Hz are down by 17 dB,
    and all from 100 Hz on stays, which is where a voice begins.
    """
    step, half = _STEP_FRAMES, _STEP_FRAMES // 2
    sums = np.concatenate([[0.0], np.cumsum(line, dtype=np.float64)])
    means = (sums[step:] - sums[:-step]) / step
    high = line[step:-step] - means[half : half + len(line) - 2 * step]
    levels: Levels = 10.0 * np.log10(np.square(high).reshape(-1, step).mean(axis=1) + 1e-12)
    return levels


def _stretches(levels_db: Levels) -> Iterator[Stretch]:
    if not len(levels_db):
        return
    noise_db, voice_db = np.percentile(levels_db, (_NOISE_SHARE, _VOICE_SHARE))
    if voice_db < _LEAST_DBFS:
        return
    over_db = min(
        max(noise_db + _OVER_NOISE_DB, voice_db - _UNDER_VOICE_DB), voice_db - _CLEARLY_DB
    )
    speaks = np.concatenate([[False], levels_db > over_db, [False]])
    edges = np.flatnonzero(speaks[1:] != speaks[:-1]) * _STEP_FRAMES
    start = end = -1
    for begins, ends in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if ends - begins < to_frames(_LEAST_SPEECH_S):
            continue
        if end >= 0 and begins - end >= to_frames(_LEAST_QUIET_S):
            yield Stretch(start, end)
            start = begins
        start = begins if start < 0 else start
        end = ends
    if end >= 0:
        yield Stretch(start, end)


def cut(take: Take, stretch: Stretch) -> Samples:
    """The sound of a part of a take, shape ``(frames, 1)``, with what is soft around it.

    It never reaches into the speech before or after.
    """
    before = max(
        (e.end_frame for e in take.stretches if e.end_frame <= stretch.start_frame), default=0
    )
    after = min(
        (e.start_frame for e in take.stretches if e.start_frame >= stretch.end_frame),
        default=take.frames,
    )
    start = max(stretch.start_frame - to_frames(_LEAD_S), before)
    end = min(stretch.end_frame + to_frames(_TAIL_S), after)
    with take.path.open("rb") as file:
        line = np.fromfile(file, np.float32, end - start, offset=start * _FRAME_BYTES)
    return checked(line[:, None])
