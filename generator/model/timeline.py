"""The plan: where every sound of a track is, to the sample."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from generator.model.cue import Phrase


@dataclass(frozen=True)
class Spoken:
    """A phrase on the timeline."""

    phrase: Phrase
    start_frame: int
    frames: int

    @property
    def text(self) -> str:
        """What is said."""
        return self.phrase.text

    @property
    def end_frame(self) -> int:
        """First frame after the phrase."""
        return self.start_frame + self.frames


@dataclass(frozen=True)
class Inserted:
    """A recording on the timeline."""

    text: str
    """What a transcript has in its place."""
    start_frame: int
    frames: int

    @property
    def end_frame(self) -> int:
        """First frame after the recording."""
        return self.start_frame + self.frames


@dataclass(frozen=True)
class Silence:
    """A pause on the timeline: from the end of one sound to the start of the next."""

    start_frame: int
    frames: int
    origin: str


@dataclass(frozen=True)
class Strike:
    """A bell on the timeline."""

    kind: str
    start_frame: int
    level_db: float = 0.0
    """Relative to what the profile gives a bell."""


@dataclass(frozen=True)
class Swell:
    """One phase of a breath on the timeline: a sound that rises, stays or falls with it."""

    breath: str
    """``in``, ``hold``, ``out`` or ``rest``."""
    start_frame: int
    frames: int


@dataclass(frozen=True)
class Section:
    """A chapter on the timeline; the end of one is the start of the next."""

    title: str
    start_frame: int
    end_frame: int


@dataclass(frozen=True)
class BedSpan:
    """From where on a bed lies under the track."""

    name: str
    start_frame: int


@dataclass(frozen=True)
class Timeline:
    """The whole track to the sample."""

    frames: int
    spoken: tuple[Spoken, ...]
    silences: tuple[Silence, ...]
    strikes: tuple[Strike, ...]
    sections: tuple[Section, ...]
    beds: tuple[BedSpan, ...]
    swells: tuple[Swell, ...] = ()
    inserts: tuple[Inserted, ...] = ()

    @property
    def voiced(self) -> tuple[Spoken | Inserted, ...]:
        """Phrases and recordings in order: what a bed makes way for."""
        return tuple(sorted((*self.spoken, *self.inserts), key=attrgetter("start_frame")))

    @property
    def speech_frames(self) -> int:
        """Frames in which the voice speaks."""
        return sum(each.frames for each in self.spoken)

    @property
    def silence_share(self) -> float:
        """Share of the track in which nobody speaks and no recording is heard, 0 to 1."""
        return 1.0 - sum(each.frames for each in self.voiced) / self.frames
