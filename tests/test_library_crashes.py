"""A build that is killed, starved, robbed and raced: nothing half or twice, and nobody told of."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from canaries import search
from libraries import Library, copied, library_at

from generator import library as libraries
from generator import pipeline, system
from generator.course import load

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not system.POSIX, reason="signals, mounts and pipes are POSIX"),
]

LISTENERS = {
    "qxada": ("my grandmother Wilhelmina", "Quillfeather"),
    "ben": ("", ""),
    "cy": ("", ""),
}
ROSTER = ("--roster", "roster.csv")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two practices for three listeners."""
    library = library_at(tmp_path_factory.mktemp("crashes"))
    library.course(talks=False)
    library.roster(LISTENERS)
    library.built(*ROSTER, "--jobs", "2")
    return library


@pytest.fixture
def library(pristine: Library, tmp_path: Path) -> Library:
    """The same, for whoever changes it."""
    return copied(pristine, tmp_path / "copy")


def told(library: Library) -> dict[str, object]:
    """What the manifest says, without the seal of its own key."""
    return {key: value for key, value in library.manifest.items() if key != "seal"}


def is_whole(library: Library) -> None:
    """Every track is once in the manifest, which is true, and passes every check of its own."""
    entries = {each["path"]: each for each in library.manifest["tracks"]}
    assert entries.keys() == library.tracks.keys()
    assert len(entries) == len(library.manifest["tracks"])
    assert len({each["guid"] for each in entries.values()}) == len(entries)
    for path, content in library.tracks.items():
        digest = hashlib.sha256(content).hexdigest()
        assert (entries[path]["sha256"], entries[path]["bytes"]) == (digest, len(content))
    assert [path for path in library.root.rglob(".making-*") if "cache" not in path.parts] == []


def processes(library: Library) -> list[int]:
    """Who still works for it."""
    mine = f"MEDITATE_HOME={library.home}".encode()
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if mine in (each / "environ").read_bytes().split(b"\0"):
                found.append(int(each.name))
        except OSError:
            continue
    return found


def are_gone(library: Library) -> None:
    until_s = time.monotonic() + 20.0
    while processes(library):
        assert time.monotonic() < until_s, "somebody works for nobody"
        time.sleep(0.05)


def waited(library: Library, pattern: str) -> None:
    """Until there is something of that name."""
    until_s = time.monotonic() + 60.0
    while not list(library.folder.rglob(pattern)):
        assert time.monotonic() < until_s, pattern
        time.sleep(0.02)


# --- killed -----------------------------------------------------------------------------------


def test_a_build_that_is_killed_again_and_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    """40 tracks; the whole of it, the parent or a worker is killed at any moment."""
    whole = library_at(tmp_path / "whole")
    whole.course(5, talks=False)
    whole.roster({f"guest-{each}": ("a dog" if each % 3 else "", "") for each in range(8)})
    killed = copied(whole, tmp_path / "killed")
    system.secret_key(whole.home / "secret")
    (killed.home / "secret").write_bytes((whole.home / "secret").read_bytes())
    whole.built(*ROSTER)
    chance, kept = random.Random(7), dict[str, int]()
    for how in ("all", "parent", "worker", "term") * 3:
        process = killed.start("build", "steps.toml", *ROSTER, "--jobs", "2")
        time.sleep(chance.uniform(0.5, 4.0))
        everybody = [each for each in processes(killed) if each != process.pid]
        if how == "all":
            victims = [process.pid, *everybody]
        elif how == "worker" and everybody:
            victims = [chance.choice(everybody)]
        else:
            victims = [process.pid]
        for each in victims:
            try:
                os.kill(each, signal.SIGTERM if how == "term" else signal.SIGKILL)
            except ProcessLookupError:
                continue
        if how == "worker":
            time.sleep(chance.uniform(0.0, 1.5))
            process.terminate()
        process.communicate(timeout=60)
        are_gone(killed)
        if how in ("term", "worker"):
            assert killed.half_made == [], how
        for path, stamp in kept.items():
            assert (killed.folder / path).stat().st_mtime_ns == stamp, "what was whole is kept"
        kept = {path: (killed.folder / path).stat().st_mtime_ns for path in killed.tracks}
    end = killed.built(*ROSTER)
    assert end["kept"] >= len(kept) - 2, "at most what was being given its name"
    assert killed.tracks == whole.tracks
    assert told(killed) == told(whole)
    is_whole(killed)
    for path in list(killed.tracks)[::8]:
        report = pipeline.verified(killed.folder / path, lambda *_told: None)
        assert report.faults == ()
    assert len(killed.spoken) - len(set(killed.spoken)) <= 12 * 2, "what was on their lips"


