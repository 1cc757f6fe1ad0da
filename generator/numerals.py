"""Numbers in words, in the languages whose words for them are known here."""

from __future__ import annotations

from typing import Literal

LANGUAGES = frozenset("da de en es fi fr id it nl no pl pt ro sv tr".split())  # noqa: SIM905
MOST_DIGITS = 12
"""Of a number that is said as one; a longer one is said digit by digit."""

Kind = Literal["cardinal", "ordinal", "year"]


def in_words(number: int, language: str = "en", kind: Kind = "cardinal") -> str:
    """A whole number in the words of a language of ``LANGUAGES``: 41 becomes "forty-one"."""
    import num2words

    return str(num2words.num2words(number, lang=language, to=kind)).replace(",", "")


def digits_in_words(digits: str, language: str = "en") -> str:
    """A row of digits in words: a number, or digit by digit where it is none or too long for one.

    ``007`` is no number.
    """
    if len(digits) > MOST_DIGITS or (len(digits) > 1 and digits.startswith("0")):
        return " ".join(in_words(int(each), language) for each in digits)
    return in_words(int(digits), language)
