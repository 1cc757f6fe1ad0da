"""What a listener tells: checked, kept, bent to fit, and never repeated by an error."""

from __future__ import annotations

import io
import json
import os
import tempfile
import threading
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
from generator.personalise import check, checked, listener_toml, read_listener, reveals

SCRIPT = script("", switches=("gentle", "check_in"))
CANARY = "Quillfeather"


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


@pytest.mark.parametrize("typed", ["0", "-50", "10000", "1000000", " 12345 "])
def test_every_whole_number_a_field_allows_can_be_typed(typed: str) -> None:
    """Seen: nothing over 9,999 could be, and nothing under 0."""
    steps = Field("steps", "How many?", "9", "whole", least=-50, most=1_000_000)
    assert checked(steps, typed) == int(typed)
    with pytest.raises(DetailError, match="must be a whole number from -50 to 1000000"):
        checked(steps, "1000001")


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
        ("Bis\u00adcuit", "Biscuit"),
        ("\ufeffone\u200btwo\u200e\u2060", "onetwo"),
        ("Sam\u200d and\u200c Tom", "Sam and Tom"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("Nguyễn", "Nguyễn"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("E\u0302\u0301", "Ế"),
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
        ("one\u2069two", "has a character that cannot be spoken"),
        ("one\U000e0041two", "has a character that cannot be spoken"),
        ("Z\u0351\u036b\u0343\u0368algo", "has a character that cannot be spoken"),
        ("a\u0300\u0301\u0302\u0303", "has a character that cannot be spoken"),
        ("\u0301name", "has a character that cannot be spoken"),
        ("my \u0308dog", "has a character that cannot be spoken"),
        ("7\u20e3", "has a character that cannot be spoken"),
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


@pytest.mark.parametrize("name", ["biscuit", "sam", "quillfeather", "Sam Quillfeather"])
def test_a_name_that_may_be_an_answer_is_not_repeated(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(SCRIPT, {name: "x"})
    assert name not in str(caught.value)
    assert "Known: age, care_object, check_in, gentle, name, pronoun." in str(caught.value)


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
        ('name = "Sam"\n\nage = seven\n', ":3"),
        ('{"name": "Sam",\n\n "age": }', ":3"),
        ("{" * 50_000, ":1"),
        ('{"a": ' + "[" * 50_000, ""),
        ("a = " + "[" * 50_000, ""),
        ("age = " + "9" * 5_000, ""),
        ('{"age": ' + "9" * 5_000 + "}", ""),
        ('["name", "Sam"]', ""),
        ('[{"name": "Sam"}]', ""),
        ("[" * 50_000, ""),
        ("[" * 50_000 + "]" * 10_000, ""),
        ('{"age": NaN}', ""),
        ('{"age": -Infinity}', ""),
        ("x = 1\n[a" + ".a" * 30_000 + "]\n[a]\nx = =", ":2"),
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


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('name = "Sam"\nname = "Tom"\n', ":2"),
        ('{"name": "Sam",\n "name": "Tom"}', ""),
        ('{"a": {"b": 1, "b": 2}}', ""),
        ("[a]\n[a]\n", ":2"),
        ("a = {b = 1, b = 2}\n", ":1"),
    ],
)
def test_a_key_that_stands_twice_is_said_to(tmp_path: Path, content: str, place: str) -> None:
    path = put(tmp_path, content)
    with pytest.raises(DetailError) as caught:
        read_listener(path)
    assert str(caught.value) == f"{path}{place}: a key stands twice. Keep one of the two."


@pytest.mark.parametrize(
    "content",
    [
        b"name = '\xff\xfe'",
        'name = "Sam"'.encode("utf-16"),
        'name = "Sam"'.encode("utf-16-be"),
        'name = "Müller"'.encode("latin-1"),
        b'name = "Sam"\x00',
        b"\x00" * 100,
    ],
)
def test_a_file_in_another_encoding_says_which_to_use(tmp_path: Path, content: bytes) -> None:
    path = put(tmp_path, content)
    with pytest.raises(DetailError) as caught:
        read_listener(path)
    assert str(caught.value) == f"{path}: is not UTF-8 text. Save it as UTF-8."


@pytest.mark.parametrize("path", ["x" * 5_000, "nul\0byte", "a/" * 3_000])
def test_a_name_that_is_no_file_s_is_refused(path: str) -> None:
    with pytest.raises(DetailError):
        read_listener(Path(path))


@pytest.mark.parametrize(
    "content",
    [
        "name = {first = 'Quillfeather'}",
        "name = ['Quillfeather']",
        "[name]\nfirst = 'Quillfeather'",
        "name = 1979-05-27",
        "age = inf",
        "age = 99999999999999999999",
        '{"age": 1e999}',
        '{"name": {"name": {"name": "Quillfeather"}}}',
        '{"Quillfeather": 1}',
        "quillfeather = 1",
        "quillfeather.name = 1",
        "[[quillfeather]]",
        "\n".join(f"quillfeather{number} = {number}" for number in range(2_500)),
    ],
)
def test_what_no_field_can_hold_is_one_line_without_it(tmp_path: Path, content: str) -> None:
    with pytest.raises(MeditationError) as caught:
        check(SCRIPT, read_listener(put(tmp_path, content)))
    assert caught.value.exit_code == 2
    assert "quillfeather" not in str(caught.value).lower()
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_will_do_for_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text('name = "Sam"\n'))
    writer.start()
    assert read_listener(pipe) == {"name": "Sam"}
    writer.join()


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
        "No.3",
    ],
)
def test_a_label_that_contains_an_answer_gives_it_away(label: str) -> None:
    assert reveals(label, TOLD)
    assert not reveals(label, Listener())


@pytest.mark.parametrize(
    ("answer", "label"), [("José", "jose-2"), ("mi Ángel", "Angel"), ("Ñusta", "nusta")]
)
def test_an_accent_that_no_label_can_have_hides_nothing(answer: str, label: str) -> None:
    """Seen: a listener called José was told by the folder jose."""
    assert reveals(label, Listener({"name": answer}))


@pytest.mark.parametrize(
    "label", ["client-7", "guest-a3f97c01", "Wednesday", "notes-2", "dog", "7"]
)
def test_a_label_that_contains_no_answer_is_let_through(label: str) -> None:
    """Nor an age: every seventh row of a roster may be somebody's who is seven."""
    assert not reveals(label, TOLD)
