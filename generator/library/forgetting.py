"""Everything of one listener: what was made, and what course and roster say of them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from generator import ledger, roster, shelf, system, traces
from generator.errors import UsageError, WriteError
from generator.library import manifest
from generator.library.standing import STAMPS, read_stamps

_AWAY = "a site that is not there; if its disk is away, remove their part of it when it is back"


@dataclass(frozen=True)
class Trail:
    """What there is of one label."""

    label: str
    found: traces.Found
    courses: tuple[Path, ...]
    """Folders of courses in which more of them could be made."""
    manifests: tuple[Path, ...]
    """Files of courses that name the label."""
    published: tuple[Path, ...]
    """Folders in sites that nobody else has the address of."""
    roster: Path | None
    """The one of them that was asked for and has a row of theirs."""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to remove."""
        return self.found.nothing and not self.manifests and self.roster is None


def trail(
    label: str, outputs: Iterable[Path], of_roster: Path | None, folders: system.Folders
) -> Trail:
    """What there is of a label: in the places its record names, in ``outputs``, in their courses.

    Raises WriteError when a folder cannot be looked through, UsageError for a roster that cannot be
    read.
    """
    also = [each for output in outputs for each in (output, *_courses(output))]
    secret = _key(folders)
    ours, within = partial(_ours, secret=secret), partial(_within, secret=secret)
    found = traces.find(folders.listeners, label, also, ours, within)
    files = [path for folder in found.looked_in for path in _files(folder)]
    courses = tuple(dict.fromkeys(path.parent for path in files))
    named = tuple(path for path in files if _names(path, label, secret))
    published = tuple(
        each for folder in courses for each in ledger.published(folder, label, secret)
    )
    away = [each for folder in courses for each in ledger.away(folder, label, secret)]
    found = replace(found, left=(*found.left, *(traces.Left(each, _AWAY) for each in away)))
    row = of_roster if _has_row(of_roster, label) else None
    return Trail(label, found, courses, named, published, row)


def forget(each: Trail, folders: system.Folders) -> None:
    """Remove all of it; what says where the rest lies goes last, so that it can be done again.

    Raises UsageError while a course is built that may make more of it, WriteError at the first
    thing that cannot be removed.
    """
    with contextlib.ExitStack() as held:
        for folder in each.courses:
            if not held.enter_context(system.locked(folder, wait_s=0.0)):
                raise UsageError(
                    "is being built", where=str(folder), remedy="Wait until it is done, or stop it."
                )
            system.sweep(folder)
        for path in each.manifests:
            _without(path, each.label, _key(folders))
        if each.roster:
            system.rewrite(each.roster, roster.without(each.roster, each.label))
        traces.remove(each.found)


def _ours(folder: Path, secret: bytes) -> tuple[Path, ...]:
    """What is the listener's own in a folder of theirs: tracks, and what was published of them."""
    return (*ledger.ours(folder, secret), *shelf.ours(folder))


def _within(folder: Path, secret: bytes) -> tuple[Path, ...]:
    return (*ledger.folders(folder, secret), *shelf.editions(folder))


def _key(folders: system.Folders) -> bytes:
    """The key that seals manifests; without it every one counts as altered, and may go."""
    try:
        return system.known_key(folders.secret) or b""
    except WriteError:
        return b""


def _courses(output: Path) -> Iterator[Path]:
    """The folders of courses that were built there."""
    return (path.parent for path in sorted(output.glob(f"*/{manifest.NAME}")))


def _files(folder: Path) -> Iterator[Path]:
    return (
        path
        for path in (
            *(folder / manifest.NAME, *manifest.parts(folder)),
            *(folder / STAMPS, folder / ledger.IDS),
        )
        if path.is_file()
    )


def _names(path: Path, label: str, secret: bytes) -> bool:
    if path.name == ledger.IDS:
        return ledger.names(path.parent, label)
    if path.name == STAMPS:
        return any(_is_theirs(each, label) for each in read_stamps(path))
    return manifest.names(path, label, secret)


def _has_row(path: Path | None, label: str) -> bool:
    if path is None:
        return False
    if path.exists() and not path.is_file():
        raise UsageError(
            "is no file that a row can be taken out of", where=str(path), remedy="Name the roster."
        )
    return roster.has(path, label)


def _without(path: Path, label: str, secret: bytes) -> None:
    if path.name == ledger.IDS:
        ledger.unpublish(path.parent, label, secret)
    elif path.name == STAMPS:
        kept = {
            key: value for key, value in read_stamps(path).items() if not _is_theirs(key, label)
        }
        system.write_whole(path, json.dumps(kept).encode())
    else:
        manifest.without(path, label, secret)


def _is_theirs(track: str, label: str) -> bool:
    return track.split("/", maxsplit=1)[0] == label
