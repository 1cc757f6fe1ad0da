"""Text as it can be shown anywhere, whoever wrote it."""

from __future__ import annotations

import unicodedata

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the order of the letters after it, and in no title means anything else."""
_UNMARKED = str.maketrans("<>", "\u2039\u203a")


def plain(text: str) -> str:
    """The text in one line, without control characters and what turns the order of letters."""
    kept = (each for each in " ".join(text.split()) if each not in _TURNS)
    seen = "".join(each for each in kept if unicodedata.category(each) not in {"Cc", "Cs"})
    return " ".join(seen.split())


def lies_within(file: str) -> bool:
    """Whether a path with ``/`` leads to what lies in a folder or under it, and can be shown."""
    parts = file.split("/")
    return all(parts) and not {".", ".."} & {*parts} and plain(file) == file


def unmarked(text: str) -> str:
    """The text with other signs where a reader would look for markup, for what can escape none."""
    return text.translate(_UNMARKED)
