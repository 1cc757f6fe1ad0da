"""Where things lie, and how they come to lie there whole. The only home of POSIX-only calls."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import secrets
import signal
import stat
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from generator.errors import WriteError

POSIX = os.name == "posix"

PRIVATE_FILE = 0o600
PUBLIC_FILE = 0o644
PRIVATE_FOLDER = 0o700
_ABANDONED_S = 24 * 3600.0


# --- folders ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Folders:
    """Every place this program reads from or keeps things in."""

    scripts: tuple[Path, ...]
    """Looked through in this order: the user's own come first."""
    voices: tuple[Path, ...]
    cache: Path
    """Clips that speak no detail, shared by all tracks."""
    listeners: Path
    """One folder a label: what belongs to one person and goes with them."""
    secret: Path


def folders(scripts: Path | None = None, voices: Path | None = None) -> Folders:
    """The folders in force: what was asked for, then ``MEDITATE_HOME``, then what came along."""
    import platformdirs

    home = os.environ.get("MEDITATE_HOME")
    data = Path(home) if home else Path(platformdirs.user_data_dir("meditation-generator"))
    cache = data / "cache" if home else Path(platformdirs.user_cache_dir("meditation-generator"))
    return Folders(
        scripts=tuple(p for p in (scripts, data / "scripts", _builtin("scripts")) if p),
        voices=tuple(p for p in (voices, data / "voices", _builtin("voices")) if p),
        cache=cache / "clips",
        listeners=data / "listeners",
        secret=data / "secret",
    )


def _builtin(kind: str) -> Path:
    """Inside the package when installed from a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "builtin" / kind
    return installed if installed.is_dir() else package.parent / kind


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


def secret_key(path: Path) -> bytes:
    """32 random bytes, made once and kept for their owner alone.

    They key every digest of a detail, so that nobody who sees a cache can test guesses against it.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        what = f"the secret key cannot be read ({error.strerror})"
        raise WriteError(what, where=str(path), remedy="Mend the file's permissions.") from error
    if len(key) != 32:
        raise WriteError("the secret key is damaged", where=str(path), remedy="Delete the file.")
    return key


def known_key(path: Path) -> bytes | None:
    """The key, if there is one already: looking makes none."""
    return secret_key(path) if path.exists() else None


def _make_key(path: Path) -> None:
    """Put a whole key at ``path``, unless another process is quicker: then theirs stays."""
    private_folder(path.parent)
    write_once(path, secrets.token_bytes(32))


# --- files that appear whole or not at all ----------------------------------------------------


@dataclass(frozen=True)
class Workshop:
    """Temporary files beside the place they are made for, under a name nobody else uses."""

    folder: Path
    token: str

    def file(self, name: str) -> Path:
        """Where to write what shall become ``folder / name``."""
        return self.folder / f".{self.token}-{name}"

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
        with _undisturbed():
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
        place.file("probe").touch(PRIVATE_FILE)
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
        with _undisturbed():
            for leftover in folder.glob(f".{place.token}-*"):
                leftover.unlink(missing_ok=True)


def _sweep_abandoned(folder: Path) -> None:
    """Remove what a killed run left here: nothing is in the making for a whole day."""
    with contextlib.suppress(OSError):
        for leftover in folder.glob(".making-*"):
            if time.time() - leftover.stat().st_mtime > _ABANDONED_S:
                leftover.unlink(missing_ok=True)


def write_once(path: Path, content: bytes) -> bool:
    """Put ``content`` at ``path`` whole, unless something is there: then that stays.

    Whether it was written. Two processes that make the same thing differently keep one of them.
    """
    with workshop(path.parent) as place:
        fresh = place.file(path.name)
        fresh.touch(PRIVATE_FILE)
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
        with place.file(path.name).open("wb") as file:
            file.write(content)
        place.publish([path.name], mode)


def open_plain(path: Path) -> BinaryIO:
    """A plain file, open for reading. Raises OSError for any other: a pipe may keep us for ever."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a plain file")
    return os.fdopen(handle, "rb")


def _sync_folder(folder: Path) -> None:
    if POSIX:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# --- signals and memory -----------------------------------------------------------------------


class Terminated(BaseException):
    """SIGTERM, made to unwind the stack as Ctrl-C does, so that nothing is left behind."""


def unwind_on_terminate() -> None:
    """From here on SIGTERM raises :class:`Terminated` in the main thread."""

    def unwind(_signal: int, _frame: FrameType | None) -> None:
        raise Terminated

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, unwind)


class OutOfTime(BaseException):
    """A deadline passed. No ``except Exception`` on the way may take it for something else."""


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise :class:`OutOfTime` in what is done inside once it has taken so many seconds.

    Works in the main thread of a POSIX system whose alarm is Python's own to set; elsewhere it
    does nothing. An alarm that was set before comes when it would have come.
    """
    ours = POSIX and threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGALRM) if ours else None
    if before is None:  # no alarm here, or one that Python could not give back
        yield
        return
    running = True

    def ring(_signal: int, _frame: FrameType | None) -> None:
        if running:
            raise OutOfTime

    started_s = time.monotonic()
    signal.signal(signal.SIGALRM, ring)
    due_s, again_s = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
        if due_s:
            left_s = due_s - (time.monotonic() - started_s)
            signal.setitimer(signal.ITIMER_REAL, max(left_s, 1e-6), again_s)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back for a few milliseconds.

    By their handlers, not by a mask: what the main thread masks reaches it by way of the threads
    that the numeric libraries keep.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda came, _frame: held.append(came)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if held:
            signal.raise_signal(held[0])


def return_large_blocks() -> None:
    """Have the C library give blocks of 4 MB and more back to the system when they are freed.

    The neural voice frees buffers of ever new sizes; glibc keeps them, and one long sentence costs
    350 MB where it needs 270. Elsewhere than on glibc this does nothing.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            m_mmap_threshold = -3
            ctypes.CDLL(None).mallopt(m_mmap_threshold, 4 << 20)


def confine(memory_bytes: int, cpu_s: int) -> None:
    """From here on this process can use no more memory or processor time, and write to no file.

    As far as the system knows such limits: macOS does not hold the one on memory.
    """
    if not POSIX:
        return
    import resource

    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        with contextlib.suppress(OSError, ValueError):  # lower already, or unknown here
            resource.setrlimit(limit, (most, most))
