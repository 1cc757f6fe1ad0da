"""A platform: its rules by what they are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.model import Delivered, Delivery, Ruling
from generator.platforms.episode import Item, items
from generator.platforms.rule import Rule, judged

FEED = "feed.xml"


@dataclass(frozen=True)
class Platform:
    """The rules of one platform, in the order in which they are told."""

    tracks: tuple[Rule[Delivered], ...]
    folder: tuple[Rule[Delivery], ...] = ()
    episodes: tuple[Rule[Item], ...] = ()

    def judge(self, delivery: Delivery) -> Iterator[Ruling]:
        """Each rule held against what it is about: tracks, then episodes, then all of it."""
        for track in delivery.tracks:
            yield from judged(self.tracks, track, track.name)
        for number, item in enumerate(items(delivery), 1):
            yield from judged(self.episodes, item, f"{FEED}, episode {number}")
        yield from judged(self.folder, delivery, FEED if delivery.feed else "")
