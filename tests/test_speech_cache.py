"""The cache as a whole: its bound, what goes first, and what is not ours to touch."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import WriteError
from generator.speech import cache
from generator.speech.store import ClipStore
from generator.system import POSIX, locked

HOUR_S = 3600.0
SIZE = 1000


def clip(folder: Path, number: int, *, unused_s: float = 0.0, size: int = SIZE) -> Path:
    """Something named like the clip of that number, last used so long ago."""
    name = f"{number * 7919 % 65536:04x}" * 10
    return file(folder / name[:2] / name, unused_s=unused_s, size=size)


def file(path: Path, *, unused_s: float = 0.0, size: int = SIZE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (time.time() - unused_s,) * 2)
    return path


def there(*paths: Path) -> list[bool]:
    return [path.exists() for path in paths]


def test_under_its_bound_nothing_goes(tmp_path: Path) -> None:
    clips = [clip(tmp_path, number, unused_s=number * 1e6) for number in range(10)]
    cache.evict(tmp_path, 10 * SIZE)
    assert all(there(*clips))


def test_over_its_bound_the_least_recently_used_goes_down_to_four_fifths(tmp_path: Path) -> None:
    clips = [clip(tmp_path, number, unused_s=number * 100) for number in range(11)]
    cache.evict(tmp_path, 10 * SIZE)
    assert there(*clips) == [True] * 8 + [False] * 3


@settings(max_examples=25)
@given(
    files=st.lists(st.tuples(st.integers(1, 3000), st.integers(0, 10**6)), max_size=12),
    most_bytes=st.integers(0, 12_000),
)
def test_what_is_left_fits_and_was_used_later_than_all_that_went(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[int, int]], most_bytes: int
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    clips = {clip(folder, n, size=s, unused_s=age): (s, age) for n, (s, age) in enumerate(files)}
    cache.evict(folder, most_bytes)
    left = [each for path, each in clips.items() if path.exists()]
    gone = [each for path, each in clips.items() if not path.exists()]
    assert sum(size for size, _age in left) <= most_bytes
    assert bool(gone) == (sum(size for size, _age in files) > most_bytes)
    assert max((age for _s, age in left), default=0) <= min((a for _s, a in gone), default=10**6)


def test_a_clock_that_was_ahead_keeps_nothing_for_ever(tmp_path: Path) -> None:
    ahead = clip(tmp_path, 1, unused_s=-365 * 24 * HOUR_S)
    recent = [clip(tmp_path, number, unused_s=HOUR_S) for number in range(2, 6)]
    cache.evict(tmp_path, 4 * SIZE)
    assert not ahead.exists()
    assert sum(there(*recent)) == 3


@pytest.mark.parametrize(
    ("unused_s", "stays"),
    [(0.0, True), (1800.0, True), (-1800.0, True), (2 * HOUR_S, False), (-2 * HOUR_S, False)],
)
def test_what_a_killed_run_left_goes_when_nobody_can_be_at_it(
    tmp_path: Path, unused_s: float, stays: bool
) -> None:
    half = file(tmp_path / "ab" / f".making-{'0' * 16}-{'a' * 40}", unused_s=unused_s)
    cache.evict(tmp_path, 1 << 30)
    assert half.exists() is stays


FOREIGN = (
    "notes.txt",
    "ab/notes.txt",
    "ab/.making-jam",
    f"zz/{'a' * 40}",
    f"ab/{'A' * 40}",
    f"ab/{'a' * 39}",
    f"abc/{'a' * 40}",
    f"ab/deep/{'a' * 40}",
)


def test_what_is_not_ours_is_neither_touched_nor_counted_but_told(tmp_path: Path) -> None:
    foreign = [file(tmp_path / name, unused_s=1e7) for name in FOREIGN]
    ours = clip(tmp_path, 1)
    found = cache.contents(tmp_path)
    assert [each.path for each in found.clips] == [ours]
    assert found.size_bytes == SIZE
    told = {str(path.relative_to(tmp_path)) for path in found.foreign}
    assert told == {*FOREIGN[:3], "zz", *FOREIGN[4:6], "abc", "ab/deep"}
    cache.evict(tmp_path, 0)
    assert cache.clear(tmp_path) == (0, 0)
    assert all(there(*foreign))
    assert not ours.exists()


@pytest.mark.skipif(not POSIX, reason="pipes and links")
def test_what_is_named_like_a_clip_and_is_none_is_left_alone(tmp_path: Path) -> None:
    outside = file(tmp_path / "outside" / ("b" * 40), size=5000)
    folder = tmp_path / "clips"
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / ("a" * 40)).symlink_to(outside)
    os.mkfifo(folder / "ab" / ("b" * 40))
    (folder / "ab" / ("c" * 40)).mkdir()
    (folder / "cd").symlink_to(outside.parent)
    found = cache.contents(folder)
    assert (found.clips, found.size_bytes, len(found.foreign)) == ((), 0, 4)
    cache.evict(folder, 0)
    cache.clear(folder)
    assert len(cache.contents(folder).foreign) == 4
    assert outside.exists()


@pytest.mark.skipif(not POSIX, reason="locks are POSIX")
def test_one_process_evicts_and_the_others_do_not_wait(tmp_path: Path) -> None:
    clips = [clip(tmp_path, number) for number in range(3)]
    with locked(tmp_path):
        began_s = time.monotonic()
        cache.evict(tmp_path, 0)
        assert time.monotonic() - began_s < 0.5
    assert all(there(*clips))
    cache.evict(tmp_path, 0)
    assert not any(there(*clips))


def test_a_cache_that_is_not_there_is_empty(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for folder in (tmp_path / "nowhere", tmp_path / "file"):
        cache.evict(folder, 0)
        assert cache.contents(folder) == cache.Contents((), (), ())
        assert cache.clear(folder) == (0, 0)
    assert not (tmp_path / "nowhere").exists()


def test_clearing_says_how_much_was_freed_and_leaves_what_is_being_made(tmp_path: Path) -> None:
    for number in range(3):
        clip(tmp_path, number)
    fresh = file(tmp_path / "ab" / f".making-{'0' * 16}-x")
    left = file(tmp_path / "ab" / f".making-{'1' * 16}-x", unused_s=2 * HOUR_S)
    assert cache.clear(tmp_path) == (3, 4 * SIZE)
    assert there(fresh, left) == [True, False]


def test_a_clip_that_cannot_be_removed_stops_no_render_and_is_told_when_clearing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = clip(tmp_path, 1)

    def refuse(_self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    cache.evict(tmp_path, 0)
    with pytest.raises(WriteError, match="cannot be removed"):
        cache.clear(tmp_path)
    assert kept.exists()


def test_a_clip_that_vanishes_while_it_is_looked_at_is_nothing_special(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = [clip(tmp_path, number) for number in range(4)]
    plain = cache._kept

    def too_late(entry, now_s):  # type: ignore[no-untyped-def]
        Path(entry.path).unlink()
        return plain(entry, now_s)

    monkeypatch.setattr(cache, "_kept", too_late)
    cache.evict(tmp_path, 0)
    assert not any(there(*clips))


def test_a_listener_s_own_clips_are_not_in_it(tmp_path: Path) -> None:
    store = ClipStore(tmp_path / "shared", tmp_path / "own", tmp_path / ".making", b"s" * 32)
    sound = np.full((4800, 1), 0.1, np.float32)
    key = store.key({"text": "x"})
    store.put(key, sound, (0.1,), private=True)
    store.put(key, sound, (0.1,), private=False)
    cache.evict(tmp_path / "shared", 0)
    assert store.get(key, private=False) is None
    assert store.get(key, private=True) is not None
