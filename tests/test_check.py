"""``meditate check`` as a user meets it: finished folders, a site, strangers' files."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import burst, sine_at
from deliveries import FEED, LEVELS, NAMES, TRACK, delivery, mp3
from driver import Home, home_at, render, run
from PIL import Image

from generator import platforms
from generator.cli import app, check
from generator.errors import UsageError
from generator.pipeline import checking

DETAIL, WORD = "Quillfeather", "Vorpalina"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A track for everybody, and one in which a detail is spoken."""
    home = home_at(tmp_path_factory.mktemp("home") / "home")
    for more in (("--profile", "podcast"), ("--for", "one", "--name", DETAIL)):
        done = run(home, *render(*more))
        assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few seconds of another maker's, with nothing in its tag."""
    path = tmp_path_factory.mktemp("words") / "a talk.mp3"
    return mp3(path, burst(3, -20.0, 2.0, channels=2), "-b:a", "128k")


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def ask(*args: object) -> tuple[int, str]:
        code = app.main(["check", *map(str, args)], prog_name="meditate", standalone_mode=False)
        told = capsys.readouterr()
        assert told.err == ""
        return code or 0, told.out

    return ask


def rulings(out: str, *verdicts: str) -> set[tuple[str, str]]:
    (found,) = json.loads(out)
    wanted = verdicts or ("fail", "warn")
    return {(e["rule"], e["what"]) for e in found["rulings"] if e["verdict"] in wanted}


@pytest.mark.slow
def test_a_track_of_the_house_is_fit_for_apple(
    home: Home, asked: Callable[..., tuple[int, str]]
) -> None:
    code, out = asked("--for", "apple", home.work / "output" / "public", "--json")
    assert (code, rulings(out)) == (0, set())
    (found,) = json.loads(out)
    levels = {each["what"]: each for each in found["rulings"]}
    assert found["met"] is True
    assert levels["loudness of the speech"]["value"] == pytest.approx(-16.0, abs=0.5)
    assert levels["loudness of the speech"]["unit"] == "LUFS"
    assert levels["true peak"]["source"] == "apple 893, at second hand"


@pytest.mark.slow
def test_a_track_with_a_detail_in_it_is_not_to_be_published(
    home: Home, asked: Callable[..., tuple[int, str]]
) -> None:
    folder = home.work / "output" / "one"
    for platform in ("apple", "spotify", "insight-timer", "acx"):
        code, out = asked("--for", platform, folder)
        assert code == 3
        assert "OWN-1" in out
        assert DETAIL not in out
    code, out = asked("--for", "acx", folder, "--json")
    assert ("ACX-4", "whose voice") in rulings(out, "fail")
    assert DETAIL not in out


@pytest.mark.slow
def test_what_is_printed_has_no_word_of_the_track(home: Home) -> None:
    done = run(home, "check", "--for", "apple", "output/one")
    assert (done.returncode, done.stderr) == (3, b"")
    for word in (DETAIL, "A Small Test", "Arriving", "Tuning Fork"):
        assert word.encode() not in done.stdout


def test_the_table_has_a_line_a_rule_and_what_to_do_under_it(
    words: Path, asked: Callable[..., tuple[int, str]]
) -> None:
    code, out = asked("--for", "apple", words.parent)
    first, counts, name, *lines = out.splitlines()
    assert code == 3
    assert first == f"{words.parent}: does not meet the rules for apple"
    assert counts.startswith("  1 track, no feed; 1 fail, ")
    assert name == "  a talk.mp3"
    at = next(number for number, line in enumerate(lines) if "MP3-12" in line)
    assert lines[at].split() == [
        *("fail", "MP3-12", "file", "name", "has", "other", "characters"),
        *("letters", "of", "English,", "digits,", "-", "_", "."),
    ]
    assert lines[at + 1].strip() == "Rename it: it becomes an address."


