"""Where a finished track belongs, whether it may go there, and whether there is room."""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Collection
from pathlib import Path

from generator.asked import edition
from generator.audio import to_seconds
from generator.errors import UsageError, WriteError
from generator.label import is_reserved
from generator.model import PARTS, Job, Timeline
from generator.shelf.beside import sidecar

_BYTES_PER_S = {"mp3": 16_000, "m4b": 16_500, "ogg": 17_000, "flac": 288_000, "wav": 288_000}
_STEMS_BYTES_PER_S = 3 * 288_000
_CLIP_BYTES_PER_S = 75_000
"""The track's own copies of its clips, while it is made: 56,000 were measured."""
_RECORDING_BYTES_PER_S = 384_000
"""A recording as raw samples, for as long as the track is made."""
_SIDE_BYTES = 2_000_000


def checked_place(path: Path | str, where: str) -> Path:
    """The path itself, proven to be one that could be there. Raises UsageError."""
    try:
        str(path).encode()  # what is no text, the readers of sound cannot open
        Path(path).lstat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a name"
        what = f"no file or folder of yours can be there ({why})"
        raise UsageError(what, where=where, remedy="Choose another.") from error
    return Path(path)


def checked_date(text: str) -> str:
    """A date as ``YYYY-MM-DD``, or nothing. Raises UsageError."""
    try:
        return datetime.date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise UsageError("a date is written like 2026-05-01", where="--date") from error


def folder(job: Job) -> Path:
    """The listener's, and in a course that of the edition in it."""
    own = job.out / job.label
    return own / job.seat.edition if job.seat else own


def path(job: Job) -> Path:
    """Where the track belongs."""
    return folder(job) / f"{stem(job)}.{job.format}"


def stem(job: Job) -> str:
    """The file's name without its ending: the script, the length asked for, the chapter.

    In a course it begins with the number of the track, and its folder tells the length.
    """
    slug = job.script.slug.replace("/", "-")
    if job.seat:
        digits = max(2, len(str(job.seat.of)))
        return f"{job.seat.number:0{digits}}-{slug}"
    if job.length_s is not None:
        slug += f"-{edition(job.length_s)}"
    if job.chapter:
        slug += f"-{_plain(job.chapter)}"
    return f"script-{slug}" if is_reserved(slug) else slug


def _plain(title: str) -> str:
    """A chapter's title as part of a file's name; two that differ only otherwise stay apart."""
    letters = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    if plain == title.casefold().replace(" ", "-"):
        return plain
    mark = hashlib.blake2b(title.casefold().encode(), digest_size=2).hexdigest()
    return f"{plain}-{mark}".strip("-")


def admit(job: Job, inputs: Collection[str]) -> Path:
    """The path of the track to be, once nothing stands in its way.

    A track made from any of these inputs may be made again; one made from others is replaced only
    with ``force``. Raises UsageError otherwise.
    """
    place = path(job)
    if os.path.isdir(place):  # noqa: PTH112  whoever may not look is told so when it is made
        raise UsageError("is a folder", where=str(place), remedy="Move it, or use another --for.")
    if not place.resolve().is_relative_to(job.out.resolve()):
        raise UsageError("leads out of its folder", where=str(place), remedy="Use another --for.")
    if not job.force and place.exists() and sidecar(place).get("inputs") not in inputs:
        raise UsageError(
            "exists already and was made from other inputs",
            where=str(place),
            remedy="Use --force to replace it, or another --for.",
        )
    for extra in extras(job):
        admit_extra(extra, force=job.force)
    return place


def extras(job: Job) -> tuple[Path, ...]:
    """What is made beside the track, at places of the user's own: the stems, and the picture."""
    return (*stems(job), *([job.graph] if job.graph else []))


def stems(job: Job) -> tuple[Path, ...]:
    """Where voice, bed and bells go one by one, in the order of ``PARTS``; or nothing."""
    folder = job.stems
    return tuple(folder / f"{stem(job)}.{part}.flac" for part in PARTS) if folder else ()


def admit_extra(place: Path, *, force: bool) -> None:
    """Raise UsageError when something stands in the way of a file at a place of the user's own."""
    if not place.parent.is_dir():
        raise UsageError(
            "there is no such folder", where=str(place.parent), remedy="Make it first."
        )
    if place.is_dir():
        raise UsageError("is a folder", where=str(place), remedy="Choose another place.")
    if os.path.lexists(place) and not force:
        raise UsageError("exists already", where=str(place), remedy="Use --force to replace it.")


def require_space(job: Job, timeline: Timeline) -> None:
    """Raise WriteError when there is no room for it all, before a minute is spent on it."""
    beside = _RECORDING_BYTES_PER_S if job.recording else 0
    track_bytes = to_seconds(timeline.frames) * (_BYTES_PER_S[job.format] + beside)
    clip_bytes = to_seconds(timeline.speech_frames) * _CLIP_BYTES_PER_S
    insert_bytes = sum(to_seconds(each.frames) for each in timeline.inserts)
    insert_bytes *= _RECORDING_BYTES_PER_S
    _require(folder(job), track_bytes + clip_bytes + insert_bytes)
    if job.stems:
        _require(job.stems, to_seconds(timeline.frames) * _STEMS_BYTES_PER_S)


def _require(place: Path, size_bytes: float) -> None:
    needed = round(size_bytes) + _SIDE_BYTES
    free = shutil.disk_usage(place).free
    if free < needed:
        raise WriteError(
            f"needs {needed / 1e6:.0f} MB and has {free / 1e6:.1f} MB free",
            where=str(place),
            remedy="Free some space or choose another folder with --out.",
        )
