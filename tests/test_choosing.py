"""``meditate voices``: what is listed, installed, said and compared."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import click
import fake_engine
import fake_releases
import numpy as np
import pyloudnorm
import pytest
import soundfile
from fake_engine import SPOKEN
from fake_releases import Publisher

from generator import certificates, speech, voices
from generator.audio import RATE_HZ
from generator.cli import app
from generator.cli import voices as _commands  # noqa: F401  its commands join the group on import
from generator.errors import MeditationError
from generator.fetch import https
from generator.model import Asset, Release
from generator.voices import Installable

SECRET = "Biscuit the old dog"
SCRIPT = """+++
title = "Small"
summary = "A small one."
language = "en"
lengths = ["1m", "9m"]
bed = "none"

[fields.name]
ask = "Who?"
+++
{{ bell("small") }}
{{ chapter("Here") }}
Hello. {{ pause(3) }}
Let the breath go out as slowly as it likes. Let the next one come by itself. Nothing else is asked
of you for a while{% if name %}, {{ name }}{% endif %}. {{ pause(5) }}
Come back.
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose voices speak in tones, one of them in Spanish."""
    monkeypatch.setitem(speech.engines.ENGINES, "fake", "fake_engine")
    monkeypatch.setattr(speech.engines, "_open", {})
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "home" / "voices"
    folder.mkdir(parents=True)
    plain = fake_engine.VOICE
    for name, language in (("anna", "en-GB"), ("bert", "en-US"), ("rosa", "es-ES")):
        voice = dataclasses.replace(plain, name=name, narrator=name.title(), language=language)
        (folder / f"{name}.toml").write_text(voices.file_of(voice))
    (tmp_path / "home" / "scripts").mkdir()
    (tmp_path / "home" / "scripts" / "small.j2").write_text(SCRIPT)
    SPOKEN.clear()
    return tmp_path


@pytest.fixture(autouse=True)
def _without_joe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The voice that comes along takes a second to load, and is heard elsewhere."""
    monkeypatch.setattr("generator.system.home._builtin", lambda kind: tmp_path / "none" / kind)


def meditate(*args: str) -> None:
    app.main([*args], prog_name="meditate", standalone_mode=False)


def refused(*args: str) -> str:
    with pytest.raises((MeditationError, click.ClickException)) as caught:
        meditate(*args)
    error = caught.value
    return error.format_message() if isinstance(error, click.ClickException) else str(error)


def heard(path: Path) -> np.ndarray:
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    assert (rate_hz, samples.shape[1]) == (RATE_HZ, 2)
    return samples


def loud(samples: np.ndarray) -> float:
    return float(pyloudnorm.Meter(RATE_HZ).integrated_loudness(samples))


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    meditate("voices", "--json")
    return {row["name"]: row for row in json.loads(capsys.readouterr().out)}


# --- what there is ------------------------------------------------------------------------------


