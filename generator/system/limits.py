"""What the process may take and leave: memory, time, no core dumps."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from generator.system.posix import POSIX


def return_large_blocks() -> None:
    """Have the C library give blocks of 4 MB and more back to the system when they are freed.

    The neural voice frees buffers of ever new sizes; glibc keeps them, and one long sentence costs
    350 MB where it needs 270. Elsewhere than on glibc this does nothing.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            m_mmap_threshold = -3
            ctypes.CDLL(None).mallopt(m_mmap_threshold, 4 << 20)


def return_freed() -> None:
    """Have the C library give what has been freed back to the system: after speaking, some 60 MB.

    Elsewhere than on glibc this does nothing.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def confine(memory_bytes: int, cpu_s: int) -> None:
    """From here on this process can use no more memory or processor time, and write to no file.

    As far as the system knows such limits: macOS does not hold the one on memory.
    """
    limit_memory(memory_bytes)
    _limit("RLIMIT_CPU", cpu_s)
    _limit("RLIMIT_FSIZE", 0)
    _limit("RLIMIT_CORE", 0)


def limit_memory(memory_bytes: int) -> None:
    """From here on whoever asks for more memory in this process gets a MemoryError, or nothing."""
    _limit("RLIMIT_AS", memory_bytes)


def no_core_dumps() -> None:
    """From here on a crash leaves no picture of the memory, which holds what a listener told us."""
    _limit("RLIMIT_CORE", 0)


def allow_open_files(count: int) -> None:
    """From here on this process may hold so many files open, or as many as the system lets it."""
    if POSIX:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _limit(name: str, most: int) -> None:
    if POSIX:
        import resource

        with contextlib.suppress(OSError, ValueError):  # lower already, or unknown here
            resource.setrlimit(getattr(resource, name), (most, most))


@contextlib.contextmanager
def last_resort(seconds: float) -> Iterator[None]:
    """End the whole process, with exit code 1, when what is done inside takes longer than that.

    Also when it hangs in a library that never gives the interpreter back. Nothing is tidied up.
    """
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(seconds, file=nowhere, exit=True)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
