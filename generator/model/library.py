"""A course with its listeners, as a library of finished tracks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from generator.model.job import Job


@dataclass(frozen=True)
class Order:
    """One track that a library is to have."""

    path: str
    """From the folder of its course on, as ``client-7/natural/03-care-circuit.mp3``."""
    session: int
    """From 1."""
    guid: str
    """Names the track for ever, whatever becomes of its sound, as ``urn:uuid:…``."""
    job: Job = field(repr=False)


@dataclass(frozen=True)
class Entry:
    """One finished track, as the manifest of its course has it."""

    path: str
    id: str
    """The listener's, or ``public``."""
    edition: str
    session: int
    number: int
    kind: str
    script: str
    title: str
    length_s: float
    bytes: int
    sha256: str
    speech_lufs: float
    true_peak_dbtp: float
    voice: str
    """What spoke it: engine, voice and version."""
    guid: str
    date: str
    inputs: Mapping[str, str] = field(repr=False)
    """A keyed mark of each thing that it was made from, by name."""
    ordered: bool = True
    """Whether it was asked for when all of the course was built for the last time."""


@dataclass(frozen=True)
class Standing:
    """How a track that is ordered stands."""

    order: Order
    entry: Entry | None = None
    """What is there, if that is what was ordered."""
    why: tuple[str, ...] = ()
    """Why it is to be made; empty if it is there."""


@dataclass(frozen=True)
class Fault:
    """A track that could not be made."""

    path: str
    message: str
    """In one line, without a listener's words."""
    exit_code: int


@dataclass(frozen=True)
class Step:
    """One step of a build, for whoever shows how far it is."""

    kind: Literal["checked", "started", "made", "failed"]
    path: str
    done: int
    of: int
    left_s: float = 0.0
    """Until all is done, as far as can be known."""
    fault: Fault | None = None


@dataclass(frozen=True)
class Built:
    """What a build came to."""

    made: tuple[Entry, ...]
    kept: tuple[Entry, ...]
    """Those that were there already."""
    faults: tuple[Fault, ...]
    left_over: tuple[str, ...]
    """Tracks of this course that nothing orders any more, by path."""
    spread_lu: float
    """Between the quietest and the loudest speech of the whole course."""
