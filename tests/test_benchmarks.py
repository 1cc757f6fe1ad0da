"""The benchmarks themselves: that they can run and reckon rightly, not what they measure."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from driver import home_at

from benchmarks import proof, recognise
from generator import bed, personalise, script, speech, system
from generator.api import Wishes, job_for
from generator.model import PROFILES, Check, Phrase, Spoken
from generator.pipeline import cues_of, outline
from generator.verify import level


def test_the_script_made_for_measuring_lasts_from_ten_to_sixty_minutes(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    from benchmarks.__main__ import HERE

    folders = system.folders(HERE / "scripts")
    long_sit = script.load("long-sit", folders.scripts)
    for length in ("10m", "20m", "25m", "60m"):
        job = job_for(long_sit, personalise.check(long_sit, {}), Wishes(length=length), folders)
        timeline = outline(job, cues_of(job))
        assert timeline.frames == int(length[:-1]) * 60 * 48_000


# --- what a recogniser wrote --------------------------------------------------------------------


def test_every_phrase_is_heard_once_and_no_window_is_longer_than_the_recogniser_hears() -> None:
    lengths_s = (3, 9, 14, 20, 1, 1, 30, 2)
    spoken = [Spoken(Phrase(str(s)), 48_000 * 40 * n, 48_000 * s) for n, s in enumerate(lengths_s)]
    windows = list(recognise._windows(spoken))
    assert [each for window in windows for each in window] == spoken
    for window in windows:
        frames = sum(each.frames + 2 * recognise.MARGIN_FRAMES for each in window)
        assert frames <= recognise.WINDOW_FRAMES or len(window) == 1


def test_shares_of_wrong_words_are_told_for_each_track_and_for_all_of_them() -> None:
    one = recognise.Counted("sleep", "rain", 500, 15, 20)
    other = recognise.Counted("sleep", "drone", 300, 15, 10)
    assert one.row() == ("sleep", "rain", "500", "3.00 %", "4.00 %", "+1.00")
    assert recognise.together([one, other]).row()[2:] == ("800", "3.75 %", "3.75 %", "+0.00")


# --- the tracks of the proof --------------------------------------------------------------------


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> proof.Track:
    """A small track in a home of its own, which the fake engine speaks at the pace it is given."""
    monkeypatch.setattr(speech.engines, "ENGINES", {"piper": "fake_engine"})
    monkeypatch.setattr(speech.engines, "_open", {})
    monkeypatch.setenv("MEDITATE_HOME", str(home_at(tmp_path / "home").data))
    return proof.Track("small", 1.0, "personal", "none")


@pytest.mark.slow
def test_a_good_track_is_proven_and_gone(wanted: proof.Track, tmp_path: Path) -> None:
    found = proof._proven(wanted, tmp_path)
    assert (len(found.checks), found.faults, found.refused) == (15, (), "")
    assert (found.phrases, found.missed) == (3, 0)
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


@pytest.mark.slow
def test_a_track_that_is_not_delivered_is_told_with_its_faults(
    wanted: proof.Track, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(level, "MOST_PEAK_DBTP", -60.0)
    found = proof._proven(wanted, tmp_path)
    assert [each.name for each in found.faults] == ["true peak"]
    assert len(found.checks) == 15


def test_a_track_that_cannot_be_is_told_with_the_reason(
    wanted: proof.Track, tmp_path: Path
) -> None:
    found = proof._proven(dataclasses.replace(wanted, bed="surf"), tmp_path)
    assert "surf" in found.refused
    assert (found.checks, found.phrases) == ((), 0)


# --- the page of the proof ----------------------------------------------------------------------


def track(bed: str, *values: float, met: bool = True) -> proof.Track:
    """A track with one check of each kind: signed, a level, a count and one that agrees."""
    loud, peak, length = values
    checks = (
        Check("speech loudness", loud, 0.5, "LU", abs(loud) <= 0.5),
        Check("true peak", peak, -1.0, "dBTP", peak <= -1.0),
        Check("length", int(length), 480, "frames", length == 480),
        Check("header", "agrees" if met else "missing", "agrees", "", met),
    )
    return proof.Track("sit", 0.85, "personal", bed, checks, phrases=40, missed=1)


def rows(page: str, start: str) -> list[list[str]]:
    found = re.findall(rf"^\| {start} .*", page, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in found]


def test_the_page_shows_the_worst_of_each_check() -> None:
    page = proof.page([track("rain", 0.02, -3.0, 480), track("drone", -0.31, -1.2, 480)])
    worst = ["-0.31", "-1.20", "exact", "agrees"]
    assert rows(page, "sit") == [["sit", "0.85", "personal", "2", *worst, "2 of 80"]]
    assert rows(page, "rain") == [["rain", "1", "0.02", "-3.00", "exact", "agrees", "1 of 40"]]
    assert "2 tracks, 8 checks, 0 faults, 0 refused." in page
    assert "**" not in page


def test_the_page_names_every_fault_and_what_was_refused() -> None:
    refused = proof.Track("sit", 0.85, "sleep", "rain", refused="the track cannot last 8:00")
    page = proof.page([track("rain", 0.7, -0.4, 479, met=False), refused])
    assert "2 tracks, 4 checks, 4 faults, 1 refused." in page
    assert "- sit at 0.85, personal, rain: true peak -0.4" in page
    assert "- sit at 0.85, sleep, rain: the track cannot last 8:00" in page
    assert rows(page, "sit")[0][4:8] == ["**0.70**", "**-0.40**", "**1 not**", "**1 not**"]


def test_the_grid_is_of_every_bed_and_profile_unless_a_part_is_chosen() -> None:
    every = proof._chosen(())
    assert (set(every.bed), set(every.profile)) == (set(bed.BEDS), set(PROFILES))
    assert set(every.script) <= set(script.available(system.folders().scripts))
    part = proof._chosen(("--bed", "rain", "none", "--pace", "0.7"))
    assert (part.bed, part.pace, part.script) == (["rain", "none"], [0.7], every.script)
