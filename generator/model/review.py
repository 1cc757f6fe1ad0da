"""A script as somebody proofreads it: where all of it is written, and what is found wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from generator.model.author import Script
from generator.model.cue import Cue
from generator.model.timeline import Timeline


@dataclass(frozen=True)
class Place:
    """A line of a script, or of a part that it brings in."""

    file: str = ""
    line: int = 0
    speaks: frozenset[str] = frozenset()
    """The fields that are spoken there."""


@dataclass(frozen=True)
class Placed:
    """A cue, and where it is written."""

    cue: Cue
    place: Place


@dataclass(frozen=True)
class Usage:
    """What a script's text says of itself, nothing filled."""

    names: frozenset[str]
    """All that its body reads: fields, switches, lists."""
    minutes: tuple[float, ...]
    """The lengths from which on it says something else, in rising order."""
    lines: Mapping[tuple[str, ...], int]
    """Where the keys of its front matter stand, by the keys that lead there."""


@dataclass(frozen=True)
class Edition:
    """A script as one listener would have it, at one length."""

    gentle: bool
    cues: tuple[Placed, ...] = field(repr=False)
    timelines: tuple[Timeline, ...] = field(repr=False)
    """By estimate: as its author's pauses make it, or as long as it promises to be."""


@dataclass(frozen=True)
class Subject:
    """All there is to know of the script that is proofread."""

    script: Script
    usage: Usage
    editions: tuple[Edition, ...]


class Severity(Enum):
    """How much a finding matters."""

    ERROR = "error"
    """It cannot be made, or could do harm."""
    WARNING = "warning"
    """It would be better otherwise."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a script."""

    rule: str
    severity: Severity
    where: str
    """The file, and the line if there is one."""
    what: str
    remedy: str
