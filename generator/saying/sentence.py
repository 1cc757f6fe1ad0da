"""One sentence: its known words marked, everything else put into plain words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from generator.model import Cue, Phrase, Pronunciation, rephrased
from generator.saying.plain import SLOT, in_plain_words
from generator.shortened import base

_HISSES = re.compile(r"[szʃʒ]$")
_VOICELESS = re.compile(r"[ptkfθ]ʰ?$")
_OWNS = re.compile(r"^['’]s\b")


def said(
    cues: Iterable[Cue], language: str, lexicon: Mapping[str, Pronunciation]
) -> tuple[Cue, ...]:
    """The cues, every phrase of them with how a voice of that BCP 47 language is to say it.

    A word of the lexicon in small letters is found however it is written; one with a capital is a
    name, and found only so.
    """
    find = _finder(lexicon)
    return tuple(rephrased(cue, partial(_said, language=language, find=find)) for cue in cues)


def _said(
    phrase: Phrase, language: str, find: Callable[[str], list[str | Pronunciation]]
) -> Phrase:
    written = phrase.said or (phrase.text,)
    parts: list[str | Pronunciation] = []
    for each in written:
        parts += find(unicodedata.normalize("NFC", each)) if isinstance(each, str) else [each]
    known = [each for each in parts if not isinstance(each, str)]
    slotted = "".join(each if isinstance(each, str) else SLOT for each in parts)
    words = in_plain_words(slotted, language)
    if not known:
        return replace(phrase, said=() if words in ("", phrase.text) else (words,))
    return replace(phrase, said=tuple(_filled(words, known, language)))


def _filled(words: str, known: list[Pronunciation], language: str) -> Iterator[str | Pronunciation]:
    """The words with the pronunciations back in their places."""
    first, *others = words.split(SLOT)
    if first:
        yield first
    for how, after in zip(known, others, strict=True):
        owns = _OWNS.match(after) if base(language) == "en" and how.ipa else None
        yield _owned(how, owns[0]) if owns else how
        if rest := after[owns.end() :] if owns else after:
            yield rest


def _owned(how: Pronunciation, ending: str) -> Pronunciation:
    """The pronunciation with an English 's after it."""
    sound = "ɪz" if _HISSES.search(how.ipa) else "s" if _VOICELESS.search(how.ipa) else "z"
    return Pronunciation(f"{how.spelled}{ending}" if how.spelled else "", f"{how.ipa}{sound}")


def _finder(
    lexicon: Mapping[str, Pronunciation],
) -> Callable[[str], list[str | Pronunciation]]:
    """What takes the known words out of a text: their pronunciations, and what is between."""
    if not lexicon:
        return lambda text: [text]
    names = {word: how for word, how in lexicon.items() if word != word.lower()}
    words = {word.lower(): how for word, how in lexicon.items() if word == word.lower()}
    longest = sorted((*names, *words), key=len, reverse=True)
    either = "|".join(re.escape(word) for word in longest)
    pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)

    def found(text: str) -> list[str | Pronunciation]:
        parts: list[str | Pronunciation] = []
        position = 0
        for match in pattern.finditer(text):
            how = names.get(match[0]) or words.get(match[0].lower())
            if how:
                parts += [text[position : match.start()], _spelled(how, match[0])]
                position = match.end()
        return [*parts, text[position:]]

    return found


def _spelled(how: Pronunciation, written: str) -> Pronunciation:
    """The pronunciation, for a voice that reads no phonetics at the least as it is written."""
    return how if how.spelled else replace(how, spelled=written)
