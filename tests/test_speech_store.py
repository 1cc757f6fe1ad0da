"""The clip store: what it keeps, where, and what it takes for whole."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import apart, burst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.audio import RATE_HZ
from generator.speech.store import ClipStore, read
from generator.system import POSIX, locked, workshop

ENERGIES = (0.1, 1e-7, 0.30000000000000004)


@pytest.fixture
def store(tmp_path) -> ClipStore:
    return ClipStore(tmp_path / "shared", tmp_path / "own", tmp_path / ".making-0-clip", b"s" * 32)


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return burst(21, -20.0, 0.3)


def kept(store: ClipStore, key: str = "k1", *, private: bool = False) -> Path:
    """Where the clip lies for the next track; a clip's own path is this track's copy."""
    return store._path(key, private=private)


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


# --- keeping ----------------------------------------------------------------------------------


@pytest.mark.parametrize("private", [False, True])
def test_what_was_put_is_got_and_sounds_the_same(store, sound, private):
    put = store.put("k1", sound, ENERGIES, private=private)
    got = store.get("k1", private=private)
    assert got == put
    assert (got.frames, got.energies) == (len(sound), ENERGIES)
    assert apart(read(got), sound) < 2.0**-22


def test_what_was_never_put_is_not_there(store):
    assert store.get("k1", private=False) is None
    assert store.get("k1", private=True) is None


def test_a_clip_that_speaks_a_detail_lies_with_its_listener_alone(store, sound):
    store.put("k1", sound, ENERGIES, private=True)
    assert files(store.own)
    assert not files(store.shared)
    assert store.get("k1", private=False) is None


def test_a_clip_that_speaks_no_detail_lies_in_the_shared_cache(store, sound):
    store.put("k1", sound, ENERGIES, private=False)
    assert files(store.shared)
    assert not files(store.own)
    assert store.get("k1", private=True) is None


def test_a_peak_over_full_scale_is_kept(store):
    loud = np.full((500, 1), 1.7, np.float32)
    assert apart(read(store.put("k1", loud, ENERGIES, private=False)), loud) < 1e-6


def test_keeping_leaves_no_other_file_behind(store, sound):
    store.put("k1", sound, ENERGIES, private=False)
    store.put("k1", sound, ENERGIES, private=False)
    assert len(files(store.shared)) == 1


@pytest.mark.skipif(not POSIX, reason="permission bits are POSIX")
def test_only_its_owner_may_read_a_clip(store, sound):
    clip = store.put("k1", sound, ENERGIES, private=True)
    path = kept(store, private=True)
    assert clip.path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_clip_that_is_used_is_young_again(store, sound):
    """The least recently used goes first when the cache is full."""
    store.put("k1", sound, ENERGIES, private=False)
    path = kept(store)
    os.utime(path, (1_000, 1_000))
    store.get("k1", private=False)
    assert path.stat().st_mtime > 1_000_000


# --- names ------------------------------------------------------------------------------------

REQUEST = {"text": "Dear Ada, rest.", "pace": 0.9, "voice": "joe", "rate_hz": RATE_HZ}


def test_one_request_has_one_name_however_it_is_ordered(store):
    assert store.key(REQUEST) == store.key(dict(reversed(REQUEST.items())))


@pytest.mark.parametrize(
    "change",
    [{"text": "Dear Ada, rest"}, {"pace": 0.91}, {"voice": "jo"}, {"rate_hz": 24_000}, {"new": 0}],
    ids=str,
)
def test_whatever_changes_the_sound_changes_the_name(store, change):
    """Trap: a key of the text alone gives the old sound for another voice or pace."""
    assert store.key({**REQUEST, **change}) != store.key(REQUEST)


def test_nobody_without_the_secret_can_test_a_guess(store):
    stranger = replace(store, secret=b"t" * 32)
    name = store.key(REQUEST)
    assert stranger.key(REQUEST) != name
    assert "ada" not in name.lower()
    assert len(name) == 40


# --- what is not whole ------------------------------------------------------------------------


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_bit_anywhere_makes_it_a_miss(store, data):
    store.put("k1", np.full((300, 1), 0.1, np.float32), ENERGIES, private=False)
    path = kept(store)
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    assert store.get("k1", private=False) is None


@pytest.mark.parametrize("end", [0, 1, 17, 18, 49, 50, 51, 100, -1])
def test_half_a_clip_is_a_miss(store, sound, end):
    store.put("k1", sound, ENERGIES, private=False)
    path = kept(store)
    path.write_bytes(path.read_bytes()[:end])
    assert store.get("k1", private=False) is None


def in_its_place(path: Path, what: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "endless":
        path.symlink_to("/dev/zero")
    elif what == "link":
        path.symlink_to(path.with_name("elsewhere"))
    elif what == "huge":
        with path.open("wb") as file:
            file.truncate(1 << 40)


ODD = ("folder", "pipe", "endless", "link", "huge")


@pytest.mark.skipif(not POSIX, reason="pipes and links")
@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("private", [False, True])
def test_whatever_stands_in_the_place_of_a_clip_is_a_miss_and_stops_nothing(
    store, sound, what, private
):
    """Trap: to open a pipe that nobody writes to is to wait for ever."""
    in_its_place(kept(store, private=private), what)
    assert store.get("k1", private=private) is None
    clip = store.put("k1", sound, ENERGIES, private=private)
    assert apart(read(clip), sound) < 2.0**-22
    again = store.get("k1", private=private)
    assert (again is None) == (what == "folder"), "all but a folder makes way"
    assert not kept(store, private=private).with_name("elsewhere").exists()


def test_the_clip_of_another_phrase_is_not_taken_for_this_one(store, sound):
    """Trap: a whole file under the wrong name says the wrong words."""
    store.put("k1", sound, ENERGIES, private=False)
    kept(store, "k2").parent.mkdir(exist_ok=True)
    kept(store).rename(kept(store, "k2"))
    assert store.get("k2", private=False) is None


def test_a_clip_that_somebody_else_made_is_a_miss(store, sound):
    """Whoever may write into the cache cannot put words into the track without the secret."""
    replace(store, secret=b"t" * 32).put("k1", sound, ENERGIES, private=False)
    assert store.get("k1", private=False) is None


# --- while a track is made --------------------------------------------------------------------


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("got", [False, True])
def test_a_clip_that_vanishes_is_damaged_or_changed_is_still_heard(store, sound, private, got):
    """Seen: a clip that was evicted while its track was made stopped the track."""
    clip = store.put("k1", sound, ENERGIES, private=private)
    if got:
        clip = store.get("k1", private=private)
    path = kept(store, private=private)
    for damage in (lambda: path.write_bytes(b"damaged"), path.unlink):
        damage()
        assert apart(read(clip), sound) < 2.0**-22


def test_one_text_that_is_told_and_also_written_by_the_author_has_two_copies(store, sound):
    """Trap: two takes of one phrase under one name, of different lengths."""
    told = store.put("k1", sound, ENERGIES, private=True)
    written = store.put("k1", sound[:-9], ENERGIES, private=False)
    assert (len(read(told)), len(read(written))) == (len(sound), len(sound) - 9)


@pytest.mark.parametrize("change", [b"", b"no sound", None], ids=str)
def test_a_copy_that_is_not_what_it_was_fails_as_any_output_does(store, sound, change):
    clip = store.put("k1", sound, ENERGIES, private=False)
    if change is None:
        clip.path.unlink()
    else:
        clip.path.write_bytes(change)
    with pytest.raises(OSError, match=r"changed|No such file"):
        read(clip)


def test_a_copy_of_another_length_fails_too(store, sound):
    clip = store.put("k1", sound, ENERGIES, private=False)
    other = store.put("k2", sound[:-1], ENERGIES, private=False)
    clip.path.write_bytes(other.path.read_bytes())
    with pytest.raises(OSError, match="changed"):
        read(clip)


def test_where_no_copy_can_be_written_the_track_fails(store, sound):
    store.put("k1", sound, ENERGIES, private=False)
    nowhere = replace(store, scratch=store.scratch.parent / "missing" / "clip")
    with pytest.raises(FileNotFoundError):
        nowhere.get("k1", private=False)
    with pytest.raises(FileNotFoundError):
        nowhere.put("k2", sound, ENERGIES, private=False)


# --- where nothing can be kept ----------------------------------------------------------------


def a_file_where_the_folder_should_be(folder: Path) -> None:
    """Stops even root, whom permissions do not."""
    folder.write_text("in the way", "utf-8")


@pytest.mark.parametrize("private", [False, True])
def test_a_cache_that_cannot_be_written_never_stops_a_track(store, sound, private):
    a_file_where_the_folder_should_be(store.own if private else store.shared)
    assert store.get("k1", private=private) is None
    clip = store.put("k1", sound, ENERGIES, private=private)
    assert clip.path.parent == store.scratch.parent
    assert apart(read(clip), sound) < 2.0**-22
    assert store.get("k1", private=private) is None
    with store.claimed("k1", private=private):
        pass


def test_what_could_not_be_kept_is_swept_when_the_run_ends(tmp_path, sound):
    a_file_where_the_folder_should_be(tmp_path / "shared")
    with workshop(tmp_path) as place:
        store = ClipStore(tmp_path / "shared", tmp_path / "own", place.file("clip"), b"s" * 32)
        one = store.put("k1", sound, ENERGIES, private=False)
        other = store.put("k2", sound[:-5], ENERGIES, private=False)
        assert (len(read(one)), len(read(other))) == (len(sound), len(sound) - 5)
    assert [each.name for each in tmp_path.iterdir()] == ["shared"]


def test_of_two_processes_that_speak_the_same_the_first_is_kept(tmp_path):
    """Seen: the second replaced the clip the first was about to mix, and its render failed."""
    store = ClipStore(tmp_path / "shared", tmp_path / "own", tmp_path / "scratch", b"k" * 32)
    key = store.key({"text": "the same"})
    first = store.put(key, np.full((4_800, 1), 0.1, np.float32), (0.1,), private=False)
    second = store.put(key, np.full((9_600, 1), 0.1, np.float32), (0.1, 0.1), private=False)
    assert second == first
    assert len(read(first)) == 4_800


SYSTEM_CALLS = ("open", "mkdir", "link", "replace", "unlink", "utime", "scandir")


@pytest.mark.parametrize("name", SYSTEM_CALLS)
@pytest.mark.parametrize("number", range(6))
def test_a_cache_in_which_any_call_fails_costs_time_and_nothing_else(
    store, sound, monkeypatch, name, number
):
    """The n-th call of its kind that concerns the cache says that the disk is full."""
    plain, left = getattr(os, name), [number]

    def failing(path, *args, **given):
        if isinstance(path, str | Path) and str(path).startswith(str(store.shared)):
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return plain(path, *args, **given)

    monkeypatch.setattr(os, name, failing)
    for _again in range(2):
        clip = store.get("k1", private=False) or store.put("k1", sound, ENERGIES, private=False)
        assert apart(read(clip), sound) < 2.0**-22
    monkeypatch.undo()
    whole = store.get("k1", private=False) or store.put("k1", sound, ENERGIES, private=False)
    assert apart(read(whole), sound) < 2.0**-22
    assert store.get("k1", private=False) == whole


# --- one at a time ----------------------------------------------------------------------------


@pytest.mark.skipif(not POSIX, reason="locks are POSIX")
def test_whoever_claims_a_clip_keeps_others_of_that_name_out(store):
    key, same_shard, other = "ab" + "0" * 38, "ab" + "1" * 38, "cd" + "0" * 38
    with store.claimed(key, private=False):
        for each, free in ((key, False), (same_shard, False), (other, True)):
            kept(store, each).parent.mkdir(parents=True, exist_ok=True)
            with locked(kept(store, each).parent, wait_s=0.0) as got:
                assert got is free
    with locked(kept(store, key).parent, wait_s=0.0) as got:
        assert got
