"""What would make a feed invalid, or have a directory refuse it: all of it, each in its place."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from generator.errors import UsageError, nearest
from generator.feed.address import ending, web
from generator.feed.text import language, line
from generator.model import CATEGORIES, Channel, Item

SOUNDS = {"audio/mpeg": (".mp3",), "audio/x-m4a": (".m4a",)}
"""What every podcast app plays, and how its files are called."""
TRANSCRIPTS = {
    "text/vtt": (".vtt",),
    "application/x-subrip": (".srt",),
    "application/json": (".json",),
    "text/html": (".html",),
    "text/plain": (".txt",),
}
"""The same of transcripts, the one that is read most widely first."""
_PICTURES = (".jpg", ".jpeg", ".png")

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KINDS = ("full", "trailer", "bonus")


def mistakes(channel: Channel, items: Sequence[Item], now: datetime) -> Iterator[UsageError]:
    """Every mistake in the nouns of a feed, in their order. Items are counted from 1."""
    yield from _of_channel(channel)
    if not items:
        yield _wrong("items", "a feed needs at least one", "Build the course first.")
    for number, item in enumerate(items, 1):
        yield from _of_item(item, f"item {number}", now)
    for what, name in (("guid", "guid"), ("address", "url")):
        yield from _twice(items, name, f"two items have one {what}")
    if channel.serial:
        yield from _out_of_order(items)


def _wrong(where: str, what: str, remedy: str = "") -> UsageError:
    return UsageError(what, where=f"feed, {where}", remedy=remedy)


def _of_channel(channel: Channel) -> Iterator[UsageError]:
    for name in ("title", "description"):
        if not line(getattr(channel, name)):
            yield _wrong(name, "is empty", "Say it in the course.")
    yield from _addresses(channel, "", ("link", "address", "image"), ("funding", "moved_to"))
    yield from _picture(channel.image, "image")
    if not language(channel.language):
        remedy = "Use one that has two letters in ISO 639, as en or pt-BR."
        yield _wrong("language", "a feed cannot say this language", remedy)
    if not re.fullmatch(_UUID, channel.guid):
        yield _wrong("guid", "is no UUID in small letters", "Keep the one it was first given.")
    if channel.category not in CATEGORIES:
        yield _wrong("category", "there is no such category", nearest(channel.category, CATEGORIES))
    elif channel.subcategory and channel.subcategory not in CATEGORIES[channel.category]:
        remedy = nearest(channel.subcategory, CATEGORIES[channel.category])
        yield _wrong("subcategory", "its category has no such part", remedy)
    if channel.funding and not line(channel.funding_text):
        yield _wrong("funding_text", "is empty", "Say what the link for funding is called.")


def _of_item(item: Item, where: str, now: datetime) -> Iterator[UsageError]:
    if not line(item.title):
        yield _wrong(f"{where}, title", "is empty", "Say what the track is called.")
    if not re.fullmatch(f"urn:uuid:{_UUID}", item.guid):
        yield _wrong(f"{where}, guid", "is not urn:uuid: and a UUID", "The manifest has it.")
    yield from _addresses(item, f"{where}, ", ("url",), ("link", "image", "chapters_url"))
    yield from _picture(item.image, f"{where}, image")
    yield from _typed(item.url, item.mime, SOUNDS, where)
    for transcript in item.transcripts:
        yield from _addresses(transcript, f"{where}, transcript ", ("url",), ())
        yield from _typed(transcript.url, transcript.mime, TRANSCRIPTS, f"{where}, transcript")
    yield from _of_time(item, where, now)
    if min(item.episode, item.season) < 0 or item.kind not in _KINDS:
        remedy = f"Count from 1; a kind is {', '.join(_KINDS)}."
        yield _wrong(where, "its number, season or kind is none", remedy)


def _of_time(item: Item, where: str, now: datetime) -> Iterator[UsageError]:
    """What is wrong with its date, its size, its length and the times of its chapters."""
    if item.published.utcoffset() is None:
        yield _wrong(f"{where}, published", "the date has no zone", "Give it in UTC.")
    elif not _EARLIEST <= item.published <= now:
        yield _wrong(f"{where}, published", "is still to come, or no date", "Give the day it came.")
    if item.size_bytes < 1:
        yield _wrong(f"{where}, size_bytes", "is less than one", "Is the file whole?")
    if not 0 < item.length_s < math.inf:
        yield _wrong(f"{where}, length_s", "is no length", "Is the file whole?")
    marks_ms = [-1, *(each.start_ms for each in item.chapters)]
    rising = all(one < other for one, other in pairwise(marks_ms))
    if not rising or marks_ms[-1] >= item.length_s * 1000:
        remedy = "Give them in time order."
        yield _wrong(f"{where}, chapters", "do not rise from 0 to the end", remedy)


def _addresses(
    noun: object, where: str, needed: Iterable[str], others: Iterable[str]
) -> Iterator[UsageError]:
    for name in (*needed, *(each for each in others if getattr(noun, each))):
        try:
            web(getattr(noun, name))
        except UsageError as error:
            yield _wrong(f"{where}{name}", error.what, error.remedy)


def _picture(url: str, where: str) -> Iterator[UsageError]:
    if url and ending(url) not in _PICTURES:
        yield _wrong(where, "is called neither JPEG nor PNG", "Name it as what it is.")


def _typed(
    url: str, mime: str, known: Mapping[str, tuple[str, ...]], where: str
) -> Iterator[UsageError]:
    if ending(url) not in known.get(mime, ()):
        remedy = f"Known: {', '.join(f'{type_} {ends[0]}' for type_, ends in known.items())}."
        yield _wrong(f"{where}, mime", "the type and the name of the file do not agree", remedy)


def _twice(items: Sequence[Item], name: str, what: str) -> Iterator[UsageError]:
    first: dict[str, int] = {}
    for number, item in enumerate(items, 1):
        before = first.setdefault(getattr(item, name), number)
        if before != number:
            yield _wrong(f"item {number}", f"{what}: item {before} too", "Give each its own.")


def _out_of_order(items: Sequence[Item]) -> Iterator[UsageError]:
    """What keeps items from being heard in their order: by number, and by date as well."""
    dated: dict[tuple[int, int], list[tuple[datetime, int]]] = defaultdict(list)
    for number, item in enumerate(items, 1):
        if item.kind != "full":
            continue
        if item.episode < 1:
            remedy = "A serial feed numbers its items; a trailer or bonus needs no number."
            yield _wrong(f"item {number}, episode", "has no number", remedy)
        elif item.published.utcoffset() is not None:
            dated[item.season, item.episode].append((item.published, number))
    in_order = [each for place in sorted(dated) for each in dated[place]]
    for same in dated.values():
        for _date, number in same[1:]:
            yield _wrong(f"item {number}, episode", "another has its number", "Give each its own.")
    for (before, _number), (date, number) in pairwise(in_order):
        if date <= before:
            remedy = "Date them in the order in which they are heard."
            yield _wrong(f"item {number}, published", "is not after the one before it", remedy)
