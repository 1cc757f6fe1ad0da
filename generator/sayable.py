"""What a short text must be to be woven into a sentence and spoken, whoever wrote it.

A listener's answer, the default an author gives in its place, a choice, an item of a list: all of
them meet the same rules.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 120

_UNSAYABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories no detail needs: control, format, surrogate, private, unassigned, breaks."""
_JOINERS = "\u200c\u200d"
_UNSEEN = re.compile(
    "[\u00ad\u200b\u200e\u200f\u061c\u2060\ufeff]"
    f"|(?<![\u0600-\u1fff])[{_JOINERS}]|[{_JOINERS}](?![\u0600-\u1fff])"
)
"""What pasting brings along and nobody hears. Joiners stay where letters are shaped by them."""
_FLOOD = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3}")
"""No language puts three accents on what is one letter with the others already."""
_MARKUP = re.compile(r"[\[\]{}<>|\\*~#]|\(\(|\(\s*pau[sz][ae]\b|\w\([\d\"')]", re.IGNORECASE)
"""Signs of HTML, SSML and Markdown; ``((…))``, ``(pause 3)`` and ``pause(3)``: what is meant to do
something. A voice reads it out: "pause three", "asterisk", "hash".
"""


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it: without one, a voice has nothing to say."""
    return any(each.isalnum() for each in text)


def markup_in(text: str) -> re.Match[str] | None:
    """The first sign in a text that is meant to do something and would be read out instead."""
    return _MARKUP.search(text)


def tidied(text: str, most: int = MAX_CHARACTERS) -> str:
    """The text as it will be spoken: composed, on one line, without what nobody hears.

    Raises ValueError that says what is wrong with it and never repeats it: nothing, more than
    ``most`` characters, several lines, markup, or a character no voice knows.
    """
    composed = unicodedata.normalize("NFC", _UNSEEN.sub("", text)).strip()
    if wrong := _wrong(composed, most):
        raise ValueError(wrong)
    return " ".join(composed.split())


def _wrong(text: str, most: int) -> str:
    """What is wrong with a text that is to be spoken, or nothing."""
    if not text:
        return "is empty; leave it out instead"
    if len(text) > most:
        return f"has {len(text)} characters; at most {most} can be woven into a sentence"
    if "\n" in text or "\r" in text:
        return "has more than one line"
    if _has_unsayable(text):
        return "has a character that cannot be spoken"
    if markup_in(text):
        return "has brackets or markup, which cannot be spoken"
    return "" if has_words(text) else "has nothing that can be spoken"


def _has_unsayable(text: str) -> bool:
    """Whether there is a character of no use, an accent without a letter, or a heap of accents."""
    before = "Z"
    for each in text:
        kind = unicodedata.category(each)
        if kind in _UNSAYABLE and each not in _JOINERS:
            return True
        if kind.startswith("M") and before not in "LM":
            return True
        before = before if each in _JOINERS else kind[0]
    return _FLOOD.search(text) is not None
