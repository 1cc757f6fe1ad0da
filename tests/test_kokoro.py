"""Kokoro before its model is there: its alphabet, its limit, and who can be installed."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from piper.phonemize_espeak import EspeakPhonemizer

from generator import speech, system, voices
from generator.errors import UsageError, VoiceError
from generator.fetch import https
from generator.model import Release, Voice
from generator.speech import kokoro

ESPEAK = EspeakPhonemizer()
SENTENCE = "Let the breath go out as slowly as it likes, and let the next one come by itself"


def phonemes(text: str, language: str = "en-us") -> list[str]:
    return list(kokoro._phonemes(ESPEAK, language, text))


def test_words_become_the_phonemes_that_the_model_was_taught() -> None:
    """As kokoro-onnx 0.6.1, the model's own runtime, gives them."""
    assert phonemes("Let it come to mind, whole and warm: my old dog, he is here.") == [
        "lˈɛt ɪt kˈʌm tə mˈaɪnd, hˈoʊl ænd wˈɔːɹm: maɪ ˈoʊld dˈɑːɡ, hiː ɪz hˈɪɹ."
    ]
    assert phonemes("It's 1,234 or 7 of 10!", "en") == [
        "ɪts wˈɒn θˈaʊzənd tˈuːhˈʌndɹɪdən θˈɜːti fˈɔː ɔː sˈɛvən ɒv tˈɛn!"
    ]
    assert phonemes("Respirez lentement, et reposez-vous.", "fr") == [
        "ʁɛspiʁˈe lɑ̃tmˈɑ̃, e ʁəpozˈevˈu."
    ]


def test_every_phoneme_has_a_number_of_its_own() -> None:
    assert len(kokoro._NUMBERS) == 114
    assert len(set(kokoro._NUMBERS.values())) == 114
    assert max(kokoro._NUMBERS.values()) == 177
    assert [kokoro._NUMBERS[each] for each in " .ˈəᵻ"] == [16, 4, 156, 83, 177]


def test_a_long_sentence_is_parted_where_it_breathes_and_all_of_it_is_there() -> None:
    clauses = [f"{SENTENCE} {word}" for word in ("now", "here", "today") * 5]
    text = "; ".join(clauses) + "."
    assert len(text) > 1_200
    runs = phonemes(text)
    assert all(len(run) <= kokoro.MOST_PHONEMES for run in runs)
    together = " ".join(run.rstrip(".;") for run in runs).replace(";", "")
    alone = " ".join(phonemes(each)[0] for each in clauses)
    assert together == alone, "split nowhere but after a semicolon, and nothing is lost"


def test_a_number_of_many_words_is_parted_too() -> None:
    runs = phonemes("9" * 25 + " breaths, " + "8" * 25 + " of them by day.")
    assert len(runs) > 1
    assert all(0 < len(run) <= kokoro.MOST_PHONEMES for run in runs)
    assert "dˈeɪ" in runs[-1]


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=400))
@settings(max_examples=60, deadline=None)
def test_no_text_is_more_than_the_model_takes_at_a_time(text: str) -> None:
    for run in phonemes(text):
        assert 0 < len(run) <= kokoro.MOST_PHONEMES
        assert set(run) <= set(kokoro._NUMBERS)


# --- voices that can be installed ---------------------------------------------------------------


def test_the_recommended_voices_come_first_and_say_what_may_be_done_with_them() -> None:
    names = [each.voice.name for each in voices.installables() if each.recommended]
    assert sorted(names) == [
        f"kokoro-{each}" for each in ("emma", "george", "heart", "michael", "nicole")
    ]
    for each in voices.installables():
        assert (each.voice.commercial, each.voice.licence) == ("yes", "Apache-2.0")
        assert not each.voice.online
        assert each.size_bytes == 92_361_271 + 522_240
    assert len({each.voice.name for each in voices.installables()}) == 41


