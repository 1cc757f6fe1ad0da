"""Rules about a podcast's feed: its root, its channel, its picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote, urlsplit

from generator.model import CATEGORIES, Delivery, Element, Rss, Verdict
from generator.platforms.rule import Rule, Seen, counted, there

FeedRule = Rule[Delivery]

_SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "atom": "http://www.w3.org/2005/Atom",
}
_MOST_CHARACTERS, _MOST_DESCRIPTION_BYTES = 255, 4_000
_LONG = {"description", "content:encoded", "itunes:summary", "item"}
"""What may be longer than other texts."""
_LANGUAGE = re.compile(r"[A-Za-z]{2}(?:-[A-Za-z]{2})?", re.ASCII)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_SIDES_PX = range(1_400, 3_001)
_MOST_PICTURE_BYTES = 512 << 10
_ENDINGS = {"jpeg": ("jpg", "jpeg"), "png": ("png",)}


def file_of(address: str) -> str:
    """The name of the file that an address leads to; empty where it leads to none."""
    try:
        return unquote(urlsplit(address.strip()).path).rpartition("/")[2]
    except ValueError:
        return ""


def in_feed(look: Callable[[Rss], Seen | None]) -> Callable[[Delivery], Seen | None]:
    """What looks at the feed, where there is one."""
    return lambda delivery: look(delivery.feed) if delivery.feed else None


def _read(delivery: Delivery) -> Seen:
    if delivery.feed is None:
        return Seen(
            delivery.feed_fault or "no feed.xml here", False if delivery.feed_fault else None
        )
    root, channels = delivery.feed.root, [*delivery.feed.root.every("channel")]
    met = (root.name, root.attributes.get("version")) == ("rss", "2.0") and len(channels) == 1
    return there(met=met, yes="RSS 2.0", no="another kind of document")


def _spaces(feed: Rss) -> Seen:
    """Whether itunes is declared, and no other address goes by the name of one of these."""
    wrong = [name for name, found in feed.spaces.items() if found != _SPACES.get(name, found)]
    missing = [] if _SPACES["itunes"] in feed.spaces.values() else ["itunes"]
    named = sorted({*wrong, *missing})
    return Seen(", ".join(named) or "all right", not named)


def _texts(feed: Rss) -> Seen:
    holders = (feed.channel, *feed.channel.every("item"))
    short = (each for one in holders for each in one.children if each.name not in _LONG)
    texts = [each.text for each in short if not each.children]
    long = sum(len(text) > _MOST_CHARACTERS or text != text.strip() for text in texts)
    return counted(long, "too long, or with blanks around them")


def _episodes(feed: Rss) -> Seen:
    count = len([*feed.channel.every("item")])
    return Seen(f"{count} episodes", count > 0)


def _addresses(feed: Rss) -> Seen:
    wrong = sum(not _is_sound(element, name) for element, name in _links(feed.root))
    return counted(wrong, "not ASCII, or not https")


def _links(element: Element) -> Iterable[tuple[Element, str]]:
    """Every attribute that is an address, at any depth."""
    for name in ("url", "href"):
        if name in element.attributes:
            yield element, name
    for child in element.children:
        yield from _links(child)


def _is_sound(element: Element, name: str) -> bool:
    address = element.attributes[name]
    podcast = element.name.startswith("podcast:")
    secure = address.startswith("https://") or not podcast
    return address.isascii() and " " not in address and secure


def _said(name: str) -> Callable[[Delivery], Seen | None]:
    return in_feed(lambda feed: there(met=bool(feed.channel.said(name).strip())))


def _itself(feed: Rss) -> Seen:
    links = feed.channel.every("atom:link")
    return there(met=any(each.attributes.get("rel") == "self" for each in links))


def _description(feed: Rss) -> Seen:
    size = len(feed.channel.said("description").strip().encode())
    return Seen(f"{size:,} bytes" if size else "missing", 0 < size <= _MOST_DESCRIPTION_BYTES)


def _language(feed: Rss) -> Seen:
    said = feed.channel.said("language").strip()
    return there(met=bool(_LANGUAGE.fullmatch(said)), no="another" if said else "missing")


def _category(feed: Rss) -> Seen:
    """The first counts; what it is divided into must be a part of it."""
    first = feed.channel.first("itunes:category")
    if first is None:
        return there(met=False)
    parts = [each.attributes.get("text", "") for each in first.every("itunes:category")]
    known = CATEGORIES.get(first.attributes.get("text", ""))
    met = known is not None and all(part in known for part in parts)
    return there(met=met, yes="known", no="not one of the list")


def _explicit(feed: Rss) -> Seen:
    said = feed.channel.said("itunes:explicit").strip()
    met = said in ("true", "false")
    return Seen(said if met else "another word" if said else "missing", met)


def _own_id(feed: Rss) -> Seen:
    said = feed.channel.said("podcast:guid").strip()
    return there(met=bool(_GUID.fullmatch(said)), no="no UUID" if said else "missing")


def _alike(of: Callable[[Element], str]) -> Callable[[Delivery], Seen | None]:
    """What looks whether each episode has its own of something."""

    def look(feed: Rss) -> Seen:
        every = [of(item).strip() for item in feed.channel.every("item")]
        return counted(len(every) - len(set(filter(None, every))), "missing, or used twice")

    return in_feed(look)


def _artwork(feed: Rss) -> Seen:
    return there(met=bool(file_of(feed.channel.told("itunes:image", "href"))))


def _picture(delivery: Delivery) -> Seen | None:
    """The picture of the show, where its address leads to a file that lies here."""
    if delivery.feed is None:
        return None
    name = file_of(delivery.feed.channel.told("itunes:image", "href"))
    if name not in delivery.pictures:
        return Seen("not in this folder", met=None) if name else None
    found = delivery.pictures[name]
    if found is None:
        return Seen("no picture", met=False)
    sides = (found.width_px, found.height_px)
    fits = found.width_px == found.height_px in _SIDES_PX and found.colours == "RGB"
    named = name.rpartition(".")[2].lower() in _ENDINGS[found.form]
    shown = f"{sides[0]} by {sides[1]}, {found.form} in {found.colours}"
    return Seen(shown if named else f"{shown}, called otherwise", fits and named)


def _weight(delivery: Delivery) -> Seen | None:
    name = file_of(delivery.feed.channel.told("itunes:image", "href")) if delivery.feed else ""
    found = delivery.pictures.get(name)
    return (
        Seen(f"{found.size_bytes:,} bytes", found.size_bytes <= _MOST_PICTURE_BYTES)
        if found
        else None
    )


def _served(delivery: Delivery) -> Seen | None:
    return Seen("only its server can tell", met=None) if delivery.feed else None


_ANEW = "Publish it anew with 'meditate publish'."
_FEED = "Write it into feed.toml, and publish it anew."
_APPLE, _PSP, _SPACE = "apple 823", "psp-1", "podcast namespace"

READ = FeedRule("RSS-1", "feed", "well-formed RSS 2.0", _read, "rss 2.0", _ANEW)
ROOT = (
    FeedRule("RSS-1", "namespaces", "to the letter", in_feed(_spaces), _PSP, _ANEW),
    FeedRule(
        "RSS-1",
        "encoding",
        "UTF-8",
        in_feed(lambda feed: there(met=feed.utf8, yes="UTF-8", no="another")),
        _PSP,
        _ANEW,
    ),
    FeedRule(
        "RSS-2", "texts", "at most 255 characters", in_feed(_texts), _APPLE, _FEED, Verdict.WARN
    ),
    FeedRule("RSS-4", "episodes", "at least one", in_feed(_episodes), "rss 2.0", _ANEW),
    FeedRule("RSS-5", "addresses", "ASCII; of podcast: https", in_feed(_addresses), _SPACE, _FEED),
)
CHANNEL = (
    FeedRule("CH-1", "title", "there", _said("title"), _PSP, _FEED),
    FeedRule("CH-2", "link", "there", _said("link"), _PSP, _FEED, Verdict.WARN),
    FeedRule("CH-3", "link to itself", "there", in_feed(_itself), _PSP, _FEED, Verdict.WARN),
    FeedRule("CH-4", "description", "1 to 4,000 bytes", in_feed(_description), _PSP, _FEED),
    FeedRule("CH-5", "language", "as en or en-us", in_feed(_language), _PSP, _FEED),
    FeedRule("CH-6", "artwork", "there", in_feed(_artwork), _PSP, _FEED),
    FeedRule("CH-7", "category", "of Apple's list", in_feed(_category), _PSP, _FEED),
    FeedRule("CH-8", "explicit", "true or false", in_feed(_explicit), _PSP, _FEED),
    FeedRule("CH-9", "author", "there", _said("itunes:author"), _APPLE, _FEED, Verdict.WARN),
    FeedRule("CH-16", "own id", "a UUID", in_feed(_own_id), _SPACE, _FEED, Verdict.WARN),
    FeedRule(
        "IT-2",
        "addresses of sounds",
        "each its own",
        _alike(lambda item: item.told("enclosure", "url")),
        _APPLE,
        _ANEW,
    ),
    FeedRule(
        "IT-3",
        "ids of episodes",
        "each its own",
        _alike(lambda item: item.said("guid")),
        _PSP,
        _ANEW,
    ),
)
ARTWORK = (
    FeedRule(
        "ART-1",
        "artwork",
        "square, 1400 to 3000 px, JPEG or PNG, RGB",
        _picture,
        "apple 896",
        "Name a larger cover in feed.toml, or none for a drawn one, and publish it anew.",
    ),
    FeedRule(
        "ART-3",
        "size of the artwork",
        "at most 524,288 bytes",
        _weight,
        "hosts",
        "Save it at a lower quality.",
        Verdict.WARN,
        verified=False,
    ),
)
SERVED = FeedRule(
    "HTTP-1", "HEAD, ranges, types", "answered", _served, _APPLE, unmet=Verdict.UNKNOWN
)
