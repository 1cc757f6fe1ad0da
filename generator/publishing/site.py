"""A site as a folder on this machine: what it holds of ours, and what comes and goes."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from types import TracebackType

from generator import system
from generator.errors import CheckError, UsageError, WriteError
from generator.ledger import look
from generator.model import PRIVATE_PART, Seen
from generator.publishing.leaves import ENDINGS, Leaf

_INTENDED = Seen(-1, 0, "")
"""Of what a killed run was to put somewhere: nobody knows whether it did."""

_PUBLIC_FOLDER = 0o755
_BLOCK_BYTES = 1 << 20
_OTHER = "Use another --to, or --force to replace it."


class Site:
    """A folder into which a publication goes, for as long as somebody works in it."""

    def __init__(self, place: Path, known: dict[str, Seen]) -> None:
        self._place = place
        self._open = contextlib.ExitStack()
        self._taken = False
        self._workshops: dict[Path, system.Workshop] = {}
        self.known = known
        """What lies there of ours, by its path in the site."""

    def __enter__(self) -> Site:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def stale(self, leaves: Iterable[Leaf]) -> tuple[Leaf, ...]:
        """Those that are not there as they should be, in their order."""
        return tuple(each for each in leaves if not self._holds(each))

    def take(self) -> None:
        """Make its folder, and keep everybody else out of it. Raises WriteError when one is there.

        Two folders of tracks may go into one site, but not at once.
        """
        if self._taken:
            return
        with _said(self._place):
            _make_folder(self._place, self._place)
        self._taken = self._open.enter_context(system.locked(self._place, wait_s=0.0))
        if not self._taken:
            what = "somebody else is publishing into it"
            raise WriteError(what, where=str(self._place), remedy="Wait until that is done.")

    def admit(self, leaves: Iterable[Leaf], *, force: bool) -> None:
        """Raise UsageError for what must not leave, or would replace what is another's."""
        for each in leaves:
            path = self._place / each.name
            if not each.name.endswith(ENDINGS) or PurePosixPath(each.name).name.startswith("."):
                raise UsageError("is nothing that is published", where=each.name)
            ours = force or each.name in self.known
            if not ours and os.path.lexists(path) and not _is_same(path, each):
                raise UsageError("lies there already", where=str(path), remedy=_OTHER)

    def intend(self, leaves: Iterable[Leaf]) -> None:
        """Note what is about to be put there, for whoever goes on after a kill."""
        for each in leaves:
            self.known.setdefault(each.name, _INTENDED)

    def put(self, leaf: Leaf) -> None:
        """Put one there, whole.

        Raises WriteError, or CheckError when a track is not the one any more that was looked at.
        """
        path = self._place / leaf.name
        private = leaf.name.startswith(f"{PRIVATE_PART}/")
        workshop = self._workshop(path.parent)
        with _said(path):
            fresh = workshop.fresh(path.name)
            if isinstance(leaf.content, Path):
                _copy(leaf.content, fresh, leaf.mark)
            else:
                fresh.write_bytes(leaf.content())
            mode = system.PRIVATE_FILE if private else system.PUBLIC_FILE
            workshop.publish([path.name], mode)
            self.known[leaf.name] = Seen(*look(path), leaf.mark)

    def remove(self, names: Sequence[str]) -> int:
        """Take away what is ours and is as we left it; how many those were. Raises WriteError.

        What a killed run was to put there is ours too.
        """
        gone = 0
        for name in names:
            path, seen = self._place / name, self.known.pop(name)
            with _said(path), contextlib.suppress(FileNotFoundError, NotADirectoryError):
                if seen == _INTENDED or look(path) == (seen.size_bytes, seen.time_ns):
                    path.unlink()
                    gone += 1
        return gone

    def _holds(self, leaf: Leaf) -> bool:
        seen = self.known.get(leaf.name)
        try:
            found = look(self._place / leaf.name)
        except OSError:
            return False
        return seen is not None and seen == Seen(*found, leaf.mark)

    def _workshop(self, folder: Path) -> system.Workshop:
        """Where files for a folder are made; the folder is made if it is not there."""
        if folder not in self._workshops:
            with _said(folder):
                _make_folder(folder, self._place)
                inside = folder.resolve().is_relative_to(self._place.resolve())
            if not inside:
                raise UsageError("leads out of the site", where=str(folder), remedy=_OTHER)
            self._workshops[folder] = self._open.enter_context(system.workshop(folder))
        return self._workshops[folder]


def _is_same(path: Path, leaf: Leaf) -> bool:
    """Whether somebody put the very same there."""
    try:
        there = "" if path.is_symlink() else system.sha256(path)
        return there == leaf.mark or (bool(there) and there == _digest(leaf))
    except OSError:
        return False


def _digest(leaf: Leaf) -> str:
    """Of what is to be there; the mark of a picture is that of what it is drawn from."""
    return "" if isinstance(leaf.content, Path) else hashlib.sha256(leaf.content()).hexdigest()


def _make_folder(folder: Path, site: Path) -> None:
    """Make it and what it lies in, for everybody to read; private parts for nobody else."""
    for each in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        each.mkdir(exist_ok=True)
        private = each.is_relative_to(site / PRIVATE_PART)
        each.chmod(system.PRIVATE_FOLDER if private else _PUBLIC_FOLDER)


def _copy(track: Path, to: Path, sha256: str) -> None:
    """Copy a track, proven on its way. Raises CheckError when it is another than was looked at."""
    digest = hashlib.sha256()
    with system.open_plain(track) as source, to.open("wb") as copy:
        while block := source.read(_BLOCK_BYTES):
            digest.update(block)
            copy.write(block)
    if digest.hexdigest() != sha256:
        remedy = "Publish again when nothing is being made there."
        raise CheckError("was changed meanwhile", where=str(track), remedy=remedy)


@contextlib.contextmanager
def _said(path: Path) -> Iterator[None]:
    """Say where something failed."""
    try:
        yield
    except OSError as error:
        if isinstance(error, InterruptedError):
            raise
        raise WriteError(
            f"could not be written ({error.strerror or error})",
            where=str(path),
            remedy="Free some space, or choose another folder with --to.",
        ) from error
