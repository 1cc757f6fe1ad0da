"""From a script to its cues: what a listener says is woven in and can do nothing else."""

from __future__ import annotations

import traceback
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from written import FIRST_LINE, filled, phrases, script, texts

from generator import bed, bells, personalise
from generator.errors import DetailError, ScriptError
from generator.model import (
    BEDS,
    BELLS,
    Answer,
    Beat,
    BedChange,
    Bell,
    Chapter,
    Cue,
    Echo,
    Field,
    Pause,
    Phrase,
)
from generator.script.sequence import PARAGRAPH_GAP, SENTENCE_GAP

EVERYTHING = """{{ bell() }}
{{ chapter("Arriving") }}
Hello, {{ name }}. It is {{ name }}! Is it you, {{ name }}? {{ pause(6) }}

{{ name }} is here. {{ name | yours }} is here. {{ name }}
{{ rest(20) }} {{ repeat("May you rest.") }} {{ pace(0.9) }}
{% for wish in wishes %}{{ name }}, may you {{ wish }}. {% endfor %}
{{ part("closing") }}
{{ chapter("Breath") }} {{ breathe(2) }} {{ bed("brown") }} {{ name | possessive }} breath.
{{ ask("How is it?") }} "{{ name }}" said nothing ({{ name }}). {{ bell("small") }}"""
GIVEN = {
    "lists": {"wishes": ("be safe", "be well")},
    "parts": {"closing": "Open your eyes. {{ pause(7) }}"},
}
CANARY = "Quillfeather"
ANY_TEXT = st.text(st.characters(), min_size=1, max_size=60)
HOSTILE = (
    "{{ pause(99) }}",
    "{% if name %}",
    "[pause 99h]",
    "\ue0000:0\ue001",
    "\ue002",
    "Dr. Müller",
    "Why?",
    "one. Two. Three",
    "a\n\nb",
    "\ud800",
    "</speak><break time='99h'/>",
)


def without_words(cues: tuple[Cue, ...]) -> list[Cue | float]:
    """All cues in order, of what is spoken only its pace."""
    return [cue.pace if isinstance(cue, Phrase) else cue for cue in cues]


def with_examples(test):
    for hostile in HOSTILE:
        test = example(hostile)(test)
    return test


@with_examples
@given(ANY_TEXT)
@settings(max_examples=60)
def test_no_value_becomes_a_cue_splits_a_sentence_or_joins_two(value: str) -> None:
    plain = filled(EVERYTHING, {"name": "Sam"}, **GIVEN)
    woven = filled(EVERYTHING, {"name": value}, **GIVEN)
    assert without_words(woven) == without_words(plain)
    assert [p.personal for p in phrases(woven)] == [p.personal for p in phrases(plain)]


@with_examples
@given(ANY_TEXT)
@settings(max_examples=60)
def test_a_value_is_spoken_as_it_is_and_nothing_else_is_spoken_with_it(value: str) -> None:
    woven = texts(filled('"{{ name }}", they said. {{ pause(3) }} Rest.', {"name": value}))
    assert woven[0].removesuffix('", they said.') in ('"' + value, '"' + value.rstrip(".!?…"))
    assert woven[1:] == ["Rest."]


@with_examples
@given(ANY_TEXT)
@settings(max_examples=60)
def test_what_passes_the_check_never_brings_a_mark_along(value: str) -> None:
    try:
        listener = personalise.check(script(""), {"name": value})
    except DetailError:
        return
    for spoken in texts(filled(EVERYTHING, listener.answers, **GIVEN)):
        assert not any("\ue000" <= each <= "\uf8ff" for each in spoken)
        assert "{" not in spoken
        assert "\n" not in spoken


def test_two_fillings_of_one_script_are_the_same() -> None:
    assert filled(EVERYTHING, {"name": "Sam"}, **GIVEN) == filled(
        EVERYTHING, {"name": "Sam"}, **GIVEN
    )


