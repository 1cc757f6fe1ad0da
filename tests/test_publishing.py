"""Finished tracks as a site: what goes out, under which names, and what never does."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import stat
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from libraries import Library, copied, library_at

from generator import ledger, publishing, system
from generator.cli import publish as command
from generator.errors import CheckError, MeditationError, UsageError, WriteError
from generator.feed import podcast_guid
from generator.model import Issued, Part
from generator.publishing.gathering import Piece
from generator.publishing.issuing import dated
from generator.publishing.leaves import ENDINGS
from generator.publishing.site import Site

SITE = "https://example.org/kind"
LISTENERS = {"qxada": ("my grandmother Wilhelmina", "Quillfeather"), "ben": ("my cat Zanzibar", "")}
VALUES = ("Wilhelmina", "Quillfeather", "Zanzibar")
DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENCLOSURE = "./channel/item/enclosure"
PODCAST = "https://podcastindex.org/namespace/1.0"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two sessions, the first with a talk: for everybody, and for two listeners."""
    library = library_at(tmp_path_factory.mktemp("pristine"))
    library.course(talks=False)
    library.script(1, kind="talk")
    course = library.root / "steps.toml"
    course.write_text(
        course.read_text().replace(
            'practice = "step-1"', 'practice = "step-1"\ntalk = "talks/step-1"'
        )
    )
    library.roster(LISTENERS)
    library.built("--jobs", "2")
    library.built("--roster", "roster.csv", "--jobs", "2")
    return library


