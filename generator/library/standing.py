"""How each track stands that is ordered: there already, or to be made, and why.

A track is there when what lies in its place was made from what is ordered, and is still what was
made. Times are compared for being the same, never for which is later: clocks are set back.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator import pipeline, shelf, system
from generator.model import Entry, Order, Standing
from generator.system import read_plain, sha256, write_whole

STAMPS = ".stamps.json"
"""Sizes and times of the files that were looked into: whoever has the same is not read again."""

Stamp = list[int]

_NEW = "not made yet"
_GONE = "its file is gone"
_ALTERED = "its files were changed since"
_FOREIGN = "something else lies there"
_MOST_BYTES = 1 << 28


class Stand:
    """The tracks of one course as they lie in its folder."""

    def __init__(
        self, folder: Path, known: Mapping[str, Entry], folders: system.Folders, secret: bytes
    ) -> None:
        self._folder, self._folders, self._secret = folder, folders, secret
        self._known = dict(known)
        self._stamps = read_stamps(folder / STAMPS)

    def of(self, order: Order) -> Standing:
        """How an order stands; what was not looked into before is."""
        marks = pipeline.marks(order.job, self._folders, self._secret)
        entry, stamp = self._known.get(order.path), _stamp(self._folder / order.path)
        if entry and stamp and entry.inputs == marks and self._stamps.get(order.path) == stamp:
            return Standing(order, entry)
        if stamp is None and not os.path.lexists(self._folder / order.path):
            return Standing(order, why=(_GONE if entry else _NEW,))
        return self._looked_into(order, marks, entry)

    def taken(self, entry: Entry) -> None:
        """Note a track that was just made, or looked into."""
        self._known[entry.path] = entry
        stamp = _stamp(self._folder / entry.path)
        if stamp:
            self._stamps[entry.path] = stamp

    def save(self) -> None:
        """Keep the stamps. Raises WriteError."""
        kept = {path: stamp for path, stamp in self._stamps.items() if path in self._known}
        write_whole(self._folder / STAMPS, json.dumps(dict(sorted(kept.items()))).encode())

    def _looked_into(self, order: Order, marks: Mapping[str, str], entry: Entry | None) -> Standing:
        path = self._folder / order.path
        document = shelf.sidecar(path)
        made_from = document.get(shelf.MADE_FROM)
        if "inputs" not in document:
            return Standing(order, why=(_FOREIGN,))
        if not isinstance(made_from, dict):
            return Standing(order, why=("program",))
        if made_from != marks:
            before = entry.inputs if entry else made_from
            return Standing(order, why=_changed(before, marks) or _changed(made_from, marks))
        found = entry_of(order, self._folder, marks, document)
        whole = found and found.sha256 == document.get(shelf.SHA256) and _stamp(path)
        if not (found and whole):
            return Standing(order, why=(_ALTERED,))
        self.taken(found)
        return Standing(order, found)


def is_foreign(standing: Standing) -> bool:
    """Whether what lies in the place of a track is none of ours."""
    return standing.why == (_FOREIGN,)


def entry_of(
    order: Order, folder: Path, marks: Mapping[str, str], document: Mapping[str, Any]
) -> Entry | None:
    """What the manifest says of a finished track, of its file and the timeline beside it.

    None where the timeline is not one of ours, or the file cannot be read.
    """
    path, job = folder / order.path, order.job
    seat = job.seat
    try:
        facts, measured = document["facts"], document["measured"]
        return Entry(
            path=order.path,
            id=job.label,
            edition=seat.edition if seat else "",
            session=order.session,
            number=seat.number if seat else 0,
            kind=job.script.kind,
            script=job.script.slug,
            title=str(facts["title"]),
            length_s=float(document["length_s"]),
            bytes=path.stat().st_size,
            sha256=sha256(path),
            speech_lufs=round(float(measured["speech_lufs"]), 2),
            true_peak_dbtp=round(float(measured["true_peak_dbtp"]), 2),
            voice=str(facts["engine"]),
            guid=order.guid,
            date=str(facts["date"]),
            inputs=dict(marks),
        )
    except (OSError, KeyError, TypeError, ValueError):
        return None


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """The names of what differs, as their user knows it."""
    names = [name for name in now if before.get(name) != now[name]]
    return (*names, *(f"{name} (gone)" for name in before if name not in now))


def _stamp(track: Path) -> Stamp | None:
    """Size and time of a track and of what lies beside it; None where one of them is not there."""
    stamp: Stamp = []
    for path in (track, *(shelf.beside(track, each) for each in (shelf.SIDECAR, shelf.TRANSCRIPT))):
        try:
            found = path.lstat()
        except OSError:
            return None
        stamp += [found.st_size, found.st_mtime_ns]
    return stamp


def read_stamps(path: Path) -> dict[str, Stamp]:
    """What was kept of files that were looked into, by path; nothing if it cannot be read."""
    try:
        found = json.loads(read_plain(path, _MOST_BYTES))
        return dict(found)
    except (OSError, ValueError, RecursionError, TypeError):
        return {}