# --- sentences --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "name", "said"),
    [
        ("Hello, {{ name }}. Rest.", "Dr. Müller", ["Hello, Dr. Müller.", "Rest."]),
        ("It asks {{ name }}. Rest.", "Why?", ["It asks Why.", "Rest."]),
        ("It asks, {{ name }} Rest.", "Why?", ["It asks, Why? Rest."]),
        ("Ask {{ name }}, and rest.", "Why?", ["Ask Why, and rest."]),
        ("It is {{ name }}!", "no...", ["It is no!"]),
        ("Say {{ name }}", "I am. I was", ["Say I am. I was"]),
        ("At {{ name }}. Rest.", "St. John's, etc.", ["At St. John's, etc.", "Rest."]),
        ("At {{ name }}, rest.", "St. John's, etc.", ["At St. John's, etc, rest."]),
        ("At {{ name }} rest.", "St. John's, etc.", ["At St. John's, etc. rest."]),
        ("{{ name }} is near. {{ name }} too.", "my dog", ["My dog is near.", "My dog too."]),
        ("Here is {{ pause(3) }} {{ name }}.", "my dog", ["Here is", "my dog."]),
        ("Rest. {{ pause(3) }} {{ name }} too.", "my dog", ["Rest.", "My dog too."]),
        ("Here is {{ chapter('Now') }} {{ name }}.", "my dog", ["Here is", "My dog."]),
        (
            '“Rest.” (Now.) He said "rest." Yes…',
            "",
            ["“Rest.”", "(Now.)", 'He said "rest."', "Yes…"],
        ),
        ("It is 3.5 miles. Really?! Yes.", "", ["It is 3.5 miles.", "Really?!", "Yes."]),
        ("Two\nlines   are one. ... !", "", ["Two lines are one."]),
    ],
)
def test_sentences_are_the_authors(body: str, name: str, said: list[str]) -> None:
    assert texts(filled(body, {"name": name} if name else {})) == said


def test_the_house_puts_gaps_after_sentences_and_longer_ones_after_paragraphs() -> None:
    cues = filled("One. Two.\n\nThree.\n \t\nFour.")
    assert [cue for cue in cues if isinstance(cue, Pause)] == [
        SENTENCE_GAP,
        PARAGRAPH_GAP,
        PARAGRAPH_GAP,
        SENTENCE_GAP,
    ]


def test_only_a_phrase_that_speaks_an_answer_is_personal() -> None:
    body = "Rest. Hello {{ name }}. Is {{ pronoun | they }} here? {{ age | words }}. {{ 'x' }}."
    assert [
        p.personal for p in phrases(filled(body, {"name": "Sam", "pronoun": "he", "age": 7}))
    ] == [
        False,
        True,
        True,
        True,
        False,
    ]
    fields = (Field("pronoun", "Which?", "he", "choice", choices=("he", "they"), default="they"),)
    (default,) = phrases(filled("Let {{ pronoun | them }} be.", fields=fields))
    assert (default.text, default.personal) == ("Let them be.", False)


def test_a_field_left_out_takes_the_other_branch_and_an_age_compares_as_a_number() -> None:
    body = "{% if age and age <= 6 %}Small.{% elif age %}Big.{% else %}Any.{% endif %}"
    assert [texts(filled(body, given)) for given in ({"age": 5}, {"age": 12}, {})] == [
        ["Small."],
        ["Big."],
        ["Any."],
    ]


def test_switches_and_the_length_decide_what_is_said() -> None:
    body = "Sit. {% if gentle %}Softly.{% endif %}{% if length_minutes >= 15 %}Long.{% endif %}"
    assert texts(filled(body)) == ["Sit."]
    assert texts(filled(body, switches={"gentle": True})) == ["Sit.", "Softly."]
    assert texts(filled(body, minutes=15)) == ["Sit.", "Long."]


# --- what a detail decides ----------------------------------------------------------------------


