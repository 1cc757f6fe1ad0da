"""Every trace of one label: what is ours to remove, and what has to be left alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generator.errors import WriteError
from generator.system import half_made
from generator.traces.places import RECORD, Places, read

Ours = Callable[[Path], tuple[Path, ...]]
Within = Callable[[Path], tuple[Path, ...]]

_LINK = "is a link"
_AWAY = "not there; if its disk is away, forget again with --out when it is back"


@dataclass(frozen=True)
class Left:
    """Something that is not removed, and why."""

    path: Path
    why: str


@dataclass(frozen=True)
class Found:
    """What there is of one label."""

    files: tuple[Path, ...]
    """In the order in which they are removed."""
    folders: tuple[Path, ...]
    """Those that are empty then."""
    own: Path | None
    """What the program itself keeps: clips and the record. It goes whole, and last."""
    left: tuple[Left, ...]
    looked_in: tuple[Path, ...]
    record: Literal["read", "missing", "broken"]
    """Unless it could be read, tracks may lie where nobody looked."""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to remove, and no link behind which something may be."""
        behind = any(each.why == _LINK for each in self.left)
        return not (self.files or self.folders or self.own or behind)


def find(listeners: Path, label: str, also: Iterable[Path], ours: Ours, within: Within) -> Found:
    """What there is of the label in the places its record names, and in the folders ``also``.

    ``ours`` gives, for a label's folder, the files in it that renders made, and ``within`` the
    folders in it that they made. Raises WriteError when a folder cannot be looked through.
    """
    try:
        return _found(listeners, label, also, ours, within)
    except OSError as error:
        raise WriteError(
            f"cannot be looked through ({error.strerror})",
            where=str(error.filename),
            remedy="Mend its permissions and forget again; nothing was removed.",
        ) from error


def _found(listeners: Path, label: str, also: Iterable[Path], ours: Ours, within: Within) -> Found:
    own = listeners / label
    known = read(own)
    places = known or Places()
    outputs = _each_once([*places.outputs, *also])
    folders = [out / label for out in outputs]
    whole = [folder for folder in folders if folder.is_dir() and not folder.is_symlink()]
    tracks = [path for folder in whole for path in ours(folder)]
    here = [each for folder in whole for each in (*within(folder), folder)]
    told = {
        path: _why_left(path, listeners, label)
        for path in _each_once(places.listener_files)
        if os.path.lexists(path) or _half_made(path)
    }
    removable = [path for path, why in told.items() if not why]
    half = [each for path in removable for each in _half_made(path)]
    going = _each_once([*tracks, *half, *filter(Path.exists, removable)])
    others: dict[Path, list[Path]] = {}
    for folder in here:
        emptied = [each for each, left in others.items() if not left]
        others[folder] = _others(folder, [*going, *emptied])
    left = [
        *(Left(out, _AWAY) for out in places.outputs if not out.is_dir()),
        *(Left(folder, _LINK) for folder in (*folders, own) if folder.is_symlink()),
        *(Left(path, _LINK) for path in _links_in(own)),
        *(
            Left(path, "not of ours")
            for folder in here
            for path in others[folder]
            if path not in here
        ),
        *(Left(path, why) for path, why in told.items() if why),
    ]
    return Found(
        files=tuple(going),
        folders=tuple(folder for folder in here if not others[folder]),
        own=own if own.is_dir() and not own.is_symlink() else None,
        left=tuple(left),
        looked_in=tuple(outputs),
        record="read" if known else "broken" if os.path.lexists(own / RECORD) else "missing",
    )


def _others(folder: Path, going: Iterable[Path]) -> list[Path]:
    """What else lies in a folder, whatever links lead to it; what lies there may be one."""

    def place(path: Path) -> str:
        return os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118

    gone = set(map(place, going))
    return sorted(each for each in folder.iterdir() if place(each) not in gone)


def _why_left(path: Path, listeners: Path, label: str) -> str:
    """Why a listener file is not removed, or nothing."""
    if os.path.lexists(path) and (path.is_symlink() or not path.is_file()):
        return "not a plain file"
    for other in listeners.iterdir():
        named = (read(other) or Places()).listener_files if other.name != label else ()
        if os.path.realpath(path) in map(os.path.realpath, named):
            return "another label's listener file too"
    return ""


def _half_made(path: Path) -> list[Path]:
    """What a killed run left of a file that it was making there, and of its workshop."""
    beside = [each for each in path.parent.glob(".making-*") if half_made(each.name)]
    ending = f"-{path.name}"
    tokens = {each.name.removesuffix(ending) for each in beside if each.name.endswith(ending)}
    wanted = {f"{token}{rest}" for token in tokens for rest in (f"-{path.name}", "-probe", ".lock")}
    return sorted(each for each in beside if each.name in wanted and not each.is_symlink())


def _links_in(own: Path) -> list[Path]:
    """Links among what the program itself keeps: what they lead to is not looked into."""
    if own.is_symlink() or not own.is_dir():
        return []
    return sorted(each for each in own.rglob("*") if each.is_symlink())


def _each_once(paths: Iterable[Path]) -> list[Path]:
    """Absolute, and without those that are a place already named."""
    return list({os.path.realpath(path): path.absolute() for path in paths}.values())
