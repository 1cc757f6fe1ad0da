"""Listener files: read, and written so that they read back the same."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from generator import system, toml
from generator.errors import DetailError
from generator.model import SAID, Answer, Listener

MAX_BYTES = 64 * 1024
PATIENCE_S = 5.0
"""How long a pipe is waited for that nobody has opened to write to."""

_EXAMPLE = 'As in: name = "Sam"'
_TWICE = "a key stands twice"
_TWICE_IN_TOML = ("Cannot overwrite", "Cannot declare", "Duplicate")


def read_listener(path: Path | None) -> dict[str, object]:
    """What a listener file says, unchecked: TOML or JSON; ``None`` reads standard input.

    A pipe will do for a file. Raises DetailError when it is missing, too large or broken, or a pipe
    that nobody opens to write to.
    """
    where = str(path) if path else "standard input"
    text = _decoded(_bytes(path, where), where)
    try:
        return _table(text)
    except (ValueError, RecursionError) as error:
        raise _broken(str(error), where) from None  # its text may quote the file


def _bytes(path: Path | None, where: str) -> bytes:
    try:
        if path is None:
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            raw = system.read_named(path, MAX_BYTES + 1, PATIENCE_S)
    except OSError as error:
        raise DetailError(f"cannot be read ({error.strerror})", where=where) from error
    except ValueError as error:
        raise DetailError("is not a name a file can have", where="--listener") from error
    if len(raw) > MAX_BYTES:
        raise DetailError(f"is longer than {MAX_BYTES // 1024} KiB", where=where)
    return raw


def _decoded(raw: bytes, where: str) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise DetailError("is not UTF-8 text", where=where, remedy="Save it as UTF-8.") from None
    return text


def _table(text: str) -> dict[str, Any]:
    """The file as one table. Raises ValueError or RecursionError."""
    first = text.lstrip()[:1]
    if first not in ("{", "["):
        return toml.read(text)
    try:
        parsed = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except json.JSONDecodeError:
        if first == "[":  # a TOML table begins so too
            return toml.read(text)
        raise
    if not isinstance(parsed, dict):
        raise ValueError("is a list")
    return parsed


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError(_TWICE)
    return table


def _no_number(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no numbers")


def _broken(message: str, where: str) -> DetailError:
    """What is wrong with the file, by what its reader said, and on which line if it said so."""
    line = re.search(r"line (\d+)", message)
    place = f"{where}:{line[1]}" if line else where
    if message.startswith((_TWICE, *_TWICE_IN_TOML)):
        return DetailError(_TWICE, where=place, remedy="Keep one of the two.")
    return DetailError("is neither valid TOML nor valid JSON", where=place, remedy=_EXAMPLE)


def listener_toml(listener: Listener) -> str:
    """The answers as a listener file that :func:`read_listener` reads back."""
    lines = [
        f"{name} = {json.dumps(answer, ensure_ascii=False)}" for name, answer in _all(listener)
    ]
    return "\n".join(lines) + "\n"


def _all(listener: Listener) -> Iterable[tuple[str, Answer | bool]]:
    yield from listener.answers.items()
    yield from ((f"{name}{SAID}", how) for name, how in listener.said.items())
    yield from listener.switches.items()