def test_sixty_tracks_that_come_to_the_same_are_told_as_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    loud = replace(TRACK, name="61-loud.mp3", levels=replace(LEVELS, true_peak_dbtp=-0.5))
    tracks = [
        replace(TRACK, name=f"{number:02}.mp3", levels=replace(LEVELS, mix_lufs=-16 - number / 100))
        for number in range(1, 61)
    ]
    made = delivery(None, *tracks, loud)
    check._tell(check.Looked(Path("there"), made, platforms.judge("apple", made)), "apple")
    _meets, counts, *lines = capsys.readouterr().out.splitlines()
    assert counts.startswith("  61 tracks, no feed; 1 fail, 1 unknown, ")
    assert [line for line in lines if line.startswith("  ") and not line.startswith("   ")] == [
        "  01.mp3 to 60.mp3 (60)",
        "  61-loud.mp3",
        "  all of it",
    ]
    assert len(lines) < 70
    assert "-16.60 to -16.01 LUFS" in next(line for line in lines if "LOUD-1" in line)


KINDS = {
    "slow.mp3": (("-b:a", "64k"), "MP3-1", "bit rate"),
    "coarse.mp3": (("-b:a", "128k", "-ar", "32000"), "MP3-1", "sampling rate"),
    "variable.mp3": (("-q:a", "4"), "MP3-4", "bit rate is constant"),
    "bare.mp3": (("-b:a", "128k", "-write_xing", "0"), "MP3-5", "length header"),
}


def test_files_of_other_kinds_are_found_each_by_its_rule(
    tmp_path: Path, asked: Callable[..., tuple[int, str]]
) -> None:
    for name, (options, _rule, _what) in KINDS.items():
        mp3(tmp_path / name, burst(3, -20.0, 0.5, channels=2), *options)
    _code, out = asked("--for", "apple", tmp_path, "--json")
    (found,) = json.loads(out)
    unmet = {
        (each["where"], each["rule"], each["what"])
        for each in found["rulings"]
        if each["what"] in {what for _options, _rule, what in KINDS.values()}
        and each["verdict"] != "pass"
    }
    variable = ("variable.mp3", "MP3-1", "bit rate")
    assert unmet - {variable} == {(name, *rule) for name, (_words, *rule) in KINDS.items()}


def test_a_file_too_loud_cut_short_and_begun_with_a_click_is_found(
    tmp_path: Path, asked: Callable[..., tuple[int, str]]
) -> None:
    path = mp3(tmp_path / "talk.mp3", sine_at(997.0, -0.1, 2.0), "-b:a", "128k")
    path.write_bytes(path.read_bytes()[:-5_000])
    code, out = asked("--for", "apple", tmp_path, "--json")
    assert code == 3
    assert rulings(out) >= {
        ("MP3-6", "decodes whole"),
        ("MP3-9", "true peak"),
        ("LOUD-1", "loudness of the whole"),
        ("MP3-11", "begins and ends softly"),
    }


def test_a_book_read_by_a_person_is_fit_for_acx(
    tmp_path: Path, asked: Callable[..., tuple[int, str]]
) -> None:
    """What nothing here can know of it stays unknown: who speaks, and what is said in it."""
    room = np.random.default_rng(9).standard_normal((44_100 * 6, 2)) * 10**-3.5
    voice = np.concatenate([burst(n, -22.0, 1.0, rate_hz=44_100, channels=2) for n in (1, 2)])
    room[30_000 : 30_000 + 44_100] += voice[:44_100]
    room[110_000 : 110_000 + 44_100] += voice[44_100:]
    mp3(tmp_path / "talk.mp3", room, "-b:a", "192k", rate_hz=44_100)
    _code, out = asked("--for", "acx", tmp_path, "--json")
    assert rulings(out) == {("ACX-1", "RMS of the whole")}
    assert ("ACX-2", "noise floor in the pauses") in rulings(out, "pass")
    assert ("ACX-4", "whose voice") in rulings(out, "unknown")


