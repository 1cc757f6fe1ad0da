"""Ctrl-C and SIGTERM: they unwind the stack, and never in the middle of publishing."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Terminated(BaseException):
    """SIGTERM, made to unwind the stack as Ctrl-C does, so that nothing is left behind."""


def unwind_on_terminate() -> None:
    """From here on SIGTERM raises :class:`Terminated` in the main thread."""

    def unwind(_signal: int, _frame: FrameType | None) -> None:
        raise Terminated

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, unwind)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
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
