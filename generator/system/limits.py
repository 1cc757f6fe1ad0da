"""What the process may take and leave: memory given back, no core dumps."""

from __future__ import annotations

import contextlib
import ctypes
import sys

from generator.system.whole import POSIX


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


def no_core_dumps() -> None:
    """From here on a crash leaves no picture of the memory, which holds what a listener told us."""
    if POSIX:
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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
