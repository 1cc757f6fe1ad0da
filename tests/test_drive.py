"""Errands and those who do them: one outcome each, whoever dies, hangs or is sent away."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from functools import partial
from pathlib import Path
from typing import Any

import errands
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import drive, system
from generator.model import Errand, Happening, Outcome

ROOT = Path(__file__).parent.parent

pytestmark = [
    pytest.mark.skipif(not system.POSIX, reason="signals and limits are POSIX"),
    pytest.mark.alone,
]


def numbered(many: int) -> Iterator[Errand]:
    return (Errand(f"e{number}", number) for number in range(many))


def acts(*names: str) -> list[Errand]:
    return [Errand(f"e{number}-{name}", name) for number, name in enumerate(names)]


def by_key(outcomes: Iterator[Outcome]) -> dict[str, Outcome]:
    """Each by its key; there is one each."""
    found = list(outcomes)
    named = {each.key: each for each in found}
    assert len(named) == len(found)
    return named


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def within(seconds: float, what: Callable[[], object]) -> bool:
    until_s = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until_s:
            return False
        time.sleep(0.02)
    return True


# --- with an executor that does as it is told -------------------------------------------------


class Scripted(Executor):
    """One thread that does what it is asked, but for what its script has happen instead."""

    def __init__(self, faults: Iterator[str]) -> None:
        self.faults = faults
        self.waiting: list[tuple[Future[bytes], Callable[[], bytes]]] = []
        self.changed = threading.Condition()
        self.broken = False
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def submit(self, call: Callable[..., bytes], /, *args: Any) -> Future[bytes]:  # type: ignore[override]
        with self.changed:
            if self.broken:
                raise BrokenExecutor
            future: Future[bytes] = Future()
            self.waiting.append((future, partial(call, *args)))
            self.changed.notify()
            return future

    def _work(self) -> None:
        while not self.broken:
            with self.changed:
                self.changed.wait_for(lambda: self.waiting or self.broken)
                fault = next(self.faults, "")
                self.broken |= fault == "break"
                if self.broken:
                    break
                future, call = self.waiting.pop(0)
            if fault == "cancelled":
                future.cancel()
                future.set_running_or_notify_cancel()
            elif fault == "lost":
                future.set_exception(OSError("gone"))
            else:
                future.set_result(call())
        for future, _call in self.waiting:
            future.set_exception(BrokenExecutor())

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self.changed:
            self.broken = True
            self.changed.notify()
        self.thread.join()


@given(
    many=st.integers(0, 12),
    workers=st.integers(1, 3),
    faults=st.lists(st.sampled_from(["", "break", "lost", "cancelled"]), max_size=40),
)
def test_there_is_one_outcome_for_each_errand_whatever_breaks(
    many: int, workers: int, faults: list[str]
) -> None:
    script, told = iter(faults), list[Happening]()
    crew = drive.Hired(lambda: Scripted(script), workers)
    found = by_key(drive.run(numbered(many), errands.doubled, crew, told.append))
    assert set(found) == {each.key for each in numbered(many)}
    for each in numbered(many):
        if found[each.key].status == "done":
            assert found[each.key].result == errands.doubled(each)
        else:
            assert found[each.key].status == "lost"
    finished = [each for each in told if each.kind == "finished"]
    assert [each.outcome for each in finished] == [found[each.key] for each in finished]
    if not any(faults):
        assert {each.status for each in found.values()} <= {"done"}
        assert sum(each.kind == "sent" for each in told) == many


def test_errands_are_drawn_as_there_is_room_for_them() -> None:
    drawn = finished = most = 0

    def counted() -> Iterator[Errand]:
        nonlocal drawn, most
        for each in numbered(40):
            drawn += 1
            most = max(most, drawn - finished)
            yield each

    crew = drive.Hired(lambda: ThreadPoolExecutor(2), 2)
    for _outcome in drive.run(counted(), errands.doubled, crew):
        finished += 1
    assert (drawn, finished) == (40, 40)
    assert 2 < most <= drive.AHEAD * 2


def test_what_cannot_be_sent_has_an_outcome_too() -> None:
    crew = drive.Hired(lambda: ThreadPoolExecutor(1), 1)
    bad = Errand("bad", lambda: None)
    (found,) = drive.run([bad], errands.doubled, crew)
    assert (found.key, found.status) == ("bad", "failed")


def test_no_errands_need_nobody() -> None:
    crew = drive.Hired(lambda: pytest.fail("somebody was hired"), 1)
    assert list(drive.run([], errands.doubled, crew)) == []


def test_nothing_that_an_errand_carries_is_shown() -> None:
    outcome = Outcome("e1", "done", result=errands.SECRET)
    for each in (Errand("e1", errands.SECRET), outcome, Happening("finished", "e1", outcome)):
        assert errands.SECRET not in repr(each)


# --- with processes ---------------------------------------------------------------------------


def test_whatever_an_errand_raises_or_gives_comes_back_as_words() -> None:
    """Of one that cannot be made again from its bytes the pool broke."""
    names = ("ours", "secret", "apart", "leave", "unpicklable", "comes apart", "well")
    steps: dict[str, list[str]] = {}

    def told_of(happening: Happening) -> None:
        steps.setdefault(happening.key, []).append(happening.kind)

    found = by_key(drive.run(acts(*names), errands.acted, drive.crew(1), told_of))
    assert steps == {key: ["sent", "started", "finished"] for key in found}
    told = {each.key.partition("-")[2]: each for each in found.values()}
    assert {each.status for key, each in told.items() if key != "well"} == {"failed"}
    assert (told["well"].status, told["well"].result) == ("done", "well")
    ours = told["ours"]
    assert (ours.exit_code, ours.message, ours.where, ours.remedy) == (
        2,
        "is too long",
        "care_object",
        "Shorten it.",
    )
    for name, kind in (("secret", "ValueError"), ("apart", "ComesApart"), ("leave", "SystemExit")):
        assert told[name].message.startswith(f"a fault of ours, {kind}")
        assert told[name].exit_code == 1
    assert errands.SECRET not in str([*told.values()])


def test_a_worker_has_its_hands_bound() -> None:
    (one,) = drive.run([Errand("e", None)], errands.surroundings, drive.crew(1))
    found = one.result
    assert isinstance(found, dict)
    assert found["pid"] != os.getpid()
    assert (found["umask"], found["core"], found["sigint"]) == (0o077, (0, 0), True)
    assert (found["cores"], found["share"]) == (len(os.sched_getaffinity(0)), None)
    assert not alive(found["pid"])


def plain_pool() -> Executor:
    return ProcessPoolExecutor(2, multiprocessing.get_context("spawn"))


@pytest.mark.slow
def test_several_workers_use_one_core_each() -> None:
    tasks = [Errand(f"e{number}", None) for number in range(2)]
    for outcome in drive.run(tasks, errands.surroundings, drive.crew(2)):
        assert isinstance(outcome.result, dict)
        assert [outcome.result[key] for key in ("cores", "share", "blas")] == [1, 1, "1"]
    (one, other) = drive.run(tasks, errands.threads, drive.crew(2))
    assert one.result == other.result == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("poison", "crew"),
    [("kill", drive.crew(2)), ("exit", drive.crew(2)), ("exit", drive.Hired(plain_pool, 2))],
    ids=["killed", "left", "left a pool that is not ours"],
)
def test_whoever_takes_down_its_worker_is_named_and_all_others_are_done(
    poison: str, crew: drive.Crew, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    tasks: list[Errand] = [Errand(f"e{number}", (0.02, str(log))) for number in range(20)]
    tasks[7] = Errand("e7", poison)
    found = by_key(drive.run(tasks, poisoned, crew))
    assert [key for key, each in found.items() if each.status != "done"] == ["e7"]
    assert found["e7"].status == "lost"
    assert "Biscuit" not in str(found["e7"])
    times = Counter(log.read_text().split())
    assert set(times) == {f"e{number}" for number in range(20) if number != 7}
    assert sum(times.values()) <= 20, "whoever was at work beside it, and nobody else, began again"


def poisoned(errand: Errand) -> object:
    return errands.acted(errand) if isinstance(errand.what, str) else errands.noted(errand)


@pytest.mark.slow
def test_workers_that_are_killed_at_random_lose_nothing(tmp_path: Path) -> None:
    tasks = [Errand(f"e{number}", (0.05, str(tmp_path / "log"))) for number in range(40)]
    killed = 0
    with contextlib.closing(drive.run(tasks, errands.noted, drive.crew(2))) as outcomes:
        found = []
        for number, outcome in enumerate(outcomes):
            found.append(outcome)
            if number in (5, 15, 25, 35):
                pid = sorted(children())[number % 2]
                os.kill(pid, signal.SIGKILL)
                killed += 1
    assert killed == 4
    assert sorted(each.key for each in found) == sorted(each.key for each in tasks)
    assert {each.status for each in found} == {"done"}
    assert len((tmp_path / "log").read_text().split()) <= 40 + killed
    assert not children()


def children(of: int | None = None) -> set[int]:
    """Workers of a process, this one if none is named; zombies are none."""
    parent, found = of or os.getpid(), set()
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, ppid = (each / "stat").read_text().rpartition(")")[2].split()[:2]
            words = (each / "cmdline").read_bytes()
            if int(ppid) == parent and state != "Z" and b"spawn_main" in words:
                found.add(int(each.name))
    return found


def test_memory_has_a_bound_and_the_worker_goes_on() -> None:
    names = ("allocate", "well")
    with contextlib.closing(
        drive.run(acts(*names), errands.acted, drive.crew(1, memory_bytes=2 << 30))
    ) as outcomes:
        first = next(outcomes)
        (worker,) = children()
        second = next(outcomes)
        assert children() <= {worker}
    assert (first.status, second.status) == ("failed", "done")
    assert first.message == "needs more memory than it may have"


# --- through the command ----------------------------------------------------------------------

WRAPPER = """if True:
    import re
    import sys
    from generator.__main__ import main
