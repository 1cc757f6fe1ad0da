"""The listening page in a real browser, with real tracks: what a listener sees, hears and keeps."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fake_engine
import pytest
from browsers import chromium_here
from driver import home_at, render, run
from listening import ARGUMENTS, axe, chromium, listening, served
from playwright.sync_api import Browser, Route, expect
from playwright.sync_api import Page as Tab
from test_page import sixteen_tracks

from generator import cover, page, pipeline, system
from generator.audio import clock
from generator.model import Page, PageChapter, PageTrack
from generator.page.words import words as words_of

pytestmark = pytest.mark.slow

SCRIPT = """+++
title = "{title}"
summary = "Some sentences."
kind = "practice"
language = "en"
sources = ["none"]
lengths = ["1m", "3m"]
bed = "none"
+++
{{{{ chapter("Arriving") }}}}
Find a place to rest. {{{{ pause(0.8) }}}}
{words}
{{{{ chapter("Staying") }}}}
You can stay a while. {{{{ pause({rest}, least={rest}) }}}}
Come back to the room.
"""
WARM = ["Find a place to rest.", "Let your hands be warm.", "You can stay a while."]
WORDS = [*WARM, "Come back to the room."]
HOSTILE = "<script>alert(1)</script>\u202e\"'&amp;\u200f 👩‍👩‍👧 " + "x" * 250
EXACT_S = 0.05
"""How near to what was chosen it has to be."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def tracks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[PageTrack, ...]]:
    """A folder with a cover and two finished tracks of one session, spoken in tones."""
    home = home_at(tmp_path_factory.mktemp("page"))
    folder = home.work / "output" / "public"
    for slug, title, middle, rest in (
        ("a", "Warm Hands", WARM[1], 1.0),
        ("b", "Cool Brow", "Be cool.", 20.5),
    ):
        home.write_script(slug, SCRIPT.format(title=title, words=middle, rest=rest))
    with ThreadPoolExecutor() as both:
        for done in both.map(lambda slug: run(home, *render(slug=slug)), "ab"):
            assert done.returncode == 0, done.stderr
    (folder / "cover.jpg").write_bytes(cover.cover_jpeg("Hands", "Tuning Fork", 3))
    made = (pipeline.finished(folder / f"{slug}.mp3") for slug in "ab")
    return folder, tuple(
        pipeline.page_track(each, each.path.name, system.sha256(each.path)[:16], "First")
        for each in made
    )


@pytest.fixture
def course(tracks: tuple[Path, tuple[PageTrack, ...]]) -> Page:
    return Page(
        title="Hands and Brow",
        tracks=tracks[1],
        language="en",
        author="Nora Feldt",
        summary="Two short tracks.",
        cover="cover.jpg",
        private=False,
    )


@pytest.fixture
def folder(tracks: tuple[Path, tuple[PageTrack, ...]], course: Page, tmp_path: Path) -> Path:
    """Where the public page lies with its tracks."""
    place = tmp_path / "course"
    shutil.copytree(tracks[0], place)
    write(course, place)
    return place


def write(shown: Page, place: Path) -> None:
    for name, content in page.files(shown).items():
        (place / name).write_bytes(content)


def opened(tab: Tab, address: str) -> Tab:
    tab.goto(address)
    tab.wait_for_selector("html.ready")
    return tab


def from_folder(place: Path) -> str:
    return (place / page.DOCUMENT).as_uri()


def at_s(tab: Tab) -> float:
    return float(tab.evaluate("document.getElementById('audio').currentTime"))


def sounds(tab: Tab) -> bool:
    return bool(tab.evaluate("(a => !a.paused && !a.ended && a.currentTime > 0)(audio)"))


def until(tab: Tab, condition: str, timeout_s: float = 10.0, every_ms: float = 20) -> None:
    """Ask until it is so: the page's policy lets nobody evaluate a text inside it."""
    end_s = time.monotonic() + timeout_s
    while not tab.evaluate(condition):
        assert time.monotonic() < end_s, condition
        tab.wait_for_timeout(every_ms)


PLAYS = "!audio.paused && audio.currentTime > 0"


# --- heard ------------------------------------------------------------------------------------


LISTEN = """() => {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
  context.createMediaElementSource(audio).connect(analyser).connect(context.destination);
  const spectrum = new Float32Array(analyser.frequencyBinCount);
  window.noted = [];
  setInterval(() => {
    if (audio.paused || audio.seeking || !audio.currentTime) return; // it is on its way
    analyser.getFloatFrequencyData(spectrum);
    const loudest = spectrum.indexOf(Math.max(...spectrum));
    const [now] = document.querySelectorAll(".words span.now");
    noted.push({
      at: audio.currentTime,
      shown: now?.textContent ?? "",
      level: spectrum[loudest],
      hz: loudest * context.sampleRate / analyser.fftSize,
    });
  }, 40);
}"""


LATE_S = 0.12
"""How late a phrase may be shown, or longer; the sound itself tells where it is every 0.25 s."""


