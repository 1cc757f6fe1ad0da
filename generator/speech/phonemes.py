"""From words to phonemes, for the engines that have the same phonemiser."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from generator.phonetic import stretches

_SIGNS = " .,;:!?-"

Phonemiser = Callable[[str], Iterable[Sequence[str]]]
"""The phonemes of each sentence of a text."""


def phonemes(read: Phonemiser, known: Container[str], text: str) -> list[str]:
    """What a piece sounds like: all that ``read`` says of it, and the signs that are ``known``.

    A word given by its sounds is read by itself: nothing of it leaks into the words around it.
    """
    parts = (
        list(part) if is_ipa else _plain(read, known, part) for part, is_ipa in stretches(text)
    )
    return [each for part in parts for each in part]


def _plain(read: Phonemiser, known: Container[str], words: str) -> list[str]:
    """What plain words sound like, with the signs and blanks at either end as they are.

    A sign at the beginning would be read out, and double brackets would begin raw phonemes.
    """
    before = words[: len(words) - len(words.lstrip(_SIGNS))]
    sentences = read(words[len(before) :].replace("[[", " ").replace("]]", " "))
    said = [each for sentence in sentences for each in (*sentence, " ")][:-1]
    blank = [" "] if words != before and words[-1:].isspace() and said[-1:] != [" "] else []
    return [*(each for each in before if each in known), *said, *blank]
