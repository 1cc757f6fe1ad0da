"""What an edition says, sentence by sentence, each with the silence it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from generator.model import Beat, Chapter, Echo, Edition, Insert, Pause, Phrase, Place, Subject

_GAPS = ("sentence", "paragraph")
"""Silence that no author wrote."""


class Fault(NamedTuple):
    """Where something is wrong, and what."""

    place: Place
    what: str


@dataclass(frozen=True)
class Said:
    """One sentence of an edition."""

    phrase: Phrase
    place: Place
    chapter: str
    written_s: float = 0.0
    """The silence its author left after it, as it is written."""
    most_s: float = 0.0
    """And at its longest."""

    @property
    def text(self) -> str:
        """The sentence as it is written."""
        return self.phrase.text


def said_in(edition: Edition) -> tuple[Said, ...]:
    """Every sentence of an edition, in order. What a listener does by themselves is time too."""
    found: list[Said] = []
    chapter = ""
    for each in edition.cues:
        cue = each.cue
        if isinstance(cue, Chapter):
            chapter = cue.title
        elif isinstance(cue, Phrase):
            found.append(Said(cue, each.place, chapter))
        elif isinstance(cue, Echo):
            found.append(Said(cue.phrase, each.place, chapter, written_s=_echo_s(cue)))
        elif isinstance(cue, Beat) and cue.phrase:
            found.append(Said(cue.phrase, each.place, chapter, written_s=cue.span_s))
        elif found and isinstance(cue, Pause) and cue.origin not in _GAPS:
            found[-1] = replace(
                found[-1],
                written_s=found[-1].written_s + cue.natural_s,
                most_s=found[-1].most_s + cue.most_s,
            )
        elif found and isinstance(cue, Beat | Insert):
            found[-1] = replace(found[-1], written_s=found[-1].written_s + 1.0)
    return tuple(found)


def _echo_s(echo: Echo) -> float:
    """About how long a listener has to repeat a phrase."""
    return len(echo.phrase.text) / 10.0


def sentences(subject: Subject) -> Iterator[Said]:
    """Every sentence of a script once, whichever edition says it."""
    seen: dict[tuple[str, Place, float], Said] = {}
    for edition in subject.editions:
        for each in said_in(edition):
            seen.setdefault((each.text, each.place, each.most_s), each)
    yield from seen.values()


def place_of(subject: Subject, *keys: str) -> Place:
    """Where a key of the front matter stands, or else where that begins."""
    return Place(str(subject.script.path), subject.usage.lines.get(keys, 1))
