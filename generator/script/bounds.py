"""How much a script may be: what every limit is, and the last defence behind them all.

A script is a stranger's. Whatever it is, it is loaded and filled within a second or two, or refused
in one line.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import ScriptError
from generator.model import Beat, BedChange, Bell, Chapter, Cue, Echo, Insert, Pause, Phrase
from generator.system import OutOfTime, deadline

MAX_BYTES = 128 * 1024
"""No script a person wrote is longer."""
MAX_FRONT_BYTES = 16 * 1024
MAX_NODES = 20_000
"""Of a script and its parts together. What stands in a loop counts once for every turn."""
MAX_CHARACTERS = 200_000
"""Of a filled script."""
MAX_CUES = 5_000
MAX_CHAPTERS = 254
"""One less than a table of contents holds: the track may begin before the first of them."""
MAX_BELLS = 100
MAX_BED_CHANGES = 24
MAX_INSERTS = 20
MAX_PHRASE_CHARACTERS = 600
MAX_S = 4 * 3600.0
DEADLINE_S = 5.0

_CHARACTERS_PER_S = 10.0
"""Slower than any voice, so that the estimate is rather too long."""
_NEVER = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
"""Control characters, what turns the direction of a text, surrogates, private and hidden ones.

They could forge our marks, or what a terminal shows, or be all there is of a title.
"""


@dataclass
class Budget:
    """What is left of a script's nodes while it and its parts are read."""

    nodes: int = MAX_NODES


@contextlib.contextmanager
def in_time(path: Path | str) -> Iterator[None]:
    """Refuse the script when what is done with it here takes longer than anything a person wrote.

    The limits are there so that this never happens.
    """
    try:
        with deadline(DEADLINE_S):
            yield
    except OutOfTime:
        raise ScriptError(
            f"takes more than {DEADLINE_S:g} s to read", where=str(path), remedy="Make it simpler."
        ) from None


def has_unsayable(text: str) -> bool:
    """Whether a text has a character that no script may contain."""
    return _NEVER.search(text) is not None


def refuse_unsayable(text: str, where: str, first_line: int = 1) -> None:
    """Raise ScriptError with the line of the first character that no script may contain."""
    if found := _NEVER.search(text):
        line = first_line + text.count("\n", 0, found.start())
        raise ScriptError(
            f"has a control or private character, U+{ord(found[0]):04X}",
            where=f"{where}:{line}",
            remedy="Remove it.",
        )


def refuse_excess(cues: Sequence[Cue], where: str) -> None:
    """Raise ScriptError when these cues make too much of anything, or nothing to hear."""
    if len(cues) > MAX_CUES:
        raise ScriptError(f"has more than {MAX_CUES} cues", where=where)
    if sum(isinstance(cue, Chapter) for cue in cues) > MAX_CHAPTERS:
        raise ScriptError(f"has more than {MAX_CHAPTERS} chapters", where=where)
    if sum(isinstance(cue, Bell) for cue in cues) > MAX_BELLS:
        raise ScriptError(f"rings more than {MAX_BELLS} bells", where=where)
    if sum(isinstance(cue, BedChange) for cue in cues) > MAX_BED_CHANGES:
        raise ScriptError(f"changes its bed more than {MAX_BED_CHANGES} times", where=where)
    if sum(isinstance(cue, Insert) for cue in cues) > MAX_INSERTS:
        raise ScriptError(f"inserts more than {MAX_INSERTS} recordings", where=where)
    if not any(isinstance(cue, Phrase | Beat | Echo) for cue in cues):
        raise ScriptError("says nothing", where=where)
    _refuse_long_phrase(cues, where)
    if sum(map(_natural_s, cues)) > MAX_S:
        raise ScriptError(
            f"lasts more than {MAX_S / 3600:g} hours",
            where=where,
            remedy="Shorten its pauses, or make two of it.",
        )


def _refuse_long_phrase(cues: Sequence[Cue], where: str) -> None:
    chapter = "before its first chapter"
    for cue in cues:
        if isinstance(cue, Chapter):
            chapter = f"in its chapter '{cue.title}'"
        elif isinstance(cue, Phrase) and len(cue.text) > MAX_PHRASE_CHARACTERS:
            raise ScriptError(
                f"has a sentence of {len(cue.text)} characters {chapter}",
                where=where,
                remedy=f"A sentence has at most {MAX_PHRASE_CHARACTERS}: put a full stop in it.",
            )


def _natural_s(cue: Cue) -> float:
    """About how long a cue takes, rather too long than too short."""
    if isinstance(cue, Pause):
        return cue.natural_s
    if isinstance(cue, Beat):
        return cue.span_s
    if isinstance(cue, Echo):
        return 2.5 * _speech_s(cue.phrase)
    return _speech_s(cue) if isinstance(cue, Phrase) else 0.0


def _speech_s(phrase: Phrase) -> float:
    return len(phrase.text) / (_CHARACTERS_PER_S * phrase.pace)