# --- a site and a course ----------------------------------------------------------------------


@pytest.fixture
def site(words: Path, tmp_path: Path) -> Path:
    """A published site of two tracks."""
    for name in NAMES:
        shutil.copy(words, tmp_path / name)
        vtt = f"WEBVTT\n\n00:00.000 --> 00:01.900\n{WORD}\n"
        (tmp_path / name).with_suffix(".vtt").write_text(vtt)
        chapters = {"version": "1.2.0", "chapters": [{"startTime": 0, "title": WORD}]}
        (tmp_path / name).with_suffix(".chapters.json").write_text(json.dumps(chapters))
    feed = FEED.replace("14400512", str(words.stat().st_size)).replace(">900<", ">2<")
    (tmp_path / "feed.xml").write_text(feed.replace("Kind evenings", WORD))
    Image.new("RGB", (1_400, 1_400)).save(tmp_path / "artwork-1.jpg")
    return tmp_path


def test_a_site_is_looked_at_with_its_feed_and_all_that_it_leads_to(
    site: Path, asked: Callable[..., tuple[int, str]]
) -> None:
    code, out = asked("--for", "spotify", site, "--json")
    assert (code, rulings(out)) == (0, set())
    passed = {rule for rule, _what in rulings(out, "pass")}
    assert passed >= {"RSS-1", "CH-7", "IT-2", "IT-9", "HTTP-6", "TR-6", "TR-9", "CJ-1"}
    assert WORD not in out


def test_a_site_that_was_changed_afterwards_is_found(
    site: Path, asked: Callable[..., tuple[int, str]]
) -> None:
    with (site / NAMES[0]).open("ab") as file:
        file.write(bytes(7))
    (site / "02-staying.vtt").write_text(f"WEBVTT\n\n00:00.000 --> 09:00.000\n{WORD}\n")
    Image.new("RGB", (1_300, 1_400)).save(site / "artwork-1.jpg")
    code, out = asked("--for", "apple", site, "--json")
    assert code == 3
    assert {("HTTP-6", "length of the sound"), ("ART-1", "artwork")} < rulings(out, "fail")
    assert ("TR-9", "last cue ends") in rulings(out, "fail")
    assert WORD not in out


def test_a_hostile_feed_fails_in_one_line_without_a_word_of_it(
    tmp_path: Path, asked: Callable[..., tuple[int, str]]
) -> None:
    for content in (f'<!DOCTYPE a [<!ENTITY b "{WORD}">]><a>&b;</a>', f"<rss><{WORD}></rss>"):
        (tmp_path / "feed.xml").write_text(content)
        code, out = asked("--for", "apple", tmp_path)
        assert code == 3
        assert sum("RSS-1" in line for line in out.splitlines()) == 1
        assert WORD not in out


@pytest.fixture
def course(home: Home, tmp_path: Path) -> Path:
    """A course of two editions, with a listener's."""
    for place in ("public/natural", "public/15m", "guest-1/natural"):
        (tmp_path / place).mkdir(parents=True)
        for path in (home.work / "output" / "public").iterdir():
            shutil.copy(path, tmp_path / place)
    (tmp_path / "manifest.json").write_text("{}")
    return tmp_path


@pytest.mark.slow
def test_of_a_course_its_public_editions_are_looked_at(
    course: Path, asked: Callable[..., tuple[int, str]]
) -> None:
    _code, out = asked("--for", "spotify", course, "--json")
    looked = [each["folder"] for each in json.loads(out)]
    assert looked == [str(course / "public" / "15m"), str(course / "public" / "natural")]
    for folder, more in ((course, ("--edition", "15m")), (course / "public" / "15m", ())):
        _code, out = asked("--for", "spotify", folder, *more, "--json")
        assert [each["folder"] for each in json.loads(out)] == [str(course / "public" / "15m")]


