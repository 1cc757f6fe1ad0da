"""Files that appear whole or not at all, for their owner alone."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from generator.errors import WriteError
from generator.system.making import PRIVATE_FILE, workshop

PUBLIC_FILE = 0o644
PRIVATE_FOLDER = 0o700


def private_folder(path: Path, remedy: str = "Set MEDITATE_HOME to a folder of yours.") -> Path:
    """The folder itself, made if it was not there, readable by its owner only."""
    try:
        for each in reversed([p for p in (path, *path.parents) if not p.exists()]):
            each.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        path.mkdir(exist_ok=True)  # says so when it is no folder
    except OSError as error:
        raise WriteError(
            f"the folder cannot be made ({error.strerror})",
            where=str(path),
            remedy=remedy,
        ) from error
    return path


@contextlib.contextmanager
def passing_folder(path: Path, remedy: str) -> Iterator[Path]:
    """The folder as :func:`private_folder` makes it; gone again if nothing was put into it."""
    try:
        yield private_folder(path, remedy)
    finally:
        with contextlib.suppress(OSError):
            path.rmdir()


def write_once(path: Path, content: bytes) -> bool:
    """Put ``content`` at ``path`` whole, unless something is there: then that stays.

    Whether it was written. Two processes that make the same thing differently keep one of them.
    """
    with workshop(path.parent) as place:
        fresh = place.fresh(path.name)
        fresh.write_bytes(content)
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links
            fresh.replace(path)
    return True


def write_whole(path: Path, content: bytes, mode: int = PRIVATE_FILE) -> None:
    """Put ``content`` at ``path`` by way of a temporary file, so that nobody ever sees half."""
    with workshop(path.parent) as place:
        place.fresh(path.name).write_bytes(content)
        place.publish([path.name], mode)


def rewrite(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of a file of the user's, whole, with the mode that it has.

    Of a link, what it leads to is rewritten, and the link stays.
    """
    try:
        place = path.resolve(strict=True)
        mode = stat.S_IMODE(place.stat().st_mode)
    except OSError as error:
        raise WriteError(f"cannot be read ({error.strerror})", where=str(path)) from error
    write_whole(place, content, mode)


def read_plain(path: Path, most_bytes: int) -> bytes:
    """The content of a plain file, which is where its name says and no longer than that.

    Raises OSError for anything else: a link would lead out, a pipe would have us wait for ever.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most_bytes:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return file.read(most_bytes)


def open_plain(path: Path) -> BufferedReader:
    """A plain file, open for reading. Raises OSError for any other: a pipe may keep us for ever."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a plain file")
    return os.fdopen(handle, "rb")


def sha256(path: Path) -> str:
    """Of all that a plain file holds, in hex. Raises OSError."""
    with open_plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
