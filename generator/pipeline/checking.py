"""A folder of finished tracks, or a site with its feed, measured for the rules of platforms.

Tracks may be anybody's. Each is decoded in blocks, some at once; the feed, the transcripts and the
tags are read by code of ours that looks at every byte once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from generator import gauge, pixels, platforms, shelf, supplied, system, verify
from generator.audio import RATE_HZ
from generator.errors import CheckError, MeditationError, UsageError
from generator.gauge import LIMITS, MOST_FEED_BYTES, MOST_PAPER_BYTES
from generator.model import (
    PUBLIC_LABEL,
    Delivered,
    Delivery,
    Paper,
    Pixels,
    Planned,
    Rss,
    Ruling,
    Stage,
    Timeline,
)
from generator.pipeline.proving import Progress, claimed
from generator.wording import wording

SOUNDS = (".mp3", ".m4b", ".m4a", ".flac", ".wav", ".ogg", ".opus")
MANIFEST = "manifest.json"
MOST_FILES = 20_000
_PAPERS = (shelf.TRANSCRIPT, ".srt", ".chapters.json")
"""What may lie beside a track, by how its name ends."""
_PICTURES = (".jpg", ".jpeg", ".png")
_ENDING_S = 60
"""A bell in the last minute is one at the end."""


@dataclass(frozen=True)
class _Opened:
    """A track before it is heard."""

    path: Path
    track: Delivered
    timeline: Timeline | None = field(default=None, repr=False)

    @property
    def seconds(self) -> int:
        """How long it is, roughly, for progress."""
        found = self.track.mpeg
        return found.samples // found.rate_hz if found else 0


def checked(platform: str, folder: Path, progress: Progress) -> tuple[Delivery, tuple[Ruling, ...]]:
    """What lies in a folder, and every rule of a platform held against it.

    Raises UsageError when the folder cannot be looked at.
    """
    found = delivery(folder, progress)
    return found, platforms.judge(platform, found)


def places(folder: Path, edition: str = "") -> tuple[Path, ...]:
    """The folders to look at: the one that is named, or the editions of a course in it.

    Of the folder of a course these are the public ones. Raises UsageError where there is nothing.
    """
    names = _names(folder)
    if platforms.FEED in names or any(_is_sound(name) for name in names):
        found: tuple[Path, ...] = (folder,)
    else:
        course = MANIFEST in names and (folder / PUBLIC_LABEL).is_dir()
        found = shelf.editions(folder / PUBLIC_LABEL if course else folder)
    chosen = tuple(each for each in found if edition in ("", each.name))
    if not chosen:
        there = ", ".join(each.name for each in found)
        raise UsageError(
            f"has no edition '{edition}'" if found else "holds no finished tracks and no feed",
            where=str(folder),
            remedy=f"There are: {there}." if found else "Name the folder in which they lie.",
        )
    return chosen


def delivery(folder: Path, progress: Progress) -> Delivery:
    """All that lies in one folder, measured. Raises UsageError."""
    names = _names(folder)
    feed, fault = _feed(folder, names)
    files, links = frozenset(names), _links(feed)
    opened = [_opened(folder / name, files, links) for name in names if _is_sound(name)]
    return Delivery(
        tracks=_heard(opened, progress),
        pictures={name: _pixels(folder / name) for name in names if _is_picture(name)},
        files=files,
        seen=datetime.now(UTC),
        feed=feed,
        feed_fault=fault,
    )


def _names(folder: Path) -> list[str]:
    try:
        names = sorted(each.name for each in islice(folder.iterdir(), MOST_FILES + 1))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no folder can be called so"
        remedy = "Name a folder of tracks, as output/public, or a site."
        what = f"cannot be looked at ({why})"
        raise UsageError(what, where=str(folder), remedy=remedy) from error
    if len(names) > MOST_FILES:
        raise UsageError(f"holds more than {MOST_FILES:,} files", where=str(folder))
    return [name for name in names if not name.startswith(".")]


def _is_sound(name: str) -> bool:
    return name.lower().endswith(SOUNDS)


def _is_picture(name: str) -> bool:
    return name.lower().endswith(_PICTURES)


def _feed(folder: Path, names: Collection[str]) -> tuple[Rss | None, str]:
    """The feed that lies there, or why it cannot be read."""
    if platforms.FEED not in names:
        return None, ""
    try:
        content = system.read_plain(folder / platforms.FEED, MOST_FEED_BYTES)
        return gauge.feed(content), ""
    except CheckError as error:
        return None, str(error)
    except OSError as error:
        return None, f"cannot be read ({error.strerror})"


def _links(feed: Rss | None) -> Mapping[str, list[str]]:
    """Which files a feed says belong to a sound, by its file name."""
    links: dict[str, list[str]] = {}
    for item in feed.channel.every("item") if feed else ():
        every = (*item.every("podcast:transcript"), *item.every("podcast:chapters"))
        names = [platforms.file_of(each.attributes.get("url", "")) for each in every]
        links[platforms.file_of(item.told("enclosure", "url"))] = names
    return links


def _opened(path: Path, files: Collection[str], links: Mapping[str, list[str]]) -> _Opened:
    """What a sound says of itself, and what lies beside it; nothing is decoded yet."""
    beside = links.get(path.name) or [shelf.beside(path, ending).name for ending in _PAPERS]
    there = [name for name in beside if name in files]
    words = next((name for name in there if name.endswith((".vtt", ".srt"))), "")
    chapters = next((name for name in there if name.endswith(".json")), "")
    track = Delivered(path.name, 0, transcript=_paper(path, words), chapters=_paper(path, chapters))
    try:
        with supplied.opened(path, LIMITS) as file:
            track = replace(track, size_bytes=path.stat().st_size)
            if path.suffix.lower() != SOUNDS[0]:
                return _Opened(path, track)
            track = replace(track, tag=gauge.tag(file), mpeg=gauge.mpeg(file))
    except (MeditationError, OSError) as error:
        return _Opened(path, replace(track, fault=_why(error)))
    timeline, planned = _planned(path, track)
    return _Opened(path, replace(track, planned=planned), timeline)


def _why(error: MeditationError | OSError) -> str:
    return (
        error.what if isinstance(error, MeditationError) else f"cannot be read ({error.strerror})"
    )


def _planned(path: Path, track: Delivered) -> tuple[Timeline | None, Planned | None]:
    """What the timeline beside a track says, if it is one of this track."""
    try:
        claim = claimed(path)
    except CheckError:
        return None, None
    timeline, say = claim.timeline, wording(claim.facts.language)
    if track.mpeg is None or (track.mpeg.rate_hz, track.mpeg.samples) != (RATE_HZ, timeline.frames):
        return None, None
    last_word = max((each.end_frame for each in timeline.voiced), default=0)
    ending = min(last_word, timeline.frames - _ENDING_S * RATE_HZ)
    disclosure = (say.spoken_disclosure, say.spoken_partly)
    planned = Planned(
        bell_at_end=any(each.start_frame >= ending for each in timeline.strikes),
        disclosed_aloud=any(each.text in disclosure for each in timeline.spoken),
        personal=any(each.phrase.personal for each in timeline.spoken),
        synthetic=claim.facts.synthetic,
    )
    return timeline, planned


def _paper(track: Path, name: str) -> Paper | None:
    """The transcript or the chapters of that name; None where there are none."""
    if not name:
        return None
    form = name.rpartition(".")[2]
    try:
        content = system.read_plain(track.with_name(name), MOST_PAPER_BYTES)
    except OSError as error:
        return Paper(form, 0, 0, (f"it cannot be read ({error.strerror})",))
    return gauge.chapters(content) if form == "json" else gauge.transcript(content, form)


def _pixels(path: Path) -> Pixels | None:
    try:
        with system.open_plain(path) as file:
            found = pixels.header(file)
            return found and replace(found, size_bytes=path.stat().st_size)
    except OSError:
        return None


def _heard(opened: list[_Opened], progress: Progress) -> tuple[Delivered, ...]:
    """The tracks with their levels, as many at once as there are cores."""
    told = _Told(progress, sum(each.seconds for each in opened))
    with ThreadPoolExecutor(system.cores()) as crew:
        try:
            return tuple(crew.map(partial(_listened, tell=told.heard), opened))
        except BaseException:
            told.stopped = True
            crew.shutdown(wait=False, cancel_futures=True)
            raise


class _Told:
    """Progress over tracks that are heard at the same time."""

    def __init__(self, progress: Progress, of: int) -> None:
        self._progress, self._of, self._done = progress, of, 0.0
        self._lock = threading.Lock()
        self.stopped = False

    def heard(self, seconds: float) -> None:
        """Take note of so much more; whoever was called off is told so."""
        if self.stopped:
            raise CheckError("stopped")
        with self._lock:
            self._done += seconds
            self._progress(Stage.MEASURE, min(round(self._done), self._of), self._of)


def _listened(opened: _Opened, tell: Callable[[float], None]) -> Delivered:
    """A track with its levels, decoded to its end; of one that cannot be, why."""
    track = opened.track
    if track.mpeg is None:
        return track
    ear = gauge.Ear(track.mpeg)
    try:
        for block in gauge.decoded(opened.path, track.mpeg):
            ear.hear(block)
            tell(len(block) / track.mpeg.rate_hz)
        return replace(track, levels=ear.levels(_speech_lufs(opened.timeline, ear)))
    except CheckError as error:
        return replace(track, fault=error.what)


def _speech_lufs(timeline: Timeline | None, ear: gauge.Ear) -> float | None:
    if timeline is None or not timeline.spoken:
        return None
    return verify.speech_lufs(timeline, ear.energies())
