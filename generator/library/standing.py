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
"""What was seen of the files that were looked into: whoever looks the same is not read again."""

Stamp = list[int]
"""Sizes and times of a track and of what lies beside it."""
Stamps = dict[str, tuple[Stamp, str]]
"""By path; with each a digest of what lies beside the track."""

_NEW = "not made yet"
_GONE = "its file is gone"
_ALTERED = "its files were changed since"
_FOREIGN = "something else lies there"
_MOST_BYTES = 1 << 28


class Stand:
    """The tracks of one course as they lie in its folder, beside what is known of them."""

    def __init__(
        self, folder: Path, known: dict[str, Entry], folders: system.Folders, secret: bytes
    ) -> None:
        self._folder, self._folders, self._secret = folder, folders, secret
        self._known = known
        self._stamps = read_stamps(folder / STAMPS)

    def of(self, order: Order) -> Standing:
        """How an order stands; what was not looked into before is."""
        marks = pipeline.marks(order.job, self._folders, self._secret)
        entry, stamp = self._known.get(order.path), _stamp(self._folder / order.path)
        seen, _papers = self._stamps.get(order.path, (None, ""))
        if entry and stamp and entry.inputs == marks and seen == stamp:
            return Standing(order, entry)
        if stamp is None and not os.path.lexists(self._folder / order.path):
            return Standing(order, why=(_GONE if entry else _NEW,))
        return self._looked_into(order, marks, entry)

    def taken(self, entry: Entry) -> None:
        """Note a track that was just made, or looked into."""
        self._known[entry.path] = entry
        track = self._folder / entry.path
        stamp, papers = _stamp(track), _papers(track)
        if stamp and papers:
            self._stamps[entry.path] = stamp, papers

    def save(self) -> None:
        """Keep the stamps. Raises WriteError."""
        kept = {path: stamp for path, stamp in self._stamps.items() if path in self._known}
        write_whole(self._folder / STAMPS, json.dumps(dict(sorted(kept.items()))).encode())

    def _looked_into(self, order: Order, marks: Mapping[str, str], entry: Entry | None) -> Standing:
        path = self._folder / order.path
        document = shelf.sidecar(path)
        made_from = document.get(shelf.MADE_FROM)
        if "inputs" not in document:
            return Standing(order, why=(_ALTERED if _is_of(path, entry) else _FOREIGN,))
        if not isinstance(made_from, dict):
            return Standing(order, why=("program",))
        if made_from != marks:
            before = entry.inputs if entry else made_from
            return Standing(order, why=_changed(before, marks) or _changed(made_from, marks))
        found = entry_of(order, self._folder, marks, document)
        if not found or found.sha256 != document.get(shelf.SHA256) or self._marred(found, entry):
            return Standing(order, why=(_ALTERED,))
        self.taken(found)
        return Standing(order, found)

    def _marred(self, found: Entry, entry: Entry | None) -> bool:
        """Whether what lies beside a track is gone, or is not what lay beside the same bytes."""
        papers = _papers(self._folder / found.path)
        _seen, before = self._stamps.get(found.path, (None, ""))
        same = entry is not None and entry.sha256 == found.sha256
        return not papers or bool(same and before and before != papers)


def is_foreign(standing: Standing) -> bool:
    """Whether what lies in the place of a track is none of ours."""
    return standing.why == (_FOREIGN,)


def _is_of(track: Path, entry: Entry | None) -> bool:
    """Whether a track is the one of that entry, whatever lies beside it."""
    try:
        return entry is not None and sha256(track) == entry.sha256
    except OSError:
        return False


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
    for path in (track, *_beside(track)):
        try:
            found = path.lstat()
        except OSError:
            return None
        stamp += [found.st_size, found.st_mtime_ns]
    return stamp


def _papers(track: Path) -> str:
    """A digest of what lies beside a track; nothing where some of it cannot be read."""
    try:
        return " ".join(map(sha256, _beside(track)))
    except OSError:
        return ""


def _beside(track: Path) -> tuple[Path, ...]:
    return tuple(shelf.beside(track, each) for each in (shelf.SIDECAR, shelf.TRANSCRIPT))


def read_stamps(path: Path) -> Stamps:
    """What was kept of files that were looked into; nothing if it cannot be read."""
    try:
        found = json.loads(read_plain(path, _MOST_BYTES))
        return {track: (list(seen), str(papers)) for track, (seen, papers) in found.items()}
    except (OSError, ValueError, RecursionError, TypeError, AttributeError):
        return {}
