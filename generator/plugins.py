"""Engines that other distributions bring along: found without loading one, loaded when one is used.

What a plugin is and does is its maker's: nothing of what goes wrong there is more than a line here,
and what its errors say is not repeated, for they may quote what was to be spoken.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from generator.errors import VoiceError
from generator.system import OutOfTime, Terminated

GROUP = "meditation_generator.voices"

STOPS = (KeyboardInterrupt, Terminated, OutOfTime)
"""What is no error of a plugin's, wherever it comes up: somebody wants an end. All else is one,
also what is no ``Exception``, as the panics of extensions written in Rust.
"""
_REMEDY = "Its maker has to mend that; 'pip uninstall' removes it."


@dataclass(frozen=True)
class Plugin:
    """What one name of the group leads to."""

    name: str
    maker: str
    """The distribution and its version, as ``hum-voice 1.0``."""
    _points: tuple[EntryPoint, ...] = field(repr=False)

    @property
    def where(self) -> str:
        """How a message calls it."""
        return f"voice {self.name} of {self.maker}"

    def engine(self) -> Any:
        """The class that speaks. Raises VoiceError when it cannot be had."""
        if len(self._points) > 1:
            remedy = "Uninstall one of them."
            raise VoiceError("two distributions bring it along", where=self.where, remedy=remedy)
        with guarded(self.where, "cannot be loaded"):
            return self._points[0].load()

    def facts(self) -> dict[str, Any]:
        """What the class says of its voice, unchecked. Raises VoiceError when it says nothing."""
        engine = self.engine()
        with guarded(self.where, "cannot be asked about its voice"):
            said = getattr(engine, "voice", None)
            facts = {**said} if isinstance(said, Mapping) else None
        if facts is None:
            what = "its class has no 'voice' that is a dict"
            raise VoiceError(what, where=self.where, remedy=_REMEDY)
        return facts


@contextlib.contextmanager
def guarded(where: str, what: str) -> Iterator[None]:
    """Whatever goes wrong in there becomes a VoiceError that names its kind and repeats no word."""
    try:
        yield
    except STOPS:
        raise
    except BaseException as error:  # noqa: BLE001  somebody else's code
        kind = type(error).__name__
        raise VoiceError(f"{what} ({kind})", where=where, remedy=_REMEDY) from None


def found() -> Mapping[str, Plugin]:
    """Every plugin that is installed, by its name; nothing of theirs is run."""
    return _found(tuple(map(_stamp, sys.path)))


def _stamp(folder: str) -> tuple[str, int]:
    """A folder in which distributions may lie, and when one last came or went."""
    try:
        return folder, Path(folder or ".").stat().st_mtime_ns
    except OSError:
        return folder, 0


@lru_cache(maxsize=4)
def _found(_places: tuple[tuple[str, int], ...]) -> Mapping[str, Plugin]:
    points: dict[str, dict[str, EntryPoint]] = defaultdict(dict)
    for distribution in importlib.metadata.distributions():
        with contextlib.suppress(Exception):  # a distribution whose own papers are broken
            if GROUP not in (distribution.read_text("entry_points.txt") or ""):
                continue  # its other papers take a while to read
            maker = f"{distribution.name} {distribution.version}"
            for point in distribution.entry_points.select(group=GROUP):
                points[point.name].setdefault(maker, point)
    return {
        name: Plugin(name, " and ".join(sorted(by)), tuple(by.values()))
        for name, by in sorted(points.items())
    }
