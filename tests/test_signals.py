"""Stopped at any moment: gone within a second, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

MOMENTS_S = (0.3, 0.8, 1.5, 2.5, 4.0)
"""While it starts, loads the voice, speaks; with clips kept also while it mixes and measures."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def start(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "generator", "render", "care-circuit", "--no-input"],
        cwd=home,
        env={**os.environ, "MEDITATE_HOME": str(home / "data")},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )


def leftovers(home: Path) -> list[Path]:
    return [path for path in home.rglob(".*") if path.is_file()]


@pytest.mark.parametrize("after_s", MOMENTS_S)
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_render_can_be_stopped_at_any_moment(
    home: Path, after_s: float, sent: signal.Signals, code: int
) -> None:
    process = start(home)
    time.sleep(after_s)
    assert process.poll() is None, "it was to be stopped while it works"
    process.send_signal(sent)
    sent_at = time.monotonic()
    _out, errors = process.communicate(timeout=10)
    took_s = time.monotonic() - sent_at
    assert process.returncode in (code, -sent), errors
    assert took_s < 1.5  # a second, and half a one for a busy machine
    assert not leftovers(home)
    assert not list(home.rglob("*.mp3"))
    assert "Traceback" not in errors


def test_what_was_spoken_before_it_was_stopped_is_kept(home: Path) -> None:
    clips = list((home / "data" / "cache" / "clips").rglob("*"))
    assert any(path.is_file() for path in clips)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_stopped_while_it_mixes_encodes_and_measures(
    tmp_path: Path, sent: signal.Signals
) -> None:
    """With every clip kept a render spends its time in the encoder, and then in the meter."""
    process = start(tmp_path)
    assert process.wait(timeout=300) == 0
    (track,) = tmp_path.rglob("*.mp3")
    before = track.read_bytes()
    for after_s in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0):
        process = start(tmp_path)
        time.sleep(after_s)
        process.send_signal(sent)
        sent_at = time.monotonic()
        _out, errors = process.communicate(timeout=10)
        assert time.monotonic() - sent_at < 1.5
        assert process.returncode in (0, 130, 143), errors
        assert not leftovers(tmp_path)
        assert track.read_bytes() == before, "whole, whether the old one or the same made again"
