"""What is known of the tracks of a course: its manifest, and those of its shards."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from generator import shelf, system
from generator.errors import WriteError
from generator.library import manifest
from generator.library.standing import Stand
from generator.model import PUBLIC_LABEL, Course, Entry, Order, Standing

_SAVE_EVERY_S = 10.0
"""What a killed build did not save is found again beside its tracks."""
_SAVE_SHARE = 0.05
"""The most of a build's time that goes into saving what only the end of it needs."""


class Records:
    """The manifest of a course while it is built: saved now and then, and at the end."""

    def __init__(
        self,
        course: Course,
        folder: Path,
        folders: system.Folders,
        shard: tuple[int, int] | None = None,
    ) -> None:
        self._course, self._folder, self._shard = course, folder, shard
        self._secret = system.secret_key(folders.secret)
        self.known = merged(folder, self._secret)
        self._own: dict[str, Entry] = {}
        self._stand = Stand(folder, self.known, folders, self._secret)
        self._save_after_s = time.monotonic() + _SAVE_EVERY_S

    def standing(self, order: Order) -> Standing:
        """How an order stands."""
        found = self._stand.of(order)
        if found.entry:
            seated = replace(found.entry, session=order.session, guid=order.guid, ordered=True)
            self.known[order.path] = self._own[order.path] = seated
        return found

    def take(self, entry: Entry) -> None:
        """Note a finished track."""
        self._own[entry.path] = entry
        self._stand.taken(entry)
        if time.monotonic() > self._save_after_s:
            self.save()

    def save(self) -> None:
        """Keep it, whole; of a shard, what is its own, and then what all of them have."""
        began_s = time.monotonic()
        if self._shard is None:
            self._write(self._folder / manifest.NAME, self._there(self.known))
            for part in manifest.parts(self._folder):
                part.unlink(missing_ok=True)
        else:
            self._write(self._folder / manifest.part_name(self._shard), self._own.values())
            with system.locked(self._folder.parent):
                every = self._there(merged(self._folder, self._secret))
                self._write(self._folder / manifest.NAME, every)
        self._stand.save()
        ended_s = time.monotonic()
        self._save_after_s = ended_s + max(_SAVE_EVERY_S, (ended_s - began_s) / _SAVE_SHARE)

    def left_over(self, orders: Sequence[Order]) -> tuple[str, ...]:
        """Note which tracks no order asks for any more, of the public or of the listeners alike."""
        ordered = {order.path for order in orders}
        public = any(order.job.label == PUBLIC_LABEL for order in orders)
        mine = (each for each in self.known.values() if (each.id == PUBLIC_LABEL) == public)
        paths = tuple(sorted(each.path for each in mine if each.path not in ordered))
        self.known |= {path: replace(self.known[path], ordered=False) for path in paths}
        return paths

    def spread_lu(self) -> float:
        """Between the quietest and the loudest speech of the course as it is ordered."""
        levels = [each.speech_lufs for each in self.known.values() if each.ordered]
        return max(levels) - min(levels) if levels else 0.0

    def pruned(self, paths: Iterable[str], labels: Collection[str]) -> tuple[str, ...]:
        """Remove those of these listeners, with what lies beside them; it gives back the others.

        Whoever is not a listener any more is forgotten by another command. Raises WriteError.
        """
        others = []
        for path in paths:
            if self.known[path].id in labels:
                _remove(self._folder / path)
                del self.known[path]
            else:
                others.append(path)
        self.save()
        return tuple(others)

    def _there(self, entries: Mapping[str, Entry]) -> list[Entry]:
        """Without those whose file is gone: the manifest says what is there."""
        return [each for each in entries.values() if not _is_gone(self._folder / each.path)]

    def _write(self, path: Path, entries: Iterable[Entry]) -> None:
        manifest.write(path, self._course, entries, self._secret)


def merged(folder: Path, secret: bytes) -> dict[str, Entry]:
    """What the manifest of a course holds and those of its shards, by path.

    Where two differ, the one is right whose bytes lie there.
    """
    known = manifest.read(folder / manifest.NAME, secret)
    for part in manifest.parts(folder):
        for path, entry in manifest.read(part, secret).items():
            other = known.setdefault(path, entry)
            if other != entry and _is_there(folder, entry):
                known[path] = entry
    return known


def _is_there(folder: Path, entry: Entry) -> bool:
    return shelf.sidecar(folder / entry.path).get(shelf.SHA256) == entry.sha256


def _is_gone(track: Path) -> bool:
    """Whether there is no such file; what lies in a closed folder is not gone."""
    try:
        return not track.is_file()
    except PermissionError:
        return False


def _remove(track: Path) -> None:
    """A track and what lies beside it, what proves it ours last; its folder too, if empty."""
    try:
        for ending in (shelf.TRANSCRIPT, "", shelf.SIDECAR):
            (shelf.beside(track, ending) if ending else track).unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"cannot be removed ({error.strerror})", where=str(track)) from error
    with contextlib.suppress(OSError):
        track.parent.rmdir()
