"""All the nouns. Frozen: no stage changes what it was given.

Every number carries its unit in its name: ``_s`` seconds, ``_frames`` or ``_frame`` samples at
48 kHz, ``_db`` decibels, ``_lufs`` loudness, ``_dbtp`` true peak.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from generator.audio import to_seconds

if TYPE_CHECKING:
    from pydub import AudioSegment

Answer = str | int
"""What a listener supplied for one field."""


# --- what an author wrote ---------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """One personal detail a script can weave in. None is ever required."""

    name: str
    ask: str
    """The question, as put to a person."""
    example: str = ""
    kind: Literal["text", "whole", "choice"] = "text"
    least: int = 0
    """Smallest whole number allowed (kind ``whole``)."""
    most: int = 0
    choices: tuple[str, ...] = ()
    default: Answer | None = None


@dataclass(frozen=True)
class Script:
    """A meditation as its author wrote it: the front matter, and the body still unfilled."""

    slug: str
    title: str
    summary: str
    kind: Literal["practice", "talk"]
    language: str
    """BCP 47, e.g. ``en``."""
    sources: tuple[str, ...]
    least_s: float
    most_s: float
    """Shortest and longest edition this script is meant for."""
    switches: tuple[str, ...]
    bed: str
    fields: tuple[Field, ...]
    lists: Mapping[str, tuple[Answer, ...]]
    """What a ``for`` may go over, by name."""
    body: str = field(repr=False)
    body_line: int
    """Line of the file on which the body starts, so that errors point into the file."""
    path: Path
    parts: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Shared passages by slug, as source."""

    def find(self, name: str) -> Field | None:
        """The field of that name, if the script has one."""
        return next((each for each in self.fields if each.name == name), None)


@dataclass(frozen=True)
class Listener:
    """What one person told us. Confidential: it prints as nothing."""

    answers: Mapping[str, Answer] = field(default_factory=dict, repr=False)
    switches: Mapping[str, bool] = field(default_factory=dict)

    @property
    def personal(self) -> bool:
        """Whether the listener supplied anything at all."""
        return bool(self.answers)


# --- what a filled script asks for, in order --------------------------------------------------


@dataclass(frozen=True)
class Phrase:
    """One sentence: the unit that is spoken, cached and re-spoken."""

    text: str = field(repr=False)
    personal: bool = False
    """Whether it speaks a listener's detail."""
    pace: float = 1.0
    """Relative to the voice's own pace; under 1 is slower."""


@dataclass(frozen=True)
class Pause:
    """Silence between two sounds, elastic within its bounds. Equal bounds make it rigid."""

    natural_s: float
    least_s: float
    most_s: float
    origin: Literal["pause", "rest", "sentence", "paragraph", "bell", "edge", "breath"] = "pause"


@dataclass(frozen=True)
class Beat:
    """A phrase that begins a stretch of fixed length, as in counted breathing."""

    phrase: Phrase
    span_s: float


@dataclass(frozen=True)
class Echo:
    """A phrase followed by half again its own length of silence, to be repeated inwardly."""

    phrase: Phrase


@dataclass(frozen=True)
class Bell:
    kind: str


@dataclass(frozen=True)
class Chapter:
    title: str


@dataclass(frozen=True)
class BedChange:
    name: str


Cue = Phrase | Pause | Beat | Echo | Bell | Chapter | BedChange


# --- who speaks, and how ----------------------------------------------------------------------


@dataclass(frozen=True)
class Voice:
    """A voice as its TOML file describes it."""

    name: str
    engine: str
    narrator: str
    """What a listener reads as the artist."""
    language: str
    pace: float
    """1 is the engine's own pace; meditation wants less."""
    nominal_lufs: float
    """Typical loudness of this voice as the engine gives it."""
    characters_per_s: float
    """Speaking rate at ``pace``, for the estimate before anything is spoken."""
    licence: str
    licence_of_base: str
    commercial: Literal["yes", "no", "unclear"]
    synthetic: bool = True
    package: str = ""
    """Python distribution package that holds the model, or empty: beside the TOML file."""
    model: str = ""
    sha256: str = ""
    config_sha256: str = ""
    folder: Path = Path()


