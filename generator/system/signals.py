"""Ctrl-C and SIGTERM unwind the stack, never in the middle of publishing; and a deadline."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn, cast

_AT_ONCE_S = 1.0


class Terminated(BaseException):
    """A signal to end, made to unwind the stack as Ctrl-C does, so that nothing is left behind."""

    def __init__(self, number: int = signal.SIGTERM) -> None:
        super().__init__(number)
        self.number = number


def unwind_on_terminate() -> None:
    """From here on a signal to end unwinds the main thread; what follows at once is passed over.

    Shells and wrappers send the same wish twice, and the second would interrupt the tidying up.
    Ctrl-C raises KeyboardInterrupt, the others :class:`Terminated`. A signal that was ignored, as
    ``nohup`` has it, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    heard = _heard()

    last_s = -math.inf

    def unwind(number: int, _frame: FrameType | None) -> None:
        nonlocal last_s
        since_s, last_s = time.monotonic() - last_s, time.monotonic()
        if since_s > _AT_ONCE_S:
            raise KeyboardInterrupt if number == signal.SIGINT else Terminated(number)

    for each in heard:
        signal.signal(each, unwind)


def leave_on_terminate() -> None:
    """From here on a signal to end does so at once: there is nothing to tidy up.

    For a process that works for another one, which hears Ctrl-C too and decides what is to be.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for each in _heard():
            signal.signal(each, lambda number, _frame: os._exit(128 + number))


def terminate_self(patience_s: float) -> NoReturn:
    """End this process from another thread: as SIGTERM does, or by force when that takes longer."""
    if hasattr(signal, "pthread_kill"):
        # To the main thread itself, so that what it waits for is interrupted.
        signal.pthread_kill(cast(int, threading.main_thread().ident), signal.SIGTERM)
        time.sleep(patience_s)
    os._exit(128 + signal.SIGTERM)


@contextlib.contextmanager
def terminal_kept_back() -> Iterator[None]:
    """Whoever is started inside never hears what a terminal sends to all; we hear it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    sent = {signal.SIGINT, signal.SIGHUP, signal.SIGQUIT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, sent)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_PATIENCE = 6.0
"""How much longer than its work a thing may take, where the machine does others too."""


class OutOfTime(BaseException):
    """A deadline passed. No ``except Exception`` on the way may take it for something else."""


@contextlib.contextmanager
def deadline(seconds: float, patience: float = _PATIENCE) -> Iterator[None]:
    """Raise :class:`OutOfTime` in what is done inside once it has worked for so many seconds.

    What waits, or is kept waiting by a busy machine, has ``patience`` times as long. Works in the
    main thread of a POSIX system whose alarm is Python's own to set; elsewhere it does nothing. An
    alarm that was set before comes when it would have come.
    """
    ours = hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGALRM) if ours else None
    if before is None:  # no alarm here, or one that Python could not give back
        yield
        return
    running = True

    def ring(_signal: int, _frame: FrameType | None) -> None:
        if not running:
            return
        worked_s, since_s = time.thread_time() - worked_before_s, time.monotonic() - started_s
        left_s = min(seconds - worked_s, patience * seconds - since_s)
        if left_s <= 0.0:
            raise OutOfTime
        signal.setitimer(signal.ITIMER_REAL, left_s)

    started_s, worked_before_s = time.monotonic(), time.thread_time()
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


def _heard() -> list[int]:
    """The signals that ask a process to end, without those that are ignored."""
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    return [each for each in numbers if signal.getsignal(each) is not signal.SIG_IGN]


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Hold every signal to end back for a few milliseconds."""
    with ending_by(lambda: None):
        yield


@contextlib.contextmanager
def ending_by(stop: Callable[[], None]) -> Iterator[None]:
    """A signal to end calls ``stop``, and does what it would have done once the work has ended.

    By handlers, not by a mask: what the main thread masks reaches it by way of the threads that the
    numeric libraries keep.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []

    def hold(number: int, _frame: FrameType | None) -> None:
        held.append(number)
        stop()

    numbers = _heard()
    before = [signal.signal(number, hold) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if held:
            signal.raise_signal(held[0])
