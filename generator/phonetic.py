"""How a word sounds, as people write it: ``shiv-AWN``, its sounds between slashes, or both.

A listener's name is confidential, and so is how it sounds: no error here repeats any of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from generator.model import Pronunciation
from generator.sayable import has_words, tidied

MAX_IPA_WORD = 40
"""Characters: no engine has to cut a word that is given by its sounds."""

_OPEN, _CLOSE = "\ue010", "\ue011"
"""Around a word in phonetics: private characters, which neither scripts nor details may contain."""
_STRETCH = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_SLASHED = re.compile(r"/([^/]*)/")
_LETTERS = frozenset(
    "abcdefhijklmnopqrstuvwxyzæçðøħŋœɐɑɒɓɔɕɖɗɘəɚɛɜɞɟɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾ"
) | (frozenset("ʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒʔʕʘʙʛʜʝʟʡʢβθχⱱ"))
_MARKS = frozenset("ˈˌːˑ˞ʲʰˤ \u0303\u0327\u0329\u032a\u032f")
"""Stress, length, colour and blanks."""
_UNHEARD = str.maketrans({"g": "ɡ", "'": "ˈ", ".": "", "‿": "", "͡": "", "͜": "", "ʼ": ""})
"""What is written in phonetics too, and what it stands for."""
_LOUD = re.compile(r"[^\W\d_]{2,}")


class PronunciationError(ValueError):
    """An author wrote a pronunciation that is none; it says why and may be shown to them."""


def pronunciation(text: str) -> Pronunciation:
    """What a respelling, sounds between slashes, or both say.

    Raises ValueError that says what is wrong with it and never repeats it.
    """
    plain = tidied(text)
    sounds = _SLASHED.findall(plain)
    if len(sounds) > 1 or plain.count("/") not in (0, 2):
        raise ValueError("has its sounds not between two slashes, as in /ʃɪˈvɔːn/")
    spelled = _SLASHED.sub("", plain).strip(" .,;:!?…")
    if sounds and not spelled:
        return Pronunciation(ipa=_sounds(sounds[0]))
    if not has_words(spelled):
        raise ValueError("has nothing that can be spoken")
    quiet = _LOUD.sub(lambda word: word[0].lower() if word[0].isupper() else word[0], spelled)
    return Pronunciation(quiet, _sounds(sounds[0]) if sounds else "")


def _sounds(ipa: str) -> str:
    """Sounds as engines know them: one character each, and what nobody hears left out."""
    plain = " ".join(unicodedata.normalize("NFD", ipa.translate(_UNHEARD)).split())
    plain = plain.replace("c\u0327", "ç")
    if not any(each in _LETTERS for each in plain):
        raise ValueError("has no sounds between its slashes")
    if not all(each in _LETTERS or each in _MARKS for each in plain):
        raise ValueError("has a sign between its slashes that is no sound of the phonetic alphabet")
    if any(len(word) > MAX_IPA_WORD for word in plain.split()):
        raise ValueError(f"has a word of more than {MAX_IPA_WORD} sounds")
    return plain


class Voiced(str):
    """A text that knows how it is to be said, where that is not how it is written."""

    __slots__ = ("said",)
    said: tuple[str | Pronunciation, ...]

    def __new__(cls, text: str, said: tuple[str | Pronunciation, ...] = ()) -> Voiced:
        """The text, and what is said for it; nothing where it is said as it is written."""
        made = super().__new__(cls, text)
        made.said = said
        return made


def say(text: str, how: str) -> Voiced:
    """The text, said otherwise than it is written. Raises PronunciationError."""
    try:
        return Voiced(str(text), (pronunciation(how),))
    except ValueError as error:
        raise PronunciationError(f"what 'say' is given {error}") from None


def marked(ipa: str) -> str:
    """Sounds as they stand in the text for an engine that reads them: each word by itself."""
    return " ".join(f"{_OPEN}{word}{_CLOSE}" for word in ipa.split())


def ends_marked(text: str) -> bool:
    """Whether a text ends with a word in phonetics."""
    return text.endswith(_CLOSE)


def stretches(text: str) -> Iterator[tuple[str, bool]]:
    """A text for an engine in stretches, each with whether it is phonetics."""
    position = 0
    for match in _STRETCH.finditer(text):
        if match.start() > position:
            yield text[position : match.start()], False
        yield match[1], True
        position = match.end()
    if position < len(text):
        yield text[position:], False
