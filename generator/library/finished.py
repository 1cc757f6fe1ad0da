"""What a build left in the folder of a course, for whoever delivers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator import system
from generator.errors import UsageError
from generator.library import manifest
from generator.model import Entry


@dataclass(frozen=True)
class Library:
    """A course that was built."""

    about: Mapping[str, str]
    """Its slug as ``course``, and what else the manifest says of it."""
    entries: tuple[Entry, ...] = field(repr=False)


def finished(folder: Path, folders: system.Folders) -> Library | None:
    """What the manifest of a course's folder holds; None where there is no manifest.

    Raises UsageError for one that was altered, or made with another key than this machine's.
    """
    path = folder / manifest.NAME
    if not path.exists():
        return None
    secret = system.known_key(folders.secret) or b""
    about = manifest.about(path, secret)
    if not about:
        raise UsageError(
            "was altered, or made on another machine",
            where=str(path),
            remedy="Build the course again here: what is finished stays, and it is written anew.",
        )
    return Library(about, tuple(manifest.read(path, secret).values()))
