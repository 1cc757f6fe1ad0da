"""The rules that keep a listener safe, as far as words can tell whether they are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from re import Pattern

from generator.model import Beat, Cue, Edition, Placed, Subject, phrases_in
from generator.proofread.said import Fault, Said, place_of, said_in, sentences
from generator.proofread.words import Words, words_of

MOST_PAINFUL_SILENCE_S = 40.0
MOST_SILENCE_AFTER_A_QUOTE_S = 15.0
MOST_QUOTES = 2
MOST_HOLD_S = 4.0
QUOTED = ("critic_says", "younger_self_belief")
"""Fields that hold what hurts."""

_OPENING_SENTENCES = 12
_CLOSING_SENTENCES = 10


def no_opening(subject: Subject) -> Iterator[Fault]:
    """Practices that do not say how to stop."""
    words = words_of(subject.script.language)
    if words and subject.script.kind == "practice":
        for edition in subject.editions:
            first = said_in(edition)[:_OPENING_SENTENCES]
            yield from _lacking(first, words.opens, "the opening does not say")


def no_return(subject: Subject) -> Iterator[Fault]:
    """Practices that leave a listener wherever they went."""
    words = words_of(subject.script.language)
    if words and subject.script.kind == "practice":
        for edition in subject.editions:
            last = said_in(edition)[-_CLOSING_SENTENCES:]
            yield from _lacking(last[::-1], words.returns, "the close does not come back")


def _lacking(
    said: Sequence[Said], patterns: Mapping[str, Pattern[str]], what: str
) -> Iterator[Fault]:
    """What none of these sentences says; the first of them is where it is missing."""
    for purpose, pattern in patterns.items():
        if said and not any(pattern.search(each.text) for each in said):
            yield Fault(said[0].place, f"{what} {purpose}")


def painful_silence(subject: Subject) -> Iterator[Fault]:
    """Long silences right after what hurts."""
    words = words_of(subject.script.language)
    for each in sentences(subject) if words else ():
        if words and words.painful.search(each.text) and each.most_s > MOST_PAINFUL_SILENCE_S:
            yield Fault(each.place, f"up to {each.most_s:g} s of silence follow a painful image")


def quoted(subject: Subject) -> Iterator[Fault]:
    """What hurts, said too often, as if it were true, or left standing."""
    for edition in subject.editions:
        said = said_in(edition)
        for name in QUOTED:
            where = [i for i, each in enumerate(said) if name in each.place.speaks]
            if len(where) > MOST_QUOTES:
                yield Fault(said[where[MOST_QUOTES]].place, f"'{name}' is spoken over twice")
            for index in where:
                yield from _quote(subject, said, index, name)


def _quote(subject: Subject, said: Sequence[Said], index: int, name: str) -> Iterator[Fault]:
    each, words = said[index], words_of(subject.script.language)
    field = subject.script.find(name)
    around = each.text.replace(field.example, "") if field and field.example else each.text
    if words and not words.quotes.search(around):
        yield Fault(each.place, f"'{name}' is spoken as if it were true")
    if index + 1 == len(said) or said[index + 1].chapter != each.chapter:
        yield Fault(each.place, f"'{name}' has the last word of a section")
    if each.most_s > MOST_SILENCE_AFTER_A_QUOTE_S:
        yield Fault(each.place, f"up to {each.most_s:g} s of silence follow '{name}'")


def held_breath(subject: Subject) -> Iterator[Fault]:
    """Breaths that are held though the listener is to be spared, or without a word of care."""
    words = words_of(subject.script.language)
    spares = "gentle" in subject.script.switches
    for edition in subject.editions:
        holds = [(i, each) for i, each in enumerate(edition.cues) if _hold_s(each.cue)]
        if holds and not spares:
            what = "a breath is held, and no switch 'gentle' leaves that out"
            yield Fault(holds[0][1].place, what)
        long = next((each for each in holds if _hold_s(each[1].cue) > MOST_HOLD_S), None)
        if words and long and not _warned(edition.cues[: long[0]], words):
            yield Fault(long[1].place, f"a breath is held over {MOST_HOLD_S:g} s unannounced")
        yield from _told_to_hold(edition, words) if words else ()


def _hold_s(cue: Cue) -> float:
    return cue.span_s if isinstance(cue, Beat) and cue.breath in ("hold", "rest") else 0.0


def _warned(before: Sequence[Placed], words: Words) -> bool:
    """Whether it is said for whom a long hold is nothing."""
    said = phrases_in(each.cue for each in before)
    return any(words.warns.search(phrase.text) for phrase in said)


def _told_to_hold(edition: Edition, words: Words) -> Iterator[Fault]:
    for each in said_in(edition):
        if words.holds_breath.search(each.text):
            if edition.gentle:
                yield Fault(each.place, "a breath is held though it is to be gentle")
            elif not words.offers.search(each.text):
                yield Fault(each.place, "a held breath is not left to the listener")


def healing(subject: Subject) -> Iterator[Fault]:
    """Claims that words or tones heal."""
    words = words_of(subject.script.language)
    if words:
        if words.heals.search(subject.script.summary):
            yield Fault(place_of(subject, "summary"), "its summary claims to heal")
        for each in sentences(subject):
            if words.heals.search(each.text) and not words.denies.search(each.text):
                yield Fault(each.place, "it claims to heal")


def forgiving(subject: Subject) -> Iterator[Fault]:
    """Sentences that ask to forgive or to make up."""
    words = words_of(subject.script.language)
    for each in sentences(subject) if words else ():
        if words and words.forgives.search(each.text) and not words.denies.search(each.text):
            yield Fault(each.place, "forgiving or making up is asked for")
