"""The cues an author can write: each checks its own arguments and gives what it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from generator.errors import nearest
from generator.model import (
    BEDS,
    BELL_LEVELS_DB,
    BELLS,
    MAX_STRIKES,
    BedChange,
    Bell,
    Chapter,
    Cue,
    Echo,
    Insert,
    Pause,
    Phrase,
    beds_in,
)
from generator.sayable import has_words, markup_in

MAX_PAUSE_S = 600.0
MAX_UNBROKEN_REST_S = 180.0
MAX_BREATHS = 60
MAX_NAME = 80
MAX_HOLD_S = 4.0
"""Longer only by a pattern whose name says so."""
PATTERNS: Mapping[str, tuple[float, float, float, float]] = {
    "4-7-8": (4.0, 7.0, 8.0, 0.0),
    "box": (4.0, 4.0, 4.0, 4.0),
    "coherent": (5.5, 0.0, 5.5, 0.0),
}
"""Seconds in, held, out and held again."""
_LEAST_PAUSE_S = 0.6


@dataclass(frozen=True)
class Pace:
    """From here on the voice speaks at this pace, relative to its own."""

    factor: float


@dataclass(frozen=True)
class Breathing:
    """Counted breathing: each phase kept for its length, and announced in the first rounds."""

    times: int
    in_s: float
    hold_s: float
    out_s: float
    hold_out_s: float

    def without_holds(self) -> Breathing:
        """The same for whoever is to be spared them."""
        return replace(self, hold_s=0.0, hold_out_s=0.0)


@dataclass(frozen=True)
class Part:
    """A shared passage, to be filled in place."""

    slug: str


Written = Cue | Pace | Breathing | Part
"""A cue as written; the last three are resolved while filling."""


def pause(seconds: float, least: float | None = None, most: float | None = None) -> list[Written]:
    """Silence: at least 0.6 s and at most twice as long unless the author says otherwise."""
    _number("pause", seconds, 0.0, MAX_PAUSE_S)
    low = min(_LEAST_PAUSE_S, seconds) if least is None else least
    high = min(2.0 * seconds, MAX_PAUSE_S) if most is None else most
    _number("least", low, 0.0, seconds)
    _number("most", high, seconds, MAX_PAUSE_S)
    return [Pause(float(seconds), float(low), float(high))]


def rest(seconds: float) -> list[Written]:
    """A long silence that may halve, or grow to three minutes."""
    _number("rest", seconds, 1.0, MAX_UNBROKEN_REST_S)
    return [Pause(float(seconds), seconds / 2.0, MAX_UNBROKEN_REST_S, "rest")]


def bell(kind: str = "bowl", times: int = 1, level: float = 0.0) -> list[Written]:
    """A bell struck up to three times, softer or a little louder than usual by so many decibels."""
    if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MAX_STRIKES:
        raise ValueError(f"bell is struck 1 to {MAX_STRIKES} times")
    _number("level", level, *BELL_LEVELS_DB)
    return [Bell(_one_of("bell", kind, BELLS), times, float(level))]


def chapter(title: str) -> list[Written]:
    """The start of a section."""
    return [Chapter(_words("chapter", title, 80))]


def bed(name: str) -> list[Written]:
    """Another built-in bed from here on."""
    wanted = _text("bed", name, 80)
    for each in beds_in(wanted):
        _one_of("bed", each, BEDS)
    return [BedChange(wanted)]


def pace(factor: float) -> list[Written]:
    """Slower or quicker from here on, relative to the voice's own pace."""
    _number("pace", factor, 0.6, 1.4)
    return [Pace(float(factor))]


def repeat(text: str) -> list[Written]:
    """A phrase for the listener to repeat inwardly, with time to do so."""
    return [Echo(Phrase(_spoken("repeat", text)))]


def ask(question: str) -> list[Written]:
    """The 0 to 10 check, with time to find a number."""
    return [Phrase(_spoken("ask", question)), Pause(8.0, 6.0, 14.0)]


def breathe(
    times: int,
    in_s: float = 4.0,
    hold_s: float = 0.0,
    out_s: float = 6.0,
    hold_out_s: float = 0.0,
    pattern: str | None = None,
) -> list[Written]:
    """Counted breathing, on the beat at every length of the track.

    ``pattern`` names a known one instead of its seconds; only so may a breath be held over 4 s.
    """
    if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MAX_BREATHS:
        raise ValueError(f"breathe takes 1 to {MAX_BREATHS} rounds")
    if pattern is not None:
        if pattern not in PATTERNS:
            raise ValueError(f"there is no breath '{pattern}'. {nearest(str(pattern), PATTERNS)}")
        return [Breathing(times, *PATTERNS[pattern])]
    for name, value, least_s, most_s in (
        ("in_s", in_s, 2.0, 20.0),
        ("hold_s", hold_s, 0.0, MAX_HOLD_S),
        ("out_s", out_s, 2.0, 20.0),
        ("hold_out_s", hold_out_s, 0.0, MAX_HOLD_S),
    ):
        _number(name, value, least_s, most_s)
        if 0.0 < value < 2.0:
            raise ValueError(f"{name} is too short to be announced; it needs 2 s or none")
    return [Breathing(times, float(in_s), float(hold_s), float(out_s), float(hold_out_s))]


def insert(name: str, text: str | None = None) -> list[Written]:
    """A recording from ``sounds/``; ``text`` is what is said in it, for the transcript."""
    return [Insert(file_name(name), "" if text is None else _words("insert", text, 300))]


def file_name(name: object) -> str:
    """The name itself, proven to lead to no other folder. Raises ValueError."""
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
        raise ValueError(f"insert takes the name of a file, of at most {MAX_NAME} characters")
    if name.startswith(".") or "/" in name or "\\" in name or not name.isprintable():
        raise ValueError("insert takes the plain name of a file, without a folder or a dot before")
    return name


def part(slug: str) -> list[Written]:
    """A shared passage from ``parts/``."""
    return [Part(_text("part", slug, 60))]


CUES: Mapping[str, Callable[..., list[Written]]] = {
    each.__name__: each
    for each in (pause, rest, bell, chapter, bed, pace, repeat, ask, breathe, insert, part)
}


def _number(name: str, value: object, least: float, most: float) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"{name} takes a number")
    if not least <= value <= most:
        raise ValueError(f"{name} must lie between {least:g} and {most:g}")


def _text(name: str, value: object, most: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} takes a text")
    if len(value) > most or "\n" in value:
        raise ValueError(f"{name} takes one line of at most {most} characters")
    return " ".join(value.split())


def _words(name: str, value: object, most: int) -> str:
    text = _text(name, value, most)
    if not has_words(text):
        raise ValueError(f"{name} takes a text with a letter or a digit in it")
    return text


def _spoken(name: str, value: object) -> str:
    text = _words(name, value, 300)
    if sign := markup_in(text):
        raise ValueError(f"{name} has '{sign[0]}', which would be read aloud")
    return text


def _one_of(name: str, value: object, known: Sequence[str]) -> str:
    wanted = _text(name, value, 300)
    if wanted not in known:
        raise ValueError(f"there is no {name} '{wanted}'. {nearest(wanted, known)}")
    return wanted
