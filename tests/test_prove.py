"""``meditate verify`` as a user meets it: good files, wrong files, files that mean harm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from driver import Home, home_at, render, run
from PIL import Image

from generator.audio import RATE_HZ
from generator.cli import show
from generator.graph.style import FAULT
from generator.model import Episode, Measured, Phrase, Spoken, Timeline
from generator.system import POSIX

DETAIL = "Quillfeather"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = home_at(tmp_path_factory.mktemp("home") / "home")
    for label, more in (("one", ("--name", DETAIL)), ("two", ("--seed", "3", "--age", "7"))):
        done = run(home, *render("--for", label, *more))
        assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def folder(home: Home, tmp_path: Path) -> Path:
    return shutil.copytree(home.work / "output" / "one", tmp_path / "one")


def test_good_files_are_proven_in_one_call(home: Home) -> None:
    files = ("output/one/small.mp3", "output/two/small.mp3")
    done = run(home, "verify", *files)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert [line for line in lines if not line.startswith("  ")] == [
        f"{file}: proven" for file in files
    ]
    assert sum(line.startswith("  ok ") for line in lines) == 30
    assert all(len(line) <= 100 for line in lines)


MP3_ONLY = {"stream", "header"}


@pytest.fixture(scope="module")
def of_an_mp3(home: Home) -> list[str]:
    """The names of its checks."""
    (found,) = json.loads(run(home, "verify", "output/two/small.mp3", "--json").stdout)
    return [each["name"] for each in found["checks"]]


@pytest.mark.parametrize("form", ["m4b", "flac", "wav", "ogg"])
def test_another_format_is_proven_but_for_what_only_an_mp3_has(
    home: Home, of_an_mp3: list[str], form: str, tmp_path: Path
) -> None:
    (tmp_path / "ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
    path = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = run(home, *render("--for", form, "--format", form), more=path)
    assert done.returncode == 0, done.stderr
    track = f"output/{form}/small.{form}"
    good = run(home, "verify", track, "--json", more=path)
    (found,) = json.loads(good.stdout)
    assert (found["met"], len(found["checks"])) == (True, 13)
    names = [each["name"] for each in found["checks"]]
    assert names == [each for each in of_an_mp3 if each not in MP3_ONLY]
    document = home.work / "output" / form / f"small.{form}.timeline.json"
    document.write_text(document.read_text().replace('"start_frame": ', '"start_frame": 1', 1))
    assert run(home, "verify", track, more=path).returncode == 3


def test_a_program_reads_every_value_and_limit(home: Home) -> None:
    done = run(home, "verify", "output/one/small.mp3", "output/one/gone.mp3", "--json")
    assert (done.returncode, done.stderr) == (3, b"")
    good, gone = json.loads(done.stdout)
    assert (good["met"], len(good["checks"])) == (True, 15)
    keys = {"name", "value", "limit", "unit", "met", "where", "stretches"}
    assert good["checks"][0].keys() == keys
    assert "picture" not in good
    assert (gone["met"], gone["checks"]) == (False, [])
    assert "no timeline beside it" in gone["error"]


def test_a_fault_is_named_by_number_and_time_and_not_by_words(home: Home, folder: Path) -> None:
    vtt = folder / "small.vtt"
    vtt.write_text(vtt.read_text().replace(DETAIL, "Somebody"))
    done = run(home, "verify", str(folder / "small.mp3"))
    said = done.stdout.decode()
    assert done.returncode == 3
    assert "1 of 15 checks not met" in said
    assert "FAULT  transcript          cue 2 differs" in said
    assert DETAIL not in said


def test_the_track_of_another_listener_is_not_proven(home: Home, folder: Path) -> None:
    shutil.copy(home.work / "output" / "two" / "small.timeline.json", folder)
    done = run(home, "verify", str(folder / "small.mp3"))
    assert done.returncode == 3
    assert b"FAULT  stream" in done.stdout


def with_timeline(change: Callable[[dict], object]) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        path = folder / "small.timeline.json"
        document = json.loads(path.read_text())
        changed = change(document)
        path.write_text(json.dumps(document if changed is None else changed))

    return prepare


def instead(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(content) and None


def a_pipe(name: str) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return prepare


@pytest.mark.parametrize("name", ["", ".", "/"])
def test_what_has_no_name_is_no_file(home: Home, name: str) -> None:
    done = run(home, "verify", name)
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"is no file" in done.stderr


HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "no timeline": (lambda folder: (folder / "small.timeline.json").unlink(), "no timeline"),
    "no track": (lambda folder: (folder / "small.mp3").unlink(), "No such file"),
    "not an MP3": (instead("small.mp3", b"hello" * 5_000), "no MP3 at 48 kHz"),
    "an empty file": (instead("small.mp3", b""), "no MP3 at 48 kHz"),
    "5 MB of brackets": (instead("small.timeline.json", b"[" * 5_000_000), "no timeline"),
    "5 MB of phrases": (
        with_timeline(lambda whole: {**whole, "phrases": whole["phrases"] * 5_000}),
        "more than a track can",
    ),
    "pauses on top of one another": (
        with_timeline(lambda whole: {**whole, "silences": whole["silences"] * 2}),
        "more than a track can",
    ),
    "phrases of other lengths": (
        with_timeline(lambda whole: {**whole, "phrases": whole["phrases"][1:]}),
        "evidence is of other phrases",
    ),
    "an earlier version": (with_timeline(lambda whole: {**whole, "schema": 1}), "Render the track"),
    "a track of a hundred years": (
        with_timeline(lambda whole: {**whole, "frames": 10**14}),
        "more than a track can",
    ),
    "a second more than there is evidence of": (
        with_timeline(lambda whole: {**whole, "frames": whole["frames"] + 48_000}),
        "evidence is of another length",
    ),
    "100,000 bells": (
        with_timeline(
            lambda whole: {
                **whole,
                "strikes": [{"kind": "bowl", "start_frame": 0, "level_db": 0.0}] * 100_000,
            }
        ),
        "more than a track can",
    ),
    "facts that are none": (with_timeline(lambda whole: {**whole, "facts": [1]}), "not texts"),
    "no evidence": (with_timeline(lambda whole: {**whole, "evidence": {}}), "speech_lufs"),
    "a list": (with_timeline(lambda whole: [whole]), "no timeline"),
    **(
        {
            "a pipe for a track": (a_pipe("small.mp3"), "not a plain file"),
            "a pipe for a timeline": (a_pipe("small.timeline.json"), "no timeline"),
        }
        if POSIX
        else {}
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_cannot_be_checked_is_said_in_one_line(home: Home, folder: Path, case: str) -> None:
    prepare, said = HOSTILE[case]
    prepare(folder)
    done = run(home, "verify", str(folder / "small.mp3"))
    assert (done.returncode, done.stdout) == (3, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith(f"meditate: {folder / 'small.mp3'}: ")
    assert said in line
    assert DETAIL not in line


def test_sound_that_is_only_a_header_is_said_in_one_line_or_a_report(
    home: Home, folder: Path
) -> None:
    """Frames of our kind that hold nothing a decoder could use."""
    (folder / "small.mp3").write_bytes((b"\xff\xfb\x94\x64" + b"\xff" * 380) * 100)
    done = run(home, "verify", str(folder / "small.mp3"))
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert b"fault of ours" not in done.stderr


# --- the picture ------------------------------------------------------------------------------


def pictured(home: Home, track: Path | str, *more: str) -> subprocess.CompletedProcess[bytes]:
    return run(home, "verify", str(track), "--picture", "proof.png", *more)


@pytest.fixture
def picture(home: Home) -> Iterator[Path]:
    path = home.work / "proof.png"
    yield path
    path.unlink(missing_ok=True)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_proven_track_is_drawn_for_its_owner_alone_and_forgotten_with_the_track(
    home: Home, picture: Path
) -> None:
    assert run(home, *render("--for", "four", "--name", DETAIL)).returncode == 0
    done = pictured(home, "output/four/small.mp3")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines()[-1] == "  beside proof.png"
    with Image.open(picture) as image:
        assert (image.format, image.width) == ("PNG", 1_800)
    assert not POSIX or mode(picture) == 0o600
    assert run(home, "forget", "four", "--yes").returncode == 0
    assert not picture.exists()


def test_a_track_that_fails_is_drawn_too_and_red(home: Home, folder: Path, picture: Path) -> None:
    def red() -> int:
        with Image.open(picture) as image:
            return int((np.array(image) == FAULT[:3]).all(axis=2).sum())

    assert pictured(home, folder / "small.mp3").returncode == 0
    assert red() == 0
    vtt = folder / "small.vtt"
    vtt.write_text(vtt.read_text().replace(DETAIL, "Somebody"))
    done = pictured(home, folder / "small.mp3", "--force", "--json")
    assert done.returncode == 3
    (found,) = json.loads(done.stdout)
    assert found["picture"] == "proof.png"
    (torn,) = [each for each in found["checks"] if not each["met"]]
    phrase = json.loads((folder / "small.timeline.json").read_text())["phrases"][1]
    ends = ("start_frame", "end_frame")
    assert torn["stretches"] == [{each: phrase[each] for each in ends}]
    assert red() > 500


@pytest.mark.slow
def test_the_picture_of_a_public_track_is_as_open_as_the_track(home: Home, picture: Path) -> None:
    assert run(home, *render()).returncode == 0
    track = home.work / "output" / "public" / "small.mp3"
    for track_mode in (0o644, 0o600):
        track.chmod(track_mode)
        assert pictured(home, track, "--force").returncode == 0
        assert not POSIX or mode(picture) == track_mode


def test_a_picture_that_is_there_is_replaced_only_by_force(home: Home, picture: Path) -> None:
    picture.write_bytes(b"mine")
    done = pictured(home, "output/one/small.mp3")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"meditate: proof.png: exists already. Use --force to replace it.\n"
    assert picture.read_bytes() == b"mine"
    assert pictured(home, "output/one/small.mp3", "--force").returncode == 0
    assert picture.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--picture", "a.png", "output/two/small.mp3"), "draws one file only. Name one."),
        (("--picture", "a.jpg"), "a picture is a PNG"),
        (("--picture", "gone/a.png"), "there is no such folder"),
        (("--picture", "output/one"), "a picture is a PNG"),
    ],
)
def test_a_picture_that_cannot_be_is_refused_before_anything_is_read(
    home: Home, words: tuple[str, ...], said: str
) -> None:
    done = run(home, "verify", "output/one/small.mp3", *words)
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.decode().splitlines()
    assert said in line


def test_what_cannot_be_checked_is_not_drawn(home: Home, folder: Path, picture: Path) -> None:
    prepare, said = HOSTILE["not an MP3"]
    prepare(folder)
    done = pictured(home, folder / "small.mp3")
    assert (done.returncode, done.stdout) == (3, b"")
    (line,) = done.stderr.decode().splitlines()
    assert said in line
    assert not picture.exists()


def test_a_render_that_fails_its_check_keeps_the_track_aside_until_it_is_forgotten(
    home: Home,
) -> None:
    done = run(home, *render("--for", "three", "--name", DETAIL), fault="check")
    assert done.returncode == 3
    (line,) = [each for each in done.stderr.decode().splitlines() if "meditate:" in each]
    assert "true peak" in line
    assert "small.mp3.failed" in line
    assert DETAIL not in line
    folder = home.work / "output" / "three"
    assert {path.name for path in folder.iterdir()} == {"small.mp3.failed", "small.failed.json"}
    assert run(home, "forget", "three").returncode == 0
    assert not folder.exists()


def made(mix_lufs: float, pause_s: int) -> Episode:
    said = Spoken(Phrase("Rest."), 0, 20 * RATE_HZ)
    timeline = Timeline(said.frames + pause_s * RATE_HZ, (said,), (), (), (), ())
    return Episode(Path("x.mp3"), "x", timeline, Measured(1, -16.1, -1.5, mix_lufs), 0)


def test_it_is_said_what_a_platform_will_read_where_pauses_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for episode, why in ((made(-24.2, 60), "most"), (made(-18.4, 10), "much")):
        show.episode(episode, quiet=False, as_json=False)
        mix_lufs = episode.measured.mix_lufs
        said = f"will read this track at about {mix_lufs:.0f} LUFS, because {why} of it is pauses"
        assert said in capsys.readouterr().out
        show.episode(episode, quiet=False, as_json=True)
        told = json.loads(capsys.readouterr().out)
        assert said in told["platforms"]
        assert told["mix_lufs"] == mix_lufs


def test_nothing_is_said_of_platforms_that_read_the_speech(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show.episode(made(-16.9, 60), quiet=False, as_json=False)
    assert "platform" not in capsys.readouterr().out
