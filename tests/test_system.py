"""Files that appear whole or not at all, for their owner only."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from generator import system
from generator.errors import WriteError

ROOT = Path(__file__).parent.parent
NAMES = ("track.vtt", "track.timeline.json", "track.mp3")
posix = pytest.mark.skipif(not system.POSIX, reason="file modes and signals are POSIX")


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that takes nothing away: only what asks for privacy has it."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def everything(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


# --- the workshop -----------------------------------------------------------------------------


class OopsError(Exception):
    pass


def publish(folder: Path, names: Sequence[str], written: Sequence[str]) -> None:
    """Publish names of which only some were written."""
    with system.workshop(folder) as place:
        for name in written:
            place.file(name).write_bytes(b"new")
        place.publish(names, system.PUBLIC_FILE)


def interrupted_by(folder: Path, happens: BaseException | signal.Signals) -> None:
    """Work that is half done when something happens."""
    with system.workshop(folder) as place:
        for name in NAMES:
            place.file(name).write_bytes(b"half")
        if isinstance(happens, BaseException):
            raise happens
        os.kill(os.getpid(), happens)
        time.sleep(5)


@pytest.fixture
def terminates() -> Iterator[None]:
    """SIGTERM unwinds the stack, as it does under the command line."""
    before = signal.getsignal(signal.SIGTERM)
    system.unwind_on_terminate()
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("happens", "seen"),
    [
        (OopsError(), OopsError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (system.Terminated(), system.Terminated),
        (SystemExit(1), SystemExit),
        (OSError(errno.ENOSPC, "No space left on device"), WriteError),
        (FileNotFoundError(errno.ENOENT, "gone"), WriteError),
    ],
    ids=lambda each: getattr(each, "__name__", type(each).__name__),
)
def test_a_workshop_leaves_nothing_behind_whatever_happens(
    tmp_path: Path, happens: BaseException, seen: type[BaseException]
) -> None:
    (tmp_path / "track.mp3").write_bytes(b"before")
    with pytest.raises(seen):
        interrupted_by(tmp_path, happens)
    assert everything(tmp_path) == {"track.mp3": b"before"}


def test_a_full_disk_is_said_in_one_line_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(WriteError) as caught, system.workshop(tmp_path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}: writing failed (No space left on device)")
    assert "choose another folder" in message
    assert "\n" not in message


def test_an_interrupted_call_is_not_taken_for_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(InterruptedError), system.workshop(tmp_path):
        raise InterruptedError(errno.EINTR, "interrupted")


def test_two_workshops_in_one_folder_do_not_see_each_other(tmp_path: Path) -> None:
    with system.workshop(tmp_path) as one:
        one.file("a").write_bytes(b"1")
        with system.workshop(tmp_path) as other:
            assert not other.file("a").exists()
            other.file("a").write_bytes(b"2")
        assert one.file("a").read_bytes() == b"1"
        one.publish(["a"], system.PUBLIC_FILE)
    assert everything(tmp_path) == {"a": b"1"}


@pytest.mark.parametrize("there", ["nowhere", "file/below"])
def test_a_folder_that_cannot_be_written_is_said_before_the_work(
    tmp_path: Path, there: str
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    reached = False
    with pytest.raises(WriteError, match="writing failed"), system.workshop(tmp_path / there):
        reached = True
    assert not reached
    assert everything(tmp_path) == {"file": b"x"}


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_said_before_the_work(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(WriteError, match="Permission denied"), system.workshop(tmp_path):
            pass
    finally:
        tmp_path.chmod(0o700)


# --- all or nothing ---------------------------------------------------------------------------


@pytest.fixture
def renamed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names in the order in which files are given them."""
    names: list[str] = []
    plain = Path.replace

    def noted(self: Path, target: Path) -> Path:
        names.append(target.name)
        return plain(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    return names


def test_the_last_name_comes_last_and_all_are_new(tmp_path: Path, renamed: list[str]) -> None:
    (tmp_path / "track.mp3").write_bytes(b"before")
    publish(tmp_path, NAMES, NAMES)
    assert renamed == list(NAMES)
    assert everything(tmp_path) == dict.fromkeys(NAMES, b"new")


@pytest.mark.parametrize("missing", NAMES)
def test_one_file_missing_and_none_is_published(tmp_path: Path, missing: str) -> None:
    for name in NAMES:
        (tmp_path / name).write_bytes(b"before")
    with pytest.raises(WriteError):
        publish(tmp_path, NAMES, [name for name in NAMES if name != missing])
    assert everything(tmp_path) == dict.fromkeys(NAMES, b"before")


@pytest.mark.parametrize("blocked", NAMES)
def test_one_name_taken_by_a_folder_and_none_is_published(tmp_path: Path, blocked: str) -> None:
    (tmp_path / blocked).mkdir()
    with pytest.raises(WriteError):
        publish(tmp_path, NAMES, NAMES)
    assert [each.name for each in tmp_path.iterdir()] == [blocked]


@posix
@pytest.mark.usefixtures("terminates")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_no_signal_comes_between_the_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    plain = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        os.kill(os.getpid(), number)
        time.sleep(0.01)
        return plain(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises((KeyboardInterrupt, system.Terminated)) as caught:
        publish(tmp_path, NAMES, NAMES)
    assert everything(tmp_path) == dict.fromkeys(NAMES, b"new")
    assert signal.getsignal(number) not in (signal.SIG_DFL, signal.SIG_IGN)
    assert (caught.type is system.Terminated) == (number == signal.SIGTERM)


@posix
@pytest.mark.usefixtures("terminates")
def test_what_is_terminated_cleans_up_as_after_ctrl_c(tmp_path: Path) -> None:
    with pytest.raises(system.Terminated):
        interrupted_by(tmp_path, signal.SIGTERM)
    assert everything(tmp_path) == {}


@posix
@pytest.mark.usefixtures("open_umask")
def test_files_have_the_mode_they_are_published_with(tmp_path: Path) -> None:
    for wanted in (system.PRIVATE_FILE, system.PUBLIC_FILE):
        with system.workshop(tmp_path) as place:
            place.file("a").write_bytes(b"new")
            place.publish(["a"], wanted)
        assert mode(tmp_path / "a") == wanted


@posix
@pytest.mark.usefixtures("open_umask")
def test_what_is_written_whole_is_private_unless_said_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "listener.toml"
    path.write_bytes(b"before")
    system.write_whole(path, b"after")
    assert (path.read_bytes(), mode(path)) == (b"after", 0o600)
    system.write_whole(path, b"again", system.PUBLIC_FILE)
    assert (path.read_bytes(), mode(path)) == (b"again", 0o644)
    assert everything(tmp_path) == {"listener.toml": b"again"}


def test_what_cannot_be_written_whole_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "listener.toml"
    path.write_bytes(b"before")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match="No space left"):
        system.write_whole(path, b"after")
    assert everything(tmp_path) == {"listener.toml": b"before"}


# --- folders ----------------------------------------------------------------------------------


@posix
@pytest.mark.usefixtures("open_umask")
def test_every_folder_that_is_made_is_its_owner_s_alone(tmp_path: Path) -> None:
    made = system.private_folder(tmp_path / "output" / "guest-1" / "deep")
    assert made.is_dir()
    for each in (made, made.parent, made.parent.parent):
        assert mode(each) == 0o700
    assert system.private_folder(made) == made


@posix
def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    folder.chmod(0o755)
    system.private_folder(folder)
    assert mode(folder) == 0o755


@pytest.mark.parametrize("there", ["file", "file/below", "file/below/deep"])
def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path, there: str) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(WriteError, match="the folder cannot be made") as caught:
        system.private_folder(tmp_path / there)
    assert "\n" not in str(caught.value)


