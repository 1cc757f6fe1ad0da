"""What a person reads aloud, and what is found of it in their recordings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from generator.model.proof import Stretch


@dataclass(frozen=True)
class Sentence:
    """One sentence of a list to be read."""

    number: int
    text: str = field(repr=False)


@dataclass(frozen=True)
class Take:
    """One recording, kept as raw samples of one channel while it is looked at."""

    path: Path = field(repr=False)
    frames: int
    stretches: tuple[Stretch, ...]
    """Where somebody speaks, in order; what separates them is quiet."""


@dataclass(frozen=True)
class Match:
    """Where in a take a sentence is."""

    stretch: Stretch
    confidence: float
    """0 to 1: how much better this fits than any other place, or than none."""
    spare_s: float = 0.0
    """Speech right before or after it that is no sentence's."""


@dataclass(frozen=True)
class Reading:
    """A sentence as it was found in a recording."""

    number: int
    file: str
    """The name of the recording."""
    stretch: Stretch
    length_s: float
    expected_s: float
    """What so many characters take this speaker."""
    confidence: float = 1.0
    doubt: str = ""
    """Why it looks wrong, or nothing."""


@dataclass(frozen=True)
class Recital:
    """One list of sentences and what became of it."""

    folder: Path
    sentences: tuple[Sentence, ...]
    readings: tuple[Reading, ...]
    """In the order of the sentences."""
    personal: bool = False
    """Whether the sentences speak one listener's details."""
    strays: tuple[str, ...] = ()
    """Files that are called like no recording."""
    broken: tuple[str, ...] = field(default=(), repr=False)
    """What is wrong with recordings that are of no use, in one line each."""

    @property
    def missing(self) -> tuple[Sentence, ...]:
        """The sentences that no recording has."""
        read = {each.number for each in self.readings}
        return tuple(each for each in self.sentences if each.number not in read)
