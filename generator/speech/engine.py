"""The door every engine has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from generator.model import Voice
from generator.speech.text import Reads

if TYPE_CHECKING:
    from generator.audio import Samples


class Engine(Protocol):
    """Something that speaks."""

    most_characters: int
    """Longest piece to be spoken in one go."""

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The sound as it is, shape ``(frames, 1)``, and its rate in Hz.

        Raw levels: an engine that normalises sentence by sentence makes a whisper shout. ``pace``
        is relative to the voice's own. Raises VoiceError.
        """
        ...

    def give_up(self) -> None:
        """Begin nothing new, and end what can be ended: nobody waits for it any more."""
        ...


class EngineModule(Protocol):
    """A module of this package that has an engine in it."""

    READS: Reads
    """What it is given; sounds among the words are found by ``generator.phonetic.stretches``."""

    def version(self, voice: Voice) -> str:
        """What makes the same words sound different: known without loading anything."""
        ...

    def files(self, voice: Voice) -> Sequence[Path]:
        """What it reads on this machine. Raises VoiceError where that is nowhere."""
        ...

    def open_engine(self, voice: Voice) -> Engine:
        """The engine, ready to speak. Raises VoiceError when it is missing or altered."""
        ...
