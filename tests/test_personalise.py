"""What a listener tells: checked, kept, bent to fit, and never repeated by an error."""

from __future__ import annotations

import io
import json
import tempfile
import time
import traceback
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from written import script

from generator.errors import DetailError, MeditationError, UsageError
from generator.model import Field, Listener, Phrase
from generator.personalise import (
    FILTERS,
    agrees,
    article,
    check,
    checked,
    listener_toml,
    possessive,
    read_listener,
    reveals,
    their,
    them,
    they,
    words,
    yours,
)

SCRIPT = script("", switches=("gentle", "check_in"))
CANARY = "Quillfeather"
LINE = "Call this number."


def refusal(**supplied: object) -> DetailError:
    with pytest.raises(DetailError) as caught:
        check(SCRIPT, supplied)
    return caught.value


# --- one answer -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "used"), [("7", 7), (7, 7), (" 7 ", 7), ("03", 3), (3, 3), (17, 17)]
)
def test_an_age_is_a_whole_number_within_its_bounds(age: object, used: int) -> None:
    assert check(SCRIPT, {"age": age}).answers == {"age": used}


@pytest.mark.parametrize(
    "age",
    [
        2,
        18,
        40,
        "2",
        "40",
        "seven",
        "",
        " ",
        "7.0",
        7.0,
        True,
        None,
        [7],
        "-7",
        "+7",
        "７",
        "1" * 99,
    ],
)
def test_any_other_age_is_refused_by_the_name_of_the_field(age: object) -> None:
    message = str(refusal(age=age))
    assert message.removesuffix(". As in: 7") == "age: must be a whole number from 3 to 17"


@pytest.mark.parametrize(
    ("given_as", "used"),
    [
        ("Dr. Müller", "Dr. Müller"),
        ("  my   old dog ", "my old dog"),
        ("Mu\u0308ller", "Müller"),
        ("I can't ever rest", "I can't ever rest"),
        ("Why?", "Why?"),
        ("小梅", "小梅"),
        ("a" * 120, "a" * 120),
        ("no-break\u00a0space", "no-break space"),
    ],
)
def test_a_text_is_tidied_and_otherwise_left_alone(given_as: str, used: str) -> None:
    assert check(SCRIPT, {"name": given_as}).answers == {"name": used}


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        ("a" * 200, "has 200 characters; at most 120"),
        ("one\ntwo", "has more than one line"),
        ("one\rtwo", "has more than one line"),
        ("one\ttwo", "has a character that cannot be spoken"),
        ("one\x00two", "has a character that cannot be spoken"),
        ("one\x1b[2Jtwo", "has a character that cannot be spoken"),
        ("one\u2028two", "has a character that cannot be spoken"),
        ("one\u202etwo", "has a character that cannot be spoken"),
        ("one\u2066two", "has a character that cannot be spoken"),
        ("one\u200btwo", "has a character that cannot be spoken"),
        ("one\ufefftwo", "has a character that cannot be spoken"),
        ("one\ud800two", "has a character that cannot be spoken"),
        ("one\ue000two", "has a character that cannot be spoken"),
        ("one\U000f0000two", "has a character that cannot be spoken"),
        ("one\uffffetwo", "has a character that cannot be spoken"),
        ("{{ pause(99) }}", "has brackets or markup"),
        ("[pause 99h]", "has brackets or markup"),
        ("<break/>", "has brackets or markup"),
        ("C:\\secret", "has brackets or markup"),
        ("?!…", "has nothing that can be spoken"),
        (7, "must be text"),
        (None, "must be text"),
        (["Sam"], "must be text"),
        (True, "must be text"),
    ],
)
def test_a_text_that_cannot_be_woven_in_is_refused(value: object, complaint: str) -> None:
    message = str(refusal(name=value))
    assert message.startswith(f"name: {complaint}")
    assert message.endswith("As in: Sam")


def test_a_choice_is_one_of_its_choices_however_it_is_typed() -> None:
    assert check(SCRIPT, {"pronoun": " He "}).answers == {"pronoun": "he"}
    assert str(refusal(pronoun="xe")) == "pronoun: must be one of she, he, they, it"
    capital = Field("kind", "Which?", kind="choice", choices=("Person", "Place"))
    assert checked(capital, "person") == "Person"


