"""What takes too long is stopped, and whoever had set an alarm before still gets it."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from generator import system

pytestmark = [pytest.mark.skipif(not system.POSIX, reason="alarms are POSIX"), pytest.mark.alone]


@pytest.fixture
def rung() -> Iterator[list[float]]:
    """When an alarm of somebody else's rang."""
    times: list[float] = []
    before = signal.signal(signal.SIGALRM, lambda _n, _f: times.append(time.monotonic()))
    yield times
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_what_takes_too_long_is_stopped_even_where_every_error_is_caught() -> None:
    def stubborn() -> None:
        with system.deadline(0.1):
            while True:
                with contextlib.suppress(Exception):
                    time.sleep(5)

    started_s = time.monotonic()
    with pytest.raises(system.OutOfTime):
        stubborn()
    assert time.monotonic() - started_s < 2


def test_what_is_kept_waiting_has_longer_than_what_works() -> None:
    """On a busy machine a good script was refused: it took more than 5 s to read."""
    with system.deadline(0.2):
        time.sleep(0.4)

    def works() -> None:
        started_s = time.thread_time()
        with system.deadline(0.2):
            while time.thread_time() - started_s < 1:
                pass

    with pytest.raises(system.OutOfTime):
        works()


def test_what_is_done_in_time_is_left_alone(rung: list[float]) -> None:
    handler = signal.getsignal(signal.SIGALRM)
    with system.deadline(0.05):
        pass
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    time.sleep(0.1)
    assert not rung


def test_an_error_inside_is_itself_and_takes_the_alarm_down() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(KeyError), system.deadline(5):
        raise KeyError
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_an_alarm_set_before_comes_when_it_would_have_come(rung: list[float]) -> None:
    set_at = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    with system.deadline(5):
        time.sleep(0.1)
    assert not rung
    time.sleep(0.5)
    assert len(rung) == 1
    assert 0.2 < rung[0] - set_at < 0.5


def test_an_alarm_that_fell_due_meanwhile_comes_right_after(rung: list[float]) -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    with system.deadline(5):
        time.sleep(0.15)
        assert not rung
    time.sleep(0.05)
    assert len(rung) == 1


def test_one_deadline_within_another_is_the_nearer_one() -> None:
    def nested() -> None:
        with system.deadline(5), system.deadline(0.05):
            time.sleep(3)

    with pytest.raises(system.OutOfTime):
        nested()
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_outside_the_main_thread_there_is_none() -> None:
    done: list[str] = []

    def work() -> None:
        with system.deadline(0.01):
            time.sleep(0.1)
            done.append("whole")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == ["whole"]
