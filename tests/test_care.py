"""Where a recording is not the right company: seen through every disguise, without false alarms."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import script

from generator.errors import DetailError
from generator.personalise import check
from generator.personalise.care import refuse_crisis

SCRIPT = script("", switches=("gentle", "check_in"))
LINE = "Call this number."


def refusal(**supplied: object) -> DetailError:
    with pytest.raises(DetailError) as caught:
        check(SCRIPT, supplied)
    return caught.value


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
        "kms",
        "I no longer want to live",
        "I don't wanna live",
        "I don't want to be here anymore",
        "I do not want to be here any longer",
        "I don't want to exist",
        "I wish I didn't exist",
        "I'd rather die",
        "I'd rather be dead",
        "I want my life to end",
        "the day I ended it all",
        "I took my own life",
        "I took an overdose",
        "I slit my throat",
        "I cut my arms",
        "to burn myself",
        "jump in front of a train",
        "throw myself under the bus",
        "jump off a building",
        "kill me",
        "there is no point living",
        "I wish I'd never been born",
        "better if I died",
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


@pytest.mark.parametrize(
    "value",
    [
        "k1ll myself",
        "ki11 mys3lf",
        "k!ll myself!",
        "k*ll myself",
        "k i l l  m y s e l f",
        "ki.ll my-self",
        "killmyself",
        "k_i_l_l_myself",
        "KILL MYSELF",
        "ｋｉｌｌ ｍｙｓｅｌｆ",
        "ki\u200bll my\u00adself",
        "\u202ekill myself",
        "k\u0337i\u0338l\u0336l\u0335 m\u0337yself",
        "кill mуsеlf",
        "kıll myself",
        "𝓴𝓲𝓵𝓵 𝓶𝔂𝓼𝓮𝓵𝓯",
        "$uicide",
        "su1c1d3",
        "sui cide",
        "s-u-i-c-i-d-e",
        "I want to d1e",
        "{{ kill myself }}",
        "<b>suicide</b>",
        "kiłł mysełf",
        "ᴋɪʟʟ ᴍʏsᴇʟғ",
        "ƙill myself",
        "ĸill myself",
        "ⓚⓘⓛⓛ ⓜⓨⓢⓔⓛⓕ",
        "suuicide",
        "suuuiiicide",
        "kiiilll myself",
        "suicde",
        "sucide",
        "sui,cide",
        "sui/cide",
        "su(i)cide",
        "s,u,i,c,i,d,e",
        "kill/myself",
        "kill: myself",
        "kill – myself",
        "kill & myself",
        'kill my "self"',
        "kill\u3164myself",
        "k*ll m*self",
        "want 2 die",
        "wanting 2 d1e",
        "tακe my oԝn life",
    ],
)
def test_no_disguise_helps(value: str) -> None:
    assert "speaks of suicide" in str(refusal(name=value))


@pytest.mark.parametrize(
    "value",
    [
        "el suicidio",
        "quiero morirme",
        "quiero hacerme daño",
        "no quiero seguir viviendo",
        "Selbstmordgedanken",
        "ich will sterben",
        "mich umbringen",
        "ich möchte nicht mehr leben",
        "sich selbst verletzen, mich selbst verletzen",
        "je veux mourir",
        "en finir avec la vie",
        "envie de me tuer",
        "quero morrer",
        "vou me matar",
        "suicídio",
        "voglio morire",
        "vorrei uccidermi",
        "togliermi la vita",
        "je veux en finir",
        "me quiero matar",
        "bringe mich um",
        "wenn ich mich verletze, mich verletzen",
        "zelfmoord",
        "ik wil dood",
        "mezelf van kant maken",
        "suïcide",
    ],
)
def test_other_languages_are_understood(value: str) -> None:
    assert "speaks of suicide" in str(refusal(name=value))


@pytest.mark.parametrize(
    "value",
    [
        "Suicide Squad",
        "my brother who died by suicide",
        "I work in suicide prevention",
        "I don't want to live in Berlin",
        "tired of living in London",
        "I don't want to die",
        "jumping off a bridge into the river",
        "drowning myself in work",
        "killed myself laughing",
        "my mum would kill me",
        "my friend who helped me when I hurt myself",
        "I slipped again and hurt myself",
        "I fell apart and cut myself",
        "kill me with pills",
        "nicht mehr leben in Berlin",
    ],
)
def test_when_in_doubt_it_stops(value: str) -> None:
    """A film, a sport, grief: another choice of words does, and a rule that knew these apart would
    let somebody in danger through."""
    assert "speaks of suicide" in str(refusal(name=value))


@pytest.mark.parametrize(
    "value",
    [
        ["my dog", "I want to die"],
        {"first": "I want to die"},
        {"I want to die": 1},
        [{"a": [{"b": "I want to die"}]}],
        ({"a": ("x", "I want to die")},),
    ],
)
def test_it_is_found_in_what_no_field_can_hold(value: object) -> None:
    for name in ("name", "age", "gentle", "nobody"):
        assert "speaks of suicide" in str(refusal(**{name: value}))


@pytest.mark.parametrize("name", ["name", "care_object", "pronoun", "age", "gentle", "nobody"])
def test_it_comes_before_every_other_complaint(name: str) -> None:
    supplied = {"age": "99", "nobody_s": 1, "care_object": "[x]"} | {name: "I want to die\x00["}
    assert "speaks of suicide" in str(refusal(**supplied))


@pytest.mark.parametrize(
    "value",
    [
        "e " * 30_000,
        "wish " * 12_000,
        "i" * 60_000,
        "*" * 60_000,
        "want to " * 8_000,
        "s " * 30_000,
        "(" * 60_000,
        "no" * 30_000,
        "kill " * 13_000,
        "s*" * 30_000,
        "k i l l " * 8_000,
        "ﷺ" * 60_000,
    ],
    ids=lambda value: ascii(value[:8]),
)
def test_no_text_takes_long_to_read(value: str) -> None:
    started_s = time.perf_counter()
    refuse_crisis(value, "name")
    assert time.perf_counter() - started_s < 4


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.text(max_size=60))
def test_words_around_it_do_not_hide_it(before: str, after: str) -> None:
    with pytest.raises(DetailError):
        refuse_crisis(f"{before}, ; I want to kill myself ; {after}", "name")


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
        "my cat who could kill me with cuteness",
        "I died laughing",
        "a cake to die for",
        "dying to see you",
        "to kill my self-doubt",
        "someone who hurt my self-esteem",
        "to cut myself some slack",
        "cutting myself a little slack",
        "shooting myself in the foot",
        "to skill myself up",
        "in the end my life is good",
        "taking my life back",
        "killing it at work",
        "I want to diet",
        "the wish to dive",
        "my grandfather who never wanted to leave",
        "Billie & Ali, 41",
        "das Leben nehmen, wie es kommt",
        "quiero vivir",
        "ma vie",
        "mon chat suisse",
        "morir de risa",
        "voy a morir de risa",
        "vou morrer de saudade",
        "envie de mourir de rire",
        "voglio morire dal ridere",
        "je ne peux pas vivre sans toi",
        "en finir avec mes études, je veux en finir avec mes études",
        "Menschen, die mich verletzen",
        "At the end it all made sense",
        "The End. It all began there",
        "my self-harmony",
        "my true self harmony",
        "photographs I shoot myself",
        "take my life jacket",
        "end my life as a smoker",
        "cutting myself a slice of cake",
        "cut myself shaving",
        "hurt myself playing football",
        "when I fell and hurt myself",
        "when I fell off the wall and hurt myself",
        "burning myself out",
        "I don't want to live alone",
        "no point in living in the past",
        "no reason to live in fear",
        "hurt my self-worth",
        "killing my self-confidence",
        "10 kms before breakfast",
        "a friend who would rather diet",
    ],
)
def test_what_only_looks_alike_is_let_through(value: str) -> None:
    assert check(SCRIPT, {"name": value}).answers == {"name": value}
