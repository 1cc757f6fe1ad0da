"""A finished MP3, decoded to its end: its levels, by whatever rule anybody may have for them."""

from __future__ import annotations

import math
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generator import loudness, supplied
from generator.audio import SILENT_LUFS
from generator.errors import CheckError, UsageError
from generator.model import Levels, Mpeg, OwnFile
from generator.unpack import HEADER

if TYPE_CHECKING:
    from generator.audio import Samples
    from generator.loudness import Floats

LIMITS = supplied.Limits(file_bytes=1 << 30, memory_bytes=1 << 30, cpu_s=300, wall_s=600.0)

_BLOCK_S = 4
_STEP_S = 0.02
_FINE = round(loudness.STEP_S / _STEP_S)
_FLOOR_STEPS = 25
"""Half a second, as who masters audiobooks measures the floor."""
_SOUND_DBFS = -50.0
"""From here on 20 ms are a sound, and no longer the room."""
_MOST_PEAK = 16.0
"""24 dB over full scale: no decoder overshoots so far."""
_MONO_LU = 3.01
"""A mono sound comes from both speakers."""


def decoded(path: Path, found: Mpeg) -> Generator[Samples, None, None]:
    """The blocks of an MP3 at its own rate, shape ``(frames, channels)``.

    A child decodes it. Raises CheckError when it cannot, or it holds what is no sound.
    """
    shape = (found.rate_hz, found.channels)
    try:
        own = OwnFile(path, "mp3", digest="")
        with supplied.decoding(own, ("generator.unpack",), LIMITS) as output:
            header = output.read(HEADER.size)
            if len(header) == HEADER.size and HEADER.unpack(header)[:2] != shape:
                raise CheckError("is decoded to another rate than its frames have")
            width = 4 * found.channels
            while piece := output.read(_BLOCK_S * found.rate_hz * width):
                whole = piece[: len(piece) // width * width]
                block = np.frombuffer(whole, np.float32).reshape(-1, found.channels)
                if not np.abs(block).max(initial=0.0) <= _MOST_PEAK:
                    raise CheckError("holds samples that are no sound")
                yield block
    except UsageError as error:
        raise CheckError(error.what) from error


class Ear:
    """Hears the blocks of one track, and then says how loud it is."""

    def __init__(self, found: Mpeg) -> None:
        self._rate_hz, self._channels = found.rate_hz, found.channels
        self._step_frames = round(found.rate_hz * _STEP_S)
        self._meter = loudness.Meter(found.channels, found.rate_hz, _STEP_S)
        self._true_peak = loudness.TruePeak(found.channels)
        self._frames, self._peak, self._squares = 0, 0.0, 0.0
        self._begin = self._end = np.zeros((0, found.channels), np.float32)
        self._rest = self._end
        self._powers: list[Floats] = []

    def hear(self, block: Samples) -> None:
        """Take the next frames."""
        self._meter.feed(block)
        self._true_peak.feed(block)
        self._frames += len(block)
        self._peak = max(self._peak, float(np.abs(block).max(initial=0.0)))
        self._squares += float(np.square(block, dtype=np.float64).sum())
        self._begin = np.concatenate([self._begin, block[: self._step_frames]])[: self._step_frames]
        self._end = np.concatenate([self._end, block[-self._step_frames :]])[-self._step_frames :]
        joined = np.concatenate([self._rest, block])
        whole = len(joined) // self._step_frames * self._step_frames
        steps = joined[:whole].reshape(-1, self._step_frames * self._channels)
        self._powers.append(np.square(steps).mean(axis=1, dtype=np.float64))
        self._rest = joined[whole:]

    def energies(self) -> Floats:
        """The K-weighted energy of each 20 ms."""
        return self._meter.energies()

    def levels(self, speech_lufs: float | None = None) -> Levels:
        """All of it. Raises CheckError when nothing was heard."""
        if not self._frames:
            raise CheckError("decodes to nothing")
        powers = np.concatenate(self._powers)
        sounding = np.flatnonzero(powers > 10 ** (_SOUND_DBFS / 10))
        first, last = (sounding[0], sounding[-1] + 1) if len(sounding) else (len(powers), 0)
        fine = self._meter.energies()
        steps = fine[: len(fine) // _FINE * _FINE].reshape(-1, _FINE).mean(axis=1)
        mono_lu = _MONO_LU if self._channels == 1 else 0.0
        return Levels(
            frames=self._frames,
            rate_hz=self._rate_hz,
            mix_lufs=loudness.gated_lufs([loudness.blocks(steps)]) + mono_lu,
            true_peak_dbtp=self._true_peak.dbtp(),
            peak_dbfs=_db(self._peak**2),
            rms_dbfs=_db(self._squares / (self._frames * self._channels)),
            floor_dbfs=_floor_dbfs(powers[first:last] if len(sounding) else powers),
            head_s=float(first * _STEP_S),
            tail_s=float((len(powers) - last) * _STEP_S),
            edge_dbfs=_db(float(max(np.abs(self._begin).max(), np.abs(self._end).max())) ** 2),
            speech_lufs=speech_lufs,
        )


def _floor_dbfs(powers: Floats) -> float:
    """RMS of the quietest half second."""
    size = min(_FLOOR_STEPS, len(powers))
    sums = np.concatenate([[0.0], np.cumsum(powers)])
    return _db(float((sums[size:] - sums[:-size]).min() / size)) if size else SILENT_LUFS


def _db(power: float) -> float:
    return 10.0 * math.log10(power) if power > 1e-12 else SILENT_LUFS
