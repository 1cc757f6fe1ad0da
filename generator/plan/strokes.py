"""How a bell is struck: how often, and how softly when it breaks a silence."""

from __future__ import annotations

from collections.abc import Iterator

from generator.audio import to_frames
from generator.model import Strike
from generator.plan.steps import STRIKES_APART_S

STARTLE_FRAMES = to_frames(20.0)
STARTLE_DB = 4.0
"""After so long without a sound a bell is struck softer by so much: it must not startle."""


def softer_db(silent_frames: int) -> float:
    """By how much, after so long a silence."""
    return STARTLE_DB if silent_frames > STARTLE_FRAMES else 0.0


def stroked(kind: str, times: int, at: int, level_db: float) -> Iterator[Strike]:
    """Every stroke of a bell that begins at a frame."""
    for number in range(times):
        yield Strike(kind, at + number * to_frames(STRIKES_APART_S), level_db)