def test_every_voice_says_whether_it_is_here_what_it_costs_and_what_it_may(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = listed(capsys)
    anna, heart, online = rows["anna"], rows["kokoro-heart"], rows["gtts-en"]
    assert (anna["installed"], anna["language"], anna["online"]) == (True, "en-GB", False)
    assert anna["times_real"] > 1
    assert (heart["installed"], heart["commercial"], heart["licence"]) == (
        False,
        "yes",
        "Apache-2.0",
    )
    assert (heart["size_bytes"], heart["times_real"]) == (92_883_511, None)
    assert (online["online"], online["times_real"], online["size_bytes"]) == (True, None, 0)


def test_how_fast_a_voice_speaks_here_is_measured_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = listed(capsys)
    SPOKEN.clear()
    assert listed(capsys) == first
    assert not SPOKEN


@pytest.mark.parametrize("content", ["[]", "{", '{"x": "y"}', '{"x": []}'])
def test_figures_that_cannot_be_read_are_measured_anew(
    home: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    listed(capsys)
    (home / "home" / "cache" / "speeds.json").write_text(content)
    assert listed(capsys)["anna"]["times_real"] > 1


def test_a_figure_that_cannot_be_kept_is_shown_all_the_same(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "home" / "cache" / "speeds.json").mkdir(parents=True)
    assert listed(capsys)["anna"]["times_real"] > 1


def test_a_person_reads_it_in_lines_that_fit(capsys: pytest.CaptureFixture[str]) -> None:
    meditate("voices")
    told = capsys.readouterr().out
    assert "times faster than real time here" in told
    assert "kokoro-heart   Heart, en-US, kokoro, offline, 93 MB, not installed" in told
    assert "kokoro-es-dora" in told
    assert max(map(len, told.splitlines())) <= 120


def test_one_voice_that_does_not_work_hides_no_other(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = dataclasses.replace(fake_engine.VOICE, name="gone", engine="piper", model="gone.onnx")
    (home / "home" / "voices" / "gone.toml").write_text(voices.file_of(broken))
    left = dataclasses.replace(fake_engine.VOICE, name="left", engine="uninstalled")
    (home / "home" / "voices" / "left.toml").write_text(voices.file_of(left))
    (home / "home" / "voices" / "torn.toml").write_text("engine = ")
    rows = listed(capsys)
    assert rows["left"]["times_real"] is None
    assert "torn" not in rows
    assert (rows["gone"]["times_real"], rows["gone"]["size_bytes"]) == (None, 0)
    assert rows["anna"]["times_real"]


# --- installed ----------------------------------------------------------------------------------


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """Has a voice called ``fork`` of two files, which then speaks in tones."""
    model, style = b"model" * 1_000, b"style" * 100

    def asset(name: str, content: bytes) -> Asset:
        digest = hashlib.sha256(content).hexdigest()
        source = Release(f"https://github.com/{name}", len(content), digest)
        return Asset(name, len(content), digest, (source,))

    fork = dataclasses.replace(fake_engine.VOICE, name="fork", model="kokoro/model.onnx")
    found = Installable(fork, (asset("model.onnx", model), asset("style.bin", style)), True)
    monkeypatch.setattr(voices, "installable", lambda _name: found)
    monkeypatch.setattr(https, "PATIENCE", https.Patience(silence_s=0.5, waits_s=()))
    for name in certificates.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with fake_releases.running(tmp_path) as running:
        running.files |= {"/model.onnx": model, "/style.bin": style}
        monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))
        monkeypatch.setenv(https.HOST_VARIABLE, running.host)
        yield running


def test_an_installed_voice_lies_among_the_user_s_own_and_speaks(
    home: Path, publisher: Publisher, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path for path in home.rglob("*") if path.is_file()}
    meditate("voices", "install", "fork")
    assert "fork: installed, speaks" in capsys.readouterr().out
    new = {path for path in home.rglob("*") if path.is_file()} - before
    own = home / "home" / "voices"
    assert new == {own / "fork.toml", own / "kokoro" / "model.onnx", own / "kokoro" / "style.bin"}
    meditate("voices", "say", "fork", "Hello.")


def test_a_second_install_asks_nobody_and_leaves_what_the_user_changed(
    home: Path, publisher: Publisher, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate("voices", "install", "fork", "--quiet")
    path = home / "home" / "voices" / "fork.toml"
    path.write_text(path.read_text().replace("pace = 1.0", "pace = 0.7"))
    publisher.asked.clear()
    meditate("voices", "install", "fork", "--quiet")
    assert publisher.asked == []
    assert "pace = 0.7" in path.read_text()
    assert capsys.readouterr().out == "fork\nfork\n"


def test_an_install_that_fails_leaves_no_voice(home: Path, publisher: Publisher) -> None:
    publisher.files.pop("/style.bin")
    assert "style.bin is to be had nowhere: localhost" in refused("voices", "install", "fork")
    assert not (home / "home" / "voices" / "fork.toml").exists()
    assert [path.name for path in (home / "home" / "voices" / "kokoro").iterdir()] == ["model.onnx"]


# --- said ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["flac", "wav", "mp3"])
def test_what_a_voice_says_is_as_loud_as_in_a_track_and_its_owner_s_alone(
    home: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / f"said.{form}"
    meditate(
        "voices",
        "say",
        "anna",
        f"Welcome, {SECRET}, and " + "rest " * 20 + "here.",
        "--out",
        str(path),
    )
    assert capsys.readouterr().out == f"{path}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert loud(heard(path)) == pytest.approx(-16.0, abs=0.5)


def test_what_is_said_is_written_nowhere_but_as_sound(home: Path) -> None:
    meditate("voices", "say", "anna", f"Welcome, {SECRET}.")
    assert (home / "voice-anna.flac").is_file()
    for path in home.rglob("*"):
        assert SECRET.encode() not in (path.read_bytes() if path.is_file() else b"")
    assert not (home / "home" / "cache").exists(), "no clip is kept"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("nobody", "Hello."), "there is no voice 'nobody'"),
        (("kokoro-heart", "Hello."), "meditate voices install kokoro-heart"),
        (("anna", "  "), "is empty"),
        (("anna", "Hello [pause 3]."), "brackets or markup"),
        (("anna", "x" * 601), "has 601 characters"),
        (("anna", "Hello.", "--out", "hello.txt"), "ends in none of .wav, .flac and .mp3"),
        (("anna", "Hello.", "--out", "nowhere/hello.wav"), "there is no such folder"),
        (("gtts-en", f"Hello, {SECRET}."), "nobody agreed that these words go to"),
    ],
)
def test_what_cannot_be_said_is_refused_in_one_line_that_does_not_repeat_it(
    home: Path, words: tuple[str, ...], complaint: str
) -> None:
    told = refused("voices", "say", *words)
    assert complaint in told
    assert "\n" not in told
    assert SECRET not in told
    assert not list(home.glob("*.flac"))