@pytest.mark.parametrize("value", ["yes", 1, None, "true"])
def test_a_switch_is_true_or_false_and_nothing_else(value: object) -> None:
    assert check(SCRIPT, {"check_in": True}).switches["check_in"] is True
    assert str(refusal(check_in=value)) == "check_in: must be true or false"


def test_an_edition_without_a_listener_is_gentle_unless_told_otherwise() -> None:
    assert check(SCRIPT, {}).switches == {"gentle": True}
    assert check(SCRIPT, {"check_in": True}).switches == {"gentle": True, "check_in": True}
    assert check(SCRIPT, {"name": "Sam"}).switches == {"gentle": False}
    assert check(SCRIPT, {"name": "Sam", "gentle": True}).switches == {"gentle": True}
    assert check(SCRIPT, {"gentle": False}).switches == {"gentle": False}
    assert check(script("", switches=()), {}).switches == {}


def test_only_answers_make_a_track_personal() -> None:
    assert not check(SCRIPT, {"gentle": False, "check_in": True}).personal
    assert check(SCRIPT, {"pronoun": "she"}).personal


# --- names nobody knows -----------------------------------------------------------------------


def test_an_unknown_name_comes_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match="there is no field 'care_objekt'") as caught:
        check(SCRIPT, {"care_objekt": "my dog"})
    assert "Did you mean 'care_object'?" in str(caught.value)
    with pytest.raises(UsageError, match=r"Did you mean 'check_in'\?"):
        check(SCRIPT, {"checkin": True})


def test_the_name_of_another_script_s_field_is_passed_over() -> None:
    assert check(
        SCRIPT, {"critic_name": "x", "name": "Sam"}, elsewhere={"critic_name"}
    ).answers == {"name": "Sam"}
    with pytest.raises(UsageError, match=r"Did you mean 'critic_name'\?"):
        check(SCRIPT, {"critic_nam": "x"}, elsewhere={"critic_name"})


def test_a_hostile_name_is_shown_harmlessly() -> None:
    with pytest.raises(UsageError) as caught:
        check(SCRIPT, {"\x1b[2J\n\ud800\u202e" + "x" * 500: "x"})
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


# --- nothing a listener said is ever repeated -------------------------------------------------

AROUND = st.text(st.characters(), max_size=40)
VALUES = st.one_of(
    st.builds(lambda before, after: before + CANARY + after, AROUND, AROUND),
    st.builds(lambda times: CANARY * times, st.integers(1, 30)),
    st.builds(lambda before: [before + CANARY], AROUND),
    st.just({CANARY: CANARY}),
    st.just(f"I want to kill myself, {CANARY}"),
)


@given(VALUES, st.sampled_from(("name", "care_object", "pronoun", "age", "gentle", "check_in")))
@example(f"{CANARY}\ud800", "name")
@settings(max_examples=150)
def test_no_error_ever_contains_what_was_answered(value: object, name: str) -> None:
    try:
        listener = check(SCRIPT, {name: value})
    except MeditationError as error:
        told = [str(error), repr(error), *map(str, error.args)]
        told += [*traceback.format_exception(error), error.what, error.where, error.remedy]
    else:
        told = [repr(listener), repr(Phrase(str(listener.answers)))]
    assert not any(CANARY in each for each in told)


@given(AROUND, AROUND)
@example("name = ", "")
@example('name = "', '"\nname = "x"')
@example('{"name": "', '"')
@example('{"name": "', '", "name": 1}')
@settings(max_examples=60)
def test_no_error_about_a_file_contains_what_stands_in_it(before: str, after: str) -> None:
    text = f"{before}{CANARY}{after}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "listener.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            told = [repr(check(SCRIPT, {"name": str(read_listener(path))[:40]}))]
        except MeditationError as error:
            told = [str(error), repr(error), *traceback.format_exception(error)]
    assert not any(CANARY in each for each in told)


