"""Scripts put among one's own, and what has become of those that were copied."""

from __future__ import annotations

import difflib
from pathlib import Path

from generator.errors import UsageError
from generator.system import private_folder, read_plain, write_once, write_whole

ORIGINS = ".origins"
"""The folder, among the user's scripts, of what they were copied from."""

_MOST_BYTES = 128 * 1024


def put(slug: str, text: str, folder: Path, *, force: bool) -> Path:
    """Put a script into a folder of scripts; the path it has there.

    Raises UsageError when one is there already and no ``force`` is used, WriteError when it cannot
    be written.
    """
    return put_file(folder / f"{slug}.j2", text, force=force)


def put_file(path: Path, text: str, *, force: bool) -> Path:
    """Put a text at a path, as :func:`put` does."""
    content = text.encode()
    private_folder(path.parent)
    if path.is_dir():
        raise UsageError("is a folder", where=str(path), remedy="Choose another name.")
    if force:
        write_whole(path, content)
    elif not write_once(path, content):
        raise UsageError("exists already", where=str(path), remedy="Use --force to replace it.")
    return path


def copied(slug: str, text: str, folder: Path, *, force: bool) -> Path:
    """The same with a script that came along, and note beside it what it was."""
    path = put(slug, text, folder, force=force)
    put(slug, text, folder / ORIGINS, force=True)
    return path


def origin(slug: str, folder: Path) -> str:
    """What a script of the user's was when it was copied. Raises UsageError when it was not."""
    try:
        return read_plain(folder / ORIGINS / f"{slug}.j2", _MOST_BYTES).decode()
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            f"it is not known what '{slug}' was copied from",
            where=str(folder),
            remedy=f"Copy it first: meditate scripts copy {slug}",
        ) from None


def difference(slug: str, then: str, now: str, name: str) -> str:
    """A unified diff from a script as it was copied to what it is ``now``; empty when alike.

    ``name`` says in it whose that is.
    """
    before, after = (text.splitlines() for text in (then, now))
    names = f"{slug}.j2 as it was copied", f"{slug}.j2 {name}"
    return "\n".join(difflib.unified_diff(before, after, *names, lineterm=""))