def personal(body: str, given: dict[str, Answer], **more: Any) -> list[str]:
    """What is said that goes to the listener's own folder."""
    return [each.text for each in phrases(filled(body, given, **more)) if each.personal]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("Sit. {% if age == 7 %}You are seven. Rest.{% endif %} Go.", ["You are seven.", "Rest."]),
        ("Sit. {% if age <= 6 %}Small.{% else %}Big.{% endif %} Go.", ["Big."]),
        ("Sit. {% if age and age >= 7 %}Big.{% endif %} Go.", ["Big."]),
        ("Sit. {% if not age %}Any.{% elif age < 9 %}Small.{% endif %} Go.", ["Small."]),
        ("Sit. {% if name == 'Sam' %}It is you.{% endif %} Go.", ["It is you."]),
        ("Sit. {% if name and name | yours == 'Sam' %}Hello.{% endif %} Go.", ["Hello."]),
        ("Sit. {% if name and 'a' in name %}Hello.{% endif %} Go.", ["Hello."]),
        ("Sit. {% if (name or age) == 'Sam' %}Hello.{% endif %} Go.", ["Hello."]),
        ("Sit and {% if age == 7 %}play{% else %}rest{% endif %} now. Go.", ["Sit and play now."]),
        ("Sit{% if age == 7 %}. Go{% endif %}.", ["Sit.", "Go."]),
        ("{% for a in ages %}{% if a == age %}Found.{% endif %} Next. {% endfor %}", ["Found."]),
        ("Sit. {{ (age == 7) and 'seven' or 'any' }}. Rest. Go.", ["Seven."]),
        (
            "Sit. {% if age == 7 %}{{ repeat('Rest.') }}{{ ask('How?') }}{% endif %}",
            ["Rest.", "How?"],
        ),
        ("Sit. {% if age == 7 %}{{ breathe(1) }}{% endif %}", ["Breathe in.", "Breathe out."]),
        ("{% if age == 7 %}{% if gentle %}{% else %}A.{% endif %} B.{% endif %} C.", ["A.", "B."]),
        ("{% if age == 7 %}{% if age > 3 %}A.{% endif %} B.{% endif %} C.", ["A.", "B."]),
        ("Sit. {% if name %}Hello.{% endif %} Go.", []),
        ("Sit. {% if name or not age %}Hello.{% endif %} Go.", []),
        ("Sit. {% if pronoun == 'he' %}Hello.{% endif %} Go.", []),
        ("Sit. {% if length_minutes >= 12 and not gentle %}Hello.{% endif %} Go.", []),
    ],
)
def test_what_is_said_because_of_a_detail_s_value_is_as_personal_as_the_detail(
    body: str, kept: list[str]
) -> None:
    given: dict[str, Answer] = {"name": "Sam", "age": 7, "pronoun": "he"}
    ages = {"lists": {"ages": (3, 7)}}
    assert personal(body, given, **ages) == kept
    assert personal(body.replace("if age <= 6", "if not age"), {}, **ages) == []


def test_no_sentence_is_split_otherwise_where_a_detail_decides() -> None:
    body = 'He said "{% if age == 7 %}rest.{% endif %}" Go.{% if age == 7 %}" Yes. "{% endif %} No.'
    said = ['He said "rest."', 'Go."', "Yes.", '" No.']
    assert texts(filled(body, {"age": 7})) == said
    assert texts(filled(body.replace("age == 7", "age"), {"age": 7})) == said


@pytest.mark.parametrize("cue", ["chapter('Forty-one')", "pace(0.9)", "part('a')"])
@pytest.mark.parametrize(
    "around",
    [
        "{% if age == 7 %}CUE{% endif %}",
        "{% if age == 7 %}x{% else %}CUE{% endif %}",
        "{% if not age %}CUE{% elif age == 7 %}x{% endif %}",
        "{% if name %}{% if name == 'Sam' %}{% if gentle %}CUE{% endif %}{% endif %}{% endif %}",
    ],
)
def test_what_reaches_further_than_its_branch_is_not_decided_by_a_detail(
    cue: str, around: str
) -> None:
    """Seen: a chapter "forty one" told an age in every player and in the shared clips."""
    body = "Sit.\n" + around.replace("CUE", f"{{{{ {cue} }}}}")
    with pytest.raises(ScriptError, match=rf"^small\.j2:{FIRST_LINE + 1}: \w+\(\) would tell"):
        filled(body, parts={"a": "{{ chapter('Forty-one') }} Rest."})


