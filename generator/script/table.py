"""Front matter: a TOML table of a stranger, bounded as a whole and read key by key."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from generator.errors import ScriptError, nearest
from generator.model import Answer
from generator.sayable import MAX_CHARACTERS, tidied
from generator.script.bounds import MAX_FRONT_BYTES, has_unsayable
from generator.toml import read

MAX_ITEMS = 60
"""Of a list, and of the choices of a field."""
MAX_TEXT = 300
"""Characters of any text but the summary."""
MAX_SUMMARY = 1_000
MAX_WHOLE = 1_000_000
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

_MAX_DEPTH = 4
"""Choices stand four tables deep; nothing stands deeper."""


def toml(text: str, path: Path) -> Table:
    """The front matter as a table, none of it too long, too deep, or with characters of ill will.

    Raises ScriptError naming the line of the file.
    """
    if len(text.encode()) > MAX_FRONT_BYTES:
        what = f"the front matter is longer than {MAX_FRONT_BYTES // 1024} KiB"
        raise ScriptError(what, where=str(path))
    try:
        content = read(text)
    except ValueError as error:
        what, line = str(error), re.search(r" \(at line (\d+), column \d+\)", str(error))
        where = str(path)
        if line:
            what, where = what.replace(line[0], ""), f"{path}:{int(line[1]) + 1}"
        raise ScriptError(f"front matter: {what[:200]}", where=where) from error
    table = Table(content, Source(path, text))
    for keys, each in _texts(table):
        if has_unsayable(each) or len(each) > MAX_SUMMARY:
            raise table.wrong("a text is too long or has a control or private character", *keys)
    return table


def _texts(table: Table) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every key and every text, however deep, with the keys that lead to it.

    Raises ScriptError where it is too deep.
    """
    waiting: list[tuple[tuple[str, ...], object, int]] = [((), table.content, 0)]
    while waiting:
        keys, each, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise table.wrong("tables are nested too deeply", *keys)
        if isinstance(each, str):
            yield keys, each
        elif isinstance(each, list):
            waiting += [(keys, item, depth + 1) for item in each]
        elif isinstance(each, dict):
            for key, item in each.items():
                yield (*keys, key), key
                waiting.append(((*keys, key), item, depth + 1))


@dataclass(frozen=True)
class Source:
    """The front matter as its author wrote it, for the place of what is wrong in it."""

    path: Path
    text: str = dataclasses.field(repr=False)

    def where(self, keys: Sequence[str]) -> str:
        """The file, and the line nearest to a key: its own, or that of the table around it."""
        near, line = 0, 0
        for number, written in self._keys():
            pairs = zip(keys, written, strict=False)
            shared = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))
            if shared > near:
                near, line = shared, number
        return f"{self.path}:{line}" if line else str(self.path)

    def lines(self) -> dict[tuple[str, ...], int]:
        """The line of the file on which each key is written, by the keys that lead there."""
        return {tuple(keys): number for number, keys in self._keys()}

    def _keys(self) -> Iterator[tuple[int, list[str]]]:
        """The keys that are written on a line, with its number in the file."""
        table: list[str] = []
        for number, line in enumerate(self.text.split("\n"), 2):
            bare = line.partition("#")[0].strip()
            key, equals, _value = bare.partition("=")
            if bare.startswith("["):
                table = _dotted(bare.strip("[]"))
                yield number, table
            elif equals:
                yield number, table + _dotted(key)


def _dotted(key: str) -> list[str]:
    return [part.strip(" \t\"'") for part in key.split(".")]


@dataclass(frozen=True)
class Table:
    """A TOML table read key by key, each wrong type named where it stands."""

    content: Mapping[str, Any]
    source: Source
    above: tuple[str, ...] = ()
    """The keys that lead to this table."""

    def wrong(self, what: str, *keys: str, remedy: str = "") -> ScriptError:
        """The error that says so, and where the key of this table that these lead to stands."""
        where = self.source.where((*self.above, *keys))
        inside = f" [{'.'.join(self.above)}]" if self.above else ""
        return ScriptError(f"front matter: {what}", where=f"{where}{inside}", remedy=remedy)

    def only(self, keys: frozenset[str]) -> None:
        """Raise ScriptError at a key that is none of these."""
        for key in self.content:
            if key not in keys:
                what = f"unknown key '{key[:40]}'"
                raise self.wrong(what, key, remedy=nearest(key[:40], keys))

    def text(self, key: str, default: str | None = None, most: int = MAX_TEXT) -> str:
        """The text of a key on one line; without a default it must be there."""
        value = self.content.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(f"'{key}' must be text", key)
        if len(value) > most:
            raise self.wrong(f"'{key}' has more than {most} characters", key)
        return " ".join(value.split())

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """The text of a key, one of these; left out, the first of them."""
        value = self.text(key, choices[0])
        if value not in choices:
            raise self.wrong(f"'{key}' must be one of {', '.join(choices)}", key)
        return value

    def names(self, key: str, most: int = MAX_ITEMS) -> tuple[str, ...]:
        """The texts of a list."""
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(f"'{key}' must be a list of texts", key)
        self.bounded(value, key, most=most)
        return tuple(value)

    def whole(self, key: str, default: int = 0) -> int:
        """The whole number of a key."""
        value = self.content.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(f"'{key}' must be a whole number", key)
        self.bounded([value], key)
        return value

    def spoken(self, text: str, *keys: str, most: int = MAX_CHARACTERS) -> str:
        """A text as it will be spoken. Raises ScriptError when an answer could not be so."""
        try:
            return tidied(text, most)
        except ValueError as error:
            raise self.wrong(f"a text in '{'.'.join(keys)}' {error}", *keys) from None

    def bounded(self, items: Sequence[Answer], *keys: str, most: int = MAX_ITEMS) -> None:
        """Raise ScriptError when there are too many items, or one is too large."""
        named = ".".join(keys)
        if len(items) > most:
            raise self.wrong(f"'{named}' has more than {most} items", *keys)
        for each in items:
            if isinstance(each, int) and abs(each) > MAX_WHOLE:
                raise self.wrong(f"'{named}' goes beyond {MAX_WHOLE:,}", *keys)
            if isinstance(each, str) and (len(each) > MAX_TEXT or "\n" in each):
                what = f"'{named}' has a text over {MAX_TEXT} characters or one line"
                raise self.wrong(what, *keys)

    def table(self, key: str, most: int = MAX_ITEMS) -> dict[str, Any]:
        """The table of a key, each of its own keys a name."""
        value = self.content.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f"'{key}' must be a table", key)
        self.bounded(list(value), key, most=most)
        for name in value:
            if not NAME.fullmatch(name):
                what = f"'{key}.{name[:40]}' is not a name"
                raise self.wrong(what, key, name, remedy="Use a-z, 0-9 and _.")
        return value
