"""Two texts word by word: what a recogniser wrote, against what was said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise


def words(text: str) -> list[str]:
    """The words of a text as they sound: small letters, no signs, numbers written out."""
    from num2words import num2words

    spelled = re.sub(r"\d+", lambda found: f" {num2words(int(found[0]))} ", text)
    plain = unicodedata.normalize("NFKD", spelled).casefold()
    return re.findall(r"[a-z]+", re.sub(r"['’\u0300-\u036f]", "", plain))


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """How few words must be put in, left out or changed to turn one into the other."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        left, changed = number, zip(heard, pairwise(row), strict=True)
        new = [left]
        for other, (diagonal, above) in changed:
            left = min(left + 1, above + 1, diagonal + (word != other))
            new.append(left)
        row = new
    return row[-1]