if __name__ == '__main__':
    from generator import cli, drive
    from generator.model import Errand
    sys.path.append(sys.argv.pop())
    import errands
    def commanded():
        (one,) = drive.run([Errand("e", None)], errands.modules, drive.crew(1))
        print(one.status, one.result)
    cli.main = commanded
    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])
    sys.exit(main())
"""


def test_a_worker_of_the_command_does_not_run_the_command_again(tmp_path: Path) -> None:
    """The script that pip makes is imported by every fresh process."""
    program = tmp_path / "meditate"
    program.write_text(WRAPPER)
    done = subprocess.run(
        [sys.executable, program, ROOT / "tests"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("done []\n", "")


# --- deadlines --------------------------------------------------------------------------------


def test_what_takes_too_long_is_late_and_its_worker_goes_on() -> None:
    began_s = time.monotonic()
    outcomes = drive.run(acts("sleep", "well"), errands.acted, drive.crew(1, deadline_s=0.3))
    found = [each.status for each in outcomes]
    assert found == ["late", "done"]
    assert time.monotonic() - began_s < 3.0


@pytest.mark.slow
@pytest.mark.parametrize("how", ["hang", "hang alone"])
def test_what_hangs_in_a_library_is_late_too(how: str) -> None:
    """Also one that keeps the interpreter to itself: no thread of ours runs then."""
    tasks = acts(how, "well", "well", "well")
    found = by_key(drive.run(tasks, errands.acted, drive.crew(2, deadline_s=0.5)))
    assert found.pop(f"e0-{how}").status == "late"
    assert {each.status for each in found.values()} == {"done"}
    assert not children()


@pytest.mark.slow
def test_who_died_early_is_not_late_because_nobody_looked() -> None:
    """A worker's end was timed when its outcome was drawn, and innocents were called late."""
    outcomes = drive.run(acts("well", "exit"), errands.acted, drive.crew(1, deadline_s=0.6))
    assert next(outcomes).status == "done"
    time.sleep(0.8)
    assert [each.status for each in outcomes] == ["lost"]


