"""One part of a site, leaf by leaf: the public one, or one listener's. Nothing is written here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from generator import feed, page, pipeline, tags, transcript
from generator.audio import to_seconds
from generator.model import (
    PRIVATE_PART,
    Channel,
    Item,
    Page,
    PageChapter,
    PageTrack,
    Part,
    Publication,
    Transcript,
)
from generator.publishing.gathering import Outgoing
from generator.publishing.pictures import Pictures

FEED, PLAYLIST, ROBOTS = "feed.xml", "playlist.m3u8", "robots.txt"
ENDINGS = (
    *(".chapters.json", ".html", ".jpg", ".js", ".m3u8", ".mp3", ".srt", ".txt", ".vtt"),
    *(".webmanifest", ".xml"),
)
"""Nothing else leaves: no timeline, no manifest, no file of a listener."""

_MARK_DIGITS = 10
_NO_ROBOTS = f"User-agent: *\nDisallow: /{PRIVATE_PART}/\n".encode()
"""What keeps honest machines away; the page says the same of itself."""
_KINDS = {".vtt": "text/vtt", ".srt": "application/x-subrip"}
_CHAPTERS = ".chapters.json"


@dataclass(frozen=True)
class Leaf:
    """One file that goes out."""

    name: str
    """Its path in the site."""
    mark: str
    """Of what is in it."""
    content: Path | Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True)
class Branch:
    """One part of a site, and all that is said in it."""

    label: str
    folder: str
    """In the site, with a slash at its end; empty for the site itself."""
    address: str
    """Of that folder on the web, with a slash at its end."""
    facts: Publication
    part: Part
    tracks: tuple[Outgoing, ...] = field(repr=False)

    @property
    def private(self) -> bool:
        """Whether it is for one listener."""
        return bool(self.part.token)

    def holds(self, name: str) -> bool:
        """Whether a file of the site lies in this part of it."""
        if self.private:
            return name.startswith(self.folder)
        return not name.startswith(f"{PRIVATE_PART}/")


@dataclass(frozen=True)
class _Sent:
    """A track as it goes out, by the names it has there."""

    track: Outgoing
    name: str
    papers: Mapping[str, bytes] = field(repr=False)


def leaves(branch: Branch, pictures: Pictures, now: datetime) -> Iterator[Leaf]:
    """All of a part, what is named before what names it: the page, and the feed last.

    Raises UsageError or CheckError, saying which, when it would be no sound feed or page.
    """
    sent = [_sent(each, branch) for each in branch.tracks]
    shown = [_shown(each) for each in sent]
    for each in sent:
        yield Leaf(branch.folder + each.name, each.track.sha256, each.track.piece.path)
        yield from (_leaf(branch, name, content) for name, content in each.papers.items())
    for picture in (pictures.artwork, pictures.cover):
        yield Leaf(branch.folder + picture.name, picture.mark, picture.content)
    made = page.files(_page(branch, pictures, shown))
    for name in sorted(made, key=lambda name: name == page.DOCUMENT):
        yield _leaf(branch, name, made[name])
    items = [_item(each, branch) for each in sent]
    if branch.private:
        yield _of(ROBOTS, _NO_ROBOTS)
    yield _leaf(branch, PLAYLIST, feed.playlist(branch.facts.title, shown))
    yield _leaf(branch, FEED, feed.feed_xml(_channel(branch, pictures), items, now))


def _leaf(branch: Branch, name: str, content: bytes) -> Leaf:
    return _of(branch.folder + name, content)


def _of(name: str, content: bytes) -> Leaf:
    return Leaf(name, hashlib.sha256(content).hexdigest(), lambda: content)


def _sent(track: Outgoing, branch: Branch) -> _Sent:
    """A track's names and papers. What changes is called otherwise: hosts keep what they saw."""
    each, stem = track.finished, track.piece.path.stem
    title = branch.facts.title
    texts = {_CHAPTERS: feed.chapters_json(_chapters(track), each.facts.title, title)}
    if each.facts.with_text:
        texts = {
            ".vtt": transcript.webvtt(each.timeline, each.facts).encode(),
            ".srt": transcript.srt(each.timeline).encode(),
            **texts,
        }
    papers = {f"{stem}.{_digits(text)}{ending}": text for ending, text in texts.items()}
    return _Sent(track, f"{stem}.{track.sha256[:_MARK_DIGITS]}.mp3", papers)


def _digits(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_MARK_DIGITS]


def _chapters(track: Outgoing) -> tuple[PageChapter, ...]:
    marks = tags.chapters(track.finished.timeline)
    return tuple(PageChapter(each.title, each.start_ms) for each in marks)


def _shown(each: _Sent) -> PageTrack:
    finished = each.track.finished
    version = each.track.sha256[:16]
    return pipeline.page_track(finished, each.name, version, each.track.heading)


def _page(branch: Branch, pictures: Pictures, tracks: Sequence[PageTrack]) -> Page:
    facts = branch.facts
    return Page(
        title=facts.title,
        tracks=tuple(tracks),
        language=facts.language,
        author=facts.author,
        summary=facts.description,
        disclosure=" ".join(
            dict.fromkeys(each.finished.facts.disclosure for each in branch.tracks)
        ),
        support=facts.support,
        colour=pictures.colour,
        cover=pictures.cover.name,
        feed=FEED,
        private=branch.private,
    )


def _item(each: _Sent, branch: Branch) -> Item:
    finished = each.track.finished
    known = branch.part.episodes[each.track.piece.key]
    papers = {name: branch.address + name for name in each.papers}
    return Item(
        title=finished.facts.title,
        description=finished.facts.description or branch.facts.description,
        guid=known.guid,
        published=known.date,
        url=branch.address + each.name,
        size_bytes=finished.size_bytes,
        mime="audio/mpeg",
        length_s=to_seconds(finished.timeline.frames),
        episode=each.track.number,
        transcripts=tuple(
            Transcript(url, kind)
            for ending, kind in _KINDS.items()
            for name, url in papers.items()
            if name.endswith(ending)
        ),
        chapters_url=next(url for name, url in papers.items() if name.endswith(_CHAPTERS)),
        chapters=_chapters(each.track),
        synthetic=finished.facts.synthetic,
        narrator=finished.facts.narrator,
    )


def _channel(branch: Branch, pictures: Pictures) -> Channel:
    facts, told = branch.facts, branch.facts.feed
    synthetic = any(each.finished.facts.synthetic for each in branch.tracks)
    narrators = dict.fromkeys(each.finished.facts.narrator for each in branch.tracks)
    return Channel(
        title=facts.title,
        description=facts.description,
        language=facts.language,
        link=branch.address if branch.private or not told.site else told.site,
        address=branch.address + FEED,
        guid=branch.part.feed,
        image=branch.address + pictures.artwork.name,
        category=told.category,
        subcategory=told.subcategory,
        author=facts.author,
        owner=told.owner,
        email=told.email,
        copyright=told.copyright,
        explicit=told.explicit,
        medium=told.medium,
        funding=told.funding,
        funding_text=told.funding_text,
        complete=told.complete,
        locked=told.locked or branch.private,
        unlisted=told.unlisted or branch.private,
        serial=told.medium == "course",
        synthetic=synthetic,
        narrators=() if synthetic else tuple(narrators),
    )
