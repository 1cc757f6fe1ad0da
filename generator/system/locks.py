"""One at a time, and who still lives: the kernel lets go of what a killed run held.

A folder is locked by itself; files in the making have a file beside them that is locked.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from generator.system.posix import POSIX

_LOOK_AGAIN_S = 0.02
_PLAINLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""No link leads elsewhere, and no pipe is waited for."""
_PATIENCE_S = 10.0
"""Longer than a phrase takes to be spoken, or a record to be written."""


@contextlib.contextmanager
def locked(folder: Path, *, shared: bool = False, wait_s: float = _PATIENCE_S) -> Iterator[bool]:
    """Hold the folder, alone or together with all others that share it.

    False when somebody else still holds it after ``wait_s`` seconds. Where a folder cannot be
    locked there is nobody to wait for: True at once. Waiting can be interrupted.
    """
    handle = _opened(folder)
    try:
        yield handle is None or _taken(handle, shared=shared, wait_s=wait_s)
    finally:
        if handle is not None:
            os.close(handle)


@contextlib.contextmanager
def sign_of_life(path: Path) -> Iterator[bool]:
    """A new file that is locked until this ends, or until its process does, however that comes.

    Whoever has cleared away what it speaks for removes it before this ends. False when somebody
    took it for a dead one's in the moment before it was locked: try another. Where files cannot be
    locked there is none, which says nothing of anybody. Programs that are started meanwhile do not
    inherit it. Raises OSError when it cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    taken = _locked(handle)
    if taken is None:
        os.close(handle)
        path.unlink(missing_ok=True)
        yield True
        return
    try:
        yield taken and _lies_there(handle, path)
    finally:
        os.close(handle)


@contextlib.contextmanager
def signed_off(path: Path) -> Iterator[bool | None]:
    """Whether the maker of a sign of life is gone, which then is held by us; None: nobody can tell.

    Raises OSError when it cannot be opened.
    """
    handle = os.open(path, os.O_RDWR | _PLAINLY)
    try:
        taken = _locked(handle)
        yield taken and _lies_there(handle, path)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool | None:
    """Whether the file could be locked at once; None where files cannot be."""
    if not POSIX:
        return None
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    except OSError:  # some network file systems have no locks
        return None


def _lies_there(handle: int, path: Path) -> bool:
    """Whether an open file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def _opened(folder: Path) -> int | None:
    if not POSIX:
        return None
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None


def _taken(handle: int, *, shared: bool, wait_s: float) -> bool:
    import fcntl

    how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    until_s = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until_s:
                return False
            time.sleep(_LOOK_AGAIN_S)
        except OSError:  # some network file systems have no locks
            return True
