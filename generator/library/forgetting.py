"""Everything of one listener: what was made, and what course and roster say of them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from generator import roster, shelf, system, traces
from generator.errors import UsageError, WriteError
from generator.library import manifest
from generator.library.standing import STAMPS, read_stamps


@dataclass(frozen=True)
class Trail:
    """What there is of one label."""

    label: str
    found: traces.Found
    manifests: tuple[Path, ...]
    """Files of courses that name the label."""
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
    found = traces.find(folders.listeners, label, also, shelf.ours, shelf.editions)
    secret = _key(folders)
    named = tuple(
        path for folder in found.looked_in for path in _files(folder) if _names(path, label, secret)
    )
    return Trail(label, found, named, of_roster if _has_row(of_roster, label) else None)


def forget(each: Trail, folders: system.Folders) -> None:
    """Remove all of it; what says where the rest lies goes last, so that it can be done again.

    Raises UsageError while a course that names the label is built, WriteError at the first thing
    that cannot be removed.
    """
    with contextlib.ExitStack() as held:
        for folder in {path.parent for path in each.manifests}:
            if not held.enter_context(system.locked(folder, wait_s=0.0)):
                raise UsageError(
                    "is being built", where=str(folder), remedy="Wait until it is done, or stop it."
                )
        for path in each.manifests:
            _without(path, each.label, _key(folders))
        if each.roster:
            system.rewrite(each.roster, roster.without(each.roster, each.label))
        traces.remove(each.found)


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
        for path in (folder / manifest.NAME, *manifest.parts(folder), folder / STAMPS)
        if path.is_file()
    )


def _names(path: Path, label: str, secret: bytes) -> bool:
    if path.name == STAMPS:
        return any(_is_theirs(each, label) for each in read_stamps(path))
    return manifest.names(path, label, secret)


def _has_row(path: Path | None, label: str) -> bool:
    return path is not None and roster.without(path, label) != path.read_bytes()


def _without(path: Path, label: str, secret: bytes) -> None:
    if path.name == STAMPS:
        kept = {
            key: value for key, value in read_stamps(path).items() if not _is_theirs(key, label)
        }
        system.write_whole(path, json.dumps(kept).encode())
    else:
        manifest.without(path, label, secret)


def _is_theirs(track: str, label: str) -> bool:
    return track.split("/", maxsplit=1)[0] == label
