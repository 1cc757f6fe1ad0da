"""Every error a user can meet, by what the user can mend. The porch turns them into exit codes.

A message says what is wrong, where, and what to do, in one line. It never contains what a listener
supplied: name the field, not its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_NAME_LIKE = 0.7


class MeditationError(Exception):
    """The one base. ``exit_code`` is what the command line answers with.

    ``where`` may be a path with anything in its name; of that, what no terminal should see is left
    out.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = shown(where)
        self.remedy = remedy

    def __str__(self) -> str:
        placed = f"{self.where}: {self.what}" if self.where else self.what
        return f"{placed}. {self.remedy}" if self.remedy else placed


class UsageError(MeditationError):
    """Something was asked for that cannot be: a name, a value, a length, a place."""

    exit_code = 2


class ScriptError(UsageError):
    """A script is not valid; ``where`` names the file and the line."""


class DetailError(UsageError):
    """A listener's detail cannot be used; ``where`` names the field, never its value."""


class CareError(DetailError):
    """A detail speaks of suicide or self-harm: that comes before any other complaint."""


class LengthError(UsageError):
    """The track cannot last as long as was asked."""


class MistakesError(UsageError):
    """Several mistakes in what a user wrote, all of them at once; it prints one to a line.

    More than a screen of them are counted and not printed.
    """

    most_told = 50

    def __init__(self, found: Iterable[MeditationError]) -> None:
        self.found = tuple(found)
        lines = [*map(str, self.found[: self.most_told])]
        if more := len(self.found) - len(lines):
            lines.append(f"and {more:,} more")
        super().__init__("\n".join(lines))


class VoiceError(MeditationError):
    """A voice is missing, altered, or failed to speak."""


class ServiceError(VoiceError):
    """An online service failed, and may work later; a voice on this machine would do meanwhile."""


class ConsentError(UsageError):
    """Words would leave this machine, and nobody has agreed to that."""


class WriteError(MeditationError):
    """A file or folder could not be written."""


class CheckError(MeditationError):
    """The finished track is not what was planned; it was not delivered."""

    exit_code = 3


def fault(error: BaseException) -> MeditationError:
    """A fault of ours: its kind and where it happened, without what it was working on."""
    trace, place = error.__traceback__, "?"
    while trace:
        code = trace.tb_frame.f_code
        if "generator" in Path(code.co_filename).parts:
            place = f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    return MeditationError(
        f"a fault of ours, {type(error).__name__} at {place}", remedy="Please report this line."
    )


def shown(path: object) -> str:
    """A path as a terminal may have it: a file may be called like a command to one."""
    return "".join(each if each.isprintable() else "?" for each in str(path))


def nearest(wanted: str, known: Iterable[str]) -> str:
    """The remedy for a name nobody knows: the nearest one, or all of them."""
    import difflib

    names = sorted(known)
    close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
    return f"Did you mean '{close[0]}'?" if close else f"Known: {', '.join(names) or 'none'}."


def unknown_field(name: str, known: Iterable[str], where: str = "") -> UsageError:
    """Says the name only if it is nearly a field's: what else stands there may be an answer."""
    import difflib

    names = sorted(known)
    if difflib.get_close_matches(name[:40], names, n=1, cutoff=_NAME_LIKE):
        told = name if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) else "?"
        remedy = nearest(name[:40], names)
        return UsageError(f"there is no field '{told}'", where=where, remedy=remedy)
    remedy = nearest("", names)
    return UsageError("there is no field of that name", where=where, remedy=remedy)
