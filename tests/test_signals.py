"""Stopped at any moment: gone within a second, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.alone]

MOMENTS_S = (0.3, 0.7, 1.2, 1.8, 2.4)
"""While it starts, loads the voice, speaks; with clips kept also while it mixes and measures."""


SCRIPT = """+++
title = "Two minutes"
summary = "Long enough to be stopped."
kind = "practice"
language = "en"
sources = ["none"]
lengths = ["1m", "9m"]
+++
""" + "\n".join(
    f"This is sentence number {word}, and nothing has to be done about it. {{{{ pause(40) }}}}"
    for word in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    (root / "data" / "scripts").mkdir(parents=True)
    (root / "data" / "scripts" / "sit.j2").write_text(SCRIPT)
    return root


def start(home: Path, seed: int = 1) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "generator", "render", "sit", "--no-input", "--seed", str(seed)],
        cwd=home,
        env={**os.environ, "MEDITATE_HOME": str(home / "data")},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )


def stop(home: Path, after_s: float, sent: signal.Signals, seed: int = 1) -> tuple[int, str, float]:
    """Exit code, what was said, and how long it took to go."""
    with start(home, seed) as process:
        time.sleep(after_s)
        process.send_signal(sent)
        sent_at = time.monotonic()
        _out, errors = process.communicate(timeout=10)
        return process.returncode, errors, time.monotonic() - sent_at


def leftovers(home: Path) -> list[Path]:
    return [path for path in home.rglob(".*") if path.is_file()]


@pytest.mark.parametrize("after_s", MOMENTS_S)
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_render_can_be_stopped_at_any_moment(
    home: Path, after_s: float, sent: signal.Signals, code: int
) -> None:
    seed = round(10 * after_s) + 100 * sent  # no finished sound of one is kept for the next
    got, errors, took_s = stop(home, after_s, sent, seed)
    assert got in (code, -sent), errors
    assert took_s < 1.5  # a second, and half a one for a busy machine
    assert not leftovers(home)
    assert not list(home.rglob("*.mp3"))
    assert "Traceback" not in errors


def test_what_was_spoken_before_it_was_stopped_is_kept(home: Path) -> None:
    clips = list((home / "data" / "cache" / "clips").rglob("*"))
    assert any(path.is_file() for path in clips)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_stopped_while_it_mixes_encodes_and_measures(
    home: Path, sent: signal.Signals
) -> None:
    """With every clip kept a render spends its time in the encoder, and then in the meter."""
    with start(home) as whole:
        whole.communicate(timeout=120)
        assert whole.returncode == 0
    (track,) = home.rglob("*.mp3")
    before = track.read_bytes()
    stopped = 0
    for after_s in (0.6, 1.0, 1.4, 1.8, 2.2, 2.6):
        code, errors, took_s = stop(home, after_s, sent)
        stopped += code != 0
        assert took_s < 1.5
        assert code in (0, 130, 143), errors
        assert not leftovers(home)
        assert track.read_bytes() == before, "whole, whether the old one or the same made again"
    assert stopped, "the render was over too soon to be stopped"


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGQUIT])
def test_a_closed_terminal_leaves_nothing_either(home: Path, sent: signal.Signals) -> None:
    """Half-made files with details lay there for a day."""
    for after_s in (0.8, 1.6):
        code, errors, took_s = stop(home, after_s, sent)
        assert code in (128 + sent, 0), errors
        assert took_s < 1.5
        assert not leftovers(home)


@pytest.mark.parametrize("apart_s", [0.0, 0.0001, 0.002, 0.02])
def test_two_signals_at_once_leave_nothing_behind(home: Path, apart_s: float) -> None:
    """The second interrupted the tidying up after the first."""
    for _attempt in range(3):
        with start(home) as process:
            time.sleep(1.2)
            process.send_signal(signal.SIGINT)
            time.sleep(apart_s)
            process.send_signal(signal.SIGTERM)
            _out, errors = process.communicate(timeout=10)
        assert "Traceback" not in errors
        assert not leftovers(home)