def test_everything_lies_in_one_home_when_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    found = system.folders(scripts=tmp_path / "mine")
    assert found.scripts[:2] == (tmp_path / "mine", tmp_path / "home" / "scripts")
    assert (found.scripts[-1] / "care-circuit.j2").is_file()
    assert (found.voices[-1] / "joe.toml").is_file()
    for each in (found.cache, found.listeners, found.secret):
        assert each.is_relative_to(tmp_path / "home")
    assert not (tmp_path / "home").exists(), "to look is not to make"


def test_without_one_it_lies_where_the_system_keeps_such_things(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MEDITATE_HOME", "")
    found = system.folders()
    assert found.secret.is_absolute()
    assert "meditation-generator" in found.secret.parts
    assert "meditation-generator" in found.cache.parts


# --- the secret key ---------------------------------------------------------------------------


@posix
@pytest.mark.usefixtures("open_umask")
def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "secret"
    key = system.secret_key(path)
    assert (len(key), mode(path), mode(path.parent)) == (32, 0o600, 0o700)
    assert system.secret_key(path) == key
    assert system.secret_key(tmp_path / "other" / "secret") != key
    assert everything(path.parent) == {"secret": key}


def test_a_key_of_another_process_that_was_quicker_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, theirs = tmp_path / "secret", b"t" * 32
    plain = Path.hardlink_to

    def beaten(self: Path, target: Path) -> None:
        self.write_bytes(theirs)
        plain(self, target)

    monkeypatch.setattr(Path, "hardlink_to", beaten)
    assert system.secret_key(path) == theirs
    assert everything(tmp_path) == {"secret": theirs}


def test_a_key_is_made_where_files_cannot_have_two_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impossible(_self: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", impossible)
    key = system.secret_key(tmp_path / "secret")
    assert everything(tmp_path) == {"secret": key}
    if system.POSIX:
        assert mode(tmp_path / "secret") == 0o600


def test_processes_that_make_the_key_together_agree_on_it(tmp_path: Path) -> None:
    path = tmp_path / "home" / "secret"
    code = (
        "import sys, time; from pathlib import Path; from generator import system\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "print(system.secret_key(Path(sys.argv[1])).hex())"
    )
    many = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for each in many:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in many:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    keys = {each.communicate(timeout=30)[0].strip() for each in many}
    assert keys == {path.read_bytes().hex()}
    assert all(each.returncode == 0 for each in many)
    assert list(everything(path.parent)) == ["secret"]


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_never_used(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    with pytest.raises(WriteError, match="the secret key is damaged"):
        system.secret_key(path)
    assert path.read_bytes() == content


def test_a_key_that_cannot_be_kept_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(WriteError):
        system.secret_key(tmp_path / "file" / "secret")
    (tmp_path / "secret").mkdir()
    with pytest.raises(WriteError, match="the secret key cannot be read"):
        system.secret_key(tmp_path / "secret")
