"""Several processes, one cache: nothing is spoken twice, nothing is lost, whoever is killed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from driver import SCRIPT, Home, home_at, render, run, start
from test_cli import meditate

from generator.model import Voice
from generator.speech import cache
from generator.speech.store import ClipStore, read
from generator.system import POSIX

pytestmark = [
    pytest.mark.skipif(not POSIX, reason="locks, signals and mounts are POSIX"),
    pytest.mark.alone,
]

ROOT = Path(__file__).parent.parent


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_at(tmp_path / "home")


def made_together(home: Home, *each: tuple[str, ...], fault: str = "") -> list[dict[str, object]]:
    """What renders that ran at the same time made; all of them must have succeeded."""
    processes = [start(home, *words, "--json", fault=fault) for words in each]
    results = [process.communicate(timeout=120) for process in processes]
    codes = [process.returncode for process in processes]
    assert codes == [0] * len(each), results
    return [json.loads(out) for out, _errors in results]


def tracks(home: Home) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in home.work.rglob("*.mp3")}


def clips(home: Home) -> list[Path]:
    """Those that speak, of all that is kept."""
    files = [path for path in home.clips.rglob("*") if path.is_file()]
    return [path for path in files if path.read_bytes().startswith(b"meditation clip")]


# --- two at once ------------------------------------------------------------------------------


def test_two_that_need_the_same_phrases_speak_each_once(home: Home) -> None:
    made = made_together(home, *(render("--for", f"guest-{each}") for each in "ab"))
    phrases = int(str(made[0]["phrases"]))
    assert sum(int(str(each["spoken_now"])) for each in made) == phrases == len(clips(home))
    assert len(set(tracks(home).values())) == 1, "one sound for all"


@pytest.mark.slow
def test_two_of_one_listener_speak_each_detail_once(home: Home) -> None:
    words = ("--name", "Ada", "--for", "guest-x")
    made = made_together(home, render(*words), render(*words))
    assert sum(int(str(each["spoken_now"])) for each in made) == made[0]["phrases"]


def test_of_two_with_other_answers_the_later_does_not_win_unseen(home: Home) -> None:
    """Trap: both were admitted while there was nothing, and both publish."""
    pair = [
        start(home, *render("--name", name, "--for", "guest-x", "--json"))
        for name in ("Ada", "Bob")
    ]
    results = [process.communicate(timeout=120) for process in pair]
    codes = [process.returncode for process in pair]
    assert sorted(codes) == [0, 2], results
    winner, loser = codes.index(0), codes.index(2)
    assert b"was made from other inputs" in results[loser][1]
    (vtt,) = home.work.rglob("*.vtt")
    assert ("Ada", "Bob")[winner] in vtt.read_text()
    assert not list(home.work.rglob(".making-*"))


@pytest.fixture
def here(home: Home, voice: Voice, monkeypatch: pytest.MonkeyPatch) -> Home:
    """That home for renders in this very process."""
    assert voice.engine == "fake"
    monkeypatch.setenv("MEDITATE_HOME", str(home.data))
    monkeypatch.chdir(home.work)
    return home


@pytest.mark.slow
def test_cache_on_is_cache_off(here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sound is the same bytes: spoken now, kept from before, evicted at once, or never kept."""
    home = here
    meditate(*render("--for", "spoken"))
    meditate(*render("--for", "kept"))
    cache.clear(home.clips)
    monkeypatch.setenv("MEDITATE_CACHE_MB", "0")
    meditate(*render("--for", "evicted"))
    assert clips(home) == []
    shutil.rmtree(home.clips)
    home.clips.write_bytes(b"in the way")
    meditate(*render("--for", "never"))
    assert len(tracks(home)) == 4
    assert len(set(tracks(home).values())) == 1


@contextmanager
def again_and_again(what: object, *args: object) -> Iterator[list[int]]:
    """Something done all the time while something else is: how often is counted."""
    done, stop = [0], threading.Event()

    def work() -> None:
        while not stop.is_set():
            what(*args)  # type: ignore[operator]
            done[0] += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("emptied", ["cleared", "evicted"])
def test_a_cache_that_is_emptied_all_the_time_stops_no_render(here: Home, emptied: str) -> None:
    empty, more = {"cleared": (cache.clear, ()), "evicted": (cache.evict, (0,))}[emptied]
    home = here
    meditate(*render("--for", "before"))
    with again_and_again(empty, home.clips, *more) as times:
        for label in ("one", "two"):
            meditate(*render("--for", label))
    assert times[0] > 10
    assert len(set(tracks(home).values())) == 1


@pytest.mark.slow
def test_the_command_clears_while_a_render_runs(home: Home) -> None:
    with start(home, *render("--for", "one")) as process:
        while process.poll() is None:
            assert run(home, "cache", "clear").returncode == 0
        process.communicate()
        assert process.returncode == 0


