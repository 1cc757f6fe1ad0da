"""Each meditation is the practice it says it is, whoever listens: docs/practices.md, held to."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import inflect
import pytest
from hypothesis import given, settings
from listeners import SLUGS, Edition, editions, script
from steps import ROWS, WARM, Row

from generator import bells
from generator.audio import to_frames
from generator.model import Beat, Bell, Chapter, Echo, Phrase

PAGE = (Path(__file__).parent.parent / "docs" / "practices.md").read_text("utf-8")
FEW, SOME, MANY = 15, 3, 200
"""Listeners a script: heard, planned for, and heard in the slow suite."""
BY_SLUG = {row.slug: row for row in ROWS}
HURTS = [row.slug for row in ROWS if row.hurts]


def table() -> list[tuple[int, str, list[str]]]:
    """The rows of the page: number, script, steps."""
    rows = re.findall(r"^\| (\d+) \| `([a-z-]+)` \| (.+) \|$", PAGE, re.MULTILINE)
    return [(int(number), slug, steps.split(" · ")) for number, slug, steps in rows]


def heard_by(listeners: int, slug: str, check: Callable[[Edition], None]) -> None:
    """Check that many drawn editions of a script."""
    settings(max_examples=listeners, deadline=None)(given(editions(slug))(check))()


# --- the page, the table and the scripts are the same ----------------------------------------


def test_the_page_has_the_rows_of_the_table_with_the_same_steps() -> None:
    ours = [(row.number, row.slug, [each.what for each in row.steps]) for row in ROWS]
    assert table() == ours
    assert [number for number, *_ in ours] == list(range(1, 25))


def test_each_row_is_a_script_that_comes_along_and_each_script_a_row() -> None:
    assert sorted(BY_SLUG) == sorted(SLUGS)


def test_the_page_names_the_rows_that_go_near_what_hurt() -> None:
    (named,) = re.findall(r"^Rows ([\d, and]+) go near what hurt", PAGE, re.MULTILINE)
    assert [int(each) for each in re.findall(r"\d+", named)] == [
        row.number for row in ROWS if row.hurts
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.slug)
def test_what_goes_near_what_hurt_is_not_for_falling_asleep_to(row: Row) -> None:
    assert script(row.slug).not_for == (("sleep",) if row.hurts else ())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.slug)
def test_each_step_stands_in_a_chapter_of_its_script(row: Row) -> None:
    chapters = re.findall(r'chapter\("([^"]+)"\)', script(row.slug).body)
    assert {each.chapter for each in row.steps} <= set(chapters)


# --- for every listener -----------------------------------------------------------------------


def is_whole(edition: Edition) -> None:
    """Every sentence is one that a person could have written by hand for this listener."""
    for text in edition.texts:
        assert not re.search(r"\b(\w+) \1\b", text, re.IGNORECASE), text
        assert not re.search(r"  |^ | $| [.,;:!?]|[.,;:!?]{2}", text), text
        assert not re.search(r"[{}<>\[\]()|\\_*#%\ue000-\uf8ff]|\b(?:None|null)\b|\d", text), text
        assert re.match(r"[A-Z“\"]", text), text
        assert re.search(r"[.!?]$", text), text
        for article, word in re.findall(r"\b(an?) ([\w'-]+)", text, re.IGNORECASE):
            assert _article(word) == article.lower(), text


@cache
def _article(word: str) -> str:
    """The article that word takes, as another's grammar has it."""
    return str(inflect.engine().a(word)).split(" ")[0]


OTHERS = {
    "she": r"\b(?:he|him|his)\b",
    "he": r"\b(?:she|her)\b",
    "it": r"\b(?:she|her|he|him|his)\b",
    "they": r"\b(?:she|her|he|him|his)\b",
}
"""Words that are wrong in a sentence about somebody of that pronoun."""
WRONG_VERB = re.compile(
    r"(?<!might )(?<!would )(?<!does )(?<!let )(?<!is )(?<!doing )(?<!did )(?<!of )"
    r"\b(?:she|he|it) (?:are|have|do|go|like|ask|sit)\b"
    r"|\bthey (?:is|was|has|does|goes|likes|asks|sits)\b",
    re.IGNORECASE,
)


