"""Filling a script: from the template to the cues of one track.

Cues and values leave private marks in the filled text, named with a nonce of this one render. The
marks are found first and only the author's own words between them are split into sentences, so no
value can become a cue, end a sentence or begin one.
"""

from __future__ import annotations

import re
import secrets
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.errors import ScriptError, UsageError, nearest
from generator.model import Answer, Cue, Field, Place, Placed, Script
from generator.script.bounds import (
    MAX_CHARACTERS,
    MAX_CUES,
    Budget,
    in_time,
    refuse_excess,
    refuse_unsayable,
)
from generator.script.cues import CUES, Part, Written, insert, part
from generator.script.details import Filter, default, detail, is_detail, tracked
from generator.script.sentences import Value
from generator.script.sequence import GAPS, Telling, Token, sequence
from generator.script.sounds import named
from generator.script.vocabulary import Vocabulary

if TYPE_CHECKING:
    from jinja2 import Template

_OPEN, _CLOSE = "\ue000", "\ue001"


def fill(
    script: Script,
    answers: Mapping[str, Answer],
    switches: Mapping[str, bool],
    length_minutes: float,
    filters: Mapping[str, Filter],
    said: Mapping[str, str] | None = None,
) -> tuple[Cue, ...]:
    """The cues of one track, in order.

    ``answers`` are the listener's; a field without one is ``None`` in the script, or its default.
    ``said`` is how an answer sounds, where it is not read as it is written.
    A phrase is personal when it speaks an answer. Raises ScriptError naming file and line.
    """
    filling = _Filling(script, filters, round(length_minutes, 2))
    return tuple(each.cue for each in _placed(filling, answers, switches, said or {}))


def placed(
    script: Script,
    answers: Mapping[str, Answer],
    switches: Mapping[str, bool],
    length_minutes: float,
    filters: Mapping[str, Filter],
) -> tuple[Placed, ...]:
    """The same cues, each with the line it is written on and the fields it speaks.

    A value that a loop or a default gives counts as the field that it is written as.
    """
    filling = _Filling(script, filters, round(length_minutes, 2), placing=True)
    return _placed(filling, answers, switches, {})


def _placed(
    filling: _Filling,
    answers: Mapping[str, Answer],
    switches: Mapping[str, bool],
    sounds: Mapping[str, str],
) -> tuple[Placed, ...]:
    script = filling.script
    names: dict[str, Any] = {
        each.name: default(each.default, sounds.get(each.name)) for each in script.fields
    }
    names |= {
        name: detail(answer, sounds.get(name)) for name, answer in answers.items() if name in names
    }
    names |= {name: switches.get(name, False) for name in script.switches}
    with in_time(script.path):
        tokens = filling.tokens(filling.body(names, answers))
        holds = not switches.get("gentle", False)
        ordered = sequence(tokens, script.language, holds=holds, gaps=GAPS[script.kind])
        cues = tuple(islice(ordered, MAX_CUES + 1))
        refuse_excess([each.cue for each in cues], str(script.path))
    return cues


class _Mark(str):
    """A private mark; the only kind of text that may enter the filled body as it is."""

    __slots__ = ()


class _Source(NamedTuple):
    """A template, and where its first line stands."""

    text: str
    where: str
    first_line: int


