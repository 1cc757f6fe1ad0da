"""What a folder's ``feed.toml`` begins as: what is known, and every other key put aside."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

from generator.model import Feed, Publication

_HEAD = """# What is said of this folder when it goes out: 'meditate publish' reads it every time.
# Change what you like. A line that begins with # is put aside: take the # away and the key counts.

"""
_TEXTS = (
    "title",
    "description",
    "language",
    "author",
    "edition",
    "colour",
    "cover",
    "font",
    "support",
)
_ASIDE = {
    "author": '"Who made this"',
    "edition": '"natural"              # which of the lengths goes out',
    "colour": '"#2b4a5e"',
    "cover": '"cover.jpg"              # in this folder: square, of at least 1400 pixels',
    "font": '"font.ttf"                # in this folder: for letters the built-in one lacks',
    "support": '"If you need someone to talk to: your doctor, or a crisis line near you."',
    "site": '"https://example.org/kind"            # the page of it on the web',
    "address": '"https://example.org/kind/audio"   # the folder in which it will lie: --site',
    "owner": '"Who answers for it"',
    "email": '"mail@example.org"            # anybody can read it there',
    "copyright": '"Who holds it"',
    "funding": '"https://example.org/give"',
    "funding_text": '"Support this course"',
    "guid": '"9b024349-ccf0-5f69-a609-6b82873eab3c"    # only of a feed that has one already',
}
_OF_THE_FEED = tuple(each.name for each in fields(Feed))


def beginning_of_feed(facts: Publication) -> str:
    """The text of a ``feed.toml`` that says these facts, and can be read back."""
    lines = [_line(key, getattr(facts, key)) for key in _TEXTS]
    feed = [_line(key, getattr(facts.feed, key)) for key in _OF_THE_FEED]
    return _HEAD + "\n".join([*lines, "", "[feed]", *feed]) + "\n"


def _line(key: str, said: object) -> str:
    """One key with what is said; put aside, with an example, where there is nothing."""
    if isinstance(said, bool):
        return f"{key} = {str(said).lower()}"
    said = said.name if isinstance(said, Path) else said
    if not said and key in _ASIDE:
        return f"# {key} = {_ASIDE[key]}"
    return f"{key} = {json.dumps(str(said), ensure_ascii=False)}"
