"""A folder held by one process, and what the others see."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator import system
from generator.errors import UsageError
from generator.system import locked

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.skipif(not system.POSIX, reason="locks are POSIX")

HOLD = """if True:
    import sys, time
    from pathlib import Path
    from generator.system import locked
    with locked(Path(sys.argv[1]), shared=sys.argv[2] == "shared") as got:
        print(got, flush=True)
        time.sleep(60)
"""


@contextmanager
def held(folder: Path, how: str = "alone") -> Iterator[subprocess.Popen[str]]:
    """Another process holds the folder until this ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, folder, how], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        try:
            yield process
        finally:
            process.kill()


def free(folder: Path, *, shared: bool = False, wait_s: float = 0.0) -> bool:
    with locked(folder, shared=shared, wait_s=wait_s) as got:
        return got


def test_a_folder_is_held_by_one_until_it_lets_go(tmp_path: Path) -> None:
    with locked(tmp_path) as got:
        assert got
        assert not free(tmp_path)
        assert not free(tmp_path, shared=True)
    assert free(tmp_path)
    assert not list(tmp_path.iterdir()), "nothing is left of it"


def test_those_who_share_keep_out_whoever_wants_to_be_alone(tmp_path: Path) -> None:
    with locked(tmp_path, shared=True), locked(tmp_path, shared=True, wait_s=0.0) as got:
        assert got
        assert not free(tmp_path)
    assert free(tmp_path)


@pytest.mark.parametrize("how", ["alone", "shared"])
def test_the_kernel_lets_go_of_what_a_killed_process_held(tmp_path: Path, how: str) -> None:
    with held(tmp_path, how) as process:
        assert not free(tmp_path)
        process.kill()
        process.wait()
        assert free(tmp_path)


def test_the_wait_has_an_end(tmp_path: Path) -> None:
    with held(tmp_path):
        began_s = time.monotonic()
        assert not free(tmp_path, wait_s=0.3)
        assert 0.3 <= time.monotonic() - began_s < 1.5


def test_whoever_waits_gets_it_as_soon_as_it_is_free(tmp_path: Path) -> None:
    with held(tmp_path) as process:
        process.terminate()
        assert free(tmp_path, wait_s=10.0)


def test_waiting_can_be_interrupted(tmp_path: Path) -> None:
    code = HOLD.replace("time.sleep(60)", "pass").replace(
        "    with locked", "    print('waits', flush=True)\n    with locked"
    )
    with held(tmp_path):
        waiting = subprocess.Popen(
            [sys.executable, "-c", code, tmp_path, "alone"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert waiting.stdout is not None
        waiting.stdout.readline()
        time.sleep(0.1)
        began_s = time.monotonic()
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait(timeout=5) == -signal.SIGINT
        assert time.monotonic() - began_s < 1.0
        waiting.stdout.close()


def test_where_nothing_can_be_locked_there_is_nobody_to_wait_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for path in (tmp_path / "nowhere", tmp_path / "file"):
        assert free(path)
    import fcntl

    def impossible(_handle: int, _how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", impossible)
    with locked(tmp_path) as got:
        assert got
        assert free(tmp_path)


def test_no_handle_is_left_open(tmp_path: Path) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    for _again in range(5):
        with locked(tmp_path):
            free(tmp_path)
    assert len(list(Path("/dev/fd").iterdir())) == before


# --- its neighbours in the system room --------------------------------------------------------


def test_a_crash_leaves_no_picture_of_the_memory() -> None:
    code = (
        "import resource; from generator import system; system.no_core_dumps();"
        "print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "(0, 0)\n"


def test_the_command_line_begins_with_it() -> None:
    code = (
        "import resource, sys, generator.cli as cli\n"
        "cli._leave = lambda *_: (print(resource.getrlimit(resource.RLIMIT_CORE)), sys.exit(0))\n"
        "sys.argv = ['meditate', 'no-such-command']\n"
        "cli.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "(0, 0)\n"


def test_a_plain_file_is_read_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    assert system.read_plain(tmp_path / "file", 7) == b"content"
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    for name in ("nowhere", "link", "pipe", "device", "."):
        with pytest.raises(OSError, match=r"No such|Too many|Invalid|directory"):
            system.read_plain(tmp_path / name, 100)
    with pytest.raises(OSError, match="Invalid argument"):
        system.read_plain(tmp_path / "file", 6)
    with pytest.raises(OSError, match="Invalid argument"):
        system.read_plain(Path("/dev/zero"), 100)


@pytest.mark.parametrize("text", ["2 GB", "-1", "1.5", "1e3", "٣", " 5", "9" * 30])
def test_a_bound_that_is_no_number_is_wrong_use(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDITATE_CACHE_MB", text)
    with pytest.raises(UsageError, match="MEDITATE_CACHE_MB: is not a whole number"):
        system.folders()


@pytest.mark.parametrize(
    ("text", "size_bytes"), [("", 2_000_000_000), ("0", 0), ("64", 64_000_000)]
)
def test_the_cache_has_a_bound_of_two_gigabytes_or_what_was_said(
    text: str, size_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDITATE_CACHE_MB", text)
    assert system.folders().cache_bytes == size_bytes
