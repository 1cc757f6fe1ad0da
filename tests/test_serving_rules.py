"""What an address means, and what a request makes its answer hang on: without a socket."""

from __future__ import annotations

import re
import time
from email.utils import formatdate
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from listened_site import FILES, HASH, KEPT_BACK, TOKEN, TRACK

from generator import system
from generator.errors import UsageError
from generator.serving.conditions import met, part_of
from generator.serving.hosts import hosts, named
from generator.serving.kinds import headers_of, kind_of
from generator.serving.paths import Place, absolute, place_of, told

OLD_S = 1_700_000_000
LETTERS = bytes(range(200))

# --- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (b"/", Place("index.html")),
        (b"/feed.xml", Place("feed.xml")),
        (b"/%66eed%2Exml", Place("feed.xml")),
        (f"/p/{TOKEN}".encode(), Place("", TOKEN)),
        (f"/p/{TOKEN}/".encode(), Place("index.html", TOKEN)),
        (f"/%70/{TOKEN}/feed.xml".encode(), Place("feed.xml", TOKEN)),
    ],
)
def test_an_address_means_a_file_of_the_site_or_of_a_part(path: bytes, place: Place) -> None:
    assert place_of(path) == place


NOWHERE = [
    "", "*", "feed.xml", "//feed.xml", "//", "/./feed.xml", "/../outside.mp3", "/%2e%2e/x.mp3",
    "/..%2foutside.mp3", "/%2e%2e%2foutside.mp3", "/..%5coutside.mp3", "/..\\outside.mp3",
    "/%252e%252e/outside.mp3", "/..%252foutside.mp3", "/%c0%ae%c0%ae/outside.mp3",
    "/feed.xml%00.mp3", "/feed.xml%00", "/feed%0a.xml", "/.hidden.mp3", "/%2ehidden.mp3",
    "/deeper/index.html", "/p/x/y/index.html", "/feed.xml/", "/etc/passwd", "/c:/x.mp3",
    "/x.mp3::$DATA", "/x.mp3;a=b", "/~/x.mp3", "/x.mp3%20", "/" + "a" * 300 + ".mp3",
    "/\u00e9.mp3", "/%ff.mp3", "/a%2fb.mp3", "/p%2f" + TOKEN + "/feed.xml",
]  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE)
def test_an_address_of_another_form_means_nothing(path: str) -> None:
    assert place_of(path.encode("latin-1")) is None


@given(st.binary(max_size=60))
def test_whatever_is_asked_a_name_is_a_name(path: bytes) -> None:
    place = place_of(b"/" + path)
    assert place is None or re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9._-]*)?", place.name)


@given(st.sampled_from([*FILES]), st.sets(st.integers(0, 50)))
def test_a_name_is_the_same_however_its_letters_are_encoded(name: str, which: set[int]) -> None:
    spelled = "".join(f"%{ord(c):02x}" if n in which else quote(c) for n, c in enumerate(name))
    assert place_of(f"/{spelled}".encode()) == Place(name)


@pytest.mark.parametrize(
    "path",
    [
        f"/p/{TOKEN}", f"/p/{TOKEN}/", f"/p/{TOKEN}/feed.xml", f"/%70/{TOKEN}/feed.xml",
        f"//p/{TOKEN}/", f"/P/{TOKEN}/", f"/./p/{TOKEN}/", f"/x/../p/{TOKEN}/", f"/p%2f{TOKEN}/",
        f"/{TOKEN}", f"/{TOKEN}/", f"/p/{TOKEN}/a/b", f"p/{TOKEN}", f"/p/{TOKEN}.mp3/x",
        f"/p\\{TOKEN}", f"/%2570/{TOKEN}/", f"/p//{TOKEN}/",
    ],
)  # fmt: skip
def test_a_token_is_never_told_however_it_was_misspelled(path: str) -> None:
    assert TOKEN not in told(path.encode())


def test_a_public_name_is_told_and_what_is_no_name_is_not() -> None:
    assert told(b"/") == "/index.html"
    assert told(f"/{TRACK}".encode()) == f"/{TRACK}"
    assert told(b"/p/") == "/p/\u2026"
    assert told(b"/\x1b[31m.mp3") == told(b"/roster.csv") == told(b"*") == "/\u2026"


def test_host_and_path_of_an_absolute_target_are_told_apart() -> None:
    assert absolute(b"http://a.example:80/x.mp3") == (b"a.example:80", b"/x.mp3")
    assert absolute(b"HTTPS://a.example") == (b"a.example", b"/")
    assert absolute(b"/http://a.example/") is None


# --- what there is ----------------------------------------------------------------------------


