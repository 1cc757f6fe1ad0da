"""Guided meditations for one person: a script, a voice, silence to the sample, a finished MP3.

``render`` makes one track and gives an :class:`~generator.model.Episode`, whose ``segment()`` is a
pydub ``AudioSegment``. Nothing is loaded until it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.api import render
    from generator.errors import MeditationError
    from generator.model import Episode

__all__ = ["Episode", "MeditationError", "render"]

_HOMES = {
    "render": "generator.api",
    "Episode": "generator.model",
    "MeditationError": "generator.errors",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'generator' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
