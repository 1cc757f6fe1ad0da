"""Work that is done elsewhere: what is asked for, what came of it, what is under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Errand:
    """One piece of work for another process."""

    key: str
    """Names it in reports, and tells nothing of anybody."""
    what: object = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What came of an errand, however it went."""

    key: str
    status: Literal["done", "failed", "lost", "late"]
    """``lost``: whoever was at it died, again and again. ``late``: it had its time."""
    exit_code: int = 0
    message: str = ""
    where: str = ""
    remedy: str = ""
    seconds: float = 0.0
    """How long it took, the time it waited for its turn left out."""
    result: object = field(default=None, repr=False)
    """What the work gave back when it is done."""


@dataclass(frozen=True)
class Happening:
    """One step of an errand, for whoever shows what is under way."""

    kind: Literal["sent", "started", "finished"]
    """``started`` comes from those workers who say so. What is tried again is sent again."""
    key: str
    outcome: Outcome | None = None
    """When it is finished."""
