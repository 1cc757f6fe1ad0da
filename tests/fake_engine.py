"""A whole engine that speaks in tones: the same words always sound the same.

What a text asks for decides what it gets: ``softly`` is 10 dB softer, ``wordless`` is silence,
``nothing`` is no sound at all, ``broken`` is not a number, ``refused`` is an error.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np

from generator.errors import VoiceError
from generator.model import Voice
from generator.speech.text import Reads

READS = Reads.WORDS
RATE_HZ = 22_050
LEVEL = 0.2
"""Peak of a plain phrase."""
LEAD_S = 0.30
TAIL_S = 0.45
"""Silence around every piece, as real engines leave it."""
SECONDS_A_CHARACTER = 0.05

SPOKEN: list[str] = []
"""Every piece that was spoken, in order."""

VOICE = Voice(
    name="tuning-fork",
    engine="fake",
    narrator="Tuning Fork",
    language="en",
    pace=1.0,
    nominal_lufs=-15.0,
    characters_per_s=1.0 / SECONDS_A_CHARACTER,
    licence="none",
    licence_of_base="none",
    commercial="yes",
)


class FakeEngine:
    most_characters = 60

    def speak(self, text: str, pace: float) -> tuple[np.ndarray, int]:
        SPOKEN.append(text)
        if "refused" in text:
            raise VoiceError("does not speak", where=f"voice {VOICE.name}")
        if "nothing" in text:
            return np.zeros((0, 1), np.float32), RATE_HZ
        tone = tone_of(text, pace)
        around = (round(LEAD_S * RATE_HZ), round(TAIL_S * RATE_HZ))
        return np.pad(tone, around).astype(np.float32)[:, None], RATE_HZ

    def give_up(self) -> None:
        pass


def length_s(text: str, pace: float = 1.0) -> float:
    """How long a piece sounds, without the silence around it."""
    return len(text) * SECONDS_A_CHARACTER / pace


def pitch_hz(text: str) -> float:
    return 300.0 + zlib.crc32(text.encode()) % 300


def tone_of(text: str, pace: float) -> np.ndarray:
    times_s = np.arange(round(length_s(text, pace) * RATE_HZ)) / RATE_HZ
    level = LEVEL
    if "softly" in text:
        level *= 10.0 ** (-10.0 / 20.0)
    if "wordless" in text:
        level = 0.0
    if "broken" in text:
        level = float("nan")
    return level * np.sin(2.0 * np.pi * pitch_hz(text) * times_s)


def version(voice: Voice) -> str:
    return f"fake 1, {voice.engine}"


def files(voice: Voice) -> tuple[Path, ...]:
    del voice
    return ()


def open_engine(voice: Voice) -> FakeEngine:
    del voice
    return FakeEngine()
