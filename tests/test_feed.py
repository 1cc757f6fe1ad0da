"""A podcast's feed: the rules it keeps, and readers of other people who find all that was meant."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
import uuid
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needed import must

from benchmarks.example_feed import BASE, CHANNEL, ITEMS, NOW, item
from benchmarks.feed import FAULTS, by_python, facts
from generator.errors import MistakesError, UsageError
from generator.feed import chapters_json, feed_xml, playlist, podcast_guid
from generator.feed.address import web
from generator.model import CATEGORIES, Channel, Item, PageChapter, PageTrack, Transcript

SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "atom": "http://www.w3.org/2005/Atom",
    "psc": "http://podlove.org/simple-chapters",
}
PLAIN = Channel(
    title="Evenings",
    description="Three evenings.",
    language="en",
    link=BASE,
    address=f"{BASE}/feed.xml",
    guid=CHANNEL.guid,
    image=f"{BASE}/cover.png",
    category="Education",
)
"""A feed that says only what it must."""


def channel(said: Channel = CHANNEL, *items: Item) -> ET.Element:
    """The channel of a feed as it is parsed back."""
    found = ET.fromstring(feed_xml(said, items or ITEMS, NOW)).find("channel")
    assert found is not None
    return found


def only(each: Item, said: Channel = CHANNEL) -> ET.Element:
    """One item by itself as it is parsed back."""
    found = channel(replace(said, serial=False), each).find("item")
    assert found is not None
    return found


def text(parent: ET.Element, path: str) -> str | None:
    found = parent.findall(path, SPACES)
    assert len(found) < 2, path
    return found[0].text if found else None


def told(parent: ET.Element, path: str) -> list[dict[str, str]]:
    return [each.attrib for each in parent.findall(path, SPACES)]


def refused(said: Channel, *items: Item) -> str:
    with pytest.raises(MistakesError) as caught:
        feed_xml(said, items, NOW)
    return str(caught.value)


# --- readers of other people --------------------------------------------------------------------


def test_two_readers_find_what_was_meant() -> None:
    documents = by_python(feed_xml(CHANNEL, ITEMS, NOW))
    assert not documents["feedparser"].bozo
    compared = [(fact, reader) for fact in facts() for reader in documents if reader in fact.at]
    assert len(compared) > 120
    for fact, reader in compared:
        expected = FAULTS.get((fact.name, reader), fact.meant)
        assert fact.read(documents, reader) == expected, (fact.name, reader)


# --- the whole ----------------------------------------------------------------------------------


def test_the_root_names_its_spaces_exactly() -> None:
    """RSS-1."""
    xml = feed_xml(CHANNEL, ITEMS, NOW)
    assert xml.startswith(b"<?xml version='1.0' encoding='utf-8'?>\n<rss version=\"2.0\" ")
    xml.decode("utf-8")
    for prefix, space in SPACES.items():
        assert f'xmlns:{prefix}="{space}"'.encode() in xml
    used = {each.split("}")[0] for each in re.findall(r"<([a-z]+):", xml.decode())}
    assert used == set(SPACES)


@pytest.mark.parametrize("field", ["title", "author", "copyright", "owner"])
def test_no_text_is_longer_than_a_directory_takes(field: str) -> None:
    """RSS-2."""
    said = replace(CHANNEL, **{field: "  word" * 100 + "  "})
    shown = channel(said)
    path = {"author": "itunes:author", "owner": "itunes:owner/itunes:name"}.get(field, field)
    found = text(shown, path)
    assert found is not None
    assert len(found) <= 255
    assert re.fullmatch(r"(word )+word…", found)


@pytest.mark.parametrize("word", ["word ", "静けさ ", "nowhere-to-cut", "語"])
def test_a_description_has_at_most_4000_bytes_and_ends_with_a_whole_word(word: str) -> None:
    """RSS-2, CH-4."""
    for shown in (
        channel(replace(CHANNEL, description=word * 4_000)),
        only(item(1, description=word * 4_000)),
    ):
        found = text(shown, "description")
        assert found is not None
        assert 3_900 < len(found.encode()) <= 4_000
        if word.endswith(" "):
            assert re.match(rf"({word})+{word.strip()}…", found)


def test_dates_are_english_and_their_weekday_is_right() -> None:
    """RSS-3."""
    zone = timezone(timedelta(hours=-7))
    shown = channel(CHANNEL, item(1, published=datetime(2026, 2, 28, 20, 0, tzinfo=zone)))
    assert text(shown, "item/pubDate") == "Sun, 01 Mar 2026 03:00:00 +0000"
    assert text(shown, "lastBuildDate") == "Sun, 01 Mar 2026 03:00:00 +0000"


def test_the_same_nouns_give_the_same_bytes_whatever_the_time() -> None:
    assert feed_xml(CHANNEL, ITEMS, NOW + timedelta(days=400)) == feed_xml(CHANNEL, ITEMS, NOW)


def test_the_same_nouns_give_the_same_bytes_whatever_the_locale(tmp_path: Path) -> None:
    """RSS-3: in German a Friday is called otherwise."""
    if compiler := shutil.which("localedef"):
        place = tmp_path / "de_DE.UTF-8"
        subprocess.run([compiler, "-i", "de_DE", "-f", "UTF-8", place], check=False)
    code = """if True:
        import datetime, locale, sys
        from benchmarks.example_feed import CHANNEL, ITEMS, NOW
        from generator.feed import feed_xml
        locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
        print(datetime.date(2026, 5, 1).strftime("%A"), flush=True)
        sys.stdout.buffer.write(feed_xml(CHANNEL, ITEMS, NOW))
    """
    german = {**os.environ, "LOCPATH": str(tmp_path), "LC_ALL": "de_DE.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=german, capture_output=True, check=False
    )
    if b"unsupported locale" in done.stderr:
        must("no German locale, and nothing to make one of")
    day, xml = done.stdout.split(b"\n", maxsplit=1)
    assert day == b"Freitag"
    assert xml == feed_xml(CHANNEL, ITEMS, NOW)


def test_a_feed_has_an_item_and_no_password() -> None:
    """RSS-4."""
    assert refused(CHANNEL) == "feed, items: a feed needs at least one. Build the course first."
    assert "item 1, url: is no web address" in refused(
        CHANNEL, item(1, url="https://me:secret@example.org/1.mp3")
    )
    assert "secret" not in refused(CHANNEL, item(1, url="https://me:secret@example.org/1.mp3"))


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://example.org", "https://example.org"),
        ("https://EXAMPLE.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org/año/x.mp3", "https://example.org/a%C3%B1o/x.mp3"),
        ("https://example.org/a%20b?q=ñ&r=1#é", "https://example.org/a%20b?q=%C3%B1&r=1#%C3%A9"),
        ("https://example.org/100%/x", "https://example.org/100%25/x"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("https://example.org/<\"'>", "https://example.org/%3C%22'%3E"),
    ],
)
def test_an_address_is_ascii(url: str, written: str) -> None:
    """RSS-5."""
    assert web(url) == written
    assert web(written) == written


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.org", "file:///x", "ftp://example.org/x", "https:///x", "//h/x"),
        *("https://example.org/a b", "https://example.org/\n", " https://example.org", "https://["),
        *("https://a@example.org", "https://example.org\\@x.org/", "https://exa mple.org"),
        *("https://example.org:port/", "https://example..org/", "https://example.org/\ud800"),
        *("javascript:alert(1)", "file:///etc/passwd", f"https://example.org/{'x' * 255}"),
        "https://example.org/\u202egpj.x",
    ],
)
def test_what_is_no_address_for_everybody_is_refused(url: str) -> None:
    """RSS-5: over the web, and nothing a reader could take for another place."""
    with pytest.raises(UsageError, match="is no web address"):
        web(url)
    for name in ("link", "address", "image"):
        assert f"feed, {name}: is no web address" in refused(
            replace(CHANNEL, **{name: url}), item(1)
        )


@given(st.text(max_size=60))
def test_any_path_is_escaped_to_ascii_or_refused(path: str) -> None:
    """RSS-5."""
    try:
        found = web(f"https://example.org/{path}")
    except UsageError:
        return
    assert found.isascii()
    assert urlsplit(found).hostname == "example.org"
    assert not re.search(r"[\s<>\"]", found)


# --- any text -----------------------------------------------------------------------------------

TEXTS = st.text(max_size=60) | st.text(
    st.sampled_from("ab <&>\"'\n\t\r\x00\x0b\x1b\x85\u2028\u202e\u2066\ud800\ufffe\uffff😀é]"),
    max_size=60,
)


def kept(said: str) -> str:
    """What is to be left of a line, by another way than the feed's own."""
    dropped = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff"
    seen = "".join(
        " " if each.isspace() else each
        for each in said
        if each.isspace()
        or (each not in dropped and unicodedata.category(each) not in ("Cc", "Cs"))
    )
    return re.sub(" +", " ", seen).strip(" ").replace("<", "‹").replace(">", "›")


