"""The record of where a listener's files went: written before the first of them is."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import WriteError
from generator.model import PUBLIC_LABEL, Job
from generator.system import locked, private_folder, read_plain, write_whole

RECORD = "places.json"

_MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Places:
    """Where files of one label are, as absolute paths."""

    outputs: tuple[Path, ...] = ()
    """Folders in which the label has a folder."""
    listener_files: tuple[Path, ...] = ()
    """Files at places of the user's own: answers, stems, pictures of tracks."""

    def __or__(self, other: Places) -> Places:
        return Places(
            tuple(dict.fromkeys((*self.outputs, *other.outputs))),
            tuple(dict.fromkeys((*self.listener_files, *other.listener_files))),
        )


@contextlib.contextmanager
def recorded(listeners: Path, job: Job, extras: tuple[Path, ...] = ()) -> Iterator[None]:
    """Note where the job's files go; while it lasts its label cannot be forgotten.

    ``extras`` are files it makes at places of the user's own.

    The public tracks are nobody's, and need no record. Raises WriteError when it cannot be written:
    then nothing of the person must be either.
    """
    named = tuple(each.absolute() for each in (*job.listener_files, *extras))
    with _noted(listeners, job.label, Places((job.out.absolute(),), named), extras):
        yield


@contextlib.contextmanager
def held(listeners: Path, job: Job) -> Iterator[None]:
    """The same where nothing goes anywhere but into the listener's own folder."""
    named = tuple(each.absolute() for each in job.listener_files)
    with _noted(listeners, job.label, Places(listener_files=named)):
        yield


@contextlib.contextmanager
def _noted(
    listeners: Path, label: str, new: Places, extras: tuple[Path, ...] = ()
) -> Iterator[None]:
    if label == PUBLIC_LABEL:
        yield
        return
    folder = listeners / label
    with contextlib.ExitStack() as held:
        with locked(private_folder(listeners)):
            first = read(private_folder(folder)) is None
            _note(folder, new)
            held.enter_context(locked(folder, shared=True))
        try:
            yield
        except BaseException:
            if first and not any(map(os.path.lexists, extras)):
                _take_back(folder)
            raise


def note(listeners: Path, track: Path, made: Path) -> None:
    """Note a file that is made of a finished track, under the label that the track was made for.

    A track that lies elsewhere is nobody's that we know of. Raises WriteError when the record
    cannot be written: then the file must not be either.
    """
    folder = Path(os.path.realpath(track.parent))
    for each in (folder, folder.parent):  # a course has a folder for each edition in it
        own = listeners / each.name
        known = read(own)
        if known and str(each.parent) in map(os.path.realpath, known.outputs):
            with locked(private_folder(listeners)):
                _note(own, Places(listener_files=(made.absolute(),)))


def _take_back(folder: Path) -> None:
    """Remove the first record of a label for which nothing came to be kept."""
    with contextlib.suppress(OSError):
        for clips in folder.glob("clips"):
            clips.rmdir()
        if [each.name for each in folder.iterdir()] == [RECORD]:
            (folder / RECORD).unlink()
            folder.rmdir()


def _note(folder: Path, new: Places) -> None:
    before = read(folder)
    places = new if before is None else before | new
    if places == before:
        return
    document = {
        "outputs": [str(each) for each in places.outputs],
        "listener_files": [str(each) for each in places.listener_files],
    }
    try:
        write_whole(folder / RECORD, json.dumps(document, indent=1).encode())
    except WriteError as error:
        raise WriteError(
            "where this listener's files go cannot be noted, so none is made",
            where=str(folder),
            remedy="Free some space, or set MEDITATE_HOME to a folder of yours.",
        ) from error


def read(folder: Path) -> Places | None:
    """The record in a listener's folder, or None when there is none that can be read."""
    try:
        document = json.loads(read_plain(folder / RECORD, _MOST_BYTES))
        return Places(_paths(document["outputs"]), _paths(document["listener_files"]))
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        return None


def _paths(entries: Any) -> tuple[Path, ...]:
    if not isinstance(entries, list):
        raise TypeError("not a list")
    paths = tuple(map(Path, entries))
    for path in paths:
        os.fsencode(path)  # raises a ValueError for what no path can be
    if any("\0" in str(path) or not path.is_absolute() for path in paths):
        raise ValueError("not an absolute path")
    return paths