@dataclass(frozen=True)
class Clip:
    """One spoken phrase, as kept: where it lies, how long it is, how loud."""

    path: Path = field(repr=False)
    frames: int
    energies: tuple[float, ...] = field(repr=False)
    """K-weighted mean square of each 100 ms, as the engine gave it."""
    trim_db: float = 0.0
    """Half its distance from the voice's nominal loudness, at most 2 dB either way."""


@dataclass(frozen=True)
class Profile:
    """What a kind of delivery asks of the sound and of the words around it."""

    name: str
    speech_lufs: float
    bed_below_lu: float
    """How far the bed lies under the speech in pauses."""
    duck_db: float
    """How much further it goes down under a phrase."""
    bell_below_lu: float
    """Loudest 400 ms of a bell, under the speech."""
    spoken_disclosure: bool = False


PROFILES: Mapping[str, Profile] = {
    each.name: each
    for each in (
        Profile("personal", -16.0, 20.0, 6.0, 4.0),
        Profile("podcast", -16.0, 20.0, 6.0, 4.0, spoken_disclosure=True),
        Profile("library", -18.0, 20.0, 6.0, 4.0),
        Profile("sleep", -20.0, 22.0, 6.0, 9.0),
    )
}


@dataclass(frozen=True)
class Job:
    """One track to be made: everything that decides what it will be."""

    script: Script
    listener: Listener
    voice: Voice
    profile: Profile
    length_s: float | None
    """None: as long as its author's pauses make it."""
    bed: str
    seed: int
    """Governs beds and bells."""
    label: str
    out: Path
    with_text: bool = True
    """Whether the words go into the file's lyrics."""
    date: str = ""
    force: bool = False

    @property
    def length_minutes(self) -> float:
        """What the script is told: minutes as asked, or 12."""
        return 12.0 if self.length_s is None else self.length_s / 60.0


# --- the plan ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spoken:
    """A phrase on the timeline."""

    phrase: Phrase
    start_frame: int
    frames: int

    @property
    def end_frame(self) -> int:
        """First frame after the phrase."""
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

    @property
    def speech_frames(self) -> int:
        """Frames in which the voice speaks."""
        return sum(each.frames for each in self.spoken)

    @property
    def silence_share(self) -> float:
        """Share of the track in which nobody speaks, 0 to 1."""
        return 1.0 - self.speech_frames / self.frames


# --- the result -------------------------------------------------------------------------------


class Stage(Enum):
    """What a render is doing, for progress."""

    SPEAK = "Speaking"
    ENCODE = "Mixing and encoding"
    MEASURE = "Checking the finished sound"


@dataclass(frozen=True)
class Measured:
    """The finished MP3, decoded to its end by another decoder than wrote it."""

    frames: int
    speech_lufs: float
    """Gated loudness of the blocks in which the voice speaks."""
    true_peak_dbtp: float

    @property
    def length_s(self) -> float:
        """Length in seconds, exact."""
        return to_seconds(self.frames)


@dataclass(frozen=True)
class Facts:
    """What the tags and sidecars of a track say about it."""

    title: str
    narrator: str
    album: str
    language: str
    """BCP 47."""
    description: str
    date: str
    """``YYYY-MM-DD``, or empty: personal tracks carry none."""
    engine: str
    """Engine, voice and version, for the provenance tag."""
    synthetic: bool = True
    with_text: bool = True


@dataclass(frozen=True)
class Episode:
    """A finished track."""

    path: Path
    label: str
    timeline: Timeline
    measured: Measured
    spoken_now: int
    """Phrases that had to be spoken; the others were kept from before."""

    def segment(self) -> AudioSegment:
        """The decoded track as a pydub ``AudioSegment``: 48 kHz, stereo, 32-bit.

        The whole track in memory, because pydub works that way: 23 MB a minute.
        """
        from generator.segment import decoded

        return decoded(self.path)
