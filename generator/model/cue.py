"""What a filled script asks for, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

BELLS = ("small", "large", "bowl", "block")
"""The bells an author can name."""

BEDS = ("drone", "bowls", "rain", "ocean", "wind", "brown", "pink", "binaural", "none")
"""The built-in beds an author can name; a recording is its user's wish alone."""


@dataclass(frozen=True)
class Pronunciation:
    """How a word sounds. It may be that of a listener's name: it prints as nothing."""

    spelled: str = field(default="", repr=False)
    """As one would spell it to have it read right; empty where only the sounds are known."""
    ipa: str = field(default="", repr=False)
    """Its sounds in the International Phonetic Alphabet, for voices that read them."""


@dataclass(frozen=True)
class Phrase:
    """One sentence: the unit that is spoken, cached and re-spoken."""

    text: str = field(repr=False)
    """As it is written, and read in transcripts."""
    personal: bool = False
    """Whether it speaks a listener's detail."""
    pace: float = 1.0
    """Relative to the voice's own pace; under 1 is slower."""
    said: tuple[str | Pronunciation, ...] = field(default=(), repr=False)
    """As a voice is to say it, where that is not how it is written."""
    take: int = 0
    """Which time it is spoken: another take of the same words sounds a little different."""

    @property
    def spelled(self) -> str:
        """The words for a voice that reads no phonetics."""
        return "".join(p if isinstance(p, str) else p.spelled for p in self.said) or self.text


@dataclass(frozen=True)
class Pause:
    """Silence between two sounds, elastic within its bounds. Equal bounds make it rigid."""

    natural_s: float
    least_s: float
    most_s: float
    origin: Literal["pause", "rest", "sentence", "paragraph", "bell", "edge", "breath"] = "pause"


BreathKind = Literal["in", "hold", "out", "rest"]
"""A phase of a breath: ``rest`` is the hold after breathing out."""


@dataclass(frozen=True)
class Beat:
    """One phase of counted breathing: a stretch of fixed length, carried by a swell.

    Its words begin it in the first rounds; later there are none.
    """

    phrase: Phrase | None
    span_s: float
    breath: BreathKind


@dataclass(frozen=True)
class Echo:
    """A phrase followed by half again its own length of silence, to be repeated inwardly."""

    phrase: Phrase


@dataclass(frozen=True)
class Insert:
    """A recording of the author's own, heard once where it stands and levelled like the voice."""

    name: str
    """Of a file among the sounds of the script's folder; it goes into messages and nowhere else."""
    text: str
    """What a transcript has in its place."""


MAX_STRIKES = 3
BELL_LEVELS_DB = (-24.0, 3.0)


@dataclass(frozen=True)
class Bell:
    kind: str
    times: int = 1
    level_db: float = 0.0
    """Relative to what the profile gives a bell."""


@dataclass(frozen=True)
class Ringing:
    """Which bells a user wants, beyond what the author wrote."""

    at: tuple[str, ...] | None = None
    """Of ``start``, ``end`` and ``sections``; None leaves them where the author put them."""
    every_s: float = 0.0
    bell: Bell | None = None
    """The one to ring; None leaves the author's."""


@dataclass(frozen=True)
class Chapter:
    title: str


@dataclass(frozen=True)
class BedChange:
    name: str


Cue = Phrase | Pause | Beat | Echo | Insert | Bell | Chapter | BedChange


def phrases_in(cues: Iterable[Cue]) -> tuple[Phrase, ...]:
    """All that is spoken, in order."""
    spoken = (cue.phrase if isinstance(cue, Echo | Beat) else cue for cue in cues)
    return tuple(each for each in spoken if isinstance(each, Phrase))


def rephrased(cue: Cue, change: Callable[[Phrase], Phrase]) -> Cue:
    """The cue with its phrase changed; one without a phrase as it is."""
    if isinstance(cue, Phrase):
        return change(cue)
    if isinstance(cue, Echo | Beat) and cue.phrase is not None:
        return replace(cue, phrase=change(cue.phrase))
    return cue


def beds_in(name: str) -> list[str]:
    """The names in a bed's name: each of a mixture, without the figures behind a colon."""
    return [each.strip().split(":")[0] for each in name.split("+")]
