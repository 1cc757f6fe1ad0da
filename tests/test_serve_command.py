"""``meditate serve`` as a process: its address, its log, its end."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from listened_site import FILES, OTHER_TOKEN, TOKEN, TRACK, Served, published

from generator import serving, system
from generator.cli import app, serve  # noqa: F401  the command joins the group
from generator.errors import MeditationError, UsageError

ROOT = Path(__file__).parent.parent

pytestmark = [
    pytest.mark.skipif(not system.POSIX, reason="folders are held on POSIX only"),
    pytest.mark.alone,
]


@contextlib.contextmanager
def running(folder: Path, *args: str) -> Iterator[tuple[subprocess.Popen[str], Served]]:
    command = [sys.executable, "-m", "generator", "serve", str(folder), "--port", "0", "--json"]
    with subprocess.Popen(
        [*command, *args], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            facts = json.loads(process.stdout.readline())
            assert facts["folder"] == str(folder)
            yield process, Served(folder, facts["address"], [], others=False)
        finally:
            process.kill()


def stopped(process: subprocess.Popen[str], how: signal.Signals) -> tuple[int, float, str]:
    """Its exit code, how long it took, and what it said."""
    began_s = time.monotonic()
    process.send_signal(how)
    _out, err = process.communicate(timeout=20)
    return process.returncode, time.monotonic() - began_s, err


def test_the_log_has_a_line_for_each_request_and_nobody_in_it(tmp_path: Path) -> None:
    folder = published(tmp_path)
    with running(folder) as (process, server):
        assert server.ask(f"/{TRACK}?listener=Quillfeather", "HEAD").status == 200
        assert server.ask(f"/p/{TOKEN}/", user_agent="Quillfeather", referer="Quill").status == 200
        assert server.ask(f"//p/{OTHER_TOKEN}/", "QUILL").status == 405
        server.raw(b"Quillfeather\r\n\r\n")
        code, took_s, said = stopped(process, signal.SIGINT)
    assert (code, took_s < 2.0) == (130, True)
    *lines, last = filter(None, said.splitlines())
    assert last == "meditate: stopped; nothing half-made was left behind"
    form = r"\d\d:\d\d:\d\d (HEAD|GET|other) (\d{3}) [\d,]+ B \d+\.\d{3} s (\S+)"
    found = [re.fullmatch(form, line) for line in lines]
    assert [each.groups() for each in found if each] == [
        ("HEAD", "200", f"/{TRACK}"),
        ("GET", "200", "/p/…"),
        ("other", "405", "/…"),
    ]
    assert None not in found, lines
    for word in ("Quill", "QUILL", TOKEN, OTHER_TOKEN, "127.0.0.1", str(tmp_path)):
        assert word not in said


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_who_listens_beyond_this_machine_is_warned(how: signal.Signals, tmp_path: Path) -> None:
    """And each signal to end does so, as for every command."""
    (tmp_path / "only.mp3").write_bytes(b"sound")
    with running(tmp_path, "--host", "0.0.0.0") as (process, server):
        assert server.ask("/only.mp3", host="my-laptop").body == b"sound"
        code, took_s, said = stopped(process, how)
    assert (code, took_s < 2.0) == (128 + how, True)
    assert "warning: anybody who reaches this machine in its network can listen" in said
    assert "note: no index.html here" in said


def test_who_serves_the_tracks_is_told_where_their_site_is(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("")
    with running(tmp_path) as (process, _server):
        said = stopped(process, signal.SIGTERM)[2]
    assert f"the site is {tmp_path / 'site'}" in said


def test_a_port_that_another_program_has_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with pytest.raises(MeditationError, match="another program has it") as caught:
            app.main(["serve", str(tmp_path), "--port", port], "meditate", standalone_mode=False)
    assert caught.value.exit_code == 1
    assert "--port" in caught.value.remedy


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.name.invalid", "a" * 70])
def test_an_address_of_another_machine_is_wrong_use(tmp_path: Path, host: str) -> None:
    with pytest.raises(UsageError, match="cannot be listened at"):
        app.main(["serve", str(tmp_path), "--host", host], "meditate", standalone_mode=False)


def test_a_folder_that_is_gone_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        serving.listen(tmp_path / "gone", "127.0.0.1", 0, (), print)


def test_without_the_extra_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("listening", "site", "connection"):
        monkeypatch.delitem(sys.modules, f"generator.serving.{name}", raising=False)
    for name in ("uvicorn.config", "starlette.responses"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=r"pip install 'meditation-generator\[serve\]'"):
        serving.listen(tmp_path, "127.0.0.1", 0, (), print)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_it_ends_in_time_though_many_read_and_many_wait(
    how: signal.Signals, tmp_path: Path
) -> None:
    """A signal beside uvicorn's own two, heard while it answered, was lost."""
    folder = published(tmp_path)
    (folder / "long.mp3").write_bytes(bytes(12_000_000))
    with running(folder) as (process, server), contextlib.ExitStack() as held:
        for _ in range(100):
            reader, half = (held.enter_context(server.line()) for _ in range(2))
            reader.sendall(b"GET /long.mp3 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            half.sendall(b"GET /")
        assert reader.recv(100)
        code, took_s, said = stopped(process, how)
    assert (code, took_s < 2.0) == (128 + how, True)
    assert 0 < said.count("GET 200") <= 100
    assert "Traceback" not in said


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    folder = published(tmp_path)
    with (folder / "day.mp3").open("wb") as file:
        file.truncate(600_000_000)

    def most_kb(process: subprocess.Popen[str]) -> int:
        status = Path(f"/proc/{process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found
        return int(found[1])

    with running(folder) as (process, server):
        for name in FILES:
            server.ask(f"/{name}")
        before_kb, got = most_kb(process), 0
        with server.line() as line:
            line.sendall(b"GET /day.mp3 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            while chunk := line.recv(1 << 20):
                got += len(chunk)
        assert got > 600_000_000
        assert most_kb(process) - before_kb < 4_000