# --- sent away --------------------------------------------------------------------------------


def test_closed_before_the_end_nobody_is_left_and_nothing_half_made(tmp_path: Path) -> None:
    tasks = [Errand("e0", str(tmp_path)), Errand("e1", str(tmp_path))]
    told: list[Happening] = []
    outcomes = drive.run([*acts("well"), *tasks], half_made, drive.crew(1), told.append)
    assert next(outcomes).status == "done"
    assert within(5.0, (tmp_path / "pid-e0").exists)
    pid = int((tmp_path / "pid-e0").read_text())
    began_s = time.monotonic()
    outcomes.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began_s < 1.4
    assert not Path(f"/proc/{pid}").exists(), "not even a zombie"
    assert not children()
    assert [path.name for path in tmp_path.iterdir()] == ["pid-e0"]


def half_made(errand: Errand) -> object:
    if errand.what == "well":
        return None
    return errands.in_a_workshop(errand)


PARENT = """if True:
    import os, sys
    sys.path[:0] = [sys.argv[1], sys.argv[2]]
    import errands
    from generator import drive, system
    from generator.model import Errand
    if __name__ == "__main__":
        system.unwind_on_terminate()
        folder = sys.argv[3]
        tasks = (Errand(f"e{number}", folder) for number in range(4))
        try:
            list(drive.run(tasks, errands.in_a_workshop, drive.crew(2)))
        except (KeyboardInterrupt, system.Terminated):
            sys.exit(9)
"""


@contextlib.contextmanager
def parent(folder: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process with two workers, both at work, and their ids."""
    program = folder / "parent.py"
    program.write_text(PARENT)
    (folder / "made").mkdir()
    with subprocess.Popen(
        [sys.executable, program, ROOT, ROOT / "tests", folder / "made"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        notes = [folder / "made" / f"pid-e{number}" for number in range(2)]
        assert within(20.0, lambda: all(each.exists() and each.read_text() for each in notes))
        try:
            yield process, [int(each.read_text()) for each in notes]
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.slow
def test_of_a_parent_that_is_killed_no_worker_lives_on(tmp_path: Path) -> None:
    with parent(tmp_path) as (process, workers):
        process.kill()
        assert within(1.5, lambda: not any(map(alive, workers)))
    assert {path.name for path in (tmp_path / "made").iterdir()} == {"pid-e0", "pid-e1"}


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("group", [False, True])
def test_of_a_parent_that_is_stopped_nothing_is_left(
    tmp_path: Path, sent: signal.Signals, group: bool
) -> None:
    """Ctrl-C and a closed terminal go to all of the group, the workers too."""
    with parent(tmp_path) as (process, workers):
        os.kill(-process.pid if group else process.pid, sent)
        _out, errors = process.communicate(timeout=5)
        assert process.returncode == 9
        assert errors == ""
        assert not any(map(alive, workers))
    assert {path.name for path in (tmp_path / "made").iterdir()} == {"pid-e0", "pid-e1"}
