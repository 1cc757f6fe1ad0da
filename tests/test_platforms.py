"""Each rule of each platform: what meets it, and what does not."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from deliveries import FEED, NAMES, TAG, TRACK, delivery, for_acx

from generator import platforms
from generator.cli.check import NAMES as PLATFORM_NAMES
from generator.cli.check import check
from generator.model import Contents, Delivery, Paper, Pixels, Verdict

Mutant = Callable[[Delivery], Delivery]


def tracks(**other: object) -> Mutant:
    """Both tracks with something else in them; of a noun, with some of its fields changed."""

    def mutant(made: Delivery) -> Delivery:
        changed = []
        for each in made.tracks:
            new = {
                name: replace(getattr(each, name), **value) if isinstance(value, dict) else value
                for name, value in other.items()
            }
            changed.append(replace(each, **new))
        return replace(made, tracks=tuple(changed))

    return mutant


def one(**other: object) -> Mutant:
    """The second track alone with something else in it."""

    def mutant(made: Delivery) -> Delivery:
        first, second = made.tracks
        (changed,) = tracks(**other)(replace(made, tracks=(second,))).tracks
        return replace(made, tracks=(first, changed))

    return mutant


def texts(**other: str) -> Mutant:
    return lambda made: replace(
        made,
        tracks=tuple(
            replace(each, tag=replace(each.tag, texts={**each.tag.texts, **other}))
            for each in made.tracks
        ),
    )


def feed(old: str, new: str) -> Mutant:
    """The delivery with another feed: what stands there once or twice is written otherwise."""
    assert old in FEED

    def mutant(made: Delivery) -> Delivery:
        other = delivery(FEED.replace(old, new))
        return replace(made, feed=other.feed)

    return mutant


def artwork(**other: object) -> Mutant:
    (name, found), *_ = delivery().pictures.items()
    return lambda made: replace(made, pictures={name: replace(found, **other)})


def mpeg(**other: object) -> Mutant:
    return tracks(mpeg=other)


def levels(**other: object) -> Mutant:
    return tracks(levels=other)


def lasting(minutes: int) -> Mutant:
    frames = minutes * 60 * 48_000
    return both(mpeg(samples=frames), levels(frames=frames))


def both(first: Mutant, then: Mutant) -> Mutant:
    return lambda made: then(first(made))


APART = both(levels(speech_lufs=-16.6), one(levels={"speech_lufs": -15.5}))
MARKS = TAG.marks
TWICE = (replace(MARKS[0], id="chp001"), MARKS[1])
LISTED_TWICE = (Contents(top=True, ordered=True, children=("chp001", "chp001")),)
OF_AN_ADDRESS = 'isPermaLink="false">urn:uuid:01-arriving<'

SHARED_TRACK: list[tuple[str, str, Mutant]] = [
    ("MP3-6", "decodes whole", mpeg(samples=TRACK.mpeg.samples + 1)),
]
SOUND: list[tuple[str, str, Mutant]] = [
    ("MP3-1", "format", tracks(mpeg=None, levels=None, tag=None, name="01-arriving.wav")),
    ("MP3-1", "bit rate", mpeg(least_kbit_per_s=64, most_kbit_per_s=64)),
    ("MP3-1", "sampling rate", mpeg(rate_hz=32_000)),
    ("MP3-4", "bit rate is constant", mpeg(most_kbit_per_s=192)),
    ("MP3-5", "length header", mpeg(header="")),
    ("MP3-9", "true peak", levels(true_peak_dbtp=-0.99)),
    ("LOUD-1", "loudness of the whole", levels(mix_lufs=-17.01)),
    ("LOUD-2", "loudness of the speech", levels(speech_lufs=-18.0)),
    ("LOUD-3", "speech alike in all tracks", APART),
    ("MP3-11", "begins and ends softly", levels(edge_dbfs=-20.0)),
    ("MP3-12", "file name", tracks(name="01 Ankommen.mp3")),
]
TAGS: list[tuple[str, str, Mutant]] = [
    ("ID3-0", "tag", tracks(tag={"version": "2.2"})),
    ("ID3-1", "title in the tag", texts(TIT2="")),
    ("ID3-11", "picture in the tag", tracks(tag={"picture": Pixels("jpeg", 9, 8, "RGB", 99)})),
    ("CHAP-0", "chapters", tracks(tag={"marks": ()})),
    ("CHAP-1", "chapter ids", tracks(tag={"marks": TWICE, "contents": LISTED_TWICE})),
    ("CHAP-2", "chapter times", tracks(tag={"marks": (replace(MARKS[0], end_ms=0), MARKS[1])})),
    (
        "CHAP-4",
        "chapter titles",
        tracks(tag={"marks": (replace(MARKS[0], titled=False), MARKS[1])}),
    ),
    ("CTOC-1", "table of contents", tracks(tag={"contents": TAG.contents * 2})),
    (
        "CTOC-3",
        "chapters in it",
        tracks(
            tag={"contents": (Contents(top=True, ordered=True, children=("chp001", "chp000")),)}
        ),
    ),
    (
        "TR-9",
        "last chapter ends",
        tracks(tag={"marks": (MARKS[0], replace(MARKS[1], end_ms=900_051))}),
    ),
]
PAPERS: list[tuple[str, str, Mutant]] = [
    ("TR-6", "transcript is sound", tracks(transcript=Paper("vtt", 0, 0, ("it has no cue",)))),
    ("TR-9", "last cue ends", tracks(transcript=Paper("vtt", 60, 900_051))),
    ("CJ-1", "chapter file", tracks(chapters=Paper("json", 2, 0, ("its version is not 1.2.0",)))),
    ("CJ-2", "chapters in it", tracks(chapters=Paper("json", 3, 400_000))),
    ("TR-9", "last chapter of it begins", tracks(chapters=Paper("json", 2, 900_051))),
]
OWN: list[tuple[str, str, Mutant]] = [
    ("OWN-1", "details spoken in it", tracks(planned={"personal": True})),
]
ROOT: list[tuple[str, str, Mutant]] = [
    ("RSS-1", "feed", feed('version="2.0"', 'version="1.0"')),
    ("RSS-1", "feed", lambda made: replace(made, feed=None, feed_fault="is not well-formed XML")),
    (
        "RSS-1",
        "namespaces",
        feed("xmlns:atom", 'xmlns:content="http://purl.org/rss/1.0/" xmlns:atom'),
    ),
    ("RSS-1", "encoding", feed('encoding="UTF-8"', 'encoding="ISO-8859-1"')),
    ("RSS-2", "texts", feed("<title>Kind evenings<", f"<title>{'long ' * 60}<")),
    (
        "RSS-5",
        "addresses",
        feed("https://example.org/kind/01-arriving.vtt", "http://example.org/01-arriving.vtt"),
    ),
    ("CH-1", "title", feed("<title>Kind evenings</title>", "")),
    ("CH-2", "link", feed("<link>https://example.org/kind</link>", "")),
    ("CH-3", "link to itself", feed('rel="self"', 'rel="other"')),
    ("CH-4", "description", feed("Two practices.", "ü" * 2_001)),
    ("CH-5", "language", feed("<language>en<", "<language>english<")),
    ("CH-7", "category", feed('text="Mental Health"', 'text="Mental health"')),
    ("CH-7", "category", feed('text="Health &amp; Fitness"', 'text="Meditation"')),
    (
        "CH-8",
        "explicit",
        feed(
            "  <itunes:explicit>false</itunes:explicit>\n  <itunes:author>",
            "  <itunes:explicit>no</itunes:explicit>\n  <itunes:author>",
        ),
    ),
    ("CH-9", "author", feed("A studio", "")),
    ("CH-16", "own id", feed("9b024349", "9B024349")),
    ("CH-20", "podcast:txt of ai-content", feed(">true<", ">false<")),
    ("AI-3", "disclosure in the feed", feed("The voice is synthetic.", "")),
]
ART: list[tuple[str, str, Mutant]] = [
    ("ART-1", "artwork", artwork(width_px=1_399, height_px=1_399)),
    ("ART-1", "artwork", artwork(width_px=3_001, height_px=3_001)),
    ("ART-1", "artwork", artwork(width_px=2_000)),
    ("ART-1", "artwork", artwork(colours="CMYK")),
    ("ART-1", "artwork", artwork(form="png")),
    ("ART-1", "artwork", lambda made: replace(made, pictures={"artwork-1.jpg": None})),
]
EPISODES: list[tuple[str, str, Mutant]] = [
    ("IT-1", "title", feed("<title>Arriving<", "<title><")),
    ("IT-1", "number in the title", feed("<title>Arriving<", "<title>1. Arriving<")),
    ("IT-2", "sound", feed('type="audio/mpeg"', 'type="audio/mp3"')),
    ("IT-3", "id", feed(OF_AN_ADDRESS, ">urn:uuid:01-arriving<")),
    ("IT-4", "date", feed("Mon, 02 Mar 2026 06:00:00 +0000", "Tue, 02 Mar 2026 06:00:00 +0000")),
    ("IT-4", "date", feed("Mon, 02 Mar 2026 06:00:00 +0000", "2026-03-02T06:00:00Z")),
    ("IT-4", "date", lambda made: replace(made, seen=made.seen - timedelta(days=30))),
    ("IT-5", "duration", feed("<itunes:duration>900<", "<itunes:duration>902<")),
    ("IT-5", "duration", feed("<itunes:duration>900<", "<itunes:duration>15:00<")),
    ("IT-6", "number", feed("<itunes:episode>1</itunes:episode>", "")),
    (
        "IT-8",
        "explicit",
        feed(
            "<itunes:explicit>false</itunes:explicit>\n  <podcast:transcript",
            "<itunes:explicit>clean</itunes:explicit>\n  <podcast:transcript",
        ),
    ),
    ("IT-9", "transcripts", feed('type="text/vtt"', 'type="text/plain"')),
    ("IT-10", "chapters", feed('type="application/json+chapters"', 'type="application/json"')),
    ("HTTP-6", "length of the sound", feed('length="14400512"', 'length="14400511"')),
]
INSIGHT: list[tuple[str, str, Mutant]] = [
    ("MP3-2", "format", tracks(mpeg=None, levels=None, tag=None, planned=None, name="01.flac")),
    ("MP3-2", "bit rate", mpeg(least_kbit_per_s=192, most_kbit_per_s=192)),
    ("MP3-2", "sampling rate", mpeg(rate_hz=44_100)),
    ("MP3-2", "size", tracks(size_bytes=500_000_001)),
    ("MP3-2", "length", lasting(21)),
    ("MP3-2", "bell at the end", tracks(planned={"bell_at_end": False})),
    ("INS-1", "description", texts(COMM="The voice is synthetic.")),
    ("INS-1", "description", texts(COMM=f"{TAG.texts['COMM']}\N{SLEEPING FACE}")),
    ("MP3-11", "begins and ends softly", levels(edge_dbfs=-20.0)),
]
BOOK: list[tuple[str, str, Mutant]] = [
    ("ACX-4", "whose voice", texts(**{"TXXX:AI_VOICE": "an engine"})),
    ("MP3-3", "format", tracks(mpeg=None, levels=None, tag=None, planned=None, name="01.flac")),
    ("MP3-3", "bit rate", mpeg(most_kbit_per_s=256)),
    ("MP3-3", "bit rate", mpeg(least_kbit_per_s=128, most_kbit_per_s=128)),
    ("MP3-3", "sampling rate", mpeg(rate_hz=48_000)),
    ("MP3-3", "length", lasting(121)),
    ("MP3-3", "channels", one(mpeg={"channels": 1})),
    ("ACX-1", "RMS of the whole", levels(rms_dbfs=-25.6)),
    ("ACX-2", "noise floor in the pauses", levels(floor_dbfs=-42.0)),
    ("ACX-3", "peak", levels(peak_dbfs=-1.4)),
    ("ACX-5", "room before the first sound", levels(head_s=0.1)),
    ("ACX-6", "room after the last sound", levels(tail_s=6.0)),
]
SHELF: list[tuple[str, str, Mutant]] = [
    ("ABS-1", "sounds", lambda made: replace(made, tracks=())),
    ("ABS-2", "cover beside the sounds", lambda made: replace(made, files=frozenset(NAMES))),
    ("ID3-1", "titles in the tags", texts(TIT2="")),
    ("ID3-2", "album artist", texts(TPE2="")),
    ("ID3-3", "album", one(tag={"texts": {**TAG.texts, "TALB": "Another", "TRCK": "2/2"}})),
    ("ID3-4", "track numbers", texts(TRCK="1/2")),
    ("ID3-4", "track numbers", texts(TRCK="")),
]


def judged_rules(platform: str) -> set[tuple[str, str]]:
    """Those of a platform that can be met or not: they are verified, and seen in a delivery."""
    chosen = platforms.PLATFORMS[platform]
    every = (*chosen.tracks, *chosen.folder, *chosen.episodes)
    return {(e.id, e.what) for e in every if e.verified and e.unmet is not Verdict.UNKNOWN}


UNMET: dict[str, list[tuple[str, str, Mutant]]] = {
    "apple": [
        *(*SHARED_TRACK, *SOUND, *TAGS, *PAPERS, *OWN, *ROOT, *ART, *EPISODES),
        ("TR-2", "transcript", tracks(transcript=None)),
        ("AI-1", "disclosure in the tag", texts(COMM="A practice.")),
        ("AI-2", "disclosure aloud", tracks(planned={"disclosed_aloud": False})),
    ],
    "spotify": [
        each
        for each in (*SHARED_TRACK, *PAPERS, *OWN, *ROOT, *EPISODES)
        if each[:2] in judged_rules("spotify")
    ],
    "insight-timer": [*SHARED_TRACK, *INSIGHT, *OWN],
    "acx": [*SHARED_TRACK, *BOOK, *OWN],
    "audiobookshelf": [
        *(*SHARED_TRACK, *SHELF),
        *(each for each in TAGS if each[0] not in ("ID3-1", "ID3-11")),
        ("LOUD-3", "speech alike in all tracks", APART),
    ],
}
"""Each rule that is judged, by its id and what it is about, and what does not meet it."""
ENTWINED = {
    ("RSS-4", "episodes"): feed("item>", "other>"),
    ("IT-2", "addresses of sounds"): feed("kind/02-staying.mp3", "kind/01-arriving.mp3"),
    ("IT-3", "ids of episodes"): feed("urn:uuid:02-staying", "urn:uuid:01-arriving"),
    ("IT-2", "its file"): feed("kind/02-staying.mp3", "kind/03-going.mp3"),
    ("CH-6", "artwork"): feed("https://example.org/kind/artwork-1.jpg", ""),
}
"""The same for what cannot be wrong without something else being so too."""


def good(platform: str) -> Delivery:
    return for_acx(delivery()) if platform == "acx" else delivery()


def unmet(platform: str, made: Delivery) -> set[tuple[str, str]]:
    every = platforms.judge(platform, made)
    return {(e.rule, e.what) for e in every if e.verdict in (Verdict.FAIL, Verdict.WARN)}


CASES = [(name, *case) for name, cases in UNMET.items() for case in cases]


@pytest.mark.parametrize("platform", platforms.PLATFORMS)
def test_a_delivery_as_it_should_be_meets_every_rule(platform: str) -> None:
    assert unmet(platform, good(platform)) == set()


@pytest.mark.parametrize(
    ("platform", "rule", "what", "mutant"), CASES, ids=[f"{c[0]} {c[1]} {c[2]}" for c in CASES]
)
def test_what_breaks_one_rule_is_found_by_that_rule(
    platform: str, rule: str, what: str, mutant: Mutant
) -> None:
    assert unmet(platform, mutant(good(platform))) == {(rule, what)}


@pytest.mark.parametrize(("rule", "what"), ENTWINED)
def test_what_breaks_several_rules_is_found_by_each(rule: str, what: str) -> None:
    assert (rule, what) in unmet("apple", ENTWINED[rule, what](good("apple")))


@pytest.mark.parametrize("platform", platforms.PLATFORMS)
def test_every_rule_that_is_judged_has_something_that_breaks_it(platform: str) -> None:
    broken = {(rule, what) for rule, what, _mutant in UNMET[platform]}
    assert judged_rules(platform) - broken <= ENTWINED.keys()


@pytest.mark.parametrize("platform", platforms.PLATFORMS)
def test_what_nobody_could_verify_counts_for_nothing(platform: str) -> None:
    for _rule, _what, mutant in UNMET[platform]:
        for each in platforms.judge(platform, mutant(good(platform))):
            assert each.verified or each.verdict is Verdict.UNKNOWN


def test_a_rule_that_is_not_met_says_what_to_do_and_one_that_is_says_nothing() -> None:
    for platform, _rule, _what, mutant in CASES:
        for each in platforms.judge(platform, mutant(good(platform))):
            assert bool(each.remedy) is (each.verdict in (Verdict.FAIL, Verdict.WARN)) or (
                each.verdict is Verdict.UNKNOWN
            )


def test_what_a_feed_lacks_is_written_where_it_is_read() -> None:
    """A course was named, which nobody reads any more, and an option that 'publish' never had."""
    for platform, _rule, _what, mutant in CASES:
        for each in platforms.judge(platform, mutant(good(platform))):
            if each.rule.startswith(("CH-", "ART-")) and each.remedy:
                assert "[feed]" not in each.remedy
                assert "--cover" not in each.remedy


def test_no_ruling_holds_a_word_of_a_tag_or_a_feed() -> None:
    words = {"Kind evenings", "A studio", "Arriving", "an engine", "Two practices", "urn:uuid"}
    for platform, _rule, _what, mutant in CASES:
        said = repr(platforms.judge(platform, mutant(good(platform))))
        assert not [word for word in words if word in said]


def test_a_folder_of_tracks_without_their_timelines_is_not_said_to_be_anybodys() -> None:
    found = platforms.judge("apple", tracks(planned=None)(delivery(None)))
    unknown = {each.rule for each in found if each.verdict is Verdict.UNKNOWN}
    assert {"OWN-1", "AI-2", "RSS-1"} <= unknown


def test_a_voice_of_which_nothing_is_known_is_neither_taken_nor_refused_by_acx() -> None:
    found = platforms.judge("acx", tracks(planned=None)(good("acx")))
    (ruling,) = {each.verdict for each in found if each.rule == "ACX-4"}
    assert ruling is Verdict.UNKNOWN


def test_the_command_offers_every_platform() -> None:
    assert tuple(platforms.PLATFORMS) == PLATFORM_NAMES


def test_what_apple_takes_and_nothing_here_measures_is_unknown() -> None:
    made = tracks(mpeg=None, levels=None, tag=None, planned=None, name="01.m4a")(delivery(None))
    found = {each.rule: each.verdict for each in platforms.judge("apple", made)}
    assert found["MP3-1"] is found["MP3-6"] is Verdict.UNKNOWN
    assert unmet("apple", tracks(name="01.m4b")(made)) == {("MP3-1", "format")}


# --- the guide --------------------------------------------------------------------------------

GUIDE = (Path(__file__).parent.parent / "docs" / "platforms.md").read_text("utf-8")


def test_the_guide_names_every_rule_and_what_it_comes_to_where() -> None:
    expected: dict[tuple[str, ...], dict[str, str]] = {}
    for name, each in platforms.PLATFORMS.items():
        for rule in (*each.tracks, *each.episodes, *each.folder):
            weight = rule.unmet.value if rule.verified else "unverified"
            expected.setdefault((rule.id, rule.what, rule.limit), {})[name] = weight
    rows = re.findall(r"^\| ([A-Z][A-Z0-9]+-\d+) \| (.*) \|$", GUIDE, re.MULTILINE)
    said = {(id_, *rest.split(" | ")[:2]): rest.split(" | ")[2:] for id_, rest in rows}
    assert said == {
        key: [weights.get(name, "") for name in platforms.PLATFORMS]
        for key, weights in expected.items()
    }
    assert len(rows) == len(said)


def test_every_command_of_the_guide_is_understood() -> None:
    shown = re.findall(r"^meditate check (.*)$", GUIDE, re.MULTILINE)
    assert len(shown) == 4
    for line in shown:
        words = shlex.split(line, comments=True)
        assert check.make_context("check", words).params["platform"] in platforms.PLATFORMS
