"""A podcast's feed, and what is published beside its tracks: nouns in, bytes out.

The rules have names, as ``IT-3``: docs/rules.md says what each asks and where it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from generator.errors import MistakesError
from generator.feed.address import podcast_guid
from generator.feed.beside import chapters_json, playlist
from generator.feed.checking import mistakes
from generator.feed.document import document
from generator.model import Channel, Item

__all__ = ["chapters_json", "feed_xml", "playlist", "podcast_guid"]


def feed_xml(channel: Channel, items: Sequence[Item], now: datetime) -> bytes:
    """The feed as RSS 2.0 with what podcasts add to it, in UTF-8, its items in the order given.

    The same nouns give the same bytes, whatever the time and the locale. Raises MistakesError with
    all that would make the feed invalid; ``now``, with its zone, tells what is still to come.
    """
    if found := tuple(mistakes(channel, items, now)):
        raise MistakesError(found)
    return document(channel, items)
