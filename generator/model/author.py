"""What an author wrote, and what a listener told us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["practice", "talk"]
KINDS: tuple[Kind, ...] = ("practice", "talk")

Answer = str | int
"""What a listener supplied for one field."""

SAID = "_said"
"""Ends the name under which it is told how the answer to a text field sounds."""


@dataclass(frozen=True)
class Field:
    """One personal detail a script can weave in. None is ever required."""

    name: str
    ask: str
    """The question, as put to a person."""
    example: str = ""
    kind: Literal["text", "whole", "choice"] = "text"
    least: int = 0
    """Smallest whole number allowed (kind ``whole``)."""
    most: int = 0
    choices: tuple[str, ...] = ()
    default: Answer | None = None


@dataclass(frozen=True)
class Script:
    """A meditation as its author wrote it: the front matter, and the body still unfilled."""

    slug: str
    title: str
    summary: str
    kind: Kind
    language: str
    """BCP 47, e.g. ``en``."""
    sources: tuple[str, ...]
    least_s: float
    most_s: float
    """Shortest and longest edition this script is meant for."""
    switches: tuple[str, ...]
    bed: str
    fields: tuple[Field, ...]
    lists: Mapping[str, tuple[Answer, ...]]
    """What a ``for`` may go over, by name."""
    body: str = field(repr=False)
    body_line: int
    """Line of the file on which the body starts, so that errors point into the file."""
    path: Path
    parts: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Shared passages by slug, as source."""
    not_for: tuple[str, ...] = ()
    """Profiles in which it is not to be heard."""

    def find(self, name: str) -> Field | None:
        """The field of that name, if the script has one."""
        return next((each for each in self.fields if each.name == name), None)


@dataclass(frozen=True)
class Listener:
    """What one person told us. Confidential: it prints as nothing."""

    answers: Mapping[str, Answer] = field(default_factory=dict, repr=False)
    switches: Mapping[str, bool] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict, repr=False)
    """How an answer sounds, by its field: respelled, or its sounds between slashes."""

    @property
    def personal(self) -> bool:
        """Whether the listener supplied anything at all."""
        return bool(self.answers)