CRASHES = """
import os, pathlib, sys

class Crash:
    left = int(os.environ.get("CRASH_AT", "0"))

def counted(plain):
    def call(self, *given, **named):
        if "output" in self.parts:
            Crash.left -= 1
            if Crash.left == 0:
                os._exit(9)
        return plain(self, *given, **named)
    return call

if Crash.left and ("spawn_main" in " ".join(sys.orig_argv)) == ("CRASH_WORKER" in os.environ):
    for name in os.environ["CRASH_IN"].split():
        setattr(pathlib.Path, name, counted(getattr(pathlib.Path, name)))
"""


def test_a_build_that_dies_at_any_step_of_its_own_files_leaves_the_old_or_the_new(
    library: Library, pristine: Library
) -> None:
    (library.root / "site" / "sitecustomize.py").write_text(CRASHES)
    steps = "touch write_bytes chmod replace unlink"
    step = 0
    while True:
        step += 1
        (library.folder / "manifest.json").write_text("{}")
        (library.folder / ".stamps.json").unlink(missing_ok=True)
        done = library.build(*ROSTER, CRASH_AT=str(step), CRASH_IN=steps)
        for name in ("manifest.json", ".stamps.json"):
            path = library.folder / name
            assert not path.exists() or json.loads(path.read_text()) is not None
        if done.returncode == 0:
            break
        assert done.returncode == 9
        if step % 5 == 0:
            assert library.built(*ROSTER)["kept"] == 6
            assert told(library) == told(pristine)
            is_whole(library)
    assert step > 12
    assert library.tracks == pristine.tracks


@pytest.mark.parametrize("step", ["1", "3"])
def test_a_worker_that_dies_between_the_names_of_a_track_is_named_and_the_track_made_again(
    library: Library, pristine: Library, step: str
) -> None:
    library.script(2, first="This is another beginning.")
    (library.root / "site" / "sitecustomize.py").write_text(CRASHES)
    crash = {"CRASH_AT": step, "CRASH_IN": "replace", "CRASH_WORKER": "1"}
    done = library.build(*ROSTER, "--for", "cy", **crash)
    assert done.returncode == 1
    assert "the process that was at it died" in done.stderr
    assert library.half_made == [], "nothing of a lost track stays half-made"
    library.script(2)
    end = library.built(*ROSTER)
    assert end["made"] <= 1
    assert library.tracks == pristine.tracks
    is_whole(library)


# --- full, closed -----------------------------------------------------------------------------


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[list[Path]]:
    """What is mounted in a test is unmounted after it. Only root may mount."""
    mounted: list[Path] = []
    yield mounted
    for each in mounted:
        subprocess.run(["umount", "-l", each], check=True)


def disk(folder: Path, size: str, disks: list[Path], *how: str) -> None:
    """A disk of that size in the place of a folder, or the same disk with another size."""
    folder.mkdir(parents=True, exist_ok=True)
    options = ",".join([*(["remount"] if folder in disks else []), f"size={size}", *how])
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    root = sys.platform == "linux" and os.geteuid() == 0
    if not root or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    if folder not in disks:
        disks.append(folder)


@pytest.mark.parametrize("size", ["8k", "2500k"])
def test_a_full_disk_is_told_in_a_line_and_when_there_is_room_the_build_is_finished(
    library: Library, pristine: Library, disks: list[Path], size: str
) -> None:
    """Both where the tracks go and where clips and records are kept."""
    (library.root / "output").rename(library.root / "before")
    disk(library.root / "output", size, disks)
    (library.home / "listeners").rename(library.root / "old listeners")
    disk(library.home / "listeners", size, disks)
    done = library.build(*ROSTER, "--quiet")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert all(len(line) < 400 for line in done.stderr.splitlines())
    assert "space" in done.stderr.lower(), done.stderr
    assert library.half_made == []
    for path in library.folder.rglob("*.json"):
        json.loads(path.read_text())
    disk(library.root / "output", "64m", disks)
    disk(library.home / "listeners", "64m", disks)
    library.built(*ROSTER)
    assert library.tracks == pristine.tracks
    is_whole(library)


