"""Background beds: seamless loops, each made from its spectrum by one inverse Fourier transform.

Every line of a spectrum lies on a whole multiple of 1 / 150 Hz, so that after 150 s all are back
where they began. The loop has no seam, a bed depends on the absolute frame alone, and by Parseval's
theorem its level and its loudness are sums over the lines, known without measuring.
"""

from __future__ import annotations

import cmath
import math
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.audio import RATE_HZ, amplitude
from generator.errors import UsageError, nearest
from generator.loudness import k_weighting, lufs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from generator.audio import Samples

    Spectrum = npt.NDArray[np.complex64]
    """Shape ``(PERIOD_FRAMES,)``: the lines of left + i right, whose transform lies in memory as
    stereo samples do, and whose squares add up to the mean squares of both channels."""

PERIOD_S = 150
PERIOD_FRAMES = PERIOD_S * RATE_HZ
"""Length of every loop: 6,250 whole MP3 frames."""


@dataclass(frozen=True)
class Noise:
    """Lines of random phase under a tilt, with a fourth-order roll-off at either end."""

    tilt_db: float
    """Per octave: -6 is brown, -3 pink."""
    low_hz: float
    high_hz: float
    level_dbfs: float | None = None
    """RMS of each channel, where the level is the point."""
    apart: float = 1.8955
    """Left and right differ by a random phase up to so many radians, and correlate by
    ``sin(apart) / apart``: a half. Unlike a sum of two noises it leaves each its exact level."""


@dataclass(frozen=True)
class Chord:
    """Rows of harmonics, each of three voices: in the middle, and detuned at the left and right.

    Harmonic ``h`` has amplitude ``h ** -falloff``, with a second-order roll-off from ``soft_hz`` to
    two octaves above. Detunes and swells are dealt out in turn, their phases by the golden ratio,
    which spreads any number of them evenly. Their order is the evenest of some hundreds tried: the
    level of a second stays within 5 dB of the mean, and no period stands out.
    """

    root_hz: float
    tones: tuple[tuple[float, float], ...]
    """Ratio to the root, level in dB. Ratios are multiples of 1/2: harmonics meet, or lie half a
    root apart, and no beating is fast enough to sound rough."""
    falloff: float = 1.4
    soft_hz: float = 900.0
    side: float = 0.5
    """Amplitude of the detuned voices, relative to the one in the middle."""
    detunes: tuple[int, ...] = (7, 17, 8, 13, 6, 10)
    """In lines, 1 / 150 Hz."""
    swells: tuple[int, ...] = (9, 8, 4, 6, 11, 5, 10)
    """How often a voice swells in one loop, by the share ``depth`` of its amplitude."""
    depth: float = 0.4


_RECIPES: Mapping[str, Chord | Noise] = {
    "drone": Chord(root_hz=110.0, tones=((1.0, 0.0), (1.5, -2.0), (2.0, -4.0), (2.5, -8.0))),
    "brown": Noise(tilt_db=-6.0, low_hz=40.0, high_hz=6_000.0),
    "none": Noise(tilt_db=-3.0, low_hz=40.0, high_hz=4_000.0, level_dbfs=-75.0),
}

BEDS: tuple[str, ...] = tuple(_RECIPES)


@dataclass(frozen=True, eq=False)
class Bed:
    """A loop to lie under a whole track. Read-only, so threads may share it."""

    name: str
    lufs: float
    """Loudness of the loop as it is, by ITU-R BS.1770-4 without the gate."""
    fixed_level: bool
    """Whether it is played as it is: room tone has a level of its own and is never scaled."""
    loop: Samples = field(repr=False)
    """Shape ``(PERIOD_FRAMES, 2)``."""

    def block(self, start_frame: int, frames: int) -> Samples:
        """A copy of the bed from a frame of the timeline on, shape ``(frames, 2)``, float32.

        The loop goes round without end, and however a stretch is cut it is the same to the bit.
        """
        first = start_frame % PERIOD_FRAMES
        return self.loop.take(np.arange(first, first + frames), axis=0, mode="wrap")


def check(name: str) -> None:
    """Raises UsageError, with the nearest name, unless there is a bed of that name."""
    if name not in _RECIPES:
        raise UsageError(f"there is no bed '{name}'", remedy=nearest(name, BEDS))


def make_bed(name: str, seed: int) -> Bed:
    """The built-in bed of that name: 58 MB, made in about a second.

    The same ``seed``, a whole number from 0 up, gives the same bytes. Drone and brown noise have a
    sample peak of 0.5; ``none`` is room tone at -75 dBFS RMS in each channel, not to be scaled.
    Raises UsageError for an unknown name.
    """
    check(name)
    recipe = _RECIPES[name]
    rng = np.random.default_rng(seed)
    spectrum = _chord(recipe, rng) if isinstance(recipe, Chord) else _noise(recipe, rng)
    plain, heard = _mean_squares(spectrum)
    loop = _transformed(spectrum)
    level_dbfs = recipe.level_dbfs if isinstance(recipe, Noise) else None
    if level_dbfs is None:
        gain = 0.5 / max(float(loop.max()), -float(loop.min()))
    else:
        gain = amplitude(level_dbfs) / math.sqrt(plain / 2)
    loop *= gain
    loop.flags.writeable = False
    return Bed(name, lufs(heard * gain**2), level_dbfs is not None, loop)