@settings(deadline=None, max_examples=150)
@given(TEXTS, TEXTS)
def test_any_text_comes_back_but_for_what_no_feed_can_hold(title: str, about: str) -> None:
    """RSS-2: nothing is left at its ends, and nothing that turns the order of letters round."""
    said = replace(PLAIN, title=f"a{title}", description=f"a{about}", author=about)
    shown = channel(
        said, replace(ITEMS[0], title=f"a{title}", description=f"a{about}", chapters=())
    )
    for parent in (shown, shown.find("item")):
        assert parent is not None
        assert text(parent, "title") == kept(f"a{title}")
        found = text(parent, "description") or ""
        words = kept(re.sub(r"[\x1c\x1d\x1e]", " ", f"a{about}"))
        assert " ".join(found.split()) == " ".join(words.split())
    assert (text(shown, "itunes:author") or "") == kept(about)


class Words(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not attrs

    def handle_data(self, data: str) -> None:
        self.words += data


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_the_html_of_a_description_is_paragraphs_whatever_it_says(about: str) -> None:
    """RSS-2: of all HTML, a description needs paragraphs alone."""
    shown = only(item(1, description=f"a{about}", chapters=()))
    html = Words(text(shown, "content:encoded") or "")
    assert set(html.tags) == {"p"}
    assert html.words.split() == (text(shown, "description") or "").split()


def test_markup_in_a_text_is_none_for_a_reader_that_looks_for_it() -> None:
    attack = "<script>alert(1)</script> & ]]> <!--"
    shown = by_python(feed_xml(replace(CHANNEL, title=attack), [item(1, description=attack)], NOW))
    safe = "‹script›alert(1)‹/script› & ]]› ‹!--"
    assert shown["feedparser"].feed.title == safe
    assert shown["podcastparser"]["title"] == safe
    assert shown["feedparser"].entries[0].summary.startswith(safe)


# --- the channel --------------------------------------------------------------------------------


def test_a_feed_that_says_only_what_it_must() -> None:
    """CH-9, CH-11, CH-12, CH-13, CH-14, CH-15, CH-21, CH-22: what is left out is not there."""
    shown = channel(
        replace(PLAIN, serial=False),
        Item("One", "", ITEMS[0].guid, ITEMS[0].published, ITEMS[0].url, 1, "audio/mpeg", 1.0),
    )
    tags = [re.sub(r"\{.*\}", "", each.tag) for each in shown]
    assert tags == [
        *("title", "link", "link", "description", "language", "lastBuildDate"),
        *("image", "category", "explicit", "type", "guid", "locked", "medium", "txt", "item"),
    ]
    inside = [re.sub(r"\{.*\}", "", each.tag) for each in shown.find("item") or ()]
    assert inside == [
        *("title", "title", "guid", "pubDate", "enclosure", "duration", "explicit"),
        *("episodeType", "txt"),
    ]


@pytest.mark.parametrize("field", ["title", "description"])
def test_a_feed_is_called_something(field: str) -> None:
    """CH-1, CH-4."""
    for nothing in ("", "  ", "\x00\u202e"):
        assert f"feed, {field}: is empty" in refused(replace(CHANNEL, **{field: nothing}), item(1))
    assert text(channel(), "title") == "Evenings by the River & Sea"


def test_a_feed_says_where_its_page_is_and_where_it_is_itself() -> None:
    """CH-2, CH-3."""
    assert text(channel(), "link") == BASE
    own = {"href": f"{BASE}/feed.xml", "rel": "self", "type": "application/rss+xml"}
    assert told(channel(), "atom:link") == [own]


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", "en"),
        ("en-GB", "en-gb"),
        ("PT-br", "pt-br"),
        ("zh-Hant-TW", "zh-tw"),
        ("es-419", "es"),
    ],
)
def test_a_language_is_two_letters_and_perhaps_a_region(tag: str, written: str) -> None:
    """CH-5."""
    assert text(channel(replace(CHANNEL, language=tag)), "language") == written


