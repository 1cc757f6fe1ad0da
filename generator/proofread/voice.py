"""What a voice, and whoever listens to it, can follow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.model import Subject
from generator.proofread.said import Fault, sentences

MOST_WORDS = 24
MOST_CHARACTERS = 300

_CAPITALS = re.compile(r"\b[^\W\d_]{2,}\b")
_SHORTENED = re.compile(r"(?<![\w.])(?!a\.m\.|p\.m\.)(?:[^\W\d_]{1,5}\.)+(?=\s+[^\W\d_A-ZÀ-Þ]|\w)")
_STRAY = re.compile(r"[^\w\s.,;:!?…'’‘\"“”«»¿¡()–—\-ªº·]|_")


def too_long(subject: Subject) -> Iterator[Fault]:
    """Sentences that nobody can hold in mind while they listen."""
    for each in sentences(subject):
        words, characters = len(each.text.split()), len(each.text)
        if words > MOST_WORDS:
            yield Fault(each.place, f"a sentence has {words} words, over {MOST_WORDS}")
        elif characters > MOST_CHARACTERS:
            yield Fault(
                each.place, f"a sentence has {characters} characters, over {MOST_CHARACTERS}"
            )


def unsayable(subject: Subject) -> Iterator[Fault]:
    """What no voice reads well, once all that can be put into words has been."""
    for each in sentences(subject):
        spelled = each.phrase.spelled
        if any(letter.isdigit() for letter in spelled):
            yield Fault(each.place, "a number stays in digits, which a voice may read anyhow")
        for word in filter(str.isupper, _CAPITALS.findall(spelled)):
            yield Fault(each.place, f"'{word}' is in capitals, which a voice may spell out")
        if short := _SHORTENED.search(spelled):
            yield Fault(each.place, f"'{short[0]}' is short for something")
        if each.text[:1].islower():
            yield Fault(
                each.place, "a sentence begins small: the one before ends in something short"
            )
        if stray := _STRAY.search(spelled):
            yield Fault(each.place, f"'{stray[0]}' is a sign that a voice may read out or skip")