@pytest.fixture
def library(pristine: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """The same, for whoever changes it."""
    made = copied(pristine, tmp_path / "copy")
    monkeypatch.setenv("MEDITATE_HOME", str(made.home))
    return made


class Publisher:
    """Who publishes a folder, and hears what is said meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.heard = folder, list[str]()

    def __call__(self, **wish: object) -> publishing.Published:
        self.heard.clear()
        wanted = publishing.Wish(**{"address": SITE, "now": DAY, **wish})  # type: ignore[arg-type]
        tell = publishing.Heard(self.heard.append, lambda *_: None)
        return publishing.publish(self.folder, wanted, system.folders(), tell)


@pytest.fixture
def publish(library: Library) -> Publisher:
    return Publisher(library.folder)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def times(folder: Path) -> dict[Path, int]:
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}


def feed_of(folder: Path) -> ET.Element:
    return ET.fromstring((folder / "feed.xml").read_bytes())


def guids(folder: Path) -> dict[str, str]:
    """By title."""
    items = feed_of(folder).findall("./channel/item")
    return {str(each.findtext("title")): str(each.findtext("guid")) for each in items}


def is_whole(folder: Path, address: str) -> None:
    """Whatever the feed names lies there, as long as it says."""
    if not (folder / "feed.xml").exists():
        return
    feed = feed_of(folder)
    for each in feed.findall(ENCLOSURE):
        path = folder / each.attrib["url"].removeprefix(address)
        assert path.stat().st_size == int(each.attrib["length"])
    for url in re.findall(rf'"({re.escape(address)}[^"]+)"', ET.tostring(feed, "unicode")):
        assert (folder / url.removeprefix(address)).is_file(), url


def read_text(library: Library) -> str:
    return (library.folder / "site" / "feed.xml").read_text()


# --- what goes out ----------------------------------------------------------------------------


def test_a_course_goes_out_with_a_feed_a_page_and_all_that_belongs_to_them(
    library: Library, publish: Publisher
) -> None:
    published = publish()
    site = library.folder / "site"
    assert published.site == site
    names = sorted(re.sub(r"[-.][0-9a-f]{10}\b", "", name) for name in tree(site))
    tracks = ("01-talks-step-1", "02-step-1", "03-step-2")
    papers = [
        f"{track}{end}" for track in tracks for end in (".chapters.json", ".mp3", ".srt", ".vtt")
    ]
    others = ["artwork.jpg", "cover.jpg", "feed.xml", "index.html", "manifest.webmanifest"]
    assert names == sorted([*papers, *others, "playlist.m3u8", "sw.js"])
    is_whole(site, f"{SITE}/")  # HTTP-6
    read = feedparser.parse((site / "feed.xml").read_bytes())
    assert not read.bozo
    assert [each.title for each in read.entries] == ["Step 1, a Talk", "Step 1", "Step 2"]
    assert read.feed.title == "Small Steps"
    assert read.feed.itunes_type == "serial"
    page = (site / "index.html").read_text()
    assert "This is session 1 of the talks." in page
    assert all(
        each.attrib["url"].split("/")[-1] in page for each in feed_of(site).findall(ENCLOSURE)
    )


def test_only_what_is_on_the_list_of_endings_leaves(library: Library, publish: Publisher) -> None:
    publish()
    publish(private=True)
    for name in tree(library.folder / "site"):
        assert name.endswith(ENDINGS)
        assert "timeline" not in name
        assert name.rpartition("/")[2] not in ("manifest.json", "feed.toml", "feed.ids.json")
    with Site(library.root / "other", {}) as site, pytest.raises(UsageError, match="published"):
        site.admit([publishing.Leaf("a.timeline.json", "", lambda: b"")], force=True)


def test_everybody_may_read_a_public_site_and_its_owner_alone_a_private_part(
    library: Library, publish: Publisher
) -> None:
    publish()
    publish(private=True)
    site = library.folder / "site"
    for path in (site, *site.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        private = path.relative_to(site).parts[:1] == ("p",)
        assert mode == {True: (0o600, 0o700), False: (0o644, 0o755)}[private][path.is_dir()], path
    assert stat.S_IMODE((library.folder / "feed.ids.json").stat().st_mode) == 0o600


def test_what_did_not_change_is_neither_written_nor_touched(
    library: Library, publish: Publisher
) -> None:
    publish()
    before = times(library.folder / "site")
    (sent,) = publish(now=DAY + timedelta(days=3)).sent
    assert (sent.written, sent.removed) == (0, 0)
    assert times(library.folder / "site") == before


def test_a_day_before_what_is_out_already_dates_nothing_anew(
    library: Library, publish: Publisher
) -> None:
    """It was refused: what was out by then was taken for still to come."""
    publish(now=DAY + timedelta(days=3))
    before = read_text(library)
    (sent,) = publish(now=DAY).sent
    assert sent.written == 0
    assert read_text(library) == before


def test_a_site_that_is_tried_out_at_home_does_not_name_the_feed_for_ever(
    library: Library, publish: Publisher
) -> None:
    """Many try theirs at the same address: their feeds were all one to a directory."""
    home = "http://127.0.0.1:8000"
    publish(address=home, to=library.root / "tried")
    tried = feed_of(library.root / "tried").findtext(f"channel/{{{PODCAST}}}guid")
    assert tried != podcast_guid(f"{home}/feed.xml")
    publish()
    assert feed_of(library.folder / "site").findtext(f"channel/{{{PODCAST}}}guid") == tried
    done = library.run("publish", "init", str(library.folder), "--force", "--no-input")
    assert done.returncode == 0, "it was refused where no address was known: " + done.stderr


def test_a_track_made_anew_keeps_its_guid_and_gets_another_address(
    library: Library, publish: Publisher
) -> None:
    publish()
    site = library.folder / "site"
    before, files = guids(site), tree(site)
    library.script(2, first="Something else is said.")
    library.built()
    publish(now=DAY + timedelta(days=1))
    assert guids(site) == before
    gone = {name.partition(".")[0] for name in files.keys() - tree(site).keys()}
    assert gone == {"03-step-2"}, "what nothing names any more is removed"
    is_whole(site, f"{SITE}/")


@pytest.mark.slow
def test_a_new_title_changes_no_guid(library: Library, publish: Publisher) -> None:
    publish()
    before = set(guids(library.folder / "site").values())
    course = library.root / "steps.toml"
    course.write_text(course.read_text().replace('"Step 2"', '"The Second"'))
    library.built()
    publish()
    after = guids(library.folder / "site")
    assert "The Second" in after
    assert set(after.values()) == before


def test_another_picture_has_another_name(library: Library, publish: Publisher) -> None:
    """ART-2: whoever has seen the old one does not look again."""
    publish()
    facts, site = library.folder / "feed.toml", library.folder / "site"
    before = {path.name for path in site.glob("*.jpg")}
    facts.write_text(facts.read_text().replace('colour = "#2b4a5e"', 'colour = "#5e2b4a"'))
    publish()
    after = {path.name for path in site.glob("*.jpg")}
    assert len(before) == len(after) == 2
    assert not before & after


def test_what_lies_in_the_site_and_was_damaged_is_put_there_again(
    library: Library, publish: Publisher
) -> None:
    publish()
    site = library.folder / "site"
    before = tree(site)
    next(site.glob("*.mp3")).write_bytes(b"half")
    (site / "feed.xml").unlink()
    (sent,) = publish().sent
    assert sent.written == 2
    assert tree(site) == before


@pytest.mark.slow
def test_of_several_editions_one_goes_out(library: Library, publish: Publisher) -> None:
    course = library.root / "steps.toml"
    course.write_text(course.read_text().replace('["0m20s"]', '["0m25s", "0m20s"]'))
    library.built()
    publish(edition="0m25s")
    lengths = [
        each.text
        for each in feed_of(library.folder / "site").iter(
            "{http://www.itunes.com/dtds/podcast-1.0.dtd}duration"
        )
    ]
    assert lengths[1:] == ["25", "25"]
    with pytest.raises(UsageError, match="no edition '12m'"):
        publish(edition="12m")


@pytest.mark.slow
def test_of_tracks_made_without_their_text_no_word_leaves(
    library: Library, publish: Publisher
) -> None:
    library.built("--no-text")
    publish()
    site = tree(library.folder / "site")
    assert not [name for name in site if name.endswith((".vtt", ".srt"))]
    assert not [name for name, content in site.items() if b"This is session" in content]


def test_a_voice_that_may_not_be_sold_is_named_before_a_public_feed(
    library: Library, publish: Publisher
) -> None:
    for path in library.folder.rglob("*.timeline.json"):
        said = path.read_text()
        path.write_text(said.replace('"commercial": "yes"', '"commercial": "no"'))
    publish()
    (heard,) = [each for each in publish.heard if "money" in each]
    assert "tone" in heard
    assert "kokoro-" in heard, "what to use instead"
    publish()
    assert publish.heard == [], "and not again where nothing goes out"
    publish(private=True)
    assert publish.heard == []


# --- private ----------------------------------------------------------------------------------


def tokens(library: Library) -> Mapping[str, str]:
    ids = ledger.read_ids(library.folder)
    return {label: part.token for label, part in ids.listeners.items()}


def test_each_listener_has_a_page_and_a_feed_where_nobody_can_guess(
    library: Library, publish: Publisher
) -> None:
    published = publish(private=True)
    site = library.folder / "site"
    assert [each.label for each in published.sent] == ["ben", "qxada"]
    for each in published.sent:
        token = tokens(library)[each.label]
        assert re.fullmatch("[A-Za-z0-9_-]{43}", token)
        assert each.page == f"{SITE}/p/{token}/"
        part = site / "p" / token
        is_whole(part, each.page)
        feed = (part / "feed.xml").read_text()
        assert "<itunes:block>Yes</itunes:block>" in feed
        assert "<podcast:block>yes</podcast:block>" in feed
        assert 'name="robots" content="noindex' in (part / "index.html").read_text()
    assert (site / "robots.txt").read_text() == "User-agent: *\nDisallow: /p/\n"
    assert {path.name for path in site.iterdir()} == {"p", "robots.txt"}
    assert len({each.guid for part in parts(library) for each in part.episodes.values()}) == 6


def parts(library: Library) -> list[Part]:
    return list(ledger.read_ids(library.folder).listeners.values())


def test_a_detail_is_in_its_listener_s_part_alone_and_no_label_is_anywhere(
    library: Library, publish: Publisher
) -> None:
    publish()
    publish(private=True)
    mine = f"p/{tokens(library)['qxada']}/"
    for name, content in tree(library.folder / "site").items():
        assert "qxada" not in name
        assert b"qxada" not in content
        if not name.startswith(mine):
            assert not any(value.encode() in content for value in VALUES[:2]), name
        if name.endswith((".xml", ".m3u8", ".chapters.json", ".webmanifest", ".js")):
            assert not any(value.encode() in content for value in VALUES), name


def test_publishing_for_everybody_leaves_private_parts_alone_and_the_other_way_round(
    library: Library, publish: Publisher
) -> None:
    publish(private=True)
    private = tree(library.folder / "site")
    publish()
    assert private.items() <= tree(library.folder / "site").items()
    both = tree(library.folder / "site")
    publish(private=True, labels=("ben",))
    assert tree(library.folder / "site") == both


def test_a_personal_track_is_refused_in_a_public_feed_and_why(
    library: Library, publish: Publisher
) -> None:
    publish.folder = library.folder / "qxada" / "0m20s"
    with pytest.raises(UsageError, match=r"detail is spoken.*--private") as refused:
        publish()
    assert not any(value in str(refused.value) for value in VALUES)
    assert not (publish.folder / "site").exists()


def test_an_address_that_is_taken_back_is_gone_and_never_given_again(
    library: Library, publish: Publisher
) -> None:
    publish(private=True)
    before = tokens(library)
    publishing.revoke(library.folder, "qxada", system.folders())
    site = library.folder / "site"
    assert not (site / "p" / before["qxada"]).exists()
    publish(private=True)
    assert tokens(library) == {"ben": before["ben"]}, "left out until they are named"
    publish(private=True, labels=("qxada",))
    after = tokens(library)
    assert after["ben"] == before["ben"]
    assert after["qxada"] != before["qxada"]
    with pytest.raises(UsageError, match="no private address"):
        publishing.revoke(library.folder, "nobody", system.folders())
    publishing.revoke(library.folder, "qxada", system.folders())
    assert library.run("forget", "qxada", "--roster", "roster.csv", "--yes").returncode == 0
    assert "qxada" not in (library.folder / "feed.ids.json").read_text()


def test_whoever_is_forgotten_is_taken_out_of_the_site_and_the_ids(
    library: Library, publish: Publisher
) -> None:
    other = library.root / "elsewhere"
    publish(private=True)
    publish(private=True, to=other)
    token = tokens(library)["qxada"]
    done = library.run("forget", "qxada", "--roster", "roster.csv", "--yes")
    assert done.returncode == 0, done.stderr
    for path in library.root.rglob("*"):
        assert token not in path.name
        if path.is_file() and path.name != "spoken":
            content = path.read_bytes()
            assert not any(each.encode() in content for each in (*VALUES[:2], token, '"qxada'))
    assert [path.name for path in (other / "p").iterdir()] == [tokens(library)["ben"]]


@pytest.mark.slow
def test_a_listener_s_own_folder_is_published_and_forgotten_with_all_of_it(
    library: Library, publish: Publisher
) -> None:
    alone = library.root / "output" / "zoe-1"
    done = library.run(
        *("render", "step-1", "--for", "zoe-1", "--voice", "tone", "--no-input"),
        *("--care-object", "my friend Wilhelmina"),
    )
    assert done.returncode == 0, done.stderr
    publish.folder = alone
    elsewhere = library.root / "web"
    publish(private=True, to=elsewhere)
    published = publish(private=True)
    assert [each.label for each in published.sent] == ["zoe-1"]
    assert len(list(published.site.rglob("*.mp3"))) == 1
    begun = (alone / "feed.toml").read_text()
    assert 'description = "A few sentences.' in begun, "one track says itself what it is"
    done = library.run("forget", "zoe-1", "--yes")
    assert done.returncode == 0, done.stderr
    assert not alone.exists(), sorted(alone.rglob("*"))
    assert list(elsewhere.rglob("*")) == [elsewhere / "p"]


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "ftp://example.org",
        "https://",
        "https://ex ample.org/",
        "https://a/?b",
        "https://user:word@example.org/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_of_a_folder_is_refused(publish: Publisher, address: str) -> None:
    told = r"--site: (is no address of a folder|where the site will lie)"
    with pytest.raises(UsageError, match=told):
        publish(address=address)


def test_a_track_that_was_altered_does_not_go_out(library: Library, publish: Publisher) -> None:
    path = library.folder / "public" / "0m20s" / "03-step-2.mp3"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(CheckError, match=r"03-step-2\.mp3: is not the file"):
        publish()
    assert not (library.folder / "site").exists()


def test_what_is_none_of_ours_is_not_replaced_unless_forced(
    library: Library, publish: Publisher
) -> None:
    place = library.root / "web"
    place.mkdir()
    (place / "index.html").write_text("my own")
    with pytest.raises(UsageError, match="lies there already"):
        publish(to=place)
    assert tree(place) == {"index.html": b"my own"}
    publish(to=place, force=True)
    assert (place / "index.html").read_text() != "my own"


def test_a_link_leads_nobody_out_of_the_site(library: Library, publish: Publisher) -> None:
    place, outside = library.root / "web", library.root / "outside"
    place.mkdir()
    outside.mkdir()
    (place / "p").symlink_to(outside)
    with pytest.raises(MeditationError, match="leads out of the site"):
        publish(to=place, private=True)
    assert tree(outside) == {}


def test_ids_that_were_damaged_are_not_made_anew(library: Library, publish: Publisher) -> None:
    publish()
    path = library.folder / "feed.ids.json"
    path.write_text(path.read_text()[:-9])
    with pytest.raises(UsageError, match="was damaged"):
        publish()


def test_nothing_is_published_while_the_course_is_built(
    library: Library, publish: Publisher
) -> None:
    with system.locked(library.folder), pytest.raises(WriteError, match="somebody else"):
        publish()


@pytest.mark.slow
def test_a_publication_that_is_killed_at_any_file_leaves_a_feed_that_tells_the_truth(
    library: Library, publish: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    library.script(1, first="Now it is something else.")
    library.script(2, first="And this as well.")
    library.built()
    before = library.root / "before"
    shutil.copytree(library.folder, before)
    plain = Site.put
    for step in range(0, 12, 2):
        left = [step]

        def put(self: Site, leaf: publishing.Leaf, left: list[int] = left) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            plain(self, leaf)

        shutil.rmtree(library.folder)
        shutil.copytree(before, library.folder)
        with monkeypatch.context() as patched:
            patched.setattr(Site, "put", put)
            with pytest.raises(KeyboardInterrupt):
                publish()
        is_whole(library.folder / "site", f"{SITE}/")
        publish()
        is_whole(library.folder / "site", f"{SITE}/")
        assert not [name for name in tree(library.folder / "site") if ".making" in name]
        assert len(list((library.folder / "site").glob("*.mp3"))) == 3


# --- what a stranger, a kill, a move or another publisher leaves ------------------------------


def loose(library: Library, publish: Publisher, name: str = "01-step-1") -> Path:
    """Tracks of no course, the first of them of that name."""
    folder = library.root / "loose"
    shutil.copytree(library.folder / "public" / "0m20s", folder)
    for path in folder.glob("02-step-1.*"):
        path.rename(folder / f"{name}{path.name.removeprefix('02-step-1')}")
    publish.folder = folder
    return folder


def test_what_a_stranger_says_was_published_is_neither_removed_nor_replaced(
    library: Library, publish: Publisher
) -> None:
    """A folder of tracks came with a record in which other people's files stood as ours."""
    mine, alone = library.root / "mine", library.root / "output" / "zoe-1"
    mine.mkdir()
    (mine / "index.html").write_text("my own")
    sites = {"/": {str(mine / "index.html")[1:]: [1, 1, ""]}, str(mine): {"index.html": [1, 1, ""]}}
    said = json.dumps({"tracks": {}, "colours": {}, "sites": sites}).encode()
    sealed = system.Sealed(b"meditation-generator published 1\n", bytes(32), 1 << 20)
    for folder in (alone, library.folder):
        folder.mkdir(parents=True, exist_ok=True)
        sealed.write_anew(folder / ledger.MEMORY, said)
        (folder / ".published.json").write_bytes(said)  # as it was called before it was sealed
    library.run("forget", "zoe-1", "--yes")
    with pytest.raises(UsageError, match="lies there already"):
        publish(to=mine)
    assert tree(mine) == {"index.html": b"my own"}


@pytest.mark.parametrize("lost", [True, False])
def test_a_listener_is_found_in_a_site_that_was_moved_and_where_no_record_is(
    library: Library, publish: Publisher, *, lost: bool
) -> None:
    """What lay there stayed for ever: it was looked for where it had been."""
    publish(private=True)
    token = tokens(library)["qxada"]
    half = library.folder / "site" / "p" / token / ".making-0123456789abcdef-01.mp3"
    half.write_bytes(b"half of a voice")
    moved = library.folder.rename(library.folder.with_name("moved"))
    if lost:
        (moved / ledger.MEMORY).unlink()
    publishing.revoke(moved, "qxada", system.folders())
    assert not (moved / "site" / "p" / token).exists()
    assert len(list((moved / "site" / "p").iterdir())) == 1


def test_a_listener_s_track_in_place_of_a_public_one_does_not_go_out(
    library: Library, publish: Publisher
) -> None:
    """Its timeline had been swapped with it, and edited to say that no detail is spoken."""
    for path in (library.folder / "qxada" / "0m20s").glob("02-step-1.*"):
        swapped = path.read_bytes().replace(b'"personal":true', b'"personal":false')
        swapped = swapped.replace(b'"personal": true', b'"personal": false')
        (library.folder / "public" / "0m20s" / path.name).write_bytes(swapped)
    with pytest.raises(CheckError, match=r"02-step-1\.mp3: is not the file"):
        publish()


def test_a_site_that_is_away_is_named_when_an_address_is_taken_back(
    library: Library, publish: Publisher
) -> None:
    """It was told that nobody has the address any more, while all of it lay on a disk."""
    place = library.root / "disk"
    publish(private=True, to=place)
    place.rename(library.root / "unplugged")
    done = library.run("forget", "qxada", "--yes")
    assert f"{place} (a site that is not there" in done.stdout
    assert publishing.revoke(library.folder, "ben", system.folders()) == (place,)


def test_a_site_that_was_moved_with_its_tracks_is_published_again(
    library: Library, publish: Publisher
) -> None:
    """It was taken for another's, and only --force would replace it."""
    publish()
    publish.folder = library.folder.rename(library.folder.with_name("moved"))
    assert publish().sent[0].written == 0
    (publish.folder / ledger.MEMORY).unlink()
    publish()


def test_what_a_killed_publication_put_there_goes_when_nothing_names_it_any_more(
    tmp_path: Path,
) -> None:
    """A recording that was made anew stayed in the listener's part, and no revoke took it out."""
    leaf = publishing.Leaf("01.0123456789.mp3", "0123456789", lambda: b"a voice")
    with Site(tmp_path, {}) as killed:
        killed.intend([leaf])
        known = dict(killed.known)
        killed.put(leaf)
    assert Site(tmp_path, known).remove([leaf.name]) == 1
    assert tree(tmp_path) == {}


def test_a_site_in_which_the_tracks_lie_is_refused(library: Library, publish: Publisher) -> None:
    """All listeners' folders and feed.ids.json with every address would have been uploaded."""
    for place in (library.folder, library.root):
        with pytest.raises(UsageError, match="the tracks lie in it"):
            publish(to=place)
    assert not (library.folder / "index.html").exists()


def test_two_publications_do_not_go_into_one_site_at_once(
    library: Library, publish: Publisher
) -> None:
    place = library.root / "web"
    place.mkdir()
    with system.locked(place), pytest.raises(WriteError, match="publishing into it"):
        publish(to=place)
    assert tree(place) == {}


def test_a_site_whose_first_part_was_private_can_be_read(
    library: Library, publish: Publisher
) -> None:
    """All of it was made for its owner alone, the public part that came later too."""
    publish(private=True)
    site = library.folder / "site"
    assert [stat.S_IMODE(each.stat().st_mode) for each in (site, site / "p")] == [0o755, 0o700]


@pytest.mark.parametrize("name", ["50%25", "a b", "a#b", "-a", "é", 'a"b', "a?b", "x" * 200])
def test_a_track_whose_name_an_address_would_change_is_refused(
    library: Library, publish: Publisher, name: str
) -> None:
    """``50%25.mp3`` was named so in the feed, and every host looked for ``50%.mp3``."""
    loose(library, publish, name)
    with pytest.raises(UsageError, match="a name that no address should hold"):
        publish(to=library.root / "web")


def test_a_track_that_comes_within_a_second_is_not_dated_in_the_future(
    library: Library, publish: Publisher
) -> None:
    """It was, and no feed was written until the clock had caught up."""
    folder = loose(library, publish)
    away = [path.rename(library.root / path.name) for path in folder.glob("03-*")]
    now = datetime.now(UTC).replace(microsecond=0)
    publish(now=now)
    for path in away:
        path.rename(folder / path.name)
    publish(now=now)
    dates = [str(each.text) for each in feed_of(folder / "site").findall("./channel/item/pubDate")]
    told = [parsedate_to_datetime(each) for each in dates]
    assert told == sorted(told)
    assert len({*told}) == 3
    assert max(told) == now


def test_an_earlier_date_is_that_of_what_is_new(library: Library, publish: Publisher) -> None:
    """Whatever had gone out after that day was taken for something still to come."""
    loose(library, publish)
    publish()
    publish(now=DAY - timedelta(days=3))


@pytest.mark.parametrize("token", ["", "../..", "/etc", "the other's"])
def test_an_address_that_is_not_one_listener_s_own_is_no_address(
    library: Library, publish: Publisher, token: str
) -> None:
    publish(private=True)
    path = library.folder / ledger.IDS
    said = json.loads(path.read_text())
    other = said["listeners"]["ben"]["token"]
    said["listeners"]["qxada"]["token"] = other if token == "the other's" else token
    path.write_text(json.dumps(said))
    with pytest.raises(UsageError, match="was damaged"):
        publish(private=True)


@pytest.mark.parametrize("language", ["", "\ud800", "x\x1b[31m"])
def test_a_track_in_no_language_is_proposed_in_english(
    library: Library, publish: Publisher, language: str
) -> None:
    """Writing the first feed.toml failed as a fault of ours."""
    folder = loose(library, publish)
    for path in folder.glob("*.timeline.json"):
        said = json.loads(path.read_text())
        said["facts"]["language"] = language
        path.write_text(json.dumps(said))
    with contextlib.suppress(MeditationError):
        publish()
    assert 'language = "en"' in (folder / "feed.toml").read_text()


def test_a_label_is_no_command_to_a_terminal(library: Library) -> None:
    folder = library.root / "x\x1b]0;y\x07"
    shutil.copytree(library.folder / "ben" / "0m20s", folder)
    done = library.run("publish", str(folder), "--site", SITE, "--private")
    links = library.run("publish", "links", str(folder), "--site", SITE)
    assert done.returncode == links.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr + links.stdout


# --- feed.toml --------------------------------------------------------------------------------


def test_init_takes_what_the_course_says_and_publish_says_it(library: Library) -> None:
    course = library.root / "steps.toml"
    course.write_text(
        course.read_text().replace('author = "Studio North"', 'author = "Ö & North"')
        + '\n[feed]\nsite = "https://example.org/steps"\nowner = "Ann"\nemail = "a@example.org"\n'
    )
    folder = str(library.folder)
    done = library.run("publish", "init", folder, "--course", "steps.toml", "--site", SITE)
    assert done.returncode == 0, done.stderr
    ids = json.loads((library.folder / "feed.ids.json").read_text())
    assert ids["listeners"].keys() == LISTENERS.keys()
    done = library.run("publish", folder, "--json", "--date", "2026-05-01")
    assert done.returncode == 0, done.stderr
    read = feedparser.parse((library.folder / "site" / "feed.xml").read_bytes())
    assert "<itunes:author>Ö &amp; North<" in read_text(library)
    assert read.feed.link == "https://example.org/steps"
    assert read.feed.publisher_detail.email == "a@example.org"
    assert {each.id for each in read.entries} == {
        each["guid"] for each in ids["public"]["episodes"].values()
    }
    done = library.run("publish", "init", folder)
    assert done.returncode == 2
    assert "--force" in done.stderr


def test_a_title_of_nothing_is_said_and_is_no_fault_of_ours(library: Library) -> None:
    done = library.run("publish", "init", str(library.folder), "--no-input", "--title", "")
    assert done.returncode == 2, done.stderr
    assert "feed.toml:4: 'title' is a text" in done.stderr


def test_everything_that_is_wrong_in_feed_toml_is_told_with_its_line(
    library: Library, publish: Publisher
) -> None:
    publish()
    path = library.folder / "feed.toml"
    text = path.read_text()
    path.write_text(
        text.replace("explicit = false", 'explicit = "no"').replace("title =", "titel =")
    )
    with pytest.raises(UsageError) as refused:
        publish()
    line = text[: text.index("explicit =")].count("\n") + 1
    assert f"feed.toml:{line}: 'explicit'" in str(refused.value)
    assert "'titel'" in str(refused.value)


def test_links_lists_private_addresses(library: Library, publish: Publisher) -> None:
    publish(private=True)
    found = publishing.links(library.folder, "")
    assert found == {label: f"{SITE}/p/{token}/" for label, token in tokens(library).items()}


# --- dates and guids --------------------------------------------------------------------------

KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1)


