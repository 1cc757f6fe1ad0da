"""What a bed may be called: a name, a name with numbers, or up to three of them joined by ``+``."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from generator.errors import UsageError, nearest

BINAURAL = "binaural"
NONE = "none"
"""No bed: the quiet room that lies under every track."""

MOST_PARTS = 3
CARRIER_HZ = (60.0, 500.0)
BEAT_HZ = (0.5, 40.0)

_NUMBER = r"([0-9]{1,3}(?:\.[0-9]{1,3})?)"
_BINAURAL = re.compile(rf"{BINAURAL}(?::{_NUMBER}(?::{_NUMBER}(?:-{_NUMBER})?)?)?")


@dataclass(frozen=True)
class Beat:
    """What a binaural bed is made of; its beat goes from one frequency to another."""

    carrier_hz: float = 200.0
    """In the middle between the ears."""
    from_hz: float = 6.0
    to_hz: float = 6.0


Part = str | Beat


def parts_of(name: str, known: Collection[str]) -> tuple[Part, ...]:
    """What the bed of that name is made of, in order.

    Raises UsageError, with what is there, unless there is such a bed.
    """
    names = [each.strip() for each in name.split("+")]
    for each in names:
        if each not in known and _kind(each) != BINAURAL:
            raise _unknown(each, known)
    if len(names) > MOST_PARTS:
        raise UsageError(
            f"a bed is made of {MOST_PARTS} at the most",
            where=f"bed '{name}'",
            remedy="Leave some out.",
        )
    if len({_kind(each) for each in names}) < len(names):
        raise UsageError("a bed is named twice", where=f"bed '{name}'", remedy="Once is enough.")
    if len(names) > 1 and NONE in names:
        raise UsageError(
            f"'{NONE}' is a quiet room, and mixes with nothing",
            where=f"bed '{name}'",
            remedy="Leave it out.",
        )
    return tuple(_beat(each) if _kind(each) == BINAURAL else each for each in names)


def is_binaural(name: str) -> bool:
    """Whether a binaural part is in the bed of that name."""
    return any(_kind(each.strip()) == BINAURAL for each in name.split("+"))


def _kind(part: str) -> str:
    return part.split(":", maxsplit=1)[0]


def _beat(part: str) -> Beat:
    match = _BINAURAL.fullmatch(part)
    if match:
        carrier, first, last = (float(each) if each else None for each in match.groups())
        carrier_hz = Beat.carrier_hz if carrier is None else carrier
        from_hz = Beat.from_hz if first is None else first
        to_hz = from_hz if last is None else last
        beats_do = all(BEAT_HZ[0] <= each <= BEAT_HZ[1] for each in (from_hz, to_hz))
        if CARRIER_HZ[0] <= carrier_hz <= CARRIER_HZ[1] and beats_do:
            return Beat(carrier_hz, from_hz, to_hz)
    raise UsageError(
        f"a binaural bed has a carrier of {CARRIER_HZ[0]:g} to {CARRIER_HZ[1]:g} Hz and a beat of"
        f" {BEAT_HZ[0]:g} to {BEAT_HZ[1]:g} Hz",
        where=f"bed '{part}'",
        remedy="As in binaural, binaural:180, binaural:180:5 or binaural:180:10-4.",
    )


def _unknown(part: str, known: Collection[str]) -> UsageError:
    every, near = nearest("", known), nearest(part, known)
    hint = "" if near == every else f"{near} "
    return UsageError(
        f"there is no bed '{part}'",
        remedy=f"{hint}{every} 'meditate beds' says what they are, and how to mix them.",
    )