@pytest.mark.parametrize("closed", ["output", "home/listeners", "home/cache"])
def test_a_folder_that_cannot_be_written_is_told_in_a_line(
    library: Library, disks: list[Path], closed: str
) -> None:
    """A cache is no reason to stop."""
    folder = library.root / closed
    folder.rename(library.root / "before")
    disk(folder, "8m", disks, "ro")
    library.script(2, first="This is another beginning.")
    done = library.build(*ROSTER, "--only", "2", "--quiet")
    assert "Traceback" not in done.stderr
    assert done.returncode == (0 if closed == "home/cache" else 1), done.stderr
    if closed != "home/cache":
        assert "Read-only file system" in done.stderr or "cannot be noted" in done.stderr


def without_privileges() -> list[str]:
    """Before a command: even root then has only what the modes of files allow."""
    if os.geteuid():
        return []
    command = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    try:
        if subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0:
            return command
    except FileNotFoundError:
        pass
    return pytest.skip("root may everything here")


@pytest.mark.parametrize("closed", ["output/steps/ben", "home/listeners/qxada"])
def test_a_closed_folder_of_one_listener_stops_no_other(library: Library, closed: str) -> None:
    before = without_privileges()
    library.script(2, first="This is another beginning.")
    (library.root / closed).chmod(0)
    command = [*before, sys.executable, "-m", "generator", "build", "steps.toml", *ROSTER]
    try:
        done = subprocess.run(
            command, cwd=library.root, env=library.environment, capture_output=True, check=False
        )
    finally:
        (library.root / closed).chmod(0o700)
    assert done.returncode == 1
    assert b"Permission denied" in done.stderr or b"cannot be noted" in done.stderr, done.stderr
    assert b"cy/0m20s/02-step-2.mp3" not in done.stderr.split(b"could not be made")[-1]
    assert b"[3/" in done.stderr, done.stderr
    assert library.built(*ROSTER)["faults"] == []
    is_whole(library)


# --- two at once ------------------------------------------------------------------------------


def test_of_two_builds_at_once_one_refuses_and_nobody_is_forgotten_halfway(
    tmp_path: Path, pristine: Library
) -> None:
    """Trap: of a first build there was no manifest yet, and whoever was forgotten came back."""
    library = library_at(tmp_path / "new")
    library.course(talks=False)
    library.roster(LISTENERS)
    (library.home / "secret").write_bytes((pristine.home / "secret").read_bytes())
    first = library.start("build", "steps.toml", *ROSTER, "--jobs", "1")
    waited(library, "manifest.json")
    second = library.build(*ROSTER)
    assert (second.returncode, "is being built by somebody else" in second.stderr) == (1, True)
    gone = library.run("forget", "cy", "--yes", *ROSTER)
    assert (gone.returncode, gone.stderr.count("Wait until it is done")) == (2, 1), gone.stderr
    render = library.run(
        *("render", "step-1", "--voice", "tone", "--for", "cy", "--out", "output/steps"),
        *("--no-input", "--length", "20s", "--bed", "none"),
    )
    assert render.returncode == 0, render.stderr
    first.communicate(timeout=120)
    assert first.returncode == 0
    (library.folder / "cy" / "step-1-0m20s.mp3").unlink()
    assert library.tracks == pristine.tracks
    is_whole(library)


def test_two_courses_with_one_listener_are_built_at_once(library: Library) -> None:
    text = (library.root / "steps.toml").read_text().replace("Small Steps", "Other Steps")
    (library.root / "others.toml").write_text(text)
    library.script(1, first="This is another beginning.")
    both = [library.start("build", f"{name}.toml", *ROSTER) for name in ("steps", "others")]
    assert [each.communicate(timeout=180) and each.returncode for each in both] == [0, 0]
    is_whole(library)
    assert library.spoken.count("This is another beginning.") == 1
    other = json.loads((library.root / "output" / "others" / "manifest.json").read_text())
    assert len(other["tracks"]) == 6
    done = library.run("forget", "qxada", "--yes", *ROSTER)
    assert done.stdout.count("taken out of") == 5, done.stdout


# --- damaged ----------------------------------------------------------------------------------


