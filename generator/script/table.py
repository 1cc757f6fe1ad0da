"""Front matter: a TOML table of a stranger, bounded as a whole and read key by key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from generator.errors import ScriptError, nearest
from generator.model import Answer
from generator.script.bounds import MAX_FRONT_BYTES, has_unsayable

MAX_ITEMS = 60
"""Of a list, and of the choices of a field."""
MAX_TEXT = 300
"""Characters of any text but the summary."""
MAX_SUMMARY = 1_000
MAX_WHOLE = 1_000_000
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

_MAX_DEPTH = 4
"""Choices stand four tables deep; nothing stands deeper."""


def toml(text: str, path: Path) -> dict[str, Any]:
    """The front matter as tables, none of it too long, too deep, or with characters of ill will.

    Raises ScriptError naming the line of the file where TOML says one.
    """
    if len(text.encode()) > MAX_FRONT_BYTES:
        what = f"the front matter is longer than {MAX_FRONT_BYTES // 1024} KiB"
        raise ScriptError(what, where=str(path))
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        what, line = str(error), re.search(r" \(at line (\d+), column \d+\)", str(error))
        where = str(path)
        if line:
            what, where = what.replace(line[0], ""), f"{path}:{int(line[1]) + 1}"
        raise ScriptError(f"front matter: {what[:200]}", where=where) from error
    for each in _texts(content, str(path)):
        if has_unsayable(each) or len(each) > MAX_SUMMARY:
            raise ScriptError(
                "front matter: a text is too long or has a control or private character",
                where=str(path),
            )
    return content


def _texts(content: object, where: str) -> Iterator[str]:
    """Every key and every text, however deep. Raises ScriptError where it is too deep."""
    waiting: list[tuple[object, int]] = [(content, 0)]
    while waiting:
        each, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise ScriptError("front matter: tables are nested too deeply", where=where)
        if isinstance(each, str):
            yield each
        elif isinstance(each, list):
            waiting += [(item, depth + 1) for item in each]
        elif isinstance(each, dict):
            waiting += [(item, depth + 1) for pair in each.items() for item in pair]


class Table:
    """A TOML table read key by key, each wrong type named where it stands."""

    def __init__(self, content: Mapping[str, Any], where: str) -> None:
        self.content = content
        self.where = where

    def wrong(self, what: str, remedy: str = "") -> ScriptError:
        """The error that says so, and where."""
        return ScriptError(f"front matter: {what}", where=self.where, remedy=remedy)

    def only(self, keys: frozenset[str]) -> None:
        """Raise ScriptError at a key that is none of these."""
        for key in self.content:
            if key not in keys:
                raise self.wrong(f"unknown key '{key[:40]}'", nearest(key[:40], keys))

    def text(self, key: str, default: str | None = None, most: int = MAX_TEXT) -> str:
        """The text of a key on one line; without a default it must be there."""
        value = self.content.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(f"'{key}' must be text")
        if len(value) > most:
            raise self.wrong(f"'{key}' has more than {most} characters")
        return " ".join(value.split())

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """The text of a key, one of these; left out, the first of them."""
        value = self.text(key, choices[0])
        if value not in choices:
            raise self.wrong(f"'{key}' must be one of {', '.join(choices)}")
        return value

    def names(self, key: str, most: int = MAX_ITEMS) -> tuple[str, ...]:
        """The texts of a list."""
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(f"'{key}' must be a list of texts")
        self.bounded(key, value, most)
        return tuple(value)

    def whole(self, key: str, default: int = 0) -> int:
        """The whole number of a key."""
        value = self.content.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(f"'{key}' must be a whole number")
        self.bounded(key, [value])
        return value

    def bounded(self, key: str, items: Sequence[Answer], most: int = MAX_ITEMS) -> None:
        """Raise ScriptError when there are too many items, or one is too large."""
        if len(items) > most:
            raise self.wrong(f"'{key}' has more than {most} items")
        for each in items:
            if isinstance(each, int) and abs(each) > MAX_WHOLE:
                raise self.wrong(f"'{key}' goes beyond {MAX_WHOLE:,}")
            if isinstance(each, str) and (len(each) > MAX_TEXT or "\n" in each):
                raise self.wrong(f"'{key}' has a text over {MAX_TEXT} characters or one line")

    def table(self, key: str, most: int = MAX_ITEMS) -> dict[str, Any]:
        """The table of a key, each of its own keys a name."""
        value = self.content.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f"'{key}' must be a table")
        self.bounded(key, list(value), most)
        for name in value:
            if not NAME.fullmatch(name):
                raise self.wrong(f"'{key}.{name[:40]}' is not a name", "Use a-z, 0-9 and _.")
        return value
