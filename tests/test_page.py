"""The files of a listening page: what stands in them whatever its texts hold, and how large."""

from __future__ import annotations

import base64
import colorsys
import dataclasses
import hashlib
import io
import json
import re
import shutil
import subprocess
from functools import partial
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from test_transcript import EVIDENCE, FACTS, MEASURED, SECRET, TIMELINE

from generator import cover, page, personalise, pipeline, plan, script, speech, system, voices
from generator.audio import to_ms
from generator.errors import CheckError, UsageError
from generator.model import Insert, Page, PageChapter, PagePhrase, PageTrack, Phrase
from generator.page.colour import DARK, LEAST_CONTRAST, LIGHT, accents, contrast
from generator.page.words import lasting, words
from generator.plain import plain
from generator.transcript import timeline_document

TRACK = PageTrack(
    title="Warm Hands",
    file="01-warm-hands.mp3",
    length_ms=60_000,
    size_bytes=960_000,
    version="00ff",
    chapters=(PageChapter("Arriving", 0), PageChapter("Staying", 20_000)),
    phrases=(
        PagePhrase("Find a place.", 1_000, 3_000),
        PagePhrase("Let it hold you.", 3_500, 5_000),
        PagePhrase("Stay.", 21_000, 22_000),
    ),
)
COURSE = Page("Hands", (TRACK,), "en", author="Nora", cover="cover.jpg", private=False)