def test_whatever_is_damaged_is_found_and_only_that_is_made_again(
    library: Library, pristine: Library
) -> None:
    """A pipe in the place of a track is not waited for; a note that was damaged proves no track."""
    spoken = len(library.spoken)
    ways = ("pipe", "note", "word", "caption", "half", "empty")
    for name, how in zip(sorted(library.tracks), ways, strict=True):
        track = library.folder / name
        note, captions = track.with_suffix(".timeline.json"), track.with_suffix(".vtt")
        if how == "pipe":
            track.unlink()
            os.mkfifo(track)
        elif how == "note":
            note.write_bytes(note.read_bytes()[:1000])
        elif how == "word":
            note.write_bytes(note.read_bytes().replace(b"Stay", b"Sway"))
        elif how == "caption":
            captions.write_bytes(captions.read_bytes().replace(b"Stay", b"Sway"))
        else:
            track.write_bytes(track.read_bytes()[:5000] if how == "half" else b"")
    assert library.built(*ROSTER)["made"] == 6
    assert library.tracks == pristine.tracks
    assert len(library.spoken) == spoken
    for path in library.tracks:
        for ending in (".timeline.json", ".vtt"):
            mine, other = (
                each.folder.joinpath(path).with_suffix(ending) for each in (library, pristine)
            )
            assert mine.read_bytes() == other.read_bytes()
    is_whole(library)


def test_records_of_any_kind_are_made_anew_and_no_track_with_them(
    library: Library, pristine: Library
) -> None:
    whole = (library.folder / "manifest.json").read_bytes()
    newer = json.dumps({**json.loads(whole), "schema": 2}).encode()
    for content in (whole[:900], b"", newer, b'[["a", 1]]', b'{"a": 1}', b"[" * 100_000):
        for name in ("manifest.json", ".stamps.json"):
            (library.folder / name).write_bytes(content)
        for track in library.folder.rglob("*.mp3"):
            os.utime(track, (2e9, 2e9))
        end = library.built(*ROSTER)
        assert (end["made"], end["kept"]) == (0, 6)
        assert told(library) == told(pristine)


