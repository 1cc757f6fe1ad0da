"""The feed as XML, made of elements and never of strings: whatever a text holds, it stays text.

Names have their prefixes as they are written: what a prefix means stands at the root.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from generator.audio import stamp
from generator.feed.address import web
from generator.feed.checking import TRANSCRIPTS
from generator.feed.text import (
    MOST_DISPLAY,
    MOST_NAME,
    as_html,
    described,
    language,
    line,
)
from generator.model import Channel, Item

_NAMESPACES = {
    "xmlns:itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "xmlns:podcast": "https://podcastindex.org/namespace/1.0",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:psc": "http://podlove.org/simple-chapters",
}
_TIMED = ("text/vtt", "application/x-subrip")
"""Transcripts that can be read along."""


def document(channel: Channel, items: Sequence[Item]) -> bytes:
    """The whole feed, of nouns that were found right."""
    root = Element("rss", {"version": "2.0", **_NAMESPACES})
    made = SubElement(root, "channel")
    _channel(made, channel, max(item.published for item in items))
    for item in items:
        _item(SubElement(made, "item"), item, channel)
    indent(root, " ")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _say(parent: Element, tag: str, text: str, **attributes: str) -> None:
    """An element with its text; none where there is nothing to say."""
    if text:
        SubElement(parent, tag, attributes).text = text


def _date(when: datetime) -> str:
    """As RFC 2822 has it, in English whatever the locale (RSS-3)."""
    return format_datetime(when.astimezone(UTC))


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _channel(made: Element, channel: Channel, newest: datetime) -> None:
    _say(made, "title", line(channel.title))
    _say(made, "link", web(channel.link))
    address = web(channel.address)
    SubElement(made, "atom:link", href=address, rel="self", type="application/rss+xml")
    _say(made, "description", described(channel.description))
    _say(made, "language", language(channel.language))
    _say(made, "copyright", line(channel.copyright))
    _say(made, "lastBuildDate", _date(newest))
    _directory(made, channel)
    _podcasting(made, channel)


def _directory(made: Element, channel: Channel) -> None:
    """What Apple's directory reads, and with it all others."""
    SubElement(made, "itunes:image", href=web(channel.image))
    category = SubElement(made, "itunes:category", text=channel.category)
    if channel.subcategory:
        SubElement(category, "itunes:category", text=channel.subcategory)
    _say(made, "itunes:explicit", _flag(channel.explicit))
    _say(made, "itunes:author", line(channel.author))
    _say(made, "itunes:type", "serial" if channel.serial else "episodic")
    if channel.email:
        owner = SubElement(made, "itunes:owner")
        _say(owner, "itunes:name", line(channel.owner))
        _say(owner, "itunes:email", line(channel.email))
    # Only "Yes" means anything in these two.
    _say(made, "itunes:complete", "Yes" if channel.complete else "")
    _say(made, "itunes:block", "Yes" if channel.unlisted else "")
    if channel.moved_to:
        _say(made, "itunes:new-feed-url", web(channel.moved_to))


def _podcasting(made: Element, channel: Channel) -> None:
    """What podcast apps read beyond that."""
    _say(made, "podcast:guid", channel.guid)
    owner = {"owner": line(channel.email)} if channel.email else {}
    _say(made, "podcast:locked", _yes(channel.locked), **owner)
    _say(made, "podcast:block", "yes" if channel.unlisted else "")
    _say(made, "podcast:medium", channel.medium)
    if channel.funding:
        text = line(channel.funding_text, MOST_NAME)
        _say(made, "podcast:funding", text, url=web(channel.funding))
    _spoken_by(made, channel.narrators, channel.synthetic)


def _spoken_by(made: Element, narrators: Iterable[str], synthetic: bool) -> None:
    """Who speaks. A voice that is nobody's own is no person: it is told to be none."""
    for name in () if synthetic else narrators:
        _say(made, "podcast:person", line(name, MOST_NAME), role="narrator", group="cast")
    _say(made, "podcast:txt", _flag(synthetic), purpose="ai-content")


def _item(made: Element, item: Item, channel: Channel) -> None:
    _say(made, "title", line(item.title))
    _say(made, "itunes:title", line(item.title))
    if item.link:
        _say(made, "link", web(item.link))
    _say(made, "description", described(item.description, item.chapters))
    _say(made, "content:encoded", as_html(item.description, item.chapters))
    _say(made, "guid", item.guid, isPermaLink="false")
    _say(made, "pubDate", _date(item.published))
    size = str(item.size_bytes)
    SubElement(made, "enclosure", url=web(item.url), length=size, type=item.mime)
    _say(made, "itunes:duration", str(max(1, round(item.length_s))))
    _say(made, "itunes:explicit", _flag(channel.explicit))
    if item.image:
        SubElement(made, "itunes:image", href=web(item.image))
    _numbers(made, item)
    _spoken_by(made, filter(None, [item.narrator]), item.synthetic)
    _texts(made, item, language(channel.language))


def _numbers(made: Element, item: Item) -> None:
    _say(made, "itunes:episodeType", item.kind)
    for kind, number, named in (
        ("season", item.season, {"name": line(item.season_name, MOST_NAME)}),
        ("episode", item.episode, {"display": line(item.episode_name, MOST_DISPLAY)}),
    ):
        if number:
            _say(made, f"itunes:{kind}", str(number))
            told = {name: text for name, text in named.items() if text}
            _say(made, f"podcast:{kind}", str(number), **told)


def _texts(made: Element, item: Item, spoken: str) -> None:
    """Its transcripts, the one that is read most widely first, and its chapters, twice."""
    order = list(TRANSCRIPTS)
    for each in sorted(item.transcripts, key=lambda each: order.index(each.mime)):
        told = {"url": web(each.url), "type": each.mime, "language": spoken}
        told |= {"rel": "captions"} if each.mime in _TIMED else {}
        SubElement(made, "podcast:transcript", told)
    if item.chapters_url:
        url = web(item.chapters_url)
        SubElement(made, "podcast:chapters", url=url, type="application/json+chapters")
    if item.chapters:
        chapters = SubElement(made, "psc:chapters", version="1.2")
        for mark in item.chapters:
            SubElement(chapters, "psc:chapter", start=stamp(mark.start_ms), title=line(mark.title))
