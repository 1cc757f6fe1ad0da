"""What goes out: finished tracks, and what their publisher says of them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.model.course import Feed, Keys, Lines
from generator.model.job import Facts
from generator.model.timeline import Timeline


@dataclass(frozen=True)
class Finished:
    """A finished track, as the timeline beside it has it."""

    path: Path
    timeline: Timeline = field(repr=False)
    facts: Facts
    size_bytes: int
    sha256: str
    """Of the bytes for which the timeline was written; empty where it does not say."""

    @property
    def personal(self) -> bool:
        """Whether a listener's detail is spoken in it."""
        return any(each.phrase.personal for each in self.timeline.spoken)


@dataclass(frozen=True)
class Publication:
    """What ``feed.toml`` says of a folder of tracks. Texts are empty where left out."""

    title: str
    description: str
    language: str
    """BCP 47."""
    path: Path
    author: str = ""
    edition: str = ""
    """Which of the lengths goes out, as its folder is called; empty where there is but one."""
    colour: str = ""
    cover: Path | None = None
    """A JPEG or PNG file that was there."""
    font: Path | None = None
    """A TTF or OTF file that was there, in which a drawn cover is written."""
    support: str = ""
    feed: Feed = field(default_factory=lambda: Feed(site=""))
    lines: Mapping[Keys, int] = field(default_factory=dict, repr=False, compare=False)

    def at(self, key: str) -> str:
        """Where a key is written, ``path:line``; see :meth:`Course.at`."""
        return Lines(self.path, self.lines).at(key.split("."))
