"""Tones that hold still in pitch while they come and go: a chord, and bowls that are struck."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from generator.audio import amplitude
from generator.bed.curves import moments_s, swells, wander
from generator.bed.weave import (
    LINES,
    PERIOD_S,
    SPACING_HZ,
    STEPS,
    Layer,
    k_power,
    lines_hz,
    some_steps,
    woven,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.bed.weave import Floats, Spectra

    Envelope = npt.NDArray[np.complex128]
    """Shape ``(STEPS, 2)``: amplitude and phase of one pitch, left and right, step by step."""


def tones(pitches: dict[int, Envelope]) -> Layer:
    """Pitches by their frequency in whole Hz, a multiple of 5, each with its envelope.

    An envelope may turn as well, up to half a hertz: that detunes the pitch.
    """
    lines = np.array(list(pitches)) // SPACING_HZ
    envelopes = np.stack(list(pitches.values()), axis=2)
    # Every second step ends half way through a turn of an odd line.
    turned = np.where(np.arange(STEPS)[:, np.newaxis] * lines % 2, -0.5, 0.5)
    envelopes *= turned[:, np.newaxis]

    def spectra() -> Iterator[Spectra]:
        for steps in some_steps():
            some = envelopes[steps]
            spectrum = np.zeros((len(some), 2, LINES), np.complex64)
            spectrum[:, :, lines - 1] = some
            yield spectrum

    powers = 2 * (np.abs(envelopes) ** 2).sum(axis=1).mean(axis=0)
    heard = float(powers @ k_power(lines_hz()[lines - 1]))
    return Layer(heard, woven(spectra(), in_step=True))


def _turned(turns: Floats | float) -> npt.NDArray[np.complex128]:
    circle: npt.NDArray[np.complex128] = np.exp(2j * np.pi * turns)
    return circle


class Tone(NamedTuple):
    """One tone of a chord."""

    ratio: float
    """To the root: a multiple of 1/2. Harmonics meet, or lie half a root apart, and no beating is
    fast enough to sound rough."""
    level_db: float
    moves_db: float
    """How far down it goes now and then."""


@dataclass(frozen=True)
class Chord:
    """Rows of harmonics, each of three voices: in the middle, and drifting at the left and right.

    Harmonic ``h`` has amplitude ``h ** -falloff``, with a second-order roll-off from ``soft_hz`` to
    two octaves above. A tone comes and goes by itself, so that the chord changes.
    """

    root_hz: int
    tones: tuple[Tone, ...]
    falloff: float = 1.4
    soft_hz: float = 900.0
    side: float = 0.5
    """Amplitude of the drifting voices, relative to the one in the middle."""
    drift_turns: float = 2.5
    """How far they turn against the middle, to and fro: even detuning would beat with a period."""
    swells: float = 0.3
    """The share of its amplitude by which a voice swells and sinks."""

    def layer(self, rng: np.random.Generator) -> Layer:
        """It around the loop."""
        pitches: dict[int, Envelope] = {}
        for tone in self.tones:
            moves = 10 ** (-tone.moves_db / 20 * (0.5 - 0.5 * wander(rng, 5)))
            for hz, level in self._harmonics(tone):
                envelope = moves[:, np.newaxis] * level * self._voices(rng)
                pitches[hz] = pitches.get(hz, 0) + envelope
        return tones(pitches)

    def _harmonics(self, tone: Tone) -> Iterator[tuple[int, float]]:
        """Frequency in Hz and amplitude of each harmonic of a tone."""
        tone_hz = round(self.root_hz * tone.ratio)
        for order in range(1, int(4 * self.soft_hz / tone_hz) + 1):
            softened = 1 + (order * tone_hz / self.soft_hz) ** 2
            yield order * tone_hz, amplitude(tone.level_db) * order**-self.falloff / softened

    def _voices(self, rng: np.random.Generator) -> Envelope:
        middle, left, right = (
            _turned(rng.random() + drift * wander(rng, 6)) * (1 + self.swells * wander(rng, 12))
            for drift in (0.0, self.drift_turns, self.drift_turns)
        )
        return np.stack([middle + self.side * left, middle + self.side * right], axis=1)


class Mode(NamedTuple):
    """One way in which a bowl rings."""

    ratio: float
    level_db: float
    decay_s: float
    """Time in which it falls by 60 dB."""
    beat_hz: float
    """A bowl is never quite round: the mode sounds as two tones, so far apart."""


@dataclass(frozen=True)
class Bowls:
    """Singing bowls, struck softly now and then, each ringing until long after the next."""

    bowls_hz: tuple[int, ...] = (110, 145, 165, 220, 245)
    modes: tuple[Mode, ...] = (
        Mode(1.0, 0.0, 70.0, 0.22),
        Mode(2.76, -9.0, 34.0, 0.35),
        Mode(5.21, -19.0, 17.0, 0.5),
        Mode(8.1, -30.0, 8.0, 0.5),
    )
    strokes: int = 13
    rise_s: float = 0.5
    """A felt mallet, drawn rather than struck."""

    def layer(self, rng: np.random.Generator) -> Layer:
        """It around the loop: 13 strokes, 7 to 16 s apart, never one bowl twice running."""
        at_s = moments_s(rng, self.strokes, 7.0, 16.0)
        order = self._order(rng)
        heights = rng.uniform(0.8, 1.0, self.strokes)
        pitches: dict[int, Envelope] = {}
        for index, bowl_hz in enumerate(self.bowls_hz):
            struck = order == index
            lean = rng.uniform(-0.5, 0.5)
            sides = np.sqrt([1 + lean, 1 - lean])
            for mode in self.modes:
                hz = SPACING_HZ * round(bowl_hz * mode.ratio / SPACING_HZ)
                fall_s = mode.decay_s / np.log(1000)
                level = amplitude(mode.level_db) * (self.bowls_hz[0] / bowl_hz) ** 0.5
                ring = level * swells(at_s[struck], self.rise_s, fall_s, heights[struck])
                pair = np.stack([self._pair(rng, mode) for _side in sides], axis=1)
                pair *= _turned(rng.random())
                pitches[hz] = pitches.get(hz, 0) + ring[:, np.newaxis] * sides * pair
        return tones(pitches)

    def _order(self, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """Which bowl each stroke is for: none follows itself, round the loop too."""
        while True:
            order = rng.integers(0, len(self.bowls_hz), self.strokes)
            if (order != np.roll(order, 1)).all() and len(set(order)) == len(self.bowls_hz):
                return order

    def _pair(self, rng: np.random.Generator, mode: Mode) -> npt.NDArray[np.complex128]:
        beats = round(mode.beat_hz * PERIOD_S * rng.uniform(0.8, 1.2)) / STEPS
        return 1.0 + 0.3 * _turned(rng.random() + beats * np.arange(STEPS))
