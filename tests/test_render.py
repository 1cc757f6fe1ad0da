"""A whole track with the real voice, held against other people's tools."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import mutagen.id3
import numpy as np
import pytest
import soundfile
import tinytag
import webvtt

import generator
from generator import api, errors, pipeline, system, transcript
from generator.audio import RATE_HZ
from generator.model import Episode

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
CANARY = "my grey heron Quillfeather"
SCRIPT = """+++
title = "A Small Test"
summary = "Three sentences and two bells."
kind = "practice"
language = "en"
sources = ["none"]
lengths = ["1m", "3m"]
switches = ["gentle"]
bed = "none"

[fields.care_object]
ask = "Who warms you?"
example = "my old dog"
+++
{{ bell("small") }}
{{ chapter("Arriving") }}
Find a place to rest. {{ pause(4) }}
{% if care_object %}Let {{ care_object | yours }} come to mind.
{% else %}Let someone come to mind.
{% endif %}{{ pause(6, least=3, most=60) }}
{{ chapter("Staying") }}
You can stay a while. {{ rest(10) }}
Come back to the room. {{ pause(3) }}
{{ bell("small") }}
"""


@dataclass(frozen=True)
class Home:
    """A newcomer's home, with one script of their own."""

    root: Path

    @property
    def folders(self) -> system.Folders:
        return system.folders(self.root / "scripts")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    root = tmp_path_factory.mktemp("home")
    (root / "scripts").mkdir()
    (root / "scripts" / "small.j2").write_text(SCRIPT)
    (root / "out").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDITATE_HOME", str(root))
        yield Home(root)


@pytest.fixture(scope="module")
def episode(home: Home) -> Episode:
    return generator.render(
        "small", {"care_object": CANARY}, label="one", length="1m15s", out=home.root / "out"
    )


def test_it_lasts_exactly_as_long_as_was_asked_by_two_decoders(episode: Episode) -> None:
    expected = 75 * RATE_HZ
    assert episode.timeline.frames == expected
    assert soundfile.info(episode.path).frames == expected
    raw = subprocess.run(
        [FFMPEG, "-v", "error", "-i", episode.path, "-f", "s16le", "-"],
        capture_output=True,
        check=True,
    )
    assert len(raw.stdout) == expected * 2 * 2
    assert raw.stderr == b""


def test_pauses_are_where_the_timeline_says_within_50_ms(episode: Episode) -> None:
    run = subprocess.run(
        [FFMPEG, "-i", episode.path, "-af", "silencedetect=n=-50dB:d=0.5", "-f", "null", "-"],
        capture_output=True,
        check=True,
        text=True,
    )
    starts = [float(each) for each in re.findall(r"silence_start: ([\d.]+)", run.stderr)]
    ends = [float(each) for each in re.findall(r"silence_end: ([\d.]+)", run.stderr)]
    between = [
        (one.end_frame / RATE_HZ, other.start_frame / RATE_HZ)
        for one, other in zip(episode.timeline.spoken, episode.timeline.spoken[1:], strict=False)
    ]
    assert between
    for start_s, end_s in between:
        assert min(abs(start_s - each) for each in starts) < 0.05
        assert min(abs(end_s - each) for each in ends) < 0.05


def test_speech_is_at_its_loudness_by_ffmpegs_meter(episode: Episode, tmp_path: Path) -> None:
    samples, _rate = soundfile.read(episode.path, dtype="float32")
    speech = [samples[each.start_frame : each.end_frame] for each in episode.timeline.spoken]
    soundfile.write(tmp_path / "speech.wav", np.concatenate(speech), RATE_HZ)
    run = subprocess.run(
        [FFMPEG, "-i", tmp_path / "speech.wav", "-af", "ebur128=peak=true", "-f", "null", "-"],
        capture_output=True,
        check=True,
        text=True,
    )
    summary = run.stderr[run.stderr.rindex("Summary:") :]
    loudness = float(re.search(r"I:\s+(-[\d.]+) LUFS", summary)[1])  # type: ignore[index]
    peak = float(re.search(r"Peak:\s+(-?[\d.]+) dBFS", summary)[1])  # type: ignore[index]
    assert loudness == pytest.approx(-16.0, abs=0.5)
    assert peak <= -1.0
    assert episode.measured.speech_lufs == pytest.approx(loudness, abs=0.3)


def test_silence_is_not_dead(episode: Episode) -> None:
    samples, _rate = soundfile.read(episode.path, dtype="float32")
    rest = max(episode.timeline.silences, key=lambda each: each.frames)
    quiet = samples[rest.start_frame + RATE_HZ : rest.start_frame + rest.frames - RATE_HZ]
    level_dbfs = 20 * np.log10(np.sqrt(np.mean(quiet**2)))
    assert level_dbfs == pytest.approx(-75.0, abs=3.0)


def test_other_readers_find_title_chapters_words_and_cover(episode: Episode) -> None:
    tag = tinytag.TinyTag.get(episode.path, image=True)
    assert tag.title == "A Small Test"
    assert tag.duration == pytest.approx(75.0, abs=0.06)
    assert tag.images.front_cover is not None
    frames = mutagen.id3.ID3(episode.path)
    assert frames.version == (2, 3, 0)
    chapters = sorted(frames.getall("CHAP"), key=lambda each: each.start_time)
    assert [str(each.sub_frames["TIT2"]) for each in chapters] == ["Arriving", "Staying"]
    assert chapters[0].start_time == 0
    assert chapters[-1].end_time == 75_000
    assert CANARY.replace("my", "your") in str(frames.getall("USLT")[0])
    assert "synthetic" in str(frames.getall("COMM")[0])
    assert "driving" in str(frames.getall("COMM")[0])
    assert not frames.getall("TYER"), "a personal track carries no date"


