"""How an answer bends to fit a sentence: the filters a script may use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import pairwise
from typing import Any

from generator.numerals import LANGUAGES, in_words
from generator.personalise import spanish
from generator.personalise.naming import again, noun
from generator.personalise.second_person import yours
from generator.phonetic import say
from generator.sayable import has_words
from generator.shortened import base

MAX_RUNGS = 9
_PRONOUNS: Mapping[str, tuple[str, str, str]] = {
    "she": ("she", "her", "her"),
    "he": ("he", "him", "his"),
    "it": ("it", "it", "its"),
    "they": ("they", "them", "their"),
}


def possessive(text: str) -> str:
    """Biscuit's and James's, but the twins' and the Millers': a voice would say one s too many."""
    return f"{text}'" if _plural(text) else f"{text}'s"


def _plural(text: str) -> bool:
    """Whether it ends in the s of many: in a small word, or in the name of a whole family."""
    last = re.search(r"(the\s+)?(\w+)$", text)
    if not last or not re.search(r"[^siu]s$", last[2]):
        return False
    return last[2].islower() or bool(last[1])


def article(text: str) -> str:
    """The text with "a" or "an" before it, by sound; what has no word in it stays as it is."""
    if not has_words(text):
        return text
    if number := re.match(r"\d+", text):
        said = words(number[0])  # eight, eleven and eighteen are the only ones with a vowel
        return f"an {text}" if said.startswith("e") else f"a {text}"
    apart = unicodedata.normalize("NFKD", text)
    plain = "".join(each for each in apart if not unicodedata.combining(each))
    bent = str(_grammar().a(plain))
    return text if bent == plain else f"{bent.split(maxsplit=1)[0]} {text}"


@cache
def _grammar() -> Any:
    import inflect

    return inflect.engine()


def words(number: str | int) -> str:
    """A whole number in words: 7 becomes "seven"."""
    return in_words(int(number))


def rung(current: str | int, number: int, of: int) -> str:
    """The age at one rung of a ladder from birth, the first, to today, the last.

    Its steps widen: a year early on is as much as ten later. ``{{ current_age | rung(2, 7) }}``.
    """
    if not (2 <= of <= MAX_RUNGS and 1 <= number <= of):
        raise ValueError(f"a ladder has 2 to {MAX_RUNGS} rungs, counted from 1")
    age, last = int(current), of - 1
    reached = [max(each, round(age * (each / last) ** 2)) for each in range(of)]
    steps = sorted(after - before for before, after in pairwise(reached))
    return str(sum(steps[: number - 1]))


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


Filters = Mapping[str, Callable[..., str]]

_ENGLISH = (yours, noun, again, possessive, article, words, rung, they, them, their, agrees, say)
FILTERS: Filters = {each.__name__: each for each in _ENGLISH}
"""Those of an English script."""


def filters(language: str) -> Filters:
    """The filters of a script in a BCP 47 language.

    Where its grammar is not known here they are the few that need none: English rules would only
    spoil its words.
    """
    spoken = base(language)
    if spoken == "en":
        return FILTERS
    plain: Filters = {"rung": rung, "say": say, "words": partial(_counted, language=spoken)}
    return {**plain, **spanish.FILTERS} if spoken == "es" else plain


def _counted(number: str | int, language: str) -> str:
    return in_words(int(number), language) if language in LANGUAGES else str(number)
