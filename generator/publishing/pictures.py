"""The picture of a publication in the two sizes it goes out in, drawn only when it is not there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from generator import cover, picture, pipeline
from generator.ledger import Memory
from generator.model import OwnFile, Publication

_EDITION = 1
"""Rises when the same facts are drawn otherwise: who has seen the old picture is to look again."""
_SEED = 1
_MARK_DIGITS = 10


@dataclass(frozen=True)
class Picture:
    """A square JPEG."""

    name: str
    """Another for another picture: whoever has seen one of a name does not look again."""
    mark: str
    content: Callable[[], bytes]


@dataclass(frozen=True)
class Pictures:
    """One picture in its sizes, and the colour it is remembered by."""

    artwork: Picture
    cover: Picture
    colour: str


def pictures_of(facts: Publication, memory: Memory) -> Pictures:
    """The publisher's own picture, or one drawn from title and colour.

    Raises UsageError for a picture or a font that will not do.
    """
    own = picture.look(facts.cover) if facts.cover else None
    font = cover.look_at_font(facts.font) if facts.font else None
    artwork = _picture("artwork", facts, font, own, cover.FEED_PX)
    small = _picture("cover", facts, font, own, cover.TAG_PX)
    colour = facts.colour or memory.colours.get(small.mark)
    if not colour:
        colour = memory.colours[small.mark] = cover.main_colour(small.content())
    return Pictures(artwork, small, colour)


def _picture(
    kind: str, facts: Publication, font: OwnFile | None, own: OwnFile | None, side_px: int
) -> Picture:
    drawn = [facts.title, facts.author, facts.colour, font.digest if font else ""]
    asked = [_EDITION, side_px, own.digest if own else drawn]
    mark = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
    wanted = (facts.title, facts.author, facts.colour, font, own, side_px)
    return Picture(f"{kind}-{mark[:_MARK_DIGITS]}.jpg", mark, partial(_made, *wanted))


@lru_cache(maxsize=2)
def _made(
    title: str,
    author: str,
    colour: str,
    font: OwnFile | None,
    own: OwnFile | None,
    side_px: int,
) -> bytes:
    """The picture in one of its sizes; both stay for the next part of the site."""
    return pipeline.artwork(title, author, _SEED, colour, font, own, side_px)
