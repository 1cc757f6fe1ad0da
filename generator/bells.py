"""Bells, struck: inharmonic partials that ring in pairs, each dying away at its own pace.

A real bell is never quite round, so each of its modes sounds as two tones, about a hertz apart.
Their slow beating, and high partials dying first, are what tells a bell from a beep.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from generator.audio import RATE_HZ, amplitude, to_frames
from generator.errors import UsageError, nearest
from generator.loudness import LEAD_FRAMES, k_weighted, lufs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from generator.audio import Samples

_RISE_S = 0.003
"""A felt mallet: soft, and short enough to be a stroke."""
_FADE_S = 0.05
_END_DB = 72.0
"""A bell is let go so far below its beginning."""
_PEAK = 0.5
"""Sample peak of every bell; the mix decides how loud it is."""
_SPREAD_RAD = 0.2
"""How far the two tones of a pair lie from the middle, of pi / 4."""


class Partial(NamedTuple):
    ratio: float
    level_db: float
    decay_s: float
    """Time in which it falls by 60 dB."""
    beat_hz: float
    """By how much its second tone is higher."""


@dataclass(frozen=True)
class Recipe:
    """Partials in order of their frequency; the lowest lasts longest.

    A stroke sets all of them off at once, so each pair begins in step.
    """

    root_hz: float
    """Of ratio 1."""
    second: float
    """Amplitude of the second tone of a pair, relative to the first."""
    partials: tuple[Partial, ...]

    def falls_in_s(self, fall_db: float) -> float:
        """Seconds until it is so far below its beginning; only the lowest pair is left by then."""
        powers = [amplitude(2 * each.level_db) for each in self.partials]
        in_step = (1 + self.second) ** 2 / (1 + self.second**2)
        head_db = 10 * math.log10(sum(powers) / powers[0] * in_step)
        return self.partials[0].decay_s * (fall_db - head_db) / 60


_RECIPES: Mapping[str, Recipe] = {
    # Modes of a thin round plate, edge free, Poisson's ratio 0.33 (A. W. Leissa, "Vibration of
    # Plates", NASA SP-160, 1969).
    "small": Recipe(
        root_hz=740.0,
        second=0.4,
        partials=(
            Partial(1.0, 0.0, 7.0, 0.6),
            Partial(1.723, -4.0, 5.2, 0.9),
            Partial(2.327, -3.0, 4.0, 1.1),
            Partial(3.898, -9.0, 2.2, 1.6),
            Partial(4.091, -10.0, 2.0, 1.9),
            Partial(6.283, -17.0, 0.9, 2.6),
            Partial(6.698, -19.0, 0.7, 3.1),
        ),
    ),
    # J.-C. Risset's bell ("An Introductory Catalogue of Computer Synthesized Sounds", 1969), its
    # upper partials softened.
    "large": Recipe(
        root_hz=240.0,
        second=0.5,
        partials=(
            Partial(0.56, 0.0, 13.0, 0.6),
            Partial(0.92, 0.0, 8.2, 0.9),
            Partial(1.19, 0.0, 5.0, 0.7),
            Partial(1.7, -3.0, 4.4, 1.2),
            Partial(2.0, -4.0, 3.2, 1.0),
            Partial(2.74, -7.0, 2.5, 1.5),
            Partial(3.0, -8.0, 1.9, 1.8),
            Partial(3.76, -12.0, 1.2, 2.2),
            Partial(4.07, -12.0, 1.0, 2.4),
        ),
    ),
    # Bending modes of a ring, n (n^2 - 1) / sqrt(n^2 + 1) for n = 2 to 6 (Rayleigh, "The Theory of
    # Sound", 233).
    "bowl": Recipe(
        root_hz=208.0,
        second=0.6,
        partials=(
            Partial(1.0, 0.0, 14.2, 0.7),
            Partial(2.828, -3.0, 9.0, 1.1),
            Partial(5.423, -9.0, 4.5, 1.7),
            Partial(8.77, -17.0, 1.8, 2.5),
            Partial(12.87, -24.0, 0.7, 3.3),
        ),
    ),
    # A block of wood, gone at once: modes of a free bar (Fletcher and Rossing, "The Physics of
    # Musical Instruments", 2.15), the lowest made louder by the hollow under it.
    "block": Recipe(
        root_hz=410.0,
        second=0.3,
        partials=(
            Partial(1.0, 0.0, 0.60, 2.0),
            Partial(2.756, -7.0, 0.28, 3.0),
            Partial(5.404, -14.0, 0.14, 4.0),
            Partial(8.933, -22.0, 0.08, 5.0),
            Partial(13.344, -30.0, 0.05, 6.0),
        ),
    ),
}

BELLS: tuple[str, ...] = tuple(_RECIPES)

RING_S: Mapping[str, float] = {kind: each.falls_in_s(60.0) for kind, each in _RECIPES.items()}
"""Seconds until a bell has fallen by 60 dB."""


def check(kind: str) -> None:
    """Raises UsageError, with the nearest name, unless there is a bell of that kind."""
    if kind not in _RECIPES:
        raise UsageError(f"there is no bell '{kind}'", remedy=nearest(kind, BELLS))


def strike(kind: str, seed: int) -> Samples:
    """One stroke of a bell from its onset to its end, shape ``(frames, 2)``, float32, peak 0.5.

    It ends more than 70 dB below its peak. A ``seed``, a whole number from 0 up, varies level and
    decay of the partials as no two strokes are alike; the same seed gives the same bytes. Raises
    UsageError for an unknown kind.
    """
    check(kind)
    recipe = _RECIPES[kind]
    rng = np.random.default_rng(seed)
    sound = np.zeros((to_frames(recipe.falls_in_s(_END_DB)), 2))
    for index, partial in enumerate(recipe.partials):
        level = amplitude(partial.level_db + rng.uniform(-0.5, 0.5))
        decay_s = partial.decay_s * rng.uniform(0.98, 1.02)
        hz = partial.ratio * recipe.root_hz
        lean = _SPREAD_RAD if index % 2 else -_SPREAD_RAD
        pair = ((hz, level, lean), (hz + partial.beat_hz, level * recipe.second, -lean))
        for tone_hz, tone_level, off_centre in pair:
            tone = tone_level * _tone(tone_hz, decay_s, len(sound))
            sound[:, 0] += math.cos(math.pi / 4 + off_centre) * tone
            sound[:, 1] += math.sin(math.pi / 4 + off_centre) * tone
    rise, fade = _slope(_RISE_S), _slope(_FADE_S)
    sound[: len(rise)] *= rise
    sound[-len(fade) :] *= fade[::-1]
    sound *= _PEAK / np.abs(sound).max()
    return sound.astype(np.float32)


def loudest_lufs(samples: Samples) -> float:
    """The largest momentary loudness of a sound of shape ``(frames, 1 or 2)``, in LUFS.

    ITU-R BS.1770-4 over 400 ms, every 10 ms; a shorter sound counts as if silence followed.
    """
    hop, hops = to_frames(0.01), 40
    frames = max(-(-len(samples) // hop), hops) * hop
    padded = np.zeros((LEAD_FRAMES + frames, samples.shape[1]), np.float32)
    padded[LEAD_FRAMES:][: len(samples)] = samples
    energies = np.square(k_weighted(padded)).sum(axis=1).reshape(-1, hop).sum(axis=1)
    loudest = float(np.convolve(energies, np.ones(hops), "valid").max()) / (hop * hops)
    return lufs(loudest)


def _tone(hz: float, decay_s: float, frames: int) -> npt.NDArray[np.float64]:
    """A sine that falls by 60 dB in ``decay_s``, shape ``(frames,)``."""
    # exp(p (a + b)) = exp(p a) exp(p b): two short tables instead of a function call per sample.
    pole = complex(-math.log(1000) / decay_s, 2 * math.pi * hz) / RATE_HZ
    coarse = np.exp(pole * np.arange(0, frames, 1024))
    fine = np.exp(pole * np.arange(1024))
    tone: npt.NDArray[np.float64] = np.multiply.outer(coarse, fine).imag.ravel()[:frames]
    return tone


def _slope(length_s: float) -> npt.NDArray[np.float64]:
    """From 0 to almost 1 as a squared sine, shape ``(frames, 1)``."""
    frames = to_frames(length_s)
    slope: npt.NDArray[np.float64] = np.sin(np.arange(frames) * (math.pi / 2 / frames)) ** 2
    return slope[:, np.newaxis]
