"""Filling a script: from the template to the cues of one track.

Cues and values leave private marks in the filled text, named with a nonce of this one render. The
marks are found first and only the author's own words between them are split into sentences, so no
value can become a cue, end a sentence or begin one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.errors import ScriptError, UsageError, nearest
from generator.model import Answer, Beat, Chapter, Cue, Pause, Phrase, Script
from generator.script.cues import CUES, Breathing, Pace, Part, Written
from generator.script.sentences import Sentences, Value
from generator.wording import wording

Filter = Callable[..., str]

SENTENCE_GAP = Pause(1.1, 1.1, 1.1, "sentence")
PARAGRAPH_GAP = Pause(2.2, 2.2, 2.2, "paragraph")

MAX_CUES = 5_000
MAX_CHARACTERS = 200_000

_OPEN, _CLOSE = "\ue000", "\ue001"
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def fill(
    script: Script,
    answers: Mapping[str, Answer],
    switches: Mapping[str, bool],
    length_minutes: float,
    filters: Mapping[str, Filter],
) -> tuple[Cue, ...]:
    """The cues of one track, in order.

    ``answers`` are the listener's; a field without one is ``None`` in the script, or its default.
    A phrase is personal when it speaks an answer. Raises ScriptError naming file and line.
    """
    filling = _Filling(script, filters)
    names: dict[str, Any] = {each.name: each.default for each in script.fields}
    names |= {name: _detail(answer) for name, answer in answers.items() if name in names}
    names |= {name: switches.get(name, False) for name in script.switches}
    names["length_minutes"] = round(length_minutes, 2)
    text = filling.body(names)
    if len(text) > MAX_CHARACTERS:
        raise ScriptError(f"fills to more than {MAX_CHARACTERS} characters", where=str(script.path))
    cues = tuple(_sequence(filling.tokens(text), script.language))
    if len(cues) > MAX_CUES:
        raise ScriptError(f"has more than {MAX_CUES} cues", where=str(script.path))
    if not any(isinstance(cue, Phrase) for cue in cues):
        raise ScriptError("says nothing", where=str(script.path))
    return cues


class _Detail(str):
    """A text that came from the listener, or was made of one."""

    __slots__ = ()


class _DetailNumber(int):
    """A number that came from the listener: compares as one, and is known for one when spoken."""


def _detail(answer: Answer) -> Answer:
    return _DetailNumber(answer) if isinstance(answer, int) else _Detail(answer)


class _Mark(str):
    """A private mark; the only kind of text that may enter the filled body as it is."""

    __slots__ = ()


@dataclass
class _Filling:
    """One filling of one script: its nonce, and what its marks stand for."""

    script: Script
    filters: Mapping[str, Filter]
    nonce: str = field(default_factory=lambda: secrets.token_hex(6))
    meanings: list[Written | Value] = field(default_factory=list)

    def body(self, names: Mapping[str, Any]) -> str:
        """The filled body, marks in place."""
        return self._filled(
            self.script.body, str(self.script.path), self.script.body_line, names, parts=True
        )

    def tokens(self, text: str) -> Iterator[Written | Value | str]:
        """The author's words, values and cues, in order."""
        pattern = re.compile(f"{_OPEN}{self.nonce}:(\\d+){_CLOSE}")
        position = 0
        for match in pattern.finditer(text):
            if match.start() > position:
                yield text[position : match.start()]
            yield self.meanings[int(match[1])]
            position = match.end()
        if position < len(text):
            yield text[position:]

    def _filled(
        self, source: str, where: str, first_line: int, names: Mapping[str, Any], *, parts: bool
    ) -> str:
        from jinja2 import StrictUndefined, Template
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        from generator.script import allowed

        if private := _PRIVATE.search(source):
            line = first_line + source.count("\n", 0, private.start())
            raise ScriptError("has a private-use character", where=f"{where}:{line}")
        cues = CUES if parts else {name: cue for name, cue in CUES.items() if name != "part"}
        tree = allowed.parse(
            source,
            where=where,
            first_line=first_line,
            cues=cues,
            filters=self.filters,
            names=names,
            lists=self.script.lists,
        )
        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, finalize=self._value, autoescape=False, optimized=False
        )
        environment.filters = {name: _tracked(each) for name, each in self.filters.items()}
        known: dict[str, Any] = {name: self._cue(each, names) for name, each in cues.items()}
        template = Template.from_code(environment, environment.compile(tree), known)
        try:
            return template.render({**self.script.lists, **names})
        except UsageError:
            raise
        except Exception as error:  # noqa: BLE001  a filter's complaint must not show a value
            raise ScriptError(
                f"cannot be filled ({type(error).__name__})",
                where=where,
                remedy="A field that may be empty belongs inside {% if field %}.",
            ) from None

    def _cue(self, cue: Callable[..., list[Written]], names: Mapping[str, Any]) -> Any:
        def leave_mark(*args: Any, **named: Any) -> _Mark:
            written = cue(*args, **named)
            return _Mark("".join(self._resolved(each, names) for each in written))

        return leave_mark

    def _resolved(self, written: Written, names: Mapping[str, Any]) -> str:
        if not isinstance(written, Part):
            return self._mark(written)
        parts = self.script.parts
        if written.slug not in parts:
            raise ScriptError(
                f"there is no part '{written.slug}'",
                where=str(self.script.path),
                remedy=nearest(written.slug, parts),
            )
        shared = {"length_minutes": names["length_minutes"]}
        where = f"parts/{written.slug}.j2"
        return "\n\n" + self._filled(parts[written.slug], where, 1, shared, parts=False) + "\n\n"

    def _value(self, value: Any) -> str:
        """What an output becomes: a mark stays, everything else is one opaque token."""
        if isinstance(value, _Mark):
            return value
        if value is None or isinstance(value, bool):
            raise ValueError("nothing to say")
        personal = isinstance(value, _Detail | _DetailNumber)
        return self._mark(Value(str(value), personal))

    def _mark(self, meaning: Written | Value) -> str:
        self.meanings.append(meaning)
        return f"{_OPEN}{self.nonce}:{len(self.meanings) - 1}{_CLOSE}"