@pytest.mark.parametrize("tag", ["", "e", "eng", "english", "haw-US", "en_GB", "ён", "en\n"])
def test_a_language_no_feed_can_say_is_refused(tag: str) -> None:
    """CH-5."""
    assert "feed, language: a feed cannot say" in refused(replace(CHANNEL, language=tag), item(1))


def test_the_picture_is_called_what_it_is() -> None:
    """CH-6, ART-1."""
    assert told(channel(), "itunes:image") == [{"href": f"{BASE}/cover.jpg"}]
    for wrong in (f"{BASE}/cover.webp", f"{BASE}/cover", f"{BASE}/cover.JPG"):
        assert "image: is called neither" in refused(replace(CHANNEL, image=wrong), item(1))
        assert "item 1, image: is called neither" in refused(CHANNEL, item(1, image=wrong))


def test_every_shelf_is_a_directory_s_own() -> None:
    """CH-7."""
    for category, parts in CATEGORIES.items():
        for part in ("", *parts):
            shown = channel(replace(CHANNEL, category=category, subcategory=part))
            assert told(shown, "itunes:category") == [{"text": category}]
            under = told(shown, "itunes:category/itunes:category")
            assert under == ([{"text": part}] if part else [])


@pytest.mark.parametrize(
    ("category", "part", "message"),
    [
        ("Meditation", "", "category: there is no such category"),
        ("health & fitness", "", "Did you mean 'Health & Fitness'?"),
        ("Education", "Mental Health", "subcategory: its category has no such part"),
        ("Technology", "Robots", "has no such part. Known: none."),
    ],
)
def test_a_shelf_that_is_none_is_refused(category: str, part: str, message: str) -> None:
    """CH-7."""
    assert message in refused(replace(CHANNEL, category=category, subcategory=part), item(1))


