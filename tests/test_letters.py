"""What a voice can say, by the letters of its language."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from written import FIELDS, script

from generator.errors import DetailError
from generator.model import Listener
from generator.personalise import speakable

SCRIPT = script("")
LANGUAGES = ("en-US", "es", "el", "ru", "ar", "iw", "hi", "ja", "zh-CN", "ko", "th", "xx")


def refused(text: str, language: str) -> str:
    with pytest.raises(DetailError) as caught:
        speakable(SCRIPT, Listener({"care_object": text}), language)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "Müller",
        "O’Brien & D'Angelo",
        "Nguyễn",
        "Łukasz",
        "Kaʻiulani",
        "Zoë, José María",
        "Þórður and Straße",
        "M\u0302",
        "7½ years, 100 % and 21°",
        "№ 5 for €3, £4 or $5",
        "2 + 2 = 4, 3 × 4 ÷ 2",
        "“Why?” – yes… it’s (mine) — no!",
        "¿Qué? ¡Sí!",
        "the 2ª and the 3º",
        "Smith/Jones #1 @ home_1",
        "a*b~c^d`e´f",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_latin_names_numbers_and_plain_signs_are_said_by_all(text: str, language: str) -> None:
    speakable(SCRIPT, Listener({"care_object": text}), language)


SCRIPTS = {
    "el": "η γιαγιά μου",
    "ru": "моя бабушка",
    "uk-UA": "моя бабуся Ївга",
    "sr": "мој пас Ђорђе",
    "ar": "جدتي، ١٢",
    "fa": "می\u200cخواهم ۱۲",
    "he": "סבתא שלי",
    "iw": "שָׁלוֹם",
    "hi": "मेरी दादी।",
    "bn": "আমার দাদি",
    "ta": "என் பாட்டி",
    "te": "మా అమ్మమ్మ",
    "th": "คุณยาย",
    "hy": "տատիկս",
    "ka": "ბებია",
    "am": "አያቴ",
    "ja": "おばあちゃんのケーキ、人々",
    "zh-TW": "我的奶奶。ㄋㄞ",
    "ko": "우리 할머니",
}


@pytest.mark.parametrize("language", SCRIPTS)
def test_every_language_reads_its_own_letters_and_latin_voices_do_not(language: str) -> None:
    text = SCRIPTS[language]
    speakable(SCRIPT, Listener({"care_object": text}), language)
    for other in ("en-US", "xx"):
        assert "cannot say" in refused(text, other)


@pytest.mark.parametrize(
    "text",
    [
        "❤",
        "🐶",
        "👨\u200d👩\u200d👧",
        "✨",
        "☺\ufe0f",
        "→",
        "★",
        "①",
        "∞",
        "♥",
        "█",
        "𝓢𝓪𝓶",
        "ⓢⓐⓜ",
        "ᚠᚢᚦ",
        "†",
        "🇩🇪",
        "⠎",
        "Ⅳ",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_emoji_and_signs_without_a_word_are_said_by_none(text: str, language: str) -> None:
    message = refused(f"Sam {text}", language)
    assert message.startswith(f"care_object: has a letter or a sign that a voice for '{language}'")
    assert not set(text) & set(message)


@given(st.text(st.characters(min_codepoint=0x100), min_size=1), st.sampled_from(LANGUAGES))
@example("小梅", "en")
def test_not_one_character_is_repeated(text: str, language: str) -> None:
    try:
        speakable(SCRIPT, Listener({"name": text}), language)
    except DetailError as error:
        told = str(error)
        assert told.startswith("name: ")
        assert not set(text) & set(told)


def test_only_what_the_listener_wrote_is_looked_at() -> None:
    known = Listener({"age": 7, "pronoun": "he", "nobody": "❤"})
    speakable(SCRIPT, known, "en")
    assert {each.kind for each in FIELDS} == {"text", "whole", "choice"}