# --- killed -----------------------------------------------------------------------------------

WRITER = """if True:
    import sys
    from pathlib import Path
    import numpy as np
    from generator.speech.store import ClipStore
    root = Path(sys.argv[1])
    store = ClipStore(root / "shared", root / "own", root / f".making-{sys.argv[2]}", b"s" * 32)
    sound = np.full((4_800, 1), 0.1, np.float32)
    print("ready", flush=True)
    for number in range(100_000):
        key = store.key({"number": number % 40, "run": sys.argv[2]})
        with store.claimed(key, private=False):
            store.put(key, sound, (0.1,), private=False)
"""


def test_killed_at_any_moment_every_clip_is_whole_or_not_there(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    for number in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path, str(number)], cwd=ROOT, stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(float(rng.uniform(0.0, 0.12)))
            writer.kill()
    store = ClipStore(tmp_path / "shared", tmp_path / "own", tmp_path / ".making-x", b"s" * 32)
    found = cache.contents(tmp_path / "shared")
    assert len(found.clips) > 20
    assert found.foreign == ()
    for each in found.clips:
        clip = store.get(each.path.name, private=False)
        assert clip is not None
        assert len(read(clip)) == 4_800
    for each in found.unfinished:
        os.utime(each.path, (1_000, 1_000))
    cache.evict(tmp_path / "shared", 1 << 30)
    assert cache.contents(tmp_path / "shared").unfinished == ()


def test_what_a_killed_render_claimed_is_free_at_once(home: Home) -> None:
    home.write_script("small", SCRIPT.replace("You can stay", "Slowly you can stay"))
    assert run(home, *render("--for", "one"), fault="killed").returncode == -9
    began_s = time.monotonic()
    assert run(home, *render("--for", "two")).returncode == 0
    assert time.monotonic() - began_s < 8.0, "nobody waited for the dead"


# --- a real full disk -------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Two megabytes. Only root may mount; where the checks of the project run root must."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    root = sys.platform == "linux" and os.geteuid() == 0
    try:
        mounted = root and subprocess.run(mount, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        if root and os.environ.get("CI"):
            pytest.fail("a small disk could not be mounted")
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_cache_on_a_disk_that_is_full_stops_no_track(small_disk: Path, home: Home) -> None:
    sound = np.random.default_rng(3).uniform(-0.3, 0.3, (48_000, 1)).astype(np.float32)
    store = ClipStore(small_disk / "c", small_disk / "own", home.work / ".making-x", b"s" * 32)
    keys = [store.key({"number": number}) for number in range(30)]
    for key in keys:
        assert len(read(store.put(key, sound, (0.1,), private=False))) == 48_000
    kept = [key for key in keys if store.get(key, private=False)]
    assert 5 < len(kept) < 30, "the disk was full, and what was kept before is whole"
    assert cache.contents(small_disk / "c").unfinished == ()
    evicted = cache.contents(small_disk / "c").size_bytes // 2
    cache.evict(small_disk / "c", evicted)
    fresh = store.key({"number": -1})
    store.put(fresh, sound, (0.1,), private=False)
    assert store.get(fresh, private=False)


def test_an_output_on_a_disk_that_is_full_fails_in_one_line(small_disk: Path, home: Home) -> None:
    (small_disk / "fill").write_bytes(b"x" * 1_000_000)
    made = run(home, *render("--name", "Ada", "--for", "guest-x", "--out", str(small_disk)))
    assert made.returncode == 1
    assert made.stderr.count(b"\n") == 1
    assert b"MB free" in made.stderr
    assert not list(small_disk.rglob("*.*"))


@pytest.mark.slow
def test_a_cache_that_is_read_only_stops_no_track(small_disk: Path, home: Home) -> None:
    """Root writes where modes forbid it, but not to a disk that is mounted for reading."""
    home.clips.parent.mkdir(parents=True, exist_ok=True)
    home.clips.symlink_to(small_disk)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for label in ("one", "two"):
        made = run(home, *render("--for", label, "--json"))
        assert made.returncode == 0, made.stderr
        assert json.loads(made.stdout)["spoken_now"] == json.loads(made.stdout)["phrases"]


# --- with the real voice ----------------------------------------------------------------------


@pytest.mark.slow
def test_two_with_the_real_voice_speak_each_phrase_once(home: Home) -> None:
    words = ("render", "small", "--no-input", "--for")
    made = made_together(home, (*words, "guest-a"), (*words, "guest-b"))
    assert sum(int(str(each["spoken_now"])) for each in made) == made[0]["phrases"]
    assert len(set(tracks(home).values())) == 1
