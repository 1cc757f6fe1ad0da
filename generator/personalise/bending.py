"""How an answer bends to fit a sentence: the filters a script may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from generator.personalise.second_person import yours

_PRONOUNS: Mapping[str, tuple[str, str, str]] = {
    "she": ("she", "her", "her"),
    "he": ("he", "him", "his"),
    "it": ("it", "it", "its"),
    "they": ("they", "them", "their"),
}


def possessive(text: str) -> str:
    """Biscuit's; after a plural s the apostrophe alone would do, but speech cannot tell."""
    return f"{text}'s"


def article(text: str) -> str:
    """The text with "a" or "an" before it, by sound."""
    return str(_grammar().a(text))


@cache
def _grammar() -> Any:
    import inflect

    return inflect.engine()


def words(number: str | int) -> str:
    """A whole number in words: 7 becomes "seven"."""
    import num2words

    return str(num2words.num2words(int(number)))


def they(pronoun: str) -> str:
    """She, he, they or it, as a subject."""
    return _PRONOUNS[pronoun][0]


def them(pronoun: str) -> str:
    """Her, him, them or it."""
    return _PRONOUNS[pronoun][1]


def their(pronoun: str) -> str:
    """Her, his, their or its."""
    return _PRONOUNS[pronoun][2]


def agrees(pronoun: str, one: str, many: str) -> str:
    """The verb that fits the pronoun: ``one`` after she, he and it, ``many`` after they."""
    return many if pronoun == "they" else one


FILTERS: Mapping[str, Callable[..., str]] = {
    each.__name__: each for each in (yours, possessive, article, words, they, them, their, agrees)
}
