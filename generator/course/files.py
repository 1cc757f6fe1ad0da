"""Where courses lie, and the text of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from generator.errors import ScriptError, UsageError, nearest, shown
from generator.system import read_plain

MAX_BYTES = 256 * 1024
FOLDER = "courses"
"""Beside the scripts."""
ENDING = ".toml"
SCHEMA = "course.schema.json"
"""What editors know a course by; it lies among those that came along."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def available(folders: Sequence[Path]) -> tuple[str, ...]:
    """Names of the courses there are, sorted; the same name in two folders counts once."""
    found = {path.stem for folder in folders for path in (folder / FOLDER).glob(f"*{ENDING}")}
    return tuple(sorted(name for name in found if _SLUG.fullmatch(name)))


def checked_slug(slug: str) -> str:
    """The slug itself, proven to be what a course can be called. Raises UsageError."""
    if not _SLUG.fullmatch(slug):
        what = "a course's name is lower-case letters, digits and hyphens"
        raise UsageError(what, remedy="As in: quiet-evenings")
    return slug


def place_of(slug: str, folder: Path) -> Path:
    """Where the course of that name lies, or would, in a folder of scripts."""
    return folder / FOLDER / f"{slug}{ENDING}"


def place(wanted: str, folders: Sequence[Path]) -> Path:
    """The file of a course by its name, or by a path that ends in ``.toml``.

    Of a name the first folder that has it wins. Raises UsageError when there is none, or when no
    course can be called as the file is.
    """
    if wanted.endswith(ENDING):
        path = Path(wanted)
        if not _SLUG.fullmatch(path.stem):
            raise UsageError(
                "no course is called so",
                where=wanted,
                remedy="Its name is lower-case letters, digits and hyphens, and ends in .toml.",
            )
        return path
    for folder in folders:
        path = place_of(wanted, folder)
        if _SLUG.fullmatch(wanted) and path.is_file():
            return path
    near = nearest(wanted[:64], available(folders))
    raise UsageError(f"there is no course '{shown(wanted[:64])}'", remedy=near)


def text_of(path: Path) -> str:
    """The text of a course's file. Raises ScriptError unless it is plain, UTF-8 and bearable."""
    try:
        raw = read_plain(path, MAX_BYTES)
    except OSError as error:
        remedy = f"A course is a plain file of up to {MAX_BYTES // 1024} KiB, and no link."
        what = f"cannot be read ({error.strerror})"
        raise ScriptError(what, where=str(path), remedy=remedy) from error
    except ValueError:
        raise ScriptError("is not a name a file can have", where=str(path)) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScriptError("is no UTF-8 text", where=str(path), remedy="Save it so.") from None


def schema(came_along: Path) -> str:
    """The JSON Schema that editors check a course by, from the folder of what came along."""
    return (came_along / FOLDER / SCHEMA).read_text("utf-8")