@pytest.mark.parametrize("explicit", [True, False])
def test_explicit_is_true_or_false(explicit: bool) -> None:
    """CH-8, IT-8."""
    shown = channel(replace(CHANNEL, explicit=explicit))
    assert text(shown, "itunes:explicit") == str(explicit).lower()
    assert {each.text for each in shown.findall("item/itunes:explicit", SPACES)} == {
        str(explicit).lower()
    }


def test_a_feed_says_who_made_it_and_who_holds_it() -> None:
    """CH-9, CH-11."""
    assert text(channel(), "itunes:author") == "Ada Example"
    assert text(channel(), "copyright") == "Ada Example"


@pytest.mark.parametrize(("serial", "written"), [(True, "serial"), (False, "episodic")])
def test_a_course_is_heard_in_its_order(serial: bool, written: str) -> None:
    """CH-10."""
    assert text(channel(replace(CHANNEL, serial=serial)), "itunes:type") == written


def test_what_has_an_effect_only_as_yes_is_yes_or_not_there() -> None:
    """CH-12, CH-13, CH-21."""
    shown = channel()
    assert text(shown, "itunes:complete") == "Yes"
    assert (text(shown, "itunes:block"), text(shown, "podcast:block")) == ("Yes", "yes")


def test_a_feed_that_moved_says_where_it_is_now() -> None:
    """CH-14."""
    shown = channel(replace(CHANNEL, moved_to="https://example.com/feed.xml"))
    assert text(shown, "itunes:new-feed-url") == "https://example.com/feed.xml"
    assert "moved_to: is no web" in refused(replace(CHANNEL, moved_to="ftp://x.org"), item(1))


