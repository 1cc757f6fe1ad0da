"""Files a user brings along: a stranger's work until proven otherwise.

Only a plain file of a bearable size is opened, and what it is called proves nothing. It is decoded
by a child process with little memory and little time that can write no file: what goes wrong there
stays there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, cast

from generator import system
from generator.errors import UsageError
from generator.model import OwnFile

_HOME = Path(__file__).parent.parent
_PIECE_BYTES = 1 << 20
_START = (
    "import sys; sys.path[:] = sys.argv[1].splitlines();"
    " from generator.supplied import enter; enter(sys.argv[2:])"
)
"""Isolated, Python would look only where it is installed: it is told where everything was found."""


@dataclass(frozen=True)
class Limits:
    """How large a file may be, and what the child that decodes it may use up."""

    file_bytes: int
    memory_bytes: int
    cpu_s: int
    wall_s: float


def opened(path: Path, limits: Limits) -> BinaryIO:
    """The file, open for reading; a link may lead to it.

    Raises UsageError unless it is a plain file that can be read, is not empty and not too large.
    """
    with _readable(path):
        file = system.open_plain(path)
    size_bytes, most_bytes = os.fstat(file.fileno()).st_size, limits.file_bytes
    if 0 < size_bytes <= most_bytes:
        return file
    file.close()
    if not size_bytes:
        raise UsageError("is empty", where=str(path))
    raise UsageError(
        f"has {size_bytes / 1e6:.0f} MB, and may have {most_bytes / 1e6:.0f}",
        where=str(path),
        remedy="Use a smaller one.",
    )


def known(path: Path, form: str, file: BinaryIO) -> OwnFile:
    """The file as it is now: what it is, and a digest of all it holds."""
    return OwnFile(path, form, _digest(path, file))


def prove_unchanged(own: OwnFile, limits: Limits) -> None:
    """Raise UsageError when the file does not hold any more what it held when it was looked at."""
    with opened(own.path, limits) as file:
        if _digest(own.path, file) == own.digest:
            return
    raise UsageError("changed while it was read", where=str(own.path), remedy="Try again.")


def _digest(path: Path, file: BinaryIO) -> str:
    content, left = hashlib.blake2b(digest_size=32), os.fstat(file.fileno()).st_size
    with _readable(path):
        file.seek(0)
        while left > 0 and (piece := file.read(min(left, _PIECE_BYTES))):  # it may be growing
            content.update(piece)
            left -= len(piece)
    return content.hexdigest()


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # a path with a NUL in it is a ValueError
        reason = getattr(error, "strerror", None) or "no file can be called so"
        raise UsageError(
            f"cannot be read ({reason})", where=str(path), remedy="Check its path and permissions."
        ) from error


@contextlib.contextmanager
def decoding(own: OwnFile, words: Sequence[str], limits: Limits) -> Iterator[BinaryIO]:
    """What a confined child writes, to be read to its end; it is killed when left before that.

    ``words`` begin with a module of ours, whose ``main`` gets the others and finds the file at its
    standard input, or with the absolute path of another program. Raises UsageError when the child
    fails or is too slow.
    """
    places = "\n".join([*(str(Path(each).absolute()) for each in sys.path), str(_HOME)])
    bounds = (str(limits.memory_bytes), str(limits.cpu_s))
    command = [sys.executable, "-I", "-B", "-c", _START, places, *bounds, *words]
    with (
        opened(own.path, limits) as file,
        subprocess.Popen(  # noqa: S603  no shell, and no word of a stranger's but a path
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as child,
    ):
        timer = threading.Timer(limits.wall_s, child.kill)
        timer.daemon = True
        timer.start()
        try:
            yield cast(BinaryIO, child.stdout)
            failed = child.wait() != 0
        finally:
            late = timer.finished.is_set()
            timer.cancel()
            child.kill()
    if late:
        raise UsageError(f"took longer than {limits.wall_s:g} s to decode", where=str(own.path))
    if failed:
        raise UsageError(
            "cannot be decoded",
            where=str(own.path),
            remedy="It is damaged, or not what it seems to be: save it anew with another program.",
        )


def enter(words: Sequence[str]) -> None:
    """What the child does first: bind its own hands, then become what it was made for."""
    memory_bytes, cpu_s, worker, *rest = words
    system.confine(int(memory_bytes), int(cpu_s))
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each thread would take memory it never uses
    if worker.startswith("generator."):
        import_module(worker).main(*rest)
    else:
        os.execv(worker, [worker, *rest])  # noqa: S606  that is the point
