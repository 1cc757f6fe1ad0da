"""The meditations that come along, as they are written: what each promises, and how it reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listeners import SLUGS, Edition, marks, script, source
from steps import ROWS

from generator import bed, personalise
from generator.errors import DetailError
from generator.model import Answer, Cue, Listener, Phrase
from generator.personalise import FILTERS
from generator.script import fill

LEAST_MINUTES = {"difficult-client": 12, "the-child-my-client-was": 10}
"""Those that cannot be done in eight: the way there and back from a hard picture takes longer."""
NOBODY = Listener({}, {})


def told(slug: str, minutes: int = 12, **answers: object) -> str:
    """All that this script says to a listener who told that."""
    return " ".join(Edition(slug, personalise.check(script(slug), answers), minutes).texts)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_front_matter_promises_what_the_house_has(slug: str) -> None:
    chosen = script(slug)
    bed.check(chosen.bed)
    assert chosen.sources
    assert (chosen.least_s, chosen.most_s) == (LEAST_MINUTES.get(slug, 8) * 60, 25 * 60)
    assert chosen.title != chosen.summary
    assert all(each.ask.endswith(("?", ".")) for each in chosen.fields)
    assert all(each.example for each in chosen.fields)
    for each in chosen.fields:
        personalise.checked(each, each.example)
    assert source(slug).count("length_minutes") == len(
        re.findall(r"length_minutes >= \d+", source(slug))
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_a_longer_edition_says_more_and_does_not_only_wait_longer(slug: str) -> None:
    least, longer, most = (
        set(Edition(slug, NOBODY, minutes).texts) for minutes in (marks(slug)[0], 15, 20)
    )
    assert len(longer) >= len(least) + 6
    assert len(most) >= len(longer) + 5


SPEAKABLE = st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="[]{}<>|\\")
VALUES = st.text(SPEAKABLE, min_size=1, max_size=120) | st.sampled_from(
    ("Dr. Müller", "Why?", "St. John's, etc.", "no... really?!", "a.b.c.", "…and?", "“Rest.”")
)


def bones(cues: tuple[Cue, ...]) -> list[Cue | float]:
    """All cues in order, of what is spoken only that it is, and its pace."""
    return [cue.pace if isinstance(cue, Phrase) else cue for cue in cues]


def filled(slug: str, answers: Mapping[str, Answer]) -> tuple[Cue, ...]:
    chosen = script(slug)
    return fill(chosen, answers, dict.fromkeys(chosen.switches, True), 25, FILTERS)


@cache
def told_sam(slug: str) -> tuple[Cue, ...]:
    return filled(slug, {each.name: "Sam" for each in script(slug).fields if each.kind == "text"})


@pytest.mark.parametrize("slug", SLUGS)
@given(VALUES)
@settings(max_examples=10)
def test_no_value_changes_anything_but_the_words(slug: str, value: str) -> None:
    fields = [each for each in script(slug).fields if each.kind == "text"]
    try:
        answers = {each.name: personalise.checked(each, value) for each in fields}
    except DetailError:
        return
    plain, woven = told_sam(slug), filled(slug, answers)
    assert bones(woven) == bones(plain)
    for before, after in zip(plain, woven, strict=True):
        if isinstance(before, Phrase) and isinstance(after, Phrase):
            assert before.personal == after.personal
            assert before.personal or before.text == after.text
            assert after.text[-1] in ".?!", "the author's own stop is never swallowed"


# --- words for an age -------------------------------------------------------------------------

REGISTERS = {
    "three-children": ("I am big", "I like you", "not lecture"),
    "younger-self-new-story": ("Little ones do not", "a piece missing", "took the blame"),
    "rupture-and-repair": ("so hard to wait", "can tell that you hate it", "I heard you out"),
    "the-child-my-client-was": ("hello, little one", "I was hoping to find you", "no speeches"),
}
"""What is said to a child up to six, up to twelve, and up to seventeen, and to no other."""


@pytest.mark.parametrize("slug", REGISTERS)
@pytest.mark.parametrize("age", range(3, 18))
def test_a_young_one_is_spoken_to_as_one_speaks_at_that_age(slug: str, age: int) -> None:
    field = "child_age" if slug == "the-child-my-client-was" else "age"
    said = told(slug, **{field: age})
    heard = [words in said for words in REGISTERS[slug]]
    assert heard == [age <= 6, 6 < age < 13, age >= 13]
    assert personalise.words(age) in said


@pytest.mark.parametrize("slug", REGISTERS)
def test_a_young_one_of_no_age_is_spoken_to_as_any_could_be(slug: str) -> None:
    assert not any(words in told(slug) for words in REGISTERS[slug])


def test_nobody_of_nine_is_picked_up_like_a_small_child() -> None:
    assert "pick this one up" not in told("three-children", age=9)
    assert "pick up this small one" in told("three-children", age=3)


@pytest.mark.parametrize(("minutes", "rungs"), [(8, 5), (12, 7), (25, 9)])
@pytest.mark.parametrize("age", [18, 41, 97, 110])
def test_a_ladder_ends_at_the_age_of_today_whoever_climbs(
    minutes: int, rungs: int, age: int
) -> None:
    said = told("age-ladder", minutes, current_age=age)
    climbed = re.findall(r"you, aged ([a-z -]+?)(?:,|\.)", said)
    expected = [personalise.words(personalise.rung(age, n, rungs)) for n in range(2, rungs + 1)]
    assert climbed == expected
    assert climbed[-1] == personalise.words(age)


@pytest.mark.parametrize("field", ["critic_says", "younger_self_belief"])
def test_a_harsh_sentence_is_quoted_as_it_was_given(field: str) -> None:
    for row in ROWS:
        if script(row.slug).find(field):
            said = told(row.slug, **{field: "I can't ever rest"})
            assert ", I can't ever rest." in said


# --- easy to follow by ear --------------------------------------------------------------------

LEAST_EASE = 70.0
"""Flesch's "fairly easy" begins there."""


