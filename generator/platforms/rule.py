"""A rule as data: what it asks for, where it is from, and what is seen of it in a delivery."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from generator.model import Ruling, Verdict

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Seen:
    """What a rule finds."""

    value: float | str
    met: bool | None
    """None: it cannot be seen here."""
    unit: str = ""


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    """One rule of one platform."""

    id: str
    what: str
    limit: str
    look: Callable[[Subject], Seen | None]
    """None where it does not apply."""
    source: str
    """Who says so, in a word or two."""
    remedy: str = ""
    unmet: Verdict = Verdict.FAIL
    verified: bool = True
    """Whether the rule was read, or somebody who quotes it; what nobody could is not judged."""


def judged(rules: Iterable[Rule[Subject]], subject: Subject, where: str = "") -> Iterator[Ruling]:
    """Each rule that applies, held against it."""
    for rule in rules:
        seen = rule.look(subject)
        if seen is not None:
            yield _ruling(rule, seen, where)


def _ruling(rule: Rule[Subject], seen: Seen, where: str) -> Ruling:
    known = rule.verified and seen.met is not None
    met = Verdict.PASS if seen.met else rule.unmet
    return Ruling(
        rule=rule.id,
        what=rule.what,
        value=round(seen.value, 2) if isinstance(seen.value, float) else seen.value,
        unit=seen.unit,
        limit=rule.limit,
        verdict=met if known else Verdict.UNKNOWN,
        remedy="" if seen.met else rule.remedy,
        where=where,
        verified=rule.verified,
        source=rule.source,
    )


def unverified(rule: Rule[Subject], source: str) -> Rule[Subject]:
    """The same seen, where nobody could read whether that platform asks for it."""
    return replace(rule, source=source, verified=False, remedy="")


def read_elsewhere(rules: Iterable[Rule[Subject]], source: str) -> tuple[Rule[Subject], ...]:
    """The same rules for another platform: Apple's own are not verified to be its rules too."""
    return tuple(
        unverified(rule, source) if rule.source.startswith("apple") else rule for rule in rules
    )


def within(value: float, unit: str, least: float = -math.inf, most: float = math.inf) -> Seen:
    """A number held between two others."""
    return Seen(value, least <= value <= most, unit)


def there(*, met: bool, yes: str = "there", no: str = "missing") -> Seen:
    """Something that is there or not."""
    return Seen(yes if met else no, met)


def counted(wrong: int, what: str) -> Seen:
    """How many of something are wrong; none is as it should be. ``what`` is in the plural."""
    return Seen(f"{wrong} {what}" if wrong else "all right", not wrong)
