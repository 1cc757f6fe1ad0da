"""Who does the work: any executor, or processes of our own on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Protocol

from generator import system
from generator.drive.worker import Terms, enlist

_GRACE_S = 1.5
"""What workers have to tidy up before they are killed: a little more than they give themselves."""


class Crew(Protocol):
    """Those who do errands."""

    @property
    def workers(self) -> int:
        """How many errands are done at once."""
        ...

    @property
    def deadline_s(self) -> float | None:
        """How long one may take."""
        ...

    def submit(self, call: Callable[..., bytes], *args: Any) -> Future[bytes]:
        """Have somebody call it. Raises BrokenExecutor when all are gone."""
        ...

    def notes(self) -> Iterator[tuple[int, float]]:
        """What was begun since this was last asked: its number, and when on the monotonic clock."""
        ...

    def dismiss(self) -> None:
        """Send everybody away, whatever they are at; whoever submits again gets others."""
        ...


@dataclass
class Hired:
    """Whoever an executor brings along, which is made anew when it is broken.

    A ``deadline_s`` is kept by ending the process that is late: each worker must be one by itself.
    """

    make: Callable[[], Executor]
    workers: int
    deadline_s: float | None = None
    _executor: Executor | None = None

    def submit(self, call: Callable[..., bytes], *args: Any) -> Future[bytes]:
        """Have somebody call it; the executor is made for the first call."""
        self._executor = self._executor or self.make()
        return self._executor.submit(call, *args)

    def notes(self) -> Iterator[tuple[int, float]]:
        """Nothing: they do not say what they begin."""
        return iter(())

    def dismiss(self) -> None:
        """Let the executor go, and what was not begun with it."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)


class _Context(SpawnContext):
    """Fresh processes, which can be named afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[SpawnProcess] = []

    def Process(self, *args: Any, **more: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802  its name there
        self.made.append(SpawnProcess(*args, **more))
        return self.made[-1]


class _Pool:
    """Processes of our own: they end with us, and say what they begin."""

    def __init__(self, workers: int, memory_bytes: int | None, cores: int | None) -> None:
        self._context = _Context()
        self._theirs, self._lifeline = self._context.Pipe(duplex=False)
        self._heard, self._notes = self._context.Pipe(duplex=False)
        terms = Terms(self._theirs, self._notes, memory_bytes, cores)
        with system.terminal_kept_back():  # this starts the keeper of what processes share
            self._executor = ProcessPoolExecutor(workers, self._context, enlist, (terms,))

    def submit(self, call: Callable[..., bytes], *args: Any) -> Future[bytes]:
        with system.terminal_kept_back():  # this may start a worker
            return self._executor.submit(call, *args)

    def notes(self) -> Iterator[tuple[int, float]]:
        while self._heard.poll():
            number, began_s = self._heard.recv_bytes().split()
            yield int(number), float(began_s)

    def end(self) -> None:
        self._lifeline.close()
        started = [each for each in self._context.made if each.pid]
        _wait([each.sentinel for each in started], _GRACE_S)
        for each in started:
            each.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)
        for end in (self._theirs, self._heard, self._notes):
            end.close()


def _wait(left: Sequence[int], patience_s: float) -> None:
    """Wait until processes are gone, or as long as that."""
    until_s = time.monotonic() + patience_s
    while left and (most_s := until_s - time.monotonic()) > 0:
        gone = connection.wait(left, most_s)
        left = [each for each in left if each not in gone]


class Local:
    """Processes on this machine, started for the first errand and when others were lost."""

    def __init__(
        self, workers: int, memory_bytes: int | None = None, deadline_s: float | None = None
    ) -> None:
        self.workers, self.deadline_s = workers, deadline_s
        self._memory_bytes = memory_bytes
        self._pool: _Pool | None = None

    def submit(self, call: Callable[..., bytes], *args: Any) -> Future[bytes]:
        """Have one of them call it. Raises BrokenExecutor when one of them died."""
        if self._pool is None:
            cores = 1 if self.workers > 1 else None
            self._pool = _Pool(self.workers, self._memory_bytes, cores)
        return self._pool.submit(call, *args)

    def notes(self) -> Iterator[tuple[int, float]]:
        """What they began since this was last asked."""
        return self._pool.notes() if self._pool else iter(())

    def dismiss(self) -> None:
        """Have them tidy up and go; whoever does not is killed. None is left afterwards."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.end()
