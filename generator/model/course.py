"""A course: sessions in their order, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from generator.model.author import Answer

BLACK, WHITE = "#000000", "#ffffff"

Medium = Literal["course", "podcast", "audiobook"]
"""What a feed is, for apps that tell one kind from another."""

Keys = tuple[str, ...]
"""The way to a place in a file, key by key; what is in a list is counted from 1."""


@dataclass(frozen=True)
class Lines:
    """A file, and the lines on which its keys are written."""

    path: Path
    lines: Mapping[Keys, int] = field(default_factory=dict, repr=False)

    def at(self, keys: Sequence[str]) -> str:
        """The place of a key as ``path:line``: of a key left out, that of the table around it.

        The path alone where not even that is written.
        """
        for length in range(len(keys), 0, -1):
            if line := self.lines.get(tuple(keys[:length])):
                return f"{self.path}:{line}"
        return str(self.path)


@dataclass(frozen=True)
class Session:
    """One session: what is talked of, and then practised."""

    title: str
    talk: str
    """Slug of its script; empty where nothing is said before the practice."""
    practice: str
    summary: str = ""


@dataclass(frozen=True)
class Feed:
    """What a podcast's feed says beside the course itself. Texts are empty where left out."""

    site: str
    """Address of the page of the course."""
    address: str = ""
    """Of the folder in which the feed and its tracks will lie, without a slash at its end."""
    owner: str = ""
    email: str = ""
    category: str = "Health & Fitness"
    subcategory: str = "Mental Health"
    copyright: str = ""
    """Who holds it: the name alone."""
    explicit: bool = False
    medium: Medium = "course"
    funding: str = ""
    """Address where listeners can give something."""
    funding_text: str = ""
    """What that link is called."""
    guid: str = ""
    """The feed's own for ever, a UUID: kept when its address changes."""
    complete: bool = False
    """Nothing will be added any more."""
    locked: bool = True
    """No other host may take the feed over."""
    unlisted: bool = False
    """In no directory."""


@dataclass(frozen=True)
class Course:
    """A course as its TOML file describes it. Texts are empty where left out."""

    slug: str
    title: str
    summary: str
    language: str
    """BCP 47, e.g. ``en``."""
    sessions: tuple[Session, ...]
    path: Path
    author: str = ""
    description: str = ""
    """Longer than the summary; it may have paragraphs."""
    colour: str = ""
    """As in ``#2b4a5e``, in small letters."""
    cover: Path | None = None
    """A JPEG or PNG file that was there, in the folder of the course or under it."""
    font: Path | None = None
    """A TTF or OTF file that was there too, for the words on a drawn cover."""
    voice: str = ""
    fallback: str = ""
    bed: str = ""
    bells: str = ""
    """As ``--bells`` takes it."""
    profile: str = ""
    lengths: tuple[str, ...] = ("natural",)
    """The editions, each as ``--length`` takes it; no two of them are called alike."""
    support: str = ""
    """Whom a listener can turn to, as its publisher says it."""
    details: Mapping[str, Answer | bool] = field(default_factory=dict)
    """Answers and switches fixed for the whole course, by name; unlike a listener's, no secret."""
    feed: Feed | None = None
    lines: Mapping[Keys, int] = field(default_factory=dict, repr=False, compare=False)

    def at(self, key: str) -> str:
        """Where a key is written, as in ``at("sessions.3.talk")``, ``path:line``.

        Sessions and lengths are counted from 1. Of a key left out it is the line of the table
        around it, or the path alone.
        """
        return Lines(self.path, self.lines).at(key.split("."))

    @property
    def ink(self) -> str:
        """Black or white, whichever is read better on the colour: at least 4.5 to 1 by WCAG."""
        light = _luminance(self.colour or WHITE)
        return WHITE if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else BLACK


def _luminance(colour: str) -> float:
    """The relative luminance of an sRGB colour by WCAG 2, from 0 for black to 1 for white."""
    parts = [each / 255 for each in bytes.fromhex(colour[1:])]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
