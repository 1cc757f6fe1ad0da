"""One track: what opens it, its chapters and its words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

from generator.audio import clock, to_frames
from generator.model import PageTrack
from generator.page.dock import icon
from generator.page.markup import address, element
from generator.page.words import Words, lasting
from generator.plain import plain

_PARAGRAPH_MS = 1_800
"""A pause that long begins a paragraph."""


def track(shown: PageTrack, say: Words, level: int, own: Mapping[str, str]) -> Element:
    """The track with a heading of that level. ``own`` marks what is in the page's own language."""
    href = address(shown.file)
    play = element("span", f"{say.play}: ", class_="aside", **own)
    name = element("span", plain(shown.title), class_="name", dir="auto")
    inside = element("div", class_="inside")
    if shown.chapters:
        inside.append(_chapters(shown, href, say))
    if shown.phrases:
        words = _transcript(shown, f"h{level + 1}")
        inside.append(element("details", element("summary", say.transcript, **own), words, open=""))
    return element(
        "article",
        element(
            "div",
            element(f"h{level}", element("a", icon("play"), play, name, class_="play", href=href)),
            element("span", lasting(shown.length_ms), class_="length", **own),
            class_="row",
        ),
        inside,
        class_="track",
        data_ms=str(shown.length_ms),
        data_version=shown.version,
        data_bytes=str(shown.size_bytes),
        data_session=plain(shown.session),
    )


def _chapters(track: PageTrack, href: str, say: Words) -> Element:
    """A link to each: without a script, a browser plays the file from there."""
    made = element("ol", class_="chapters", aria_label=say.chapters)
    for each in track.chapters:
        title, when = element("bdi", plain(each.title)), element("time", _clock(each.start_ms))
        link = element("a", title, when, href=f"{href}#t={each.start_ms / 1000:.10g}")
        made.append(element("li", link))
    return made


def _transcript(track: PageTrack, level: str) -> Element:
    """The words as they follow one another, under the chapters they are said in.

    Their times stand in one place, because so they take a third of the room: for each phrase how
    long it is quiet before, and how long it lasts, in hundredths of a second. A ``wbr`` is all that
    parts two of a paragraph.
    """
    made = element("div", class_="words")
    ahead, end_ms, times = deque(track.chapters), 0, [0]
    paragraph: list[str] = []
    for each in track.phrases:
        pause_ms = each.start_ms - end_ms
        headings = []
        while ahead and ahead[0].start_ms <= each.start_ms:
            headings.append(element(level, plain(ahead.popleft().title)))
        if headings or pause_ms >= _PARAGRAPH_MS:
            made.extend((*_paragraph(paragraph), *headings))
            paragraph = []
        paragraph.append(plain(each.text))
        times += [each.start_ms // 10, each.end_ms // 10]
        end_ms = each.end_ms
    made.extend(_paragraph(paragraph))
    made.set("data-times", " ".join(str(after - before) for before, after in pairwise(times)))
    return made


def _paragraph(phrases: list[str]) -> Iterator[Element]:
    if phrases:
        first, *others = (each or "\u2026" for each in phrases)
        paragraph = element("p", first)
        for each in others:
            SubElement(paragraph, "wbr").tail = f" {each}"
        yield paragraph


def _clock(time_ms: int) -> str:
    return clock(to_frames(time_ms / 1000))
