"""A child that reads a stranger's file: what it may, and what becomes of it when it does more."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from generator import supplied, system
from generator.errors import UsageError
from generator.model import OwnFile

LIMITS = supplied.Limits(file_bytes=1_000, memory_bytes=400 << 20, cpu_s=5, wall_s=10.0)
needs_posix = pytest.mark.skipif(not system.POSIX, reason="limits are POSIX")


def own(path: Path, content: bytes = b"a file") -> OwnFile:
    path.write_bytes(content)
    with supplied.opened(path, LIMITS) as file:
        return supplied.known(path, "wav", file)


def run(own_file: OwnFile, code: str, limits: supplied.Limits = LIMITS) -> bytes:
    """What a child that runs this code writes."""
    with supplied.decoding(own_file, (sys.executable, "-c", code), limits) as output:
        return output.read()


# --- files ------------------------------------------------------------------------------------


def refused(path: Path) -> str:
    started_s = time.monotonic()
    with pytest.raises(UsageError) as caught:
        supplied.opened(path, LIMITS)
    assert time.monotonic() - started_s < 1.0
    return str(caught.value)


def test_a_file_is_opened_and_so_is_a_link_to_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 1_000)
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for name in ("file", "link"):
        with supplied.opened(tmp_path / name, LIMITS) as file:
            assert len(file.read()) == 1_000


def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path) -> None:
    """A pipe nobody writes to would keep an ordinary open waiting for ever."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path / "link", tmp_path, Path("/dev/zero")):
        assert "not a plain file" in refused(path)


def test_what_is_not_there_empty_or_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    assert "is empty" in refused(tmp_path / "empty")
    assert "cannot be read" in refused(tmp_path / "dangling")
    assert "cannot be read" in refused(Path("a\0b"))
    assert "MB" in refused(tmp_path / "sparse")


def test_the_name_of_a_file_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    message = refused(tmp_path / "a\n\x1b[31mb\u202ec.wav")
    assert message.isprintable()
    assert "a??[31mb?c.wav" in message


def test_the_digest_is_of_the_content_wherever_it_lies(tmp_path: Path) -> None:
    one, same = own(tmp_path / "one", b"content"), own(tmp_path / "two", b"content")
    assert one.digest == same.digest
    assert one.digest != own(tmp_path / "three", b"content!").digest
    assert "one" not in repr(one)


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    file = own(tmp_path / "file")
    supplied.prove_unchanged(file, LIMITS)
    file.path.write_bytes(b"b file")
    with pytest.raises(UsageError, match="changed"):
        supplied.prove_unchanged(file, LIMITS)
    file.path.unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        supplied.prove_unchanged(file, LIMITS)


# --- the child --------------------------------------------------------------------------------


def test_the_child_reads_the_file_and_we_read_the_child(tmp_path: Path) -> None:
    file = own(tmp_path / "file", bytes(range(200)))
    code = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read() * 10_000)"
    assert run(file, code) == bytes(range(200)) * 10_000


def test_a_child_that_fails_is_one_line_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"file: cannot be decoded. It is damaged") as caught:
        run(own(tmp_path / "file"), "raise SystemExit('do not show this')")
    assert "do not show" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_file_that_vanished_is_refused(tmp_path: Path) -> None:
    file = own(tmp_path / "file")
    file.path.unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        run(file, "print(1)")


def test_a_child_that_never_ends_is_killed(tmp_path: Path) -> None:
    started_s = time.monotonic()
    with pytest.raises(UsageError, match=r"took longer than 0\.4 s"):
        run(own(tmp_path / "file"), "import time; time.sleep(60)", replace(LIMITS, wall_s=0.4))
    assert time.monotonic() - started_s < 2.0


@needs_posix
@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "open('written', 'wb', 0).write(b'x')",
        pytest.param(
            "bytearray(1 << 30)",
            marks=pytest.mark.skipif(sys.platform == "darwin", reason="not held there"),
        ),
    ],
    ids=["time", "a file", "memory"],
)
def test_a_child_that_wants_more_than_it_may_ends(
    tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    started_s = time.monotonic()
    with pytest.raises(UsageError, match="cannot be decoded"):
        run(own(tmp_path / "file"), code, replace(LIMITS, cpu_s=1))
    assert time.monotonic() - started_s < 5.0
    written = tmp_path / "written"
    assert not written.exists() or not written.stat().st_size


@needs_posix
@pytest.mark.parametrize("leaving", [GeneratorExit, KeyboardInterrupt])
def test_a_child_that_is_left_early_is_gone(tmp_path: Path, leaving: type[BaseException]) -> None:
    code = "import os, sys\nprint(os.getpid())\nwhile True: print('and more')"
    words = (sys.executable, "-u", "-c", code)
    with contextlib.suppress(leaving), supplied.decoding(own(tmp_path / "f"), words, LIMITS) as out:
        pid = int(out.readline())
        os.kill(pid, 0)
        raise leaving
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