def test_who_answers_for_a_feed_is_named_only_with_an_address() -> None:
    """CH-15."""
    owner = channel().find("itunes:owner", SPACES)
    assert owner is not None
    assert [each.text for each in owner] == ["Ada Example", "mail@example.org"]
    assert channel(replace(CHANNEL, email="")).find("itunes:owner", SPACES) is None


@pytest.mark.parametrize(
    ("address", "guid"),
    [
        ("podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("https://podnews.net/rss/", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("HTTP://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ],
)
def test_the_name_of_a_feed_is_that_of_its_first_address(address: str, guid: str) -> None:
    """CH-16: the two published examples."""
    assert podcast_guid(address) == guid
    assert uuid.UUID(guid).version == 5


def test_the_name_of_a_feed_stays_when_all_else_changes() -> None:
    """CH-16."""
    moved = replace(CHANNEL, address="https://example.com/new.xml", title="Other")
    assert text(channel(moved), "podcast:guid") == CHANNEL.guid
    for wrong in ("", "1", CHANNEL.guid.upper(), f"urn:uuid:{CHANNEL.guid}"):
        assert "feed, guid: is no UUID" in refused(replace(CHANNEL, guid=wrong), item(1))


def test_whether_another_host_may_take_it_over_is_said() -> None:
    """CH-17."""
    assert told(channel(), "podcast:locked") == [{"owner": "mail@example.org"}]
    assert text(channel(), "podcast:locked") == "yes"
    free = channel(replace(CHANNEL, locked=False, email=""))
    assert (text(free, "podcast:locked"), told(free, "podcast:locked")) == ("no", [{}])


@pytest.mark.parametrize("medium", ["course", "podcast", "audiobook"])
def test_what_kind_of_feed_it_is_is_said(medium: Any) -> None:
    """CH-18."""
    assert text(channel(replace(CHANNEL, medium=medium)), "podcast:medium") == medium


def test_only_a_person_is_named_as_one() -> None:
    """CH-19: a synthetic voice is none, whatever it is called."""
    people = replace(PLAIN, synthetic=False, narrators=("Nora Example", "Ada " * 60))
    found = channel(people).findall("podcast:person", SPACES)
    assert [each.attrib for each in found] == [{"role": "narrator", "group": "cast"}] * 2
    assert found[0].text == "Nora Example"
    assert max(len(each.text or "") for each in found) <= 128
    assert told(channel(replace(people, synthetic=True)), "podcast:person") == []
    spoken = only(item(1, synthetic=False, narrator="Nora Example"))
    assert text(spoken, "podcast:person") == "Nora Example"
    assert text(only(item(1, narrator="Joe")), "podcast:person") is None


def test_a_synthetic_voice_is_told_of_the_whole_and_of_each_item() -> None:
    """CH-20."""
    shown = channel()
    assert told(shown, "podcast:txt") == [{"purpose": "ai-content"}]
    assert text(shown, "podcast:txt") == "true"
    items = shown.findall("item/podcast:txt", SPACES)
    assert [each.text for each in items] == ["true", "false", "true"]


def test_a_feed_says_where_something_can_be_given() -> None:
    """CH-22."""
    shown = channel(replace(CHANNEL, funding_text="Give " * 60))
    assert told(shown, "podcast:funding") == [{"url": "https://example.org/give"}]
    assert len(text(shown, "podcast:funding") or "") <= 128
    assert "funding_text: is empty" in refused(replace(CHANNEL, funding_text=" "), item(1))


def test_a_feed_asks_for_no_payments() -> None:
    """CH-23."""
    assert not [each for each in channel().iter() if each.tag.endswith("value")]


# --- an item ------------------------------------------------------------------------------------


def test_a_title_is_the_title_alone() -> None:
    """IT-1, IT-8: numbers stand in elements of their own."""
    shown = only(item(2, title="Four wishes"))
    assert (text(shown, "title"), text(shown, "itunes:title")) == ("Four wishes", "Four wishes")
    assert "item 1, title: is empty" in refused(CHANNEL, item(1, title="\x07"))


def test_a_sound_has_an_address_a_size_and_a_type() -> None:
    """IT-2, HTTP-6."""
    shown = only(item(1))
    sound = {"url": f"{BASE}/01-evening.mp3", "length": "14400001", "type": "audio/mpeg"}
    assert told(shown, "enclosure") == [sound]
    other = only(item(1, url=f"{BASE}/1.m4a", mime="audio/x-m4a"))
    assert told(other, "enclosure")[0]["type"] == "audio/x-m4a"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mime": "audio/flac", "url": f"{BASE}/1.flac"}, "mime: the type and the name"),
        ({"mime": "audio/x-m4a"}, "Known: audio/mpeg .mp3, audio/x-m4a .m4a."),
        ({"url": f"{BASE}/1.mp3.exe"}, "mime: the type and the name"),
        ({"url": f"{BASE}/1?x=.mp3"}, "mime: the type and the name"),
        ({"size_bytes": 0}, "size_bytes: is less than one"),
        ({"size_bytes": -1}, "size_bytes: is less than one"),
        ({"length_s": 0.0}, "length_s: is no length"),
        ({"length_s": float("nan")}, "length_s: is no length"),
        ({"length_s": float("inf")}, "length_s: is no length"),
        ({"episode": -1}, "its number, season or kind is none"),
        ({"kind": "Full"}, "its number, season or kind is none"),
        ({"link": "ftp://example.org"}, "link: is no web address"),
        ({"chapters_url": "x.json"}, "chapters_url: is no web address"),
    ],
)
def test_an_item_no_player_could_use_is_refused(changes: dict[str, Any], message: str) -> None:
    """IT-2, IT-5, IT-6, IT-7, IT-8, IT-10."""
    found = refused(CHANNEL, item(1), item(2, **changes))
    assert "feed, item 2" in found
    assert message in found


