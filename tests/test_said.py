"""Names said right and sentences spoken anew, from the command to the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fake_engine
import pytest
from driver import Home, home_at
from written import FIELDS, script

from generator import api, pipeline, speech, system
from generator.cli import app, keep, make  # noqa: F401  their commands join the group
from generator.errors import DetailError, MeditationError, UsageError
from generator.model import Episode, Listener
from generator.personalise import check, listener_toml, read_listener, reveals, speakable
from generator.speech.takes import Takes, keep_take, takes

LABEL = "guest-a"
TOLD = {"name": "Siobhán", "name_said": "shiv-AWN"}


@dataclass(frozen=True)
class House:
    """A home in this process, whose fake engine remembers what it was given."""

    home: Home

    def render(self, answers: dict[str, object] | None = None, **wishes: object) -> Episode:
        fake_engine.SPOKEN.clear()
        plain = {"voice": "fork", "label": LABEL, **wishes}
        return api.render("small", TOLD if answers is None else answers, **plain)

    def lexicon(self, text: str) -> None:
        (self.home.data / "lexicon.toml").write_text(text, "utf-8")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    home = home_at(tmp_path / "home")
    monkeypatch.setenv("MEDITATE_HOME", str(home.data))
    monkeypatch.chdir(home.work)
    monkeypatch.setattr(
        speech.engines, "ENGINES", {**speech.engines.ENGINES, "fake": "fake_engine"}
    )
    monkeypatch.setattr(speech.engines, "_open", {})
    monkeypatch.setattr(fake_engine, "SPOKEN", [])
    return House(home)


# --- what a listener tells --------------------------------------------------------------------


def test_how_an_answer_sounds_is_kept_beside_it_and_reads_back(tmp_path: Path) -> None:
    listener = check(script(""), TOLD)
    assert listener == Listener({"name": "Siobhán"}, {"gentle": False}, {"name": "shiv-AWN"})
    path = tmp_path / "who.toml"
    path.write_text(listener_toml(listener), "utf-8")
    assert check(script(""), read_listener(path)) == listener


def test_how_it_sounds_is_as_confidential_as_the_answer() -> None:
    listener = check(script(""), TOLD)
    assert "shiv" not in repr(listener)
    assert reveals("for-shiv-awn", listener)


def test_the_sound_of_an_answer_that_is_not_there_or_is_another_script_s_is_passed_over() -> None:
    assert check(script(""), {"name_said": "shiv-AWN"}) == Listener({}, {"gentle": True})
    others = {"place_said": "a", "place": "b"}
    assert not check(script(""), others, elsewhere={"place"}).said


@pytest.mark.parametrize("value", ["[Quillfeather]", "/Quillfeather1/", "", 7, ["Quillfeather"]])
def test_a_sound_that_cannot_be_said_is_refused_by_its_field(value: object) -> None:
    with pytest.raises(DetailError, match="name_said: ") as caught:
        check(script(""), {"name": "Ada", "name_said": value})
    assert "Quillfeather" not in str(caught.value).replace("As in:", "")


def test_only_a_text_can_sound_otherwise() -> None:
    with pytest.raises(UsageError):
        check(script(""), {"age": 7, "age_said": "SE-ven"})


def test_a_sound_that_speaks_of_harm_stops_the_command_too() -> None:
    with pytest.raises(MeditationError) as caught:
        check(script(""), {"name": "Ada", "name_said": "I want to kill myself"})
    assert "name_said" in str(caught.value)


def test_a_respelling_makes_an_answer_sayable_in_letters_the_voice_reads() -> None:
    written = script("", fields=FIELDS)
    with pytest.raises(DetailError, match=r"^name: "):
        speakable(written, check(written, {"name": "Шура"}), "en")
    speakable(written, check(written, {"name": "Шура", "name_said": "SHOO-ra"}), "en")
    with pytest.raises(DetailError, match=r"^name_said: "):
        speakable(written, check(written, {"name": "Ada", "name_said": "Шура"}), "en")


# --- a whole track ----------------------------------------------------------------------------


def test_a_name_is_said_as_told_and_read_as_written(house: House) -> None:
    made = house.render()
    assert "Hello, shiv-awn, here you are." in fake_engine.SPOKEN
    texts = [path.read_text("utf-8") for path in (made.path.with_suffix(".vtt"),)]
    texts.append(made.path.with_suffix(".timeline.json").read_text("utf-8"))
    for text in texts:
        assert "Hello, Siobhán, here you are." in text
        assert not re.search("shiv", text, re.IGNORECASE)
    kept = b"".join(p.read_bytes() for p in house.home.root.rglob("*") if p.is_file())
    assert b"shiv-" not in kept.lower(), "it is in no file but the listener's own"


@pytest.mark.slow
def test_another_sound_is_another_clip_and_other_inputs(house: House) -> None:
    house.render()
    with pytest.raises(UsageError, match="--force"):
        house.render({**TOLD, "name_said": "SHIV-on"})
    house.render({**TOLD, "name_said": "SHIV-on"}, force=True)
    assert fake_engine.SPOKEN == ["Hello, shiv-on, here you are."]


@pytest.mark.slow
def test_a_word_of_the_lexicon_is_said_so_and_another_word_changes_nothing(house: House) -> None:
    assert house.render({}).spoken_now > 0
    house.lexicon('[en]\nxylem = "ZY-lem"\n')
    assert house.render({}).spoken_now == 0, "the same inputs: no --force is needed"
    house.lexicon('[en]\nwhile = "wyle"\n')
    house.render({}, force=True)
    assert fake_engine.SPOKEN == ["You can stay a wyle."]


@pytest.mark.parametrize("command", ["render", "plan"])
def test_a_broken_lexicon_is_said_before_anything_is_made(house: House, command: str) -> None:
    house.lexicon('[en]\nwhile = "<b>"\n')
    with pytest.raises(UsageError, match=r"lexicon\.toml: entry 1 of \[en\]"):
        app.main([command, "small", "--voice", "fork", "--no-input"], standalone_mode=False)
    assert not list(house.home.work.iterdir())


def test_plan_lists_what_would_leave_as_it_would_leave(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    (house.home.work / "who.toml").write_text('name = "Siobhán"\nname_said = "shiv-AWN"\n', "utf-8")
    words = ("plan", "small", "--voice", "gtts-en", "--listener", "who.toml", "--json")
    app.main([*words], standalone_mode=False)
    leaving = json.loads(capsys.readouterr().out)["leaves_the_machine"]
    assert "Hello, shiv-awn, here you are." in leaving


# --- spoken anew ------------------------------------------------------------------------------

NAME = "a" * 40
SECOND = "Hello, shiv-awn, here you are."


def test_a_sentence_is_spoken_anew_and_its_take_is_kept(house: House) -> None:
    house.render()
    made = house.render(respeak="Arriving:2")
    assert (fake_engine.SPOKEN, made.take, made.spoken_now) == ([SECOND], 1, 1)
    assert house.render().spoken_now == 0, "the take is kept, and nothing is to be forced"


@pytest.mark.slow
def test_an_earlier_take_is_kept_again_and_no_number_is_used_twice(house: House) -> None:
    assert [house.render(respeak="Arriving:2").take for _ in "12"] == [1, 2]
    back = house.render(respeak="Arriving:2=1")
    assert (back.take, back.spoken_now, fake_engine.SPOKEN) == (1, 0, [])
    assert house.render(respeak="arriving:2").take == 3, "no take is made twice"


@pytest.mark.slow
def test_takes_are_the_listener_s_own_and_are_forgotten_with_them(house: House) -> None:
    house.render(respeak="Arriving:2")
    record = house.home.data / "listeners" / LABEL / "takes.json"
    assert "shiv" not in record.read_text().lower()
    assert not system.POSIX or record.stat().st_mode & 0o777 == 0o600
    assert house.render(label="guest-b").take is None
    app.main(["forget", LABEL, "--yes"], standalone_mode=False)
    assert not record.parent.exists()


@pytest.mark.slow
def test_a_render_that_fails_keeps_the_take_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.render()
    folder = house.home.data / "listeners" / LABEL

    def broken(*_args: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "dressed", broken)
        with pytest.raises(RuntimeError):
            house.render(respeak="Arriving:2")
    assert takes(folder) == {}


@pytest.mark.parametrize(
    ("wish", "complaint"),
    [
        ("Arriving", "named by its chapter and its number"),
        ("Arriving:0", "named by its chapter and its number"),
        ("Ariving:1", "Did you mean 'Arriving'"),
        ("Arriving:9", "'Arriving' has 2 sentences"),
        (":1", "there is no chapter ''"),
        ("Arriving:1=4", "there is no take 4 of that sentence; the newest is 0"),
    ],
)
def test_a_sentence_that_is_not_there_is_named(house: House, wish: str, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        house.render(respeak=wish)
    assert complaint in str(caught.value)
    assert "Siobhán" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"x": {"kept": 1, "last": 1}}',
        '{"%s": {"kept": -1, "last": 1}}' % ("a" * 40),
    ],
)
def test_a_record_of_takes_that_is_none_is_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "takes.json").write_text(text)
    assert takes(tmp_path) == {}


def test_an_older_take_kept_again_is_not_the_newest(tmp_path: Path) -> None:
    for take in (1, 2, 1):
        keep_take(tmp_path, NAME, take)
    assert takes(tmp_path) == {NAME: Takes(1, 2)}


# --- the embedded voice -----------------------------------------------------------------------


@pytest.mark.slow
def test_two_takes_of_the_embedded_voice_differ_and_each_is_kept(house: House) -> None:
    first = house.render({}, voice="joe", label=None).path.read_bytes()
    second = house.render({}, voice="joe", label=None, respeak="Arriving:1").path.read_bytes()
    again = house.render({}, voice="joe", label=None, respeak="Arriving:1=0").path.read_bytes()
    assert first == again != second
