"""A voice from a person's own recordings, from the list of sentences to a track that says so."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import zlib
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import fake_engine
import imageio_ffmpeg
import mutagen.id3
import numpy as np
import pytest
import soundfile
from conftest import rms_db, sine_at
from driver import VOICE

from generator import speech, voices
from generator.audio import RATE_HZ, amplitude
from generator.cli import app, keep, look, make, prove, record  # noqa: F401  they join the group
from generator.errors import UsageError, VoiceError
from generator.model import Sentence
from generator.speech import recorded

SECRET = "Quillfeather"
LABEL = "guest-a"
SCRIPT = """+++
title = "Four Sentences"
summary = "For a test."
kind = "practice"
language = "en"
sources = ["none"]
lengths = ["1m", "3m"]
bed = "none"

[fields.care_object]
ask = "Who warms you?"
example = "my old dog"
+++
{{ chapter("Arriving") }}
Find a place to rest, here where you are. {{ pause(4) }}
{% if care_object %}Let {{ care_object | yours }} come to mind. {{ pause(6) }}
{% endif %}You can stay a good long while with what warms you, as long as you like, & longer.
{{ pause(3) }} Stay. {{ pause(3) }} Come back to the room when you are ready. {{ pause(3) }}
"""
SHARED = [
    "Find a place to rest, here where you are.",
    "You can stay a good long while with what warms you, as long as you like, & longer.",
    "Stay.",
    "Come back to the room when you are ready.",
]
PERSONAL = f"Let {SECRET} come to mind."
PER_S = 14.0


@dataclass
class House:
    root: Path
    told: pytest.CaptureFixture[str]

    @property
    def me(self) -> Path:
        return self.root / "voices" / "me"

    @property
    def own(self) -> Path:
        return self.root / "home" / "listeners" / LABEL / "voices" / "me"

    def meditate(self, *args: str) -> str:
        self.told.readouterr()
        app.main([*args], prog_name="meditate", standalone_mode=False)
        return self.told.readouterr().out

    def record(self, *args: str) -> dict[str, Any]:
        words = ("voices", "record", "four", "--to", "voices/me", *args, "--json")
        told: dict[str, Any] = json.loads(self.meditate(*words))
        return told

    def with_details(self, *args: str) -> dict[str, Any]:
        return self.record("--care-object", SECRET, "--for", LABEL, *args)

    def render(self, *args: str) -> dict[str, Any]:
        words = ("--voices", "voices", "render", "four", "--voice", "me", *args, "--json")
        told: dict[str, Any] = json.loads(self.meditate(*words))
        return told


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> House:
    home = tmp_path / "home"
    for folder, name, content in (("scripts", "four.j2", SCRIPT), ("voices", "fork.toml", VOICE)):
        (home / folder).mkdir(parents=True)
        (home / folder / name).write_text(content)
    monkeypatch.setenv("MEDITATE_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        speech.engines, "ENGINES", {**speech.engines.ENGINES, "fake": "fake_engine"}
    )
    monkeypatch.setattr(speech.engines, "_open", {})
    monkeypatch.setattr(fake_engine, "SPOKEN", [])
    return House(tmp_path, capsys)


def reading(text: str, level_dbfs: float = -26.0) -> np.ndarray:
    """Somebody reads it: four syllables a second, as long as it takes, at a pitch of its own."""
    times_s = np.arange(round(max(len(text) / PER_S, 0.4) * RATE_HZ)) / RATE_HZ
    pitch_hz = 110.0 + zlib.crc32(text.encode()) % 60
    turns = 2.0 * np.pi * pitch_hz * times_s
    wave = sum(np.sin(each * turns + each * each) / each for each in range(1, 30))
    wave *= 0.55 - 0.45 * np.cos(2.0 * np.pi * 4.0 * times_s)
    wave *= amplitude(level_dbfs) / np.sqrt(np.mean(np.square(wave)))
    return wave[:, None].astype(np.float32)


def room(length_s: float) -> np.ndarray:
    noise = np.random.default_rng(1).standard_normal((round(length_s * RATE_HZ), 1))
    return (noise * amplitude(-75.0)).astype(np.float32)


def put(folder: Path, name: str, *texts: str, level_dbfs: float = -26.0) -> Path:
    parts = [part for text in texts for part in (reading(text, level_dbfs), room(2.0))]
    soundfile.write(folder / name, np.concatenate([room(1.0), *parts]), RATE_HZ)
    return folder / name


# --- the lists --------------------------------------------------------------------------------


class Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def test_the_sentences_are_written_to_read_to_print_and_to_tick(house: House) -> None:
    told = house.record()
    assert told["voice"] is None
    (recital,) = told["recitals"]
    assert (recital["sentences"], recital["missing"]) == (4, [1, 2, 3, 4])
    text = (house.me / "sentences.txt").read_text()
    assert re.findall(r"^(\d)  (.*)$", text, re.MULTILINE) == [
        (str(number), each) for number, each in enumerate(SHARED, 1)
    ]
    assert "1-4.wav" in text
    for name in ("sentences.html", "sheet.html"):
        page = Texts()
        page.feed((house.me / name).read_text())
        assert [each for each in page.found if each in SHARED] == SHARED
        assert not page.tags & {"script", "link", "img", "iframe"}
    assert (house.me / "sheet.html").read_text().count("\u2610") == 4


def test_numbers_stay_when_a_script_changes(house: House) -> None:
    house.record()
    path = house.root / "home" / "scripts" / "four.j2"
    path.write_text(SCRIPT.replace("Stay. ", "New here. ").replace("Find a place", "Take a place"))
    house.record()
    listed = json.loads((house.me / "sentences.json").read_text())["sentences"]
    assert listed == [*SHARED, "Take a place to rest, here where you are.", "New here."]


def test_what_has_to_be_said_before_is_read_too_and_no_disclosure_of_a_synthetic_voice(
    house: House,
) -> None:
    house.record("--profile", "sleep")
    assert "Please do not listen" in (house.me / "sentences.txt").read_text()
    house.record("--profile", "podcast")
    assert "synthetic" not in (house.me / "sentences.txt").read_text()


@pytest.mark.parametrize("name", ["Me", "m e", "x" * 65])
def test_a_folder_that_no_voice_can_be_called_by_is_refused(house: House, name: str) -> None:
    with pytest.raises(UsageError, match="--to: a voice is called by"):
        house.meditate("voices", "record", "four", "--to", f"voices/{name}", "--no-input")


def test_the_voice_of_another_engine_is_not_written_over(house: House) -> None:
    (house.root / "fork.toml").write_text(VOICE)
    with pytest.raises(UsageError, match=r"fork\.toml: is a voice of fake"):
        house.meditate("voices", "record", "four", "--to", "fork", "--no-input")
    assert (house.root / "fork.toml").read_text() == VOICE


@pytest.mark.parametrize("content", ["", "{}", '{"sentences": [1]}', "[" * 9_000])
def test_a_list_that_cannot_be_read_is_not_written_over(house: House, content: str) -> None:
    house.record()
    (house.me / "sentences.json").write_text(content)
    with pytest.raises(UsageError, match=r"sentences\.json: is not a list of sentences"):
        house.record()
    assert (house.me / "sentences.json").read_text() == content


# --- the recordings ---------------------------------------------------------------------------


def test_one_file_a_sentence_in_any_format_becomes_a_voice_that_is_human(house: House) -> None:
    house.record()
    names = ("1.wav", "02.flac", "3.ogg", "4.mp3")
    for name, text in zip(names, SHARED, strict=True):
        put(house.me, name, text)
    told = house.record("--narrator", "Nora Ann")
    (recital,) = told["recitals"]
    assert [each["file"] for each in recital["readings"]] == list(names)
    assert [each["doubt"] for each in recital["readings"]] == [""] * 4
    made = house.render()
    assert (made["voice"], made["lent"], made["spoken_now"]) == ("me", 0, 4)
    tags = mutagen.id3.ID3(made["path"])
    assert "TXXX:AI_VOICE" not in tags
    assert tags["TPE1"].text == ["Nora Ann"]
    about = tags["COMM::eng"].text[0]
    assert "The voice, Nora Ann, is a person's own, recorded." in about
    assert "synthetic" not in about
    assert "synthetic" not in Path(made["path"]).with_suffix(".vtt").read_text()
    assert fake_engine.SPOKEN == []
    house.meditate("verify", made["path"])


@pytest.mark.slow
def test_a_podcast_of_a_human_voice_says_aloud_nothing_of_a_synthetic_one(house: House) -> None:
    house.record()
    put(house.me, "1-4.wav", *SHARED)
    house.record()
    made = house.render("--profile", "podcast")
    assert "synthetic" not in Path(made["path"]).with_suffix(".vtt").read_text()


def test_one_long_take_is_found_sentence_by_sentence_and_each_sounds_as_it_was_read(
    house: House,
) -> None:
    house.record()
    put(house.me, "1-4.wav", *SHARED)
    (recital,) = house.record()["recitals"]
    at_s = 1.0
    for each, text in zip(recital["readings"], SHARED, strict=True):
        assert each["stretch"]["start_frame"] / RATE_HZ == pytest.approx(at_s, abs=0.12)
        assert each["length_s"] == pytest.approx(len(reading(text)) / RATE_HZ, abs=0.2)
        at_s += len(reading(text)) / RATE_HZ + 2.0
    voice = voices.load("me", [house.me.parent])
    engine = recorded.open_engine(voice)
    for text in SHARED:
        sound, rate_hz = engine.speak(text, 1.0)
        assert rate_hz == RATE_HZ
        wanted = reading(text)[:, 0]
        lined = np.correlate(sound[:, 0], wanted, "valid")
        norm = np.linalg.norm(wanted) * np.linalg.norm(sound)
        assert lined.max() / norm > 0.95, text


def test_levels_come_together_whatever_the_distance_from_the_microphone(house: House) -> None:
    house.record()
    put(house.me, "1-2.wav", *SHARED[:2], level_dbfs=-45.0)
    put(house.me, "3-4.wav", *SHARED[2:], level_dbfs=-15.0)
    house.record()
    engine = recorded.open_engine(voices.load("me", [house.me.parent]))
    levels = [rms_db(engine.speak(each, 1.0)[0]) for each in SHARED]
    assert max(levels) - min(levels) < 2.5


def test_a_sentence_read_again_in_a_file_of_its_own_counts(house: House) -> None:
    house.record()
    put(house.me, "1-4.wav", *SHARED)
    put(house.me, "2.wav", SHARED[1])
    (recital,) = house.record()["recitals"]
    assert [each["file"] for each in recital["readings"]] == ["1-4.wav", "2.wav"] + ["1-4.wav"] * 2


def test_a_missing_sentence_and_a_misread_one_are_named(house: House) -> None:
    house.record()
    put(house.me, "1.wav", SHARED[0])
    put(house.me, "2.wav", "Half of it.")
    put(house.me, "4.wav", SHARED[3])
    (recital,) = house.record()["recitals"]
    assert recital["missing"] == [3]
    doubts = {each["number"]: each["doubt"] for each in recital["readings"]}
    assert doubts == {1: "", 2: "shorter than its words", 4: ""}
    assert "listen: shorter than its words" in (house.me / "sheet.html").read_text()
    assert (house.me / "sheet.html").read_text().count("\u2611") == 3


def test_what_was_found_is_told_line_by_line_and_no_sentence_is_printed(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["voices", "record", "four", "--to", "voices/me", "--no-input"]
    assert "sentences.html" in house.meditate(*words)
    put(house.me, "1-2.wav", SHARED[0], SHARED[1])
    put(house.me, "4.wav", "Back.")
    for number in range(12):
        (house.me / f"note {number}.txt").write_text("mine")
    app.main(words, prog_name="meditate", standalone_mode=False)
    told = capsys.readouterr()
    assert re.search(r"^ +1  1-2\.wav at 0:01 +2\.\d s, \d\.\d expected", told.out, re.MULTILINE)
    assert re.search(r"^ +4  4\.wav .*  LISTEN: shorter than its words$", told.out, re.MULTILINE)
    assert "  missing: 3\n" in told.out
    assert "--fallback joe" in told.out
    assert f"meditate --voices {house.me.parent} render four --voice me\n" in told.out
    assert told.err.count("not used: note") == 10
    assert "not used: 2 other files" in told.err
    assert not any(each in told.out + told.err for each in SHARED)


def test_files_that_are_of_no_use_are_named_and_the_others_used(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.record()
    put(house.me, "1.wav", SHARED[0])
    (house.me / "2.wav").write_bytes(b"#EXTM3U\n/etc/passwd\n")
    (house.me / "3.wav").symlink_to("/dev/zero")  # no file at all: it is not even looked at
    soundfile.write(house.me / "4.wav", sine_at(440.0, -90.0, 2.0), RATE_HZ)
    (house.me / "notes.txt").write_text("mine")
    put(house.me, "9.wav", SHARED[1])
    capsys.readouterr()
    words = ["voices", "record", "four", "--to", "voices/me", "--no-input", "--json"]
    assert app.main(words, prog_name="meditate", standalone_mode=False) == 1
    (recital,) = json.loads(capsys.readouterr().out)["recitals"]
    assert [each["number"] for each in recital["readings"]] == [1]
    assert sorted(recital["strays"]) == ["9.wav", "notes.txt"]
    assert len(recital["broken"]) == 2
    assert not any("passwd" in each for each in recital["broken"])


def test_a_recording_of_a_phone_is_read_where_ffmpeg_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    (house.root / "bin").mkdir()
    (house.root / "bin" / "ffmpeg").symlink_to(ffmpeg)
    monkeypatch.setenv("PATH", str(house.root / "bin"), prepend=":")
    house.record()
    wav = put(house.me, "1-4.wav", *SHARED)
    subprocess.run([ffmpeg, "-v", "error", "-i", wav, house.me / "1-4.m4a"], check=True)
    wav.unlink()
    (recital,) = house.record()["recitals"]
    assert recital["missing"] == []


def test_a_recording_that_is_gone_is_spoken_no_more(house: House) -> None:
    house.record()
    put(house.me, "1.wav", SHARED[0])
    other = put(house.me, "2.wav", SHARED[1])
    house.record()
    other.unlink()
    house.record()
    assert len(list((house.me / "spoken").iterdir())) == 1
    with pytest.raises(VoiceError, match="3 of 4 sentences are not recorded"):
        house.render()


# --- what is missing, and who helps -----------------------------------------------------------


def test_nothing_is_mixed_with_a_synthetic_voice_unless_it_is_named(house: House) -> None:
    house.record()
    put(house.me, "1-3.wav", *SHARED[:3])
    house.record()
    with pytest.raises(VoiceError, match="1 of 4 sentences are not recorded") as caught:
        house.render()
    assert not any(each in str(caught.value) for each in SHARED)
    assert not list(house.root.rglob("*.mp3"))
    planned = house.meditate("--voices", "voices", "plan", "four", "--voice", "me")
    assert f"  {SHARED[3]}\n" in planned
    made = house.render("--fallback", "fork")
    assert (made["voice"], made["helped_by"], made["lent"]) == ("me", "fork", 1)
    assert [SHARED[3]] == fake_engine.SPOKEN
    tags = mutagen.id3.ID3(made["path"])
    assert tags["TXXX:AI_VOICE"].text[0].startswith("fake 1, fake, voice fork, where nothing was")
    assert "Some sentences are spoken by a synthetic voice, Tuning Fork." in str(tags["COMM::eng"])
    house.meditate("verify", made["path"])


@pytest.mark.slow
def test_a_podcast_that_is_partly_synthetic_says_so_aloud(house: House) -> None:
    house.record()
    put(house.me, "1-3.wav", *SHARED[:3])
    house.record()
    made = house.render("--fallback", "fork", "--profile", "podcast")
    words = " ".join(Path(made["path"]).with_suffix(".vtt").read_text().split())
    assert "Some sentences of this recording are spoken by a synthetic voice." in words
    assert made["lent"] == 2


def test_a_recorded_voice_cannot_stand_in_for_another(house: House) -> None:
    house.record()
    put(house.me, "1-4.wav", *SHARED)
    house.record()
    words = ("--voices", "voices", "plan", "four", "--voice", "gtts-en", "--fallback", "me")
    with pytest.raises(UsageError, match="--fallback: 'me' can say only what was recorded"):
        house.meditate(*words)


@pytest.mark.slow
def test_another_recording_makes_another_track(house: House) -> None:
    house.record()
    put(house.me, "1-4.wav", *SHARED)
    house.record()
    first = Path(house.render()["path"]).read_bytes()
    assert Path(house.render()["path"]).read_bytes() == first
    put(house.me, "3.wav", SHARED[2], level_dbfs=-20.0)
    house.record()
    with pytest.raises(UsageError, match="was made from other inputs"):
        house.render()
    assert Path(house.render("--force")["path"]).read_bytes() != first


# --- details ----------------------------------------------------------------------------------


def test_sentences_with_details_lie_with_their_listener_and_go_with_them(house: House) -> None:
    shared, personal = house.with_details()["recitals"]
    assert (shared["sentences"], personal["sentences"]) == (4, 1)
    assert Path(personal["folder"]) == house.own
    put(house.me, "1-4.wav", *SHARED)
    put(house.own, "1.wav", PERSONAL)
    told = house.with_details()
    assert all(not each["missing"] for each in told["recitals"])
    made = house.render("--care-object", SECRET, "--for", LABEL)
    assert made["phrases"] == 5
    for path in house.root.rglob("*"):
        if path.is_file() and SECRET.encode() in path.read_bytes():
            assert path.is_relative_to(house.own) or LABEL in path.parts, path
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert not any(SECRET in path.name for path in house.root.rglob("*"))
    house.meditate("forget", LABEL, "--yes")
    assert not [
        path
        for path in house.root.rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]
    assert not house.own.exists()
    assert house.render()["lent"] == 0, "the voice itself stays"


def test_one_listener_s_sentences_are_not_spoken_for_another(house: House) -> None:
    house.with_details()
    put(house.me, "1-4.wav", *SHARED)
    put(house.own, "1.wav", PERSONAL)
    house.with_details()
    with pytest.raises(VoiceError, match="1 of 5 sentences are not recorded, 1 of them") as caught:
        house.render("--care-object", SECRET, "--for", "guest-b")
    assert SECRET not in str(caught.value)


# --- the engine -------------------------------------------------------------------------------


def voice_of(house: House) -> Any:
    recorded.keep(
        house.me,
        [(Sentence(1, "One."), reading("One.")), (Sentence(2, "Two."), 3 * reading("Two."))],
    )
    return voices.of_recordings("me", house.me.parent, "en")


def test_a_clip_is_what_was_kept_to_24_bits_and_over_full_scale_it_is_brought_under_it(
    house: House,
) -> None:
    loud = sine_at(440.0, 6.0, 0.5, channels=1)
    soft = reading("One.")
    recorded.keep(house.me, [(Sentence(1, "One."), soft), (Sentence(2, "Two."), loud)])
    engine = recorded.open_engine(voices.of_recordings("me", house.me.parent, "en"))
    assert np.abs(engine.speak("One.", 0.5)[0] - soft).max() < 2**-23
    assert np.abs(engine.speak("Two.", 1.0)[0] - loud / np.abs(loud).max()).max() < 2**-22
    with pytest.raises(VoiceError, match="has no recording of a sentence of 6 characters"):
        engine.speak("Three.", 1.0)


def test_a_clip_that_was_changed_or_replaced_is_refused(house: House) -> None:
    voice = voice_of(house)
    (path,) = (house.me / "spoken").glob("1-*")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    engine = recorded.open_engine(voice)
    with pytest.raises(VoiceError, match="not as it was recorded"):
        engine.speak("One.", 1.0)
    path.unlink()
    path.symlink_to("/etc/passwd")
    with pytest.raises(VoiceError, match="not as it was recorded"):
        engine.speak("One.", 1.0)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"spoken": 3}',
        '{"spoken": [{"text": "One.", "file": "../../1.wav", "sha256": "0"}]}',
        '{"spoken": [{"text": "One."}]}',
        "[" * 9_000,
    ],
)
def test_a_list_of_recordings_from_a_stranger_is_refused(house: House, content: str) -> None:
    voice = voice_of(house)
    (house.me / "spoken.json").write_text(content)
    with pytest.raises(VoiceError, match=r"spoken\.json: is not a list of recordings"):
        recorded.version(voice)


@pytest.mark.parametrize("narrator", ["Nora \u00d8", 'No"ra \\', "x" * 80])
def test_the_file_of_a_voice_reads_back_as_the_voice(tmp_path: Path, narrator: str) -> None:
    voice = voices.of_recordings("me", tmp_path, "en", narrator)
    (tmp_path / "me.toml").write_text(voices.file_of(voice), "utf-8")
    assert voices.load("me", [tmp_path]) == voice
    assert voices.of_recordings("me", tmp_path, "en") == voice


@pytest.mark.parametrize("narrator", ["No\nra", "\x1b[31m", "x" * 81])
def test_a_narrator_is_a_name_that_can_be_seen(tmp_path: Path, narrator: str) -> None:
    with pytest.raises(UsageError, match="--narrator"):
        voices.of_recordings("me", tmp_path, "en", narrator)


@pytest.mark.parametrize("model", ["", "../me", "/etc", ".."])
def test_a_voice_of_recordings_lies_beside_its_file(tmp_path: Path, model: str) -> None:
    voice = voices.of_recordings("me", tmp_path, "en")
    (tmp_path / "me.toml").write_text(voices.file_of(voice).replace('"me"\nest', f'"{model}"\nest'))
    with pytest.raises(VoiceError, match="'model' must be the name of a folder"):
        voices.load("me", [tmp_path])
