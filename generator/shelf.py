"""Where a finished track belongs, and whether it may go there."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from generator.audio import to_seconds
from generator.errors import UsageError, WriteError
from generator.model import Job

FORMAT_VERSION = 1
"""Part of every digest: raise it when the same job gives other bytes."""

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BYTES_PER_S = 16_000
_SIDE_BYTES = 2_000_000


def checked_label(label: str) -> str:
    """The label itself, proven to be a folder's name everywhere. Raises UsageError."""
    if not _LABEL.fullmatch(label) or _RESERVED.fullmatch(label) or label.endswith("."):
        raise UsageError(
            "a label is up to 64 letters, digits, dots, hyphens and underscores,"
            " beginning with a letter or a digit",
            where="--for",
        )
    return label


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
        return slug
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
        document = json.loads(mp3.with_suffix(".timeline.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def date(job: Job, mp3: Path) -> str:
    """The date a track carries: as asked, as it already carries, or today; a personal one none."""
    if job.listener.personal:
        return ""
    carried = sidecar(mp3).get("facts")
    before = carried.get("date") if isinstance(carried, dict) else ""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return job.date or (before if isinstance(before, str) and _DATE.fullmatch(before) else today)


def require_space(folder: Path, frames: int) -> None:
    """Raise WriteError when the track will not fit, before a minute is spent on it."""
    needed = round(to_seconds(frames) * _BYTES_PER_S) + _SIDE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise WriteError(
            f"needs {needed / 1e6:.0f} MB and has {free / 1e6:.1f} MB free",
            where=str(folder),
            remedy="Free some space or choose another folder with --out.",
        )