def test_a_chapter_may_hang_on_a_choice_and_on_whether_there_is_an_answer() -> None:
    body = "{% if name and pronoun == 'he' %}{{ chapter('Now') }}{% endif %}Sit."
    assert filled(body, {"name": "Sam", "pronoun": "he"})[0] == Chapter("Now")


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
@pytest.mark.parametrize("name", ["name", "pronoun", "name | yours", "(name or age)"])
def test_texts_are_not_put_in_order(sign: str, name: str) -> None:
    """Seen: twenty comparisons found out a name letter by letter."""
    with pytest.raises(ScriptError, match=r"'(name|pronoun)' is a text, and only numbers"):
        filled(f"Sit. {{% if {name} {sign} 'N' %}}x{{% endif %}}", {"name": "Sam"})


# --- nothing to say -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "empty", ["{{ '' }}", "{{ '?!' }}", "{{ ' ' }} {{ '…' }}.", "_ - _", "{{ '' | yours }}!"]
)
def test_a_phrase_in_which_there_is_nothing_to_say_is_left_out(empty: str) -> None:
    """Seen: a fault of ours, when a voice was given a phrase without a word."""
    assert filled(f"Sit. {{{{ pause(2) }}}} {empty} {{{{ pause(1) }}}} Rest.") == filled(
        "Sit. {{ pause(2) }} {{ pause(1) }} Rest."
    )


def test_a_bell_is_struck_softer_by_a_number_below_zero() -> None:
    """Seen: a minus made it no constant, so that no bell of a script could be softer."""
    assert filled('{{ bell("small", level=-4) }} Sit.')[0] == Bell("small", 1, -4.0)
    assert filled('{{ bell("small", 2, -4.5) }} Sit.')[0] == Bell("small", 2, -4.5)
    for wrong in ('-"4"', "-(-4)", "-none", "-true", "-gentle"):
        with pytest.raises(ScriptError, match=r"constants only|minus"):
            filled(f'{{{{ bell("small", level={wrong}) }}}} Sit.')


# --- cues -------------------------------------------------------------------------------------


def test_every_cue_becomes_what_it_says() -> None:
    body = (
        "{{ bell() }}{{ chapter('Now') }}Sit. {{ pause(4) }}{{ pause(9, least=3, most=20) }}"
        "{{ pause(0.4) }}{{ rest(50) }}{{ repeat('May you rest.') }}{{ bed('brown') }}"
        "{{ ask('How is it?') }}{{ bell('small') }}"
    )
    assert filled(body) == (
        Bell("bowl"),
        Chapter("Now"),
        Phrase("Sit."),
        SENTENCE_GAP,
        Pause(4, 0.6, 8),
        Pause(9, 3, 20),
        Pause(0.4, 0.4, 0.8),
        Pause(50, 25, 180, "rest"),
        Echo(Phrase("May you rest.")),
        BedChange("brown"),
        Phrase("How is it?"),
        Pause(8, 6, 14),
        Bell("small"),
    )


def test_counted_breathing_names_its_phases_in_the_language_of_the_script() -> None:
    cues = filled("{{ breathe(2, in_s=4, hold_s=0, out_s=6, hold_out_s=2) }}", language="es-MX")
    assert (
        cues
        == (
            Beat(Phrase("Inspira."), 4, "in"),
            Beat(Phrase("Espira."), 6, "out"),
            Beat(Phrase("Retén el aire."), 2, "rest"),
        )
        * 2
    )


