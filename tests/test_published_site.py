"""From a script to a listener: a voice speaks it, it is published, served, subscribed to, heard."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import feedparser
import podcastparser
import pytest
from libraries import Library, library_at
from listening import chromium, listening
from playwright.sync_api import Page

pytestmark = pytest.mark.slow

DETAIL = "my neighbour Wilhelmina"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, str]]:
    """A course of one session and its talk, spoken by the voice that comes along, and served."""
    library = library_at(tmp_path_factory.mktemp("whole"))
    library.course(sessions=1)
    course = library.root / "steps.toml"
    course.write_text(course.read_text().replace('voice = "tone"', 'voice = "joe"'))
    library.roster({"ann": (DETAIL, "")})
    library.built()
    library.built("--roster", "roster.csv")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    for how in ([], ["--private"]):
        done = library.run("publish", "output/steps", "--site", address, *how)
        assert done.returncode == 0, done.stderr
    folder = str(library.folder / "site")
    command = [sys.executable, "-m", "generator", "serve", folder, "--port", port, "--json"]
    with subprocess.Popen(
        command, env=library.environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert json.loads(server.stdout.readline())["address"] == f"{address}/"
        yield library, address
        server.terminate()


def private_page(library: Library, address: str) -> str:
    done = library.run("publish", "links", "output/steps", "--site", address, "--json")
    return str(json.loads(done.stdout)["ann"])


def got(url: str, **headers: str) -> bytes:
    request = urllib.request.Request(url, headers={k.title(): v for k, v in headers.items()})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


def test_whoever_subscribes_gets_every_episode_whole(site: tuple[Library, str]) -> None:
    """HTTP-6, and IT-2: what the feed says is what comes."""
    library, address = site
    for part in (f"{address}/", private_page(library, address)):
        read = feedparser.parse(got(f"{part}feed.xml"))
        other = podcastparser.parse(f"{part}feed.xml", io.BytesIO(got(f"{part}feed.xml")))
        assert not read.bozo
        assert [each.title for each in read.entries] == ["Step 1, a Talk", "Step 1"]
        assert sorted(each["title"] for each in other["episodes"]) == ["Step 1", "Step 1, a Talk"]
        label = "public" if part == f"{address}/" else "ann"
        tracks = [content for path, content in library.tracks.items() if path.startswith(label)]
        for entry, track in zip(read.entries, tracks, strict=True):
            (sound,) = entry.enclosures
            assert int(sound.length) == len(track)
            assert got(sound.href) == track
            assert got(sound.href, range="bytes=100-199") == track[100:200]


def is_heard(tab: Page) -> None:
    until_s = time.monotonic() + 10
    while tab.evaluate("document.querySelector('audio').currentTime") < 0.5:
        assert time.monotonic() < until_s, "it plays"
        time.sleep(0.05)


def test_a_listener_hears_their_own_page_and_nobody_else_finds_it(
    site: tuple[Library, str],
) -> None:
    library, address = site
    with (
        chromium() as browser,
        listening(browser, address) as (_context, page, _seen),
    ):
        tab = page()
        tab.goto(private_page(library, address))
        tab.get_by_role("button", name="Play: Step 1", exact=True).click()
        is_heard(tab)
        assert "Wilhelmina" in tab.content()
        public = page()
        public.goto(f"{address}/")
        assert "Wilhelmina" not in public.content()
        public.get_by_role("button", name="Play: Step 1, a Talk").click()
        is_heard(public)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        got(f"{address}/p/")


def test_directories_would_take_it_but_for_its_own_address(site: tuple[Library, str]) -> None:
    library, _address = site
    done = library.run("check", "--for", "apple", "output/steps/site", "--json")
    rulings = json.loads(done.stdout)
    text = json.dumps(rulings)
    assert "RSS-5" in text
    assert "Wilhelmina" not in text
    assert done.returncode == 3, "an address without encryption"