def test_only_what_a_site_consists_of_is_given() -> None:
    """HTTP-4: and each with its type, as the clients of feeds know it."""
    types = {name: kind.media_type for name in FILES if (kind := kind_of(name))}
    assert types == {
        "index.html": "text/html; charset=utf-8",
        "sw.js": "text/javascript; charset=utf-8",
        "manifest.webmanifest": "application/manifest+json",
        "feed.xml": "application/rss+xml; charset=utf-8",
        "playlist.m3u8": "audio/mpegurl",
        "robots.txt": "text/plain; charset=utf-8",
        f"artwork-{HASH}.jpg": "image/jpeg",
        f"cover-{HASH}.jpg": "image/jpeg",
        TRACK: "audio/mpeg",
        f"01-arriving.{HASH}.vtt": "text/vtt; charset=utf-8",
        f"01-arriving.{HASH}.srt": "application/x-subrip",
        f"01-arriving.{HASH}.chapters.json": "application/json+chapters",
        f"02-resting.{HASH}.m4a": "audio/x-m4a",
        f"03-whole.{HASH}.m4b": "audio/mp4",
        "plain.mp3": "audio/mpeg",
        "nothing.mp3": "audio/mpeg",
    }
    assert [name for name in KEPT_BACK if kind_of(name) and place_of(f"/{name}".encode())] == []


@pytest.mark.parametrize(
    ("name", "lasting"),
    [
        (TRACK, True),
        (f"cover-{HASH}.jpg", True),
        (f"01-arriving.{HASH}.chapters.json", True),
        ("index.html", False),
        ("feed.xml", False),
        ("sw.js", False),
        ("plain.mp3", False),
        ("01-new-year-20260101.mp3", False),
        ("01-facade.mp3", False),
        (f"{HASH}.mp3", False),
    ],
)
def test_what_is_named_by_its_bytes_is_kept_and_nothing_else(name: str, lasting: bool) -> None:
    kind = kind_of(name)
    assert kind is not None
    assert ("immutable" in headers_of(name, kind, private=False)["cache-control"]) == lasting
    assert headers_of(name, kind, private=True)["cache-control"] == "private, no-cache"


# --- parts ------------------------------------------------------------------------------------


def asked_part(field: str, size_bytes: int = len(LETTERS), **more: str) -> range | None:
    return part_of({"range": field, **more}, size_bytes, '"now"', OLD_S)


@given(st.integers(0, 250), st.integers(0, 250))
@example(0, 0)
@example(199, 199)
@example(200, 210)
def test_a_part_is_what_a_slice_is(first: int, last: int) -> None:
    """HTTP-2: as RFC 9110 counts, both ends belong to it."""
    part = asked_part(f"bytes={first}-{last}")
    if last < first:
        assert part is None, "that is no range, and is passed over"
        return
    assert part is not None
    assert LETTERS[part.start : part.stop] == LETTERS[first : last + 1]
    assert bool(part) == (first < len(LETTERS))


@given(st.integers(0, 250))
def test_an_open_end_and_an_end_alone_are_slices_too(count: int) -> None:
    opened, tail = asked_part(f"bytes={count}-"), asked_part(f"bytes=-{count}")
    assert opened is not None
    assert LETTERS[opened.start : opened.stop] == LETTERS[count:]
    assert tail is not None
    assert LETTERS[tail.start : tail.stop] == (LETTERS[-count:] if count else b"")


@pytest.mark.parametrize(
    "field",
    [
        "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes= 1-2-3", "bytes=+1-2",
        "bytes=1_0-20", "bytes=0x1-2", "bytes=\u0661-2", "bytes=5-4", "items=0-1", "bytes:0-1",
        "bytes=0-1,3-4", "bytes=0-1, bytes=3-4", "bytes=0-1,500-", "bytes=" + "9" * 200 + "-",
        "0-1", "bytes =0-1", "bytes=1.0-2",
    ],
)  # fmt: skip
def test_a_range_that_is_none_or_several_gives_the_whole(field: str) -> None:
    """RFC 9110, 14.2: an unknown unit must be passed over, the rest may be."""
    assert asked_part(field) is None


@pytest.mark.parametrize("field", ["bytes=0-1", "BYTES=0-1", "bytes=0-1,", "bytes=, 0-1 ,"])
def test_one_range_is_one_range_however_it_is_listed(field: str) -> None:
    assert asked_part(field) == range(2)


def test_of_nothing_there_is_no_part() -> None:
    assert asked_part("bytes=0-", 0) == range(0)
    assert asked_part("bytes=-0", 0) == range(0)
    assert asked_part("bytes=-5", 0) is None


