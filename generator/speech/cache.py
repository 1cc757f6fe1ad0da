"""The cache as a whole, clips and what is kept with them: its size, its bound, emptying it.

What is not named like a file of ours is not touched. Whatever is removed here may be in use: every
track works on copies of its own.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.errors import WriteError
from generator.system import half_made, locked, sweep

_SHARD = re.compile(r"[0-9a-f]{2}")
_CLIP = re.compile(r"[0-9a-f]{40}")
_ABANDONED_S = 3600.0
_DOWN_TO = 0.8
"""Of the bound: so that the next phrase does not evict again."""


@dataclass(frozen=True)
class Kept:
    """One file of the cache."""

    path: Path
    size_bytes: int
    unused_s: float
    """Seconds between its last use and now, either way: a clock that was ahead makes it old."""


@dataclass(frozen=True)
class Contents:
    """What lies in the cache."""

    clips: tuple[Kept, ...]
    unfinished: tuple[Kept, ...]
    foreign: tuple[Path, ...]
    """What is not ours; of a folder that is not ours only the folder."""

    @property
    def size_bytes(self) -> int:
        """Of all that is ours."""
        return sum(each.size_bytes for each in (*self.clips, *self.unfinished))


def contents(folder: Path) -> Contents:
    """Everything in the cache; nothing when it is not there."""
    clips: list[Kept] = []
    unfinished: list[Kept] = []
    foreign: list[Path] = []
    now_s = time.time()
    for shard in _entries(folder):
        if not _SHARD.fullmatch(shard.name) or not shard.is_dir(follow_symlinks=False):
            foreign.append(Path(shard.path))
            continue
        for entry in _entries(shard):
            if not entry.is_file(follow_symlinks=False):
                foreign.append(Path(entry.path))
            elif _CLIP.fullmatch(entry.name):
                clips += _kept(entry, now_s)
            elif half_made(entry.name):
                unfinished += _kept(entry, now_s)
            else:
                foreign.append(Path(entry.path))
    return Contents(tuple(clips), tuple(unfinished), tuple(sorted(foreign)))


def evict(folder: Path, most_bytes: int) -> None:
    """Bring the cache under its bound: the least recently used goes first, to four fifths of it.

    Half-made files that a killed run left go too. One process at a time does it; that something
    cannot be removed is no reason for a track to fail.
    """
    with locked(folder, wait_s=0.0) as alone:
        if not alone:
            return
        found = _swept(folder)
        over_bytes = found.size_bytes - _removed(_abandoned(found))
        if over_bytes <= most_bytes:
            return
        over_bytes -= int(_DOWN_TO * most_bytes)
        for clip in sorted(found.clips, key=lambda each: -each.unused_s):
            if over_bytes <= 0:
                return
            over_bytes -= _removed([clip])


def clear(folder: Path) -> tuple[int, int]:
    """Remove everything that is shared: how many files went, and how many bytes that freed.

    Raises WriteError when one cannot be removed.
    """
    found = _swept(folder)
    freed_bytes = 0
    try:
        for each in (*_abandoned(found), *found.clips):
            each.path.unlink(missing_ok=True)
            freed_bytes += each.size_bytes
    except OSError as error:
        raise WriteError(
            f"a file cannot be removed ({error.strerror})",
            where=str(folder),
            remedy="Mend the folder's permissions.",
        ) from error
    return len(found.clips), freed_bytes


def _swept(folder: Path) -> Contents:
    """Everything in the cache once what killed runs left is gone from it."""
    found = contents(folder)
    for shard in {each.path.parent for each in found.unfinished}:
        sweep(shard)
    return contents(folder) if found.unfinished else found


def _abandoned(found: Contents) -> list[Kept]:
    return [each for each in found.unfinished if each.unused_s > _ABANDONED_S]


def _removed(files: Iterable[Kept]) -> int:
    """Bytes freed by removing these; what cannot be removed stays, what is gone is gone."""
    freed_bytes = 0
    for each in files:
        with contextlib.suppress(OSError):
            each.path.unlink()
            freed_bytes += each.size_bytes
    return freed_bytes


def _entries(folder: Path | os.DirEntry[str]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _kept(entry: os.DirEntry[str], now_s: float) -> list[Kept]:
    """The file, unless it is gone by now."""
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return []
    return [Kept(Path(entry.path), found.st_size, abs(now_s - found.st_mtime))]
