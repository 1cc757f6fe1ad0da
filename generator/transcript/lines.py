"""Words in lines, as whoever watches them go by reads them best."""

from __future__ import annotations

import math
import re
import unicodedata

_NATURAL = ",;:.!?\u2026\u2013\u2014"
_BLANKS = re.compile(r"[^\S\u00a0\u202f]+")
"""White space, without the two blanks that keep what they join on one line."""


def one_line(text: str) -> str:
    """The text without line breaks, and without what no text file should hold."""
    line = _BLANKS.sub(" ", text)
    return "".join(each for each in line if unicodedata.category(each) not in {"Cc", "Cs"}).strip()


def wrapped(text: str, most: int) -> list[str]:
    """The text in lines of nearly one length, none over ``most`` characters.

    A line ends after a comma rather than elsewhere, if that is not much further off.
    """
    lines, much = [], most * 3 // 16
    while len(text) > most:
        even = len(text) / math.ceil(len(text) / most)
        strains = {
            at: abs(at - even) - (much if text[at - 1] in _NATURAL else 0)
            for at in range(1, most + 1)
            if text[at] == " "
        }
        at = min(strains, key=strains.__getitem__, default=most)
        lines.append(text[:at])
        text = text[at:].lstrip(" ")
    return [*lines, text]
