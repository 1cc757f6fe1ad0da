"""A TOML table of somebody's, read key by key; every mistake is noted with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.errors import MeditationError, MistakesError, ScriptError, nearest, shown
from generator.model import Keys, Lines

MAX_TEXT = 300
"""Characters of any text but a description."""


@dataclass
class Page:
    """The file, and what was found to be wrong in it so far."""

    lines: Lines
    _found: list[MeditationError] = field(default_factory=list)

    def wrong(self, what: str, keys: Keys, remedy: str = "") -> None:
        """Note a mistake. Raises MistakesError when there are as many as are told at once."""
        self._found.append(ScriptError(what, where=self.lines.at(keys), remedy=remedy))
        if len(self._found) >= MistakesError.most_told:
            self.refuse()

    def refuse(self) -> None:
        """Raise MistakesError, in the order of the lines, if anything is wrong."""
        if self._found:
            raise MistakesError(sorted(self._found, key=_line))


def _line(error: MeditationError) -> int:
    number = error.where.rpartition(":")[2]
    return int(number) if number.isdecimal() else 0


@dataclass(frozen=True)
class Form:
    """What a text must look like."""

    pattern: re.Pattern[str]
    called: str
    as_in: str = ""


@dataclass(frozen=True)
class Table:
    """One table. What is wrong is noted on the page, and read as if it were left out."""

    content: Mapping[str, Any]
    page: Page
    above: Keys = ()

    def wrong(self, what: str, *keys: str, remedy: str = "") -> None:
        """Note a mistake at a key of this table, or at the table itself."""
        self.page.wrong(what, (*self.above, *keys), remedy)

    def only(self, known: Collection[str]) -> None:
        """Note every key that is none of these."""
        for key in self.content:
            if key not in known:
                name = shown(key[:40])
                self.wrong(f"unknown key '{name}'", key, remedy=nearest(name, known))

    def need(self, *keys: str) -> None:
        """Note each of these that is left out."""
        for key in keys:
            if key not in self.content:
                self.wrong(f"'{key}' is missing", key)

    def text(self, key: str, *, most: int = MAX_TEXT) -> str:
        """The text of a key on one line; empty where it is left out."""
        value = self.content.get(key, "")
        if key in self.content and not is_line(value, most):
            self.wrong(f"'{key}' is a text of up to {most} characters that can be seen", key)
            return ""
        return str(value).strip()

    def formed(self, key: str, form: Form) -> str:
        """The text of a key that must have a form; empty where it is left out."""
        value = self.content.get(key, "")
        if key in self.content and not (isinstance(value, str) and form.pattern.fullmatch(value)):
            remedy = f"As in: {form.as_in}" if form.as_in else ""
            self.wrong(f"'{key}' must be {form.called}", key, remedy=remedy)
            return ""
        return str(value)

    def one_of(self, key: str, known: Collection[str], default: str = "") -> str:
        """The text of a key, one of these."""
        value = self.content.get(key, default)
        if key in self.content and (not isinstance(value, str) or value not in known):
            near = shown(value[:40]) if isinstance(value, str) else ""
            self.wrong(f"'{key}' is none of what it can be", key, remedy=nearest(near, known))
            return default
        return str(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Whether something is so."""
        value = self.content.get(key, default)
        if not isinstance(value, bool):
            self.wrong(f"'{key}' must be true or false", key)
            return default
        return value

    def table(self, key: str) -> Table | None:
        """The table of a key, if there is one."""
        value = self.content.get(key)
        if key in self.content and not isinstance(value, dict):
            self.wrong(f"'{key}' is a table", key, remedy=f"Begin it with [{key}].")
        return Table(value, self.page, (*self.above, key)) if isinstance(value, dict) else None

    def tables(self, key: str, most: int) -> Iterator[Table]:
        """The tables of a list of them, from 1 to so many."""
        value = self.content.get(key, [])
        remedy = f"Begin each with [[{key}]]."
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            self.wrong(f"a course has 1 to {most} {key}", key, remedy=remedy)
            return
        for number, each in enumerate(value, 1):
            if isinstance(each, dict):
                yield Table(each, self.page, (*self.above, key, str(number)))
            else:
                self.wrong("a session is a table", key, str(number), remedy=remedy)


def is_line(value: object, most: int) -> bool:
    """Whether it is a text on one line, with something in it to be seen, and not too long."""
    return (
        isinstance(value, str)
        and len(value) <= most
        and value.isprintable()
        and not value.isspace()
        and value != ""
    )
