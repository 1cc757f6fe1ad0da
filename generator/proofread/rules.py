"""All rules, as a table; and the findings that they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter

from generator.errors import LengthError, ScriptError
from generator.model import Finding, Place, Severity, Subject
from generator.proofread import front, safety, time, voice
from generator.proofread.said import Fault, place_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True)
class Rule:
    """One thing that is looked for."""

    name: str
    severity: Severity
    look: Callable[[Subject], Iterator[Fault]]
    remedy: str


RULES = (
    Rule("unused", WARNING, front.unused, "Use it, or take it out of the front matter."),
    Rule("source", WARNING, front.no_source, 'Say whose it is, as in sources = ["me"].'),
    Rule("summary", WARNING, front.thin_summary, "Say what the listener will do, and what for."),
    Rule("sentence", WARNING, voice.too_long, "Make two of it."),
    Rule("saying", WARNING, voice.unsayable, "Write it as it is to be said, or use say()."),
    Rule("time", WARNING, time.no_time, "Write a pause after it, as in {{ pause(8) }}."),
    Rule("silence", WARNING, time.silence_share, "Change its pauses, its words or its lengths."),
    Rule("unbroken", WARNING, time.no_rest, "Write pauses into it."),
    Rule("opening", ERROR, safety.no_opening, 'Begin with {{ part("opening") }}, or say so.'),
    Rule("return", ERROR, safety.no_return, 'End with {{ part("closing") }}, or say so.'),
    Rule("painful", ERROR, safety.painful_silence, "Give that pause most=40, or first come back."),
    Rule("quoted", ERROR, safety.quoted, "Say it once or twice, as in: the voice says."),
    Rule("breath", ERROR, safety.held_breath, "Leave it to the listener, and out when gentle."),
    Rule("healing", ERROR, safety.healing, "Say what is done; promise nothing of it."),
    Rule("forgiving", ERROR, safety.forgiving, "Leave that to the listener, unasked."),
)
"""In the order in which they are documented."""


def findings(subject: Subject) -> tuple[Finding, ...]:
    """All that is wrong with a script, each once, in the order of its lines."""
    found: dict[Finding, Place] = {}
    for rule in RULES:
        for place, what in rule.look(subject):
            where = f"{place.file}:{place.line}"
            found.setdefault(Finding(rule.name, rule.severity, where, what, rule.remedy), place)
    return tuple(sorted(found, key=lambda each: attrgetter("file", "line")(found[each])))


def refused(error: ScriptError) -> Finding:
    """What makes that it is no script at all."""
    return Finding("script", ERROR, error.where, error.what, error.remedy)


def impossible(subject: Subject, error: LengthError) -> Finding:
    """A length that it promises and cannot last."""
    where = place_of(subject, "lengths")
    remedy = "Change the least and most of its pauses, or its lengths."
    return Finding("length", ERROR, f"{where.file}:{where.line}", error.what, remedy)
