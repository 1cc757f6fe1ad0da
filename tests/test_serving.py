"""A published site over real sockets: what each kind of client is given, and what nobody is."""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from listened_site import (
    FILES,
    HASH,
    KEPT_BACK,
    OTHER_TOKEN,
    SOUND,
    TOKEN,
    TRACK,
    Answer,
    Served,
    published,
    served,
)

from generator import system
from generator.serving import connection, site

pytestmark = [
    pytest.mark.skipif(not system.POSIX, reason="folders are held on POSIX only"),
    pytest.mark.alone,
]

ROOT = Path(__file__).parent.parent
PART = f"/p/{TOKEN}/"
WORDS, CHAPTERS = f"/01-arriving.{HASH}.vtt", f"/01-arriving.{HASH}.chapters.json"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests that change nothing of its folder."""
    with served(published(tmp_path_factory.mktemp("published"))) as server:
        yield server


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Another one, for tests that each change a file of their own."""
    with served(published(tmp_path_factory.mktemp("changing"))) as server:
        yield server


def settled(server: Served, count: int) -> None:
    """Until so many requests were told of: a client may have its answer before."""
    for _ in range(200):
        if len(server.told) >= count:
            return
        time.sleep(0.01)
    pytest.fail(f"{len(server.told)} of {count} requests were told of")


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("part", ["/", PART])
def test_head_says_of_a_file_all_that_get_does(ours: Served, name: str, part: str) -> None:
    """HTTP-1 and HTTP-6: its length is that of the file, and parts are to be had."""
    got, told = ours.ask(part + name), ours.ask(part + name, "HEAD")
    assert (got.status, told.status) == (200, 200)
    assert got.body == (ours.folder / (part + name)[1:]).read_bytes()
    assert told.body == b""
    for answer in (got, told):
        del answer.headers["date"]
        assert int(answer["content-length"] or -1) == len(got.body)
        assert answer["accept-ranges"] == "bytes"
    assert told.headers.items() == got.headers.items()


def test_a_folder_s_address_gives_its_page(ours: Served) -> None:
    assert b"Public" in ours.ask("/").body
    assert b"Private" in ours.ask(PART).body


def test_a_part_without_its_slash_leads_to_it_from_wherever_it_is_served(ours: Served) -> None:
    answer = ours.ask(PART.rstrip("/"))
    assert (answer.status, answer["location"]) == (308, f"{TOKEN}/")


def test_types_are_those_that_clients_of_feeds_know(ours: Served) -> None:
    """HTTP-4, by the files themselves; each type is in ``test_serving_rules``."""
    assert ours.ask("/feed.xml")["content-type"] == "application/rss+xml; charset=utf-8"
    assert ours.ask(WORDS)["content-type"] == "text/vtt; charset=utf-8"
    assert ours.ask(CHAPTERS)["content-type"] == "application/json+chapters"


# --- parts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "first", "last"),
    [
        ("bytes=100-199", 100, 199),
        ("bytes=0-0", 0, 0),
        ("bytes=-500", len(SOUND) - 500, len(SOUND) - 1),
        ("bytes=1000000-", 1_000_000, len(SOUND) - 1),
        ("bytes=65535-65537", 65_535, 65_537),
        ("bytes=1-999999999999999999999", 1, len(SOUND) - 1),
        ("bytes=-999999999", 0, len(SOUND) - 1),
    ],
)
def test_a_part_is_given_as_a_part(ours: Served, field: str, first: int, last: int) -> None:
    """HTTP-2 and HTTP-5."""
    answer = ours.ask(f"/{TRACK}", range=field)
    assert answer.status == 206
    assert answer["content-range"] == f"bytes {first}-{last}/{len(SOUND)}"
    assert answer["content-length"] == str(last + 1 - first)
    assert answer.body == SOUND[first : last + 1]


@pytest.mark.parametrize("field", [f"bytes={len(SOUND)}-", "bytes=99999999-100000000", "bytes=-0"])
def test_a_part_that_there_is_not_is_refused_with_the_length(ours: Served, field: str) -> None:
    answer = ours.ask(f"/{TRACK}", range=field)
    assert (answer.status, answer["content-range"]) == (416, f"bytes */{len(SOUND)}")


