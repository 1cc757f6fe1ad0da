"""Which take of a sentence is kept, for one listener: a file among what belongs to them.

A sentence is known by the name of its first clip, a keyed digest: the file says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from generator.system import locked, private_folder, read_plain, write_whole

MOST_TAKES = 999
_RECORD = "takes.json"
_NAME = re.compile(r"[0-9a-f]{40}")
_MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Takes:
    """The takes of one sentence."""

    kept: int = 0
    """The one that is heard."""
    last: int = 0
    """The newest there was."""


def takes(folder: Path) -> dict[str, Takes]:
    """The takes of every sentence that was spoken anew; none where no record can be read."""
    try:
        document = json.loads(read_plain(folder / _RECORD, _MOST_BYTES))
        return {name: Takes(**each) for name, each in document.items() if _sound(name, each)}
    except (OSError, ValueError, RecursionError, AttributeError):
        return {}


def keep_take(folder: Path, name: str, take: int) -> None:
    """Keep a take of the sentence of that name. Raises WriteError when it cannot be noted.

    The folder itself is locked by whoever makes a track of it: its clips are what is locked here.
    """
    with locked(private_folder(folder / "clips")):
        known: Mapping[str, Takes] = takes(folder)
        last = max(take, known.get(name, Takes()).last)
        changed = {**known, name: Takes(take, last)}
        document = {name: asdict(each) for name, each in changed.items()}
        write_whole(folder / _RECORD, json.dumps(document, indent=1).encode())


def _sound(name: str, each: object) -> bool:
    return (
        bool(_NAME.fullmatch(name))
        and isinstance(each, dict)
        and each.keys() == {"kept", "last"}
        and all(type(n) is int and 0 <= n <= MOST_TAKES for n in each.values())
    )