def has_the_right_pronouns(edition: Edition) -> None:
    """Whoever is spoken of by a pronoun is spoken of by that one, and the verb goes with it."""
    assert not any(WRONG_VERB.search(text) for text in edition.texts)
    told = [name for name in edition.chosen if name.endswith("_pronoun")]
    assert len(told) <= 1, "one is told apart from another by nothing but the pronoun"
    for name in told:
        wrong = re.compile(OTHERS[str(edition.chosen[name])], re.IGNORECASE)
        for text in spoken_of(edition):
            assert not wrong.search(text), text


def spoken_of(edition: Edition) -> Iterator[str]:
    """The sentences that speak a detail, without what the listener wrote."""
    for cue in edition.cues:
        if isinstance(cue, Phrase) and cue.personal:
            yield re.sub(r"the thought that .*?(?=[,.]|$)", "", cue.text)


def takes_its_steps(edition: Edition) -> None:
    """The steps of its row are there, one after the other; those for other choices are not."""
    chapters = list(edition.sections)
    reached, position = 0, 0
    for step in BY_SLUG[edition.slug].steps:
        if not step.belongs(edition):
            cues = edition.sections.get(step.chapter, [])
            assert step.cue.at(cues, 0, edition) is None, f"{step.what} belongs to another choice"
            continue
        assert step.chapter in chapters[reached:], f"{step.what}: its chapter comes too late"
        here = chapters.index(step.chapter)
        position = position if here == reached else 0
        found = step.cue.at(edition.sections[step.chapter], position, edition)
        assert found is not None, f"{step.what} is not in '{step.chapter}'"
        reached, position = here, found


ASKED = re.compile(r"from zero to ten")
NO_TOUCH = re.compile(r"rather not|\bor\b|\bif you like\b|no touch|\bmay\b", re.IGNORECASE)
NEVER = re.compile(
    r"\bforgiv|\breconcil|\bpardon|\bheal(?:s|ed|ing)?\b|\bcur(?:e|es|ed|ing)\b|until it is gone"
    r"|\b(?:he|she|they|it) (?:do|does|did|is doing|are doing) (?:his|her|their|its) best"
    r"|remember (?:what|when|how) (?:was|they|he|she|you)",
    re.IGNORECASE,
)
"""What no listener is asked or promised, and what is said of nobody but the listener."""


def is_kind(edition: Edition) -> None:
    """The rules for every practice: how to stop, the way back, nothing forced, nothing promised."""
    cues, texts = edition.cues, edition.texts
    assert isinstance(cues[0], Bell)
    assert isinstance(cues[-1], Bell)
    assert isinstance(cues[1], Chapter)
    _bell, opening, *_between, closing = edition.sections
    first, last = (" ".join(edition.said(title)) for title in (opening, closing))
    for pattern in ("stop at any time", "open your eyes", "feel your feet"):
        assert re.search(pattern, first, re.IGNORECASE), pattern
    assert re.search("stop at any time", " ".join(texts[:6]))
    assert re.search(r"sounds around you.*feet.*Open your eyes.*room.*today", last)
    for index, text in enumerate(texts):
        assert not NEVER.search(text), text
        if re.search(r"\b(?:lay|put) an? (?:hand|palm)\b", text, re.IGNORECASE):
            assert NO_TOUCH.search(" ".join(texts[index : index + 3])), text
    assert not any(isinstance(cue, Beat) and "hold" in cue.breath for cue in cues)


def asks_twice_and_answers(edition: Edition) -> None:
    """The zero to ten question comes twice or never, and a number that rose is no failure."""
    asked = [index for index, text in enumerate(edition.texts) if ASKED.search(text)]
    assert len(asked) == (2 if edition.chosen.get("check_in") else 0)
    if asked:
        after = " ".join(edition.texts[asked[1] + 1 : asked[1] + 6])
        for pattern in ("went up, you did nothing wrong", "stop here", "feet", "Call someone"):
            assert pattern in after, pattern
        assert asked[0] < 12


QUOTED = (
    r"^(?:The voice|Then the voice) says, |^In there, the young one thinks, |came to think was, "
)