# --- care -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "to stop thinking of suicide",
        "I feel suicidal",
        "I want to kill myself",
        "killing myself",
        "not to end my life",
        "to end it all",
        "taking my own life",
        "to resist self-harm",
        "my self harming",
        "hurting myself",
        "I cut myself",
        "I wish I was dead",
        "wishing to die",
        "I wanted to die",
        "they are better off dead without me",
        "I don't want to live",
        "I don’t want to be alive",
        "I do not want to live",
        "no reason to live",
        "SUICIDE",
        "I want\nto die",
        "a long story " * 20 + "and I want to die",
    ],
)
def test_a_value_that_speaks_of_self_harm_stops_with_the_support_line(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDITATE_SUPPORT_LINE", LINE)
    for name in ("name", "care_object"):
        message = str(refusal(**{name: value}))
        assert message.startswith(f"{name}: speaks of suicide or self-harm")
        assert message.endswith(LINE)
        assert value not in message


def test_without_a_publisher_s_line_the_message_still_points_to_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MEDITATE_SUPPORT_LINE", raising=False)
    assert "crisis line" in str(refusal(name="I want to die"))


@pytest.mark.parametrize(
    "value",
    [
        "the end of my day",
        "my self-help shelf",
        "harmless old me",
        "I killed the weeds",
        "taking it all in",
        "the weekend all to myself",
        "my late husband, who died in May",
        "I live with want",
    ],
)
def test_what_only_looks_alike_is_let_through(value: str) -> None:
    assert check(SCRIPT, {"name": value}).answers == {"name": value}


# --- listener files ---------------------------------------------------------------------------


def put(folder: Path, content: str | bytes) -> Path:
    path = folder / "listener.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


EXPECTED = {"name": "Dr. Müller", "age": 7, "gentle": True}


@pytest.mark.parametrize(
    "content",
    [
        'name = "Dr. Müller"\nage = 7\ngentle = true\n',
        '\ufeffname = "Dr. Müller"\r\nage = 7\r\ngentle = true\r\n',
        '{"name": "Dr. Müller", "age": 7, "gentle": true}',
        '\ufeff\n  {"name": "Dr. M\\u00fcller",\n "age": 7, "gentle": true}\n',
    ],
    ids=["toml", "toml of another system", "json", "json of another system"],
)
def test_a_listener_file_is_toml_or_json(tmp_path: Path, content: str) -> None:
    assert read_listener(put(tmp_path, content)) == EXPECTED


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('name = "Sam"\nname = "Tom"\n', ":2"),
        ('name = "Sam"\n\nage = seven\n', ":3"),
        ('{"name": "Sam",\n "name": "Tom"}', ""),
        ('{"a": {"b": 1, "b": 2}}', ""),
        ('{"name": "Sam",\n\n "age": }', ":3"),
        ("{" * 50_000, ":1"),
        ('{"a": ' + "[" * 50_000, ""),
        ("a = " + "[" * 50_000, ""),
        ("age = " + "9" * 5_000, ""),
        ('{"age": ' + "9" * 5_000 + "}", ""),
        ('["name", "Sam"]', ":1"),
        (b"name = '\xff\xfe'", ""),
        ("name", ""),
    ],
)
def test_a_broken_listener_file_is_refused_in_one_line(
    tmp_path: Path, content: str | bytes, place: str
) -> None:
    path = put(tmp_path, content)
    with pytest.raises(DetailError) as caught:
        read_listener(path)
    message = str(caught.value)
    assert message.startswith(f"{path}{place}: is neither valid TOML nor valid JSON")
    assert "\n" not in message


def test_a_listener_file_that_is_missing_no_file_or_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DetailError, match="cannot be read"):
        read_listener(tmp_path / "missing.toml")
    with pytest.raises(DetailError, match="cannot be read"):
        read_listener(tmp_path)
    with pytest.raises(DetailError, match="is longer than 64 KiB"):
        read_listener(put(tmp_path, "# " + "x" * 70_000))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file here")
def test_an_endless_listener_file_is_given_up_at_once() -> None:
    started_s = time.perf_counter()
    with pytest.raises(DetailError, match="is longer than 64 KiB"):
        read_listener(Path("/dev/zero"))
    assert time.perf_counter() - started_s < 2


def test_answers_come_from_standard_input_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (b'name = "Sam"\n', b'{"name": "Sam"}'):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        assert read_listener(None) == {"name": "Sam"}
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"#" * 70_000)))
    with pytest.raises(DetailError, match="standard input: is longer than"):
        read_listener(None)


