"""Stems, pictures and other formats, wished for on the command line: made, private, forgotten."""

from __future__ import annotations

import json
import os
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from driver import Home, home_at, render, run
from PIL import Image

from generator import transcript
from generator.api import Wishes, job_for
from generator.audio import RATE_HZ
from generator.cli import app, keep  # noqa: F401  its commands join the group
from generator.errors import UsageError
from generator.model import FORMATS, Listener
from generator.script import load
from generator.system import POSIX, folders

LABEL = "guest-a"
DETAILS = ("--name", "Quillfeather", "--for", LABEL)
WISHES = ("--stems", "stems", "--picture", "track.png")
STEMS = ("small.voice.flac", "small.bed.flac", "small.bells.flac")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = home_at(tmp_path / "home")
    (home.work / "stems").mkdir()
    return home


def made(home: Home) -> set[str]:
    return {
        path.relative_to(home.work).as_posix() for path in home.work.rglob("*") if path.is_file()
    }


def forget(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDITATE_HOME", str(home.data))
    monkeypatch.chdir(home.work)
    app.main(["forget", LABEL], standalone_mode=False)


def test_stems_and_picture_are_made_for_their_owner_alone_and_are_forgotten(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(home, *render(*DETAILS, *WISHES, "--json"))
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["stems"] == [f"stems/{name}" for name in STEMS]
    assert told["picture"] == "track.png"
    frames = {soundfile.info(home.work / "stems" / name).frames for name in STEMS}
    assert frames == {told["frames"]}
    with Image.open(home.work / "track.png") as picture:
        assert picture.width == 1_800
    if POSIX:
        for path in (*(home.work / "stems" / name for name in STEMS), home.work / "track.png"):
            assert path.stat().st_mode & 0o777 == 0o600
    (home.work / "stems" / "mine.flac").write_bytes(b"mine")
    forget(home, monkeypatch)
    assert made(home) == {"stems/mine.flac"}


@pytest.mark.slow
def test_the_track_is_the_same_whether_somebody_watches_or_not(home: Home) -> None:
    assert run(home, *render(*DETAILS)).returncode == 0
    path = home.work / "output" / LABEL / "small.mp3"
    before = path.read_bytes()
    assert run(home, *render(*DETAILS, *WISHES)).returncode == 0
    assert path.read_bytes() == before


@pytest.mark.slow
def test_a_public_picture_may_be_read_by_all(home: Home) -> None:
    done = run(home, *render("--picture", "track.png"))
    assert done.returncode == 0, done.stderr.decode()
    assert not POSIX or (home.work / "track.png").stat().st_mode & 0o777 == 0o644


def test_what_is_there_is_replaced_only_by_force(home: Home) -> None:
    there = "stems/small.bed.flac"
    (home.work / there).write_bytes(b"mine")
    done = run(home, *render(*DETAILS, *WISHES))
    assert done.returncode == 2
    assert b"exists already. Use --force" in done.stderr
    assert made(home) == {there}, "nothing was made, not even a word spoken"
    assert run(home, *render(*DETAILS, *WISHES, "--force")).returncode == 0
    assert (home.work / there).read_bytes() != b"mine"


@pytest.mark.parametrize(
    "fault",
    ["check", *(pytest.param(each, marks=pytest.mark.slow) for each in ("full", "ours"))],
)
def test_a_render_that_fails_leaves_nothing_of_them(home: Home, fault: str) -> None:
    """What did not pass its checks is kept aside; of the track's own, and nothing else."""
    assert run(home, *render(*DETAILS, *WISHES), fault=fault).returncode != 0
    aside = {f"output/{LABEL}/small.mp3.failed", f"output/{LABEL}/small.failed.json"}
    assert made(home) == (aside if fault == "check" else set())


def test_what_a_killed_render_left_of_them_is_forgotten(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(home, *render(*DETAILS, *WISHES), fault="killed late").returncode == -9
    assert {Path(each).parent.name for each in made(home)} >= {"stems", LABEL}
    forget(home, monkeypatch)
    assert made(home) == set()


@pytest.mark.parametrize(
    "form", ["flac", *(pytest.param(each, marks=pytest.mark.slow) for each in ("ogg", "wav"))]
)
def test_a_track_in_another_format_lies_beside_the_first_and_is_forgotten_with_it(
    home: Home, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    assert run(home, *render(*DETAILS)).returncode == 0
    done = run(home, *render(*DETAILS, "--format", form))
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().startswith(f"output/{LABEL}/small.{form}\n")
    folder = home.work / "output" / LABEL
    assert {path.name for path in folder.iterdir()} == {
        *("small.mp3", "small.vtt", "small.timeline.json"),
        *(f"small.{form}", f"small.{form}.vtt", f"small.{form}.timeline.json"),
    }
    documents = [
        json.loads((folder / name).read_text())
        for name in ("small.timeline.json", f"small.{form}.timeline.json")
    ]
    measured = [each.pop("measured") for each in documents]
    assert len({each.pop("sha256") for each in documents}) == 2
    assert [each.pop("stream") is None for each in documents] == [False, True]
    assert documents[0] == documents[1], "all but the file itself is the same"
    assert measured[0]["frames"] == measured[1]["frames"]
    assert abs(measured[0]["speech_lufs"] - measured[1]["speech_lufs"]) < 0.2
    assert soundfile.info(folder / f"small.{form}").frames == measured[0]["frames"]
    forget(home, monkeypatch)
    assert made(home) == set()


def test_an_m4b_is_made_where_ffmpeg_is_and_refused_before_a_word_is_spoken_elsewhere(
    home: Home, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
    words = render(*DETAILS, "--format", "m4b")
    refused = run(home, *words, more={"PATH": str(tmp_path)})
    assert refused.returncode == 2
    assert b"Install ffmpeg" in refused.stderr
    assert refused.stderr.count(b"\n") == 1
    assert made(home) == set()
    assert not home.clips.exists()
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = run(home, *words, more={"PATH": path})
    assert done.returncode == 0, done.stderr.decode()
    folder = home.work / "output" / LABEL
    document = json.loads((folder / "small.m4b.timeline.json").read_text())
    assert document["measured"]["frames"] == transcript.timeline_from(document).frames
    assert {path.name for path in folder.iterdir()} == {
        *("small.m4b", "small.m4b.vtt", "small.m4b.timeline.json")
    }
    assert not POSIX or (folder / "small.m4b").stat().st_mode & 0o777 == 0o600


# --- what will not do -------------------------------------------------------------------------


def job(**wishes: object):
    chosen = load("care-circuit", folders().scripts)
    return job_for(chosen, Listener(), Wishes(**wishes), folders())


def test_a_format_nobody_knows_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"there is no format 'flaac'\. Did you mean 'flac'"):
        job(format="flaac")
    assert [job(format=each).format for each in FORMATS] == list(FORMATS)


@pytest.mark.parametrize("name", ["track", "track.jpg", "track.png.mp3"])
def test_a_picture_that_is_not_called_one_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="a picture is a PNG"):
        job(picture=name)


def test_a_place_that_can_never_be_is_refused() -> None:
    for wish in ({"picture": "a\0b.png"}, {"stems": "x" * 5000}):
        with pytest.raises(UsageError, match="can be there"):
            job(**wish)


@pytest.mark.slow
def test_the_picture_and_the_stems_of_a_real_track(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import generator

    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    made = generator.render(
        "care-circuit", length="8m", out=tmp_path, stems=tmp_path, picture=tmp_path / "a.png"
    )
    assert made.graph == tmp_path / "a.png"
    voice, bed, bells = (soundfile.read(path, dtype="float32")[0] for path in made.stems)
    assert np.abs(voice).max() < 1.0
    assert len(voice) == len(bed) == len(bells) == made.timeline.frames == 480 * RATE_HZ
    track = soundfile.read(made.path, dtype="float32")[0]
    apart = track - 2.0 * (voice + bed + bells)
    assert np.sqrt(np.mean(apart**2)) < 0.1 * np.sqrt(np.mean(track**2))