class Parsed(HTMLParser):
    """The document as another parser sees it: its elements, and what is written between them."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def document(shown: Page) -> str:
    return page.files(shown)[page.DOCUMENT].decode()


# --- text is text -----------------------------------------------------------------------------

ATTACKS = st.sampled_from(
    [
        "</script><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "<!-- ",
        "]]>",
        "&lt;b&gt;",
        "{time}",
        "\u202egnp.exe",
        "\x00\x1b[31m",
    ]
)
TEXTS = ATTACKS | st.text(max_size=40)


@settings(max_examples=60)
@given(TEXTS, TEXTS, TEXTS)
def test_no_text_becomes_an_element_or_an_attribute(one: str, two: str, three: str) -> None:
    track = dataclasses.replace(
        TRACK,
        title=one,
        chapters=(PageChapter(two, 0), PageChapter(three, 20_000)),
        phrases=tuple(
            dataclasses.replace(each, text=text)
            for each, text in zip(TRACK.phrases, (one, two, three), strict=True)
        ),
    )
    shown = dataclasses.replace(
        COURSE,
        title=f"a{one}",
        author=f"a{two}",
        summary=f"a{three}",
        disclosure=f"a{one}",
        support=f"a{two}",
        tracks=(track,),
    )
    harmless = dataclasses.replace(
        shown,
        title="x",
        author="a",
        summary="a",
        disclosure="a",
        support="a",
        tracks=(
            dataclasses.replace(
                track,
                title="x",
                chapters=(PageChapter("x", 0), PageChapter("x", 20_000)),
                phrases=tuple(dataclasses.replace(each, text="x") for each in track.phrases),
            ),
        ),
    )
    found, expected = Parsed(document(shown)), Parsed(document(harmless))
    shape = [(tag, sorted(named)) for tag, named in found.elements]
    assert shape == [(tag, sorted(named)) for tag, named in expected.elements]
    told = "".join(found.texts)
    assert plain(one) in told
    assert plain(two) in told


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_keeps_all_that_can_be_seen_and_loses_what_turns_it_round(text: str) -> None:
    kept = plain(text)
    assert plain(kept) == kept
    assert not re.search("[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]", kept)
    assert [each for each in kept if each.isalnum()] == [each for each in text if each.isalnum()]


def test_a_text_with_half_a_letter_can_be_written() -> None:
    assert (
        b"half a letter"
        in page.files(dataclasses.replace(COURSE, title="half \ud800a letter"))[page.DOCUMENT]
    )


@pytest.mark.parametrize(
    "file", ["", "/etc/passwd", "../x.mp3", "a/../../x.mp3", "a//b.mp3", "./a.mp3", "a\nb.mp3"]
)
def test_a_file_outside_the_folder_of_the_page_is_refused(file: str) -> None:
    track = dataclasses.replace(TRACK, file=file)
    with pytest.raises(UsageError, match="shows only what lies in its folder"):
        page.files(dataclasses.replace(COURSE, tracks=(track,)))


@pytest.mark.parametrize("file", ["javascript:alert(1)", "https://a.test/x.mp3", "a b#t=1?.mp3"])
def test_whatever_a_file_is_called_its_address_stays_in_the_folder(file: str) -> None:
    track = dataclasses.replace(TRACK, file=file.replace("//", "/"))
    made = Parsed(document(dataclasses.replace(COURSE, tracks=(track,))))
    hrefs = [named["href"] for tag, named in made.elements if tag == "a"]
    assert not [href for href in hrefs if re.match("[a-z]+:|//", href or "")]


# --- what is forbidden ------------------------------------------------------------------------


def test_the_policy_allows_the_script_and_style_that_are_there_and_no_other() -> None:
    made = document(COURSE)
    (policy,) = (
        named["content"]
        for tag, named in Parsed(made).elements
        if named.get("http-equiv") == "Content-Security-Policy"
    )
    for tag in ("script", "style"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", made, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_nothing_is_asked_of_another_place() -> None:
    for name, content in page.files(COURSE).items():
        assert not re.search(rb"https?:|[\"'(]//", content), name


def test_a_page_with_a_detail_is_never_a_public_one() -> None:
    detail = (dataclasses.replace(TRACK, personal=True),)
    with pytest.raises(UsageError, match="does not belong on a public page"):
        page.files(dataclasses.replace(COURSE, tracks=detail))
    private = document(dataclasses.replace(COURSE, tracks=detail, private=True))
    assert 'content="noindex, nofollow, noarchive"' in private


def test_a_page_needs_a_title_a_track_and_a_colour() -> None:
    for lacking in ({"tracks": ()}, {"title": "\u202e "}):
        with pytest.raises(UsageError, match="needs a title and a track"):
            page.files(dataclasses.replace(COURSE, **lacking))
    with pytest.raises(UsageError, match="#4b4a82"):
        page.files(dataclasses.replace(COURSE, colour="red;}"))


# --- what it says -----------------------------------------------------------------------------


def test_times_stand_in_one_place_and_paragraphs_end_where_the_voice_rests() -> None:
    made = document(COURSE)
    assert 'data-times="100 200 50 150 1600 100"' in made
    assert "<p>Find a place.<wbr> Let it hold you.</p>" in made
    assert 'href="01-warm-hands.mp3#t=20"' in made


def test_the_same_page_gives_the_same_bytes_and_a_changed_one_another_worker() -> None:
    assert page.files(COURSE) == page.files(COURSE)
    other = page.files(dataclasses.replace(COURSE, summary="Other."))
    assert other["sw.js"] != page.files(COURSE)["sw.js"]


def test_it_speaks_english_and_spanish() -> None:
    english, spanish = (dataclasses.asdict(words(each)) for each in ("en-GB", "es-MX"))
    assert words("bo") == words("en")
    same = [name for name in english if english[name] == spanish[name]]
    assert same == ["one_track"]
    for name in english:
        braces = partial(re.findall, r"\{\w+\}")
        assert sorted(braces(english[name])) == sorted(braces(spanish[name])), name
    made = document(dataclasses.replace(COURSE, language="es-MX"))
    assert '<html lang="es">' in made
    assert "Esta grabación no es terapia" in made


def test_a_support_line_of_the_publisher_comes_first() -> None:
    made = document(dataclasses.replace(COURSE, support="Call 123."))
    assert "<b>If you are not safe</b><bdi>Call 123.</bdi>" in made
    assert "crisis line" not in made
    assert "crisis line" in document(COURSE)


@pytest.mark.parametrize(
    ("length_ms", "told"),
    [
        (40_400, "40 s"),
        (60_000, "1 min"),
        (80_000, "1 min 20 s"),
        (600_000, "10 min"),
        (3_600_000, "1 h"),
        (14_700_000, "4 h 5 min"),
    ],
)
def test_a_length_is_told_as_a_person_would(length_ms: int, told: str) -> None:
    assert lasting(length_ms) == told


def unhexed(colour: str) -> bytes:
    return bytes.fromhex(colour.removeprefix("#"))


def hue_and_strength(rgb: bytes) -> tuple[float, float]:
    hue, _lightness, saturation = colorsys.rgb_to_hls(*(each / 255 for each in rgb))
    return hue, saturation


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_every_colour_can_be_read_on_both_papers_and_keeps_its_hue(rgb: tuple[int, ...]) -> None:
    for made, paper in zip(accents("#" + bytes(rgb).hex()), (LIGHT, DARK), strict=True):
        assert contrast(made, paper) >= LEAST_CONTRAST
        hue, _, saturation = colorsys.rgb_to_hls(*(each / 255 for each in rgb))
        hue_then, _, saturation_then = colorsys.rgb_to_hls(
            *(c / 255 for c in bytes.fromhex(made[1:]))
        )
        if min(saturation, saturation_then) > 0.3:
            assert abs((hue - hue_then + 0.5) % 1 - 0.5) < 0.03


def test_the_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_a_cover_is_remembered_by_its_strongest_colour() -> None:
    sky = Image.new("RGB", (400, 400), "#202024")
    sky.paste("#d06030", (100, 250, 300, 330))
    stream = io.BytesIO()
    sky.save(stream, "JPEG", quality=95)
    found = unhexed(cover.main_colour(stream.getvalue()))
    assert max(abs(a - b) for a, b in zip(found, unhexed("#d06030"), strict=True)) < 12


# --- where else it is heard -------------------------------------------------------------------


@pytest.mark.parametrize("feed", ["feed.xml", "https://a.test/quiet/feed.xml?key=1&of=2"])
@pytest.mark.parametrize("private", [True, False])
def test_the_feed_is_named_to_apps_and_to_people(feed: str, private: bool) -> None:
    made = Parsed(document(dataclasses.replace(COURSE, feed=feed, private=private)))
    (known,) = (named for tag, named in made.elements if named.get("rel") == "alternate")
    assert (known["type"], known["href"]) == ("application/rss+xml", feed)
    assert [tag for tag, named in made.elements if named.get("href") == feed] == ["link", "a"]
    assert "Listen in a podcast app" in made.texts
    hint = words("en").feed_private
    assert (hint in made.texts) is private
    bare = Parsed(document(COURSE))
    assert not [named for _, named in bare.elements if named.get("rel") == "alternate"]
    assert "Listen in a podcast app" not in bare.texts


@pytest.mark.parametrize(
    ("feed", "told"),
    [
        ("../feed.xml", "shows only what lies in its folder"),
        ("//a.test/feed.xml", "shows only what lies in its folder"),
        ("https://a.test/a feed.xml", "no web address has"),
        ("https://a.test/\u202efeed.xml", "no web address has"),
        ("https://", "no web address has"),
    ],
)
def test_a_feed_that_is_nowhere_is_refused(feed: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        page.files(dataclasses.replace(COURSE, feed=feed))


def test_no_feed_is_a_command() -> None:
    made = document(dataclasses.replace(COURSE, feed="javascript:alert(1)"))
    assert 'href="javascript:' not in made


def test_a_page_that_is_passed_on_says_what_it_is_only_if_it_is_public() -> None:
    shared = [named for _, named in Parsed(document(COURSE)).elements if "property" in named]
    assert {"property": "og:title", "content": "Hands"} in shared
    private = document(dataclasses.replace(COURSE, private=True))
    assert "og:" not in private
    for scheme, paper in (("light", LIGHT), ("dark", DARK)):
        media = f'content="{paper}" media="(prefers-color-scheme: {scheme})"'
        assert f'<meta name="theme-color" {media}>' in private


# --- its parts, and its size ------------------------------------------------------------------


def test_every_part_is_readable_javascript() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node to read it with; the browser's tests run it")
    for name, source in {
        "page": re.findall("<script>(.*)</script>", document(COURSE), re.DOTALL)[0],
        "worker": page.files(COURSE)["sw.js"].decode(),
    }.items():
        done = subprocess.run(
            [node, "--check", "-"], input=source, text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, (name, done.stderr)


def test_no_part_is_longer_than_a_module_may_be() -> None:
    for part in resources.files("generator.page").joinpath("web").iterdir():
        assert len(part.read_text("utf-8").splitlines()) < 300, part.name


def test_the_manifest_and_the_worker_name_the_files_there_are() -> None:
    made = page.files(COURSE)
    manifest = json.loads(made["manifest.webmanifest"])
    assert manifest["start_url"] in made
    known = json.loads(re.findall("const page = (.*);", made["sw.js"].decode())[0])
    assert set(known["shell"]) == {"index.html", "manifest.webmanifest", "cover.jpg"}
    assert known["sounds"] == {TRACK.file: TRACK.version}


def sixteen_tracks() -> tuple[PageTrack, ...]:
    """Of fifteen minutes each, with all their words, as the scripts that come along have them."""
    folders = system.folders()
    joe = voices.load(voices.DEFAULT, folders.voices)
    known = (script.load(slug, folders.scripts) for slug in script.available(folders.scripts))
    fitting = [each for each in known if each.least_s <= 900 <= each.most_s][:16]
    assert len(fitting) == 16

    def frames(voiced: Phrase | Insert) -> int:
        assert isinstance(voiced, Phrase)
        return speech.estimate_frames(voiced, voice=joe)

    tracks = []
    for number, each in enumerate(fitting, 1):
        cues = script.fill(each, {}, {}, 15.0, personalise.filters(each.language))
        timeline = plan.outline(cues, frames, 900.0, title=each.title, bed="none")
        tracks.append(
            PageTrack(
                title=each.title,
                file=f"{number:02}-{each.slug}.mp3",
                length_ms=900_000,
                size_bytes=14_400_000,
                version="00ff",
                chapters=tuple(
                    PageChapter(s.title, to_ms(s.start_frame)) for s in timeline.sections
                ),
                phrases=tuple(
                    PagePhrase(s.text, to_ms(s.start_frame), to_ms(s.end_frame))
                    for s in timeline.spoken
                ),
            )
        )
    return tuple(tracks)


def test_a_course_of_sixteen_tracks_of_fifteen_minutes_fits_in_150_kb() -> None:
    made = page.files(dataclasses.replace(COURSE, tracks=sixteen_tracks()))
    assert sum(map(len, made.values())) < 160_000
    assert len(made[page.DOCUMENT]) <= 150_000


# --- from a finished track --------------------------------------------------------------------


def finished(folder: Path, *, with_text: bool = True) -> Path:
    facts = dataclasses.replace(FACTS, with_text=with_text)
    made = timeline_document(TIMELINE, facts, MEASURED, "inputs", EVIDENCE)
    (folder / "warm.timeline.json").write_text(json.dumps(made))
    (folder / "warm.mp3").write_bytes(b"sound")
    return folder / "warm.mp3"


def test_a_track_is_shown_as_the_timeline_beside_it_has_it(tmp_path: Path) -> None:
    found = pipeline.finished(finished(tmp_path))
    made = pipeline.page_track(found, "warm.00ff.mp3", "00ff", "First")
    assert (made.title, made.session) == ("Warmth", "First")
    assert (made.file, made.version) == ("warm.00ff.mp3", "00ff")
    assert made.length_ms == to_ms(TIMELINE.frames)
    assert made.size_bytes == 5
    assert made.chapters == (PageChapter("Arriving", 1_250), PageChapter("Returning", 41_667))
    assert [each.start_ms for each in made.phrases] == [24, 1_250, 8_333, 12_500, 41_667]
    assert made.personal
    assert SECRET not in repr(made)
    assert SECRET not in repr(found)


def test_of_a_track_made_without_its_text_no_word_is_shown(tmp_path: Path) -> None:
    found = pipeline.finished(finished(tmp_path, with_text=False))
    made = pipeline.page_track(found, "warm.mp3", "00ff")
    assert made.phrases == ()
    assert made.chapters
    assert made.personal


def test_a_track_without_its_timeline_or_its_sound_is_refused_by_name(tmp_path: Path) -> None:
    path = finished(tmp_path)
    path.unlink()
    with pytest.raises(CheckError, match=r"warm\.mp3: cannot be read"):
        pipeline.finished(path)
    with pytest.raises(CheckError, match=r"other\.mp3: there is no timeline beside it"):
        pipeline.finished(tmp_path / "other.mp3")
