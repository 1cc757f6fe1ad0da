"""What lies beside a track, and which files in a folder are tracks of ours."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

from generator.model import FORMATS, Job
from generator.system import half_made, read_plain

SIDECAR, TRANSCRIPT = ".timeline.json", ".vtt"
FAILED = ".failed"
"""Ends the name of a track that did not pass its checks; its report is called ``REPORT``."""
REPORT = f"{FAILED}.json"
MADE_FROM = "made_from"
"""Under what a timeline holds the marks of all that its track was made from."""
SHA256 = "sha256"
"""Under what it says which bytes its track has: one that was renamed alone is told by it."""

_EDITION = re.compile(r"natural|\d{1,3}m(?:\d\ds)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_SIDECAR_BYTES = 32 << 20


def beside(track: Path, ending: str) -> Path:
    """Where something lies that goes with a track.

    With an MP3 it shares the stem; with the same track in another format, which may be of other
    inputs, it is called after the whole name: ``small.vtt``, ``small.flac.vtt``.
    """
    name = track.stem if track.suffix == f".{FORMATS[0]}" else track.name
    return track.with_name(f"{name}{ending}")


def _of(document: Path, ending: str) -> Path:
    """The track that something with this ending lies beside."""
    name = document.name.removesuffix(ending)
    other = name.rpartition(".")[2] in FORMATS[1:]
    return document.with_name(name if other else f"{name}.{FORMATS[0]}")


def sidecar(track: Path) -> dict[str, Any]:
    """The timeline beside a track, or nothing when there is none that can be read."""
    return _document(beside(track, SIDECAR))


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(read_plain(path, _MOST_SIDECAR_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def ours(folder: Path) -> tuple[Path, ...]:
    """The files of tracks in a label's folder, and what a killed render left; nothing else there.

    In the order in which they may be removed: what proves a track to be ours is the last of it.
    The folders of a course's editions are looked into too, before what lies above them.
    """
    return tuple(path for each in (*editions(folder), folder) for path in _ours(each))


def editions(folder: Path) -> tuple[Path, ...]:
    """The folders in a label's folder in which a course's tracks lie; links lead out of it."""
    found = sorted(each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())
    return tuple(each for each in found if is_edition(each.name))


def is_edition(name: str) -> bool:
    """Whether the folder of a course's edition is called so."""
    return _EDITION.fullmatch(name) is not None


def _ours(folder: Path) -> tuple[Path, ...]:
    made = sorted(path for path in folder.glob(".*") if half_made(path.name))
    for document in sorted(folder.glob(f"*{SIDECAR}")):
        track = _of(document, SIDECAR)
        if {"schema", "rate_hz", "inputs"} <= sidecar(track).keys():
            made += [track, beside(track, TRANSCRIPT), document]
    for document in sorted(folder.glob(f"*{REPORT}")):
        if {"schema", "rate_hz", "inputs", "checks"} <= _document(document).keys():
            track = _of(document, REPORT)
            made += [track.with_name(f"{track.name}{FAILED}"), document]
    return tuple(path for path in made if path.is_file() and not path.is_symlink())


def date(job: Job, track: Path) -> str:
    """The date a track carries: as asked, as it already carries, or today; a personal one none."""
    if job.listener.personal:
        return ""
    carried = sidecar(track).get("facts")
    before = carried.get("date") if isinstance(carried, dict) else ""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return job.date or (before if isinstance(before, str) and _DATE.fullmatch(before) else today)