def _noise(recipe: Noise, rng: np.random.Generator) -> Spectrum:

    spectrum = np.zeros(PERIOD_FRAMES, np.complex64)
    for lines in _lines():
        hz = lines / PERIOD_S
        envelope = hz ** (recipe.tilt_db / (20 * math.log10(2)))
        envelope /= np.sqrt((1 + (recipe.low_hz / hz) ** 8) * (1 + (hz / recipe.high_hz) ** 8))
        left = rng.uniform(0, 2 * math.pi, hz.size)
        right = left + rng.uniform(-recipe.apart, recipe.apart, hz.size)
        _add(spectrum, lines, envelope * np.exp(1j * left), envelope * np.exp(1j * right))
    return spectrum


def _chord(recipe: Chord, rng: np.random.Generator) -> Spectrum:

    spectrum = np.zeros(PERIOD_FRAMES, np.complex64)
    golden = (place * (math.sqrt(5) - 1) / 2 for place in count(1))
    detunes, swells = cycle(recipe.detunes), cycle(recipe.swells)
    # A seed turns the loop, and each pitch. How the voices of a pitch move against one another is
    # the recipe's alone, so that no seed is less even than another.
    start, pitch_turns = rng.random(), defaultdict[int, float](rng.random)
    for (hz, level), detune in zip(_harmonics(recipe), detunes, strict=False):
        pitch = round(hz * PERIOD_S)
        for offset, left, right in ((0, 1, 1), (-detune, recipe.side, 0), (detune, 0, recipe.side)):
            swell, turn, swell_turn = next(swells), next(golden), next(golden)
            # Two lines that mirror each other make the one between them swell.
            for mirror, share in ((-1, recipe.depth / 2), (0, 1.0), (1, recipe.depth / 2)):
                line = pitch + offset + mirror * swell
                turns = pitch_turns[pitch] + start * line + turn + mirror * swell_turn
                value = cmath.rect(level * share, 2 * math.pi * turns)
                _add(spectrum, line, left * value, right * value)
    return spectrum


def _harmonics(recipe: Chord) -> Iterator[tuple[float, float]]:
    """Frequency in Hz and amplitude of each harmonic of each tone."""
    for ratio, level_db in recipe.tones:
        tone_hz = recipe.root_hz * ratio
        for order in range(1, int(4 * recipe.soft_hz / tone_hz) + 1):
            softened = 1 + (order * tone_hz / recipe.soft_hz) ** 2
            yield order * tone_hz, amplitude(level_db) * order**-recipe.falloff / softened


def _add(spectrum: Spectrum, lines: Any, left: Any, right: Any) -> None:
    """Adds lines, and their mirror images at negative frequency, which make both channels real."""
    spectrum[lines] += left + 1j * right
    spectrum[-lines] += (left - 1j * right).conjugate()


def _lines() -> Iterator[npt.NDArray[np.int64]]:
    """Numbers of the lines up to 16 kHz, a few at a time. MP3 at 128 kbit/s keeps none above."""
    step = 100 * PERIOD_S
    for start in range(1, 16_000 * PERIOD_S, step):
        yield np.arange(start, start + step)


def _mean_squares(spectrum: Spectrum) -> tuple[float, float]:
    """Mean square of the sound, both channels added: as it is, and K-weighted."""
    plain = heard = 0.0
    for lines in _lines():
        power = np.abs(spectrum[lines]) ** 2.0 + np.abs(spectrum[-lines]) ** 2.0
        plain += float(power.sum())
        circle = np.exp(lines * (2j * math.pi / PERIOD_FRAMES))
        for taps in k_weighting(RATE_HZ):
            power *= np.abs(np.polyval(taps[:3], circle) / np.polyval(taps[3:], circle)) ** 2
        heard += float(power.sum())
    return plain, heard


def _transformed(spectrum: Spectrum) -> Samples:
    """The sound of a spectrum, shape ``(PERIOD_FRAMES, 2)``. Overwrites the spectrum.

    Columns, turns, rows (the four steps of Gentleman and Sande, 1966), some at a time: the sum a
    single call gives, without its 120 MB of working space.
    """
    table = spectrum.reshape(2_400, 3_000)
    for some in _runs(table.shape[1]):
        table[:, some] = np.fft.ifft(table[:, some], axis=0, norm="forward")
    step = np.exp(np.arange(table.shape[1]) * (2j * math.pi / PERIOD_FRAMES))
    turn = np.ones_like(step)
    for index in range(len(table)):
        table[index] *= turn
        turn *= step
    sound = np.empty(table.shape[::-1], np.complex64)
    for some in _runs(table.shape[0]):
        sound[:, some] = np.fft.ifft(table[some], axis=1, norm="forward").T
    return sound.view(np.float32).reshape(PERIOD_FRAMES, 2)


def _runs(size: int) -> Iterator[slice]:
    """All of ``size``, a hundred at a time."""
    return (slice(start, start + 100) for start in range(0, size, 100))