def shown_in_time(tab: Tab, track: PageTrack) -> None:
    """Whether each phrase was shown while its time was, and none in between."""
    for each in tab.evaluate("noted"):
        for phrase in track.phrases:
            begun_s = each["at"] - phrase.start_ms / 1000
            over_s = each["at"] - phrase.end_ms / 1000
            if begun_s > LATE_S and over_s < -LATE_S:
                assert each["shown"] == phrase.text, each
            if begun_s < -LATE_S or over_s > LATE_S:
                assert each["shown"] != phrase.text, each


def heard_as_shown(tab: Tab, words: str) -> None:
    """Whether the tone that these words are was heard all the while they were shown."""
    shown = [each for each in tab.evaluate("noted") if each["shown"] == words]
    # the analyser hears a sixth of a second, so at first also what was before
    heard = [each["hz"] for each in shown if each["level"] > -60][6:-1]
    assert len(heard) >= 4, words
    assert max(heard) - min(heard) < 12, words
    assert abs(heard[0] - fake_engine.pitch_hz(words)) < 8, words


def test_the_phrase_that_is_shown_is_the_one_that_sounds_from_beginning_to_end(
    browser: Browser, folder: Path, course: Page
) -> None:
    with served(folder) as (address, _, _), listening(browser, address) as (_, new, _):
        tab = opened(new(), address)
        tab.evaluate(LISTEN)
        tab.locator("#speed").select_option("1.5")
        tab.get_by_role("button", name="Play: Warm Hands").click()
        until(tab, "noted.length && noted.at(-1).shown === '' && audio.currentTime > 9", 40)
        shown_in_time(tab, course.tracks[0])
        for words in WORDS:
            heard_as_shown(tab, words)
        tab.locator("#speed").select_option("1")
        tab.evaluate("noted.length = 0")
        tab.get_by_role("button", name=WORDS[2]).click()
        until(tab, "document.querySelectorAll('.words span')[2].matches('.now')")
        until(tab, "!document.querySelectorAll('.words span')[2].matches('.now')")
        shown_in_time(tab, course.tracks[0])
        heard_as_shown(tab, WORDS[2])


def test_a_track_plays_to_its_end_and_leads_on_within_its_session_only(
    browser: Browser, folder: Path
) -> None:
    with listening(browser, "file:") as (_, new, _):
        tab = opened(new(), from_folder(folder))
        first, second = tab.locator(".track").all()
        expect(first.locator(".inside")).to_be_hidden()
        first.locator(".play").click()
        until(tab, PLAYS)
        expect(first.locator(".words")).to_be_visible()
        tab.evaluate("audio.currentTime = audio.duration - 0.5")
        until(tab, "document.getElementById('title').textContent === 'Cool Brow'")
        until(tab, PLAYS)
        expect(first.locator(".length")).to_contain_text("Heard")
        expect(second.locator(".words")).to_be_visible()
        tab.evaluate("audio.currentTime = audio.duration - 0.5")
        until(tab, "audio.ended")
        expect(second.locator(".length")).to_contain_text("Heard")
        expect(tab.locator("#toggle")).to_have_attribute("aria-label", "Play")


def test_a_click_lands_where_it_says(browser: Browser, folder: Path, course: Page) -> None:
    track = course.tracks[0]
    with listening(browser, "file:") as (_, new, _):
        tab = opened(new(), from_folder(folder))
        tab.get_by_role("button", name="Play: Warm Hands").click()
        until(tab, PLAYS)
        tab.evaluate("audio.playbackRate = 0.0625")  # or it is further on when one looks
        for link, chapter in zip(
            tab.locator(".chapters a:visible").all(), track.chapters, strict=True
        ):
            link.click()
            assert abs(at_s(tab) - chapter.start_ms / 1000) < EXACT_S
            expect(link).to_have_attribute("aria-current", "true")
        for phrase in reversed(track.phrases):
            words = tab.locator(".words span:visible").get_by_text(phrase.text)
            words.click()
            assert abs(at_s(tab) - phrase.start_ms / 1000) < EXACT_S
            expect(words).to_have_attribute("aria-current", "true")
        assert sounds(tab)
        tab.get_by_role("button", name="Play: Cool Brow").click()
        until(tab, PLAYS)
        tab.evaluate("audio.playbackRate = 0.0625")
        quiet = tab.locator(".quiet:visible")
        expect(quiet).to_have_text("20 s of quiet")
        quiet.click()
        assert abs(at_s(tab) - course.tracks[1].phrases[2].end_ms / 1000) < EXACT_S


def test_the_page_goes_along_with_who_reads_along_and_with_nobody_else(
    browser: Browser, folder: Path, course: Page
) -> None:
    (track, _) = course.tracks
    long = (dataclasses.replace(p, text=f"{p.text} {'And rest. ' * 30}") for p in track.phrases)
    write(
        dataclasses.replace(course, tracks=(dataclasses.replace(track, phrases=(*long,)),)), folder
    )
    low = {"viewport": {"width": 320, "height": 420}, "reduced_motion": "reduce"}
    first, second = (f"document.querySelectorAll('.words span')[{number}]" for number in (0, 1))
    inside = """(({ top }) => top > 0 && top < dock.getBoundingClientRect().top)
        (ELEMENT.getBoundingClientRect())"""
    with listening(browser, "file:", **low) as (_, new, _):
        tab = opened(new(), from_folder(folder))
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        tab.locator("#toggle").click()
        for reads in (True, False):
            tab.evaluate(f"audio.currentTime = {track.phrases[0].end_ms / 1000 - 0.3}")
            until(tab, f"{first}.classList.contains('now')")
            tab.locator("#toggle").click()
            tab.evaluate(f"{first}.scrollIntoView()" if reads else "scrollTo(0, 0)")
            assert not tab.evaluate(inside.replace("ELEMENT", second))
            until(tab, f"{second}.classList.contains('now')")
            assert tab.evaluate(inside.replace("ELEMENT", second)) is reads
            assert (tab.evaluate("scrollY") == 0) is not reads
            tab.locator("#toggle").click()


