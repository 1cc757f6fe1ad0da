"""What a script may contain, held against templates that were written to do harm."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path

import pytest
from hostile_scripts import BODIES, EXCESS, FRONTS, LISTS, PLAIN_FRONT
from hypothesis import example, given, settings
from hypothesis import strategies as st
from written import FIRST_LINE, filled, script, texts

from generator.errors import MeditationError, ScriptError
from generator.script import allowed, bounds, fill, load

QUICK_S = 4.0
LINE = FIRST_LINE + 2
"""Where the hostile line stands: after a sentence and an empty line."""


def refusal(hostile: str) -> str:
    started_s = time.perf_counter()
    with pytest.raises(ScriptError) as caught:
        filled(f"Sit down.\n\n{hostile}", lists=LISTS)
    assert time.perf_counter() - started_s < QUICK_S
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 500
    return message


@pytest.mark.parametrize(
    "hostile",
    [each for kind, bodies in BODIES.items() if kind != "excess" for each in bodies],
    ids=lambda hostile: ascii(hostile[:60]),
)
def test_what_is_not_on_the_list_is_refused_at_once_with_its_line(hostile: str) -> None:
    assert refusal(hostile).startswith(f"small.j2:{LINE}: ")


@pytest.mark.parametrize("hostile", EXCESS, ids=lambda hostile: hostile[:60])
def test_what_is_too_much_as_a_whole_is_refused_before_it_is_spoken(hostile: str) -> None:
    assert refusal(hostile).startswith("small.j2")


@pytest.mark.parametrize("front", FRONTS, ids=lambda front: ascii(front[-60:]))
def test_front_matter_of_ill_will_is_refused_in_one_line(tmp_path: Path, front: str) -> None:
    (tmp_path / "small.j2").write_text(f"+++\n{front}\n+++\nSit down.\n", "utf-8")
    started_s = time.perf_counter()
    with pytest.raises(ScriptError) as caught:
        load("small", [tmp_path])
    assert time.perf_counter() - started_s < QUICK_S
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'small.j2'}")
    assert message.isprintable()
    assert len(message) < 500 + len(str(tmp_path))


def test_the_front_matter_around_the_ill_will_is_sound(tmp_path: Path) -> None:
    (tmp_path / "small.j2").write_text(f"+++\n{PLAIN_FRONT}+++\nSit down.\n", "utf-8")
    assert load("small", [tmp_path]).title == "A"


def test_what_python_cannot_compile_is_refused_even_past_its_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seen: an ``if`` of 4,000 branches ended in a fault of ours."""
    monkeypatch.setattr(allowed, "MAX_BRANCHES", 10**9)
    body = "{% if name %}x" + "{% elif name %}x" * 4_000 + "{% endif %}"
    assert "is more than can be filled (" in refusal(body)


def test_what_takes_too_long_is_stopped_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "DEADLINE_S", 0.2)
    endless = {"yours": lambda _text: time.sleep(60)}
    started_s = time.perf_counter()
    with pytest.raises(ScriptError, match=r"^small\.j2: takes more than 0\.2 s to read"):
        fill(script("{{ name | yours }}"), {"name": "Sam"}, {}, 12, endless)
    assert time.perf_counter() - started_s < QUICK_S


def test_parts_are_paid_for_from_the_same_purse() -> None:
    loops = "{% for a in rungs %}{% for b in rungs %}x{% endfor %}{% endfor %}"
    parts = {f"p{number}": loops for number in range(9)}
    body = "Sit. " + "".join(f"{{{{ part('{slug}') }}}}" for slug in parts)
    with pytest.raises(ScriptError, match=r"^parts/p\d\.j2:1: the script is too long"):
        filled(body, lists=LISTS, parts=parts)


def test_the_line_is_that_of_the_offence_and_not_of_the_block_around_it() -> None:
    assert f":{LINE + 3}: " in refusal(
        "{% if name %}\nHello.\n{# two\nlines #}{{ nobody }}{% endif %}"
    )


