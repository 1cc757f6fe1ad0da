"""What a terminal shows of a build."""

from __future__ import annotations

import re
import time

import pytest

from generator.cli.building import bars, in_lines
from generator.model import Fault, Step

TRACK = "guest-7/natural/01-talks-when-kindness-feels-wrong.mp3"
FAILED = Step("failed", "b.mp3", 1, 960, 60.0, Fault("b.mp3", "the [engine] would not", 1))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines of a terminal of eighty columns, one after the other as they were drawn."""
    for name, value in (("FORCE_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", "80")):
        monkeypatch.setenv(name, value)
    with bars() as tell:
        tell(Step("checked", TRACK, 960, 960))
        tell(Step("started", TRACK, 0, 960, 3725.0))
        tell(Step("started", "b.mp3", 0, 960, 3725.0))
        time.sleep(1.2)
        tell(FAILED)
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
    return [line.rstrip() for line in re.split(r"[\r\n]+", drawn) if line.strip()]


def test_bar_count_time_and_name_fit_beside_each_other(shown: list[str]) -> None:
    """Two names left the bar no room, and the count neither."""
    assert max(map(len, shown)) <= 80
    making = [line for line in shown if line.startswith("Making")]
    assert any(re.search(r"━{20} +0/960 1:02:05 left guest-7/natural/01", line) for line in making)
    assert not [line for line in shown[shown.index(making[0]) :] if line.startswith("Checking")]


def test_the_time_left_runs_while_a_track_is_under_way(shown: list[str]) -> None:
    assert {"1:02:05 left", "1:02:04 left"} <= {
        found for line in shown for found in re.findall(r"[\d:]+ left", line)
    }


def test_a_failure_is_told_at_once_and_as_it_is_written(
    shown: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    told = "failed: b.mp3: the [engine] would not"
    assert told in shown
    in_lines(FAILED)
    assert capsys.readouterr().err == f"[1/960] {told}\n"
