"""What of a folder's publications is one listener's, and how it is taken back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from generator.errors import UsageError, WriteError
from generator.ledger.ids import IDS, read_ids, without, write_ids
from generator.ledger.memory import MEMORY, Memory
from generator.model import FACTS, PRIVATE_PART, SITE

_REMEDY = "Mend its permissions and try again: what is removed already stays removed."


def names(folder: Path, label: str) -> bool:
    """Whether what is kept in the folder of a course names that listener.

    Raises UsageError for a file of ids that cannot be read: whoever is in it is not known.
    """
    ids = read_ids(folder)
    return label in ids.listeners or label in ids.revoked


def published(folder: Path, label: str, secret: bytes) -> tuple[Path, ...]:
    """The folders in sites on this machine that were published for that listener.

    They are known by their address: also where it was lost what was put there, and in a site that
    was moved together with its tracks. Raises UsageError as :func:`names` does.
    """
    token = _token(folder, label)
    sites = _sites(folder, Memory.of(folder, secret)) if token else ()
    return tuple(part for site in sites if _lies_in(site, part := site / PRIVATE_PART / token))


def away(folder: Path, label: str, secret: bytes) -> tuple[Path, ...]:
    """The sites into which something was put for that listener, and which are not there now.

    Raises UsageError as :func:`names` does.
    """
    start = f"{PRIVATE_PART}/{_token(folder, label)}/"
    sites = Memory.of(folder, secret).sites
    return tuple(
        folder / site
        for site, seen in sites.items()
        if not (folder / site).is_dir() and any(name.startswith(start) for name in seen)
    )


def unpublish(folder: Path, label: str, secret: bytes) -> None:
    """Take a listener's part out of all sites on this machine, and forget how it was known.

    All that lies in it goes. The address comes to nobody else. Raises WriteError when something
    cannot be removed: then all can be done again.
    """
    ids, memory = read_ids(folder), Memory.of(folder, secret)
    for part in published(folder, label, secret):
        _remove(part)
    if token := _token(folder, label):
        start = f"{PRIVATE_PART}/{token}/"
        memory.sites = {
            site: {name: each for name, each in seen.items() if not name.startswith(start)}
            for site, seen in memory.sites.items()
        }
    memory.tracks = {
        name: each for name, each in memory.tracks.items() if name.split("/", 1)[0] != label
    }
    if secret:
        memory.save(folder, secret)
    else:  # nobody can read it any more, and it has the address
        (folder / MEMORY).unlink(missing_ok=True)
    write_ids(folder, without(ids, label))


def ours(folder: Path, secret: bytes) -> tuple[Path, ...]:
    """What the publishing of a listener's own folder made, there and in sites.

    In the order in which it may be removed: what tells of the rest comes last.
    """
    if not any((folder / each).is_file() for each in (FACTS, IDS, MEMORY)):
        return ()
    sites = Memory.of(folder, secret).sites
    made = [
        folder / site / name
        for site, seen in sites.items()
        for name in seen
        if _lies_in(folder / site, (folder / site / name).parent)
    ]
    private = [
        file
        for label in _labels(folder)
        for part in published(folder, label, secret)
        for file in part.iterdir()
    ]
    kept = [folder / each for each in (FACTS, IDS, MEMORY)]
    every = dict.fromkeys([*made, *private, *kept])
    return tuple(each for each in every if each.is_file() and not each.is_symlink())


def folders(folder: Path, secret: bytes) -> tuple[Path, ...]:
    """The folders in which that lies, innermost first.

    They are those within a listener's own, and those elsewhere that nobody else has the address of.
    """
    home = folder.resolve()
    found = {
        above
        for path in ours(folder, secret)
        for above in path.parents
        if above != folder and above.resolve().is_relative_to(home) and above.resolve() != home
    }
    found |= {part for label in _labels(folder) for part in published(folder, label, secret)}
    return tuple(sorted(found, key=lambda each: len(each.parts), reverse=True))


def _labels(folder: Path) -> tuple[str, ...]:
    """Who has a private address; nobody where that cannot be read."""
    with contextlib.suppress(UsageError):
        return tuple(read_ids(folder).listeners)
    return ()


def _token(folder: Path, label: str) -> str:
    part = read_ids(folder).listeners.get(label)
    return part.token if part else ""


def _sites(folder: Path, memory: Memory) -> Iterator[Path]:
    """Where this folder was published to, and where it is if nobody says otherwise."""
    return map(folder.joinpath, dict.fromkeys([*memory.sites, SITE]))


def _lies_in(site: Path, folder: Path) -> bool:
    """Whether there is such a folder in the site, and no link leads out of it."""
    try:
        return folder.is_dir() and folder.resolve().is_relative_to(site.resolve())
    except OSError:
        return False


def _remove(part: Path) -> None:
    """A listener's part of a site, with all files in it, also those that were half made."""
    try:
        for file in part.iterdir():
            if file.is_symlink() or not file.is_dir():
                file.unlink()
    except OSError as error:
        what = f"cannot be removed ({error.strerror})"
        raise WriteError(what, where=str(part.parent), remedy=_REMEDY) from error
    for each in (part, part.parent):
        with contextlib.suppress(OSError):
            each.rmdir()
