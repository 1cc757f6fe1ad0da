"""Finding scripts and their parts, and reading them: plain files under their folder only."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.errors import ScriptError, UsageError, nearest
from generator.script.bounds import MAX_BYTES, MAX_FRONT_BYTES, refuse_unsayable

MAX_LISTED = 2_000
"""Of all scripts there are: more are found by their name, but not listed."""
_UNDER = re.compile(r"[a-z]{2}|talks")
"""Folders under that of the scripts whose name is part of a slug."""
_SLUG = re.compile(r"(?:(?:[a-z]{2}|talks)/)?[a-z0-9][a-z0-9-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2}/")
"""A folder of scripts in one language."""
_WHERE = ("*.j2", "[a-z][a-z]/*.j2", "talks/*.j2")
"""All places a slug can lead to: nobody's whole disk is searched."""
_FRONT = re.compile(rb"(?:\xef\xbb\xbf)?\+{3}\r?\n.*?\n\+{3}\r?\n", re.DOTALL)
_NAMED_PART = re.compile(r"\bpart\(\s*(?:slug\s*=\s*)?[\"']([a-z0-9][a-z0-9-]{0,59})[\"']")


def available(folders: Sequence[Path]) -> tuple[str, ...]:
    """Slugs of the scripts there are, sorted; the same slug in two folders counts once."""
    return tuple(sorted({slug for folder in folders for slug in _slugs(folder)})[:MAX_LISTED])


def _slugs(folder: Path) -> Iterator[str]:
    with _looking_through(folder):
        for pattern in _WHERE:
            for path in folder.glob(pattern):
                slug = path.relative_to(folder).with_suffix("").as_posix()
                if _SLUG.fullmatch(slug) and path.is_file():
                    yield slug


@contextlib.contextmanager
def _looking_through(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"the folder cannot be looked through ({error.strerror})"
        raise UsageError(what, where=str(folder)) from error


def found(slug: str, folders: Sequence[Path]) -> tuple[Path, str]:
    """Where the first script of that name is, and its text.

    Raises UsageError when there is none (the nearest name offered), ScriptError when it is not a
    plain text file of a size a person writes.
    """
    path, folder = _place(slug, folders)
    return path, _text(path, folder)


def front(slug: str, folders: Sequence[Path]) -> tuple[Path, str]:
    """Where the first script of that name is, and its text up to the end of its front matter.

    Raises as :func:`found` does, but for what is wrong further down.
    """
    path, folder = _place(slug, folders)
    start = _FRONT.match(_bytes(path, folder, MAX_FRONT_BYTES + 64))
    return path, _decoded(start[0], path) if start else _text(path, folder)


def _place(slug: str, folders: Sequence[Path]) -> tuple[Path, Path]:
    """The file of the first script of that name, and the folder it was looked for in."""
    checked_slug(slug, folders)
    for folder in folders:
        path = folder / f"{slug}.j2"
        with _looking_through(folder):
            if path.is_file():
                return path, folder
    raise UsageError(f"there is no script '{slug}'", remedy=nearest(slug, available(folders)))


def slug_of(path: Path) -> tuple[str, Path]:
    """What the script in a file is called, and the folder of scripts the file lies in.

    Raises UsageError when no script can be called so.
    """
    path = path.absolute()
    under = _UNDER.fullmatch(path.parent.name)
    folder = path.parent.parent if under else path.parent
    slug = path.relative_to(folder).with_suffix("").as_posix()
    if path.suffix != ".j2" or not _SLUG.fullmatch(slug):
        raise UsageError(
            "no script is called so",
            where=str(path),
            remedy="Its name is lower-case letters, digits and hyphens, and ends in .j2.",
        )
    return slug, folder


def checked_slug(slug: str, folders: Sequence[Path] = ()) -> str:
    """The slug itself, proven to be what a script can be called.

    Raises UsageError, offering the nearest name in these folders.
    """
    if not _SLUG.fullmatch(slug):
        near = nearest(slug[:64].lower(), available(folders)) if folders else ""
        what = "a script's name is lower-case letters, digits and hyphens"
        raise UsageError(what, remedy=near or "As in: a-quiet-place")
    return slug


def parts_of(body: str, slug: str, folders: Sequence[Path]) -> dict[str, str]:
    """The shared passages that the body of a script names; the first folder that has one wins.

    A script in ``es/`` finds those in ``es/parts/`` before any other. Only these are opened: a
    broken part nobody uses harms nobody. Raises ScriptError as :func:`found` does.
    """
    language = _LANGUAGE.match(slug)
    shelves = (f"{language[0]}parts", "parts") if language else ("parts",)
    places = [(folder / shelf, folder) for shelf in shelves for folder in folders]
    parts: dict[str, str] = {}
    for name in sorted(set(_NAMED_PART.findall(body))):
        for place, folder in places:
            path = place / f"{name}.j2"
            with _looking_through(folder):
                there = path.is_symlink() or path.exists()
            if there:
                parts[name] = _text(path, folder)
                break
    return parts


def _text(path: Path, folder: Path) -> str:
    """The whole text of a script file."""
    return _decoded(_bytes(path, folder, MAX_BYTES), path)


def _bytes(path: Path, folder: Path, most: int) -> bytes:
    """The first bytes of a script file. The folder itself may be a link; nothing under it may."""
    where = str(path)
    try:
        if linked(path, folder):
            raise ScriptError("a script may not be a link", where=where, remedy="Copy the file.")
        if not path.is_file():
            raise ScriptError("is not a file", where=where)
        with path.open("rb") as file:
            too_long = os.fstat(file.fileno()).st_size > MAX_BYTES
            raw = b"" if too_long else file.read(most)
    except OSError as error:
        raise ScriptError(f"cannot be read ({error.strerror})", where=where) from error
    if too_long:
        raise ScriptError(f"is longer than {MAX_BYTES // 1024} KiB", where=where)
    return raw


def _decoded(raw: bytes, path: Path) -> str:
    where = str(path)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise ScriptError("is not UTF-8 text", where=where, remedy="Save it so.") from error
    refuse_unsayable(text, where)
    return text


def linked(path: Path, folder: Path) -> bool:
    """Whether there is a link on the way from the folder to the file."""
    way = [path, *path.parents]
    return any(each.is_symlink() for each in way[: way.index(folder)])
