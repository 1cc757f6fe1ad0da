"""What was seen of tracks, and put into sites: what looks the same is neither read nor written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path

from generator.model import Seen
from generator.system import Sealed, sha256

MEMORY = ".published"

_KIND = b"meditation-generator published 1\n"
_MOST_BYTES = 1 << 30


@dataclass
class Memory:
    """What is remembered in a folder. It may be lost: then everything is looked into again.

    It is sealed: what came along with a stranger's folder names files that are none of ours.
    """

    tracks: dict[str, Seen] = field(default_factory=dict)
    """By path from the folder on."""
    colours: dict[str, str] = field(default_factory=dict)
    """Of pictures, by their mark."""
    sites: dict[str, dict[str, Seen]] = field(default_factory=dict)
    """What was put into each site, by its place and then by the path in it.

    The place is told from the folder on, if it lies there: it may be moved together with that.
    """

    @classmethod
    def of(cls, folder: Path, secret: bytes) -> Memory:
        """What a folder's file has; nothing where there is none, or none that we sealed."""
        content = _sealed(secret).read(folder / MEMORY) if secret else None
        try:
            said = json.loads(content or b"")
            sites = {str(place): _read(names) for place, names in said["sites"].items()}
            colours = {str(mark): str(each) for mark, each in said["colours"].items()}
            return cls(_read(said["tracks"]), colours, sites)
        except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
            return cls()

    def save(self, folder: Path, secret: bytes) -> None:
        """Keep it. Raises WriteError."""
        sites = {place: _said(names) for place, names in sorted(self.sites.items()) if names}
        document = {"tracks": _said(self.tracks), "colours": self.colours, "sites": sites}
        body = json.dumps(document, separators=(",", ":")).encode()
        _sealed(secret).write_anew(folder / MEMORY, body)

    def site(self, folder: Path, place: Path) -> dict[str, Seen]:
        """What was put into the site at that place, to be kept up to date."""
        inside = place.is_relative_to(folder.absolute())
        name = str(place.relative_to(folder.absolute()) if inside else place)
        return self.sites.setdefault(name, {})

    def digest(self, folder: Path, path: Path) -> str:
        """The SHA-256 of a track, read only if it looks otherwise than before. Raises OSError."""
        name = path.relative_to(folder).as_posix()
        known, (size_bytes, time_ns) = self.tracks.get(name), look(path)
        if known and (known.size_bytes, known.time_ns) == (size_bytes, time_ns):
            return known.mark
        self.tracks[name] = Seen(size_bytes, time_ns, sha256(path))
        return self.tracks[name].mark


def _sealed(secret: bytes) -> Sealed:
    return Sealed(_KIND, secret, _MOST_BYTES)


def look(path: Path) -> tuple[int, int]:
    """Size in bytes and time in nanoseconds of a file, not of what a link leads to.

    Raises OSError.
    """
    found = path.lstat()
    return found.st_size, found.st_mtime_ns


def _read(said: Mapping[str, list[object]]) -> dict[str, Seen]:
    return {str(name): _seen(*each) for name, each in said.items()}


def _seen(size_bytes: object, time_ns: object, mark: object) -> Seen:
    if type(size_bytes) is not int or type(time_ns) is not int or type(mark) is not str:
        raise TypeError
    return Seen(size_bytes, time_ns, mark)


def _said(seen: Mapping[str, Seen]) -> dict[str, tuple[int, int, str]]:
    return {name: astuple(each) for name, each in sorted(seen.items())}