def test_two_items_are_two() -> None:
    """IT-2, IT-3."""
    one, other = item(1), item(2)
    same_guid = refused(CHANNEL, one, replace(other, guid=one.guid))
    assert same_guid == "feed, item 2: two items have one guid: item 1 too. Give each its own."
    assert "item 2: two items have one address: item 1" in refused(
        CHANNEL, one, replace(other, url=one.url)
    )


def test_an_item_keeps_its_name_whatever_becomes_of_it() -> None:
    """IT-3."""
    again = only(item(1, title="Other", url=f"{BASE}/other.mp3", size_bytes=5))
    assert text(again, "guid") == item(1).guid
    assert told(again, "guid") == [{"isPermaLink": "false"}]
    for wrong in ("", "1", f"{BASE}/1", item(1).guid.upper(), f"{item(1).guid}\n"):
        assert "item 1, guid: is not urn:uuid:" in refused(CHANNEL, item(1, guid=wrong))


@pytest.mark.parametrize(
    ("published", "message"),
    [
        (datetime(2026, 5, 1), "the date has no zone"),  # noqa: DTZ001  that is what is tried
        (NOW + timedelta(seconds=1), "is still to come"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "or no date"),
    ],
)
def test_a_date_that_is_none_is_refused(published: datetime, message: str) -> None:
    """IT-4."""
    assert f"feed, item 1, published: {message}" in refused(
        CHANNEL, item(1, published=published)
    ) or (message in refused(CHANNEL, item(1, published=published)))
    assert only(item(1, published=NOW)) is not None


def test_the_dates_of_a_course_rise_with_its_numbers() -> None:
    """IT-4: whoever sorts by date hears them in their order."""
    one, other = item(1), item(2)
    for date in (one.published, one.published - timedelta(days=1)):
        late = replace(other, published=date)
        message = "feed, item 2, published: is not after the one before it"
        assert message in refused(CHANNEL, one, late)
        assert feed_xml(replace(CHANNEL, serial=False), [one, late], NOW)
    assert feed_xml(CHANNEL, [other, one], NOW), "in which order they stand does not matter"


