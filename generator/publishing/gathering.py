"""Which finished tracks lie in a folder: those of its manifest, or whatever lies there itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from generator import asked, library, pipeline, shelf, system
from generator.errors import CheckError, UsageError
from generator.ledger import Memory
from generator.model import FORMATS, Entry, Finished

_ALTERED = "is not the file that its timeline was written for"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}", re.ASCII)
"""MP3-12. Whatever else there is means something in an address, or is escaped by somebody twice."""
_RENAME = (
    "Give it and what lies beside it a name of up to 150 letters of English, digits, - _ and ."
)
_REMEDY = "Make it again, or put the right file back."


@dataclass(frozen=True)
class Piece:
    """One track that may go out."""

    path: Path
    key: str
    """Stays the same of it, whatever becomes of its sound."""
    edition: str = ""
    guid: str = ""
    """What its manifest calls it; empty where there is none."""
    sha256: str = ""
    """Of what the build made, by its manifest; empty where there is none."""
    session: int = 0
    """From 1; 0 where it is not known."""
    is_talk: bool = False
    title: str = ""


@dataclass(frozen=True)
class Gathered:
    """What lies in a folder."""

    folder: Path
    about: Mapping[str, str]
    """What the manifest says of its course; empty where there is none."""
    pieces: Mapping[str, tuple[Piece, ...]] = field(repr=False)
    """By label, in the order in which they are to be heard."""

    @property
    def editions(self) -> tuple[str, ...]:
        """The lengths there are, as long as each makes the course."""
        found = {each.edition for pieces in self.pieces.values() for each in pieces}
        return tuple(sorted(found - {""}, key=lambda each: asked.length_s(each) or 0.0))


@dataclass(frozen=True)
class Outgoing:
    """A track that goes out, read."""

    piece: Piece
    finished: Finished
    sha256: str
    number: int
    """From 1."""
    heading: str
    """What it stands under together with others of its session; empty where it is alone."""


def gathered(folder: Path, folders: system.Folders) -> Gathered:
    """What lies there: in the folder of a course, or of a listener, or of one edition.

    Raises UsageError when there is no such folder or no finished track in it.
    """
    if not folder.is_dir():
        remedy = "Name a folder of tracks, as output/public."
        raise UsageError("there is no such folder", where=str(folder), remedy=remedy)
    built = library.finished(folder, folders)
    if built:
        pieces = _of_entries(folder, built.entries)
    else:
        pieces = {_label_of(folder): tuple(map(_loose, _tracks(folder)))}
    if not any(pieces.values()):
        raise UsageError(
            "there is no finished track in it",
            where=str(folder),
            remedy="Make some with 'meditate render' or 'meditate build'; only MP3s go out.",
        )
    return Gathered(folder, built.about if built else {}, pieces)


def outgoing(found: Gathered, label: str, edition: str, memory: Memory) -> tuple[Outgoing, ...]:
    """A listener's tracks of one edition, each read, and known to be what was made.

    Raises CheckError for one that was altered or has no timeline.
    """
    pieces = [each for each in found.pieces.get(label, ()) if each.edition in ("", edition)]
    headings = _headings(pieces)
    return tuple(
        _read(piece, number, headings.get(piece.session, ""), found.folder, memory)
        for number, piece in enumerate(pieces, 1)
    )


def _read(piece: Piece, number: int, heading: str, folder: Path, memory: Memory) -> Outgoing:
    if not _NAME.fullmatch(piece.path.stem):
        what = "has a name that no address should hold"
        raise UsageError(what, where=str(piece.path), remedy=_RENAME)
    each = pipeline.finished(piece.path)
    try:
        digest = memory.digest(folder, piece.path)
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise CheckError(what, where=str(piece.path)) from error
    if {digest} != {each.sha256, piece.sha256 or digest}:
        raise CheckError(_ALTERED, where=str(piece.path), remedy=_REMEDY)
    return Outgoing(piece, each, digest, number, heading)


def _headings(pieces: Sequence[Piece]) -> dict[int, str]:
    """What a session is called in which there is more than one track: as its practice."""
    found = {}
    for session, each in groupby(pieces, key=lambda piece: piece.session):
        together = list(each)
        if session and len(together) > 1:
            practices = [piece.title for piece in together if not piece.is_talk]
            found[session] = (practices or [together[-1].title])[-1]
    return found


def _of_entries(folder: Path, entries: Iterable[Entry]) -> dict[str, tuple[Piece, ...]]:
    found: dict[str, list[Piece]] = {}
    for entry in sorted(entries, key=lambda each: (each.id, each.edition, each.number)):
        if entry.ordered:
            piece = Piece(
                path=folder / entry.path,
                key=entry.guid,
                edition=entry.edition,
                guid=entry.guid,
                sha256=entry.sha256,
                session=entry.session,
                is_talk=entry.kind == "talk",
                title=entry.title,
            )
            found.setdefault(entry.id, []).append(piece)
    return {label: tuple(pieces) for label, pieces in found.items()}


def _label_of(folder: Path) -> str:
    """Whose a folder of tracks is: as it is called, and of an edition as what it lies in."""
    place = folder.resolve()
    return place.parent.name if shelf.is_edition(place.name) else place.name


def _loose(path: Path) -> Piece:
    return Piece(path, key=path.stem)


def _tracks(folder: Path) -> list[Path]:
    """The finished MP3s of a folder, in the order of their names; no link, nothing half made."""
    found = folder.glob(f"[!.]*.{FORMATS[0]}")
    return sorted(
        path
        for path in found
        if path.is_file() and not path.is_symlink() and "inputs" in shelf.sidecar(path)
    )
