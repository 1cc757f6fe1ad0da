"""The meditations that come along: whole, careful, and of any length they promise."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written import texts

from generator import bed, bells, personalise, plan, speech, system, voices
from generator.audio import to_frames, to_seconds
from generator.errors import DetailError
from generator.model import Beat, Bell, Chapter, Cue, Echo, Pause, Phrase, Script, Timeline
from generator.personalise import FILTERS, yours
from generator.script import available, fill, load

FOLDERS = system.folders().scripts[-1:]
SLUGS = tuple(slug for slug in available(FOLDERS) if "/" not in slug)
"""The practices in English; talks, and those in other languages, have tests of their own."""
VOICE = voices.load(voices.DEFAULT, system.folders().voices[-1:])
ESTIMATE = partial(speech.estimate_frames, voice=VOICE)
MINUTES = (8, 12, 15, 20, 25)
EDGES = (8, 10, 11, 14, 15, 19, 20, 25)
"""Scripts say more from 15 and from 20 minutes on: it is tightest just before and just after."""
LEAST_MINUTES = {"difficult-client": 12, "the-child-my-client-was": 10}
"""Those that cannot be done in eight: the way there and back from a hard picture takes longer."""


def minutes_of(slug: str, of: tuple[int, ...] = MINUTES) -> list[int]:
    """The lengths that the script promises, its least among them."""
    least = LEAST_MINUTES.get(slug, 8)
    return [least, *(each for each in of if each > least)]


DETAILS: dict[str, dict[str, object]] = {
    "nobody": {},
    "rain": {
        "name": "Sam",
        "care_object": "the sound of rain on my tent",
        "care_object_kind": "thing",
        "care_object_pronoun": "it",
        "age": 4,
        "critic_name": "the voice of my old headmaster",
        "critic_says": "you will never be ready",
        "kind_name": "my lookout on the hill",
        "situation": "my talk on Monday",
    },
    "doctor": {
        "name": "Dr. Müller",
        "care_object": "Dr. Müller",
        "care_object_kind": "person",
        "care_object_pronoun": "she",
        "age": 9,
        "critic_name": "Dr. Müller",
        "critic_says": "Why?",
        "kind_name": "Dr. Müller",
        "situation": "the visit to Dr. Müller",
    },
    "twins": {
        "care_object": "my twins",
        "care_object_kind": "person",
        "care_object_pronoun": "they",
        "age": 16,
        "critic_name": "my twins",
        "critic_says": "Who do you think you are?!",
        "kind_name": "my twins",
        "situation": "the day I was late for my twins",
    },
    "rest": {
        "name": "I can't ever rest",
        "care_object": "I can't ever rest",
        "care_object_kind": "place",
        "critic_name": "I can't ever rest",
        "critic_says": "I can't ever rest",
        "situation": "I can't ever rest",
    },
    "dog": {"care_object": "my old dog Biscuit", "care_object_kind": "animal", "age": 3},
}


@dataclass(frozen=True)
class Edition:
    """One script as one listener would have it."""

    slug: str
    told: str
    gentle: bool
    check_in: bool

    def __str__(self) -> str:
        marks = [self.slug, self.told, *(["gentle"] * self.gentle), *(["check"] * self.check_in)]
        return "-".join(marks)

    @property
    def answers(self) -> dict[str, object]:
        fields = {each.name for each in script(self.slug).fields}
        return {name: told for name, told in DETAILS[self.told].items() if name in fields}

    @property
    def care(self) -> str:
        """How the care object is named when it is spoken of."""
        told = self.answers.get("care_object")
        return re.escape(yours(str(told))) if told else "(?:what|one that) warms you"


@cache
def script(slug: str) -> Script:
    return load(slug, FOLDERS)


@cache
def source(slug: str) -> str:
    chosen = script(slug)
    used = re.findall(r'part\("([\w-]+)"\)', chosen.body)
    return chosen.body + "".join(chosen.parts[name] for name in used)


@cache
def cues_of(edition: Edition, minutes: int) -> tuple[Cue, ...]:
    """The filled script; a length counts only by the marks it has reached, so few are filled."""
    marks = [int(mark) for mark in re.findall(r"length_minutes >= (\d+)", source(edition.slug))]
    reached = max([mark for mark in marks if mark <= minutes], default=0)
    return _filled(edition, reached)


@cache
def _filled(edition: Edition, minutes: int) -> tuple[Cue, ...]:
    chosen = script(edition.slug)
    switches = {"gentle": edition.gentle, "check_in": edition.check_in}
    supplied = {**edition.answers, **{k: on for k, on in switches.items() if k in chosen.switches}}
    listener = personalise.check(chosen, supplied)
    return fill(chosen, listener.answers, listener.switches, minutes, FILTERS)


@cache
def timeline_of(edition: Edition, minutes: int) -> Timeline:
    cues = cues_of(edition, minutes)
    return plan.settle(cues, ESTIMATE, minutes * 60, title=edition.slug, bed="none")


def editions(*slugs: str) -> list[Edition]:
    return [
        Edition(slug, told, gentle, check_in)
        for slug in slugs or SLUGS
        for told in DETAILS
        for gentle in (False, True)
        for check_in in ((False, True) if "check_in" in script(slug).switches else (False,))
    ]


QUICK = {"nobody": SLUGS, "rain": ("care-circuit", "meet-the-critic", "three-children")}
"""Who is told which scripts in the fast suite; all others hear them in the slow one."""


def every(*slugs: str) -> pytest.MarkDecorator:
    marked = [
        pytest.param(each, marks=[] if each.slug in QUICK.get(each.told, ()) else pytest.mark.slow)
        for each in editions(*slugs)
    ]
    return pytest.mark.parametrize("edition", marked, ids=str)


@dataclass(frozen=True)
class Said:
    """A phrase as far from the next one as its author ever lets it be."""

    text: str
    section: str
    length_s: float
    silence_s: float


@cache
def at_their_longest(edition: Edition, minutes: int) -> tuple[Said, ...]:
    """Every phrase, with every pause at its most."""
    cues = [
        replace(cue, natural_s=cue.most_s) if isinstance(cue, Pause) else cue
        for cue in cues_of(edition, minutes)
    ]
    longest = plan.settle(cues, ESTIMATE, None, title=edition.slug, bed="none")
    starts = [each.start_frame for each in longest.spoken[1:]] + [longest.frames]
    return tuple(
        Said(
            each.phrase.text,
            next(s.title for s in longest.sections if each.start_frame < s.end_frame),
            to_seconds(each.frames),
            to_seconds(start - each.end_frame),
        )
        for each, start in zip(longest.spoken, starts, strict=True)
    )


def by_section(timeline: Timeline) -> dict[str, list[str]]:
    """What is said in each section, in order."""
    return {
        section.title: [
            each.phrase.text
            for each in timeline.spoken
            if section.start_frame <= each.start_frame < section.end_frame
        ]
        for section in timeline.sections
    }


def test_the_scripts_that_must_come_along_do() -> None:
    assert {"care-circuit", "three-children", "meet-the-critic"} <= set(SLUGS)


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


# --- any edition, any length ------------------------------------------------------------------


@every()
def test_every_edition_can_be_every_length_its_script_promises(edition: Edition) -> None:
    for minutes in minutes_of(edition.slug, EDGES):
        timeline = timeline_of(edition, minutes)
        assert timeline.frames == to_frames(minutes * 60)
        assert 0.35 <= timeline.silence_share <= 0.80
        for strike in timeline.strikes:
            bells.check(strike.kind)


@every()
def test_the_text_is_whole_speakable_and_in_short_sentences(edition: Edition) -> None:
    for minutes in minutes_of(edition.slug):
        for text in texts(cues_of(edition, minutes)):
            assert not re.search(r"\b(\w+) \1\b", text, re.IGNORECASE), text
            assert not re.search(r"  |^ | $| [.,;:!?]|[.,;:!?]{2}", text), text
            assert not re.search(r"[{}<>\[\]|\\_*#%\ue000-\uf8ff]|\bNone\b|\d", text), text
            assert re.match(r"[A-Z“\"]", text), text
            assert re.search(r"[.!?]$", text), text
            assert len(text.split()) <= 24, text
            assert text.count("(") == text.count(")") == 0


@every()
def test_it_says_how_to_stop_before_anything_is_asked_and_comes_back_at_the_end(
    edition: Edition,
) -> None:
    for minutes in minutes_of(edition.slug):
        cues = cues_of(edition, minutes)
        assert isinstance(cues[0], Bell)
        assert isinstance(cues[-1], Bell)
        assert isinstance(cues[1], Chapter)
        said = by_section(timeline_of(edition, minutes))
        first, *_between, last = (" ".join(each) for each in said.values())
        for pattern in (r"stop at any time", r"open your eyes", r"feel your feet"):
            assert re.search(pattern, first, re.IGNORECASE)
        assert re.search("stop at any time", " ".join(texts(cues)[:6]))
        returning = r"sounds around you.*feet.*Open your eyes.*room.*today"
        assert re.search(returning, last)


@every()
def test_a_number_is_asked_twice_and_one_that_rose_is_answered(edition: Edition) -> None:
    for minutes in minutes_of(edition.slug):
        said = texts(cues_of(edition, minutes))
        asked = [i for i, text in enumerate(said) if "from zero to ten" in text]
        assert len(asked) == (2 if edition.check_in else 0)
        if asked:
            after = " ".join(said[asked[1] + 1 : asked[1] + 6])
            for pattern in ("went up, you did nothing wrong", "stop here", "feet", "Call someone"):
                assert pattern in after
            assert asked[0] < 12


SPEAKABLE = st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="[]{}<>|\\")
VALUES = st.text(SPEAKABLE, min_size=1, max_size=120) | st.sampled_from(
    ("Dr. Müller", "Why?", "St. John's, etc.", "no... really?!", "a.b.c.", "…and?", "“Rest.”")
)


def bones(cues: tuple[Cue, ...]) -> list[Cue | float]:
    """All cues in order, of what is spoken only that it is, and its pace."""
    return [cue.pace if isinstance(cue, Phrase) else cue for cue in cues]


@pytest.mark.parametrize("slug", SLUGS)
@given(VALUES)
@settings(max_examples=10)
def test_no_value_changes_anything_but_the_words(slug: str, value: str) -> None:
    chosen = script(slug)
    fields = [each for each in chosen.fields if each.kind == "text"]
    try:
        told = {each.name: personalise.checked(each, value) for each in fields}
    except DetailError:
        return
    switches = dict.fromkeys(chosen.switches, True)
    plain = fill(chosen, {each.name: "Sam" for each in fields}, switches, 25, FILTERS)
    woven = fill(chosen, told, switches, 25, FILTERS)
    assert bones(woven) == bones(plain)
    for before, after in zip(plain, woven, strict=True):
        if isinstance(before, Phrase) and isinstance(after, Phrase):
            assert before.personal == after.personal
            assert before.personal or before.text == after.text
            assert after.text[-1] in ".?!", "the author's own stop is never swallowed"


# --- each practice does what makes it this practice -------------------------------------------

STEPS: dict[str, dict[str, tuple[str, ...]]] = {
    "care-circuit": {
        "Arriving": ("Sit or lie", "breath"),
        "Someone or something dear": ("to mind", "(?:sound|voice|[Hh]ear|breath)", "smell"),
        "Where it is felt": ("body", "warmth", "chest", "care"),
        "When little comes": ("very common", "another", "[Ww]ould you want", "enough"),
        "Letting it grow": ("breath", "spread"),
        "Resting": ("nothing more to do",),
        "Taking it along": ("take with you", "would rather not use touch", "Later on"),
    },
    "meet-the-critic": {
        "Arriving": ("Sit or lie",),
        "Solid ground": ("ground", "child"),
        "Hearing it once": ("voice", "once|The voice says", "your ground"),
        "Behind the voice": ("How old", "afraid"),
        "A word of thanks": ("thank", "guard", "need"),
        "Kinder work": ("You keep that wish, and all the strength", "work", "sharp eyes"),
        "Off duty": ("rest near you", "worried about"),
    },
    "three-children": {
        "Arriving": ("Sit or lie",),
        "Something warm": ("to mind", "warmer", "come back to, again"),
        "A young visitor": ("young", "each is welcome", "come back to", "fill up again"),
        "Someone else that age": ("who is not you", "very same", "wish"),
        "Side by side": ("by the other", "May you both", "come back to"),
        "All three": (
            "Each can be loved",
            "Neither .* chose",
            "stay close",
            "pick|carry",
            "your own",
        ),
        "Warmth to end on": ("turn to", "Where does the warmth live", "thank"),
    },
}


@pytest.mark.parametrize("minutes", MINUTES)
@every(*STEPS)
def test_its_steps_come_one_after_the_other(edition: Edition, minutes: int) -> None:
    said = by_section(timeline_of(edition, minutes))
    steps = STEPS[edition.slug]
    assert list(said) == list(steps)
    for title, patterns in steps.items():
        assert re.search(".*".join(patterns), " ".join(said[title])), title


@every("care-circuit")
def test_the_thing_that_warms_is_met_with_more_than_one_sense(edition: Edition) -> None:
    met = " ".join(by_section(timeline_of(edition, 8))["Someone or something dear"])
    senses = ("[Ss]ee|[Ll]ook|colour", "[Hh]ear|sound", "[Ff]eel|touch", "smell")
    assert all(re.search(sense, met) for sense in senses)


@pytest.mark.parametrize(
    "edition", [e for e in editions("meet-the-critic") if "critic_says" in e.answers], ids=str
)
def test_the_critic_is_quoted_briefly_and_never_left_with_the_last_word(edition: Edition) -> None:
    told = edition.answers["critic_says"]
    quoted = re.compile(rf"The voice says, {re.escape(str(told).rstrip('?!'))}[.?!]")
    for minutes in minutes_of(edition.slug):
        repeated = [c.phrase.text for c in cues_of(edition, minutes) if isinstance(c, Echo | Beat)]
        assert not any(str(told) in text for text in repeated)
        said = at_their_longest(edition, minutes)
        quotes = [i for i, each in enumerate(said) if quoted.fullmatch(each.text)]
        assert 1 <= len(quotes) <= 2
        if told != edition.answers.get("situation"):
            assert sum(str(told).rstrip("?!") in each.text for each in said) == len(quotes)
        for index in quotes:
            assert said[index].silence_s <= 15
            assert said[index].section == said[index + 1].section


@every("meet-the-critic")
def test_the_critic_s_sentence_is_quoted_as_it_was_given(edition: Edition) -> None:
    if edition.told == "rest":
        assert "The voice says, I can't ever rest." in texts(cues_of(edition, 8))


# --- three children: always near what warms ---------------------------------------------------

PAINFUL = ("A young visitor", "Someone else that age", "Side by side", "All three")
YOUNG = "young|other|both|them"
"""Words that turn to those who are visited, and so away from what warms."""


@every("three-children")
def test_it_is_back_with_what_warms_at_least_every_four_minutes(edition: Edition) -> None:
    for minutes in minutes_of(edition.slug):
        away_s, returns = 0.0, 0
        for each in at_their_longest(edition, minutes):
            if re.search(edition.care, each.text):
                away_s, returns = 0.0, returns + 1
            if returns and each.section != "Warmth to end on":
                assert away_s + each.length_s < 240, each.text
            away_s += each.length_s + each.silence_s
        assert returns >= 6
        timeline = timeline_of(edition, minutes)
        near = [each for each in timeline.spoken if re.search(edition.care, each.phrase.text)]
        ends = [each.start_frame for each in near[1:]] + [timeline.frames]
        for spoken, following in zip(near, ends, strict=True):
            assert to_seconds(following - spoken.end_frame) < 240, spoken.phrase.text


@every("three-children")
def test_no_long_silence_follows_a_painful_image_before_the_return(edition: Edition) -> None:
    back = re.compile(rf"(?:come back|turn) to {edition.care}")
    for minutes in minutes_of(edition.slug):
        away, returns, section = True, 0, ""
        for each in at_their_longest(edition, minutes):
            if each.section not in PAINFUL:
                continue
            if back.search(each.text):
                away, returns = False, returns + 1
            elif each.section != section or re.search(YOUNG, each.text):
                away = True
            section = each.section
            assert each.silence_s <= 40 or not away, each.text
        assert returns >= 2


@every("three-children")
def test_at_least_two_minutes_of_warmth_come_before_the_close(edition: Edition) -> None:
    for minutes in minutes_of(edition.slug, EDGES):
        timeline = timeline_of(edition, minutes)
        warm = next(s for s in timeline.sections if s.title == "Warmth to end on")
        inside = [each for each in timeline.spoken if each.start_frame >= warm.start_frame]
        turned = next(each for each in inside if re.search("turn to", each.phrase.text))
        closing = next(
            each
            for each in inside
            if re.search("from zero to ten|nearly time to come back", each.phrase.text)
        )
        assert to_seconds(closing.start_frame - turned.start_frame) >= 120


@pytest.mark.parametrize(("age", "said"), [(3, "I am big"), (7, "I like you"), (13, "not lecture")])
def test_a_young_one_is_spoken_to_as_one_speaks_at_that_age(age: int, said: str) -> None:
    chosen = script("three-children")
    told = " ".join(texts(fill(chosen, {"age": age}, {}, 12, FILTERS)))
    others = {"I am big", "I like you", "not lecture"} - {said}
    assert said in told
    assert not any(other in told for other in others)
    assert re.search(r"at the age of (?:three|seven|thirteen)\.", told)
