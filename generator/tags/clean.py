"""Text as any player can show it."""

from __future__ import annotations

import re
import unicodedata

_DROPPED = {"Cc", "Cf", "Cs"}


def clean_text(text: str, most: int = 250, *, multiline: bool = False) -> str:
    """The text as any player can show it, in at most that many characters.

    Composed (NFC), without control, format or surrogate characters, and each run of blanks one
    space. A line break counts as a blank, or with ``multiline`` stays, with at most one empty line
    between two others. What is clean already stays as it is.
    """
    kept = (each for each in text if each.isspace() or unicodedata.category(each) not in _DROPPED)
    # Composed last: what was dropped may have stood between a letter and its accent.
    composed = unicodedata.normalize("NFC", "".join(kept))
    lines = [" ".join(line.split()) for line in composed.splitlines()]
    if not multiline:
        return " ".join(filter(None, lines))[:most].rstrip()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:most].rstrip()
