"""Rules about one episode of a feed, and the file that it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from generator.model import Delivered, Delivery, Element, Verdict
from generator.platforms.feed import file_of
from generator.platforms.rule import Rule, Seen, there

_TYPES = {"mp3": "audio/mpeg", "m4a": "audio/x-m4a"}
_TRANSCRIPTS = {
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "json": "application/json",
    "html": "text/html",
    "txt": "text/plain",
}
_NUMBERED = re.compile(r"(?:#\s?\d|\d+\s?[.:)]|(?:episode|folge|episodio)\s\d)", re.IGNORECASE)
_DAYS = "Mon Tue Wed Thu Fri Sat Sun"
_DATE = re.compile(
    rf"(?P<day>{'|'.join(_DAYS.split())}), \d{{1,2}} [A-Z][a-z]{{2}} \d{{4}}"
    r" \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)",
    re.ASCII,
)
_MOST_APART_S = 1.0


@dataclass(frozen=True)
class Item:
    """An episode as its feed has it, and the file of it that lies here."""

    element: Element
    channel: Element
    delivery: Delivery
    track: Delivered | None

    @property
    def file(self) -> str:
        """What its sound is called."""
        return file_of(self.element.told("enclosure", "url"))


EpisodeRule = Rule[Item]


def items(delivery: Delivery) -> Iterator[Item]:
    """The episodes of a feed, in its order."""
    channel = delivery.feed.channel if delivery.feed else Element("", {})
    tracks = {each.name: each for each in delivery.tracks}
    for element in channel.every("item"):
        name = file_of(element.told("enclosure", "url"))
        yield Item(element, channel, delivery, tracks.get(name))


def _title(item: Item) -> Seen:
    said = item.element.said("title").strip()
    return there(met=bool(said))


def _unnumbered(item: Item) -> Seen:
    met = not _NUMBERED.match(item.element.said("title").strip())
    return there(met=met, yes="none", no="begins with one")


def _enclosure(item: Item) -> Seen:
    ending = item.file.rpartition(".")[2].lower()
    kind = item.element.told("enclosure", "type")
    if not item.file:
        return there(met=False)
    return there(met=_TYPES.get(ending) == kind, yes="agree", no="ending and type differ")


def _there(item: Item) -> Seen | None:
    return (
        there(met=item.file in item.delivery.files, no="not in this folder") if item.file else None
    )


def _length(item: Item) -> Seen | None:
    if item.track is None:
        return None
    said = item.element.told("enclosure", "length").strip()
    met = said == str(item.track.size_bytes)
    shown = (
        f"{int(said):,} bytes" if said.isascii() and said.isdigit() and len(said) < 16 else "none"
    )
    return Seen(shown, met)


def _guid(item: Item) -> Seen:
    guid = item.element.first("guid")
    if guid is None or not guid.text.strip():
        return there(met=False)
    address = guid.attributes.get("isPermaLink", "true") != "false"
    met = not address or guid.text.strip().startswith(("https://", "http://"))
    return there(met=met, no="no address, and not said to be none")


def _date(item: Item) -> Seen:
    said = item.element.said("pubDate").strip()
    match, date = _DATE.fullmatch(said), _parsed(said)
    if not match or date is None:
        return there(met=False, no="another form" if said else "missing")
    if _DAYS.split()[date.weekday()] != match["day"]:
        return there(met=False, no="another day of the week")
    met = date <= item.delivery.seen
    return there(met=met, yes="past", no="in the future")


def _parsed(said: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(said)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return date if date.tzinfo else None


def _duration(item: Item) -> Seen | None:
    if item.track is None or item.track.levels is None:
        return None
    said = item.element.said("itunes:duration").strip()
    if not re.fullmatch(r"\d{1,6}", said, re.ASCII):
        return there(met=False, no="no whole seconds" if said else "missing")
    apart_s = int(said) - item.track.levels.length_s
    met = abs(apart_s) <= _MOST_APART_S
    return Seen(f"{apart_s:+.1f} s" if not met else "as long", met)


def _number(item: Item) -> Seen | None:
    if item.channel.said("itunes:type").strip().lower() != "serial":
        return None
    trailer = item.element.said("itunes:episodeType").strip() in ("trailer", "bonus")
    said = item.element.said("itunes:episode").strip()
    met = trailer or bool(re.fullmatch(r"[1-9]\d{0,5}", said, re.ASCII))
    return there(met=met)


def _explicit(item: Item) -> Seen | None:
    said = item.element.said("itunes:explicit").strip()
    return there(met=said in ("true", "false"), yes="one", no="another word") if said else None


def _transcripts(item: Item) -> Seen | None:
    """Whether each transcript lies here and is of the kind that its name says."""
    links = [*item.element.every("podcast:transcript")]
    names = [file_of(each.attributes.get("url", "")) for each in links]
    kinds = [_TRANSCRIPTS.get(name.rpartition(".")[2]) for name in names]
    agree = all(
        kind == each.attributes.get("type") for kind, each in zip(kinds, links, strict=True)
    )
    met = agree and item.delivery.files.issuperset(names)
    return there(met=met, no="not here, or of another type") if links else None


def _chapters(item: Item) -> Seen | None:
    links = [*item.element.every("podcast:chapters")]
    if not links:
        return None
    named = file_of(links[0].attributes.get("url", "")) in item.delivery.files
    typed = links[0].attributes.get("type") == "application/json+chapters"
    return there(met=len(links) == 1 and named and typed, no="not here, or of another type")


_ANEW = "Publish it anew with 'meditate publish'."
_APPLE, _PSP, _SPACE = "apple 823", "psp-1", "podcast namespace"

EPISODE = (
    EpisodeRule("IT-1", "title", "there", _title, _PSP, _ANEW),
    EpisodeRule(
        "IT-1",
        "number in the title",
        "none",
        _unnumbered,
        _APPLE,
        "Numbers have elements of their own.",
        Verdict.WARN,
    ),
    EpisodeRule("IT-2", "sound", "type as its ending says", _enclosure, _PSP, _ANEW),
    EpisodeRule("IT-2", "its file", "in this folder", _there, "house", _ANEW),
    EpisodeRule(
        "HTTP-6", "length of the sound", "the bytes of the file", _length, "rss 2.0", _ANEW
    ),
    EpisodeRule("IT-3", "id", "there; isPermaLink false unless an address", _guid, _PSP, _ANEW),
    EpisodeRule("IT-4", "date", "RFC 2822, past", _date, "rss 2.0", _ANEW),
    EpisodeRule(
        "IT-5", "duration", "whole seconds, of the file", _duration, _APPLE, _ANEW, Verdict.WARN
    ),
    EpisodeRule("IT-6", "number", "there in a serial show", _number, _APPLE, _ANEW),
    EpisodeRule("IT-8", "explicit", "true or false", _explicit, _APPLE, _ANEW),
    EpisodeRule("IT-9", "transcripts", "here, typed", _transcripts, _SPACE, _ANEW),
    EpisodeRule("IT-10", "chapters", "one, here, typed", _chapters, _SPACE, _ANEW),
)
