"""A file named by somebody, which may be a pipe that nobody writes to."""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path

from generator.system.posix import POSIX

_LOOK_AGAIN_S = 0.02


def read_named(path: Path, most_bytes: int, patience_s: float) -> bytes:
    """What a file, a device or a pipe holds, up to so many bytes.

    A pipe that somebody has open is waited for: they may be typing a passphrase. Raises OSError
    when it cannot be read, or when nobody opens a pipe for ``patience_s`` seconds.
    """
    with open(path, "rb", opener=_at_once) as file:
        handle = file.fileno()
        piped = stat.S_ISFIFO(os.fstat(handle).st_mode)
        first = _first_byte(handle, patience_s) if piped else b""
        if POSIX:
            os.set_blocking(handle, True)
        return first + file.read(most_bytes - len(first))


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _first_byte(handle: int, patience_s: float) -> bytes:
    """The first byte of a pipe, or none yet when somebody has it open to write."""
    until_s = time.monotonic() + patience_s
    while time.monotonic() < until_s:
        try:
            if first := os.read(handle, 1):
                return first
        except BlockingIOError:  # what a pipe says while there is somebody at its other end
            return b""
        time.sleep(_LOOK_AGAIN_S)
    raise OSError(errno.ETIMEDOUT, "nobody writes to this pipe")