def test_a_track_that_is_not_there_is_said_to_be_missing_and_can_be_tried_again(
    browser: Browser, folder: Path
) -> None:
    lost = (folder / "a.mp3").rename(folder / "lost.mp3")
    with listening(browser, "file:") as (_, new, seen):
        tab = opened(new(), from_folder(folder))
        alert = tab.get_by_role("alert")
        tab.locator("#toggle").click()
        expect(alert).to_have_text("This track cannot be played now. Play tries it again.")
        expect(tab.locator("#toggle")).to_have_attribute("aria-label", "Play")
        tab.get_by_role("button", name="Play: Cool Brow").click()
        until(tab, PLAYS)
        expect(alert).to_be_empty()
        tab.get_by_role("button", name="Play: Warm Hands").click()
        expect(alert).not_to_be_empty()
        lost.rename(folder / "a.mp3")
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        expect(alert).to_be_empty()
        assert all("ERR_FILE_NOT_FOUND" in each for each in seen.complaints)
        seen.complaints.clear()


def test_a_sound_that_breaks_off_is_not_taken_for_its_end(browser: Browser, folder: Path) -> None:
    whole = (folder / "a.mp3").read_bytes()
    (folder / "a.mp3").write_bytes(whole[:-150_000])  # of the 16,000 of a second
    with listening(browser, "file:") as (_, new, _):
        tab = opened(new(), from_folder(folder))
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        tab.evaluate("audio.currentTime = 2.5")
        expect(tab.get_by_role("alert")).to_have_text("The sound of this track breaks off here.")
        expect(tab.locator("#title")).to_have_text("Warm Hands")
        expect(tab.locator(".length").first).to_contain_text("left")
        broke_s = tab.evaluate("sounded = Number(seek.value)")
        (folder / "a.mp3").write_bytes(whole)
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        assert abs(at_s(tab) - broke_s) < 1.5, "it goes on where it broke off"


def test_a_sound_that_a_browser_does_not_get_in_parts_is_fetched_whole(
    browser: Browser, folder: Path, course: Page
) -> None:
    write(dataclasses.replace(course, private=True), folder)
    asked: list[str] = []

    def once_refused(route: Route) -> None:
        asked.append(route.request.resource_type)
        route.abort() if len(asked) == 1 else route.continue_()

    with served(folder) as (address, _, _), listening(browser, address) as (context, new, seen):
        context.route("**/a.mp3", once_refused)
        tab = opened(new(), address)
        tab.locator("#toggle").click()
        until(tab, f"{PLAYS} && audio.src.startsWith('blob:')")
        expect(tab.get_by_role("alert")).to_be_empty()
        assert asked == ["media", "fetch"]
        assert all("ERR_FAILED" in each for each in seen.complaints)
        seen.complaints.clear()


def test_who_waits_for_a_sound_is_told_so_and_may_think_better_of_it(
    browser: Browser, folder: Path, course: Page
) -> None:
    write(dataclasses.replace(course, private=True), folder)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with served(folder) as (address, _, _), listening(browser, address) as (context, new, _):
        context.route("**/a.mp3", hold)
        tab = opened(new(), address)
        tab.locator("#toggle").click()
        expect(tab.get_by_role("status").filter(has_text="Loading…")).to_be_visible()
        tab.locator("#toggle").click()
        expect(tab.locator("#loading")).to_be_empty()
        tab.locator("#toggle").click()
        held[0].continue_()
        until(tab, PLAYS)
        expect(tab.locator("#loading")).to_be_empty()


def test_of_two_tabs_the_one_that_was_asked_last_is_heard(browser: Browser, folder: Path) -> None:
    with listening(browser, "file:") as (_, new, _):
        one, two = (opened(new(), from_folder(folder)) for _ in range(2))
        for tab in (one, two, one):
            tab.bring_to_front()
            tab.locator("#toggle").click()
            until(tab, PLAYS)
        until(two, "audio.paused")
        assert sounds(one)
        expect(two.locator("#toggle")).to_have_attribute("aria-label", "Play")


DENIED = """
  const denied = new DOMException("denied", "SecurityError");
  for (const store of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, store, { get() { throw denied; } });
  }
  for (const act of ["open", "has", "keys", "match"]) {
    CacheStorage.prototype[act] = () => Promise.reject(denied);
  }
"""


