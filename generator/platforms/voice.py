"""Rules about who speaks, whether that is said, and for whom a track was made."""

from __future__ import annotations

import re

from generator.model import Delivered, Delivery, Verdict
from generator.platforms.rule import Rule, Seen, there
from generator.platforms.sound import TrackRule

_TELLS = re.compile(
    r"\b(?:(?i:synth[eé]t|sint[eé]t|artifi[cz]i|text-to-speech|computer)|(?:AI|IA|KI)\b)"
)
"""What a description says where it says that nobody speaks."""


def tells(text: str) -> bool:
    """Whether a text says that a voice is synthetic, in English or a language near it."""
    return bool(_TELLS.search(text))


def _human(track: Delivered) -> Seen | None:
    if track.mpeg is None:
        return None
    if track.synthetic is None:
        return Seen("nothing says who speaks", met=None)
    return there(met=not track.synthetic, yes="a person's", no="synthetic")


def _described(track: Delivered) -> Seen | None:
    return there(met=tells(track.said("COMM"))) if track.synthetic else None


def _aloud(track: Delivered) -> Seen | None:
    if not track.synthetic:
        return None
    if track.planned is None:
        return Seen("no timeline beside it", met=None)
    return there(met=track.planned.disclosed_aloud)


def _nobodys(track: Delivered) -> Seen | None:
    if track.mpeg is None:
        return None
    if track.planned is None:
        return Seen("no timeline beside it", met=None)
    return there(met=not track.planned.personal, yes="nobody's", no="a listener's")


def _announced(delivery: Delivery) -> Seen | None:
    """Whether a feed with a synthetic voice in it says so to programs and in its description."""
    feed = delivery.feed
    if feed is None or not any(each.synthetic for each in delivery.tracks):
        return None
    told = [
        each.text.strip().lower() == "true"
        for each in feed.channel.every("podcast:txt")
        if each.attributes.get("purpose") == "ai-content"
    ]
    return there(met=any(told))


def _announced_in_words(delivery: Delivery) -> Seen | None:
    feed = delivery.feed
    if feed is None or not any(each.synthetic for each in delivery.tracks):
        return None
    items = [each.said("description") for each in feed.channel.every("item")]
    silent = sum(not tells(text) for text in items)
    met = tells(feed.channel.said("description")) or not silent
    return there(met=met, yes="said", no=f"not said in {silent} episodes")


NO_SYNTHETIC = TrackRule(
    "ACX-4",
    "whose voice",
    "a person's",
    _human,
    "acx, at second hand",
    "A voice made by this program is not taken there. Record your own: 'meditate voices record'.",
)
WHOSE = TrackRule("INS-2", "whose voice", "no rule found", _human, "insight timer", verified=False)
LABELLED = TrackRule("SP-3", "whose voice", "no rule read", _human, "spotify", verified=False)
DESCRIBED = TrackRule(
    "AI-1",
    "disclosure in the tag",
    "its comment says that the voice is synthetic",
    _described,
    "apple 891, at second hand",
    "Render it again: the program writes it.",
)
ALOUD = TrackRule(
    "AI-2",
    "disclosure aloud",
    "said before it begins",
    _aloud,
    "apple 891, at second hand",
    "Render it with --profile podcast.",
    Verdict.WARN,
)
NOBODYS = TrackRule(
    "OWN-1",
    "details spoken in it",
    "nobody's",
    _nobodys,
    "house",
    "It was made for one listener: publish only what was made without details.",
)
ANNOUNCED = (
    Rule[Delivery](
        "CH-20",
        "podcast:txt of ai-content",
        "true",
        _announced,
        "podcast namespace",
        'Add <podcast:txt purpose="ai-content">true</podcast:txt> to the channel.',
        Verdict.WARN,
    ),
    Rule[Delivery](
        "AI-3",
        "disclosure in the feed",
        "in the show's description or in every episode's",
        _announced_in_words,
        "apple 891, at second hand",
        "Say in the description that the voice is synthetic.",
    ),
)
