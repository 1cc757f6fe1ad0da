"""The manifest of a course: every finished track of it, for whoever delivers or checks them.

It is sealed with the program's own key: one that was altered counts as lost, and is made anew from
what lies beside the tracks.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.errors import WriteError
from generator.model import Course, Entry
from generator.system import read_plain, write_whole

NAME = "manifest.json"
SCHEMA = 1
ABOUT = ("title", "author", "summary", "description", "language", "colour", "support")
"""What is said of the course itself, for whoever delivers it."""

_MOST_BYTES = 1 << 30


def part_name(shard: tuple[int, int]) -> str:
    """What the manifest of one shard of a build is called."""
    return f"manifest.{shard[0]}-of-{shard[1]}.json"


def parts(folder: Path) -> tuple[Path, ...]:
    """The manifests that shards left."""
    return tuple(sorted(folder.glob("manifest.*-of-*.json")))


def read(path: Path, secret: bytes) -> dict[str, Entry]:
    """What a manifest holds, by path; nothing where there is none, or it was altered."""
    _document, entries = _sound(path, secret) or ({}, [])
    return {entry.path: entry for entry in entries}


def _sound(path: Path, secret: bytes) -> tuple[dict[str, Any], list[Entry]] | None:
    """What a manifest says, and its tracks, each of them whole; None where it was altered."""
    try:
        document: dict[str, Any] = json.loads(read_plain(path, _MOST_BYTES))
        seal = document.pop("seal")
        if document["schema"] != SCHEMA or seal != _seal(document, secret):
            return None
        return document, [_entry(each) for each in document["tracks"]]
    except (OSError, ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return None


def about(path: Path, secret: bytes) -> dict[str, str]:
    """What a manifest says of its course: its slug as ``course``, and its ``ABOUT``.

    Nothing where there is none, or it was altered.
    """
    document, _entries = _sound(path, secret) or ({}, [])
    return {name: str(document.get(name, "")) for name in ("course", *ABOUT)} if document else {}


def write(path: Path, course: Course, entries: Iterable[Entry], secret: bytes) -> None:
    """Put a manifest of these tracks there, whole. The same tracks give the same bytes.

    Raises WriteError.
    """
    about = {name: getattr(course, name) for name in ABOUT}
    tracks = [dataclasses.asdict(each) for each in sorted(entries, key=lambda each: each.path)]
    _save(path, {"schema": SCHEMA, "course": course.slug, **about, "tracks": tracks}, secret)


def _save(path: Path, document: Mapping[str, Any], secret: bytes) -> None:
    """Put a document there, sealed."""
    sealed = {**document, "seal": _seal(document, secret)}
    write_whole(path, json.dumps(sealed, indent=1, ensure_ascii=False).encode())


def names(path: Path, label: str, secret: bytes) -> bool:
    """Whether it holds a track of that listener, or was altered and names the label somewhere.

    Raises WriteError for a link: what it leads to cannot be mended.
    """
    found = _sound(path, secret)
    if found is None:
        return label.encode() in _content(path)
    return any(each.id == label for each in found[1])


def without(path: Path, label: str, secret: bytes) -> None:
    """Take a listener's tracks out of it. Raises WriteError.

    One that was altered is removed: nothing is known of what it holds.
    """
    found = _sound(path, secret)
    if found is None:
        _remove(path)
        return
    document, entries = found
    left = [dataclasses.asdict(each) for each in entries if each.id != label]
    _save(path, {**document, "tracks": left}, secret)


def _content(path: Path) -> bytes:
    try:
        return read_plain(path, _MOST_BYTES)
    except OSError as error:
        remedy = "Put a plain file in its place, or nothing."
        what = f"cannot be read ({error.strerror})"
        raise WriteError(what, where=str(path), remedy=remedy) from error


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"cannot be removed ({error.strerror})", where=str(path)) from error


def _seal(document: Mapping[str, Any], secret: bytes) -> str:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.blake2b(canonical, key=secret, digest_size=32).hexdigest()


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "bool": bool,
    "float": (int, float),
    "Mapping[str, str]": dict,
}


def _entry(said: Any) -> Entry:
    """One track. Raises TypeError or KeyError for what is none."""
    fields = {each.name: each.type for each in dataclasses.fields(Entry)}
    if said.keys() != fields.keys():
        raise KeyError("a track of another kind")
    for name, kind in fields.items():
        if not isinstance(said[name], _KINDS[str(kind)]):
            raise TypeError(name)
    return Entry(**said)
