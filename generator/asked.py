"""What a track is asked to be, in the words a user has for it: how long, and where bells ring."""

from __future__ import annotations

import re

from generator.errors import UsageError
from generator.model import BELL_LEVELS_DB, Bell, Ringing

NATURAL = "natural"
"""As long as its author's pauses make it."""

_LENGTH = re.compile(r"(?:([0-9]{1,3})m)?(?:([0-9]{1,5}(?:\.[0-9]{1,3})?)s)?")
_PLACES = ("start", "end", "sections")
_EVERY = re.compile(r"([1-9][0-9]{0,2})m")
_BELL = re.compile(r"(?P<kind>[a-z]{1,40})(?::(?P<times>[1-3])(?::(?P<level>[+-]?[0-9]{1,2}))?)?")


def length_s(text: str) -> float | None:
    """Seconds of ``15m``, ``12m30s`` or ``900s``; None for ``natural``. Raises UsageError."""
    if text == NATURAL:
        return None
    match = _LENGTH.fullmatch(text.strip())
    if not text.strip() or not match:
        raise UsageError("a length is written like 15m, 12m30s or natural", where="--length")
    seconds = 60.0 * float(match[1] or 0) + float(match[2] or 0)
    if not 0 < seconds <= 4 * 3600:
        raise UsageError("a track lasts longer than nothing, up to four hours", where="--length")
    return seconds


def edition(length_s: float | None) -> str:
    """What a length is called in names of files: ``15m``, ``12m30s`` or ``natural``."""
    if length_s is None:
        return NATURAL
    minutes, seconds = divmod(round(length_s), 60)
    return f"{minutes}m" + (f"{seconds:02}s" if seconds else "")


def ringing(when: str | None, which: str | None) -> Ringing:
    """The bells of a wish like ``start,end,5m`` and ``bowl:3:-6``: struck thrice, 6 dB softer.

    Raises UsageError for what cannot be rung; the kind is checked where bells are made.
    """
    words = [] if when is None else [each.strip() for each in when.split(",")]
    places = tuple(sorted({each for each in words if each in _PLACES}))
    intervals = [match for each in words if (match := _EVERY.fullmatch(each))]
    known = len(intervals) + sum(each in _PLACES for each in words)
    if words != ["none"] and (known < len(words) or len(intervals) > 1):
        raise UsageError(
            "bells ring at start, end, sections, as often as 5m, or none",
            where="--bells",
            remedy="As in: --bells start,end,5m",
        )
    every_s = 60.0 * float(intervals[0][1]) if intervals else 0.0
    only_intervals = bool(intervals) and not places
    return Ringing(
        None if when is None or only_intervals else places,
        every_s,
        None if which is None else _bell(which),
    )


def _bell(text: str) -> Bell:
    match = _BELL.fullmatch(text)
    level_db = float(match["level"] or 0.0) if match else 0.0
    least_db, most_db = BELL_LEVELS_DB
    if not match or not least_db <= level_db <= most_db:
        raise UsageError(
            f"a bell is a kind, struck 1 to 3 times, from {least_db:g} to {most_db:g} dB",
            where="--bell",
            remedy="As in: bowl, bowl:3 or bowl:3:-6",
        )
    return Bell(match["kind"], int(match["times"] or 1), level_db)
