"""The meditations that come along, as anybody might have them, awkward answers among theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial

from hypothesis import strategies as st

from generator import personalise, plan, speech, system, voices
from generator.audio import to_seconds
from generator.model import Chapter, Cue, Field, Listener, Pause, Phrase, Script, Timeline
from generator.model.cue import phrases_in
from generator.personalise import FILTERS, again, noun
from generator.script import available, fill, load

FOLDERS = system.folders().scripts[-1:]
SLUGS = tuple(slug for slug in available(FOLDERS) if "/" not in slug)
"""The practices in English: talks, and those in another language, lie in folders of their own."""
VOICE = voices.load(voices.DEFAULT, system.folders().voices[-1:])
ESTIMATE = partial(speech.estimate_frames, voice=VOICE)

NAMES = ("Sam", "Zoë", "Dr. Müller", "Anne-Marie", "Siobhán", "mum")
WORDS = (
    "the sound of rain on my tent",
    "Dr. Müller",
    "my twins",
    "I can't ever rest",
    "an old oak",
    "our grandparents",
    "me and my sister Iris",
    "everyone at St. John's",
    "to sleep without rehearsing tomorrow",
    "it is my fault when they shout",
    "where I was happy, the house by the lake",
)
"""Told of anything: none of them was written with a sentence of ours in mind."""
HARSH = (*WORDS, "you will never be ready", "Who do you think you are?!", "Why?")


@cache
def script(slug: str) -> Script:
    return load(slug, FOLDERS)


@cache
def source(slug: str) -> str:
    """A script with the parts that it brings in."""
    chosen = script(slug)
    used = re.findall(r'part\("([\w-]+)"\)', chosen.body)
    return chosen.body + "".join(chosen.parts[name] for name in used)


@cache
def marks(slug: str) -> tuple[int, ...]:
    """The lengths in minutes at which a script says something else than just under them."""
    least = round(script(slug).least_s / 60)
    written = {int(each) for each in re.findall(r"length_minutes >= (\d+)", source(slug))}
    return (least, *sorted(each for each in written if each > least))


@dataclass(frozen=True)
class Edition:
    """One script as one listener would have it."""

    slug: str
    known: Listener
    minutes: int

    def __repr__(self) -> str:
        told = {**self.known.answers, **self.known.switches}
        return f"Edition({self.slug!r}, {self.minutes} minutes, {told!r})"

    def lasting(self, minutes: int) -> Edition:
        return replace(self, minutes=minutes)

    @cached_property
    def chosen(self) -> dict[str, object]:
        """What holds for it: answers with their defaults, and switches."""
        fields = script(self.slug).fields
        answers = {each.name: self.known.answers.get(each.name, each.default) for each in fields}
        unset = dict.fromkeys(script(self.slug).switches, False)
        return {**answers, **unset, **self.known.switches}

    @cached_property
    def cues(self) -> tuple[Cue, ...]:
        known = self.known
        return fill(script(self.slug), known.answers, known.switches, self.minutes, FILTERS)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(each.text for each in phrases_in(self.cues))

    @cached_property
    def sections(self) -> dict[str, list[Cue]]:
        """Its cues by chapter, in order; the first bell stands before any."""
        found: dict[str, list[Cue]] = {}
        title = ""
        for cue in self.cues:
            title = cue.title if isinstance(cue, Chapter) else title
            found.setdefault(title, []).append(cue)
        return found

    def said(self, title: str) -> list[str]:
        """What is said in that chapter, in order."""
        return [each.text for each in phrases_in(self.sections.get(title, ()))]

    @cached_property
    def care(self) -> str:
        """A pattern of how the one that warms is named when it is spoken of."""
        told = self.known.answers.get("care_object")
        if not told:
            return "(?:what|one that) warms you"
        return "(?:" + "|".join(re.escape(name(str(told))) for name in (noun, again)) + ")"

    def plan(self, length_s: float | None) -> Timeline:
        """The plan of it, from what its sentences should take to say."""
        return plan.settle(self.cues, ESTIMATE, length_s, title=self.slug, bed="none")

    def stretched(self, bound: str) -> tuple[Said, ...]:
        """Every phrase, with each pause at its ``least_s`` or its ``most_s``."""
        cues = [
            replace(cue, natural_s=getattr(cue, bound)) if isinstance(cue, Pause) else cue
            for cue in self.cues
        ]
        timeline = plan.settle(cues, ESTIMATE, None, title=self.slug, bed="none")
        starts = [each.start_frame for each in timeline.spoken[1:]] + [timeline.frames]
        return tuple(
            Said(
                each.phrase,
                next(s.title for s in timeline.sections if each.start_frame < s.end_frame),
                to_seconds(each.start_frame),
                to_seconds(each.frames),
                to_seconds(start - each.end_frame),
            )
            for each, start in zip(timeline.spoken, starts, strict=True)
        )


@dataclass(frozen=True)
class Said:
    """A phrase and the silence after it, in a plan whose pauses are all at one of their bounds."""

    phrase: Phrase
    section: str
    start_s: float
    length_s: float
    silence_s: float

    @property
    def text(self) -> str:
        return self.phrase.text


def _told(field: Field) -> st.SearchStrategy[object]:
    """What a listener may answer, or leave open."""
    if field.kind == "whole":
        edges = {field.least, field.most, 3, 97} & set(range(field.least, field.most + 1))
        return st.none() | st.sampled_from(sorted(edges)) | st.integers(field.least, field.most)
    if field.kind == "choice":
        return st.none() | st.sampled_from(field.choices)
    own = {"name": NAMES, "critic_says": HARSH, "younger_self_belief": HARSH}
    return st.none() | st.sampled_from(own.get(field.name, WORDS))


@cache
def listeners(slug: str) -> st.SearchStrategy[Listener]:
    """Anybody who may listen to that script: details missing, switches as they may be set."""
    chosen = script(slug)
    asked = {each.name: _told(each) for each in chosen.fields}
    switches = {name: st.booleans() for name in chosen.switches}
    return st.fixed_dictionaries(asked, optional=switches).map(
        lambda drawn: personalise.check(chosen, {k: v for k, v in drawn.items() if v is not None})
    )


@cache
def editions(slug: str) -> st.SearchStrategy[Edition]:
    """Any edition, at a length where the script begins to say more, or at its longest."""
    return st.builds(Edition, st.just(slug), listeners(slug), st.sampled_from(marks(slug)))
