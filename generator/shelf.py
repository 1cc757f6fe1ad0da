"""Where a finished track belongs, and whether it may go there."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.audio import to_seconds
from generator.errors import UsageError, WriteError
from generator.label import is_reserved
from generator.model import FORMATS, PARTS, Job, Timeline
from generator.system import half_made, read_plain

FORMAT_VERSION = 4
"""Part of every digest: raise it when the same job gives other bytes."""

SIDECAR, TRANSCRIPT = ".timeline.json", ".vtt"
FAILED = ".failed"
"""Ends the name of a track that did not pass its checks; its report is called ``REPORT``."""
REPORT = f"{FAILED}.json"

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BYTES_PER_S = {"mp3": 16_000, "m4b": 16_500, "ogg": 17_000, "flac": 288_000, "wav": 288_000}
_STEMS_BYTES_PER_S = 3 * 288_000
_CLIP_BYTES_PER_S = 75_000
"""The track's own copies of its clips, while it is made: 56,000 were measured."""
_RECORDING_BYTES_PER_S = 384_000
"""A recording as raw samples, for as long as the track is made."""
_SIDE_BYTES = 2_000_000
_MOST_SIDECAR_BYTES = 32 << 20


def check_label(label: str, folders: Iterable[Path]) -> None:
    """Raise UsageError when the label would mean another's folder, or one elsewhere.

    Names that differ only by capital letters are one folder on some systems, and a link leads out.
    """
    for folder in folders:
        for place in (folder / label, folder / label / "clips"):
            if place.is_symlink():
                raise UsageError("is a link", where=str(place), remedy="Use another --for.")
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
    """The file's name without its ending: the script, the length asked for, the chapter."""
    slug = job.script.slug.replace("/", "-")
    if job.length_s is not None:
        minutes, seconds = divmod(round(job.length_s), 60)
        slug += f"-{minutes}m" + (f"{seconds:02}s" if seconds else "")
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
    if job.inserts:
        made_from["inserts"] = [own.digest for _name, own in sorted(job.inserts.items())]
    if job.listener.said:
        made_from["said"] = sorted(job.listener.said.items())
    if job.lexicon:
        made_from["lexicon"] = sorted(
            (word, how.spelled, how.ipa) for word, how in job.lexicon.items()
        )
    if job.takes:
        made_from["takes"] = sorted(job.takes.items())
    if job.chapter:
        made_from["chapter"] = job.chapter.casefold()
    if job.picture:
        made_from["picture"] = job.picture.digest
    canonical = json.dumps(made_from, sort_keys=True).encode()
    return hashlib.blake2b(canonical, key=secret, digest_size=16).hexdigest()


def admit(job: Job, inputs: Collection[str]) -> Path:
    """The path of the track to be, once nothing stands in its way.

    A track made from any of these inputs may be made again; one made from others is replaced only
    with ``force``. Raises UsageError otherwise.
    """
    path = job.out / job.label / f"{stem(job)}.{job.format}"
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
    for extra in extras(job):
        admit_extra(extra, force=job.force)
    return path


def extras(job: Job) -> tuple[Path, ...]:
    """What is made beside the track, at places of the user's own: the stems, and the picture."""
    return (*stems(job), *([job.graph] if job.graph else []))


def stems(job: Job) -> tuple[Path, ...]:
    """Where voice, bed and bells go one by one, in the order of ``PARTS``; or nothing."""
    folder = job.stems
    return tuple(folder / f"{stem(job)}.{part}.flac" for part in PARTS) if folder else ()


def admit_extra(path: Path, *, force: bool) -> None:
    """Raise UsageError when something stands in the way of a file at a place of the user's own."""
    if not path.parent.is_dir():
        raise UsageError("there is no such folder", where=str(path.parent), remedy="Make it first.")
    if path.is_dir():
        raise UsageError("is a folder", where=str(path), remedy="Choose another place.")
    if os.path.lexists(path) and not force:
        raise UsageError("exists already", where=str(path), remedy="Use --force to replace it.")


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
    """
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


def require_space(job: Job, timeline: Timeline) -> None:
    """Raise WriteError when there is no room for it all, before a minute is spent on it."""
    beside = _RECORDING_BYTES_PER_S if job.recording else 0
    track_bytes = to_seconds(timeline.frames) * (_BYTES_PER_S[job.format] + beside)
    clip_bytes = to_seconds(timeline.speech_frames) * _CLIP_BYTES_PER_S
    insert_bytes = sum(to_seconds(each.frames) for each in timeline.inserts)
    insert_bytes *= _RECORDING_BYTES_PER_S
    _require(job.out / job.label, track_bytes + clip_bytes + insert_bytes)
    if job.stems:
        _require(job.stems, to_seconds(timeline.frames) * _STEMS_BYTES_PER_S)


def _require(folder: Path, size_bytes: float) -> None:
    needed = round(size_bytes) + _SIDE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise WriteError(
            f"needs {needed / 1e6:.0f} MB and has {free / 1e6:.1f} MB free",
            where=str(folder),
            remedy="Free some space or choose another folder with --out.",
        )