@dataclass
class _Filling:
    """One filling of one script: its nonce, and what its marks stand for."""

    script: Script
    filters: Mapping[str, Filter]
    length_minutes: float
    nonce: str = field(default_factory=lambda: secrets.token_hex(6))
    meanings: list[Token] = field(default_factory=list)
    passages: dict[str, str] = field(default_factory=dict)
    """Parts already filled: nothing in them depends on where they stand."""
    budget: Budget = field(default_factory=Budget)
    placing: bool = False
    """Whether it is marked where everything is written."""

    @cached_property
    def recordings(self) -> frozenset[str]:
        """Those that were looked for before anything is filled."""
        return frozenset(name for name, _where in named(self.script))

    def body(self, names: Mapping[str, Any], told: Collection[str]) -> str:
        """The filled body, marks in place; ``told`` are the fields a listener answered."""
        fields = {each.name: each for each in self.script.fields}
        source = _Source(self.script.body, str(self.script.path), self.script.body_line)
        return self._filled(source, names, {**self._cues(), "part": self._part}, fields, told)

    def tokens(self, text: str) -> Iterator[Token]:
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
        self,
        source: _Source,
        names: Mapping[str, Any],
        cues: Mapping[str, Callable[..., list[Written]]],
        fields: Mapping[str, Field],
        told: Collection[str],
    ) -> str:
        names = {**names, "length_minutes": self.length_minutes}
        known = Vocabulary(cues, self.filters, fields, names.keys(), self.script.lists)
        template = self._template(source, known, told, {k: self._cue(c) for k, c in cues.items()})
        try:
            return _joined(template.generate({**self.script.lists, **names}), source.where)
        except UsageError:
            raise
        except Exception as error:  # noqa: BLE001  a filter's complaint must not show a value
            raise ScriptError(
                f"cannot be filled ({type(error).__name__})",
                where=f"{source.where}:{source.first_line + _line(error) - 1}",
                remedy="A field that may be empty belongs inside {% if field %}.",
            ) from None

    def _template(
        self,
        source: _Source,
        known: Vocabulary,
        told: Collection[str],
        functions: Mapping[str, Callable[..., _Mark]],
    ) -> Template:
        from jinja2 import StrictUndefined, Template, TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        from generator.script import allowed, places, telling

        where, first_line = source.where, source.first_line
        refuse_unsayable(source.text, where, first_line)
        tree = allowed.parse(source.text, known, self.budget, where=where, first_line=first_line)
        if self.placing:
            places.locate(
                tree, lambda line, read: self._mark(Place(where, first_line + line - 1, read))
            )
        details = known.details.intersection(told)
        telling.enclose(tree, details, self._mark(Telling(1)), self._mark(Telling(-1)))
        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, finalize=self._value, autoescape=False, optimized=False
        )
        environment.filters = {name: tracked(each) for name, each in self.filters.items()}
        try:
            code = environment.compile(tree)
        except (RecursionError, MemoryError, SyntaxError, TemplateError) as error:
            what = f"is more than can be filled ({type(error).__name__})"
            raise ScriptError(what, where=where, remedy="Make it simpler.") from None
        return Template.from_code(environment, code, {**functions})

    def _cue(self, cue: Callable[..., list[Written]]) -> Callable[..., _Mark]:
        def leave_mark(*args: Any, **named: Any) -> _Mark:
            return _Mark("".join(map(self._resolved, cue(*args, **named))))

        return leave_mark

    def _resolved(self, written: Written) -> str:
        return self._passage(written.slug) if isinstance(written, Part) else self._mark(written)

    def _cues(self) -> dict[str, Callable[..., list[Written]]]:
        return {**CUES, "insert": self._insert}

    def _insert(self, name: str, text: str | None = None) -> list[Written]:
        """The cue ``insert``; tried before anything is filled, it takes what was looked for."""
        written = insert(name, text)
        if name not in self.recordings:
            raise ValueError('insert is written as in {{ insert("welcome.wav") }}')
        return written

    def _part(self, slug: str) -> list[Written]:
        """The cue ``part``; tried before anything is filled, it finds what is wrong in the part."""
        written = part(slug)
        if slug not in self.script.parts:
            raise ValueError(f"there is no part '{slug}'. {nearest(slug, self.script.parts)}")
        self._passage(slug)
        return written

    def _passage(self, slug: str) -> str:
        if slug not in self.passages:
            cues = {**self._cues(), "part": _no_part}
            source = _Source(self.script.parts[slug], f"parts/{slug}.j2", 1)
            text = self._filled(source, {}, cues, {}, ())
            self.passages[slug] = f"\n\n{text}\n\n"
        return self.passages[slug]

    def _value(self, value: Any) -> str:
        """What an output becomes: a mark stays, everything else is one opaque token."""
        if isinstance(value, _Mark):
            return value
        if value is None or isinstance(value, bool):
            raise ValueError("nothing to say")
        personal = is_detail(value)
        return self._mark(Value(str(value), personal, getattr(value, "said", ())))

    def _mark(self, meaning: Token) -> str:
        self.meanings.append(meaning)
        return f"{_OPEN}{self.nonce}:{len(self.meanings) - 1}{_CLOSE}"


def _joined(pieces: Iterable[str], where: str) -> str:
    """The pieces as one text, refused before it grows too long."""
    text: list[str] = []
    characters = 0
    for piece in pieces:
        text.append(piece)
        characters += len(piece)
        if characters > MAX_CHARACTERS:
            raise ScriptError(f"fills to more than {MAX_CHARACTERS} characters", where=where)
    return "".join(text)


def _no_part(_slug: str) -> list[Written]:
    raise ValueError("a part cannot bring in another part")


def _line(error: Exception) -> int:
    """The line of the template an error arose on, from 1."""
    places = traceback.walk_tb(error.__traceback__)
    lines = [line for frame, line in places if frame.f_code.co_filename == "<template>"]
    return lines[-1] if lines else 1