def _tracked(plain: Filter) -> Callable[..., str]:
    """The filter, whose result is the listener's when what it was given was."""

    def tracked(value: Any, *args: Any) -> str:
        if value is None:
            raise ValueError("nothing to say")
        result = plain(value, *args)
        return _Detail(result) if isinstance(value, _Detail | _DetailNumber) else result

    return tracked


def _sequence(tokens: Iterator[Written | Value | str], language: str) -> Iterator[Cue]:
    """Phrases with the gaps the house puts after them, and the cues between, in order."""
    pace = 1.0
    sentences = Sentences()
    for token in tokens:
        if isinstance(token, str | Value):
            sentences.add(token)
            continue
        yield from _phrases(sentences, pace)
        if isinstance(token, Pace):
            pace = token.factor
        elif isinstance(token, Breathing):
            yield from _breathing(token, language, pace)
        elif isinstance(token, Phrase):
            yield Phrase(token.text, token.personal, pace)
        else:
            if isinstance(token, Chapter):
                sentences.begin()
            yield token  # type: ignore[misc]  # a Part never leaves a mark of its own
    yield from _phrases(sentences, pace)


def _phrases(sentences: Sentences, pace: float) -> Iterator[Cue]:
    for text, personal, ends_paragraph in sentences.take():
        yield Phrase(text, personal, pace)
        yield PARAGRAPH_GAP if ends_paragraph else SENTENCE_GAP


def _breathing(breathing: Breathing, language: str, pace: float) -> Iterator[Cue]:
    say = wording(language)
    phases = (
        (say.breathe_in, breathing.in_s),
        (say.hold, breathing.hold_s),
        (say.breathe_out, breathing.out_s),
        (say.hold, breathing.hold_out_s),
    )
    for _round in range(breathing.times):
        for words, span_s in phases:
            if span_s:
                yield Beat(Phrase(words, pace=pace), span_s)
