"""What the front matter of a script owes those who choose it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Subject
from generator.proofread.said import Fault, place_of


def unused(subject: Subject) -> Iterator[Fault]:
    """What is declared and read nowhere."""
    script, read = subject.script, subject.usage.names
    for field in script.fields:
        if field.name not in read:
            place = place_of(subject, "fields", field.name)
            yield Fault(place, f"the field '{field.name}' is asked for and used nowhere")
    for name in script.switches:
        # Being gentle leaves out held breaths by itself.
        if name not in read and name != "gentle":
            yield Fault(place_of(subject, "switches"), f"the switch '{name}' changes nothing")
    for name in script.lists:
        if name not in read:
            yield Fault(place_of(subject, "lists", name), f"the list '{name}' is used nowhere")


def no_source(subject: Subject) -> Iterator[Fault]:
    """Nobody is named."""
    if not any(each.strip() for each in subject.script.sources):
        yield Fault(place_of(subject, "sources"), "it names no source")


def thin_summary(subject: Subject) -> Iterator[Fault]:
    """A summary by which nobody can choose."""
    script = subject.script
    if script.summary.casefold() == script.title.casefold() or len(script.summary.split()) < 3:
        yield Fault(place_of(subject, "summary"), "its summary says no more than its title")