@pytest.mark.parametrize("private", [True, False])
def test_where_a_browser_keeps_nothing_it_is_heard_all_the_same(
    browser: Browser, folder: Path, course: Page, private: bool
) -> None:
    write(dataclasses.replace(course, private=private), folder)
    with served(folder) as (address, _, _), listening(browser, address) as (_, new, _):
        tab = new()
        tab.add_init_script(DENIED)
        opened(tab, address)
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        expect(tab.locator("#keep")).to_be_hidden()


RISE = """async (from) => {
  if (!window.analyser) {
    const context = new AudioContext();
    window.analyser = new AnalyserNode(context, { fftSize: 256 });
    context.createMediaElementSource(audio).connect(analyser).connect(context.destination);
  }
  const wave = new Float32Array(256);
  const level = () => {
    analyser.getFloatTimeDomainData(wave);
    return Math.hypot(...wave) / 16;
  };
  const wait = async (holds) => {
    while (holds(level())) await new Promise((done) => setTimeout(done, 2));
  };
  audio.currentTime = from;
  await new Promise((done) => audio.addEventListener("seeked", done, { once: true }));
  await audio.play();
  await wait((now) => now > 0.003);
  await wait((now) => now < 0.01);
  return audio.currentTime;
}"""


def test_what_is_sought_is_what_sounds_even_from_a_host_that_gives_no_parts_of_a_file(
    browser: Browser, folder: Path, course: Page
) -> None:
    write(dataclasses.replace(course, private=True), folder)
    with served(folder) as (address, _, _), listening(browser, address) as (_, new, _):
        tab = opened(new(), address)
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        assert tab.evaluate("audio.seekable.end(0)") == 0
        tab.get_by_role("button", name=WORDS[3]).click()
        until(tab, "!audio.paused && audio.currentTime > 7")
        starts = [each.start_ms / 1000 for each in course.tracks[0].phrases[1:]]
        for start_s in starts:  # the best of some: a busy machine is late to look
            risen = (tab.evaluate(RISE, start_s - 0.3) for _ in range(3))
            assert any(abs(each - start_s) < EXACT_S for each in risen)


# --- keys, sleep, memory ----------------------------------------------------------------------


def test_everything_can_be_done_with_the_keyboard(
    browser: Browser, folder: Path, course: Page
) -> None:
    with listening(browser, "file:") as (_, new, _):
        tab = opened(new(), from_folder(folder))
        tab.keyboard.press("Tab")
        expect(tab.locator(".skip")).to_be_focused()
        tab.keyboard.press("Enter")
        tab.keyboard.press("Tab")
        expect(tab.locator(".play").first).to_be_focused()
        tab.keyboard.press("Space")
        until(tab, PLAYS)
        tab.keyboard.press("Space")
        until(tab, "audio.paused")
        tab.evaluate("document.activeElement.blur()")
        tab.keyboard.press("Space")
        until(tab, PLAYS)
        tab.keyboard.press("Space")
        until(tab, "audio.paused")
        staying_s = course.tracks[0].chapters[1].start_ms / 1000
        tab.keyboard.press("ArrowLeft")
        assert at_s(tab) == 0
        tab.keyboard.press("Shift+ArrowRight")
        assert abs(at_s(tab) - staying_s) < EXACT_S
        tab.keyboard.press("Shift+ArrowLeft")
        assert at_s(tab) < staying_s - 1
        tab.locator(".words span").first.focus()
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("ArrowDown")
        expect(tab.get_by_role("button", name=WORDS[2])).to_be_focused()
        tab.keyboard.press("Enter")
        until(tab, PLAYS)
        assert abs(at_s(tab) - staying_s) < 2
        tab.locator("#toggle").focus()
        tab.keyboard.press("Space")
        until(tab, "audio.paused")
        tab.locator("#seek").focus()
        before_s = at_s(tab)
        tab.keyboard.press("ArrowRight")
        assert 0 < at_s(tab) - before_s < 2.0, "the slider keeps its own arrows"
        reached = set()
        for _ in range(40):
            tab.keyboard.press("Tab")
            reached.add(tab.evaluate("document.activeElement.id"))
        assert {"where", "seek", "speed", "earlier", "back", "ahead", "later", "sleep"} <= reached


def test_the_sleep_timer_fades_and_leads_back_to_where_it_began_to(
    browser: Browser, folder: Path, course: Page
) -> None:
    with listening(browser, "file:") as (_, new, _):
        tab = new()
        tab.clock.install()
        opened(tab, from_folder(folder))
        tab.get_by_role("button", name="Play: Warm Hands").click()
        until(tab, PLAYS)
        tab.locator("#sleep").select_option("300")
        began_ms = tab.evaluate("Date.now()")
        tab.clock.run_for(278_000)
        expect(tab.locator("#timer")).to_have_text(re.compile("^0:2[0-2]$"))
        assert tab.evaluate("audio.volume") == 1
        fades_s = at_s(tab)
        tab.clock.run_for(3_000)
        tab.evaluate(f"audio.currentTime = {fades_s + 4}")
        noted = []
        while tab.evaluate("!audio.paused"):
            now_ms, volume = tab.evaluate("[Date.now(), audio.volume]")
            left_s = 300 - (now_ms - began_ms) / 1000
            if left_s > 0:
                noted.append(volume)
                # what was set half a second ago at most, with the half that a busy machine takes
                assert (left_s / 20) ** 2 - 0.01 <= volume <= ((left_s + 1) / 20) ** 2 + 0.01
            tab.clock.run_for(1_000)
        assert len(noted) > 12
        assert noted == sorted(noted, reverse=True)
        until(tab, "audio.volume === 1")
        assert abs(at_s(tab) - fades_s) < 1
        expect(tab.locator("#sleep")).to_have_value("")
        tab.get_by_role("link", name="Arriving").click()
        until(tab, PLAYS)
        staying_s = course.tracks[0].chapters[1].start_ms / 1000
        tab.evaluate(f"audio.currentTime = {staying_s - 0.5}")
        tab.locator("#sleep").select_option("chapter")
        until(tab, "audio.paused")
        assert abs(at_s(tab) - staying_s) < EXACT_S


