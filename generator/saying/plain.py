"""Plain words for everything in a text that is none: by language, in the order of its rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from generator.numerals import LANGUAGES, digits_in_words
from generator.saying import english, spanish
from generator.saying.rules import SLOT, Rule, applied
from generator.shortened import INSIDE, TITLES, base

__all__ = ["SLOT", "in_plain_words"]

_WORD = rf"[\w{SLOT}]"
_SIGNS: Sequence[Rule] = (
    (re.compile(rf"(?<!{_WORD})[‘‚']([^‘’']*)[’‘'](?!{_WORD})"), r"\1"),
    (re.compile(rf"[’ʼ′`´](?={_WORD})|(?<={_WORD})[’ʼ′`´]"), "'"),
    (re.compile(rf"[\"“”„‟«»‹›‘‚‛]|(?<!{_WORD})['’]|(?<=[.!?…,])['’](?!{_WORD})"), ""),
    (re.compile(r"\s*(?:…|\.{2,}+)\s*(?=[.,;:!?])"), ""),
    (re.compile(r"\s*(?:…|\.{2,}+)(?=\s*$)"), "."),
    (re.compile(r"\s*(?:…|\.{2,}+)\s*(?=\S)"), ", "),
    (re.compile(r"^\s*[,–—-]+\s*"), ""),
    (re.compile(r"\s*(?:—|―|--+)\s*(?=[.,;:!?]|$)|\s+[–-]\s*(?=[.,;:!?]|$)"), ""),
    (re.compile(r"(?<=[,;:])\s*(?:—|―|--+|–|-(?=\s))\s*"), " "),
    (re.compile(r"\s*(?:—|―|--+|–)\s*|\s+-\s+"), ", "),
    (re.compile("[‐‑]"), "-"),
    (re.compile(r"^\s+|\s+$|\s+(?=\s)"), ""),
)
"""Quotes are not heard; dashes and dots within a sentence are a breath, at its end a stop."""

_RULES: Mapping[str, Callable[[], Sequence[Rule]]] = {"en": english.rules, "es": spanish.rules}


def in_plain_words(text: str, language: str) -> str:
    """The text as a voice of that BCP 47 language is to read it: numbers, titles, signs as words.

    A language without rules of its own has its signs made plain, and its whole numbers said in
    words where those are known. What is plain already comes back as it is.
    """
    return applied(text, _rules(base(language)))


@cache
def _rules(language: str) -> tuple[Rule, ...]:
    own = _RULES[language]() if language in _RULES else _whole_numbers(language)
    return (*_short(language), *own, *_SIGNS)


def _short(language: str) -> list[Rule]:
    """What is written short, said in full."""
    titles, inside = TITLES.get(language, {}), INSIDE.get(language, {})
    rules: list[Rule] = [
        (re.compile(rf"(?<!\w){re.escape(short)[:-2]}\.(?=\s*$)", re.IGNORECASE), f"{long}.")
        for short, long in inside.items()
    ]
    rules += [
        (re.compile(rf"(?<!\w){re.escape(short)}", re.IGNORECASE), long)
        for short, long in inside.items()
    ]
    if titles:
        either = "|".join(sorted(titles, key=len, reverse=True))
        named = re.compile(rf"(?<!\w)({either})(?:\.\s*|\s+)(?=[A-ZÀ-Þ{SLOT}])")
        rules.append((named, lambda found: f"{titles[found[1]]} "))
    return rules


def _whole_numbers(language: str) -> list[Rule]:
    if language not in LANGUAGES:
        return []
    chain = re.compile(r"(?<![\w.,:-])\d+(?:-\d+){2,}(?![\w.,:-]*\d)", re.ASCII)
    alone = re.compile(r"(?<![\w.,:/-])(\d+)(?![\w/]|[.,:-]\d|\.?º|\.(?=\s+\S))", re.ASCII)
    return [
        (chain, lambda found: ", ".join(found[0].split("-"))),
        (alone, lambda found: digits_in_words(found[1], language)),
    ]
