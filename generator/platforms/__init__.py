"""What platforms ask of a delivery: rules as data, held against facts that others measured."""

from __future__ import annotations

from collections.abc import Mapping

from generator.model import Delivery, Ruling
from generator.platforms.acx import ACX
from generator.platforms.apple import APPLE
from generator.platforms.audiobookshelf import AUDIOBOOKSHELF
from generator.platforms.feed import file_of
from generator.platforms.insight_timer import INSIGHT_TIMER
from generator.platforms.platform import FEED, Platform
from generator.platforms.spotify import SPOTIFY

__all__ = ["FEED", "PLATFORMS", "file_of", "judge"]

PLATFORMS: Mapping[str, Platform] = {
    "apple": APPLE,
    "spotify": SPOTIFY,
    "insight-timer": INSIGHT_TIMER,
    "acx": ACX,
    "audiobookshelf": AUDIOBOOKSHELF,
}


def judge(platform: str, delivery: Delivery) -> tuple[Ruling, ...]:
    """Every rule of the platform of that name that applies to the delivery."""
    return tuple(PLATFORMS[platform].judge(delivery))
