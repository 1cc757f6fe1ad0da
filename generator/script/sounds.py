"""The recordings that a script inserts: which they are, and where they have to lie.

They are named as words of a script, and so a stranger names them: plain files of one folder, and no
link out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.errors import ScriptError, shown
from generator.model import Script
from generator.script.cues import file_name
from generator.script.files import linked

FOLDER = "sounds"
"""Beside the scripts, whatever folder of theirs a script or a part of it is in."""

_COMMENT = re.compile(r"\{#.*?(?:#\}|\Z)", re.DOTALL)
_NAMED = re.compile(r"""\{\{[-+]?\s*insert\(\s*(?:name\s*=\s*)?(["'])(.{1,300}?)\1""")
"""Both go over a text once, whatever a stranger wrote: neither looks far for what never ends."""


def inserts(script: Script) -> dict[str, Path]:
    """Where the recordings lie that a script and its parts insert, by their names.

    In any branch, taken or not. Raises ScriptError, naming the line, for one that is not there, is
    a link, or is no plain file.
    """
    folder = script.path.parents[script.slug.count("/")]
    found: dict[str, Path] = {}
    for name, where in named(script):
        try:
            path = folder / FOLDER / file_name(name)
        except ValueError as error:
            raise ScriptError(str(error), where=where) from error
        if name not in found:
            _prove(path, folder, where)
        found[name] = path
    return found


def named(script: Script) -> Iterator[tuple[str, str]]:
    """Every name in an ``insert`` of a script and its parts, and the file and line of it."""
    bodies = [(script.body, str(script.path), script.body_line)]
    bodies += [(text, f"parts/{slug}.j2", 1) for slug, text in sorted(script.parts.items())]
    for text, where, first_line in bodies:
        bare = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
        line, at = first_line, 0
        for match in _NAMED.finditer(bare):
            line += bare.count("\n", at, match.start())
            at = match.start()
            yield match[2], f"{where}:{line}"


def _prove(path: Path, folder: Path, where: str) -> None:
    try:
        if linked(path, folder):
            what = f"the recording '{path.name}' may not be a link"
            raise ScriptError(what, where=where, remedy="Copy the file.")
        if path.is_file():
            return
        missing = not path.exists()
    except OSError as error:
        what = f"the recording '{path.name}' cannot be looked for ({error.strerror})"
        raise ScriptError(what, where=where) from error
    if missing:
        raise ScriptError(
            f"there is no recording '{path.name}' in {shown(path.parent)}",
            where=where,
            remedy="Put the file there, or take the insert out.",
        )
    raise ScriptError(f"the recording '{path.name}' is not a file", where=where)