@pytest.mark.parametrize(("length_s", "written"), [(900.49, "900"), (900.5, "900"), (0.2, "1")])
def test_a_length_is_whole_seconds(length_s: float, written: str) -> None:
    """IT-5."""
    assert text(only(item(1, length_s=length_s, chapters=())), "itunes:duration") == written


def test_a_course_without_numbers_is_refused() -> None:
    """IT-6, IT-7, CH-10."""
    assert "item 1, episode: has no number" in refused(CHANNEL, item(1, episode=0))
    assert "item 2, episode: another has its number" in refused(
        CHANNEL, item(1), item(2, episode=1)
    )
    assert feed_xml(CHANNEL, [item(1), item(2, episode=1, season=2)], NOW)
    assert feed_xml(CHANNEL, [item(1, episode=0, kind="trailer")], NOW)


def test_numbers_have_names_of_their_own() -> None:
    """IT-6, IT-11."""
    shown = only(item(2, season_name="Spring " * 40, episode_name="Evening " * 9))
    assert (text(shown, "itunes:season"), text(shown, "podcast:season")) == ("1", "1")
    assert (text(shown, "itunes:episode"), text(shown, "podcast:episode")) == ("2", "2")
    ((season,), (episode,)) = (told(shown, f"podcast:{each}") for each in ("season", "episode"))
    assert 100 < len(season["name"]) <= 128
    assert 20 < len(episode["display"]) <= 32
    bare = only(item(2, season_name="", episode_name=""))
    assert told(bare, "podcast:season") + told(bare, "podcast:episode") == [{}, {}]
    assert text(only(item(2, season=0, episode=0)), "podcast:episode") is None


@pytest.mark.parametrize("kind", ["full", "trailer", "bonus"])
def test_an_item_says_what_it_is(kind: Any) -> None:
    """IT-7."""
    assert text(only(item(1, kind=kind)), "itunes:episodeType") == kind


def test_an_item_has_a_picture_and_a_page_of_its_own() -> None:
    """IT-8."""
    shown = only(item(1))
    assert told(shown, "itunes:image") == [{"href": f"{BASE}/01-evening.png"}]
    assert text(shown, "link") == f"{BASE}#evening-1"


def test_of_transcripts_webvtt_comes_first() -> None:
    """IT-9, TR-2."""
    types = {".txt": "text/plain", ".srt": "application/x-subrip", ".vtt": "text/vtt"}
    files = tuple(Transcript(f"{BASE}/1{ending}", mime) for ending, mime in types.items())
    found = told(only(item(1, transcripts=files)), "podcast:transcript")
    captions = {"language": "en-gb", "rel": "captions"}
    assert found == [
        {"url": f"{BASE}/1.vtt", "type": "text/vtt", **captions},
        {"url": f"{BASE}/1.srt", "type": "application/x-subrip", **captions},
        {"url": f"{BASE}/1.txt", "type": "text/plain", "language": "en-gb"},
    ]
    wrong = item(1, transcripts=(Transcript(f"{BASE}/1.vtt", "text/plain"),))
    assert "item 1, transcript, mime: the type" in refused(CHANNEL, wrong)


def test_chapters_are_told_twice() -> None:
    """IT-10, IT-12."""
    shown = only(item(1))
    url = {"url": f"{BASE}/01-evening.chapters.json", "type": "application/json+chapters"}
    assert told(shown, "podcast:chapters") == [url]
    assert told(shown, "psc:chapters") == [{"version": "1.2"}]
    assert told(shown, "psc:chapters/psc:chapter") == [
        {"start": "00:00:00.000", "title": "Arriving"},
        {"start": "00:02:00.500", "title": "Staying & breathing"},
        {"start": "00:14:00.001", "title": "Coming back"},
    ]


