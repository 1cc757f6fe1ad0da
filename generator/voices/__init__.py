"""Voices: as TOML files describe them, the user's own first; all that speak online; and all that
can be installed.

A file with ``engine = "gtts"`` names a favourite: its language decides the rest, and what else it
says goes before that.
"""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from generator.errors import UsageError, VoiceError, nearest
from generator.model import Voice
from generator.voices import kokoro, online
from generator.voices.kokoro import FOLDER as MODELS
from generator.voices.kokoro import Installable

__all__ = [
    "DEFAULT",
    "MODELS",
    "Installable",
    "available",
    "everywhere",
    "file_of",
    "installable",
    "installables",
    "load",
    "survey",
]

DEFAULT = "joe"

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_FAVOURITE = frozenset({"name", "folder", "engine", "language", "narrator", "pace"})
"""What a favourite may say; its service and what is true of it are not the user's to change."""
_OWN = frozenset({"name", "folder", "sends_to", "dry"})
"""Known from where the file lies or from the engine, not from what the file says."""


def available(folders: Sequence[Path]) -> tuple[str, ...]:
    """Names of all voices with a file, sorted; the same name in two folders counts once."""
    found = {path.stem for folder in folders for path in folder.glob("*.toml")}
    return tuple(sorted(name for name in found if _NAME.fullmatch(name)))


def survey(folders: Sequence[Path]) -> tuple[tuple[Voice, ...], dict[str, VoiceError]]:
    """All voices with a file, and what is wrong with those that cannot be read, by their names."""
    found, broken = [], {}
    for name in available(folders):
        try:
            found.append(load(name, folders))
        except VoiceError as error:
            broken[name] = error
    return tuple(found), broken


def everywhere() -> tuple[str, ...]:
    """Names of all online voices, sorted: they need no file."""
    return online.names()


def installables() -> tuple[Installable, ...]:
    """All voices that can be installed, what is recommended first."""
    return tuple(each for each in map(kokoro.named, kokoro.names()) if each)


def installable(name: str) -> Installable:
    """The voice of that name that can be installed. Raises UsageError when there is none."""
    if found := kokoro.named(name):
        return found
    raise UsageError(f"there is no voice '{name}' to install", remedy=nearest(name, kokoro.names()))


def file_of(voice: Voice) -> str:
    """The TOML file that describes a voice, for :func:`load` to read."""
    kept = [each for each in fields(Voice) if each.name not in _OWN | {"name", "folder"}]
    said = {each.name: getattr(voice, each.name) for each in kept}
    told = {each.name: each.default for each in kept if each.default is not MISSING}
    lines = [f"{key} = {_toml(each)}\n" for key, each in said.items() if told.get(key) != each]
    return "".join(lines)


def _toml(value: str | float | bool) -> str:
    return json.dumps(value, ensure_ascii=False)


def load(name: str, folders: Sequence[Path]) -> Voice:
    """The voice of that name. Raises UsageError when there is none, VoiceError when broken."""
    for folder in folders:
        path = folder / f"{name}.toml"
        if _NAME.fullmatch(name) and path.is_file():
            return _parse(name, path)
    if voice := online.named(name):
        return voice
    if found := kokoro.named(name):
        raise UsageError(
            "is not installed",
            where=f"voice {name}",
            remedy=f"meditate voices install {found.voice.name}",
        )
    known = available(folders)
    for prefix, more in ((online.PREFIX, online.names()), (kokoro.PREFIX, kokoro.names())):
        known += more if name.startswith(prefix) else ()
    raise UsageError(f"there is no voice '{name}'", remedy=nearest(name, known))


def _parse(name: str, path: Path) -> Voice:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise VoiceError(f"is not a valid voice file ({error})", where=str(path)) from error
    wanted = {each.name: each for each in fields(Voice) if each.name not in _OWN}
    favourite = content.get("engine") == "gtts"
    for key in content:
        if key not in wanted:
            raise VoiceError(f"unknown key '{key}'", where=str(path), remedy=nearest(key, wanted))
    for key, each in wanted.items():
        optional = each.default is not MISSING or (favourite and key != "language")
        if key not in content and not optional:
            raise VoiceError(f"'{key}' is missing", where=str(path))
        if key in content and not _fits(content[key], str(each.type)):
            raise VoiceError(f"'{key}' must be {each.type}", where=str(path))
    known = {"name": name, "folder": path.parent, **_numbers(content, wanted)}
    voice = _favourite(known, path) if favourite else Voice(**known)
    return _bounded(voice, path)


def _favourite(known: dict[str, Any], path: Path) -> Voice:
    """The online voice of that language, as its file wants it. A pace moves the estimate along."""
    base = online.speaking(known["language"])
    if base is None:
        raise VoiceError(
            "'language' must be one that an online voice speaks",
            where=str(path),
            remedy="As in en-GB or es-MX: 'meditate voices --online' lists them.",
        )
    for key in known.keys() - _FAVOURITE:
        raise VoiceError(f"an online voice knows no '{key}'", where=str(path))
    pace = known.get("pace", base.pace)
    known.setdefault("characters_per_s", base.characters_per_s * pace / base.pace)
    return dataclasses.replace(base, **known)


def _fits(value: object, kind: str) -> bool:
    if kind == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "bool":
        return isinstance(value, bool)
    return isinstance(value, str)


def _numbers(content: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: float(value) if wanted[key].type == "float" else value
        for key, value in content.items()
    }


def _bounded(voice: Voice, path: Path) -> Voice:
    for key, least, most in (
        ("pace", 0.4, 1.6),
        ("nominal_lufs", -60.0, 0.0),
        ("characters_per_s", 2.0, 40.0),
        ("estimate_within", 0.0, 0.5),
    ):
        if not least <= getattr(voice, key) <= most:
            raise VoiceError(f"'{key}' must lie between {least:g} and {most:g}", where=str(path))
    if voice.commercial not in ("yes", "no", "unclear"):
        raise VoiceError("'commercial' must be yes, no or unclear", where=str(path))
    return voice
