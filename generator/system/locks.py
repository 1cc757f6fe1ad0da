"""One at a time: a folder is locked by itself, and the kernel lets go of what a killed run held."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from generator.system.whole import POSIX

_LOOK_AGAIN_S = 0.02
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