@pytest.mark.parametrize("field", ["items=0-1", "bytes=5-4", "bytes=0-1,5-6", "bytes=x"])
def test_a_range_that_cannot_be_one_part_gives_the_whole(ours: Served, field: str) -> None:
    answer = ours.ask(f"/{TRACK}", range=field)
    assert (answer.status, answer["content-range"]) == (200, None)
    assert answer.body == SOUND


def test_head_knows_no_parts(ours: Served) -> None:
    """RFC 9110, 14.2: they are defined for GET alone."""
    answer = ours.ask(f"/{TRACK}", "HEAD", range="bytes=0-9")
    assert (answer.status, answer["content-length"]) == (200, str(len(SOUND)))


def test_the_rest_of_a_file_is_given_if_it_is_still_that_file(ours: Served) -> None:
    tag = ours.ask(f"/{TRACK}", "HEAD")["etag"] or ""
    assert ours.ask(f"/{TRACK}", range="bytes=5-", if_range=tag).body == SOUND[5:]
    assert ours.ask(f"/{TRACK}", range="bytes=5-", if_range='"other"').body == SOUND


# --- what is known already --------------------------------------------------------------------


def test_a_feed_that_is_known_is_not_sent_again(ours: Served) -> None:
    """HTTP-3: by its tag or by its date, and what a cache needs is said once more."""
    got = ours.ask("/feed.xml")
    for field in ({"if_none_match": got["etag"]}, {"if_modified_since": got["last-modified"]}):
        known = ours.ask("/feed.xml", **{name: value or "" for name, value in field.items()})
        assert (known.status, known.body) == (304, b"")
        for name in ("etag", "last-modified", "cache-control"):
            assert known[name] == got[name]
        assert known["content-type"] is None
    assert ours.ask("/feed.xml", if_match='"other"').status == 412


def test_a_tag_changes_with_the_file_though_size_and_day_do_not(changing: Served) -> None:
    before = changing.ask("/plain.mp3", "HEAD")
    fresh, plain = changing.folder / "fresh", changing.folder / "plain.mp3"
    fresh.write_bytes(SOUND[::-1])
    os.utime(fresh, ns=(0, plain.stat().st_mtime_ns))
    fresh.replace(plain)
    assert changing.ask("/plain.mp3", "HEAD")["etag"] != before["etag"]
    after = changing.ask("/plain.mp3", range="bytes=9-", if_range=before["etag"] or "")
    assert (after.status, after.body) == (200, SOUND[::-1])


# --- what is said with each -------------------------------------------------------------------


def test_every_answer_forbids_guessing_and_tells_no_other_site_whence(ours: Served) -> None:
    for path, method in (("/", "GET"), ("/no.mp3", "GET"), ("/", "PUT"), ("/", "OPTIONS")):
        answer = ours.ask(path, method)
        assert answer["x-content-type-options"] == "nosniff"
        assert answer["referrer-policy"] == "no-referrer"
        assert answer["server"] is None


def test_what_is_private_is_kept_by_no_cache_between_and_by_no_search_engine(ours: Served) -> None:
    for name in FILES:
        private, public = ours.ask(PART + name, "HEAD"), ours.ask(f"/{name}", "HEAD")
        assert private["cache-control"] == "private, no-cache"
        assert private["x-robots-tag"] == "noindex, nofollow"
        assert public["x-robots-tag"] is None
        assert "private" not in (public["cache-control"] or "")


def test_other_sites_may_read_words_and_chapters_and_nothing_that_lists_names(ours: Served) -> None:
    """HTTP-4: whoever is to read a transcript was told its name by a feed."""
    shared = {name for name in FILES if ours.ask(f"/{name}")["access-control-allow-origin"] == "*"}
    assert shared == {f"01-arriving.{HASH}.{each}" for each in ("vtt", "srt", "chapters.json")}
    embedded = {
        name
        for name in FILES
        if ours.ask(f"/{name}")["cross-origin-resource-policy"] == "cross-origin"
    }
    assert {name.rpartition(".")[2] for name in embedded - shared} == {"mp3", "m4a", "m4b", "jpg"}


