"""The talks before the practices of the courses: plain, true, and two to four minutes long."""

from __future__ import annotations

import re
from functools import cache, partial

import pytest
from written import filled, texts

from generator import plan, speech, system, voices
from generator.audio import to_frames
from generator.model import Bell, Cue, Insert, Pause, Script
from generator.personalise import FILTERS
from generator.script import available, fill, load, survey

FOLDERS = system.folders().scripts[-1:]
TALKS = tuple(slug for slug in available(FOLDERS) if slug.startswith("talks/"))
VOICE = voices.load(voices.DEFAULT, system.folders().voices[-1:])
ESTIMATE = partial(speech.estimate_frames, voice=VOICE)
IN_THE_COURSES = """
when-kindness-feels-wrong care-circuit compassionate-being wishes age-ladder
younger-self-new-story meet-the-critic wise-kind-self
for-the-helper difficult-client the-child-my-client-was holding-the-baby three-views
permission-to-be-well
"""
NAMES: tuple[dict[str, str], ...] = ({}, {"name": "Sam"})
MINUTES = (2.0, 2.49, 2.5, 2.99, 3.0, 3.49, 3.5, 4.0)
"""A talk says more from two and a half, three, and three and a half minutes on."""


@cache
def talk(slug: str) -> Script:
    return load(slug, FOLDERS)


@cache
def cues_of(slug: str, minutes: float, named: bool) -> tuple[Cue, ...]:
    return fill(talk(slug), NAMES[named], {}, minutes, FILTERS)


def syllables(word: str) -> int:
    """Groups of vowels but for what is silent at the end; one in words of up to three letters."""
    bare = re.sub(r"[^a-z]", "", word.lower())
    if len(bare) <= 3:
        return 1
    heard = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^aeiouylsxzhcg])es$|(?<=[^aeiouytd])ed$", "", bare)
    return max(1, len(re.findall(r"[aeiouy]+", heard)))


def reading_ease(sentences: list[str]) -> float:
    """Flesch's measure: 70 is plain English, more is plainer."""
    words = " ".join(sentences).split()
    spoken = sum(map(syllables, words))
    return 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * spoken / len(words)


def test_the_measure_of_reading_ease_tells_plain_from_learned() -> None:
    counted = {"cat": 1, "table": 2, "time": 1, "walked": 1, "wanted": 2, "kindness": 2}
    counted |= {"compassion": 3, "meditation": 4, "family": 3, "wishes": 2}
    assert {word: syllables(word) for word in counted} == counted
    assert reading_ease(["The cat sat on the mat."]) > 100
    assert reading_ease(["Contemplative interventions necessitate considerable motivation."]) < 0


def test_every_practice_of_the_courses_has_its_talk() -> None:
    assert sorted(TALKS) == sorted(f"talks/{slug}" for slug in IN_THE_COURSES.split())


def test_talks_are_listed_under_their_slug() -> None:
    listed, broken = survey(FOLDERS)
    assert not broken
    assert {each.slug for each in listed if each.kind == "talk"} == set(TALKS)


@pytest.mark.parametrize("slug", TALKS)
def test_a_talk_says_so_and_whose_practice_it_is(slug: str) -> None:
    practice = load(slug.removeprefix("talks/"), FOLDERS)
    chosen = talk(slug)
    assert (practice.kind, chosen.kind) == ("practice", "talk")
    assert chosen.sources == practice.sources
    assert chosen.title.removesuffix(", a Talk") == practice.title.removesuffix("?")
    assert (chosen.least_s, chosen.most_s, chosen.bed) == (120.0, 240.0, "none")


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("slug", TALKS)
def test_a_talk_is_any_length_it_promises_with_time_to_take_it_in(slug: str, named: bool) -> None:
    for minutes in MINUTES:
        cues = cues_of(slug, minutes, named)
        timeline = plan.settle(cues, ESTIMATE, minutes * 60, title="", bed="none")
        assert timeline.frames == to_frames(minutes * 60)
        assert 0.10 <= timeline.silence_share <= 0.62
        assert len(timeline.sections) == 3
        assert isinstance(cues[0], Bell)
        assert sum(isinstance(each, Bell) for each in cues) == 1, "a talk ends on its words"
        assert not any(isinstance(each, Insert) for each in cues)


@pytest.mark.parametrize("slug", TALKS)
def test_left_to_itself_a_talk_mostly_talks(slug: str) -> None:
    timeline = plan.outline(cues_of(slug, 12, False), ESTIMATE, None, title="", bed="none")
    assert to_frames(180) <= timeline.frames <= to_frames(240)
    assert 0.15 <= timeline.silence_share <= 0.35


def test_a_talk_waits_less_between_its_sentences_than_a_practice() -> None:
    for kind, gaps_s in (("practice", [1.1, 2.2, 1.1]), ("talk", [0.6, 1.2, 0.6])):
        cues = filled("One. Two.\n\nThree.", kind=kind)
        assert [each.natural_s for each in cues if isinstance(each, Pause)] == gaps_s


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("slug", TALKS)
def test_a_talk_is_whole_and_easy_to_follow_by_ear(slug: str, named: bool) -> None:
    for minutes in (2, 3, 4):
        said = texts(cues_of(slug, minutes, named))
        assert said[0] == ("Hello, Sam." if named else "Hello.")
        assert ("Sam" in " ".join(said)) is named
        assert reading_ease(said) >= 70
        for text in said:
            assert len(text.split()) <= 24, text
            assert re.match(r"[A-Z“]", text), text
            assert re.search(r"[.!?]”?$", text), text
            assert not re.search(r"[{}<>\[\]|\\_*#%\d]|\bNone\b|  | [.,]|\b(\w+) \1\b", text), text


@pytest.mark.parametrize("slug", TALKS)
def test_a_talk_promises_no_cure_and_asks_nobody_to_forgive(slug: str) -> None:
    said = " ".join(texts(cues_of(slug, 4, False)))
    assert not re.search(
        r"\b(?:heal|heals|healed|healing|cure|therapy|proven|guarantee|science)\b", said
    )
    assert all(before.endswith("not have to ") for before in said.split("forgive")[:-1])
