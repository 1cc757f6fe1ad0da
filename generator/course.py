"""Courses: TOML files that put scripts into sessions, in the folder ``courses`` beside them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generator.errors import ScriptError, UsageError, nearest
from generator.model import Course, Session
from generator.system import read_plain

MAX_BYTES = 256 * 1024
MAX_SESSIONS = 60
MAX_CHARACTERS = 300

_FOLDER = "courses"
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_TABLE = re.compile(r"\s*\[\[\s*sessions\s*\]\]")
_TOP = ("title", "summary", "language")
_OF_A_SESSION = ("title", "talk", "practice")


def available(folders: Sequence[Path]) -> tuple[str, ...]:
    """Names of the courses there are, sorted; the same name in two folders counts once."""
    found = {path.stem for folder in folders for path in (folder / _FOLDER).glob("*.toml")}
    return tuple(sorted(name for name in found if _SLUG.fullmatch(name)))


def load(slug: str, folders: Sequence[Path]) -> Course:
    """The course of that name; the first folder that has one wins.

    Raises UsageError when there is none, ScriptError with the line of what is wrong in it. Whether
    its scripts are there is not looked at.
    """
    for folder in folders:
        path = folder / _FOLDER / f"{slug}.toml"
        if _SLUG.fullmatch(slug) and path.is_file():
            return _read(slug, path)
    raise UsageError(f"there is no course '{slug}'", remedy=nearest(slug, available(folders)))


def _read(slug: str, path: Path) -> Course:
    source = _text(path)
    try:
        said = tomllib.loads(source)
    except (ValueError, RecursionError) as error:
        raise ScriptError(f"is no valid TOML ({error})", where=str(path)) from None
    tables = said.pop("sessions", [])
    if not isinstance(tables, list) or not 1 <= len(tables) <= MAX_SESSIONS:
        what = f"a course has 1 to {MAX_SESSIONS} sessions"
        raise ScriptError(what, where=str(path), remedy="Begin each with [[sessions]].")
    page = _Page(path, source.splitlines())
    title, summary, language = page.texts(said, _TOP, _TOP, 0)
    sessions = []
    for number, table in enumerate(tables, 1):
        sessions.append(Session(*page.texts(table, _OF_A_SESSION, ("title", "practice"), number)))
    return Course(slug, title, summary, language, tuple(sessions), path)


def _text(path: Path) -> str:
    try:
        raw = read_plain(path, MAX_BYTES + 1)
        if len(raw) <= MAX_BYTES:
            return raw.decode("utf-8-sig")
    except OSError as error:
        raise ScriptError(f"cannot be read ({error.strerror})", where=str(path)) from error
    except ValueError:
        raise ScriptError("is no UTF-8 text", where=str(path)) from None
    raise ScriptError(f"is longer than {MAX_BYTES // 1024} KiB", where=str(path))


class _Page:
    """The lines of a file, in which a key is found again."""

    def __init__(self, path: Path, lines: Sequence[str]) -> None:
        self._path = path
        self._lines = lines
        self._tables = [0, *(n for n, line in enumerate(lines, 1) if _TABLE.match(line))]

    def texts(
        self, said: Any, known: Sequence[str], needed: Sequence[str], number: int
    ) -> list[str]:
        """The texts of one table, empty where nothing is said; the first has number 0."""
        if not isinstance(said, Mapping):
            raise self._wrong("a session is a table", number)
        for key, value in said.items():
            if key not in known:
                raise self._wrong(f"unknown key '{key}'", number, key, nearest(key, known))
            plain = isinstance(value, str) and value.isprintable() and value.strip()
            if not plain or len(value) > MAX_CHARACTERS:
                what = f"'{key}' is a text of up to {MAX_CHARACTERS} characters that can be seen"
                raise self._wrong(what, number, key)
        for key in needed:
            if key not in said:
                raise self._wrong(f"'{key}' is missing", number)
        return [str(said.get(key, "")) for key in known]

    def _wrong(self, what: str, number: int, key: str = "", remedy: str = "") -> ScriptError:
        """What is wrong in a table, at the line of the key, or where the table begins."""
        first = self._tables[number] if number < len(self._tables) else 0
        last = self._tables[number + 1] if number + 1 < len(self._tables) else len(self._lines) + 1
        written = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        inside = enumerate(self._lines[first : last - 1], first + 1)
        line = next((n for n, each in inside if key and written.match(each)), first)
        where = f"{self._path}:{line}" if line else str(self._path)
        return ScriptError(what, where=where, remedy=remedy)