@pytest.mark.parametrize(
    "allowed",
    [
        "{{ name }}",
        "{{ name | yours }}",
        "{{ 'x' | agrees('is', 'are') }}",
        "{{ pronoun | they }} {{ age | words }} {{ length_minutes | words }}",
        "{% if gentle %}a{% elif age and age <= 6 %}b{% else %}c{% endif %}",
        "{% if not (name or care_object) and length_minutes >= 15 %}a{% endif %}",
        "{% if name == 'Sam' %}a{% endif %}",
        "{{ name or 'you' }}",
        "{% for a in wishes %}{% for b in wishes %}Say {{ a }}, {{ b }}.{% endfor %}{% endfor %}",
        "{{ pause(3, least=1, most=9) }}{{ bell('bowl') }}{{ chapter(title='x') }}",
        "{# a remark with {{ 9 ** 9 }} in it #}",
    ],
)
def test_what_is_on_the_list_is_filled(allowed: str) -> None:
    assert filled(f"Sit down. {allowed}", {"name": "Sam", "age": 7, "pronoun": "he"}, lists=LISTS)


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ("pause('long')", "pause takes a number"),
        ("pause(true)", "pause takes a number"),
        ("pause(601)", "pause must lie between 0 and 600"),
        ("pause(1e999)", "pause must lie between 0 and 600"),
        ("pause(3, least=4)", "least must lie between 0 and 3"),
        ("pause(3, most=2)", "most must lie between 3 and 600"),
        ("pause()", "pause(): missing a required argument"),
        ("pause(3, lest=1)", "pause(): got an unexpected keyword argument 'lest'"),
        ("pause(1, 1, 1, 1)", "pause(): too many positional arguments"),
        ("rest(181)", "rest must lie between 1 and 180"),
        ("bell('')", "bell takes a text"),
        ("bell(3)", "bell takes a text"),
        ("chapter('a\\nb')", "chapter takes one line"),
        ("chapter('" + "a" * 81 + "')", "chapter takes one line of at most 80 characters"),
        ("bed(none)", "bed takes a text"),
        ("pace(2)", "pace must lie between 0.6 and 1.4"),
        ("repeat(' ')", "repeat takes a text"),
        ("repeat('...')", "repeat takes a text with a letter or a digit in it"),
        ("ask('?!')", "ask takes a text with a letter or a digit in it"),
        ("chapter('—')", "chapter takes a text with a letter or a digit in it"),
        ("chapter('\\u200b')", "a text has a character that cannot be spoken"),
        ("bell('gong')", "there is no bell 'gong'. Known: block, bowl, large, small."),
        ("bed('browm')", "there is no bed 'browm'. Did you mean 'brown'?"),
        ("bed('recording')", "there is no bed 'recording'"),
        ("ask(7)", "ask takes a text"),
        ("breathe(0)", "breathe takes 1 to 60 rounds"),
        ("breathe(2.5)", "breathe takes 1 to 60 rounds"),
        ("breathe(2, in_s=21)", "in_s must lie between 2 and 20"),
        ("breathe(2, hold_s=1)", "hold_s is too short to be announced"),
        ("part('nowhere')", "there is no part 'nowhere'"),
        ("part('../secret')", "there is no part '../secret'"),
        ("belle()", "there is no cue 'belle'. Did you mean 'bell'?"),
    ],
)
def test_a_wrong_cue_is_found_even_in_a_branch_that_is_not_taken(call: str, complaint: str) -> None:
    message = refusal("{% if gentle and not gentle %}{{ " + call + " }}{% endif %}")
    assert message.startswith(f"small.j2:{LINE}: {complaint}")


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        ("name | agrees('x')", "'agrees': missing a required argument: 'many'"),
        ("name | yours('x')", "'yours': too many positional arguments"),
        ("name | they", "'they' cannot be applied to this"),
        ("name | words", "'words' cannot be applied to this"),
        ("age | they", "'they' cannot be applied to this"),
        ("wish | words", "'words' cannot be applied to this"),
        ("none | yours", "'yours' cannot be applied to this"),
        ("'seven' | words", "'words' cannot be applied to this"),
        ("1e999 | words", "'words' cannot be applied to this"),
        ("1e999", "a number with a point is not spoken"),
        ("0.5", "a number with a point is not spoken"),
        ("length_minutes", "a number with a point is not spoken"),
    ],
)
def test_a_wrong_output_is_found_even_in_a_branch_that_is_not_taken(
    output: str, complaint: str
) -> None:
    taken = "{% for wish in wishes %}{{ " + output + " }}{% endfor %}"
    message = refusal("{% if gentle and not gentle %}" + taken + "{% endif %}")
    assert message.startswith(f"small.j2:{LINE}: {complaint}")


@pytest.mark.parametrize("name", ["loop", "pause", "self", "caller", "super", "varargs", "kwargs"])
def test_a_turn_is_not_called_like_what_has_a_meaning(name: str) -> None:
    """Seen: a turn called 'loop' was refused without a line."""
    message = refusal(f"{{% for {name} in wishes %}}x{{% endfor %}}")
    assert message.startswith(f"small.j2:{LINE}: '{name}' has a meaning already")


def test_a_name_nobody_knows_comes_with_the_nearest_one() -> None:
    assert "there is no field 'care_objekt'. Did you mean 'care_object'?" in refusal(
        "{{ care_objekt }}"
    )
    assert "there is no filter 'your'. Did you mean 'yours'?" in refusal("{{ name | your }}")


@pytest.mark.parametrize("unseen", "\u200b\u200e\u200f\u061c\u180e\u2060\ufeff\ufff9\uffff\ufdd0")
def test_what_nobody_sees_is_refused_with_its_line(unseen: str) -> None:
    assert refusal(f"Sit{unseen} down.").startswith(
        f"small.j2:{LINE}: has a control or private character, U+{ord(unseen):04X}"
    )


def test_letters_that_are_shaped_by_joiners_stay() -> None:
    assert filled("می\u200cخواهم بنشینم. क्\u200dष.")