def test_the_rest_is_given_of_the_same_file_only() -> None:
    """RFC 9110, 13.1.5: by a strong tag, or by a date to the letter that can prove it."""
    date = formatdate(OLD_S, usegmt=True)
    for same in ('"now"', date):
        assert asked_part("bytes=0-1", **{"if-range": same}) == range(2)
    for other in ('"then"', 'W/"now"', formatdate(OLD_S + 1, usegmt=True), "yesterday", ""):
        assert asked_part("bytes=0-1", **{"if-range": other}) is None
    just_now = int(time.time())
    fresh = {"range": "bytes=0-1", "if-range": formatdate(just_now, usegmt=True)}
    assert part_of(fresh, 200, '"now"', just_now) is None


# --- conditions -------------------------------------------------------------------------------

BEFORE, SAME, AFTER = (formatdate(OLD_S + by, usegmt=True) for by in (-60, 0, 60))


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 200),
        ({"if-none-match": '"now"'}, 304),
        ({"if-none-match": 'W/"now"'}, 304),
        ({"if-none-match": '"a,b", "now"'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"then"'}, 200),
        ({"if-none-match": "now"}, 200),
        ({"if-none-match": '"then"', "if-modified-since": AFTER}, 200),
        ({"if-modified-since": SAME}, 304),
        ({"if-modified-since": AFTER}, 304),
        ({"if-modified-since": BEFORE}, 200),
        ({"if-modified-since": "Tuesday, 14-Nov-23 22:13:20 GMT"}, 304),
        ({"if-modified-since": "Tue Nov 14 22:13:20 2023"}, 304),
        ({"if-modified-since": "soon"}, 200),
        ({"if-modified-since": ""}, 200),
        ({"if-match": '"now"'}, 200),
        ({"if-match": "*"}, 200),
        ({"if-match": 'W/"now"'}, 412),
        ({"if-match": '"then"'}, 412),
        ({"if-match": '"then"', "if-unmodified-since": AFTER}, 412),
        ({"if-match": '"now"', "if-none-match": '"now"'}, 304),
        ({"if-unmodified-since": BEFORE}, 412),
        ({"if-unmodified-since": SAME}, 200),
        ({"if-unmodified-since": "soon"}, 200),
    ],
    ids=str,
)
def test_conditions_are_met_in_the_order_of_the_standard(
    asked: dict[str, str], status: int
) -> None:
    """HTTP-3: RFC 9110, 13.2.2, with each of the three forms of a date."""
    assert met(asked, '"now"', OLD_S) == status


# --- hosts ------------------------------------------------------------------------------------

OWN = ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "127.1.2.3", "[::1]:8000", "localhost."]
STRANGE = [
    "evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example",
    "10.0.0.7:8000", "", "localhost:80:80", "[::1", "::1]", "127.0.0.1:80@evil.example", "0.0.0.0",
]  # fmt: skip


def test_bound_to_this_machine_it_answers_to_this_machines_names() -> None:
    ours = hosts("127.0.0.1", named(()))
    assert [name for name in OWN if not ours.known(name)] == []
    assert [name for name in STRANGE if ours.known(name)] == []


def test_another_name_is_answered_to_when_it_was_given() -> None:
    ours = hosts("127.0.0.1", named(["Calm.example"]))
    assert ours.known("calm.example")
    assert not ours.known("evil.example")
    beyond = hosts("10.0.0.7", named(["calm.example"]))
    assert beyond.known("10.0.0.7:8000")
    assert not beyond.known("evil.example")
    assert hosts("10.0.0.7", named(())).known("anything.example")
    assert hosts("127.0.0.1", named(["calm.example:80"])).known("calm.example")


@pytest.mark.parametrize("name", ["", "https://calm.example", "a b", "[calm"])
def test_what_is_no_name_of_a_host_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is no name of a host"):
        named([name])


# --- folders ----------------------------------------------------------------------------------


def test_a_held_folder_gives_what_it_lists_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"kept back")
    place = tmp_path / "place"
    (place / "within").mkdir(parents=True)
    (place / "file").write_bytes(b"given")
    (place / "link").symlink_to(place / "file")
    (place / "way").symlink_to(tmp_path, target_is_directory=True)
    with system.held_folder(place) as held:
        with held.file("file") as file:
            assert file.read() == b"given"
        for name in ("..", ".", "", "../outside", "within/../file", "link", "way", "within", "a\0"):
            with pytest.raises(OSError, match=r".+"):
                held.file(name)
        for name in ("..", ".", "", "way", "file"):
            with pytest.raises(OSError, match=r".+"):
                held.folder(name)


def test_a_held_folder_is_the_same_one_when_another_takes_its_place(tmp_path: Path) -> None:
    place, other = tmp_path / "place", tmp_path / "other"
    for folder in (place, other):
        folder.mkdir()
        (folder / "file").write_bytes(folder.name.encode())
    with system.held_folder(place) as held:
        place.rename(tmp_path / "before")
        other.rename(place)
        with held.file("file") as file:
            assert file.read() == b"place"
