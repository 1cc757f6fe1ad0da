"""What is remembered of a publication, so that what was once sent out stays what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

FACTS = "feed.toml"
"""Beside the tracks: what their feed says."""
PRIVATE_PART = "p"
"""The folder of a site in which each listener has one that nobody can guess."""
SITE = "site"
"""The folder, among the tracks, of a site that was to go nowhere else."""


@dataclass(frozen=True)
class Issued:
    """An episode as it was first published."""

    guid: str
    """Names it for ever, as ``urn:uuid:…``."""
    published: datetime | None = None
    """When it first went out; None of what has not yet."""

    @property
    def date(self) -> datetime:
        """When it first went out. Raises ValueError when it has not yet."""
        if self.published is None:
            raise ValueError("not published yet")
        return self.published


@dataclass(frozen=True)
class Part:
    """One feed with its page: the public one, or one listener's."""

    feed: str
    """The feed's own UUID."""
    episodes: Mapping[str, Issued] = field(default_factory=dict)
    """By what stays the same of a track."""
    token: str = field(default="", repr=False)
    """The folder that only its listener knows; empty for the public part."""


@dataclass(frozen=True)
class Ids:
    """What a folder's publications are known by, for ever."""

    public: Part | None = None
    listeners: Mapping[str, Part] = field(default_factory=dict)
    """By label."""
    revoked: frozenset[str] = frozenset()
    """Labels of those whose address was taken back: only who is named gets another."""


@dataclass(frozen=True)
class Seen:
    """A file as it was when it was looked into."""

    size_bytes: int
    time_ns: int
    mark: str
    """Of what is in it: two that differ have another."""
