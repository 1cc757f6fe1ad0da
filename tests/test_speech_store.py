"""The clip store: what it keeps, where, and what it takes for whole."""

from __future__ import annotations

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
from generator.system import POSIX, workshop

ENERGIES = (0.1, 1e-7, 0.30000000000000004)


@pytest.fixture
def store(tmp_path) -> ClipStore:
    return ClipStore(tmp_path / "shared", tmp_path / "own", tmp_path / ".making-0-clip", b"s" * 32)


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return burst(21, -20.0, 0.3)


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
    path = store.put("k1", sound, ENERGIES, private=True).path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_clip_that_is_used_is_young_again(store, sound):
    """The least recently used goes first when the cache is full."""
    path = store.put("k1", sound, ENERGIES, private=False).path
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
    path = store.put("k1", np.full((300, 1), 0.1, np.float32), ENERGIES, private=False).path
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    assert store.get("k1", private=False) is None


@pytest.mark.parametrize("kept", [0, 1, 17, 18, 49, 50, 51, 100, -1])
def test_half_a_clip_is_a_miss(store, sound, kept):
    path = store.put("k1", sound, ENERGIES, private=False).path
    path.write_bytes(path.read_bytes()[:kept])
    assert store.get("k1", private=False) is None


def test_a_folder_in_the_place_of_a_clip_is_a_miss(store):
    (store.own / "k1").mkdir(parents=True)
    assert store.get("k1", private=True) is None


def test_a_clip_that_changes_while_it_is_in_use_is_a_fault(store, sound):
    clip = store.put("k1", sound, ENERGIES, private=False)
    other = store.put("k2", sound[:-1], ENERGIES, private=False)
    clip.path.write_bytes(other.path.read_bytes())
    with pytest.raises(ValueError, match="changed"):
        read(clip)
    clip.path.write_bytes(clip.path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="whole"):
        read(clip)


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
