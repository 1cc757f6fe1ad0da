"""An engine that babbles: syllables with a voice and formants of their own, which no two phrases
share. What tells one phrase from another is there, as in speech; the same words sound the same.
"""

from __future__ import annotations

import zlib

import numpy as np

from generator.model import Voice
from generator.speech.text import Reads

READS = Reads.WORDS
RATE_HZ = 22_050
SYLLABLE_S = 0.18

VOICE_FILE = """engine = "babble"
narrator = "Babbler"
language = "en"
pace = 1.0
nominal_lufs = -18.0
characters_per_s = 14.0
licence = "none"
licence_of_base = "none"
commercial = "yes"
"""


class Babbler:
    most_characters = 120

    def speak(self, text: str, pace: float) -> tuple[np.ndarray, int]:
        rng = np.random.default_rng(zlib.crc32(text.encode()))
        syllables = max(3, round(len(text) / 14 / pace / SYLLABLE_S))
        said = np.concatenate([syllable(rng) for _ in range(syllables)])
        return np.pad(said, RATE_HZ // 5).astype(np.float32)[:, None], RATE_HZ


def syllable(rng: np.random.Generator) -> np.ndarray:
    """Harmonics of a low voice under three formants, and a breath of noise."""
    frames = round(SYLLABLE_S * RATE_HZ)
    times_s = np.arange(frames) / RATE_HZ
    hz = np.arange(1, 45) * rng.uniform(95, 140)
    formants = np.array([rng.uniform(250, 800), rng.uniform(900, 2_300), rng.uniform(2_500, 3_800)])
    peaks = np.exp(-(((hz[:, None] - formants) / (0.12 * formants)) ** 2)) * (1.0, 0.5, 0.25)
    waves = peaks.sum(axis=1)[:, None] * np.sin(2 * np.pi * hz[:, None] * times_s)
    sound = waves.sum(axis=0) + 0.02 * rng.standard_normal(frames)
    return 0.12 * sound * np.sin(np.pi * times_s / SYLLABLE_S) ** 0.7


def version(_voice: Voice) -> str:
    return "babble 1"


def open_engine(_voice: Voice) -> Babbler:
    return Babbler()
