"""Voices: as TOML files describe them, the user's own first; as plugins do; all that speak online;
and all that can be installed.

A file with ``engine = "gtts"`` or the name of a plugin names a favourite: what is known of that
voice stays, but for its language, narrator and pace.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from pathlib import Path

from generator import plugins, toml
from generator.errors import UsageError, VoiceError, nearest
from generator.model import RECORDED, Voice
from generator.system import open_plain
from generator.voices import checking, kokoro, online, served
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
    "is_name",
    "load",
    "of_recordings",
    "plugged",
    "survey",
]

DEFAULT = "joe"

_MOST_BYTES = 64 << 10
"""Of a voice file; a longer one is no TOML where it is cut."""
_MOST_NARRATOR = 80
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_OUR_ENGINES = frozenset({"gtts", "kokoro", "piper", served.ENGINE, RECORDED})
_FAVOURITE = frozenset({"engine", "language", "narrator", "pace"})
"""What a favourite may say; its service and what is true of it are not the user's to change."""


def is_name(name: str) -> bool:
    """Whether a voice can be called so."""
    return _NAME.fullmatch(name) is not None


def available(folders: Sequence[Path]) -> tuple[str, ...]:
    """Names of all voices with a file, sorted; the same name in two folders counts once."""
    files = (path for folder in folders for path in folder.glob("*.toml") if path.is_file())
    found = {path.stem for path in files}
    return tuple(sorted(filter(is_name, found)))


def plugged() -> tuple[str, ...]:
    """Names of all voices that other distributions bring along, sorted; some may be broken."""
    return tuple(plugins.found())


def survey(folders: Sequence[Path]) -> tuple[tuple[Voice, ...], dict[str, VoiceError]]:
    """All voices with a file or of a plugin, and what is wrong with the broken, by their names."""
    found, broken = [], {}
    for name in dict.fromkeys((*available(folders), *plugged())):
        try:
            found.append(load(name, folders))
        except VoiceError as error:
            broken[name] = error
    return tuple(found), broken


def everywhere() -> tuple[str, ...]:
    """Names of all online voices that need no file, sorted."""
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
    """The voice as a TOML file that :func:`load` reads back: all but what goes without saying."""
    said = {key: getattr(voice, key) for key in checking.KEYS}
    told = [key for key, each in checking.KEYS.items() if said[key] != each.default]
    return "".join(f"{key} = {json.dumps(said[key], ensure_ascii=False)}\n" for key in told)


def load(name: str, folders: Sequence[Path]) -> Voice:
    """The voice of that name. Raises UsageError when there is none, VoiceError when broken."""
    for folder in folders:
        path = folder / f"{name}.toml"
        if is_name(name) and path.is_file():
            return _parse(name, path)
    if voice := online.named(name):
        return voice
    if found := kokoro.named(name):
        raise UsageError(
            "is not installed",
            where=f"voice {name}",
            remedy=f"meditate voices install {found.voice.name}",
        )
    others = plugins.found()
    if name in others:
        return _plugged(others[name])
    known = (*available(folders), *others)
    for prefix, more in ((online.PREFIX, online.names()), (kokoro.PREFIX, kokoro.names())):
        known += more if name.startswith(prefix) else ()
    raise UsageError(f"there is no voice '{name}'", remedy=nearest(name, known))


def of_recordings(name: str, folder: Path, language: str, narrator: str = "") -> Voice:
    """The voice that a person's recordings in ``folder / name`` are, or will be.

    What its file says already stays, but for the narrator when another is named. Raises UsageError
    when no voice can be called so, or one of another engine is.
    """
    if not is_name(name):
        raise UsageError(
            "a voice is called by up to 64 small letters, digits and hyphens",
            where="--to",
            remedy="As in --to voices/me.",
        )
    if not narrator.isprintable() or len(narrator) > _MOST_NARRATOR:
        raise UsageError(
            f"is up to {_MOST_NARRATOR} characters that can be seen", where="--narrator"
        )
    path = folder / f"{name}.toml"
    if not path.is_file():
        return Voice(
            *(name, RECORDED, narrator or name, language, 1.0, -26.0, 14.0),
            licence="the speaker's own",
            licence_of_base="none",
            commercial="unclear",
            synthetic=False,
            model=name,
            folder=folder,
            estimate_within=0.15,
        )
    voice = _parse(name, path)
    if voice.engine != RECORDED:
        raise UsageError(
            f"is a voice of {voice.engine}", where=str(path), remedy="Use another --to."
        )
    return dataclasses.replace(voice, narrator=narrator or voice.narrator)


def _parse(name: str, path: Path) -> Voice:
    where, folder = str(path), path.parent
    try:
        with open_plain(path) as file:
            said = toml.read(file.read(_MOST_BYTES).decode("utf-8"))
    except (OSError, ValueError) as error:
        raise VoiceError(f"is not a valid voice file ({error})", where=where) from error
    engine = said.get("engine")
    if engine == "gtts":
        base = _online(said.get("language"), where)
        return checking.changed(base, said, where, _FAVOURITE, name=name, folder=folder)
    if engine == served.ENGINE:
        return served.voice(said, where, name, folder)
    if isinstance(engine, str) and engine not in _OUR_ENGINES and engine in (by := plugins.found()):
        base = _plugged(by[engine])
        return checking.changed(base, said, where, _FAVOURITE, name=name, folder=folder)
    return checking.whole(said, where, name=name, folder=folder)


def _online(language: object, where: str) -> Voice:
    """The online voice of that language."""
    base = online.speaking(language) if isinstance(language, str) else None
    if base is None:
        raise VoiceError(
            "'language' must be one that an online voice speaks",
            where=where,
            remedy="As in en-GB or es-MX: 'meditate voices --online' lists them.",
        )
    return base


def _plugged(plugin: plugins.Plugin) -> Voice:
    """The voice a plugin brings along, of which it says the same as a file would."""
    if not is_name(plugin.name) or plugin.name in _OUR_ENGINES:
        remedy = "Its maker has to choose another; 'pip uninstall' removes it."
        raise VoiceError("is a name no plugin can have", where=plugin.where, remedy=remedy)
    said = dict(plugin.facts())
    sends_to = said.pop("sends_to", "")
    if not isinstance(sends_to, str) or (sends_to and not online.HOST.fullmatch(sends_to)):
        remedy = "As in speech.example."
        raise VoiceError("'sends_to' must be the name of a host", where=plugin.where, remedy=remedy)
    said["engine"] = plugin.name
    return checking.whole(said, plugin.where, name=plugin.name, sends_to=sends_to)
