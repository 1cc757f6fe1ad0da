"""Where a finished track belongs, and whether it may go there."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.audio import to_seconds
from generator.errors import UsageError, WriteError
from generator.model import Job, Timeline
from generator.system import half_made, read_plain

FORMAT_VERSION = 1
"""Part of every digest: raise it when the same job gives other bytes."""

SIDECAR = ".timeline.json"

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BYTES_PER_S = 16_000
_CLIP_BYTES_PER_S = 75_000
"""The track's own copies of its clips, while it is made: 56,000 were measured."""
_SIDE_BYTES = 2_000_000
_MOST_SIDECAR_BYTES = 32 << 20


def checked_label(label: str, where: str = "--for") -> str:
    """The label itself, proven to be a folder's name everywhere. Raises UsageError."""
    if not _LABEL.fullmatch(label) or _RESERVED.fullmatch(label) or label.endswith("."):
        raise UsageError(
            "a label is up to 64 letters, digits, dots, hyphens and underscores,"
            " beginning with a letter or a digit",
            where=where,
        )
    return label


def check_label(label: str, folders: Iterable[Path]) -> None:
    """Raise UsageError when the label would mean another's folder, or one elsewhere.

    Names that differ only by capital letters are one folder on some systems, and a link leads out.
    """
    for folder in folders:
        if (folder / label).is_symlink():
            raise UsageError("is a link", where=str(folder / label), remedy="Use another --for.")
        if any(each != label and each.casefold() == label.casefold() for each in _names(folder)):
            raise UsageError(
                "the label differs from one that is there by nothing but capital letters",
                where="--for",
                remedy="Write it as it is there, or use another.",
            )


def _names(folder: Path) -> list[str]:
    try:
        return [each.name for each in folder.iterdir()]
    except OSError:
        return []


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


def new_label() -> str:
    """A label nobody has, that says nothing about anybody."""
    return f"guest-{secrets.token_hex(4)}"


def stem(job: Job) -> str:
    """The file's name without its ending: the script, and the length when one was asked for."""
    slug = job.script.slug.replace("/", "-")
    if job.length_s is None:
        return f"script-{slug}" if _RESERVED.fullmatch(slug) else slug
    minutes, seconds = divmod(round(job.length_s), 60)
    return f"{slug}-{minutes}m" + (f"{seconds:02}s" if seconds else "")


def digest(job: Job, speech: Mapping[str, object], secret: bytes) -> str:
    """What identifies all that a track is made from; keyed, so nobody can test guesses on it."""
    made_from = {
        "format": FORMAT_VERSION,
        "script": [job.script.body, sorted(job.script.parts.items()), job.script.title],
        "lists": sorted(job.script.lists.items()),
        "defaults": sorted((field.name, field.default) for field in job.script.fields),
        "summary": job.script.summary,
        "language": job.script.language,
        "answers": sorted(job.listener.answers.items()),
        "switches": sorted(job.listener.switches.items()),
        "speech": sorted(speech.items()),
        "narrator": [job.voice.narrator, job.voice.synthetic],
        "profile": dataclasses.astuple(job.profile),
        "length_s": job.length_s,
        "bed": job.recording.digest if job.recording else job.bed,
        "seed": job.seed,
        "ringing": dataclasses.asdict(job.ringing),
        "with_text": job.with_text,
    }
    if job.picture:
        made_from["picture"] = job.picture.digest
    canonical = json.dumps(made_from, sort_keys=True).encode()
    return hashlib.blake2b(canonical, key=secret, digest_size=16).hexdigest()


def admit(job: Job, inputs: Collection[str]) -> Path:
    """The path of the track to be, once nothing stands in its way.

    A track made from any of these inputs may be made again; one made from others is replaced only
    with ``force``. Raises UsageError otherwise.
    """
    path = job.out / job.label / f"{stem(job)}.mp3"
    if path.is_dir():
        raise UsageError("is a folder", where=str(path), remedy="Move it, or use another --for.")
    if not path.resolve().is_relative_to(job.out.resolve()):
        raise UsageError("leads out of its folder", where=str(path), remedy="Use another --for.")
    if path.exists() and not job.force and sidecar(path).get("inputs") not in inputs:
        raise UsageError(
            "exists already and was made from other inputs",
            where=str(path),
            remedy="Use --force to replace it, or another --for.",
        )
    return path


def sidecar(mp3: Path) -> dict[str, Any]:
    """The timeline beside a track, or nothing when there is none that can be read."""
    try:
        document = json.loads(read_plain(mp3.with_suffix(SIDECAR), _MOST_SIDECAR_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def ours(folder: Path) -> tuple[Path, ...]:
    """The files of tracks in a label's folder, and what a killed render left; nothing else there.

    In the order in which they may be removed: what proves a track to be ours is the last of it.
    """
    made = sorted(path for path in folder.glob(".*") if half_made(path.name))
    for document in sorted(folder.glob(f"*{SIDECAR}")):
        track = document.with_name(f"{document.name.removesuffix(SIDECAR)}.mp3")
        if {"schema", "rate_hz", "inputs"} <= sidecar(track).keys():
            made += [track, track.with_suffix(".vtt"), document]
    return tuple(path for path in made if path.is_file() and not path.is_symlink())


def date(job: Job, mp3: Path) -> str:
    """The date a track carries: as asked, as it already carries, or today; a personal one none."""
    if job.listener.personal:
        return ""
    carried = sidecar(mp3).get("facts")
    before = carried.get("date") if isinstance(carried, dict) else ""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return job.date or (before if isinstance(before, str) and _DATE.fullmatch(before) else today)


def require_space(folder: Path, timeline: Timeline) -> None:
    """Raise WriteError when track and clips will not fit, before a minute is spent on them."""
    track_bytes = to_seconds(timeline.frames) * _BYTES_PER_S
    clip_bytes = to_seconds(timeline.speech_frames) * _CLIP_BYTES_PER_S
    needed = round(track_bytes + clip_bytes) + _SIDE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise WriteError(
            f"needs {needed / 1e6:.0f} MB and has {free / 1e6:.1f} MB free",
            where=str(folder),
            remedy="Free some space or choose another folder with --out.",
        )
