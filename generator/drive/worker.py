"""What happens where an errand is done: it comes as bytes, and whatever happens goes as bytes.

A pool of processes breaks of an exception that cannot be taken out of its bytes, and of a question
that cannot: neither is left to it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

from generator import system
from generator.errors import MeditationError, fault
from generator.model import Errand, Outcome

HARD_S = 2.0
"""How much later than its time a hung errand is ended together with its process."""
_PATIENCE_S = 1.0
"""What tidying up may take when the parent is gone or wants no more."""


@dataclass(frozen=True)
class Terms:
    """What a worker is told when it starts."""

    lifeline: Connection
    """Nothing ever comes from there but its end: then nobody waits for the worker any more."""
    notes: Connection
    """Where it says what it begins. Short enough that what several say is never mixed up."""
    memory_bytes: int | None
    cores: int | None
    """None leaves it all of them."""


_taken_on: list[Terms] = []
"""The terms of this process, if it is a worker of ours: only then its signals are ours."""


def enlist(terms: Terms) -> None:
    """What a worker does first: bind its own hands."""
    system.leave_on_terminate()
    system.no_core_dumps()
    os.umask(0o077)
    if terms.cores:
        system.share_cores(terms.cores)
    if terms.memory_bytes:
        system.limit_memory(terms.memory_bytes)
    _taken_on.append(terms)
    threading.Thread(target=_end_with_parent, args=(terms.lifeline,), daemon=True).start()


def _end_with_parent(lifeline: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        lifeline.recv_bytes()
    system.terminate_self(_PATIENCE_S)


def attend(number: int, key: str, parcel: bytes, deadline_s: float | None) -> bytes:
    """Do one errand: its outcome, pickled. ``number`` is what notes call it.

    ``parcel`` is the work, a function, and its errand, pickled together. A hung one is ended
    together with this process.
    """
    began_s = time.monotonic()
    _note(number, began_s)
    try:
        with _bounded(deadline_s):
            work, errand = pickle.loads(parcel)  # noqa: S301  our own parent's
            outcome = Outcome(key, "done", result=work(errand))
    except system.Terminated as ended:  # everything is tidied up by now
        os._exit(128 + ended.number)
    except system.OutOfTime:
        outcome = late(key, deadline_s or 0.0)
    except BaseException as error:  # noqa: BLE001  what it was comes back as words
        outcome = failed(key, error)
    return _packed(dataclasses.replace(outcome, seconds=time.monotonic() - began_s))


def parcel(work: Callable[[Errand], object], errand: Errand) -> bytes:
    """What :func:`attend` opens."""
    return pickle.dumps((work, errand))


def opened(content: bytes) -> Outcome:
    """What :func:`attend` gave back. Raises whatever its result does when it is unpickled."""
    outcome: Outcome = pickle.loads(content)  # noqa: S301  our own worker's
    return outcome


def failed(key: str, error: BaseException) -> Outcome:
    """What came of an errand that raised something: nothing of its text unless it is ours."""
    if isinstance(error, MemoryError):
        error = MeditationError(
            "needs more memory than it may have", remedy="Allow more, or make less at once."
        )
    told = error if isinstance(error, MeditationError) else fault(error)
    return Outcome(key, "failed", told.exit_code, told.what, told.where, told.remedy)


def late(key: str, deadline_s: float) -> Outcome:
    """What came of an errand that was not done in its time."""
    what = f"was not done within {deadline_s:g} s"
    return Outcome(key, "late", MeditationError.exit_code, what, remedy="Give it more time.")


def _packed(outcome: Outcome) -> bytes:
    try:
        return pickle.dumps(outcome)
    except Exception as error:  # noqa: BLE001  whatever a result raises on its way into bytes
        return pickle.dumps(
            dataclasses.replace(failed(outcome.key, error), seconds=outcome.seconds)
        )


def _note(number: int, began_s: float) -> None:
    for terms in _taken_on:
        with contextlib.suppress(OSError):
            terms.notes.send_bytes(f"{number} {began_s!r}".encode())


@contextlib.contextmanager
def _bounded(deadline_s: float | None) -> Iterator[None]:
    """A signal unwinds what is done inside; so does the deadline, and if need be by force."""
    with contextlib.ExitStack() as bounds:
        if _taken_on:
            bounds.callback(system.leave_on_terminate)
            system.unwind_on_terminate()
        if deadline_s is not None:
            bounds.enter_context(system.last_resort(deadline_s + HARD_S))
            bounds.enter_context(system.deadline(deadline_s, patience=1.0))
        yield
