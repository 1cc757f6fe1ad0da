"""On which line of a TOML file each of its keys is written: the standard library does not say."""

from __future__ import annotations

import re
import tomllib

from generator.model import Keys

_DEPTH = 4
"""Keys further down have the place of what is around them: no course is as deep."""
_SPACE = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
"""What may stand between two keys or two items."""
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?""""{0,2}'
    r"|'''.*?''''{0,2}"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
"""Before three quotes that end a text may stand two more that are part of it."""
_BARE = re.compile(r"[^,\]}#\n]+")
"""A number, a date or a word; a date may have a blank in it."""
_PART = re.compile(rf"{_STRING.pattern}|[A-Za-z0-9_-]+", re.DOTALL)


def lines_of(text: str) -> dict[Keys, int]:
    """The line of each key, table and item, from 1, by the keys that lead there.

    ``text`` must be what ``tomllib`` reads without an error; for what is not, the lines are
    anything, or a ValueError is raised.
    """
    scan = _Scan(text)
    scan.whole()
    return scan.found


class _Scan:
    """A walk through a text that is known to be sound: it need only tell keys from values."""

    def __init__(self, text: str) -> None:
        self.found: dict[Keys, int] = {}
        self._text = text
        self._at = 0
        self._line, self._counted = 1, 0
        self._tables: dict[Keys, int] = {}
        """How often each table of a list of tables has begun so far."""

    def whole(self) -> None:
        table: Keys = ()
        while self._next(_BETWEEN):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _next(self, filling: re.Pattern[str]) -> str:
        """The first character after what fills the space before it; nothing at the end."""
        if found := filling.match(self._text, self._at):
            self._at = found.end()
        return self._text[self._at : self._at + 1]

    def _passed(self, sign: str) -> bool:
        """Whether the sign comes next; then it is passed."""
        here = self._next(_BETWEEN) == sign
        self._at += here
        return here

    def _note(self, keys: Keys) -> Keys:
        """Remember this line for the keys, and for those on the way to it that are new."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        keys = keys[:_DEPTH]
        for length in range(1, len(keys) + 1):
            self.found.setdefault(keys[:length], self._line)
        return keys

    def _header(self) -> Keys:
        many = self._text.startswith("[[", self._at)
        self._at += 1 + many
        *above, last = self._key()
        table: Keys = ()
        for key in above:
            table = self._counted_in((*table, key))
        table = (*table, last)
        if many:
            self._note(table)
            self._tables[table] = self._tables.get(table, 0) + 1
            table = self._counted_in(table)
        self._at += 1 + many
        return self._note(table)

    def _counted_in(self, table: Keys) -> Keys:
        number = self._tables.get(table)
        return table if number is None else (*table, str(number))

    def _key(self) -> Keys:
        """A key and those it is dotted to, no more of them than are told apart."""
        parts: list[str] = []
        while True:
            self._next(_SPACE)
            part = _PART.match(self._text, self._at)
            if part is None:
                raise ValueError("no key stands here")
            self._at = part.end()
            if len(parts) < _DEPTH:
                parts.append(_plain(part[0]))
            if self._next(_SPACE) != ".":
                return tuple(parts)
            self._at += 1

    def _pair(self, table: Keys) -> None:
        keys = self._note((*table, *self._key()))
        self._at += 1
        self._next(_SPACE)
        self._value(keys)

    def _value(self, keys: Keys) -> None:
        if self._passed("["):
            number = 0
            while not self._passed("]"):
                number += 1
                self._value(self._note((*keys, str(number))))
                self._passed(",")
        elif self._passed("{"):
            while not self._passed("}"):
                self._pair(keys)
                self._passed(",")
        elif found := _STRING.match(self._text, self._at) or _BARE.match(self._text, self._at):
            self._at = found.end()
        else:
            raise ValueError("no value stands here")


def _plain(part: str) -> str:
    """A part of a key without its quotes and escapes."""
    if part[0] not in "\"'":
        return part
    return str(tomllib.loads(f"key = {part}")["key"])
