"""A whole engine that speaks in tones: the same words always sound the same.

What a text asks for decides what it gets: ``softly`` is 10 dB softer, ``wordless`` is silence,
``nothing`` is no sound at all, ``broken`` is not a number, ``shouting`` is at full scale.
"""

from __future__ import annotations

import zlib

import numpy as np

from generator.model import Voice

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
    nominal_lufs=-17.0,
    characters_per_s=1.0 / SECONDS_A_CHARACTER,
    licence="none",
    licence_of_base="none",
    commercial="yes",
)


class FakeEngine:
    most_characters = 60

    def speak(self, text: str, pace: float) -> tuple[np.ndarray, int]:
        SPOKEN.append(text)
        if "nothing" in text:
            return np.zeros((0, 1), np.float32), RATE_HZ
        tone = tone_of(text, pace)
        quiet_s = (LEAD_S, TAIL_S)
        lead, tail = (np.zeros(round(each * RATE_HZ)) for each in quiet_s)
        return np.concatenate([lead, tone, tail]).astype(np.float32)[:, None], RATE_HZ


def length_s(text: str, pace: float = 1.0) -> float:
    """How long a piece sounds, without the silence around it."""
    return len(text) * SECONDS_A_CHARACTER / pace


def tone_of(text: str, pace: float) -> np.ndarray:
    hz = 200.0 + zlib.crc32(text.replace("softly", "plainly").encode()) % 400
    times_s = np.arange(round(length_s(text, pace) * RATE_HZ)) / RATE_HZ
    level = LEVEL
    if "softly" in text:
        level *= 10.0 ** (-10.0 / 20.0)
    if "wordless" in text:
        level = 0.0
    if "broken" in text:
        level = float("nan")
    if "shouting" in text:
        level = 1.0
    return level * np.sin(2.0 * np.pi * hz * times_s)


def version(voice: Voice) -> str:
    return f"fake 1, {voice.engine}"


def open_engine(voice: Voice) -> FakeEngine:
    del voice
    return FakeEngine()
