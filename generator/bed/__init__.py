"""Beds to lie under a whole track, each a function of the absolute frame.

What is generated goes around a loop of 150 s: tails and crossings that reach over its end come in
at its beginning, so that it has no seam. Binaural tones are computed where they are needed. The
loudness of every part is known before it is made, and so a mixture is added up in one loop.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Protocol

import numpy as np

from generator import loudness
from generator.audio import amplitude, to_seconds
from generator.bed.binaural import Binaural
from generator.bed.names import BINAURAL, NONE, Beat, is_binaural, parts_of
from generator.bed.recipes import RECIPES
from generator.bed.weave import PERIOD_FRAMES, PERIOD_S
from generator.errors import UsageError
from generator.model import Duck

if TYPE_CHECKING:
    from generator.audio import Samples

__all__ = [
    "ABOUT",
    "BEDS",
    "NONE",
    "PERIOD_FRAMES",
    "PERIOD_S",
    "ROOM_DBFS",
    "Bed",
    "check",
    "is_binaural",
    "is_name",
    "make_bed",
]

ABOUT = {name: recipe.about for name, recipe in RECIPES.items()}
"""What each built-in bed is, by its name."""
BEDS: tuple[str, ...] = tuple(ABOUT)

ROOM_DBFS = -75.0
"""RMS of each channel of a quiet room."""
_PEAK = 0.5
_BLOCK_FRAMES = 1 << 18


class Source(Protocol):
    """What a bed is the sum of."""

    def block(self, start_frame: int, frames: int) -> Samples:
        """Its frames from ``start_frame`` on, shape ``(frames, 2)``, float32."""
        ...

    def phase(self, start_frame: int) -> tuple[float, ...]:
        """Where in itself it is at that frame: at two of one phase it goes on alike."""
        ...


@dataclass(frozen=True, eq=False)
class Loop:
    """Sound that goes round without end. Read-only, so threads may share it."""

    samples: Samples = field(repr=False)
    """Shape ``(PERIOD_FRAMES, 2)``."""

    def block(self, start_frame: int, frames: int) -> Samples:
        """A copy from a frame of the timeline on; however a stretch is cut, the same to the bit."""
        first = start_frame % len(self.samples)
        return self.samples.take(np.arange(first, first + frames), axis=0, mode="wrap")

    def phase(self, start_frame: int) -> tuple[float, ...]:
        """Where on its way round it is."""
        return (start_frame % len(self.samples),)


@dataclass(frozen=True, eq=False)
class Bed:
    """A built-in bed as it lies under a track."""

    name: str
    lufs: float
    """Its loudness as it is, by ITU-R BS.1770-4 without the gate."""
    duck: Duck
    sources: tuple[Source, ...] = field(repr=False)
    seed: int = 1

    def block(self, start_frame: int, frames: int) -> Samples:
        """Its frames from ``start_frame`` on, shape ``(frames, 2)``, float32."""
        first, *others = (each.block(start_frame, frames) for each in self.sources)
        return reduce(np.add, others, first)

    def mark(self, start_frame: int) -> list[object]:
        """What its sound from that frame on hangs on."""
        return [self.name, self.seed, *(each.phase(start_frame) for each in self.sources)]


def check(name: str) -> None:
    """Raises UsageError, with the names there are, unless there is a bed of that name."""
    parts_of(name, RECIPES)


def is_name(name: str) -> bool:
    """Whether there is a built-in bed of that name."""
    try:
        check(name)
    except UsageError:
        return False
    return True


def make_bed(name: str, seed: int, track_frames: int) -> Bed:
    """The built-in bed of that name for a track of so many frames: 58 MB, made in about a second.

    The same ``seed``, a whole number from 0 up, gives the same bytes. Of a mixture every part is
    equally loud. What goes round peaks at 0.5; ``none`` is a quiet room, at -75 dBFS RMS as it is.
    Raises UsageError for an unknown name.
    """
    parts = parts_of(name, RECIPES)
    around = [each for each in parts if isinstance(each, str)]
    ducks = [RECIPES[each if isinstance(each, str) else BINAURAL].duck for each in parts]
    sources: list[Source] = []
    heard = 0.0
    if around:
        loop = _looped(around, seed)
        heard += _heard(loop)
        sources.append(Loop(loop))
    for beat in parts:
        if isinstance(beat, Beat):
            tones = Binaural(beat, to_seconds(track_frames))
            if around:
                tones = tones.as_loud_as(heard / len(around))
            heard += tones.heard
            sources.append(tones)
    return Bed(name, loudness.lufs(heard), _deepest(ducks), tuple(sources), seed)


def _looped(names: Sequence[str], seed: int) -> Samples:
    """The loop of these beds, equally loud, at its level."""
    loop = np.zeros((PERIOD_FRAMES, 2), np.float32)
    for name in names:
        rng = np.random.default_rng([seed, *name.encode()])
        for share, sound in RECIPES[name].sounds:
            layer = sound(rng)
            layer.add_to(loop, math.sqrt(share / layer.heard))
    if NONE in names:
        square = float(np.einsum("ij,ij->", loop, loop, dtype=np.float64))
        loop *= amplitude(ROOM_DBFS) / math.sqrt(square / loop.size)
    else:
        loop *= _PEAK / max(float(loop.max()), -float(loop.min()))
    loop.flags.writeable = False
    return loop


def _heard(loop: Samples) -> float:
    """K-weighted mean square of a loop, both channels added."""
    meter = loudness.Meter(2)
    for start in range(0, len(loop), _BLOCK_FRAMES):
        meter.feed(loop[start : start + _BLOCK_FRAMES])
    return float(meter.energies().mean())


def _deepest(ducks: Sequence[Duck]) -> Duck:
    """What makes way as any of these must."""
    return Duck(
        depth_db=max(each.depth_db for each in ducks),
        ahead_s=max(each.ahead_s for each in ducks),
        back_s=max(each.back_s for each in ducks),
        rise_db=min(each.rise_db for each in ducks),
        slow_s=max(each.slow_s for each in ducks),
        long_s=max(each.long_s for each in ducks),
    )