def test_a_private_character_in_a_script_is_refused_with_its_line() -> None:
    assert refusal("Forged \ue0000:0\ue001 mark.").startswith(f"small.j2:{LINE}: ")


@pytest.mark.parametrize(
    "tedious",
    [
        "." * 120_000 + "x",
        ".'" * 60_000 + "x",
        "'" * 120_000,
        " " * 120_000 + "x",
        "\n \n" * 40_000 + "x",
        "{{ name }}" * 4_000,
        "{% if name %}x{% endif %}" * 2_000,
    ],
    ids=lambda tedious: repr(tedious[:12]),
)
def test_no_plain_text_takes_long_to_read(tedious: str) -> None:
    started_s = time.perf_counter()
    with contextlib.suppress(ScriptError):  # most of them are one long sentence
        filled(f"Sit down. {tedious}", {"name": "Sam"})
    assert time.perf_counter() - started_s < QUICK_S


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("word " * 25_000, "fills to more than"),
        ("{{ breathe(60) }}", "has more than"),
        ("{{ part('long') }}", "fills to more than"),
    ],
    ids=lambda each: each[:20],
)
def test_what_a_loop_can_make_is_bounded_before_it_is_made(body: str, complaint: str) -> None:
    loops = "{% for a in rungs %}{% for b in rungs %}" + body + "{% endfor %}{% endfor %}"
    parts = {"long": "{% if length_minutes > 3 %}A sentence.{% endif %}" * 1_000}
    started_s = time.perf_counter()
    with pytest.raises(ScriptError, match=complaint):
        filled(f"Sit down. {loops}", lists=LISTS, parts=parts)
    assert time.perf_counter() - started_s < QUICK_S


PIECES = st.sampled_from(
    re.split(
        " ",
        "{{ }} {% %} {# #} if for in set elif else endif endfor not and or name age rungs pause"
        " bell part 'x' 3 9 ** ( ) [ ] { } . , | yours == ~ = __class__ Sit. \n",
    )
)


@given(st.lists(PIECES, max_size=30).map(" ".join))
@example("{{ pause ( ) }}")
@settings(max_examples=150)
def test_any_template_is_filled_or_refused_in_one_line(body: str) -> None:
    try:
        said = str(filled(f"Sit down. {body}", {"name": "Sam"}, lists=LISTS))
    except MeditationError as error:
        said = str(error)
    assert said.startswith(("small.j2", "(Phrase("))
    assert "\n" not in said


# --- what is read aloud -----------------------------------------------------------------------

TAGS = ("[pause 3]", "[PAUSE: 10]", "[[pause 2s]]", "((pause))", "(pause 3)", "( Pausa )")
TAGS += ("{pause}", "{ pause(3) }", "pause(3)", 'bell("bowl")', "bell()", "<pause/>")
TAGS += ('<break time="3s"/>', "<speak>", "</prosody>", "|pause|", "*pause*", "**softly**")
TAGS += ("# Arriving", "~3s~", "\\pau", "{{ pause }}", "{{ pause 3 }}", "{% pause 3 %}")
ALOUD = tuple(tag for tag in TAGS if "{{" not in tag and "{%" not in tag)


@pytest.mark.parametrize("tag", TAGS)
def test_a_pause_that_is_written_as_elsewhere_is_refused_and_never_read_aloud(tag: str) -> None:
    """Trap: malformed pause tags are read aloud, as "pause three" or "break time equals three"."""
    with pytest.raises(ScriptError, match=r"^small\.j2:22: "):
        filled(f"Sit down.\nLet go,\nand {tag} rest.")


@pytest.mark.parametrize("tag", ALOUD)
@pytest.mark.parametrize(
    "body",
    [
        "{{% if name %}}Hello. {tag}{{% endif %}}",
        "{{{{ '{tag}' }}}}",
        "{{{{ '{tag}' | yours }}}}",
        "{{{{ pronoun | agrees('{tag}', 'rest') }}}}",
        "{{{{ repeat('{tag} May you rest.') }}}}",
        "{{{{ ask('{tag} How is it?') }}}}",
    ],
)
def test_it_is_refused_wherever_a_script_can_speak_it(body: str, tag: str) -> None:
    with pytest.raises(ScriptError, match=r"^small\.j2:20: .*would be read aloud"):
        filled("Sit. " + body.format(tag=tag.replace("\\", "\\\\").replace("'", '"')))


def test_it_is_refused_in_a_passage_that_scripts_share() -> None:
    with pytest.raises(ScriptError, match=r"^parts/closing\.j2:2: '\[' would be read aloud"):
        filled('Sit. {{ part("closing") }}', parts={"closing": "Rest.\n[pause 3] Open your eyes."})


def test_signs_that_a_reader_passes_over_stay() -> None:
    said = 'Rest (or do not). "Now," say - or think: it\'s 3.5, 50 %, you & me; a hand(s) … — yes!'
    assert texts(filled(said)) == [
        "Rest (or do not).",
        '"Now," say - or think: it\'s 3.5, 50 %, you & me; a hand(s) …',
        "— yes!",
    ]
