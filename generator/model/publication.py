"""What a podcast's feed says, of itself and of each track: ready to be published, to anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from generator.model.course import Medium
from generator.model.page import PageChapter


@dataclass(frozen=True)
class Transcript:
    """The words of a track on the web."""

    url: str
    mime: str
    """As ``text/vtt``."""


@dataclass(frozen=True)
class Item:
    """One track in a feed. Texts are empty, and numbers 0, where there is nothing to say."""

    title: str
    """Without a number, and without what the whole is called."""
    description: str
    """It may have paragraphs. Chapters are added to it by the feed."""
    guid: str
    """Its own for ever, as ``urn:uuid:…``, whatever becomes of its title and sound."""
    published: datetime
    """With its zone."""
    url: str
    size_bytes: int
    mime: str
    """``audio/mpeg`` or ``audio/x-m4a``."""
    length_s: float
    episode: int = 0
    """Its number in the season, from 1."""
    episode_name: str = ""
    """What stands in place of the number, as ``Day 5``."""
    season: int = 0
    season_name: str = ""
    kind: Literal["full", "trailer", "bonus"] = "full"
    image: str = ""
    """Address of a picture of its own."""
    link: str = ""
    """Address of its own page."""
    transcripts: tuple[Transcript, ...] = ()
    chapters_url: str = ""
    """Of the JSON that has its chapters."""
    chapters: tuple[PageChapter, ...] = ()
    """In time order."""
    synthetic: bool = True
    """Whether a synthetic voice speaks in it."""
    narrator: str = ""
    """Who speaks. Only a person is named as one: where the voice is synthetic, the description
    names it.
    """


@dataclass(frozen=True)
class Channel:
    """A feed but for its items. Texts are empty where there is nothing to say."""

    title: str
    description: str
    language: str
    """BCP 47."""
    link: str
    """Address of the page of the whole."""
    address: str
    """The feed's own."""
    guid: str
    """Its own for ever, a UUID, though its address may change."""
    image: str
    """Address of a square JPEG or PNG of 1,400 to 3,000 pixels."""
    category: str
    subcategory: str = ""
    author: str = ""
    owner: str = ""
    """Who answers for it. Anybody can read this and ``email``."""
    email: str = ""
    copyright: str = ""
    """The name alone of who holds it."""
    explicit: bool = False
    medium: Medium = "course"
    funding: str = ""
    """Address where listeners can give something."""
    funding_text: str = ""
    complete: bool = False
    """Nothing will be added any more."""
    locked: bool = True
    """No other host may take it over."""
    unlisted: bool = False
    """In no directory."""
    serial: bool = True
    """Its items are to be heard in their order."""
    synthetic: bool = True
    """Whether a synthetic voice speaks in any of it."""
    narrators: tuple[str, ...] = ()
    """Who usually speaks. Only persons are named as such: none where ``synthetic``."""
    moved_to: str = ""
    """The feed's new address, when it has moved."""