@given(st.lists(st.tuples(KEYS, st.integers(0, 10_000)), min_size=1, max_size=6))
def test_guids_never_change_and_dates_rise_whatever_is_added_moved_or_left_out(
    days: list[tuple[list[str], int]],
) -> None:
    part, known, now = Part("feed"), dict[str, str](), DAY
    for keys, seconds in days:
        now += timedelta(seconds=seconds)
        part = dated(part, [Piece(Path(key), key) for key in keys], now)
        dates = [part.episodes[key].date for key in keys]
        assert dates == sorted(set(dates))
        assert dates[-1] <= now + timedelta(seconds=48), "a second each, if there is no time"
        known = {**{key: part.episodes[key].guid for key in part.episodes}, **known}
        assert known == {key: each.guid for key, each in part.episodes.items()}
    assert all(isinstance(each, Issued) for each in part.episodes.values())


def test_today_is_a_day_that_has_come_before_its_noon_too() -> None:
    """Until noon in Greenwich it was refused as lying in the future."""
    now = datetime.now(UTC)
    today = now.astimezone().date()
    (dated_so,) = command._dated(today.isoformat()).values()
    assert now - timedelta(days=1) < dated_so <= datetime.now(UTC)
    with pytest.raises(UsageError, match="lies in the future"):
        command._dated((today + timedelta(days=1)).isoformat())


def test_the_first_dates_lie_before_now() -> None:
    part = dated(Part("feed"), [Piece(Path(key), key) for key in "abc"], DAY)
    assert [each.date for each in part.episodes.values()] == [
        DAY - timedelta(minutes=2),
        DAY - timedelta(minutes=1),
        DAY,
    ]
