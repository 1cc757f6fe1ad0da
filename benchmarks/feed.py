"""``python -m benchmarks.feed``: what four readers make of a feed that says all it can.

Two are Python packages; two are fetched by npm, at the versions and digests of its lock.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import feedparser
import podcastparser

from benchmarks.example_feed import CHANNEL, ITEMS, NOW
from benchmarks.tables import table
from generator.feed import feed_xml
from generator.model import Item

READERS_FOLDER = Path(__file__).parent / "readers"
READERS = ("feedparser", "podcastparser", "feedsmith", "partytime")


@dataclass(frozen=True)
class Fact:
    """One thing the feed says, and where each reader that reads it has it."""

    name: str
    meant: str
    at: Mapping[str, str]
    """Keys and places, dotted, by the name of the reader."""

    def read(self, documents: Mapping[str, Any], reader: str) -> str:
        """What that reader found; nothing where it found none."""
        found = documents[reader]
        for step in self.at[reader].split("."):
            try:
                found = found[int(step)] if step.isdigit() else found[step]
            except LookupError:
                return ""
        return str(found).lower() if isinstance(found, bool) else str(found)


FAULTS = {
    ("explicit", "feedparser"): "None",
    ("block", "feedparser"): "1",
    ("complete", "feedparser"): "Yes",
    ("description", "partytime"): " ".join(CHANNEL.description.split()),
}
"""What a reader is known to make of something, other than what it says."""

_TIMES = "\n\n00:00:00 Arriving\n00:02:00 Staying & breathing\n00:14:00 Coming back"
_UNDER = "itunes.categories.0.categories.0.text"
_OF_CHANNEL = {
    "title": (CHANNEL.title, "feed.title title title title"),
    "link": (CHANNEL.link, "feed.link link link link"),
    "address": (CHANNEL.address, "feed.links.1.href - atom.links.0.href pubsub.self"),
    "description": (CHANNEL.description, "feed.subtitle description description description"),
    "language": ("en-gb", "feed.language language language language"),
    "copyright": (CHANNEL.copyright, "feed.rights - copyright copyright"),
    "newest": (format_datetime(ITEMS[-1].published), "feed.updated - lastBuildDate -"),
    "image": (CHANNEL.image, "feed.image.href cover_url itunes.image itunesImage"),
    "category": (
        CHANNEL.category,
        "feed.tags.0.term itunes_categories.0.0 itunes.categories.0.text -",
    ),
    "subcategory": (CHANNEL.subcategory, f"feed.tags.1.term itunes_categories.0.1 {_UNDER} -"),
    "explicit": ("false", "feed.itunes_explicit explicit itunes.explicit explicit"),
    "author": (CHANNEL.author, "feed.author itunes_author itunes.author author"),
    "type": ("serial", "feed.itunes_type type itunes.type itunesType"),
    "owner": (
        CHANNEL.owner,
        "feed.author_detail.name itunes_owner.name itunes.owner.name owner.name",
    ),
    "email": (
        CHANNEL.email,
        "feed.author_detail.email itunes_owner.email itunes.owner.email owner.email",
    ),
    "complete": ("true", "feed.itunes_complete - itunes.complete itunesComplete"),
    "block": ("true", "feed.itunes_block - itunes.block itunesBlock"),
    "guid": (CHANNEL.guid, "feed.podcast_guid - podcast.guid guid"),
    "medium": (CHANNEL.medium, "feed.podcast_medium - podcast.medium medium"),
    "locked": ("true", "- - podcast.locked.value locked"),
    "locked by": (
        CHANNEL.email,
        "feed.podcast_locked.owner - podcast.locked.owner podcastOwner",
    ),
    "podcast:block": ("true", "- - podcast.blocks.0.value -"),
    "funding": (
        CHANNEL.funding,
        "feed.podcast_funding.url - podcast.fundings.0.url podcastFunding.0.url",
    ),
    "funding text": (
        CHANNEL.funding_text,
        "- - podcast.fundings.0.display podcastFunding.0.message",
    ),
    "synthetic": ("true", "- - podcast.txts.0.display -"),
}


def facts() -> Iterator[Fact]:
    """All that is compared."""
    for name, (meant, places) in _OF_CHANNEL.items():
        yield Fact(name, meant, _places(places))
    for number, each in enumerate(ITEMS):
        for name, (meant, places) in (_of_item(each) | _of_words(each)).items():
            at = _places(places, [f"{of}.{number}." for of in _ITEMS])
            yield Fact(f"item {number + 1} {name}", str(meant), at)


_ITEMS = ("entries", "episodes", "items", "items")


def _places(places: str, before: Sequence[str] = ("", "", "", "")) -> dict[str, str]:
    found = zip(READERS, before, places.split(), strict=True)
    return {reader: start + place for reader, start, place in found if place != "-"}


def _of_item(each: Item) -> dict[str, tuple[object, str]]:
    """What is meant of an item, and where it is read."""
    date = format_datetime(each.published)
    episode: dict[str, tuple[object, str]] = {
        "episode": (each.episode, "itunes_episode number itunes.episode itunesEpisode"),
        "episode name": (
            each.episode_name,
            "podcast_episode.display - podcast.episode.display podcastEpisode.display",
        ),
    }
    return {
        "title": (each.title, "title title title title"),
        "itunes:title": (each.title, "itunes_title - itunes.title -"),
        "link": (each.link, "link link link link"),
        "guid": (each.guid, "id guid guid.value guid"),
        "date": (date, "published published pubDate -"),
        "url": (each.url, "links.1.href enclosures.0.url enclosures.0.url enclosure.url"),
        "size": (
            each.size_bytes,
            "links.1.length enclosures.0.file_size enclosures.0.length enclosure.length",
        ),
        "mime": (each.mime, "links.1.type enclosures.0.mime_type enclosures.0.type enclosure.type"),
        "length": (900, "itunes_duration total_time itunes.duration duration"),
        "explicit": ("false", "- explicit itunes.explicit explicit"),
        "image": (each.image, "image.href episode_art_url itunes.image itunesImage"),
        "kind": (each.kind, "itunes_episodetype type itunes.episodeType itunesEpisodeType"),
        "season": (each.season, "itunes_season season itunes.season itunesSeason"),
        "season name": (
            each.season_name,
            "podcast_season.name - podcast.season.name podcastSeason.name",
        ),
        "synthetic": (str(each.synthetic).lower(), "- - podcast.txts.0.display -"),
        "narrator": (each.narrator, "- - podcast.persons.0.display podcastPeople.0.name"),
        **(episode if each.episode else {}),
    }


def _of_words(each: Item) -> dict[str, tuple[object, str]]:
    """The same of its description, its transcripts and its chapters."""
    told = each.description + (_TIMES if each.chapters else "")
    html = "\n".join(f"<p>{line}</p>" for line in told.replace("&", "&amp;").split("\n") if line)
    found: dict[str, tuple[object, str]] = {
        "description": (told, "summary description description -"),
        "html": (html, "content.0.value description_html content.encoded -"),
    }
    for at, file in enumerate(reversed(each.transcripts)):  # the one to be read first was last
        place = f"podcast.transcripts.{at}"
        found[f"transcript {at}"] = (file.url, f"- - {place}.url podcastTranscripts.{at}.url")
        found[f"transcript {at} type"] = (file.mime, f"- - {place}.type -")
    if each.chapters:
        places = "podcast_chapters.url - podcast.chapters.url podcastChapters.url"
        found["chapters"] = (each.chapters_url, places)
        started = "psc_chapters.chapters.1.start - psc.chapters.1.start -"
        found["chapter 1 start"] = ("00:02:00.500", started)
    for at, mark in enumerate(each.chapters):
        places = f"psc_chapters.chapters.{at}.title chapters.{at}.title psc.chapters.{at}.title -"
        found[f"chapter {at}"] = (mark.title, places)
    return found


def by_python(xml: bytes) -> dict[str, Any]:
    """What the two readers in Python make of a feed."""
    found = podcastparser.parse("https://example.org/feed.xml", io.BytesIO(xml))
    for each in found["episodes"]:
        each["published"] = format_datetime(datetime.fromtimestamp(each["published"], UTC))
    return {"feedparser": feedparser.parse(xml), "podcastparser": found}


def by_node(xml: bytes, folder: Path) -> dict[str, Any]:
    """What the two readers of npm make of it, fetched into a folder unless they are there.

    Raises FileNotFoundError where there is no node, and CalledProcessError or TimeoutExpired where
    they cannot be fetched, or are not what their lock says.
    """
    programs = [shutil.which(each) for each in ("npm", "node")]
    if None in programs:
        raise FileNotFoundError("no npm or node")
    npm, node = map(str, programs)
    for path in READERS_FOLDER.iterdir():
        shutil.copy(path, folder)
    if not (folder / "node_modules").exists():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=folder, check=True, timeout=120, capture_output=True)
    done = subprocess.run(
        [node, "read.mjs"], cwd=folder, input=xml, check=True, timeout=60, capture_output=True
    )
    return dict(json.loads(done.stdout))


def main() -> None:
    """Print everything, and beside it what each reader found; nothing where all is as meant."""
    xml = feed_xml(CHANNEL, ITEMS, NOW)
    documents = by_python(xml)
    with tempfile.TemporaryDirectory() as folder:
        documents |= by_node(xml, Path(folder))
    head = ("what", "meant", *READERS)
    print(table(head, ([*_row(fact, documents)] for fact in facts())))


def _row(fact: Fact, documents: Mapping[str, Any]) -> Iterator[str]:
    yield fact.name
    yield _short(fact.meant)
    for reader in READERS:
        found = fact.read(documents, reader) if reader in fact.at else "not read"
        yield "=" if found == fact.meant else _short(found)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"


if __name__ == "__main__":
    main()