def test_a_pace_holds_for_everything_that_is_spoken_after_it() -> None:
    body = "One. {{ pace(0.8) }}Two. {{ repeat('Three.') }}{{ ask('Four?') }}{{ breathe(1) }}"
    assert [each.pace for each in phrases(filled(body))] == [1.0, 0.8, 0.8, 0.8, 0.8, 0.8]


def test_a_for_goes_over_a_declared_list_and_over_another_within() -> None:
    body = (
        "{% for a in ages %}{% for b in ways %}{{ a | words }}, {{ b }}. {% endfor %}{% endfor %}"
    )
    lists = {"ages": (3, 6), "ways": ("safe", "well")}
    cues = filled(body, lists=lists)
    assert texts(cues) == ["Three, safe.", "Three, well.", "Six, safe.", "Six, well."]
    assert not any(each.personal for each in phrases(cues))


def test_an_author_can_name_every_bell_and_bed_there_is_and_no_other() -> None:
    assert (set(BELLS), set(BEDS)) == (set(bells.BELLS), set(bed.BEDS))


# --- parts ------------------------------------------------------------------------------------


def test_a_part_stands_as_paragraphs_of_its_own() -> None:
    cues = filled("One. {{ part('a') }} Two.", parts={"a": "Three. {{ pause(3) }} Four."})
    assert texts(cues) == ["One.", "Three.", "Four.", "Two."]
    after = {first.text: gap for first, gap in pairwise(cues) if isinstance(first, Phrase)}
    assert (after["One."], after["Four."]) == (PARAGRAPH_GAP, PARAGRAPH_GAP)


def test_a_part_knows_the_length_and_nothing_about_the_listener() -> None:
    parts = {"a": "{% if length_minutes >= 15 %}Long.{% else %}Short.{% endif %}"}
    assert texts(filled("{{ part('a') }}", minutes=20, parts=parts)) == ["Long."]
    for name in ("name", "gentle"):
        with pytest.raises(ScriptError, match=rf"^parts/a\.j2:2: there is no field '{name}'"):
            filled("{{ part('a') }}", {"name": "Sam"}, parts={"a": f"Hi.\n{{{{ {name} }}}}"})


@pytest.mark.parametrize("taken", ["", "{% if gentle %}"])
def test_a_part_cannot_bring_in_another_whether_it_is_used_or_not(taken: str) -> None:
    body = f"Sit. {taken}{{{{ part('a') }}}}{'{% endif %}' if taken else ''}"
    parts = {"a": "Hi.\n\n{{ part('b') }}", "b": "Hello."}
    with pytest.raises(ScriptError, match=r"^parts/a\.j2:3: a part cannot bring in another"):
        filled(body, parts=parts)


def test_an_unknown_part_comes_with_its_line_and_the_nearest_one() -> None:
    with pytest.raises(ScriptError) as caught:
        filled("Sit.\n{{ part('closng') }}", parts={"closing": "x", "opening": "x"})
    assert str(caught.value).startswith(f"small.j2:{FIRST_LINE + 1}: there is no part 'closng'")
    assert "Did you mean 'closing'?" in str(caught.value)


# --- what goes wrong --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("Sit.\n{{ care_object }}", "cannot be filled"),
        ("Sit.\n{% if age <= 'x' %}x{% endif %}", "cannot be filled"),
        ("Sit.\n{{ (name or 'x') | words }}", "cannot be filled"),
        ("Sit.\n{{ (name or 'x') | they }}", "cannot be filled"),
        ("Sit.\n{{ name == 'x' }}", "cannot be filled"),
    ],
)
def test_what_cannot_be_filled_has_its_line_and_never_the_value(body: str, complaint: str) -> None:
    with pytest.raises(ScriptError) as caught:
        filled(body, {"name": CANARY, "age": 7})
    assert str(caught.value).startswith(f"small.j2:{FIRST_LINE + 1}: {complaint}")
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("body", ["", "{{ pause(3) }}", "... !", "{% if name %}Hi.{% endif %}"])
def test_a_script_that_says_nothing_is_refused(body: str) -> None:
    with pytest.raises(ScriptError, match="says nothing"):
        filled(body)