@pytest.mark.parametrize(
    ("asked", "name", "language", "digest"),
    [
        ("kokoro-heart", "kokoro-heart", "en-US", "d583ccff"),
        ("af_nicole", "kokoro-nicole", "en-US", "cd2191ab"),
        ("bf_emma", "kokoro-emma", "en-GB", "669fe064"),
        ("am_michael", "kokoro-michael", "en-US", "1d1f21dd"),
        ("kokoro-george", "kokoro-george", "en-GB", "c4b235a4"),
        ("em_alex", "kokoro-es-alex", "es-ES", ""),
        ("pm_alex", "kokoro-pt-alex", "pt-BR", ""),
    ],
)
def test_a_style_is_known_by_its_own_name_too(
    asked: str, name: str, language: str, digest: str
) -> None:
    voice = voices.installable(asked).voice
    assert (voice.name, voice.language) == (name, language)
    assert voice.style_sha256.startswith(digest)


@pytest.mark.parametrize("asked", ["kokoro-hart", "jf_alpha", "zf_xiaobei", "joe", "", "../x"])
def test_what_cannot_be_installed_is_refused(asked: str) -> None:
    with pytest.raises(UsageError, match="to install"):
        voices.installable(asked)


def test_a_voice_that_is_not_installed_says_how() -> None:
    with pytest.raises(UsageError, match="meditate voices install kokoro-heart"):
        voices.load("kokoro-heart", system.folders().voices[-1:])
    with pytest.raises(UsageError, match="Did you mean 'kokoro-emma'"):
        voices.load("kokoro-ema", [])


def test_every_installed_voice_is_a_voice_file_like_any_other(tmp_path: Path) -> None:
    for each in voices.installables():
        (tmp_path / f"{each.voice.name}.toml").write_text(voices.file_of(each.voice), "utf-8")
        loaded = voices.load(each.voice.name, [tmp_path])
        assert loaded == dataclasses.replace(each.voice, folder=tmp_path)


def test_every_file_is_published_behind_a_verified_connection() -> None:
    assets = {asset for each in voices.installables() for asset in each.assets}
    releases = [s for asset in assets for s in asset.sources if isinstance(s, Release)]
    assert len(assets) == 42
    for asset in assets:
        assert len(asset.sha256) == 64
        assert len(asset.sources) == 2
    assert {urlsplit(each.url)[:2] for each in releases} == {("https", "github.com")}
    assert all(https._allowed(each.url) for each in releases)


def test_another_speaker_or_model_has_clips_of_its_own() -> None:
    heart = voices.installable("kokoro-heart").voice
    for key in ("sha256", "style_sha256"):
        other = dataclasses.replace(heart, **{key: "0" * 64})
        assert speech.described(other) != speech.described(heart)


def files(folder: Path) -> Voice:
    """A voice whose files hold what they are said to, and no model."""
    style = np.zeros(510 * 256, "<f4").tobytes()
    (folder / "style.bin").write_bytes(style)
    (folder / "model.onnx").write_bytes(b"no model")
    return dataclasses.replace(
        voices.installable("kokoro-heart").voice,
        folder=folder,
        model="model.onnx",
        sha256=hashlib.sha256(b"no model").hexdigest(),
        style="style.bin",
        style_sha256=hashlib.sha256(style).hexdigest(),
    )


@pytest.mark.parametrize("name", ["model.onnx", "style.bin"])
def test_a_file_that_is_gone_or_altered_is_named_before_it_is_used(
    tmp_path: Path, name: str
) -> None:
    voice = files(tmp_path)
    assert speech.size_bytes(voice) == 8 + 522_240
    (tmp_path / name).write_bytes(b"altered!")
    with pytest.raises(VoiceError, match=f"{name} is not the file that was published"):
        kokoro.open_engine(voice)
    (tmp_path / name).unlink()
    with pytest.raises(VoiceError, match="Install it again: meditate voices install kokoro-heart"):
        kokoro.open_engine(voice)
    assert speech.size_bytes(voice) == 0


def test_what_is_no_model_or_no_style_ends_in_one_line(tmp_path: Path) -> None:
    voice = files(tmp_path)
    with pytest.raises(VoiceError, match="cannot be loaded"):
        kokoro.open_engine(voice)
    (tmp_path / "style.bin").write_bytes(b"short")
    digest = hashlib.sha256(b"short").hexdigest()
    with pytest.raises(VoiceError, match="is no style of Kokoro"):
        kokoro.open_engine(dataclasses.replace(voice, style_sha256=digest))
