"""Which letters and signs a voice can say: known by their Unicode names, for each language."""

from __future__ import annotations

import unicodedata

from generator.errors import DetailError
from generator.model import Listener, Script
from generator.phonetic import pronunciation
from generator.shortened import base

_EAST_ASIAN = "CJK IDEOGRAPHIC FULLWIDTH HALFWIDTH"
_READS = {
    "el": "GREEK",
    "ru uk be bg sr mk kk ky mn tg tt": "CYRILLIC",
    "ar fa ur ps sd ug ckb": "ARABIC EXTENDED",
    "he iw yi": "HEBREW",
    "hi mr ne sa": "DEVANAGARI",
    "bn as": "BENGALI DEVANAGARI",
    "pa": "GURMUKHI",
    "gu": "GUJARATI",
    "ta": "TAMIL",
    "te": "TELUGU",
    "kn": "KANNADA",
    "ml": "MALAYALAM",
    "si": "SINHALA",
    "th": "THAI",
    "lo": "LAO",
    "km": "KHMER",
    "my": "MYANMAR",
    "am ti": "ETHIOPIC",
    "hy": "ARMENIAN",
    "ka": "GEORGIAN",
    "ja": f"HIRAGANA KATAKANA KATAKANA-HIRAGANA {_EAST_ASIAN}",
    "zh yue cmn": f"BOPOMOFO {_EAST_ASIAN}",
    "ko": f"HANGUL {_EAST_ASIAN}",
}
"""Languages, and the first words of the names of their letters. Latin is read by all."""
_EVERYWHERE = frozenset({"LATIN", "COMBINING", "FEMININE", "MASCULINE", "MICRO"})
_SIGNS = frozenset(
    " !\"#%&'()*,-./:;?@_¡§«·»¿‐‑‒–—―‘’‚‛“”„…′″‹›ʹʻʼʾʿ´`^~"  # heard as nothing, a breath, or a word
    "\u200c\u200d"  # shape the letters around them
    "+=±×÷$¢£¥€₩₹°№©®™²³¼½¾⅓⅔"  # each has a word that engines say
)
_EAST_ASIAN_SIGNS = frozenset("、。〈〉《》「」『』【】〜・！（），．：；？ー々〆")


def speakable(script: Script, listener: Listener, language: str) -> None:
    """Raise DetailError at a text that a voice of this BCP 47 language cannot say as it stands.

    Letters of another alphabet come out spelled, skipped or as noise; so do emoji and most symbols.
    """
    reads = _reads(language)
    for name, answer in listener.answers.items():
        field = script.find(name)
        if field is None or field.kind != "text" or not isinstance(answer, str):
            continue
        how = pronunciation(listener.said[name]) if name in listener.said else None
        where, text = (f"{name}_said", how.spelled) if how and how.spelled else (name, answer)
        if not all(_said(each, reads) for each in text):
            raise DetailError(
                f"has a letter or a sign that a voice for '{language}' cannot say",
                where=where,
                remedy="Write it in letters that voice reads, without emoji or symbols.",
            )


def _reads(language: str) -> frozenset[str]:
    own = next((names for tags, names in _READS.items() if base(language) in tags.split()), "")
    return _EVERYWHERE | frozenset(own.split())


def _said(character: str, reads: frozenset[str]) -> bool:
    if character in _SIGNS or (character in _EAST_ASIAN_SIGNS and "CJK" in reads):
        return True
    if character.isascii():
        return character.isalnum()
    kind = unicodedata.category(character)
    if kind in ("Me", "So", "Sm", "Sk", "No"):
        return False
    first = unicodedata.name(character, "").split(" ")[0]
    return first in reads or first.removesuffix("-INDIC") in reads
