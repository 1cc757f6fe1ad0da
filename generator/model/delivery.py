"""What is delivered to a platform, as it was found: files, a feed, and what rules make of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property


class Verdict(Enum):
    """What a rule comes to."""

    PASS = "pass"  # noqa: S105  no password: a verdict
    WARN = "warn"
    """It is taken, and would be better otherwise."""
    FAIL = "fail"
    UNKNOWN = "unknown"
    """It could not be seen here, or nobody could verify that there is such a rule."""


@dataclass(frozen=True)
class Ruling:
    """One rule of a platform, held against one file or folder."""

    rule: str
    """Its id in the list of rules, as ``MP3-9``."""
    what: str
    value: float | str
    unit: str
    limit: str
    verdict: Verdict
    remedy: str
    where: str
    """The file it is about, or empty for the whole folder; never anybody's words."""
    verified: bool
    """Whether the rule itself was read, or somebody who quotes it."""
    source: str


@dataclass(frozen=True)
class Pixels:
    """A picture, by its first bytes."""

    form: str
    """``jpeg`` or ``png``."""
    width_px: int
    height_px: int
    colours: str
    """``RGB``, or what it is instead."""
    size_bytes: int = 0


@dataclass(frozen=True)
class Mpeg:
    """The frames of an MP3."""

    rate_hz: int
    channels: int
    least_kbit_per_s: int
    most_kbit_per_s: int
    frames: int
    """Of sound."""
    samples: int
    """What is left of them to be heard, by the header where there is one."""
    header: str
    """``Info`` or ``Xing`` where the first frame is one and says what players cut off, or empty."""
    stray_bytes: int
    """After the last frame, and no tag."""


@dataclass(frozen=True)
class Mark:
    """A chapter in a tag."""

    id: str
    titled: bool
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Contents:
    """A table of contents in a tag."""

    top: bool
    ordered: bool
    children: tuple[str, ...]


@dataclass(frozen=True)
class Tag:
    """The ID3 tag before the sound of an MP3."""

    version: str
    """As ``2.3``; empty where there is none."""
    size_bytes: int
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The first of each frame, by its name; of a ``TXXX`` by ``TXXX:`` and what it is called."""
    picture: Pixels | None = None
    marks: tuple[Mark, ...] = ()
    contents: tuple[Contents, ...] = ()
    damaged: bool = False


@dataclass(frozen=True)
class Levels:
    """A decoded track, in numbers."""

    frames: int
    rate_hz: int
    mix_lufs: float
    """Integrated loudness; what is mono counts as it is heard, from two speakers."""
    true_peak_dbtp: float
    peak_dbfs: float
    rms_dbfs: float
    """Of the whole track."""
    floor_dbfs: float
    """RMS of the quietest half second between the first and the last sound."""
    head_s: float
    tail_s: float
    """How long it is quiet before the first sound and after the last."""
    edge_dbfs: float
    """The highest peak in its first and last 20 ms."""
    speech_lufs: float | None = None
    """Where the timeline beside it says where somebody speaks."""

    @property
    def length_s(self) -> float:
        """Length in seconds, exact."""
        return self.frames / self.rate_hz


@dataclass(frozen=True)
class Planned:
    """What the timeline beside a track of ours says of it."""

    bell_at_end: bool
    disclosed_aloud: bool
    personal: bool
    """Whether a listener's detail is spoken in it."""
    synthetic: bool
    """Whether a synthetic voice speaks in it."""


@dataclass(frozen=True)
class Paper:
    """A transcript, or a list of chapters, in a file of its own."""

    form: str
    """``vtt``, ``srt`` or ``json``; empty where it is none of these."""
    entries: int
    last_ms: int
    """Where the last of them ends, or begins where it says no end."""
    faults: tuple[str, ...] = ()
    """What is wrong with it, without a word of it."""


@dataclass(frozen=True)
class Delivered:
    """One sound, whoever made it."""

    name: str
    size_bytes: int
    mpeg: Mpeg | None = None
    tag: Tag | None = None
    levels: Levels | None = None
    planned: Planned | None = None
    transcript: Paper | None = None
    chapters: Paper | None = None
    fault: str = ""
    """Why it could not be measured."""

    @property
    def synthetic(self) -> bool | None:
        """Whether the voice is nobody's; None where nothing says so."""
        if self.tag and self.tag.texts.get("TXXX:AI_VOICE"):
            return True
        return self.planned.synthetic if self.planned else None

    def said(self, frame: str) -> str:
        """What a frame of its tag says, or nothing."""
        return self.tag.texts.get(frame, "") if self.tag else ""


@dataclass(frozen=True)
class Element:
    """An element of a feed. Its name has the prefix that is usual for its namespace."""

    name: str
    attributes: Mapping[str, str] = field(repr=False)
    text: str = field(default="", repr=False)
    children: tuple[Element, ...] = field(default=(), repr=False)

    @cached_property
    def _by_name(self) -> Mapping[str, list[Element]]:
        """Sorted once: rules about each of many episodes ask the channel again for each of them."""
        found: dict[str, list[Element]] = {}
        for each in self.children:
            found.setdefault(each.name, []).append(each)
        return found

    def every(self, name: str) -> Iterator[Element]:
        """The elements of that name in it, not deeper."""
        return iter(self._by_name.get(name, ()))

    def first(self, name: str) -> Element | None:
        """The first of these, or None."""
        return next(self.every(name), None)

    def said(self, name: str) -> str:
        """The text of the first of these, or nothing."""
        found = self.first(name)
        return found.text if found else ""

    def told(self, name: str, attribute: str) -> str:
        """An attribute of the first of these, or nothing."""
        found = self.first(name)
        return found.attributes.get(attribute, "") if found else ""


@dataclass(frozen=True)
class Rss:
    """A feed as it was read."""

    root: Element
    spaces: Mapping[str, str]
    """The namespaces it declares, by prefix."""
    utf8: bool

    @property
    def channel(self) -> Element:
        """Its channel; an empty one where it has none."""
        return self.root.first("channel") or Element("channel", {})


@dataclass(frozen=True)
class Delivery:
    """A folder of finished tracks, or a site with a feed."""

    tracks: tuple[Delivered, ...]
    pictures: Mapping[str, Pixels | None]
    """By file name; None for one that is no picture."""
    files: frozenset[str]
    """The names of all that lies there."""
    seen: datetime
    """When it was looked at."""
    feed: Rss | None = None
    feed_fault: str = ""
    """Why its feed could not be read."""