def test_a_browser_that_asks_first_is_answered(ours: Served) -> None:
    first = {"origin": "https://player.example", "access_control_request_method": "GET"}
    answer = ours.ask(WORDS, "OPTIONS", **first, access_control_request_headers="range")
    assert answer.status == 204
    assert answer["access-control-allow-origin"] == "*"
    assert "Range" in (answer["access-control-allow-headers"] or "")
    assert ours.ask("/feed.xml", "OPTIONS", **first)["access-control-allow-origin"] is None
    assert ours.ask("*", "OPTIONS").status == 204


def test_the_page_is_shown_in_no_other_site_s_frame(ours: Served) -> None:
    assert ours.ask("/")["content-security-policy"] == "frame-ancestors 'none'"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_nothing_can_be_done_but_reading(ours: Served, method: str) -> None:
    answer = ours.ask("/", method)
    assert (answer.status, answer["allow"]) == (405, "GET, HEAD, OPTIONS")


# --- what nobody is given ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *(f"/{name}" for name in KEPT_BACK),
        *(PART + name for name in KEPT_BACK),
        "/link.mp3", "/inner.mp3", "/folder.mp3", "/pipe.mp3", "/folder.mp3/", "/deeper/",
        "/deeper/index.html", "/p", "/p/", "/p/short/", "/p/short/index.html", f"/p/{'L' * 43}/",
        "/P/", f"/P/{TOKEN}/", f"/p/{TOKEN.swapcase()}/", "/INDEX.HTML", "/Index.html",
    ],
)  # fmt: skip
def test_what_is_no_file_of_the_site_is_not_there(ours: Served, path: str) -> None:
    answer = ours.ask(path)
    assert (answer.status, answer.body) == (404, b"Not Found\n")


def test_no_beginning_of_a_token_is_told_from_no_token(ours: Served) -> None:
    """The same words, and about the same time: each token is compared to its end."""
    wrong = (
        "/p/", f"/p/{TOKEN[:42]}/", f"/p/{TOKEN[:42]}", f"/p/{TOKEN}x/", f"/p/{TOKEN[:42]}y/",
        f"/p/{'z' * 43}/", "/p/z/",
    )  # fmt: skip
    taken: dict[str, list[float]] = {path: [] for path in wrong}
    answers: set[tuple[int, bytes, str]] = set()
    for _ in range(15):
        for path in wrong:
            began_s = time.perf_counter()
            answer = ours.ask(path)
            taken[path].append(time.perf_counter() - began_s)
            del answer.headers["date"]
            answers.add((answer.status, answer.body, str(answer.headers)))
    assert len(answers) == 1
    quickest = [min(each) for each in taken.values()]
    assert max(quickest) < 4 * min(quickest)


PIECES = st.sampled_from(
    [
        "..", ".", "%2e%2e", "%2E.", "/", "%2f", "%2F", "\\", "%5c", "%252e%252e", "%252f", "%00",
        "%c0%ae", "%e0%80%ae", "%ff", "p", "%70", TOKEN, OTHER_TOKEN, "outside.mp3", "link.mp3",
        "site", "deeper", "index.html", TRACK, "etc", "passwd", "roster.csv", "x" * 300, ";", "~",
        "::$DATA", "?", "%3f", "#", "+", "%20", ":", "http:", "127.0.0.1",
    ]
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(PIECES, min_size=1, max_size=9).map("".join))
@example("../outside.mp3")
@example("..%2foutside.mp3")
@example("p/../../outside.mp3")
@example(f"p/{TOKEN}/../../../outside.mp3")
@example("//etc/passwd")
@example("x" * 12_000)
def test_nothing_beside_the_site_is_given_by_any_spelling(ours: Served, spelled: str) -> None:
    request = f"GET /{spelled} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    head, _, body = ours.raw(request.encode()).partition(b"\r\n\r\n")
    status = int(head.split()[1])
    assert status in (200, 308, 404)
    pages = (b"<!doctype html><title>Private</title>", *FILES.values())
    assert (body in pages) == (status == 200)