@given(
    st.dictionaries(st.sampled_from(("name", "care_object")), st.text(min_size=1, max_size=60)),
    st.none() | st.integers(3, 17),
    st.none() | st.booleans(),
)
@example({"name": 'the "old" dog\'s = # bed'}, 7, None)
@example({}, None, None)
@settings(max_examples=80)
def test_what_was_kept_is_read_back_the_same(
    told: dict[str, str], age: int | None, gentle: bool | None
) -> None:
    supplied: dict[str, object] = dict(told)
    supplied |= {} if age is None else {"age": age}
    supplied |= {} if gentle is None else {"gentle": gentle}
    try:
        listener = check(SCRIPT, supplied)
    except DetailError:
        assume(False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kept.toml"
        path.write_bytes(listener_toml(listener).encode())
        assert check(SCRIPT, read_listener(path)) == listener
    assert json.dumps(dict(listener.answers))


# --- labels -----------------------------------------------------------------------------------


TOLD = Listener({"name": "Sam", "age": 7, "care_object": "my old dog Biscuit", "aim": "no"})


@pytest.mark.parametrize(
    "label",
    [
        "sam",
        "for-Sam",
        "sam.2",
        "Samuel",
        "my-old-dog-biscuit",
        "MyOldDogBiscuit2",
        "7",
        "age_7",
        "No.3",
    ],
)
def test_a_label_that_contains_an_answer_gives_it_away(label: str) -> None:
    assert reveals(label, TOLD)
    assert not reveals(label, Listener())


@pytest.mark.parametrize("label", ["client-12", "guest-a3f97c01", "Wednesday", "notes-2", "dog"])
def test_a_label_that_contains_no_answer_is_let_through(label: str) -> None:
    assert not reveals(label, TOLD)


# --- bending ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("my old dog Biscuit", "your old dog Biscuit"),
        ("My grandmother Rose", "Your grandmother Rose"),
        ("I can't ever rest", "you can't ever rest"),
        ("it is my fault when I'm late", "it is your fault when you're late"),
        ("I’ve lost what I’ll need and I'd want", "you've lost what you'll need and you'd want"),
        ("the day I was born", "the day you were born"),
        ("I wasn't ready and I am not", "you weren't ready and you are not"),
        ("who am I", "who are you"),
        ("what was I thinking", "what were you thinking"),
        ("a friend of mine", "a friend of yours"),
        ("the old mine", "the old mine"),
        ("talking to myself", "talking to yourself"),
        ("someone who likes me", "someone who likes you"),
        ("Me and my twins", "You and your twins"),
        ("Amy, Mimi and the army", "Amy, Mimi and the army"),
        ("the sound of rain on my tent", "the sound of rain on your tent"),
        ("Dr. Müller", "Dr. Müller"),
    ],
)
def test_a_listener_s_words_are_said_to_the_listener(told: str, said: str) -> None:
    assert yours(told) == said


@pytest.mark.parametrize(
    ("bend", "arguments", "said"),
    [
        (possessive, ("Biscuit",), "Biscuit's"),
        (possessive, ("my twins",), "my twins's"),
        (article, ("old dog",), "an old dog"),
        (article, ("hour",), "an hour"),
        (article, ("university",), "a university"),
        (article, ("lake",), "a lake"),
        (words, (7,), "seven"),
        (words, ("17",), "seventeen"),
        (words, (41,), "forty-one"),
        (they, ("she",), "she"),
        (they, ("they",), "they"),
        (them, ("she",), "her"),
        (them, ("he",), "him"),
        (them, ("it",), "it"),
        (them, ("they",), "them"),
        (their, ("she",), "her"),
        (their, ("he",), "his"),
        (their, ("it",), "its"),
        (their, ("they",), "their"),
        (agrees, ("she", "does", "do"), "does"),
        (agrees, ("it", "does", "do"), "does"),
        (agrees, ("they", "does", "do"), "do"),
    ],
)
def test_words_bend_to_fit_the_sentence(bend, arguments: tuple[object, ...], said: str) -> None:
    assert bend(*arguments) == said
    assert FILTERS[bend.__name__] is bend


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40))
@settings(max_examples=60)
def test_whatever_passes_the_check_can_be_bent(value: str) -> None:
    try:
        text = checked(SCRIPT.fields[0], value)
    except DetailError:
        assume(False)
    for bend in (yours, possessive, article):
        assert bend(str(text)).strip()