def test_each_track_goes_on_where_it_was_left(browser: Browser, folder: Path) -> None:
    with listening(browser, "file:") as (_, new, _):
        tab = opened(new(), from_folder(folder))
        tab.locator("#speed").select_option("1.3")
        for name, place_s in (("Warm Hands", 6.0), ("Cool Brow", 16.0)):
            tab.get_by_role("button", name=f"Play: {name}").click()
            until(tab, PLAYS)
            tab.evaluate(f"audio.currentTime = {place_s}")
            until(tab, f"audio.currentTime > {place_s}")
            assert tab.evaluate("audio.playbackRate") == 1.3
        left_s = at_s(tab)
        tab.reload()
        tab.wait_for_selector("html.ready")
        expect(tab.locator("#title")).to_have_text("Cool Brow")
        expect(tab.locator("#speed")).to_have_value("1.3")
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        assert left_s - 0.1 < at_s(tab) < left_s + 1.5
        tab.get_by_role("button", name="Play: Warm Hands").click()
        until(tab, PLAYS)
        assert 6.0 < at_s(tab) < 8.5


HEADPHONES = """
  window.keys = {};
  MediaSession.prototype.setActionHandler = (action, act) => { keys[action] = act; };
"""


def test_who_comes_back_to_the_page_finds_it_quiet_and_where_it_was(
    browser: Browser, folder: Path, course: Page
) -> None:
    write(dataclasses.replace(course, private=True), folder)
    lasting = browser.browser_type.launch(
        executable_path=chromium_here(),
        args=[*ARGUMENTS],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    with served(folder) as (address, _, _), listening(lasting, address) as (_, new, _):
        tab = opened(new(), address)
        tab.evaluate("addEventListener('pageshow', (e) => { window.kept = e.persisted; })")
        tab.locator("#toggle").click()
        until(tab, "audio.currentTime > 1")
        tab.goto("about:blank")
        tab.evaluate("setTimeout(() => history.back())")
        tab.wait_for_url(address, wait_until="commit")
        until(tab, "window.kept")
        expect(tab.locator("#toggle")).to_have_attribute("aria-label", "Play")
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        assert at_s(tab) > 1
    lasting.close()


def test_a_locked_phone_is_told_the_chapter_and_shown_the_cover_and_its_keys_work(
    browser: Browser, folder: Path, course: Page
) -> None:
    staying_s = course.tracks[0].chapters[1].start_ms / 1000
    with served(folder) as (address, _, _), listening(browser, address) as (_, new, _):
        tab = new()
        tab.add_init_script(HEADPHONES)
        opened(tab, address)
        tab.get_by_role("button", name="Play: Warm Hands").click()
        until(tab, PLAYS)
        tab.get_by_text("Staying").first.click()
        until(tab, f"audio.currentTime >= {staying_s}")
        told = tab.evaluate(
            "(m => [m.title, m.artist, m.album, m.artwork[0].src])(navigator.mediaSession.metadata)"
        )
        assert told == [
            "Warm Hands: Staying",
            "Nora Feldt",
            "Hands and Brow",
            f"{address}cover.jpg",
        ]
        tab.evaluate("keys.pause()")
        until(tab, "audio.paused")
        for key, wish, place_s in (
            ("previoustrack", "", 0),
            ("nexttrack", "", staying_s),
            ("seekto", "{ seekTime: 2.5 }", 2.5),
            ("seekforward", "{ seekOffset: 3 }", 5.5),
            ("seekbackward", "{ seekOffset: 1 }", 4.5),
            ("seekbackward", "{}", 0),
        ):
            tab.evaluate(f"keys.{key}({wish})")
            assert abs(at_s(tab) - place_s) < EXACT_S, key
        tab.evaluate("keys.play()")
        until(tab, PLAYS)


# --- kept on the device -----------------------------------------------------------------------


CACHED = """caches.keys()
  .then((names) => Promise.all(names.map((name) => caches.open(name).then((c) => c.keys()))))
  .then((all) => all.flat().map((request) => request.url))"""
WORKERS = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"


def test_a_public_page_works_without_a_connection_after_the_first_visit(
    browser: Browser, folder: Path, course: Page
) -> None:
    with (
        served(folder) as (address, asked, stop),
        listening(browser, address) as (context, new, _),
    ):
        tab = opened(new(), address)
        expect(tab.locator("#kept")).to_contain_text("without a connection")
        tab.close()
        stop()
        context.set_offline(True)
        asked.clear()
        for place in (address, f"{address}index.html"):
            tab = opened(new(), place)
            assert tab.evaluate("document.querySelector('.about img').naturalWidth") == 1000
            tab.get_by_role("button", name="Play: Warm Hands").click()
            until(tab, PLAYS)
            tab.get_by_role("button", name=WORDS[3]).click()
            assert abs(at_s(tab) - course.tracks[0].phrases[3].start_ms / 1000) < 0.5, (
                "a kept sound is sought in, though no range was served"
            )
            tab.get_by_role("button", name="Play: Cool Brow").click()
            until(tab, PLAYS)
            tab.close()
        assert asked == []


@pytest.mark.parametrize("lacking", ["effectiveType: '2g'", "effectiveType: '4g', saveData: true"])
def test_a_public_page_keeps_nothing_by_itself_where_that_would_be_at_the_cost_of_hearing(
    browser: Browser, folder: Path, lacking: str
) -> None:
    with served(folder) as (address, asked, _), listening(browser, address) as (_, new, _):
        tab = new()
        tab.add_init_script(
            f"Object.defineProperty(navigator, 'connection', {{ value: {{ {lacking} }} }})"
        )
        opened(tab, address)
        expect(tab.get_by_role("button", name="Keep on this device")).to_be_visible()
        tab.locator("#toggle").click()
        until(tab, "audio.currentTime > 0.3")
        assert tab.evaluate(CACHED) == []
        assert [each for each in asked if "?v=" in each] == []


def test_a_changed_track_is_not_heard_from_what_was_kept(
    browser: Browser, folder: Path, course: Page
) -> None:
    with served(folder) as (address, _, _), listening(browser, address) as (_, new, _):
        tab = opened(new(), address)
        expect(tab.locator("#kept")).to_contain_text("without a connection")
        first, second = course.tracks
        changed = dataclasses.replace(first, version="another")
        write(dataclasses.replace(course, title="Anew", tracks=(changed, second)), folder)
        for each in folder.iterdir():  # a server knows files by the second they were written in
            os.utime(each, (time.time() + 60, time.time() + 60))
        tab.reload()
        expect(tab.get_by_role("heading", level=1)).to_have_text("Anew")
        kept = f"{CACHED}.then(urls => urls.filter(url => url.includes('a.mp3')).join())"
        until(tab, f"{kept}.then(urls => urls === '{address}a.mp3?v=another')", every_ms=500)


def test_a_private_page_keeps_nothing_until_asked_and_lets_go_of_all_of_it(
    browser: Browser, folder: Path, course: Page
) -> None:
    write(dataclasses.replace(course, private=True), folder)
    with served(folder) as (address, _, _), listening(browser, address) as (context, new, _):
        tab = opened(new(), address)
        tab.get_by_role("button", name="Play: Warm Hands").click()
        tab.get_by_role("link", name="Staying").click()
        until(tab, f"{PLAYS} && audio.src.startsWith('blob:')")
        left_s = at_s(tab)
        opened(tab, address)
        assert abs(tab.evaluate("Number(seek.value)") - left_s) < 1.5
        assert tab.evaluate(CACHED) == []
        assert tab.evaluate(WORKERS) == 0
        assert tab.evaluate("localStorage.length") == 0, "a place is for this tab alone"
        expect(tab.get_by_role("button", name="Remove")).to_be_hidden()
        tab.get_by_role("button", name="Keep on this device").click()
        expect(tab.locator("#kept")).to_contain_text("without a connection")
        assert len([url for url in tab.evaluate(CACHED) if "mp3?v=" in url]) == 2
        other = opened(new(), address)
        assert abs(other.evaluate("Number(seek.value)") - left_s) < 1.5
        context.set_offline(True)
        opened(tab, address)
        tab.get_by_role("button", name="Play: Cool Brow").click()
        until(tab, PLAYS)
        context.set_offline(False)
        tab.bring_to_front()
        tab.get_by_role("button", name="Remove").click()
        expect(tab.locator("#kept")).to_have_text("Removed from this device.")
        assert tab.evaluate(CACHED) == []
        assert tab.evaluate(WORKERS) == 0
        tab.get_by_role("link", name="Arriving").click()  # it sounds on, and another tab begins
        other.bring_to_front()
        other.locator("#toggle").click()
        until(other, PLAYS)
        other.close()
        opened(tab, address)
        expect(tab.get_by_role("button", name="Keep on this device")).to_be_visible()
        assert tab.evaluate(CACHED) == []
        assert tab.evaluate("Object.keys(localStorage)") == [], "leaving wrote nothing either"


# --- hostile, and for everybody ---------------------------------------------------------------


@pytest.fixture
def hostile(folder: Path, course: Page) -> Path:
    """A page whose every text attacks it."""
    tracks = [
        dataclasses.replace(
            each,
            title=HOSTILE,
            session=HOSTILE,
            chapters=tuple(PageChapter(HOSTILE, c.start_ms) for c in each.chapters),
            phrases=tuple(dataclasses.replace(p, text=HOSTILE) for p in each.phrases),
        )
        for each in course.tracks
    ]
    texts = dict.fromkeys(("title", "author", "summary", "disclosure", "support"), HOSTILE)
    write(dataclasses.replace(course, tracks=tuple(tracks), **texts), folder)
    return folder


def test_text_is_inert_and_fits_on_the_smallest_screen(browser: Browser, hostile: Path) -> None:
    small = {"viewport": {"width": 320, "height": 640}}
    with listening(browser, "file:", **small) as (_, new, _):
        tab = new()
        tab.on("dialog", lambda _: pytest.fail("a text ran"))
        opened(tab, from_folder(hostile))
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        assert tab.evaluate("document.documentElement.scrollWidth") == 320
        assert tab.locator("script").count() == 1
        plain = " ".join(HOSTILE.replace("\u202e", "").split())
        assert tab.locator("h1").text_content() == plain
        assert tab.evaluate("document.title") == plain
        assert tab.locator(".words span").first.text_content() == plain
        wide = tab.evaluate(
            "[...document.querySelectorAll('body *')].filter(e => e.checkVisibility()"
            " && !e.closest('.aside, .skip') && e.getBoundingClientRect().right > 320.5)"
            ".map(e => e.outerHTML.slice(0, 80))"
        )
        assert wide == []


def test_a_track_that_stands_alone_is_set_off_from_the_session_before_it(
    browser: Browser, folder: Path, course: Page
) -> None:
    """It was taken for one more of that session."""
    first, other = course.tracks
    gaps = []
    with listening(browser, "file:") as (_, new, _):
        tab = new()
        for second in (other, dataclasses.replace(other, session="")):
            write(dataclasses.replace(course, tracks=(first, second)), folder)
            opened(tab, from_folder(folder))
            gaps.append(
                tab.evaluate(
                    "(([above, below]) => below.getBoundingClientRect().top"
                    " - above.getBoundingClientRect().bottom)(document.querySelectorAll('.track'))"
                )
            )
    assert gaps == pytest.approx([0, 36], abs=1)


def test_a_script_that_is_not_the_pages_own_does_not_run(browser: Browser, folder: Path) -> None:
    with listening(browser, "file:") as (_, new, seen):
        tab = opened(new(), from_folder(folder))
        tab.evaluate(
            "document.body.append(Object.assign(document.createElement('script'),"
            " { textContent: 'window.ran = true' }))"
        )
        tab.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=https://a.test/x>')")
        tab.wait_for_timeout(200)
        assert tab.evaluate("window.ran") is None
        assert len(seen.complaints) == 2
        assert all("Content Security Policy" in each for each in seen.complaints)
        seen.complaints.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, folder: Path, course: Page, pytestconfig: pytest.Config, scheme: Any
) -> None:
    source = axe(pytestconfig.cache.mkdir("axe-core"))
    how = {"color_scheme": scheme, "reduced_motion": "reduce"}
    write(dataclasses.replace(course, private=True, feed="feed.xml"), folder)

    def violations() -> list[object]:
        found = tab.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
        return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]

    with served(folder) as (address, _, _), listening(browser, address, **how) as (_, new, seen):
        tab = opened(new(), address)
        tab.evaluate(source)
        expect(tab.get_by_role("button", name="Keep on this device")).to_be_visible()
        assert violations() == []
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        tab.locator("#sleep").select_option("300")
        for width in (320, 768, 1440):
            tab.set_viewport_size({"width": width, "height": 900})
            assert violations() == [], width
        (folder / "b.mp3").unlink()
        tab.get_by_role("button", name="Play: Cool Brow").click()
        expect(tab.get_by_role("alert")).not_to_be_empty()
        assert violations() == []
        assert all("404" in each for each in seen.complaints)
        seen.complaints.clear()


