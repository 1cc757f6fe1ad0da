"""Where one spoken phrase ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SLOT = "\ue002"
"""Stands for a value while the author's words are split."""
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s|$)")
"""Possessive, and only from where a run begins: a long row of dots must not take minutes."""
_STOPS = ".!?…"
_SAYABLE = re.compile(rf"\w|{_SLOT}")


@dataclass(frozen=True)
class Value:
    """What one ``{{ … }}`` speaks: opaque, never split, never parsed."""

    text: str = field(repr=False)
    personal: bool


@dataclass
class Sentences:
    """Collects an author's words and the values among them; gives whole sentences."""

    _text: str = ""
    _values: list[Value] = field(default_factory=list, repr=False)
    _at_start: bool = True
    """Whether the next word begins a sentence, and so a capital letter."""

    def add(self, token: str | Value) -> None:
        """More words, or a value."""
        if isinstance(token, Value):
            self._values.append(token)
            self._text += _SLOT
        else:
            self._text += token

    def begin(self) -> None:
        """Whatever comes next begins a sentence."""
        self._at_start = True

    def take(self) -> Iterator[tuple[str, bool, bool]]:
        """All phrases so far: text, whether personal, whether a paragraph ends with it."""
        values = iter(self._values)
        paragraphs = re.split(r"\n[ \t]*\n", self._text)
        for number, paragraph in enumerate(paragraphs):
            last_paragraph = number == len(paragraphs) - 1
            phrases = [(each, self._used(each, values)) for each in _split(paragraph)]
            heard = [(phrase, used) for phrase, used in phrases if _says(phrase, used)]
            for index, (phrase, used) in enumerate(heard):
                ends = index == len(heard) - 1 and not last_paragraph
                yield self._spoken(phrase, used), any(v.personal for v in used), ends
        self._text = ""
        self._values = []

    def _spoken(self, phrase: str, values: list[Value]) -> str:
        starts = self._at_start
        self._at_start = bool(_END.search(phrase[-4:]))
        pieces = phrase.split(_SLOT)
        text = pieces[0]
        for value, after in zip(values, pieces[1:], strict=True):
            said = value.text
            if said[-1:] in _STOPS and after[:1] and after[0] in ".,;:!?…":
                said = said.rstrip(_STOPS) or said  # one stop is enough, and it is the author's
            text += said + after
        return text[:1].upper() + text[1:] if starts and phrase.startswith(_SLOT) else text


def _split(paragraph: str) -> Iterator[str]:
    words = re.sub(r"\s+", " ", paragraph).strip()
    position = 0
    for match in _END.finditer(words):
        yield words[position : match.end()].strip()
        position = match.end()
    yield words[position:].strip()