def quotes_with_care(edition: Edition) -> None:
    """A harsh sentence is given as somebody's, at most twice, and never the last word."""
    harsh = [edition.known.answers.get(name) for name in ("critic_says", "younger_self_belief")]
    others = {v for k, v in edition.known.answers.items() if v not in harsh or k == "name"}
    for told in filter(None, harsh):
        bare = str(told).rstrip("?!.")
        assert not any(isinstance(c, Echo) and bare in c.phrase.text for c in edition.cues)
        said = edition.stretched("most_s")
        quotes = [
            i for i, each in enumerate(said) if re.search(f"{QUOTED}{re.escape(bare)}", each.text)
        ]
        assert 1 <= len(quotes) <= 2
        if list(edition.known.answers.values()).count(told) == 1 and others:
            assert sum(bare in each.text for each in said) == len(quotes)
        for index in quotes:
            assert said[index].silence_s <= 15
            assert said[index].section == said[index + 1].section


BACK = f"(?:back|turn|out|down)(?: alone)? to {WARM}|(?:be|breath|sit down) with {WARM}|^let {WARM}"
"""How a sentence ends a visit to what hurts; any other that names what warms begins one."""
AWAY_S, AFTER_PAIN_S, WARM_S = 240.0, 40.0, 120.0
MILD = re.compile(
    r"\bthree\b.*\bten\b|\bfour out of ten\b|\ba three\b|\bmild"
    r"|\b(?:plain|ordinary) day|slow afternoon"
)


def stays_near_what_warms(edition: Edition) -> None:
    """The stricter rules: from warmth, to something mild, back in time, and warmth at the end."""
    _bell, opening, warm, *_between, final = edition.sections
    assert re.search(f"{edition.care}|warms? you", " ".join(edition.said(warm)))
    assert MILD.search(" ".join(edition.texts))
    near = re.compile(edition.care)
    back = re.compile(BACK.replace(WARM, edition.care), re.IGNORECASE)
    away_s, away, here = 0.0, True, warm
    for each in edition.stretched("most_s"):
        if each.section in (opening, warm, final):
            continue
        if near.search(each.text):
            away_s, away = 0.0, not back.search(each.text)
        elif each.section != here:
            away = True
        here = each.section
        assert away_s + each.length_s < AWAY_S, each.text
        assert not away or each.silence_s <= AFTER_PAIN_S, each.text
        away_s += each.length_s + each.silence_s
    assert warmth_s(edition, final) >= WARM_S


def warmth_s(edition: Edition, final: str) -> float:
    """From the last turn to what warms to the question or the close, every pause at its least."""
    said = [each for each in edition.stretched("least_s") if each.section == final]
    turned = next(
        each for each in said if re.search(f"[Tt]urn to (?:the )?{edition.care}", each.text)
    )
    ended = next(each for each in said if re.search(f"{ASKED.pattern}|nearly time", each.text))
    return ended.start_s - turned.start_s


def is_as_it_should_be(edition: Edition) -> None:
    """Everything that holds for any edition of a script, whatever its length."""
    is_whole(edition)
    has_the_right_pronouns(edition)
    takes_its_steps(edition)
    is_kind(edition)
    asks_twice_and_answers(edition)
    quotes_with_care(edition)
    if BY_SLUG[edition.slug].hurts:
        stays_near_what_warms(edition)


def can_be_planned(edition: Edition) -> None:
    """It lasts what was asked, at its least, at a quarter of an hour and at its most."""
    chosen = script(edition.slug)
    for length_s in (chosen.least_s, 15 * 60, chosen.most_s):
        timeline = edition.lasting(round(length_s / 60)).plan(length_s)
        assert timeline.frames == to_frames(length_s)
        assert 0.35 <= timeline.silence_share <= 0.80
        for strike in timeline.strikes:
            bells.check(strike.kind)


@pytest.mark.parametrize("slug", SLUGS)
def test_whoever_listens_hears_a_whole_and_careful_practice(slug: str) -> None:
    heard_by(FEW, slug, is_as_it_should_be)


@pytest.mark.parametrize("slug", SLUGS)
def test_whoever_listens_gets_the_length_they_asked_for(slug: str) -> None:
    heard_by(SOME, slug, can_be_planned)


def two_hundred(slug: str) -> None:
    heard_by(MANY, slug, is_as_it_should_be)
    heard_by(SOME, slug, can_be_planned)


@pytest.mark.slow
def test_two_hundred_listeners_of_each_hear_what_they_should() -> None:
    """On every core: filling a script takes 25 ms, and 4,800 of them are filled."""
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(two_hundred, SLUGS))
