"""Voices as files: read, and refused with the name of what is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator import system, voices
from generator.errors import UsageError, VoiceError

PLAIN = """engine = "piper"
narrator = "Ann"
language = "en-GB"
pace = 1
nominal_lufs = -20.5
characters_per_s = 14
licence = "CC0-1.0"
licence_of_base = "none"
commercial = "yes"
"""


def put(folder: Path, content: str = PLAIN, name: str = "ann") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(content, "utf-8")
    return path


def test_the_voice_that_came_along_can_be_loaded() -> None:
    folders = system.folders().voices
    assert voices.DEFAULT in voices.available(folders)
    voice = voices.load(voices.DEFAULT, folders)
    assert (voice.name, voice.synthetic, voice.commercial) == ("joe", True, "unclear")
    assert (voice.folder / "joe.toml").is_file()
    assert len(voice.sha256) == len(voice.config_sha256) == 64


def test_a_voice_file_is_read_as_it_stands(tmp_path: Path) -> None:
    put(tmp_path, PLAIN + 'synthetic = true\nmodel = "ann.onnx"\n')
    voice = voices.load("ann", [tmp_path])
    assert (voice.name, voice.narrator, voice.folder) == ("ann", "Ann", tmp_path)
    assert (voice.synthetic, voice.model, voice.package) == (True, "ann.onnx", "")
    assert isinstance(voice.pace, float)
    assert voice.characters_per_s == 14.0


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('narrator = "Ann"', "", "'narrator' is missing"),
        ("narrator", "narator", "unknown key 'narator'. Did you mean 'narrator'?"),
        ('narrator = "Ann"', "narrator = 3", "'narrator' must be str"),
        ("pace = 1", 'name = "x"\npace = 1', "unknown key 'name'"),
        ("pace = 1", 'pace = "slow"', "'pace' must be float"),
        ("pace = 1", "pace = true", "'pace' must be float"),
        ("pace = 1", "pace = nan", "'pace' must lie between 0.4 and 1.6"),
        ("pace = 1", f"pace = 1{'0' * 400}", "'pace' must be float"),
        ('"Ann"', r'"A\u001b[2Jnn"', "'narrator' must be one line of at most 500 characters"),
        ('"Ann"', f'"{"n" * 501}"', "'narrator' must be one line of at most 500 characters"),
        ('"Ann"', f'"{"n" * 70_000}"', "is not a valid voice file"),
        ("pace = 1", "pace = inf", "'pace' must lie between 0.4 and 1.6"),
        ("pace = 1", "pace = 0", "'pace' must lie between 0.4 and 1.6"),
        ("nominal_lufs = -20.5", "nominal_lufs = 1", "'nominal_lufs' must lie between"),
        ("characters_per_s = 14", "characters_per_s = 0", "'characters_per_s' must lie between"),
        ('commercial = "yes"', 'commercial = "maybe"', "'commercial' must be yes, no or unclear"),
        ('commercial = "yes"', 'commercial = "yes"\nsynthetic = 1', "'synthetic' must be bool"),
        ('commercial = "yes"', 'commercial = "yes"\nsynthetic = false', "'synthetic' must be true"),
        ('commercial = "yes"', 'commercial = "yes"\nown = "/"', "unknown key 'own'"),
        ('commercial = "yes"', 'commercial = "yes', "is not a valid voice file"),
        ('commercial = "yes"', "commercial = " + "[" * 9_000, "is not a valid voice file"),
    ],
)
def test_what_is_wrong_in_a_voice_file_is_named(
    tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    assert PLAIN.count(before) == 1
    path = put(tmp_path, PLAIN.replace(before, after))
    with pytest.raises(VoiceError) as caught:
        voices.load("ann", [tmp_path])
    assert str(caught.value).startswith(f"{path}: {complaint}")


def test_a_voice_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    put(tmp_path).write_bytes(b"engine = '\xff'")
    with pytest.raises(VoiceError, match="is not a valid voice file"):
        voices.load("ann", [tmp_path])


def test_what_is_called_like_a_voice_file_and_is_none_hides_no_voice(tmp_path: Path) -> None:
    put(tmp_path)
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    (found, broken) = voices.survey([tmp_path])
    assert [each.name for each in found] == ["ann"]
    assert broken == {}


def test_a_user_s_own_voice_comes_before_the_one_that_came_along(tmp_path: Path) -> None:
    put(tmp_path / "own", PLAIN.replace('"Ann"', '"My Ann"'))
    put(tmp_path / "builtin")
    put(tmp_path / "builtin", name="bob")
    put(tmp_path / "builtin", name="Not A Name")
    folders = [tmp_path / "own", tmp_path / "missing", tmp_path / "builtin"]
    assert voices.available(folders) == ("ann", "bob")
    assert voices.load("ann", folders).narrator == "My Ann"
    assert voices.load("bob", folders).narrator == "Ann"


@pytest.mark.parametrize("name", ["an", "../ann", "Ann", "", "ann.toml", "/etc/passwd", "ann\n"])
def test_a_voice_nobody_has_is_refused(tmp_path: Path, name: str) -> None:
    put(tmp_path / "voices")
    put(tmp_path)
    with pytest.raises(UsageError, match="there is no voice") as caught:
        voices.load(name, [tmp_path / "voices"])
    assert "ann" in caught.value.remedy


def test_every_language_of_the_library_is_a_voice() -> None:
    from gtts.lang import tts_langs

    for code in tts_langs():
        voice = voices.load(f"gtts-{code.lower()}", ())
        assert (voice.model, voice.sends_to) == (code, "translate.google.com")
        assert voice.online
        assert voice.synthetic
    spoken = {voices.load(name, ()).model for name in voices.everywhere()}
    assert spoken == set(tts_langs())


def test_an_accent_is_a_language_at_the_host_of_a_country() -> None:
    british = voices.load("gtts-en-gb", ())
    assert (british.language, british.model) == ("en-GB", "en")
    assert british.sends_to == "translate.google.co.uk"
    assert voices.load("gtts-iw", ()).language == "he"


def test_an_online_voice_nobody_has_comes_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean 'gtts-en-gb'"):
        voices.load("gtts-en-gbb", [tmp_path])


def test_a_favourite_needs_no_more_than_its_language(tmp_path: Path) -> None:
    put(tmp_path, 'engine = "gtts"\nlanguage = "es-MX"\nnarrator = "Inés"\npace = 0.7\n', "ines")
    voice = voices.load("ines", [tmp_path])
    base = voices.load("gtts-es-mx", ())
    assert (voice.name, voice.narrator, voice.pace) == ("ines", "Inés", 0.7)
    assert (voice.model, voice.sends_to) == (base.model, base.sends_to)
    assert voice.characters_per_s == pytest.approx(base.characters_per_s * 0.7 / base.pace)


@pytest.mark.parametrize(
    "content",
    [
        'engine = "gtts"\n',
        'engine = "gtts"\nlanguage = "tlh"\n',
        'engine = "gtts"\nlanguage = "en"\nmodel = "de"\n',
        'engine = "gtts"\nlanguage = "en"\nsends_to = "evil.example"\n',
        'engine = "gtts"\nlanguage = "en"\nsynthetic = false\n',
        'engine = "gtts"\nlanguage = "en"\ncommercial = "yes"\n',
        'engine = "gtts"\nlanguage = 3\n',
        'engine = "gtts"\nlanguage = "en"\npace = 9\n',
    ],
)
def test_a_favourite_cannot_send_elsewhere_or_ask_for_what_there_is_not(
    tmp_path: Path, content: str
) -> None:
    put(tmp_path, content, "bad")
    with pytest.raises(VoiceError, match=r"bad\.toml"):
        voices.load("bad", [tmp_path])


@pytest.mark.parametrize(
    "host",
    ["evil.example/path", "a@b", "http://x", " x", "x y", "x:", "-x", "a..b", "x:99999", "x:0"],
)
def test_another_host_must_be_a_host(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("MEDITATE_GTTS_HOST", host)
    with pytest.raises(UsageError, match="MEDITATE_GTTS_HOST"):
        voices.load("gtts-en", ())
