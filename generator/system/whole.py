"""Files that appear whole or not at all, for their owner alone."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from generator.errors import WriteError
from generator.system.signals import undisturbed

POSIX = os.name == "posix"

PRIVATE_FILE = 0o600
PUBLIC_FILE = 0o644
PRIVATE_FOLDER = 0o700
_ABANDONED_S = 24 * 3600.0
_HALF_MADE = re.compile(r"\.making-[0-9a-f]{16}-.+")


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


@dataclass(frozen=True)
class Workshop:
    """Temporary files beside the place they are made for, under a name nobody else uses."""

    folder: Path
    token: str

    def file(self, name: str) -> Path:
        """Where to write what shall become ``folder / name``."""
        return self.folder / f".{self.token}-{name}"

    def fresh(self, name: str) -> Path:
        """The same, and there already: empty, and its owner's alone whatever the umask."""
        self.file(name).touch(PRIVATE_FILE)
        return self.file(name)

    def publish(self, names: Sequence[str], mode: int) -> None:
        """Give the finished files their names, the last one last.

        Each is flushed to the disk first, and no signal comes between them: either all are new, or
        what was there before is untouched.
        """
        for name in names:
            with self.file(name).open("rb") as file:
                os.fsync(file.fileno())
            self.file(name).chmod(mode)
            if (self.folder / name).is_dir():
                raise IsADirectoryError(errno.EISDIR, f"{name} is a folder")
        with undisturbed():
            for name in names:
                self.file(name).replace(self.folder / name)
        _sync_folder(self.folder)


@contextlib.contextmanager
def workshop(folder: Path) -> Iterator[Workshop]:
    """A workshop in ``folder``, swept clean at the end whatever happened.

    Raises WriteError when the folder cannot be written or is full.
    """
    place = Workshop(folder, f"making-{secrets.token_hex(8)}")
    _sweep_abandoned(folder)
    try:
        place.fresh("probe").unlink()
        yield place
    except OSError as error:
        if isinstance(error, InterruptedError):
            raise
        raise WriteError(
            f"writing failed ({error.strerror or error})",
            where=str(folder),
            remedy="Free some space or choose another folder with --out.",
        ) from error
    finally:
        with undisturbed():
            for leftover in folder.glob(f".{place.token}-*"):
                leftover.unlink(missing_ok=True)


def _sweep_abandoned(folder: Path) -> None:
    """Remove what a killed run left here: nothing is in the making for a whole day."""
    with contextlib.suppress(OSError):
        for leftover in folder.glob(".making-*"):
            if half_made(leftover.name) and time.time() - leftover.stat().st_mtime > _ABANDONED_S:
                leftover.unlink(missing_ok=True)


def half_made(name: str) -> bool:
    """Whether a file of that name is something a workshop made and, if it lies there, left."""
    return _HALF_MADE.fullmatch(name) is not None


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
    """Put ``content`` in the place of a file of the user's, whole, with the mode that it has."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise WriteError(f"cannot be read ({error.strerror})", where=str(path)) from error
    write_whole(path, content, mode)


def _sync_folder(folder: Path) -> None:
    if POSIX:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


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
    """Of all that a file holds, in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