@pytest.mark.parametrize("marks_ms", [(-1,), (0, 0), (5, 4), (0, 900_250), (0, 10**9)])
def test_chapters_that_do_not_rise_are_refused(marks_ms: tuple[int, ...]) -> None:
    """IT-10, CJ-1."""
    chapters = tuple(PageChapter("x", each) for each in marks_ms)
    assert "item 1, chapters: do not rise" in refused(CHANNEL, item(1, chapters=chapters))


MARKS = tuple(PageChapter(f"Part {n}", n * 61_999) for n in range(4))


def test_a_description_ends_with_the_times_of_its_chapters() -> None:
    """IT-13, CJ-2: three at least, the first at the beginning."""
    shown = only(item(1, description="About.", chapters=MARKS))
    assert text(shown, "description") == (
        "About.\n\n00:00:00 Part 0\n00:01:01 Part 1\n00:02:03 Part 2\n00:03:05 Part 3"
    )
    assert (text(shown, "content:encoded") or "").endswith("<p>00:03:05 Part 3</p>")
    for chapters in (MARKS[:2], MARKS[1:], ()):
        assert (
            text(only(item(1, description="About.", chapters=chapters)), "description") == "About."
        )


def test_where_chapters_have_no_room_the_text_is_kept() -> None:
    """IT-13, RSS-2: it says who speaks, and chapters stand elsewhere too."""
    many = tuple(PageChapter("A chapter of this course", n) for n in range(255))
    assert text(only(item(1, description="About.", chapters=many)), "description") == "About."
    told = f"{'word ' * 790}The voice, Joe, is synthetic."
    assert 3_900 < len(told) < 4_000
    assert text(only(item(1, description=told, chapters=MARKS)), "description") == told


def test_all_that_is_wrong_is_told_at_once() -> None:
    said = replace(CHANNEL, link="", category="x")
    wrong = (item(1, guid="x", size_bytes=0), item(2, guid="x"))
    assert len(refused(said, *wrong).splitlines()) == 6


# --- beside the tracks --------------------------------------------------------------------------


@given(st.lists(st.integers(0, 10**7), unique=True, max_size=9), TEXTS)
def test_the_chapters_of_a_track_are_json_to_the_millisecond(marks: list[int], title: str) -> None:
    """CJ-1, CJ-2."""
    chapters = [PageChapter(title, each) for each in marks]
    found = json.loads(chapters_json(chapters, title, "Evenings"))
    assert (found["version"], found["podcastName"]) == ("1.2.0", "Evenings")
    assert [round(each["startTime"] * 1000) for each in found["chapters"]] == sorted(marks)
    assert all(one["startTime"] < two["startTime"] for one, two in pairwise(found["chapters"]))
    assert {each["title"] for each in found["chapters"]} <= {kept(title)}


def test_chapters_to_the_letter() -> None:
    """CJ-1."""
    assert json.loads(chapters_json(ITEMS[0].chapters, "One", "Evenings")) == {
        "version": "1.2.0",
        "title": "One",
        "podcastName": "Evenings",
        "chapters": [
            {"startTime": 0.0, "title": "Arriving"},
            {"startTime": 120.5, "title": "Staying & breathing"},
            {"startTime": 840.001, "title": "Coming back"},
        ],
    }


def track(title: str = "One", file: str = "01-one.mp3") -> PageTrack:
    return PageTrack(title, file, 900_600, 1, "00")


def test_a_playlist_to_the_letter() -> None:
    tracks = [track(), track("Two,\nand\x00 more", "natural/02 año.mp3")]
    assert playlist("Evenings\n#EXTM3U", tracks).decode() == (
        "#EXTM3U\n#PLAYLIST:Evenings #EXTM3U\n"
        "#EXTINF:901,One\n01-one.mp3\n#EXTINF:901,Two, and more\nnatural/02 año.mp3\n"
    )


@pytest.mark.parametrize(
    "file", ["", "#x.mp3", "a\nb.mp3", "../a.mp3", "/a.mp3", "https://x/a.mp3"]
)
def test_a_playlist_names_what_lies_in_its_folder(file: str) -> None:
    with pytest.raises(UsageError, match="a playlist cannot name this file"):
        playlist("Evenings", [track(file=file)])