def syllables(word: str) -> int:
    """How many an English word has, by its spelling: groups of vowels, less the e nobody says."""
    bare = re.sub(r"[^a-z]", "", word.lower())
    silent = re.sub(r"(?<=[^aeiouyl])(?:e|es|ed)$|(?<=[aeiou]l)es?$", "", bare)
    kept = bare if re.search(r"(?:[^t]t|d|tt)ed$|(?:s|x|z|ch|sh|g|c)es$", bare) else silent
    return max(
        1,
        len(re.findall(r"[aeiouy]+", kept))
        + len(re.findall(r"(?<![tscg])i[ao]|ying|eing|[dr]ea$", kept)),
    )


def reading_ease(sentences: tuple[str, ...]) -> float:
    """How easily they are read, after Rudolf Flesch: 100 is very easy, under 30 very hard."""
    words = [word for text in sentences for word in re.findall(r"[\w'’-]+", text)]
    spoken = sum(map(syllables, words))
    return 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * spoken / len(words)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "you breath held the through knee asks hums stove eight palms warmed"),
        (2, "body gentle waiting needed horses little open being people apple riot saying"),
        (3, "animal remember another idea beginning family"),
        (4, "invitation particular kindheartedly"),
    ],
)
def test_syllables_are_counted_as_a_dictionary_has_them(count: int, words: str) -> None:
    assert {each: syllables(each) for each in words.split()} == dict.fromkeys(words.split(), count)


def test_the_scale_is_that_of_flesch() -> None:
    assert reading_ease(("The cat sat on the mat.",)) == pytest.approx(116.145)
    lecture = "Unconditional physiological equanimity necessitates contemplative deliberation."
    assert reading_ease((lecture,)) < 0


@pytest.mark.parametrize("slug", SLUGS)
def test_every_script_is_easy_to_follow_by_ear(slug: str) -> None:
    for minutes in marks(slug):
        texts = Edition(slug, NOBODY, minutes).texts
        assert reading_ease(texts) >= LEAST_EASE
        assert max(len(text.split()) for text in texts) <= 24


# --- in words of our own ----------------------------------------------------------------------

KNOWN_FOR = (
    "this is a moment of suffering suffering is a part of life",
    "may i be kind to myself in this moment may i give myself the compassion i need",
    "may you be happy may you be healthy may you be safe may you live with ease",
    "may i be filled with loving kindness may i be well may i be peaceful and at ease",
    "may i be free from inner and outer harm and danger",
    "breathing in i know that i am breathing in breathing out i know that i am breathing out",
    "breathing in i calm my body breathing out i smile",
    "dwelling in the present moment i know this is a wonderful moment",
    "as long as you are breathing there is more right with you than wrong with you",
    "you can't stop the waves but you can learn to surf",
    "this being human is a guest house every morning a new arrival",
    "out beyond ideas of wrongdoing and rightdoing there is a field i'll meet you there",
    "you are the sky everything else is just the weather",
    "feelings come and go like clouds in a windy sky",
    "between stimulus and response there is a space",
    "you yourself as much as anybody in the entire universe deserve your love and affection",
    "paying attention in a particular way on purpose in the present moment non judgmentally",
    "wherever you go there you are",
    "how do you feel toward this part what does it want you to know",
    "what are you afraid would happen if you stopped doing this job",
    "put your hand on your heart and feel its gentle pressure and warmth",
    "simply notice that the mind has wandered and gently bring it back to the breath",
    "allow your eyes to close and begin to bring your attention to your breathing",
    "everyone you meet is fighting a battle you know nothing about",
    "i am larger better than i thought i did not know i held so much goodness",
    "you do not have to be good you do not have to walk on your knees",
    "let the soft animal of your body love what it loves",
    "recognize allow investigate with interest and care nurture with self compassion",
)
"""What other people's meditations, and poems read in them, are known by."""


def runs(text: str, of: int = 6) -> set[tuple[str, ...]]:
    """Every run of so many words."""
    words = re.findall(r"[\w'’]+", text.lower())
    return set(zip(*(islice(words, start, None) for start in range(of)), strict=False))


@pytest.mark.parametrize("slug", SLUGS)
def test_no_six_words_in_a_row_are_what_somebody_else_is_known_for(slug: str) -> None:
    known = set().union(*map(runs, KNOWN_FOR))
    own = " ".join(re.sub(r"\{[{%#].*?[#%}]\}", " ", source(slug), flags=re.DOTALL).split())
    repeated = " ".join(re.findall(r'repeat\("([^"]+)"\)', source(slug)))
    assert not (runs(own) | runs(repeated)) & known