def test_sidecars_agree_with_the_track(episode: Episode) -> None:
    cues = webvtt.read(episode.path.with_suffix(".vtt"))
    assert len(cues) == len(episode.timeline.spoken)
    for cue, spoken in zip(cues, episode.timeline.spoken, strict=True):
        hours, minutes, seconds = cue.start.split(":")
        start_s = 3600 * int(hours) + 60 * int(minutes) + float(seconds)
        assert start_s == pytest.approx(spoken.start_frame / RATE_HZ, abs=0.001)
    document = json.loads(episode.path.with_suffix(".timeline.json").read_text())
    assert transcript.timeline_from(document) == episode.timeline


def test_a_detail_is_nowhere_but_in_the_listeners_own_files(episode: Episode, home: Home) -> None:
    allowed = {episode.path, *episode.path.parent.glob(f"{episode.path.stem}.*")}
    needle = re.compile(b"quillfeather", re.IGNORECASE)
    wide = re.compile("quillfeather".encode("utf-16-le"), re.IGNORECASE)
    for path in home.root.rglob("*"):
        assert not needle.search(str(path).encode())
        if path.is_file() and path not in allowed:
            content = path.read_bytes()
            assert not needle.search(content), path
            assert not wide.search(content), path
    frames = mutagen.id3.ID3(episode.path)
    for frame in frames.values():
        if frame.FrameID != "USLT":
            assert "quillfeather" not in frame.pprint().casefold()


def test_personal_files_are_for_their_owner_only(episode: Episode, home: Home) -> None:
    for path in episode.path.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    own = list((home.root / "listeners" / "one" / "clips").iterdir())
    assert len(own) == 1, "only the phrase that speaks the detail"
    assert stat.S_IMODE(own[0].stat().st_mode) == 0o600


def test_a_second_render_speaks_nothing_and_gives_the_same_bytes(
    episode: Episode, home: Home
) -> None:
    before = {path: path.read_bytes() for path in episode.path.parent.iterdir()}
    again = generator.render(
        "small", {"care_object": CANARY}, label="one", length="1m15s", out=home.root / "out"
    )
    assert again.spoken_now == 0
    assert {path: path.read_bytes() for path in episode.path.parent.iterdir()} == before


def test_a_track_made_from_other_inputs_is_kept(episode: Episode, home: Home) -> None:
    before = episode.path.read_bytes()
    with pytest.raises(errors.UsageError, match="--force") as refused:
        generator.render(
            "small", {"care_object": "my cat"}, label="one", length="1m15s", out=home.root / "out"
        )
    assert "my cat" not in str(refused.value)
    assert episode.path.read_bytes() == before


def test_the_episode_is_an_audio_segment_too(episode: Episode) -> None:
    segment = episode.segment()
    assert (segment.frame_rate, segment.channels, segment.sample_width) == (RATE_HZ, 2, 4)
    assert segment.frame_count() == episode.timeline.frames
    assert segment[:1000].dBFS < segment[10_000:30_000].dBFS


def test_an_edition_without_a_listener_is_public_and_dated(home: Home) -> None:
    made = generator.render("small", out=home.root / "out", length="1m", date="2026-05-01")
    assert made.path == home.root / "out" / "public" / "small-1m.mp3"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o644
    frames = mutagen.id3.ID3(made.path)
    assert str(frames["TDRC"]) == "2026-05-01"
    again = generator.render("small", out=home.root / "out", length="1m")
    assert again.path.read_bytes() == made.path.read_bytes() or again.spoken_now == 0


def test_a_length_that_cannot_be_says_what_can(home: Home) -> None:
    with pytest.raises(errors.LengthError, match="1 to 3 minutes"):
        generator.render("small", out=home.root / "out", length="10m")


def test_a_full_disk_leaves_nothing_behind(home: Home) -> None:
    """The limit on file size stands for a full disk: the same error comes from the same call."""
    code = (
        "import resource, sys, os\n"
        "sys.argv = ['meditate', '--scripts', os.environ['MEDITATE_HOME'] + '/scripts', 'render',"
        " 'small', '--for', 'two', '--length', '1m30s', '--no-input', '--out', sys.argv[1]]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "from generator.cli import main\n"
        "main()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, home.root / "out"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )
    assert run.returncode == 1
    assert "could not be written" in run.stderr
    assert "--out" in run.stderr
    assert not (home.root / "out" / "two").exists()


def test_a_render_that_fails_its_check_delivers_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.verify.level.MOST_PEAK_DBTP", -60.0)
    with pytest.raises(errors.CheckError, match="true peak"):
        generator.render("small", out=home.root / "out", length="2m")
    assert not (home.root / "out" / "public" / "small-2m.mp3").exists()
    assert not list((home.root / "out" / "public").glob(".*"))


def test_the_job_says_where_its_voice_comes_from(home: Home) -> None:
    wishes = api.Wishes(out=home.root / "out")
    script = pipeline.script.load("small", home.folders.scripts)
    listener = pipeline.personalise.check(script, {})
    job = api.job_for(script, listener, wishes, home.folders)
    assert pipeline.speech.provenance(job.voice).startswith("piper-tts ")
