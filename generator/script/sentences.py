"""Where one spoken phrase ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from generator.model import Phrase, Place, Pronunciation
from generator.sayable import has_words
from generator.shortened import goes_on

_SLOT = "\ue002"
"""Stands for a value while the author's words are split."""
_TOLD = "\ue003"
"""Stands before each word that is only said because of what a detail is."""
_PLACE = "\ue005"
"""Stands before words of which it is known where they are written."""
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]\ue003\ue005]*+(?=\s|$)")
"""Possessive, and only from where a run begins: a long row of dots must not take minutes."""
_STOPS = ".!?…"
_OPENING = "¿¡"
"""Stands before the first word of a Spanish question or exclamation."""
_NEAR = 80
"""Characters around a full stop that can tell whether a sentence ends with it."""


@dataclass(frozen=True)
class Value:
    """What one ``{{ … }}`` speaks: opaque, never split, never parsed."""

    text: str = field(repr=False)
    personal: bool
    said: tuple[str | Pronunciation, ...] = field(default=(), repr=False)
    """How it is to be said, where that is not how it is written."""


@dataclass
class Sentences:
    """Collects an author's words and the values among them; gives whole sentences."""

    language: str
    _text: str = ""
    _values: list[Value] = field(default_factory=list, repr=False)
    _places: list[Place] = field(default_factory=list)
    _here: Place = field(default_factory=Place)
    """Where the last words were written."""
    _at_start: bool = True
    """Whether the next word begins a sentence, and so a capital letter."""

    def add(self, token: str | Value, *, telling: bool = False) -> None:
        """More words, or a value; ``telling`` where it depends on a detail whether they are said.

        A phrase with a telling word in it is as personal as one that speaks the detail.
        """
        written = token if isinstance(token, str) else _SLOT
        if isinstance(token, Value):
            self._values.append(token)
        self._text += re.sub(r"(?<!\S)(?=\S)", _TOLD, written) if telling else written

    def at(self, place: Place) -> None:
        """What is added next is written there."""
        self._places.append(place)
        self._text += _PLACE

    def begin(self) -> None:
        """Whatever comes next begins a sentence."""
        self._at_start = True

    def take(self) -> Iterator[tuple[Phrase, Place, bool]]:
        """All phrases so far, each with its place and whether a paragraph ends with it."""
        values, places = iter(self._values), iter(self._places)
        paragraphs = re.split(r"\n[ \t]*\n", self._text)
        for number, paragraph in enumerate(paragraphs):
            last_paragraph = number == len(paragraphs) - 1
            phrases = [
                self._placed(each, values, places) for each in _split(paragraph, self.language)
            ]
            heard = [each for each in phrases if each.says_something]
            for index, phrase in enumerate(heard):
                ends = index == len(heard) - 1 and not last_paragraph
                yield self._spoken(phrase), phrase.place, ends
        self._text = ""
        self._values, self._places = [], []

    def _placed(self, written: str, values: Iterator[Value], places: Iterator[Place]) -> _Phrase:
        """The phrase, with the place of its first word and all the fields that it speaks."""
        near = list(islice(places, written.count(_PLACE)))
        first = near[0] if written.lstrip(_TOLD).startswith(_PLACE) else self._here
        self._here = near[-1] if near else self._here
        speaks = frozenset().union(*(each.speaks for each in near))
        return _phrase(written.replace(_PLACE, ""), values, replace(first, speaks=speaks))

    def _spoken(self, phrase: _Phrase) -> Phrase:
        starts = self._at_start
        self._at_start = bool(_END.search(phrase.words[-4:]))
        pieces = phrase.words.split(_SLOT)
        text = pieces[0]
        said: list[str | Pronunciation] = [text]
        for value, after in zip(phrase.values, pieces[1:], strict=True):
            words = value.text
            if words[-1:] in _STOPS and after[:1] and after[0] in ".,;:!?…":
                words = words.rstrip(_STOPS) or words  # one stop is enough, and it is the author's
            if starts and not text.strip(_OPENING):
                words = words[:1].upper() + words[1:]
            text += words + after
            said += [*(value.said or (words,)), after]
        voiced = any(value.said for value in phrase.values)
        return Phrase(text, phrase.personal, said=tuple(filter(None, said)) if voiced else ())


@dataclass(frozen=True)
class _Phrase:
    """One sentence before its values are put in."""

    words: str
    values: tuple[Value, ...]
    personal: bool
    place: Place

    @property
    def says_something(self) -> bool:
        """Whether a voice would have anything to say; an answer always gives it that."""
        return has_words(self.words) or any(v.personal or has_words(v.text) for v in self.values)


def _phrase(written: str, values: Iterator[Value], place: Place) -> _Phrase:
    used = tuple(islice(values, written.count(_SLOT)))
    personal = _TOLD in written or any(each.personal for each in used)
    return _Phrase(written.replace(_TOLD, ""), used, personal, place)


def _split(paragraph: str, language: str) -> Iterator[str]:
    words = re.sub(r"\s+", " ", paragraph).strip()
    position = 0
    for match in _END.finditer(words):
        before = words[max(position, match.end() - _NEAR) : match.end()]
        after = words[match.end() : match.end() + _NEAR]
        if goes_on(_seen(before), _seen(after), language):
            continue
        yield words[position : match.end()].strip()
        position = match.end()
    yield words[position:].strip()


def _seen(words: str) -> str:
    """The words with a name for every value."""
    return words.replace(_TOLD, "").replace(_PLACE, "").replace(_SLOT, "Sam")
