"""What makes each meditation the practice it is: its steps, and where its script takes them.

To be read beside docs/practices.md, whose table has the same rows with the same steps in the same
order. A step is taken when, in its chapter, its cue is met after the cue of the step before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from listeners import Edition

from generator.model import Bell, Cue, Echo, Phrase

WARM = "{warm}"
"""Stands in a cue for the one that warms, however this listener calls it."""


class Heard(Protocol):
    """A cue that shows a step to be taken."""

    def at(self, cues: Sequence[Cue], start: int, edition: Edition) -> int | None:
        """Where in a chapter it is met, looked for from ``start`` on."""


@dataclass(frozen=True)
class Spoken:
    """A sentence in which that pattern is found."""

    pattern: str

    def at(self, cues: Sequence[Cue], start: int, edition: Edition) -> int | None:
        pattern = re.compile(self.pattern.replace(WARM, edition.care))
        return _first(cues, start, lambda cue: isinstance(cue, Phrase) and pattern.search(cue.text))


@dataclass(frozen=True)
class Repeated:
    """A sentence, all of which is that pattern, that the listener is given time to say after."""

    pattern: str

    def at(self, cues: Sequence[Cue], start: int, _edition: Edition) -> int | None:
        whole = re.compile(self.pattern)
        return _first(
            cues, start, lambda cue: isinstance(cue, Echo) and whole.fullmatch(cue.phrase.text)
        )


@dataclass(frozen=True)
class Struck:
    """A bell, struck as often as that."""

    kind: str
    times: int

    def at(self, cues: Sequence[Cue], start: int, _edition: Edition) -> int | None:
        strokes = [
            index
            for index, cue in enumerate(cues)
            if index >= start and isinstance(cue, Bell) and cue.kind == self.kind
        ]
        return strokes[self.times - 1] if len(strokes) >= self.times else None


def _first(cues: Sequence[Cue], start: int, met: Callable[[Cue], object]) -> int | None:
    return next((at for at, cue in enumerate(cues) if at >= start and met(cue)), None)


@dataclass(frozen=True)
class Step:
    """One step of a practice."""

    what: str
    """As docs/practices.md has it."""
    chapter: str
    cue: Heard
    only: Mapping[str, object] = field(default_factory=dict)
    """The answers or switches it belongs to; with any other it must not be heard."""

    def belongs(self, edition: Edition) -> bool:
        return all(edition.chosen[name] == wanted for name, wanted in self.only.items())


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    number: int
    slug: str
    steps: tuple[Step, ...]
    hurts: bool = False
    """Whether it goes near what hurt: the stricter rules hold for it."""


def says(what: str, chapter: str, pattern: str, **only: object) -> Step:
    return Step(what, chapter, Spoken(pattern), only)


def repeats(what: str, chapter: str, text: str, **only: object) -> Step:
    return Step(what, chapter, Repeated(text), only)


ROWS = (
    Row(
        1,
        "care-circuit",
        (
            says("settle", "Arriving", "Sit or lie"),
            says("someone or something dear", "Someone or something dear", "to mind"),
            says("with all the senses", "Someone or something dear", "may be a smell"),
            says("where the body feels it", "Where it is felt", "touch of warmth"),
            says("what stirs is care", "Where it is felt", "that is care"),
            says("if little comes, another one", "When little comes", "Try another one"),
            says("the lowest bar is enough", "When little comes", "It is enough"),
            says("let it grow", "Letting it grow", "like to spread"),
            says("rest in it", "Resting", "nothing more to do"),
            says("take it along", "Taking it along", "take with you"),
        ),
    ),
    Row(
        2,
        "compassionate-being",
        (
            says("imagine someone on your side", "Someone on your side", "^Imagine|^Turn to the"),
            says(
                "or be loved by God",
                "Someone on your side",
                "love of God|love is near",
                spiritual="theistic",
            ),
            says("be seen as you are", "Being seen", "Now you are seen"),
            says("let the body be welcomed", "What the body makes of it", "come to your body"),
            says("hear what might be said", "What you might hear", "^What (?:would|might)"),
            says(
                "let it become a prayer",
                "What you might hear",
                "prayer of your own",
                spiritual="theistic",
            ),
            says("let it be true for a breath", "True for a moment", "Suppose it is so"),
            says(
                "join it to your own prayers",
                "A seat kept for you",
                "your own prayers",
                spiritual="theistic",
            ),
        ),
    ),
    Row(
        3,
        "age-ladder",
        (
            says("warm up", "Warm at the foot", "be with {warm}"),
            says("yourself as a baby", "The very small one", "The baby is you"),
            says("is there care?", "The very small one", "Is there care"),
            says("is there judgement?", "The very small one", "Is there judgement"),
            says("climb the years", "Up the years", "The first rung"),
            says("up to today", "Up the years", "this is the top"),
            says("where care grew harder", "The harder rung", "Where did care grow harder"),
            says("go back there: what was going on", "The harder rung", "What was going on"),
            says("which judgement came", "The harder rung", "Which judgement"),
            says("care for exactly that age", "Care for that very age", "Bring some care"),
            says(
                "care for the one of today", "The one who is here now", "come to this one as well"
            ),
        ),
        hurts=True,
    ),
    Row(
        4,
        "three-children",
        (
            says("warm up", "Something warm", "to mind"),
            says("yourself when young, beside it", "A young visitor", "It is you"),
            says("whatever you feel is welcome", "A young visitor", "each is welcome"),
            says("back to the warmth", "A young visitor", "come back (?:alone )?to {warm}"),
            says("another child, the same day", "Someone else that age", "very same"),
            says("what you wish that child", "Someone else that age", "What would you wish"),
            repeats("wish both well", "Side by side", "May you both be safe."),
            says("back to the warmth", "Side by side", "come back (?:alone )?to {warm}"),
            says("all three can be loved", "All three", "Each can be loved"),
            says("nobody asked for this", "All three", "Neither .* chose"),
            says("stay, and stand guard", "All three", "stay close, or stand guard"),
            says("pick up", "All three", "pick .*up|carry|ride on your back"),
            says("speak", "All three", "your own words"),
        ),
        hurts=True,
    ),
    Row(
        5,
        "younger-self-new-story",
        (
            says("warm up", "Warm first", "Turn your mind to {warm}"),
            says("meet yourself when young", "Meeting the young one", "(?:This|It) is you"),
            says("a child looks for a reason", "The old reason", "a child looks for the reason"),
            says("what the child came to believe", "The old reason", "c[ao]me to think"),
            says("it was the reason within reach", "The old reason", "one reason within reach"),
            says("a truer one, for that age", "A truer story", "^You might say"),
            says("answer as the child", "Two answers", "be the young one"),
            says("answer as the adult", "Two answers", "be the grown one again"),
            says("carry it as a tree its rings", "Rings of a tree", "think of a tree"),
        ),
        hurts=True,
    ),
    Row(
        6,
        "rupture-and-repair",
        (
            says("warm up", "Warm ground", "Call up {warm}"),
            says("imagine a small clash", "A small clash", "imagine a small clash"),
            says("nobody came to make up", "A small clash", "nobody comes"),
            says("step in as the adult", "Holding the line", "as the grown one"),
            says("hold the line", "Holding the line", "^You might say, .*\\bno\\b"),
            says("come back with love", "Coming back", "go back and knock"),
            says("feel what that is like", "Another ending", "Feel where that lives"),
            says("tell the story anew", "Another ending", "somebody came back"),
        ),
        hurts=True,
    ),
    Row(
        7,
        "meet-the-critic",
        (
            says("stand on firm ground", "Solid ground", "This is your ground"),
            says("hear the critic once", "Hearing it once", "^The voice says|usual line, once"),
            says("how old it sounds", "Behind the voice", "How old does it sound"),
            says("what it is afraid of", "Behind the voice", "be afraid of"),
            repeats("thank it for guarding", "A word of thanks", "Thank you for .* watch over me."),
            says("the drive stays", "Kinder work", "You keep that wish"),
            says("offer it kinder work", "Kinder work", "offer it other work"),
            says("befriended, not beaten", "Off duty", "rest near you"),
        ),
    ),
    Row(
        8,
        "performance-nerves",
        (
            says("one stage at a time", "Arriving", "of three stages"),
            says("be in the moment", "In the moment", "let (?:that|a) moment come"),
            says(
                "first week: name the wish", "What you wish for", "this is what I wish", stage="1"
            ),
            says("name what is hard", "What makes it hard", "this is what is hard", stage="1"),
            says(
                "second week: room for what is hard",
                "Room for what is hard",
                "Give it one room",
                stage="2",
            ),
            says("room for the wish", "Room for the wish", "what you wish for", stage="2"),
            repeats(
                "third week: promise yourself company",
                "A promise of company",
                "However it goes, .*",
                stage="3",
            ),
            repeats("give the effort its due", "Credit for the effort", ".* counts.", stage="3"),
        ),
    ),
    Row(
        9,
        "when-nothing-more-can-be-done",
        (
            says("whoever drives stops here", "Eyes open", "stop the recording here"),
            says("the eyes stay open", "Eyes open", "Keep your eyes open"),
            says("is a next step left?", "One next step", "Is a next step left"),
            repeats("if not, let go of steering", "Off your hands", ".* out of my hands."),
            says("not enough? body and breath", "The body that waits", "if it is not enough"),
            says("still not? kindness", "The good wish under it", "if it still hurts"),
            says("the good wish under it", "The good wish under it", "It is a good wish"),
            says("others wait too", "Everyone who waits", "people sit by phones"),
        ),
    ),
    Row(
        10,
        "wise-kind-self",
        (
            says("a hard moment of today", "One hard moment", "moment"),
            says("the wise one comes in", "Someone comes in", "the wise one comes in"),
            says("sees", "A look that softens", "looks at you"),
            says("softens", "A look that softens", "grows softer"),
            says("speaks", "A look that softens", "the wise one speaks"),
            says("lean on it", "Something to lean on", "You can lean now"),
            says("become it", "From the other side", "You are the wise one"),
            says("look back", "From the other side", "Look back at the one"),
            repeats("promise yourself safety", "A promise to yourself", "You are safe with me.*"),
        ),
    ),
    Row(
        11,
        "after-a-mistake",
        (
            says("the jolt", "The jolt", "What did your body do"),
            says(
                "someone kind to themselves",
                "How kindness would put it",
                "kind to themselves when things go wrong",
            ),
            says("how they would answer", "How kindness would put it", "What would they tell"),
            says("a hand on the chest", "A hand, or none", "lay a hand"),
            says("or none", "A hand, or none", "would rather not"),
            says("hard things may be hard", "Hard things may be hard", "allowed to find this hard"),
            says("one act of repair", "One thing to put right", "one thing that would mend"),
        ),
    ),
    Row(
        12,
        "difficult-client",
        (
            says("warm up", "Warm first", "Before any client"),
            says("picture the client", "The chair across", "^Now imagine .* in it"),
            says("your own body", "Your side of the room", "What has your body done"),
            says("thoughts come and go", "Your side of the room", "let them go, like people"),
            says("give the feeling leave", "In your arms", "it has leave to be there"),
            says("as one holds a crying baby", "In your arms", "in the same way"),
            says("a hand", "Two ways to be kind", "The first is a hand"),
            says("a kind visitor", "Two ways to be kind", "The second is a visitor"),
            says("four wishes", "Two more", "The third is a wish, or rather four"),
            says("the child you were", "Two more", "The fourth is a child"),
            says("picture the client again", "The chair again", "^Picture .* there once more"),
            says("what has changed?", "The chair again", "What has changed"),
        ),
        hurts=True,
    ),
    Row(
        13,
        "holding-the-baby",
        (
            says("warm up", "A warm beginning", "Begin with {warm}"),
            says("find the sore place", "The sore place", "look for one sore place"),
            says("hold it like a crying baby", "In your arms", "pick up the sore place like that"),
            says("ask what the matter is", "What is the matter?", "What might it be here"),
            says("the plain thing that helps", "The plain thing that helps", "would help you"),
        ),
        hurts=True,
    ),
    Row(
        14,
        "thanking-the-body",
        (
            says("you choose the parts", "The first thanks", "You choose the parts"),
            repeats("thank them for today", "The first thanks", "Thank you for today."),
            says("small wins", "Small wins", "what went all right"),
            says("the strength in them", "Small wins", "What strength"),
            says("grace for the rest", "Grace for the rest", "did not work"),
            says("the whole body, by its pronoun", "All of you", "^(?:She|He|It|They) ha(?:s|ve)"),
        ),
    ),
    Row(
        15,
        "conditions-for-happiness",
        (
            Step("ten or twelve breaths, by a bell", "Breaths by the bell", Struck("small", 10)),
            says("wash with attention", "Water and bread", "When you wash"),
            says("eat with attention", "Water and bread", "your whole mouth"),
            says("what burdens you", "The list of burdens", "weighs on you"),
            says("without end", "The list of burdens", "never get to the bottom"),
            says("what gladdens you", "The list of what gladdens", "makes you a little glad"),
            says("without end too", "The list of what gladdens", "no bottom either"),
            says("which one gets the light", "Which one gets the light", "Which one would you"),
        ),
    ),
    Row(
        16,
        "whose-dream-is-it",
        (
            says("the mind that compares", "The tall list", "holds you up against"),
            says("a list of everyone", "The tall list", "whole list, taller than any tower"),
            says("a village of fifty", "A village of fifty", "fifty people"),
            says("what the ego wants", "Shop window, back room", "the ego"),
            says("what the soul wants", "Shop window, back room", "this room the soul"),
            says("whose dream is it?", "Shop window, back room", "Whose dream is it"),
            says("a bargain of duty and calling", "The rent and the music", "bargain to be found"),
            says("with nobody watching", "With nobody watching", "nobody will ever see"),
            says("one small step", "One small step", "smallest piece"),
        ),
    ),
    Row(
        17,
        "wishes",
        (
            says("aloud, if you like", "Settling in", "say out loud", speak_aloud=True),
            repeats("for the dear one: wellbeing", "For someone dear", "May your days go well."),
            repeats("health", "For someone dear", "May your? .*(?:a good home|whole and sound)."),
            repeats("safety", "For someone dear", "May no harm come near you."),
            repeats("belonging", "For someone dear", "May there always be a place for you."),
            repeats("the same for yourself", "For you", "May my days go well."),
            repeats("for a stranger", "For a stranger", "May your days go well."),
            repeats(
                "for someone mildly hard",
                "For a harder one",
                "May your days go well.",
                gentle=False,
            ),
            repeats("for all", "For everyone", "May our days go well."),
        ),
    ),
    Row(
        18,
        "when-kindness-feels-wrong",
        (
            says("what resists is welcome", "Arms folded", "It is welcome"),
            says("it fights for its life", "Like a cat in a bath", "fight to stay alive"),
            says("suffering was a ticket in", "A coat of armour", "your ticket in"),
            says("self-dislike was armour", "A coat of armour", "a kind of armour"),
            says("no better, no worse", "Nobody gives marks", "finer than other people"),
            says("no marks", "Nobody gives marks", "a red pen"),
            says("one among many, breathing", "One among many", "is breathing in"),
            says("one grain of neutral", "One grain", "like a grain of rice"),
            says("stop whenever you like", "One grain", "you may stop"),
        ),
    ),
    Row(
        19,
        "three-views",
        (
            says("one small pain", "A stone in the shoe", "stone in (?:a|the) shoe"),
            repeats("seen: this hurts", "First round, looking", "Yes, this is sore."),
            repeats("I do what I can", "First round, looking", "I use what light I have."),
            repeats("others too", "First round, looking", "Other feet know this stone."),
            says("felt: this hurts", "Second round, feeling", "At the near window"),
            says("I do what I can", "Second round, feeling", "At the side window"),
            says("others too", "Second round, feeling", "At the wide window"),
            says("told: this hurts", "Third round, your own words", "At the near window"),
            says("I do what I can", "Third round, your own words", "At the side window"),
            says("others too", "Third round, your own words", "At the wide window"),
        ),
    ),
    Row(
        20,
        "for-the-helper",
        (
            says("put down what you carry", "A row of coat hooks", "Hang up the trouble"),
            says("your own pain first", "Who is left", "What hurts, of your own"),
            says(
                "breathe with it, for these minutes",
                "Keeping step with it",
                "For these minutes, breathe with it",
            ),
            repeats(
                "nothing else comes first now", "Not yet", "For now, nothing else comes first."
            ),
        ),
    ),
    Row(
        21,
        "parent-hard-moment",
        (
            says("the kitchen", "The loud kitchen", "Imagine a kitchen"),
            says("the screaming, the lateness", "The loud kitchen", "screaming, .* late"),
            says("tenderness for the child", "The one in front of you", "any tenderness"),
            repeats("for all children", "Every child in the street", "May all of you be warm.*"),
            repeats(
                "for all parents", "Every parent at the sink", "May all of you get some rest.*"
            ),
            repeats("and for you", "And you", "May I get some rest.*"),
        ),
    ),
    Row(
        22,
        "permission-to-be-well",
        (
            repeats("may I be well?", "The same for you", r"May I be well\?"),
            says("what says no", "The keeper of the gate", "something said no"),
            says("what it fears", "The keeper of the gate", "ask what it fears"),
            says("being well serves others too", "Who else it warms", "of use to others"),
            says("let one good thing stand", "One good thing", "Let it stand there"),
        ),
    ),
    Row(
        23,
        "two-parts",
        (
            says("two parts that pull apart", "Laying the table", "is the pull"),
            says("the one that wants is heard", "The one who wants", "to the end|you the rest"),
            repeats("and thanked", "The one who wants", "Thank you for wanting .*"),
            says("the one that fears is heard", "The one who is afraid", "to the end|you the rest"),
            repeats("and thanked", "The one who is afraid", "Thank you for being careful .*"),
            repeats(
                "neither is sent away", "Nobody is sent away", ".* place here for both of you."
            ),
            says("what both care about", "What both care about", "both looking after"),
        ),
    ),
    Row(
        24,
        "the-child-my-client-was",
        (
            says("warm up", "What warms you", "First of all, go to"),
            says("imagine a child with such a life", "A child on a step", "make up a child"),
            says("your own wish to answer", "Your wish to answer", "What do you want to do"),
            says("what you would say", "Words for that child", "^You might say"),
            says("in the child's own words", "Words for that child", "in the child's own way"),
            says("how the child takes it", "How it is taken", "what becomes of your words"),
            says("the client today", "The one who comes today", "again, at today's age"),
        ),
        hurts=True,
    ),
)