def test_what_is_said_sounds_by_the_lexicon_or_as_it_is_told(home: Path) -> None:
    (home / "home" / "lexicon.toml").write_text('[en]\nqi = "chee"\n')
    fake_engine.SPOKEN.clear()
    meditate("voices", "say", "anna", "Qi at 7:30.")
    meditate("voices", "say", "anna", SECRET, "--as", "quill-FEH-ther", "--force")
    assert fake_engine.SPOKEN == ["chee at seven thirty.", "quill-feh-ther"]
    assert "--as: has nothing that can be spoken" in refused(
        "voices", "say", "anna", "x", "--as", "/ /", "--force"
    )


def test_a_file_that_is_there_is_not_replaced_unasked(home: Path) -> None:
    meditate("voices", "say", "anna", "One.")
    first = (home / "voice-anna.flac").read_bytes()
    assert "exists already" in refused("voices", "say", "anna", "Another.")
    assert (home / "voice-anna.flac").read_bytes() == first
    meditate("voices", "say", "anna", "Another.", "--force")
    assert (home / "voice-anna.flac").read_bytes() != first


# --- compared -----------------------------------------------------------------------------------


def test_one_paragraph_is_heard_in_every_voice_of_its_language_each_announced(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate("voices", "audition", "small")
    assert "anna, bert" in capsys.readouterr().out
    paragraph = [
        "Let the breath go out as slowly as it likes.",
        "Let the next one come by itself.",
        "Nothing else is asked of you for a while.",
    ]
    expected = ["This is Anna.", *paragraph, "This is Bert.", *paragraph]
    assert expected == SPOKEN
    samples = heard(home / "audition-small.flac")
    half = len(samples) // 2
    assert loud(samples[:half]) == pytest.approx(loud(samples[half:]), abs=0.1)


def test_a_voice_that_fails_is_named_and_the_others_are_heard(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "home" / "voices" / "anna.toml"
    path.write_text(path.read_text().replace('"Anna"', '"refused"'))
    meditate("voices", "audition", "small")
    told = capsys.readouterr()
    assert "does not speak" in told.err
    assert "voices       bert" in told.out


def test_where_nobody_speaks_the_language_it_is_said(home: Path) -> None:
    for path in (home / "home" / "voices").glob("*.toml"):
        path.unlink()
    assert "no voice here speaks 'en'" in refused("voices", "audition", "small")
    assert not list(home.glob("*.flac"))


def test_a_script_without_a_word_is_refused(home: Path) -> None:
    front = SCRIPT.split('{{ bell("small") }}', maxsplit=1)[0]
    (home / "home" / "scripts" / "mute.j2").write_text(front + '{{ bell("small") }} {{ pause(9) }}')
    refused("voices", "audition", "mute")
    assert not list(home.glob("*.flac"))