@pytest.mark.parametrize(
    "request_line", ["GET http://127.0.0.1:{port}/plain.mp3", "GET HTTP://localhost/plain.mp3"]
)
def test_a_target_with_its_host_is_understood(ours: Served, request_line: str) -> None:
    """RFC 9112, 3.2.2: and then its host counts, not the field."""
    line = request_line.format(port=ours.port)
    got = ours.raw(f"{line} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode())
    assert got.startswith(b"HTTP/1.1 200")
    evil = b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert ours.raw(evil).startswith(b"HTTP/1.1 421")


def test_a_stranger_s_name_for_this_machine_is_refused(ours: Served) -> None:
    """DNS rebinding: their page would be of one origin with ours."""
    for host in ("evil.example", f"evil.example:{ours.port}", "10.0.0.7", ""):
        answer = ours.ask("/", host=host)
        assert (answer.status, answer.body) == (421, b"Misdirected Request\n")
    assert ours.ask("/", host=f"localhost:{ours.port}").status == 200


def test_a_proxy_s_name_is_answered_to_when_it_is_allowed(tmp_path: Path) -> None:
    with served(published(tmp_path), "calm.example") as server:
        assert server.ask("/", host="calm.example").status == 200
        assert server.ask("/", host="evil.example").status == 421


def test_a_server_for_others_says_that_it_is_one(ours: Served, tmp_path: Path) -> None:
    with served(published(tmp_path), host="0.0.0.0") as server:
        assert server.others
        assert server.address == f"http://127.0.0.1:{server.port}/"
        assert server.ask("/", host="my-laptop:8000").status == 200
    assert not ours.others


# --- files that change ------------------------------------------------------------------------

LONG = 12_000_000


def read_to_its_end(line: socket.socket, got: bytes) -> bytes:
    return got + b"".join(iter(lambda: line.recv(1 << 20), b""))


def begun(server: Served, path: str, receive_bytes: int = 0) -> tuple[socket.socket, bytes]:
    """A line on which the file has begun to come, and what of it has."""
    line = socket.socket()
    if receive_bytes:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    line.settimeout(20)
    line.connect(("127.0.0.1", server.port))
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    return line, line.recv(1 << 10)


def test_a_file_that_is_replaced_while_it_is_read_is_read_to_its_own_end(changing: Served) -> None:
    file, fresh = changing.folder / "replaced.mp3", changing.folder / "other"
    file.write_bytes(b"old." * (LONG // 4))
    line, got = begun(changing, "/replaced.mp3")
    with line:
        fresh.write_bytes(b"new!" * 1_000)
        fresh.replace(file)
        assert changing.ask("/replaced.mp3").body == b"new!" * 1_000
        whole = read_to_its_end(line, got).partition(b"\r\n\r\n")[2]
    assert whole == b"old." * (LONG // 4)


def test_a_file_that_becomes_shorter_ends_its_answer_early(changing: Served) -> None:
    """Never padded, never joined with something else, and told of without its name."""
    file = changing.folder / "p" / TOKEN / "shorter.mp3"
    file.write_bytes(b"old." * (LONG // 4))
    count = len(changing.told)
    line, got = begun(changing, PART + "shorter.mp3")
    with line:
        os.truncate(file, 100)
        body = read_to_its_end(line, got).partition(b"\r\n\r\n")[2]
    assert 0 < len(body) < LONG
    assert body == (b"old." * (LONG // 4))[: len(body)]
    settled(changing, count + 1)
    assert "a fault of ours, OSError" in changing.told[-1].fault
    assert TOKEN not in repr(changing.told)


def test_an_error_of_ours_is_one_line_that_names_nothing(
    ours: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), PART)

    monkeypatch.setattr(site, "opened", full)
    count = len(ours.told)
    answer = ours.ask(PART)
    assert (answer.status, answer.body) == (500, b"Internal Server Error\n")
    settled(ours, count + 1)
    assert "a fault of ours, OSError" in ours.told[-1].fault
    assert TOKEN not in repr(ours.told[-1])


# --- who is slow ------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "REQUEST_S", 0.25)
    monkeypatch.setattr(connection, "READER_S", 0.4)
    monkeypatch.setattr(connection, "LOOK_S", 0.05)


def ended(line: socket.socket) -> bool:
    try:
        return line.recv(1 << 16) == b""
    except ConnectionError:
        return True


def test_half_a_request_is_not_waited_for_for_ever(impatient: None, ours: Served) -> None:
    """However it trickles in, and the others are answered meanwhile."""
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(ours.line()) for _ in range(60)]
        began_s = time.monotonic()
        for letter in "GET / HTTP":
            for line in lines:
                with contextlib.suppress(OSError):
                    line.sendall(letter.encode())
            assert ours.ask("/").status == 200
            time.sleep(0.02)
        assert all(map(ended, lines))
        assert time.monotonic() - began_s < 3.0


def test_a_reader_who_stops_is_let_go(impatient: None, changing: Served) -> None:
    (changing.folder / "stopped.mp3").write_bytes(bytes(LONG))
    count = len(changing.told)
    line, _got = begun(changing, "/stopped.mp3", 1 << 14)
    with line:
        settled(changing, count + 1)
    assert changing.told[-1].sent_bytes < LONG


@pytest.mark.slow
def test_a_reader_who_is_slow_is_not_let_go(impatient: None, changing: Served) -> None:
    """Three times as long as one who stops."""
    (changing.folder / "slow.mp3").write_bytes(bytes(LONG))
    line, got = begun(changing, "/slow.mp3", 1 << 16)
    with line:
        until_s = time.monotonic() + 1.2
        while time.monotonic() < until_s:
            got += line.recv(1 << 16)
            time.sleep(0.01)
        assert len(read_to_its_end(line, got).partition(b"\r\n\r\n")[2]) == LONG


def test_what_is_no_request_is_refused_and_told_nobody(ours: Served) -> None:
    count = len(ours.told)
    for request in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20_000,
    ):
        assert ours.raw(request).startswith(b"HTTP/1.1 400")
    assert len(ours.told) == count


def test_several_requests_on_one_line_are_answered_in_order(ours: Served) -> None:
    requests = b"".join(
        f"GET /{TRACK} HTTP/1.1\r\nHost: localhost\r\nRange: bytes={n}-{n}\r\n{last}\r\n".encode()
        for n, last in ((7, ""), (8, ""), (9, "Connection: close\r\n"))
    )
    answers = ours.raw(requests).split(b"HTTP/1.1 206")
    assert [each[-1] for each in answers[1:]] == [7, 8, 9]


# --- other people's clients -------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_curl_resumes_what_it_has_a_beginning_of(ours: Served, tmp_path: Path) -> None:
    file = tmp_path / "track.mp3"
    file.write_bytes(SOUND[:300_000])
    address = f"{ours.address}{TRACK}"
    subprocess.run(["curl", "-sfC", "-", "-o", file, address], check=True, timeout=20)
    assert file.read_bytes() == SOUND
    only = ["curl", "-sfr", "-100", address]
    assert subprocess.run(only, check=True, timeout=20, stdout=-1).stdout == SOUND[-100:]
    newer = ["curl", "-so", os.devnull, "-w", "%{http_code}", "-z", file, address]
    assert subprocess.run(newer, check=True, timeout=20, stdout=-1).stdout == b"304"


@pytest.mark.slow
def test_two_hundred_readers_get_no_wrong_byte(tmp_path: Path) -> None:
    """Of parts of their own, some of them slow, on one line each, while the page is asked for."""
    folder = published(tmp_path)
    sound = random.Random(4).randbytes(3_000_000)
    (folder / "long.mp3").write_bytes(sound)

    def read(seed: int, port: int) -> None:
        chance = random.Random(seed)
        line = http.client.HTTPConnection("127.0.0.1", port, 60)
        for _ in range(10):
            first = chance.randrange(len(sound))
            last = min(first + chance.randrange(300_000), len(sound) - 1)
            line.request("GET", "/long.mp3", headers={"Range": f"bytes={first}-{last}"})
            answer, got = line.getresponse(), b""
            while chunk := answer.read(20_000):
                got += chunk
                if seed % 4 == 0:
                    time.sleep(0.01)
            assert (answer.status, got) == (206, sound[first : last + 1])
        line.close()

    with served(folder) as server, ThreadPoolExecutor(201) as pool:
        readers = [pool.submit(read, seed, server.port) for seed in range(200)]
        while not all(each.done() for each in readers):
            assert server.ask("/").status == 200
            time.sleep(0.05)
        for each in readers:
            each.result()


@pytest.mark.slow
def test_three_hundred_half_requests_stop_nobody(tmp_path: Path) -> None:
    with served(published(tmp_path)) as server, contextlib.ExitStack() as held:
        lines = [held.enter_context(server.line()) for _ in range(300)]
        for line in lines:
            line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-")
        taken: list[float] = []
        for _ in range(50):
            began_s = time.perf_counter()
            assert server.ask(f"/{TRACK}").body == SOUND
            taken.append(time.perf_counter() - began_s)
        assert statistics.median(taken) < 0.25
        assert all(map(ended, lines)), "within their time, though nothing was left to wait for"


@pytest.mark.slow
def test_beyond_the_most_connections_one_more_is_asked_to_come_again(tmp_path: Path) -> None:
    with served(published(tmp_path)) as server:
        with contextlib.ExitStack() as held:
            for _ in range(520):
                held.enter_context(server.line())
            time.sleep(0.2)
            assert server.ask("/").status == 503
        answers: list[Answer] = []
        while not answers or answers[-1].status != 200:
            answers.append(server.ask("/"))
            assert len(answers) < 100
            time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx")
def test_nginx_does_the_same_as_the_document_has_it(tmp_path: Path) -> None:
    """HTTP-1 to HTTP-6, by the lines that are to be copied."""
    folder = published(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (lines,) = re.findall(
        r"```nginx\n(.*?)```", (ROOT / "docs" / "serving.md").read_text(), re.DOTALL
    )
    lines = lines.replace("listen 8080", f"listen 127.0.0.1:{port}").replace(
        "/srv/site", str(folder)
    )
    lines = lines.replace("/var/log/nginx/site.log", str(tmp_path / "log"))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{each}_temp_path {tmp_path / each};" for each in kinds)
    whole = f"pid {tmp_path / 'pid'}; daemon off; master_process off; events {{}}"
    (tmp_path / "conf").write_text(f"{whole} http {{ {places} {lines} }}")
    command = ["nginx", "-p", tmp_path, "-c", tmp_path / "conf", "-e", tmp_path / "errors"]
    with subprocess.Popen(command) as process, contextlib.ExitStack() as held:
        held.callback(process.terminate)
        theirs = Served(folder, f"http://127.0.0.1:{port}/", [], others=False)
        for _ in range(100):
            with contextlib.suppress(ConnectionError):
                theirs.ask("/")
                break
            time.sleep(0.02)
        ours = held.enter_context(served(folder))
        for name in (*FILES, *KEPT_BACK):
            for path in (f"/{name}", PART + name):
                answers = ours.ask(path, "HEAD"), theirs.ask(path, "HEAD")
                alike = [
                    (each.status, each["access-control-allow-origin"])
                    + ((each["content-type"], each["cache-control"]) if each.status == 200 else ())
                    for each in answers
                ]
                assert alike[0] == alike[1], name
        part = theirs.ask(f"/{TRACK}", range="bytes=100-199")
        assert (part.status, part.body) == (206, SOUND[100:200])
        known = theirs.ask("/feed.xml")["etag"] or ""
        assert theirs.ask("/feed.xml", if_none_match=known).status == 304
        assert theirs.ask(PART.rstrip("/")).status == 308
        assert theirs.ask("/p/").status == theirs.ask("/deeper/").status == 404
        assert theirs.ask("/link.mp3").status == 403
    assert "/feed.xml" in (tmp_path / "log").read_text()
    assert TOKEN not in (tmp_path / "log").read_text()