@pytest.mark.slow
def test_a_course_is_a_book_for_audiobookshelf_when_its_tags_say_so(
    course: Path, asked: Callable[..., tuple[int, str]]
) -> None:
    folder = course / "public" / "natural"
    shutil.copy(folder / "small.mp3", folder / "another.mp3")
    code, out = asked("--for", "audiobookshelf", folder, "--json")
    assert code == 3
    assert {rule for rule, _what in rulings(out)} == {"ABS-2", "ID3-2", "ID3-4"}


# --- wrong use, and strangers -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda _folder: None, "holds no finished tracks and no feed"),
        (lambda folder: folder.rmdir(), "cannot be looked at"),
        (lambda folder: (folder.rmdir(), folder.write_text("x")), "cannot be looked at"),
    ],
    ids=["empty", "gone", "a file"],
)
def test_a_folder_with_nothing_to_look_at_is_wrong_use(
    prepare: Callable[[Path], Any], message: str, tmp_path: Path
) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    prepare(folder)
    with pytest.raises(UsageError, match=message):
        app.main(["check", "--for", "apple", str(folder)], standalone_mode=False)


def test_an_edition_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    for name in ("15m", "natural", "elsewhere"):
        (tmp_path / "public" / name).mkdir(parents=True)
    (tmp_path / "manifest.json").touch()
    with pytest.raises(UsageError, match=r"no edition '7m'. There are: 15m, natural"):
        checking.places(tmp_path, "7m")
    assert checking.places(tmp_path, "15m") == (tmp_path / "public" / "15m",)


def test_files_that_are_no_tracks_fail_and_harm_no_other(
    words: Path, tmp_path: Path, asked: Callable[..., tuple[int, str]]
) -> None:
    shutil.copy(words, tmp_path / "talk.mp3")
    (tmp_path / "list.mp3").write_text("#EXTM3U\nhttp://127.0.0.1:9/x\n")
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "folder.mp3").mkdir()
    (tmp_path / "gone.mp3").symlink_to(tmp_path / "nowhere")
    (tmp_path / "other.flac").write_bytes(b"fLaC")
    (tmp_path / f"{WORD}\x1b[2J.mp3").write_bytes(words.read_bytes())
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.mp3")
    code, out = asked("--for", "apple", tmp_path, "--json")
    (found,) = json.loads(out)
    failed = {each["where"] for each in found["rulings"] if each["what"] == "format"} - {
        each["where"]
        for each in found["rulings"]
        if each["what"] == "format" and each["verdict"] == "pass"
    }
    assert code == 3
    pipe = {"pipe.mp3"} if hasattr(os, "mkfifo") else set()
    assert failed == {"list.mp3", "empty.mp3", "folder.mp3", "gone.mp3", "other.flac", *pipe}
    _code, out = asked("--for", "apple", tmp_path)
    assert "\x1b" not in out


@pytest.mark.slow
def test_a_timeline_of_another_track_says_nothing_of_this_one(
    home: Home, words: Path, tmp_path: Path, asked: Callable[..., tuple[int, str]]
) -> None:
    shutil.copy(home.work / "output" / "one" / "small.timeline.json", tmp_path)
    shutil.copy(words, tmp_path / "small.mp3")
    _code, out = asked("--for", "apple", tmp_path, "--json")
    assert ("OWN-1", "details spoken in it") in rulings(out, "unknown")


@pytest.mark.slow
def test_nothing_is_written_where_it_looks(home: Home, tmp_path: Path) -> None:
    folder = shutil.copytree(home.work / "output" / "one", tmp_path / "one")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    checking.checked("apple", folder, lambda *_: None)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_progress_goes_up_to_the_end(words: Path, tmp_path: Path) -> None:
    for number in range(2):
        shutil.copy(words, tmp_path / f"{number}.mp3")
    told: list[tuple[int, int]] = []
    checking.delivery(tmp_path, lambda _stage, done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1] == (4, 4)
