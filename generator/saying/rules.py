"""A rule puts what it finds into other words; a language is a row of rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

SLOT = "\ue004"
"""Stands for a word whose sound is known: no rule changes it."""


def applied(text: str, rules: Iterable[Rule]) -> str:
    """The text after all rules, one after the other."""
    for pattern, instead in rules:
        text = pattern.sub(instead, text)
    return text


def either(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def apart(found: re.Match[str], words: str) -> str:
    """The words for what was found, apart from letters and digits it was written to."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return f"{' ' * before.isalnum()}{words}{' ' * after.isalnum()}"
