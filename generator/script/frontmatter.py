"""Finding scripts, and reading the TOML between their ``+++`` lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

from generator.errors import ScriptError, UsageError, nearest
from generator.model import Answer, Field, Script
from generator.script.cues import CUES

MAX_BYTES = 128 * 1024
"""No script a person wrote is longer."""

_SLUG = re.compile(r"(?:(?:[a-z]{2}|talks)/)?[a-z0-9][a-z0-9-]{0,63}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LENGTH = re.compile(r"(\d{1,3})m")
_KEYS = frozenset(
    "title summary kind language sources lengths switches bed fields lists".split()  # noqa: SIM905
)
_FIELD_KEYS = frozenset({"ask", "example", "kind", "least", "most", "choices", "default"})
_MAX_TURNS = 60


def available(folders: Sequence[Path]) -> tuple[str, ...]:
    """Slugs of all scripts, sorted; the same slug in two folders counts once."""
    found = set()
    for folder in folders:
        for path in folder.glob("**/*.j2"):
            slug = path.relative_to(folder).with_suffix("").as_posix()
            if _SLUG.fullmatch(slug) and path.is_file():
                found.add(slug)
    return tuple(sorted(found))


def load(slug: str, folders: Sequence[Path]) -> Script:
    """The script of that name from the first folder that has it.

    Raises UsageError when there is none (the nearest name offered), ScriptError when its front
    matter is not valid.
    """
    if not _SLUG.fullmatch(slug):
        raise UsageError(
            "a script's name is lower-case letters, digits and hyphens",
            remedy=nearest(slug.lower(), available(folders)),
        )
    for folder in folders:
        path = folder / f"{slug}.j2"
        if path.is_file():
            return _parse(slug, path, _passages(folders))
    raise UsageError(f"there is no script '{slug}'", remedy=nearest(slug, available(folders)))


def _passages(folders: Iterable[Path]) -> dict[str, str]:
    """Shared passages by slug; the first folder that has one wins."""
    found: dict[str, str] = {}
    for folder in folders:
        for path in sorted((folder / "parts").glob("*.j2")):
            if path.stem not in found:
                found[path.stem] = _read(path)
    return found


def _read(path: Path) -> str:
    """The text of a script file: a plain file, not a link, of a size a person writes."""
    if path.is_symlink() or path.parent.is_symlink():
        raise ScriptError("a script may not be a link", where=str(path), remedy="Copy the file.")
    if not path.is_file():
        raise ScriptError("is not a file", where=str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScriptError(f"cannot be read ({error.strerror})", where=str(path)) from error
    if len(raw) > MAX_BYTES:
        raise ScriptError(f"is longer than {MAX_BYTES // 1024} KiB", where=str(path))
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ScriptError("is not UTF-8 text", where=str(path), remedy="Save it so.") from error


def _parse(slug: str, path: Path, parts: Mapping[str, str]) -> Script:
    text = _read(path)
    match = re.match(r"\+\+\+\n(.*?)\n\+\+\+\n", text, re.DOTALL)
    if not match:
        raise ScriptError(
            "does not begin with front matter",
            where=f"{path}:1",
            remedy="Put TOML between two lines of +++ at the top.",
        )
    table = _Table(_toml(match[1], path), str(path))
    table.only(_KEYS)
    _distinct(table)
    least_s, most_s = _lengths(table)
    return Script(
        slug=slug,
        title=table.text("title"),
        summary=table.text("summary"),
        kind=cast(Literal["practice", "talk"], table.one_of("kind", ("practice", "talk"))),
        language=table.text("language"),
        sources=table.names("sources"),
        least_s=least_s,
        most_s=most_s,
        switches=table.names("switches"),
        bed=table.text("bed", "drone"),
        fields=tuple(_field(table, name) for name in table.table("fields")),
        lists={name: _turns(table, name) for name in table.table("lists")},
        body=text[match.end() :],
        body_line=match[0].count("\n") + 1,
        path=path,
        parts=parts,
    )


def _toml(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        what, line = str(error), re.search(r" \(at line (\d+), column \d+\)", str(error))
        where = str(path)
        if line:
            what, where = what.replace(line[0], ""), f"{path}:{int(line[1]) + 1}"
        raise ScriptError(f"front matter: {what}", where=where) from error


class _Table:
    """A TOML table read key by key, each wrong type named where it stands."""

    def __init__(self, content: Mapping[str, Any], where: str) -> None:
        self.content = content
        self.where = where

    def wrong(self, what: str, remedy: str = "") -> ScriptError:
        return ScriptError(f"front matter: {what}", where=self.where, remedy=remedy)

    def only(self, keys: frozenset[str]) -> None:
        for key in self.content:
            if key not in keys:
                raise self.wrong(f"unknown key '{key}'", nearest(key, keys))

    def text(self, key: str, default: str | None = None) -> str:
        value = self.content.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(f"'{key}' must be text")
        return value

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        value = self.text(key, choices[0])
        if value not in choices:
            raise self.wrong(f"'{key}' must be one of {', '.join(choices)}")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(f"'{key}' must be a list of texts")
        return tuple(value)

    def whole(self, key: str, default: int = 0) -> int:
        value = self.content.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(f"'{key}' must be a whole number")
        return value

    def table(self, key: str) -> dict[str, Any]:
        value = self.content.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f"'{key}' must be a table")
        for name in value:
            if not _NAME.fullmatch(name):
                raise self.wrong(f"'{key}.{name}' is not a name", "Use a-z, 0-9 and _.")
        return value


def _distinct(table: _Table) -> None:
    """Fields, switches, lists and cues share one set of names; none may hide another."""
    taken = {*CUES, "length_minutes"}
    for name in (*table.table("fields"), *table.names("switches"), *table.table("lists")):
        if not _NAME.fullmatch(name):
            raise table.wrong(f"'{name}' is not a name", "Use a-z, 0-9 and _.")
        if name in taken:
            raise table.wrong(f"'{name}' has a meaning already", "Give it another name.")
        taken.add(name)


def _lengths(table: _Table) -> tuple[float, float]:
    matches = [_LENGTH.fullmatch(each) for each in table.names("lengths")]
    if len(matches) != 2 or not all(matches):
        raise table.wrong("'lengths' must be the least and the most", 'As in ["8m", "25m"].')
    least_s, most_s = (float(match[1]) * 60 for match in matches if match)
    if not 0 < least_s <= most_s:
        raise table.wrong("'lengths' must rise from the least to the most")
    return least_s, most_s


def _field(table: _Table, name: str) -> Field:
    content = table.table("fields")[name]
    if not isinstance(content, dict):
        raise table.wrong(f"'fields.{name}' must be a table")
    one = _Table(content, f"{table.where} [fields.{name}]")
    one.only(_FIELD_KEYS)
    kind = cast(Literal["text", "whole", "choice"], one.one_of("kind", ("text", "whole", "choice")))
    field = Field(
        name=name,
        ask=one.text("ask"),
        example=one.text("example", ""),
        kind=kind,
        least=one.whole("least"),
        most=one.whole("most"),
        choices=one.names("choices"),
        default=cast(Answer | None, content.get("default")),
    )
    if kind == "whole" and not field.least < field.most:
        raise one.wrong("a whole number needs 'least' and 'most'")
    if kind == "choice" and not field.choices:
        raise one.wrong("a choice needs 'choices'")
    if field.default is not None and not _suits(field):
        raise one.wrong("'default' must be an answer the field allows")
    return field


def _suits(field: Field) -> bool:
    """Whether the default is what a listener could have answered."""
    if field.kind == "whole":
        return type(field.default) is int and field.least <= field.default <= field.most
    if field.kind == "choice":
        return field.default in field.choices
    return isinstance(field.default, str) and bool(field.default.strip())


def _turns(table: _Table, name: str) -> tuple[Answer, ...]:
    turns = table.table("lists")[name]
    if not isinstance(turns, list) or not all(type(each) in (str, int) for each in turns):
        raise table.wrong(f"'lists.{name}' must be a list of texts or whole numbers")
    if len(turns) > _MAX_TURNS:
        raise table.wrong(f"'lists.{name}' has more than {_MAX_TURNS} items")
    return tuple(turns)