SMALL = """[...document.querySelectorAll("a, button, select, input, summary, .quiet")]
  .filter((each) => each.checkVisibility() && !each.closest(".words, .skip"))
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 44 || box.height < 44)
  .map(([each]) => each.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize(
    ("width", "height", "letters_px"),
    [(320, 640, 16), (320, 640, 32), (740, 360, 16), (1440, 900, 16)],
)
def test_every_key_is_large_enough_to_tap_and_large_letters_leave_room_for_all(
    browser: Browser, folder: Path, course: Page, width: int, height: int, letters_px: int
) -> None:
    long = "La inquebrantable desproporcionalidad de los arrepentimientos de cada día"
    shown = dataclasses.replace(
        course,
        title=f"{long}: {long}",
        language="es",
        feed="feed.xml",
        tracks=tuple(dataclasses.replace(each, title=long) for each in course.tracks * 6),
    )
    write(shown, folder)
    screen = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce"}
    with served(folder) as (address, _, _), listening(browser, address, **screen) as (c, new, _):
        tab = new()
        letters = c.new_cdp_session(tab)
        letters.send("Page.enable")
        sizes = {"standard": letters_px, "fixed": letters_px}
        letters.send("Page.setFontSizes", {"fontSizes": sizes})
        opened(tab, address)
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        assert tab.evaluate("getComputedStyle(document.documentElement).fontSize") == (
            f"{letters_px}px"
        )
        assert tab.evaluate(SMALL) == []
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        for key in tab.locator(".dock .keys > *:visible").all():
            box = key.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        for each in ("#keep", "footer p >> nth=-1"):  # nothing stays behind the controls
            tab.locator(each).evaluate("e => e.scrollIntoView({ block: 'end' })")
            dock_top = tab.evaluate("dock.getBoundingClientRect().top")
            bottom = tab.locator(each).evaluate("e => e.getBoundingClientRect().bottom")
            assert bottom <= dock_top + 1, each


def test_the_chapter_that_is_heard_moves_nothing(browser: Browser, folder: Path) -> None:
    with listening(browser, "file:") as (_, new, _):
        tab = opened(new(), from_folder(folder))
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        boxes = "[...document.querySelectorAll('.inside:not([hidden]) *')].map(e => e.offsetTop)"
        before = tab.evaluate(boxes)
        tab.get_by_role("link", name="Staying").click()
        expect(tab.get_by_role("link", name="Staying")).to_have_attribute("aria-current", "true")
        assert tab.evaluate(boxes) == before


def test_on_paper_it_is_dark_on_light_and_all_its_words_are_there(
    browser: Browser, folder: Path
) -> None:
    with listening(browser, "file:", color_scheme="dark") as (_, new, _):
        tab = opened(new(), from_folder(folder))
        tab.emulate_media(media="print", color_scheme="dark")
        red = tab.evaluate("getComputedStyle(document.body).color.match(/\\d+/)[0]")
        assert int(red) < 64
        for words in tab.locator(".words").all():
            expect(words).to_be_visible()
        expect(tab.locator(".dock")).to_be_hidden()


def test_who_asked_for_less_motion_sees_none(browser: Browser, folder: Path) -> None:
    moving = """[...document.querySelectorAll("*")].filter((each) => {
      const { transitionDuration, animationName } = getComputedStyle(each);
      return parseFloat(transitionDuration) > 0 || animationName !== "none";
    }).length"""
    for motion in ("reduce", "no-preference"):
        with listening(browser, "file:", reduced_motion=motion) as (_, new, _):
            tab = opened(new(), from_folder(folder))
            assert (tab.evaluate(moving) == 0) is (motion == "reduce")


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_screen_reader_is_told_what_everything_is(
    browser: Browser, folder: Path, course: Page, language: str
) -> None:
    write(dataclasses.replace(course, language=language), folder)
    say = words_of(language)
    with listening(browser, "file:") as (_, new, _):
        tab = opened(new(), from_folder(folder))
        player = tab.get_by_role("region", name=say.player)
        for name in (say.play, say.back, say.ahead, say.earlier, say.later):
            expect(player.get_by_role("button", name=name, exact=True)).to_be_enabled()
        for name in (say.speed, say.sleep):
            expect(player.get_by_role("combobox", name=name)).to_be_enabled()
        place = say.position_of.format(at="0:00", length=clock(course.tracks[0].length_ms * 48))
        slider = player.get_by_role("slider", name=say.position)
        expect(slider).to_have_attribute("aria-valuetext", place)
        tab.get_by_role("button", name=f"{say.play}: Warm Hands").click()
        until(tab, PLAYS)
        expect(tab.get_by_role("button", name=f"{say.pause}: Warm Hands")).to_be_visible()
        expect(player.get_by_role("button", name=say.pause, exact=True)).to_be_visible()
        expect(tab.get_by_role("list", name=say.chapters)).to_be_visible()


def test_without_a_script_it_reads_and_its_tracks_can_be_opened(
    browser: Browser, folder: Path
) -> None:
    with listening(browser, "file:", java_script_enabled=False) as (_, new, _):
        tab = new()
        tab.goto(from_folder(folder))
        expect(tab.locator(".words").first).to_be_visible()
        expect(tab.locator(".dock")).to_be_hidden()
        link = tab.locator(".chapters a").nth(1).get_attribute("href")
        assert link.startswith("a.mp3#t=")
        assert (folder / "a.mp3").is_file()


def test_sixteen_long_tracks_are_ready_within_a_second_on_a_slow_phone(
    browser: Browser, folder: Path, course: Page
) -> None:
    write(dataclasses.replace(course, tracks=sixteen_tracks()), folder)
    with listening(browser, "file:") as (context, new, _):
        tab = new()
        slow = context.new_cdp_session(tab)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        opened(tab, from_folder(folder))
        assert tab.evaluate("performance.getEntriesByName('ready')[0].startTime") < 1_000


def test_it_draws_itself_only_as_often_as_something_changes(browser: Browser, folder: Path) -> None:
    with listening(browser, "file:") as (_, new, _):
        tab = opened(new(), from_folder(folder))
        tab.locator("#toggle").click()
        until(tab, PLAYS)
        tab.evaluate("window.moves = 0, document.addEventListener('moved', () => { moves += 1; })")
        tab.wait_for_timeout(1_000)
        assert 3 <= tab.evaluate("moves") <= 15, "not sixty times a second"
