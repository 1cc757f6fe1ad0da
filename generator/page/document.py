"""The page as a document: it reads, and its tracks can be opened, without any script."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import groupby
from operator import attrgetter
from xml.etree.ElementTree import Element

from generator.model import Page
from generator.page.dock import dock
from generator.page.markup import address, element, html, link
from generator.page.track import track
from generator.page.words import SCRIPTED, Words, lasting, words
from generator.plain import plain
from generator.wording import wording


def document(page: Page, head: Mapping[str, str]) -> str:
    """The page as HTML. ``head`` holds its policy, style and script, and two colours of paper."""
    say = words(page.language)
    language = page.language if re.fullmatch(r"[A-Za-z0-9-]{2,35}", page.language) else "und"
    body = element(
        "body",
        element("a", say.skip, class_="skip", href="#tracks"),
        element("div", _about(page, say, language), _tracks(page, say, language), class_="page"),
        _foot(page, say),
        dock(say),
        element("script", head["script"]),
        data_words=json.dumps({each: getattr(say, each) for each in SCRIPTED}, ensure_ascii=False),
        data_private="yes" if page.private else "no",
        data_title=plain(page.title),
        data_author=plain(page.author),
        data_cover=address(page.cover) if page.cover else "",
    )
    return html(element("html", _head(page, head), body, lang=say.language))


def _head(page: Page, head: Mapping[str, str]) -> Element:
    named = {
        "viewport": "width=device-width, initial-scale=1, viewport-fit=cover",
        "color-scheme": "light dark",
        "referrer": "no-referrer",
        "description": plain(page.summary),
    }
    if page.private:
        named["robots"] = "noindex, nofollow, noarchive"
    scheme = "prefers-color-scheme"
    made = element(
        "head",
        element("meta", charset="utf-8"),
        Element("meta", {"http-equiv": "Content-Security-Policy", "content": head["policy"]}),
        *(element("meta", name=name, content=content) for name, content in named.items()),
        *(
            element("meta", name="theme-color", content=head[each], media=f"({scheme}: {each})")
            for each in ("light", "dark")
        ),
        element("title", plain(page.title)),
        element("style", head["style"]),
    )
    if not page.private:
        shared = {"og:title": page.title, "og:description": page.summary, "og:type": "website"}
        for name, content in shared.items():
            made.append(element("meta", property=name, content=plain(content)))
    if page.cover:
        made.append(element("link", rel="icon", href=address(page.cover)))
    if page.feed:
        how = {"rel": "alternate", "type": "application/rss+xml", "title": plain(page.title)}
        made.append(element("link", **how, href=link(page.feed)))
    return made


def _about(page: Page, say: Words, language: str) -> Element:
    length = lasting(sum(each.length_ms for each in page.tracks))
    total = say.total if len(page.tracks) > 1 else say.one_track
    made = element("header", class_="about")
    if page.cover:
        made.append(element("img", src=address(page.cover), alt="", width="1000", height="1000"))
    name = element(
        "div", element("h1", plain(page.title), dir="auto"), class_="name", lang=language
    )
    if plain(page.author):
        name.append(element("p", plain(page.author), class_="author", dir="auto"))
    made.append(name)
    if plain(page.summary):
        made.append(element("p", plain(page.summary), class_="summary", dir="auto", lang=language))
    made.append(element("p", total.format(number=len(page.tracks), time=length), class_="total"))
    made.append(_keep(page, say))
    return made


def _keep(page: Page, say: Words) -> Element:
    """What can be kept on the device: nothing where there is no script, or from a folder."""
    keep = element("div", class_="keep", id="keep", hidden="")
    if page.private:
        keep.append(element("p", say.for_you))
    megabytes = max(1, round(sum(each.size_bytes for each in page.tracks) / 1e6))
    keep.append(element("button", say.keep.format(size=megabytes), type="button", id="keeping"))
    keep.append(element("button", say.remove, type="button", id="remove", hidden=""))
    keep.append(element("p", role="status", id="kept"))
    return keep


def _tracks(page: Page, say: Words, language: str) -> Element:
    made = element("main", id="tracks", tabindex="-1", lang=language)
    own = {} if language == say.language else {"lang": say.language}
    for session, tracks in groupby(page.tracks, attrgetter("session")):
        heading = plain(session)
        if heading:
            made.append(element("h2", heading, class_="session", dir="auto"))
        for each in tracks:
            made.append(track(each, say, 3 if heading else 2, own))
    return made


def _foot(page: Page, say: Words) -> Element:
    around = wording(page.language)
    made = element("footer")
    for each in filter(None, map(plain, (page.disclosure, around.safety))):
        made.append(element("p", each, dir="auto"))
    support = element("bdi", plain(page.support) or around.support)
    made.append(element("p", element("b", say.danger), support))
    if page.feed:
        feed = element("p", element("a", say.feed, href=link(page.feed)), class_="feed")
        if page.private:
            feed.append(element("span", say.feed_private))
        made.append(feed)
    made.append(element("p", say.keys, class_="keys"))
    return made
