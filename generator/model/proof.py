"""What a track is proven with: what was mixed, coarsely, and what was found in the file."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.model.timeline import Spoken


@dataclass(frozen=True)
class Stream:
    """The sound of an MP3 as it lies in the file, without the tag before it."""

    digest: str
    """Of every byte."""
    size_bytes: int
    frames: int
    """MP3 frames of our own kind, the one with the ``Info`` header among them."""
    encoder: str


@dataclass(frozen=True)
class Evidence:
    """What was mixed, coarsely: enough to find it again in the finished file.

    Levels of bands, a byte each, in cells of 20 ms for the phrases and 240 ms for the ground, which
    is all that sounds without the voice.
    """

    speech_lufs: float
    """What the speech was to be at."""
    ground: bytes = field(repr=False)
    clips: tuple[bytes, ...] = field(repr=False)
    """One for each phrase of the timeline, of its clip and nothing else."""
    stream: Stream | None
    """What was encoded of it; None where that is no MP3."""


@dataclass(frozen=True)
class Stretch:
    """A part of the track, from its first frame to the first after it."""

    start_frame: int
    end_frame: int


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: what was found, how far it may go, and where it was worst."""

    name: str
    value: float | str
    limit: float | str
    unit: str
    met: bool
    where: str = ""
    """Names a phrase or pause by its number and time, never by its words."""
    stretches: tuple[Stretch, ...] = ()
    """Every part of the track in which it is not met; none where that is not one part or other."""


@dataclass(frozen=True)
class Report:
    """All that was looked at in one file."""

    checks: tuple[Check, ...]

    @property
    def faults(self) -> tuple[Check, ...]:
        """The checks that are not met."""
        return tuple(each for each in self.checks if not each.met)


@dataclass(frozen=True)
class HeardSentence:
    """One sentence of a finished track, and what a recogniser understood of it."""

    spoken: Spoken = field(repr=False)
    heard: str = field(repr=False)
    words: int
    """How many it has."""
    errors: int
    """How few words must be put in, left out or changed to make one of the other."""


@dataclass(frozen=True)
class Understood:
    """What a recogniser understood of a whole track."""

    sentences: tuple[HeardSentence, ...]

    @property
    def word_error_rate(self) -> float:
        """Share of the words that were not understood as they are written; 0 where there are none.

        More than 1 where more was heard than was said.
        """
        words = sum(each.words for each in self.sentences)
        return sum(each.errors for each in self.sentences) / words if words else 0.0

    @property
    def differing(self) -> tuple[HeardSentence, ...]:
        """The sentences that were understood otherwise than they are written."""
        return tuple(each for each in self.sentences if each.errors)
