"""``meditate beds``: what it lists, and the previews it writes."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import click
import numpy as np
import pyloudnorm
import pytest
import soundfile
from conftest import burst, exact_peak_db, rms_db

from generator import bed
from generator.audio import RATE_HZ
from generator.cli import app, beds  # noqa: F401  its commands join the group on import
from generator.errors import MeditationError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def meditate(*args: str) -> None:
    app.main([*args], prog_name="meditate", standalone_mode=False)


def refused(*args: str) -> str:
    with pytest.raises((MeditationError, click.ClickException)) as caught:
        meditate(*args)
    assert caught.value.exit_code == 2
    error = caught.value
    return error.format_message() if isinstance(error, click.ClickException) else str(error)


def heard(path: str) -> np.ndarray:
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    assert (rate_hz, samples.shape[1]) == (RATE_HZ, 2)
    return samples


def test_every_bed_is_listed_for_people_and_for_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    meditate("beds")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(bed.BEDS)]] == list(bed.BEDS)
    assert all(len(line) < 100 for line in lines)
    meditate("beds", "--json")
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"]: row["about"] for row in rows} == bed.ABOUT


def test_a_preview_is_twelve_decibels_louder_than_under_a_voice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    meditate("beds", "say", "pink", "--seconds", "16")
    assert capsys.readouterr().out == "bed-pink.flac\n"
    samples = heard("bed-pink.flac")
    assert len(samples) == 16 * RATE_HZ
    held = samples[3 * RATE_HZ : -6 * RATE_HZ]
    assert pyloudnorm.Meter(RATE_HZ).integrated_loudness(held) == pytest.approx(-24.0, abs=0.3)
    assert rms_db(samples[:480]) < -50.0
    assert stat.S_IMODE(Path("bed-pink.flac").stat().st_mode) == 0o644


def test_a_preview_of_none_is_the_room_itself() -> None:
    meditate("beds", "say", "none", "--seconds", "5", "--out", "quiet.wav")
    assert rms_db(heard("quiet.wav")) == pytest.approx(bed.ROOM_DBFS + 12.0, abs=0.2)


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3"])
def test_a_preview_is_of_the_kind_its_name_says(ending: str) -> None:
    meditate("beds", "say", "binaural:200:10-4", "--seconds", "6", "--out", f"tones.{ending}")
    info = soundfile.info(f"tones.{ending}")
    assert (info.format.lower(), info.frames) == (ending, 6 * RATE_HZ)
    assert [path.name for path in Path().iterdir()] == [f"tones.{ending}"]


def test_the_name_of_a_preview_is_a_plain_one() -> None:
    meditate("beds", "say", "binaural:180:10-4 + brown", "--seconds", "5")
    assert [path.name for path in Path().iterdir()] == ["bed-binaural-180-10-4-+-brown.flac"]


def test_a_recording_is_heard_too_for_its_owner_alone_and_however_it_peaks() -> None:
    sound = burst(1, -30.0, 8.0, rate_hz=RATE_HZ, channels=2)
    sound[RATE_HZ::RATE_HZ] = 0.99
    soundfile.write("mine.wav", sound, RATE_HZ)
    meditate("beds", "say", "mine.wav", "--seconds", "10")
    assert stat.S_IMODE(Path("bed-recording.flac").stat().st_mode) == 0o600
    samples = heard("bed-recording.flac")
    assert len(samples) == 10 * RATE_HZ
    assert exact_peak_db(samples, oversampling=4) < -1.4
    assert {path.name for path in Path().iterdir()} == {"mine.wav", "bed-recording.flac"}


def test_another_seed_is_another_preview() -> None:
    for seed in ("1", "2"):
        meditate("beds", "say", "none", "--seconds", "5", "--seed", seed, "--out", f"{seed}.wav")
    assert Path("1.wav").read_bytes() != Path("2.wav").read_bytes()


WRONG = [
    (("dron",), "Did you mean 'drone'"),
    (("nowhere.wav",), "cannot be read"),
    (("binaural:20",), "60 to 500 Hz"),
    (("rain", "--out", "rain.ogg"), "Choose one of them"),
    (("rain", "--out", "rain"), "Choose one of them"),
    (("rain", "--out", "nowhere/rain.wav"), "Make it first"),
    (("rain", "--seconds", "4"), "from 5 to 600"),
    (("rain", "--seconds", "601"), "from 5 to 600"),
    (("rain", "--seconds", "nan"), "from 5 to 600"),
    (("rain", "--seconds", "long"), "--seconds"),
    (("rain", "--seed", "-1"), "--seed"),
    (("rain", "--out", "there.flac"), "--force"),
]


@pytest.mark.parametrize(("args", "why"), WRONG, ids=lambda each: " ".join(each)[:40])
def test_wrong_use_is_answered_and_writes_nothing(args: tuple[str, ...], why: str) -> None:
    Path("there.flac").write_bytes(b"mine")
    assert why in refused("beds", "say", *args)
    assert [path.name for path in Path().iterdir()] == ["there.flac"]
    assert Path("there.flac").read_bytes() == b"mine"


def test_what_is_there_is_replaced_by_force_alone() -> None:
    Path("bed-none.flac").write_bytes(b"mine")
    meditate("beds", "say", "none", "--seconds", "5", "--force")
    assert len(heard("bed-none.flac")) == 5 * RATE_HZ
