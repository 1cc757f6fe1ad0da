"""What ``doctor`` looks at. Each check does the real thing once, and says what it saw."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generator import encode, script, speech, system, voices
from generator.api import OUTPUT
from generator.cli.show import PLAYERS
from generator.errors import MeditationError, ScriptError
from generator.system import Folders


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    what: str
    state: Literal["ok", "missing", "broken"]
    detail: str


def findings(folders: Folders) -> list[Finding]:
    """Every check, in the order a render meets what it checks."""
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return [
        Finding("system", "ok" if sys.version_info >= (3, 11) else "broken", python),
        *_scripts(folders),
        *(_voice(name, folders) for name in _voices(folders)),
        _tried("clip cache", lambda: _writable(folders.cache)),
        _tried("listener folder", lambda: _writable(folders.listeners)),
        _tried("output", lambda: _writable(OUTPUT)),
        _tried("MP3 encoder", encode.in_use),
        _present("player", [command[0] for command in PLAYERS], "--play will not work"),
        _present(
            "ffmpeg", ["ffmpeg"], "only needed for --format m4b, or a bed in M4A, AAC, WMA or WebM"
        ),
        Finding(
            "file modes",
            "ok" if system.POSIX else "missing",
            "listeners' files are readable by their owner only"
            if system.POSIX
            else "this system has none: listeners' files are as open as their folder",
        ),
    ]


def _tried(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what, "ok", check())
    except MeditationError as error:
        return Finding(what, "broken", str(error))
    except Exception as error:  # noqa: BLE001  one broken thing must not hide the others
        return Finding(what, "broken", f"fails with {type(error).__name__}")


def _scripts(folders: Folders) -> Iterator[Finding]:
    """How many there are, and each that is broken by its name."""
    broken: dict[str, ScriptError] = {}

    def look() -> str:
        found, wrong = script.survey(folders.scripts, whole=True)
        broken.update(wrong)
        return f"{len(found)} found"

    yield _tried("scripts", look)
    for slug, error in broken.items():
        yield Finding(f"script {slug}", "broken", str(error))


def _voices(folders: Folders) -> list[str]:
    return list(dict.fromkeys((*voices.available(folders.voices), *voices.plugged())))


def _voice(name: str, folders: Folders) -> Finding:
    def check() -> str:
        voice = voices.load(name, folders.voices)
        return speech.try_out(voice)

    return _tried(f"voice {name}", check)


def _writable(folder: Path) -> str:
    """Tries the nearest folder that is there: looking must not make one."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.is_dir())
    with system.workshop(there):
        return str(folder)


def _present(what: str, programs: list[str], otherwise: str) -> Finding:
    for program in programs:
        if where := shutil.which(program):
            return Finding(what, "ok", where)
    return Finding(what, "missing", otherwise)
