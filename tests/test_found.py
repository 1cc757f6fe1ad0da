"""Faults that attacks and readers found, each with the test that would have found it first."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_scripts import PLAIN_FRONT
from written import FIELDS, filled

import generator
from generator import personalise
from generator.errors import DetailError, ScriptError
from generator.model import Field
from generator.personalise import yours
from generator.script import load

AGE = Field("age", "How old?", kind="whole", least=-5, most=100_000)


@pytest.mark.parametrize("cue", ["ask", "repeat", "chapter"])
@pytest.mark.parametrize("wordless", ["?!", "...", " - "])
def test_a_cue_without_a_word_was_a_fault_of_ours_when_it_was_spoken(
    cue: str, wordless: str
) -> None:
    with pytest.raises(ScriptError, match=f"{cue} takes a text"):
        filled(f'Sit. {{{{ {cue}("{wordless}") }}}} Rest.')


@pytest.mark.parametrize(
    "more",
    [
        'default = "a\\n\\nb [[h@loU]] <speak>"',
        'default = "..."',
        'kind = "choice"\nchoices = ["He", "he"]',
        'kind = "choice"\nchoices = ["he", ""]',
        'kind = "choice"\nchoices = ["a\\tb"]',
    ],
)
def test_what_an_author_puts_in_a_listener_s_place_is_checked_as_theirs(
    tmp_path: Path, more: str
) -> None:
    front = f'{PLAIN_FRONT}\n[fields.name]\nask = "Who?"\n{more}\n'
    (tmp_path / "odd.j2").write_text(f"+++\n{front}+++\nHello.\n")
    with pytest.raises(ScriptError, match=r"default|choices"):
        load("odd", [tmp_path])


@pytest.mark.parametrize("items", ['["", " "]', '["be <b>safe</b>"]'])
def test_a_list_of_what_cannot_be_spoken_is_refused(tmp_path: Path, items: str) -> None:
    (tmp_path / "odd.j2").write_text(f"+++\n{PLAIN_FRONT}\n[lists]\nwishes = {items}\n+++\nHi.\n")
    with pytest.raises(ScriptError, match=r"lists\.wishes"):
        load("odd", [tmp_path])


def test_a_choice_written_with_a_loose_accent_can_be_chosen(tmp_path: Path) -> None:
    field = 'ask = "Where?"\nkind = "choice"\nchoices = ["cafe\u0301"]'
    front = f"{PLAIN_FRONT}\n[fields.place]\n{field}\n"
    (tmp_path / "odd.j2").write_text(f"+++\n{front}+++\nHello.\n")
    (place,) = load("odd", [tmp_path]).fields
    assert personalise.checked(place, "cafe\u0301") == "caf\u00e9"


@pytest.mark.parametrize(("typed", "used"), [("12345", 12_345), ("-5", -5), ("100000", 100_000)])
def test_a_large_or_a_negative_number_can_be_typed(typed: str, used: int) -> None:
    assert personalise.checked(AGE, typed) == used


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{{ bell("bowl") }}{{ pause(0) }}' * 101, "more than 100 bells"),
        ('{{ bed("drone") }}{{ pause(9) }}{{ bed("brown") }}{{ pause(9) }}' * 13, "its bed more"),
    ],
)
def test_a_script_that_only_rings_and_changes_is_refused_before_it_is_mixed(
    body: str, says: str
) -> None:
    with pytest.raises(ScriptError, match=says):
        filled(f"Sit. {body}")


@pytest.mark.parametrize("hidden", ["\u200e", "\u200f", "\u061c", "\u200b", "\ufff9", "\u180e"])
def test_a_mark_that_turns_or_hides_is_refused_with_its_line(hidden: str) -> None:
    with pytest.raises(ScriptError, match=r"small\.j2:2\d: "):
        filled(f"Sit{hidden} down.")


@pytest.mark.parametrize(
    "words",
    [
        "kms",
        "I no longer want to live",
        "I'd rather be dead",
        "I took an overdose",
        "me quiero matar",
        "ki\u0142\u0142 myse\u0142f",
        "kill/myself",
        "kill \u2013 myself",
        "sui,cide",
    ],
)
def test_these_words_slipped_through(words: str) -> None:
    with pytest.raises(DetailError, match="self-harm"):
        personalise.checked(FIELDS[0], words)


@pytest.mark.parametrize(
    "words",
    [
        "at the end it all made sense",
        "my self-worth and self-confidence",
        "cutting myself a slice of cake",
        "Menschen, die mich verletzen",
    ],
)
def test_these_words_were_stopped_and_are_harmless(words: str) -> None:
    assert personalise.checked(FIELDS[0], words) == words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("im not good enough", "you're not good enough"),
        ("ive always failed", "you've always failed"),
        ("I\u00b4m tired", "you're tired"),
        ("I`ve had enough", "you've had enough"),
        ("went home.I slept", "went home.you slept"),
        ("it was me.I slept", "it was you.you slept"),
    ],
)
def test_what_people_type_in_haste_is_bent_too(typed: str, said: str) -> None:
    assert yours(typed) == said


@pytest.mark.parametrize("told", ["I.me Quill", "i'm.me", "me.i'm", "I.M. Pei and i.e. me"])
def test_a_letter_joined_to_a_word_by_a_dot_is_bent_once(told: str) -> None:
    """The I of "I.me" was bent, and so the me was free to be the next time."""
    assert yours(yours(told)) == yours(told)


SHORT = {
    "peace": "Peace. {{ pause(6) }} " * 12,
    "inout": "In. {{ pause(3) }} Out. {{ pause(4) }} " * 8,
    "intro": "Sit as you like, and let it be. {{ pause(4) }} " + "Rest. {{ pause(4) }} " * 12,
}


@pytest.mark.slow
@pytest.mark.parametrize("slug", SHORT)
def test_a_track_of_short_words_is_as_loud_as_it_was_planned(
    slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clips were measured with their soft edges and the track without: never delivered."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / f"{slug}.j2").write_text(f"+++\n{PLAIN_FRONT}\n+++\n{SHORT[slug]}\n")
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    episode = generator.render(slug, {})
    assert episode.measured.speech_lufs == pytest.approx(-16.0, abs=0.5)
