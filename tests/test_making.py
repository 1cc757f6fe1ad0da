"""What killed runs left goes as soon as somebody works beside it; what is being made stays."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import system
from generator.speech import cache
from generator.system import locks, making

ROOT = Path(__file__).parent.parent
DAY_S = 24 * 3600.0

pytestmark = pytest.mark.skipif(not system.POSIX, reason="locks are POSIX")

MAKE = """if True:
    import subprocess, sys, time
    from pathlib import Path
    from generator import system
    with system.workshop(Path(sys.argv[1])) as place:
        place.fresh("track.mp3").write_bytes(b"half")
        place.fresh("track.vtt").write_bytes(b"half")
        if sys.argv[2:] == ["with a child"]:
            print(subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL).pid, flush=True)
        print("made", flush=True)
        time.sleep(60)
"""


@contextlib.contextmanager
def maker(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Another process with two files in the making."""
    with subprocess.Popen(
        [sys.executable, "-c", MAKE, folder, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = iter(process.stdout.readline, "made\n")
        process.said = list(said)  # type: ignore[attr-defined]
        try:
            yield process
        finally:
            process.kill()


def killed(folder: Path) -> list[Path]:
    """What a process left that was killed just now."""
    with maker(folder):
        pass
    left = list(folder.glob(".making-*"))
    assert len(left) == 3
    return left


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def dated(path: Path, age_s: float) -> None:
    at_s = time.time() - age_s
    os.utime(path, (at_s, at_s))


@pytest.mark.parametrize("age_s", [0.0, 2 * DAY_S, -2 * DAY_S])
def test_what_a_killed_run_left_goes_at_once_whatever_the_clock_says(
    tmp_path: Path, age_s: float
) -> None:
    """It lay there for a day, and for ever where the clock had been set back."""
    for each in killed(tmp_path):
        dated(each, age_s)
    system.write_whole(tmp_path / "other", b"new")
    assert names(tmp_path) == ["other"]


@pytest.mark.parametrize("age_s", [0.0, 2 * DAY_S])
def test_what_somebody_is_at_stays_however_old_it_is(tmp_path: Path, age_s: float) -> None:
    with maker(tmp_path):
        at_work = list(tmp_path.glob(".making-*"))
        for each in at_work:
            dated(each, age_s)
        system.write_whole(tmp_path / "other", b"new")
        system.sweep(tmp_path)
        assert set(at_work) < set(tmp_path.iterdir())
    system.sweep(tmp_path)
    assert names(tmp_path) == ["other"]


def test_two_workshops_of_one_process_are_strangers_too(tmp_path: Path) -> None:
    with system.workshop(tmp_path) as one:
        one.fresh("a").write_bytes(b"1")
        with system.workshop(tmp_path) as other:
            other.fresh("a").write_bytes(b"2")
            system.sweep(tmp_path)
            assert one.file("a").read_bytes() == b"1"
            assert other.file("a").read_bytes() == b"2"
    assert names(tmp_path) == []


def test_a_program_that_a_killed_run_started_does_not_keep_its_files(tmp_path: Path) -> None:
    with maker(tmp_path, "with a child") as process:
        (child,) = process.said  # type: ignore[attr-defined]
    try:
        system.sweep(tmp_path)
        assert names(tmp_path) == []
    finally:
        os.kill(int(child), signal.SIGKILL)


@pytest.mark.parametrize(("age_s", "stays"), [(0.0, True), (DAY_S - 60, True), (DAY_S + 60, False)])
def test_where_no_lock_tells_it_goes_after_a_day(tmp_path: Path, age_s: float, stays: bool) -> None:
    half = tmp_path / f".making-{'0' * 16}-track.mp3"
    half.write_bytes(b"half")
    dated(half, age_s)
    system.sweep(tmp_path)
    assert half.exists() is stays


def test_where_nothing_can_be_locked_it_goes_after_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    young = killed(tmp_path)

    def impossible(_handle: int, _how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", impossible)
    with system.workshop(tmp_path) as place:
        assert not list(tmp_path.glob(f".{place.token}*"))
        assert set(young) == set(tmp_path.iterdir())
    for each in young:
        dated(each, DAY_S + 60)
    system.sweep(tmp_path)
    assert names(tmp_path) == []


def test_a_sweep_touches_nothing_that_is_not_ours(tmp_path: Path) -> None:
    token = f".making-{'0' * 16}"
    (tmp_path / "elsewhere").write_bytes(b"somebody else's")
    others = [f".making-jam-{'0' * 16}", f"{token}.locked", f".making-{'A' * 16}-x", "x", token]
    for name in others:
        (tmp_path / name).write_bytes(b"")
        dated(tmp_path / name, 9 * DAY_S)
    (tmp_path / f"{token}.lock").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / f".making-{'1' * 16}.lock")
    before = [name for name in names(tmp_path) if "1111" not in name]
    system.sweep(tmp_path)
    assert [name for name in names(tmp_path) if "1111" not in name] == before
    assert (tmp_path / "elsewhere").read_bytes() == b"somebody else's"
    system.sweep(tmp_path / "nowhere")


def test_a_lock_that_is_swept_before_it_is_held_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race: a sweep between making the lock and taking it."""
    plain, swept = locks._locked, []

    def late(handle: int) -> bool | None:
        if not swept:
            swept.append(True)
            system.sweep(tmp_path)
        return plain(handle)

    monkeypatch.setattr(locks, "_locked", late)
    with system.workshop(tmp_path) as place:
        place.fresh("a").write_bytes(b"new")
        assert (tmp_path / f".{place.token}.lock").exists()
        system.sweep(tmp_path)
        place.publish(["a"], system.PRIVATE_FILE)
    assert names(tmp_path) == ["a"]


def test_makers_and_sweepers_at_once_lose_nothing(tmp_path: Path) -> None:
    stop, sweeps = threading.Event(), [0]

    def sweep() -> None:
        while not stop.is_set():
            system.sweep(tmp_path)
            sweeps[0] += 1

    sweepers = [threading.Thread(target=sweep) for _ in range(2)]
    for each in sweepers:
        each.start()
    try:
        for number in range(150):
            system.write_whole(tmp_path / f"file-{number % 5}", b"%d" % number)
    finally:
        stop.set()
        for each in sweepers:
            each.join()
    assert sweeps[0] > 10
    assert names(tmp_path) == [f"file-{number}" for number in range(5)]
    assert (tmp_path / "file-4").read_bytes() == b"149"


def test_what_was_made_after_the_folder_was_looked_through_goes_too(tmp_path: Path) -> None:
    left = killed(tmp_path)
    lock = next(each for each in left if each.suffix == ".lock")
    making._sweep(tmp_path, lock.stem, [lock])
    assert names(tmp_path) == []


def interrupted_without_its_folder(folder: Path) -> None:
    with system.workshop(folder):
        shutil.rmtree(folder)
        raise KeyboardInterrupt


def test_a_folder_that_is_removed_meanwhile_hides_no_interrupt(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(KeyboardInterrupt):
        interrupted_without_its_folder(tmp_path / "folder")
    assert names(tmp_path) == []


def test_a_lock_is_one_of_the_half_made_files() -> None:
    assert system.half_made(f".making-{'a' * 16}.lock")
    assert not system.half_made(f".making-{'a' * 16}.lock2")
    assert not system.half_made(f".making-{'a' * 16}-")


def test_a_file_called_lock_is_made_like_any_other(tmp_path: Path) -> None:
    for name in ("lock", ".lock", "probe"):
        system.write_whole(tmp_path / name, b"new")
        assert (tmp_path / name).read_bytes() == b"new"
    assert names(tmp_path) == [".lock", "lock", "probe"]


def test_the_cache_is_swept_when_it_is_looked_after(tmp_path: Path) -> None:
    """What a killed run left among the clips stayed for an hour, and stayed when it was cleared."""
    for look_after in (lambda: cache.evict(tmp_path, 1 << 30), lambda: cache.clear(tmp_path)):
        (tmp_path / "ab").mkdir(exist_ok=True)
        killed(tmp_path / "ab")
        look_after()
        assert names(tmp_path / "ab") == []
