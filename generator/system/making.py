"""Files in the making: beside the place they are for, and gone when nobody is at them any more.

Each workshop has a lock of its own, which the kernel takes from a killed process: what lies beside
a lock that is free is swept away by whoever next works in the folder, however young it is.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import WriteError
from generator.system.locks import sign_of_life, signed_off
from generator.system.posix import POSIX
from generator.system.signals import undisturbed

PRIVATE_FILE = 0o600
_ABANDONED_S = 24 * 3600.0
_HALF_MADE = re.compile(r"(\.making-[0-9a-f]{16})(?:-.+|\.lock)", re.DOTALL)


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

    What killed runs left there is swept away first. Raises WriteError when the folder cannot be
    written or is full.
    """
    sweep(folder)
    try:
        with _token(folder) as token:
            place = Workshop(folder, token)
            try:
                yield place
            finally:
                with undisturbed():
                    _clear(folder, f".{token}")
    except OSError as error:
        if isinstance(error, InterruptedError):
            raise
        raise WriteError(
            f"writing failed ({error.strerror or error})",
            where=str(folder),
            remedy="Free some space, or choose another folder.",
        ) from error


@contextlib.contextmanager
def _token(folder: Path) -> Iterator[str]:
    """A name that nobody else uses, and a lock that says so."""
    while True:
        token = f"making-{secrets.token_hex(8)}"
        with sign_of_life(folder / f".{token}.lock") as living:
            if living:
                yield token
                return


def sweep(folder: Path) -> None:
    """Remove what killed runs left in a folder; what somebody is at stays, and so does all else.

    Where nothing tells whether its maker lives, it is removed once it is a day old. What cannot be
    removed is left.
    """
    with contextlib.suppress(OSError):
        for start, found in _groups(folder).items():
            with contextlib.suppress(OSError):
                _sweep(folder, start, found)


def _sweep(folder: Path, start: str, found: Sequence[Path]) -> None:
    lock = folder / f"{start}.lock"
    with signed_off(lock) if lock in found else contextlib.nullcontext() as gone:
        if gone:
            _clear(folder, start)
        elif gone is None:
            for leftover in found:
                if time.time() - leftover.lstat().st_mtime > _ABANDONED_S:
                    leftover.unlink(missing_ok=True)


def _clear(folder: Path, start: str) -> None:
    """Remove what there is of a workshop now, its lock last: what fails is swept another time."""
    lock = folder / f"{start}.lock"
    for leftover in _groups(folder).get(start, ()):
        if leftover != lock:
            leftover.unlink(missing_ok=True)
    lock.unlink(missing_ok=True)


def _groups(folder: Path) -> dict[str, list[Path]]:
    """What workshops have in a folder, by what their names begin with; nothing where there is none.

    Raises OSError when it cannot be read, which to a glob would be empty.
    """
    groups: dict[str, list[Path]] = {}
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for each in entries:
            if match := _HALF_MADE.fullmatch(each.name):
                groups.setdefault(match[1], []).append(folder / each.name)
    return groups


def half_made(name: str) -> bool:
    """Whether a file of that name is something a workshop made and, if it lies there, left."""
    return _HALF_MADE.fullmatch(name) is not None


def _sync_folder(folder: Path) -> None:
    if POSIX:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
