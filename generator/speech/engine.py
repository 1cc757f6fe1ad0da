"""The door every engine has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from generator.model import Voice

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
    """A module of this package that has an engine in it.

    One whose engine reads phonetics says ``READS_IPA = True``: it finds them in a text with
    ``generator.phonetic.stretches``. Any other is never given any.
    """

    def version(self, voice: Voice) -> str:
        """What makes the same words sound different: known without loading anything."""
        ...

    def open_engine(self, voice: Voice) -> Engine:
        """The engine, ready to speak. Raises VoiceError when it is missing or altered."""
        ...
