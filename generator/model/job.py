"""One track: what is to be made, and what was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from generator.audio import SILENT_LUFS, to_seconds
from generator.model.author import Kind, Listener, Script
from generator.model.cue import Phrase, Pronunciation, Ringing
from generator.model.timeline import Timeline
from generator.model.voice import Commercial, Profile, Voice

if TYPE_CHECKING:
    from pydub import AudioSegment


PUBLIC_LABEL = "public"
"""Where a track goes that nobody's details are in."""

RECORDING = "recording"
"""What a bed from a file of the user's is called: its path and name go nowhere."""

FORMATS = ("mp3", "m4b", "flac", "wav", "ogg")
"""What a finished track can be, each by the ending of its name; the first unless asked."""


@dataclass(frozen=True)
class OwnFile:
    """A sound or picture the user brought along, as it was when it was looked at."""

    path: Path = field(repr=False)
    form: str
    """What it is by its first bytes, as ``wav`` or ``png``; its name may say anything."""
    digest: str
    """Of its content, wherever it lies."""


@dataclass(frozen=True)
class Respeak:
    """One sentence of a track, and the take of it that is wished for."""

    chapter: str
    """Its title; empty before the first."""
    number: int
    """Of the sentence in its chapter, from 1."""
    take: int | None = None
    """None: a new one."""


@dataclass(frozen=True)
class Seat:
    """Where a track belongs in a course, and what all tracks of the course say alike."""

    course: str
    """Its slug."""
    album: str
    artist: str
    """Who made the course: holds its tracks together, whoever speaks in them."""
    edition: str
    """Its folder: the length that was asked for, as ``natural`` or ``15m``."""
    number: int
    """Of the track, from 1."""
    of: int
    title: str
    """What the track is called there."""
    summary: str = ""
    """What it is for; empty for what its script says."""
    support: str = ""
    """Where a listener in need is pointed to, in the publisher's own words."""
    colour: str = ""
    """Of the cover, as ``#2b4a5e``; empty for what the seed makes it."""


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
    ringing: Ringing = field(default_factory=Ringing)
    fallback: Voice | None = None
    """Speaks the whole track when an online voice fails, and what a person did not record."""
    lent: tuple[Phrase, ...] = ()
    """What nobody recorded, and ``fallback`` speaks."""
    instead_of: str = ""
    """Name of the online voice that was asked for and failed."""
    recording: OwnFile | None = None
    """The sound that lies under the track where ``bed`` is ``RECORDING``."""
    inserts: Mapping[str, OwnFile] = field(default_factory=dict, repr=False)
    """The recordings that the script brings in, by the names it has for them."""
    picture: OwnFile | None = None
    """The cover, where it is not to be drawn."""
    font: OwnFile | None = None
    """What the words on a drawn cover are set in; None for the typeface that comes along."""
    listener_files: tuple[Path, ...] = ()
    """Files that hold the listener's answers."""
    format: str = FORMATS[0]
    stems: Path | None = None
    """The folder into which voice, bed and bells go one by one."""
    graph: Path | None = None
    """Where the picture of the track goes; ``picture`` is its cover."""
    lexicon: Mapping[str, Pronunciation] = field(default_factory=dict, repr=False)
    """How words of this track sound, by the word."""
    respeak: Respeak | None = None
    """The sentence to be spoken anew."""
    takes: Mapping[str, int] = field(default_factory=dict)
    """The take that is kept of a sentence, by the name of its first clip."""
    chapter: str = ""
    """The one section that is to be heard; empty for the whole track."""
    seat: Seat | None = None
    """Its place in a course; None for a track by itself."""

    @property
    def title(self) -> str:
        """What the track is called: in a course as the course says."""
        return self.seat.title if self.seat else self.script.title

    @property
    def called(self) -> str:
        """The title with that of the one chapter that is to be heard."""
        return f"{self.title}: {self.chapter}" if self.chapter else self.title

    @property
    def summary(self) -> str:
        """What the track is for."""
        return (self.seat and self.seat.summary) or self.script.summary

    @property
    def placed_s(self) -> float | None:
        """How long what is made is to be; a chapter is as long as its pauses are in the whole."""
        return None if self.chapter else self.length_s

    @property
    def intervals(self) -> Ringing | None:
        """The bells that come every so often; a chapter by itself is no place to count from."""
        return None if self.chapter else self.ringing

    @property
    def length_minutes(self) -> float:
        """What the script is told: minutes as asked, or 12."""
        return 12.0 if self.length_s is None else self.length_s / 60.0


class Stage(Enum):
    """What is being done, for progress."""

    FETCH = "Fetching"
    BED = "Reading the bed"
    INSERT = "Reading the recordings"
    SPEAK = "Speaking"
    HEAR = "Listening to the recordings"
    ENCODE = "Mixing and encoding"
    MEASURE = "Checking the finished sound"


@dataclass(frozen=True)
class Measured:
    """The finished track, decoded to its end."""

    frames: int
    speech_lufs: float
    """Gated loudness of the blocks in which the voice speaks."""
    true_peak_dbtp: float
    mix_lufs: float = SILENT_LUFS
    """Integrated loudness of everything, pauses too: what a platform's meter reads."""
    range_lu: float = 0.0
    most_momentary_lufs: float = SILENT_LUFS
    """The loudest 400 ms."""
    most_short_term_lufs: float = SILENT_LUFS
    """The loudest three seconds."""

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
    artist: str = ""
    """Of the album; empty for a track by itself."""
    track: tuple[int, int] | None = None
    """Its number in a course, and how many there are."""
    kind: Kind = "practice"
    commercial: Commercial = "unclear"
    """Whether the voices that speak in it allow that it is sold: the strictest of them."""
    disclosure: str = ""
    """Who speaks in it, and whether that is a person: a part of the description."""


@dataclass(frozen=True)
class Episode:
    """A finished track."""

    path: Path
    label: str
    timeline: Timeline
    measured: Measured
    spoken_now: int
    """Phrases that had to be spoken; the others were kept from before."""
    voice: str = ""
    """Name of the voice that spoke all of it."""
    instead_of: str = ""
    """Name of the online voice that was asked for and failed."""
    helped_by: str = ""
    """Name of the synthetic voice that spoke what was not recorded, if it had to."""
    lent: int = 0
    """How many phrases that were."""
    stems: tuple[Path, ...] = ()
    """Voice, bed and bells, where they were wished for."""
    graph: Path | None = None
    """The picture of the track, where one was."""
    take: int | None = None
    """Which take of the sentence was asked for, where one was to be spoken anew."""

    def segment(self) -> AudioSegment:
        """The decoded track as a pydub ``AudioSegment``: 48 kHz, stereo, 32-bit.

        The whole track in memory, because pydub works that way: 23 MB a minute.
        """
        from generator.segment import decoded

        return decoded(self.path)
