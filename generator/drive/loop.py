"""The one loop: a few errands at a time are under way, and each comes back as one outcome.

Whoever does them may die. What was begun by then is suspect and is tried by itself, so that the one
that kills is found out; what had not been begun is sent again and thought no worse of.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass
from itertools import count

from generator.drive.crew import Crew
from generator.drive.worker import attend, failed, late, opened, parcel
from generator.errors import MeditationError
from generator.model import Errand, Happening, Outcome

AHEAD = 3
"""Errands under way for each worker: when one is done, the next already lies there."""
TRIES_ALONE = 2
"""Whoever takes down its worker that often by itself is lost. Once, somebody else may have."""
_LOOK_AGAIN_S = 0.1
"""How soon it is seen that something was begun."""


def _silent(_happening: Happening) -> None:
    """What is told to nobody."""


def run(
    errands: Iterable[Errand],
    work: Callable[[Errand], object],
    crew: Crew,
    on_event: Callable[[Happening], None] = _silent,
) -> Iterator[Outcome]:
    """What came of each errand, one outcome each, as they are finished.

    ``work`` is a function of a module, or a partial of one; what it gives back can be pickled. No
    more than ``AHEAD`` times ``crew.workers`` errands are drawn before one is finished. The crew is
    dismissed at the end, also when this is closed before it or interrupted.
    """
    return _Drive(iter(errands), work, crew, on_event).outcomes()


@dataclass
class _Flight:
    """One errand under way."""

    number: int
    errand: Errand
    tries_alone: int
    """Including this one; 0 in company."""
    began_s: float | None = None
    ended_s: float = 0.0

    def land(self, _future: Future[bytes]) -> None:
        """Note when it ended: whoever draws the outcomes may look much later."""
        self.ended_s = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long somebody was at it, as far as is known."""
        return 0.0 if self.began_s is None else max(self.ended_s - self.began_s, 0.0)


class _Drive:
    def __init__(
        self,
        errands: Iterator[Errand],
        work: Callable[[Errand], object],
        crew: Crew,
        on_event: Callable[[Happening], None],
    ) -> None:
        self._errands, self._work, self._crew, self._tell = errands, work, crew, on_event
        self._flying: dict[Future[bytes], _Flight] = {}
        self._again: deque[Errand] = deque()
        """Innocent, and interrupted."""
        self._suspects: deque[tuple[Errand, int]] = deque()
        """With how often each was tried alone."""
        self._numbers = count()

    def outcomes(self) -> Iterator[Outcome]:
        try:
            while True:
                while flight := self._next():
                    yield from self._send(flight)
                if not self._flying:
                    return
                done, _flying = wait(self._flying, _LOOK_AGAIN_S, FIRST_COMPLETED)
                self._listen()
                yield from self._land(done)
        finally:
            self._crew.dismiss()

    def _next(self) -> _Flight | None:
        """Who is to be sent now, if there is room: a suspect has all of it."""
        if self._suspects and not self._flying:
            errand, tries = self._suspects.popleft()
            return _Flight(next(self._numbers), errand, tries + 1)
        alone = any(each.tries_alone for each in self._flying.values())
        full = len(self._flying) >= AHEAD * self._crew.workers
        if self._suspects or alone or full:
            return None
        if self._again:
            return _Flight(next(self._numbers), self._again.popleft(), 0)
        fresh = next(self._errands, None)
        return None if fresh is None else _Flight(next(self._numbers), fresh, 0)

    def _send(self, flight: _Flight) -> Iterator[Outcome]:
        key = flight.errand.key
        try:
            content = parcel(self._work, flight.errand)
        except Exception as error:  # noqa: BLE001  whatever it raises on its way into bytes
            yield self._finished(failed(key, error))
            return
        try:
            future = self._crew.submit(attend, flight.number, key, content, self._crew.deadline_s)
        except BrokenExecutor as error:  # somebody died meanwhile: found like any other break
            future = Future()
            future.set_exception(error)
        self._flying[future] = flight
        future.add_done_callback(flight.land)
        self._tell(Happening("sent", key))

    def _listen(self) -> None:
        begun = dict(self._crew.notes())
        for flight in self._flying.values():
            if flight.number in begun:
                flight.began_s = begun[flight.number]
                self._tell(Happening("started", flight.errand.key))

    def _land(self, done: Collection[Future[bytes]]) -> Iterator[Outcome]:
        broken = False
        for future in [each for each in self._flying if each in done]:
            error = _error(future)
            if error is None:
                yield self._opened(future)
            elif isinstance(error, BrokenExecutor):
                broken = True
            else:  # whoever was at this one is gone, and nobody else
                yield from self._judge([self._flying.pop(future)])
        if broken:
            yield from self._regroup()

    def _opened(self, future: Future[bytes]) -> Outcome:
        flight = self._flying.pop(future)
        try:
            return self._finished(opened(future.result()))
        except Exception as error:  # noqa: BLE001  whatever a result raises on its way out of bytes
            return self._finished(failed(flight.errand.key, error))

    def _regroup(self) -> Iterator[Outcome]:
        """All workers are gone. What was done is done, and of the others some are suspect."""
        self._listen()
        self._crew.dismiss()
        for future in [each for each in self._flying if each.done() and _error(each) is None]:
            yield self._opened(future)
        flights = list(self._flying.values())
        self._flying.clear()
        yield from self._judge(flights)

    def _judge(self, flights: Sequence[_Flight]) -> Iterator[Outcome]:
        """What is to be done with those who were under way when workers were lost."""
        deadline_s = self._crew.deadline_s or math.inf
        overdue = [each for each in flights if each.seconds >= deadline_s]
        begun = [each for each in flights if each.began_s is not None]
        suspects = [] if overdue else begun or flights
        for each in flights:
            if each in overdue:
                outcome = late(each.errand.key, deadline_s)
                yield self._finished(dataclasses.replace(outcome, seconds=each.seconds))
            elif each not in suspects:
                self._again.append(each.errand)
            elif each.tries_alone < TRIES_ALONE:
                self._suspects.append((each.errand, each.tries_alone))
            else:
                yield self._finished(_lost(each))

    def _finished(self, outcome: Outcome) -> Outcome:
        self._tell(Happening("finished", outcome.key, outcome))
        return outcome


def _error(future: Future[bytes]) -> BaseException | None:
    """Why a future that is done has no result."""
    return CancelledError() if future.cancelled() else future.exception()


def _lost(flight: _Flight) -> Outcome:
    return Outcome(
        flight.errand.key,
        "lost",
        MeditationError.exit_code,
        "the process that was at it died, and again when it did nothing else",
        remedy="Make it by itself, with more memory, to see why.",
        seconds=flight.seconds,
    )
