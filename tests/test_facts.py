"""What is said about a track, in its tag, beside it and to the world: nothing a listener told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from canaries import search
from written import script

from generator import api, system
from generator.model import Field, Job, Listener, Phrase, Seat
from generator.pipeline.dressing import facts_of
from generator.script import available, load

CANARY = "Quillfeather"
FOLDERS = system.folders()


def job(**changes: object) -> Job:
    chosen = script('{{ chapter("Arriving") }} Find a place to rest.', least_s=10.0)
    return replace(api.job_for(chosen, Listener(), api.Wishes(), FOLDERS), **changes)


def answer(field: Field) -> str | int:
    if field.kind == "text":
        return f"my {CANARY}"
    return field.most if field.kind == "whole" else field.choices[0]


@pytest.mark.parametrize("slug", available(FOLDERS.scripts))
def test_no_fact_of_a_track_holds_a_word_of_its_listener(slug: str, tmp_path: Path) -> None:
    chosen = load(slug, FOLDERS.scripts)
    said = {field.name: CANARY for field in chosen.fields if field.kind == "text"}
    told = Listener({field.name: answer(field) for field in chosen.fields}, said=said)
    seat = Seat("c", "Course", "Ada", "natural", 1, 2, "Session", support="Call 123.")
    wanted = replace(job(), script=chosen, listener=told, lexicon={}, label="guest-7")
    for each in (wanted, replace(wanted, seat=seat), replace(wanted, chapter="Arriving")):
        facts = facts_of(each, tmp_path / "track.mp3")
        assert chosen.summary in facts.description
        assert not search(tmp_path, {"told": CANARY}, {"facts": repr(facts).encode()}).findings


@pytest.mark.parametrize(
    ("own", "lends", "both"),
    [
        ("yes", "yes", "yes"),
        ("yes", "unclear", "unclear"),
        ("no", "yes", "no"),
        ("unclear", "no", "no"),
    ],
)
def test_a_track_may_be_sold_if_every_voice_in_it_may(own: str, lends: str, both: str) -> None:
    wanted = job()
    voice = replace(wanted.voice, commercial=own)
    helper = replace(wanted.voice, commercial=lends)
    lent = replace(wanted, voice=voice, fallback=helper, lent=(Phrase("Rest."),))
    assert facts_of(lent, Path("track.mp3")).commercial == both
    assert facts_of(replace(lent, lent=()), Path("track.mp3")).commercial == own


def test_a_talk_says_that_it_is_one_and_which_of_how_many() -> None:
    seat = Seat("c", "Course", "Ada", "natural", 3, 8, "Session")
    talk = replace(job(), seat=seat, script=replace(job().script, kind="talk"))
    facts = facts_of(talk, Path("track.mp3"))
    assert (facts.kind, facts.track) == ("talk", (3, 8))


def test_who_speaks_is_said_in_the_description_and_by_itself() -> None:
    wanted = job()
    person = replace(wanted.voice, narrator="Nora", synthetic=False)
    lent = replace(wanted, voice=person, fallback=wanted.voice, lent=(Phrase("Rest."),))
    facts = facts_of(lent, Path("track.mp3"))
    assert facts.disclosure in facts.description
    assert "Nora, is a person's own, recorded." in facts.disclosure
    assert f"a synthetic voice, {wanted.voice.narrator}." in facts.disclosure
    assert "synthetic" not in facts_of(replace(lent, lent=()), Path("track.mp3")).disclosure
