"""What a listening page shows: tracks, with their chapters and words in time."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PageChapter:
    """Where a chapter begins; it ends where the next one does."""

    title: str
    start_ms: int


@dataclass(frozen=True)
class PagePhrase:
    """What is said or heard, and when."""

    text: str = field(repr=False)
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class PageTrack:
    """A finished track beside the page."""

    title: str
    file: str
    """Its path from the page's folder, with ``/``."""
    length_ms: int
    size_bytes: int
    version: str
    """Changes with the file's bytes: what a device keeps under another one is renewed."""
    chapters: tuple[PageChapter, ...] = ()
    phrases: tuple[PagePhrase, ...] = field(default=(), repr=False)
    """In time order."""
    session: str = ""
    """The heading it stands under. Tracks in a row that share one are heard one after the other."""
    personal: bool = False
    """Whether a listener's detail is spoken in it."""


@dataclass(frozen=True)
class Page:
    """A course, or what was made for one listener."""

    title: str
    tracks: tuple[PageTrack, ...]
    language: str
    """BCP 47, e.g. ``en``: of the words, and of the page's own where it knows them."""
    author: str = ""
    summary: str = ""
    disclosure: str = ""
    """Who speaks, and whether that is a person."""
    support: str = ""
    """Where a person in danger is pointed to; empty for what the program says itself."""
    colour: str = "#4b4a82"
    """``#rrggbb``, as of the cover. The page makes it dark or light enough to be read."""
    cover: str = ""
    """A square JPEG, by its path from the page's folder; empty for none."""
    feed: str = ""
    """Where its podcast feed is: from the page's folder, or an address with ``https://``."""
    private: bool = True
    """Whether it is for one listener: then no part of it is kept on a device unasked."""
