"""From words, values and cues as they were written to the cues of a track, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from generator.model import (
    Beat,
    BreathKind,
    Chapter,
    Cue,
    Echo,
    Insert,
    Pause,
    Phrase,
    Place,
    Placed,
)
from generator.script.cues import Breathing, Pace, Part, Written
from generator.script.sentences import Sentences, Value
from generator.wording import wording

SENTENCE_GAP = Pause(1.1, 1.1, 1.1, "sentence")
PARAGRAPH_GAP = Pause(2.2, 2.2, 2.2, "paragraph")


class Gaps(NamedTuple):
    """The silences the house puts after a sentence, and after a paragraph."""

    sentence: Pause
    paragraph: Pause


GAPS: Mapping[str, Gaps] = {
    "practice": Gaps(SENTENCE_GAP, PARAGRAPH_GAP),
    "talk": Gaps(Pause(0.6, 0.6, 0.6, "sentence"), Pause(1.2, 1.2, 1.2, "paragraph")),
}
"""By the kind of a script: whoever explains something waits less than whoever guides."""
SPOKEN_ROUNDS = 3
"""Of counted breathing: whoever hears a fourth knows it by then, and the swell carries it on."""


class Telling(NamedTuple):
    """From here on a detail decides what is said (1), or no longer (-1); they may be nested."""

    step: int


Token = Written | Value | Telling | Place | str
"""A string is the author's own words."""


def sequence(
    tokens: Iterator[Token], language: str, *, holds: bool, gaps: Gaps
) -> Iterator[Placed]:
    """Phrases with the gaps the house puts after them, and the cues between, in order.

    Each has its place where that is among the tokens. Without ``holds``, no breath is held.
    """
    pace, depth, place = 1.0, 0, Place()
    sentences = Sentences(language)
    for token in tokens:
        if isinstance(token, Telling):
            depth += token.step
        elif isinstance(token, Place):
            place = token
        elif isinstance(token, str | Value):
            if place.line and (isinstance(token, Value) or token.strip()):
                sentences.at(place)
            sentences.add(token, telling=depth > 0)
        else:
            yield from _phrases(sentences, pace, gaps)
            if isinstance(token, Pace):
                pace = token.factor
            elif isinstance(token, Chapter | Insert):
                sentences.begin()
            if isinstance(token, Breathing) and not holds:
                token = token.without_holds()  # noqa: PLW2901  the same breath, eased
            for cue in _cues(token, language, pace, gaps, telling=depth > 0):
                yield Placed(cue, place)
    yield from _phrases(sentences, pace, gaps)


def _phrases(sentences: Sentences, pace: float, gaps: Gaps) -> Iterator[Placed]:
    for phrase, place, ends_paragraph in sentences.take():
        yield Placed(replace(phrase, pace=pace), place)
        yield Placed(gaps.paragraph if ends_paragraph else gaps.sentence, place)


def _cues(
    token: Written, language: str, pace: float, gaps: Gaps, *, telling: bool
) -> Iterator[Cue]:
    """What a cue stands for where it is written."""
    if isinstance(token, Breathing):
        yield from _breathing(token, language, pace, telling=telling)
    elif isinstance(token, Phrase):
        yield Phrase(token.text, telling, pace)
    elif isinstance(token, Echo):
        yield Echo(Phrase(token.phrase.text, telling, pace))
    elif isinstance(token, Insert):
        yield Insert(token.name, token.text or wording(language).recording)
        yield gaps.paragraph
    elif not isinstance(token, Pace | Part):  # a Part never leaves a mark of its own
        yield token


def _breathing(breathing: Breathing, language: str, pace: float, *, telling: bool) -> Iterator[Cue]:
    say = wording(language)
    phases: tuple[tuple[BreathKind, str, float], ...] = (
        ("in", say.breathe_in, breathing.in_s),
        ("hold", say.hold, breathing.hold_s),
        ("out", say.breathe_out, breathing.out_s),
        ("rest", say.hold, breathing.hold_out_s),
    )
    for number in range(breathing.times):
        for breath, words, span_s in phases:
            phrase = Phrase(words, telling, pace) if number < SPOKEN_ROUNDS else None
            if span_s:
                yield Beat(phrase, span_s, breath)