def test_damaged_clips_and_stretches_are_made_again(library: Library, pristine: Library) -> None:
    for number, path in enumerate(sorted(library.home.rglob("*"))):
        if path.is_file() and {"cache", "clips"} & set(path.parts):
            content = path.read_bytes()
            flipped = content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]
            path.write_bytes((content[: len(content) // 2], b"", flipped)[number % 3])
    for path in library.folder.rglob("*.mp3"):
        path.unlink()
    assert library.built(*ROSTER)["made"] == 6
    assert library.tracks == pristine.tracks


# --- shards -----------------------------------------------------------------------------------


def test_a_shard_that_is_killed_and_one_of_another_deal_spoil_nothing(
    library: Library, pristine: Library
) -> None:
    for each in library.folder.rglob("*.mp3"):
        each.unlink()
    assert library.build(*ROSTER, "--shard", "1/3").returncode == 0
    part = library.start("build", "steps.toml", *ROSTER, "--shard", "0/2")
    waited(library, ".making-*.mp3")
    part.kill()
    part.communicate()
    are_gone(library)
    both = [
        library.start("build", "steps.toml", *ROSTER, "--shard", f"{each}/2") for each in (0, 1)
    ]
    assert [each.communicate(timeout=120) and each.returncode for each in both] == [0, 0]
    assert library.tracks == pristine.tracks
    assert (library.folder / "manifest.json").read_bytes() == (
        pristine.folder / "manifest.json"
    ).read_bytes()
    is_whole(library)


# --- forgetting -------------------------------------------------------------------------------

CANARIES = {
    "care_object": "Zyxwhimsical",
    "care_object_said": "ZIXwimsy",
    "place": "Qorvathia",
    "place_said": "KORvatya",
}


def test_a_listener_s_words_are_in_their_own_folders_alone_and_then_in_none(
    library: Library,
) -> None:
    cells = [f"my {CANARIES['care_object']}", *list(CANARIES.values())[1:]]
    roster = library.root / "roster.csv"
    row = f"mine,{','.join(cells)},yes\r\n"
    roster.write_text(f"id,{','.join(CANARIES)},gentle\r\nben,,,,,\r\n{row}cy,,,,,\r\n", newline="")
    other = roster.read_bytes().replace(row.encode(), b"")
    (library.root / "spoken").unlink()
    process = library.start(
        "build", "steps.toml", *ROSTER, "--json", "--explain", TONE_SPOKEN=os.devnull
    )
    seen = b""
    while process.poll() is None:
        for each in processes(library):
            try:
                seen += Path(f"/proc/{each}/cmdline").read_bytes()
            except OSError:
                continue
        time.sleep(0.1)
    out, errors = process.communicate()
    assert process.returncode == 0, errors
    streams = {"out": out, "errors": errors, "command lines": seen}
    found = search(library.root, CANARIES, streams)
    assert "/dev/null" not in {str(each) for each in found.places}
    own = (library.folder / "mine", library.home / "listeners" / "mine", roster)
    assert {each.canary for each in found.findings} >= {"care_object", "place"}
    for place in found.places:
        assert any(place.is_relative_to(each) for each in own), place
    (library.root / "real.csv").write_bytes(roster.read_bytes())
    roster.unlink()
    roster.symlink_to("real.csv")
    done = library.run("forget", "mine", "--yes", *ROSTER)
    assert done.returncode == 0, done.stderr
    streams = {"out": done.stdout.encode(), "errors": done.stderr.encode()}
    assert search(library.root, CANARIES, streams).findings == (), "also behind a link"
    assert (roster.is_symlink(), roster.read_bytes()) == (True, other)


def test_what_cannot_be_rewritten_is_refused_before_anything_goes(library: Library) -> None:
    """A pipe as a roster was read twice, and so for ever."""
    os.mkfifo(library.root / "pipe.csv")
    done = library.run("forget", "qxada", "--yes", "--roster", "pipe.csv")
    assert done.returncode == 2
    assert "is no file that a row can be taken out of" in done.stderr
    manifest = library.folder / "manifest.json"
    manifest.rename(library.root / "elsewhere.json")
    manifest.symlink_to(library.root / "elsewhere.json")
    done = library.run("forget", "qxada", "--yes")
    assert done.returncode == 1
    assert "manifest.json: cannot be read" in done.stderr
    assert len(library.tracks) == 6


def test_a_manifest_that_was_cut_off_in_a_label_goes_with_it(library: Library) -> None:
    manifest = library.folder / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text[: text.index("qxada") + 6])
    assert library.run("forget", "qxada", "--yes").returncode == 0
    assert not manifest.exists()


# --- hostile ----------------------------------------------------------------------------------


def test_what_a_course_folder_holds_leads_nowhere_else(library: Library) -> None:
    away = library.root / "away"
    (library.folder / "ben" / "0m20s").rename(away)
    (library.folder / "ben" / "0m20s").symlink_to(away)
    (away / "01-step-1.mp3").unlink()
    track = library.folder / "cy/0m20s/01-step-1.mp3"
    track.unlink()
    (library.root / "mine.mp3").write_bytes(b"mine")
    track.symlink_to(library.root / "mine.mp3")
    (library.folder / "cy/0m20s/02-step-2.mp3").unlink()
    (library.folder / "cy/0m20s/02-step-2.mp3").mkdir()
    manifest = library.folder / "manifest.json"
    manifest.rename(library.root / "mine.json")
    manifest.symlink_to(library.root / "mine.json")
    before = (library.root / "mine.json").read_bytes()
    done = library.build(*ROSTER, "--force")
    assert done.returncode == 1
    assert done.stderr.count("leads out of its folder") >= 2
    assert "is a folder" in done.stderr
    assert not (away / "01-step-1.mp3").exists()
    assert (library.root / "mine.mp3").read_bytes() == b"mine"
    assert (library.root / "mine.json").read_bytes() == before
    assert not manifest.is_symlink()


def test_sixty_sessions_of_one_script_in_two_editions_have_names_of_their_own(
    tmp_path: Path,
) -> None:
    library = library_at(tmp_path)
    library.course(1, talks=False)
    text = (library.root / "steps.toml").read_text().replace('["0m20s"]', '["natural", "1m"]')
    head, session = text.split("[[sessions]]")
    course = library.root / "steps.toml"
    course.write_text(f"{head}{60 * f'[[sessions]]{session}'}")
    library.roster({f"guest-{each}": (f"dog {each}", "") for each in range(100)})
    began_s = time.monotonic()
    done = library.build(*ROSTER, "--dry-run", "--only", "1", "--only", "1", "--jobs", "64")
    assert done.returncode == 0, done.stderr
    assert "200 to make, 0 there" in done.stdout
    assert time.monotonic() - began_s < 60.0
    course.write_text(f"{head}{3 * f'[[sessions]]{session}'}")
    library.roster({"ben": ("", "")})
    words = (*ROSTER, "--for", "ben", "--for", "ben", "--jobs", "64")
    assert library.built(*words)["made"] == 6
    is_whole(library)
    assert library.build(*ROSTER, "--shard", "0/1000000").returncode == 2


def test_a_script_that_comes_once_more_gives_no_two_tracks_one_name_for_ever(
    library: Library,
) -> None:
    """A track kept the guid of the one that had been in its place, which moved on with it."""
    course = library.root / "steps.toml"
    text = course.read_text()
    head, one, two = text.split("[[sessions]]")
    course.write_text("[[sessions]]".join([head, one, one]))
    library.roster({"cy": ("", "")})
    library.built(*ROSTER, "--prune")
    before = {each["path"]: each["guid"] for each in library.manifest["tracks"]}
    course.write_text("[[sessions]]".join([head, two, one, one]))
    library.built(*ROSTER, "--prune")
    after = {
        each["path"]: each["guid"] for each in library.manifest["tracks"] if each["id"] == "cy"
    }
    assert len(set(after.values())) == len(after)
    assert after["cy/0m20s/02-step-1.mp3"] == before["cy/0m20s/01-step-1.mp3"]


# --- voices that go wrong ---------------------------------------------------------------------


def test_a_voice_that_hangs_vanishes_or_devours_memory_costs_its_own_tracks_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = library_at(tmp_path)
    library.course(5, talks=False)
    wrong = ("linger", "vanish", "devour", "refuse")
    for number, word in enumerate(wrong, 1):
        library.script(number, first=f"My Biscuit will {word}.")
    for name, value in library.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(library.root)
    monkeypatch.syspath_prepend(library.root / "site")
    folders = system.folders()
    course, selection = load("steps.toml", folders.scripts), libraries.Selection()
    orders = libraries.orders_of(course, selection, folders)
    folder = libraries.folder_of(course, selection)
    wanted = libraries.Wanted(jobs=2, deadline_s=10.0)
    built = libraries.build(course, orders, folder, wanted, folders, lambda _step: None)
    assert [each.path for each in built.made] == ["public/0m20s/05-step-5.mp3"]
    messages = {each.path[-5]: each.message for each in built.faults}
    assert "was not done within 10 s" in messages["1"]
    assert "the process that was at it died" in messages["2"]
    assert "(MemoryError)" in messages["3"]
    assert "(RuntimeError)" in messages["4"]
    assert "Biscuit" not in repr(built)
    assert library.half_made == []


# --- why --------------------------------------------------------------------------------------


def test_every_change_is_named_for_what_it_is_and_taken_back_it_is_none(library: Library) -> None:
    course, script = library.root / "steps.toml", library.home / "scripts" / "step-1.j2"
    lexicon, voice = library.home / "lexicon.toml", library.root / "site" / "tone_voice.py"
    lexicon.write_text("")
    everything, first = 6, 3
    changes = [
        (script, "That is", "That was", "script", first),
        (script, 'title = "Practice', 'title = "A Practice', "script", first),
        (script, "A few", "Some", "script", first),
        (script, "Where are you?", "And where?", "", 0),
        (library.root / "roster.csv", "Quillfeather", "Quill", "detail place", 2),
        (library.root / "roster.csv", "cy,,", "cy,,there", "detail place", 2),
        (lexicon, "", '[en]\npractices = "PRAK-tissez"\n', "pronunciation", everything),
        (lexicon, "", '[en]\nxylophone = "ZY-lo"\n', "", 0),
        (lexicon, "", '[en]\nWilhelmina = "VIL"\n', "pronunciation", 2),
        (voice, '"pace": 1.0', '"pace": 0.99', "voice", everything),
        (course, 'bed = "none"', 'bed = "rain"', "bed", everything),
        (course, 'bed = "none"', 'bed = "none"\nprofile = "podcast"', "profile", everything),
        (course, "Call 123", "Call 124", "support line", everything),
        (course, "#2b4a5e", "#2b4a5f", "colour", everything),
        (course, "Studio North", "Studio South", "album", everything),
        (course, "Small", "Large", "album", everything),
        (course, "A course", "The course", "", 0),
        (course, '"Step 1"', '"Step one"', "session", first),
        (course, "[[sessions]]", "[details]\ngentle = true\n[[sessions]]", "switch gentle", 2),
    ]
    for path, old, new, why, number in changes:
        before = path.read_text()
        assert old in before
        path.write_text(before.replace(old, new, 1) if old else new)
        done = library.build(*ROSTER, "--explain", "--dry-run", "--json")
        assert done.returncode == 0, (new, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        reasons = [each["why"][0] for each in lines if each.get("make") and "path" in each]
        assert reasons == [why] * number, new
        path.write_text(before)
    assert "6 there" in library.build(*ROSTER, "--dry-run").stdout
