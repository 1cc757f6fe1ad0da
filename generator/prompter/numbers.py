"""The numbers of sentences: once given they stay, whatever a script becomes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from generator.errors import UsageError
from generator.model import Sentence
from generator.system import read_plain

LIST = "sentences.json"
MOST = 9_999

_MOST_BYTES = 8 << 20


def known(folder: Path) -> tuple[Sentence, ...]:
    """The sentences that have a number already; none where nothing was written yet.

    Raises UsageError when the list cannot be read: recordings are called by its numbers.
    """
    path = folder / LIST
    try:
        texts = json.loads(read_plain(path, _MOST_BYTES))["sentences"]
        return numbered((), map(_text, texts))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        raise UsageError(
            "is not a list of sentences that can be read",
            where=str(path),
            remedy="Delete it if nothing is recorded yet; or use another --to.",
        ) from None


def _text(entry: object) -> str:
    if not isinstance(entry, str):
        raise TypeError("not a text")
    return entry


def numbered(before: Iterable[Sentence], texts: Iterable[str]) -> tuple[Sentence, ...]:
    """Those that have a number, and after them the others of these, each once and in order.

    Raises UsageError when there are more than can be called by four digits.
    """
    every = dict.fromkeys((*(each.text for each in before), *texts))
    if len(every) > MOST:
        raise UsageError(
            f"{len(every)} sentences are too many for one voice", remedy="Use another --to."
        )
    return tuple(Sentence(number, text) for number, text in enumerate(every, 1))
