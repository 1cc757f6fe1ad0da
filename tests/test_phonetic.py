"""How a word sounds, as people write it, and how an engine is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import FILTERS, filled, phrases, script

from generator import system, voices
from generator.errors import ScriptError, UsageError
from generator.model import Answer, Phrase, Pronunciation
from generator.phonetic import _LETTERS, _MARKS, marked, pronunciation, stretches
from generator.script import fill
from generator.speech.text import Reads, breathes_after, for_engine, pieces

SIOBHAN = "ʃɪˈvɔːn"


@pytest.mark.parametrize(
    ("written", "spelled", "ipa"),
    [
        ("shiv-AWN", "shiv-awn", ""),
        ("Shiv-awn", "Shiv-awn", ""),
        ("  win. ", "win", ""),
        (f"/{SIOBHAN}/", "", SIOBHAN),
        (f"shiv-AWN /{SIOBHAN}/", "shiv-awn", SIOBHAN),
        ("/'an.na ˈli͡a/", "", "ˈanna ˈlia"),
        ("/gɑʁˈsɔ̃ ça/", "", "ɡɑʁˈsɔ\u0303 ça"),
    ],
)
def test_a_respelling_sounds_or_both(written: str, spelled: str, ipa: str) -> None:
    """Capitals say where the stress lies; an engine would spell them out, letter by letter."""
    assert pronunciation(written) == Pronunciation(spelled, ipa)


@pytest.mark.parametrize(
    "written",
    ["", "...", "//", "/a/ /b/", "a/b", "/a", "/a1/", "/A/", "/[[a]]/", "<b>", f"/{'a' * 41}/"],
)
def test_what_cannot_be_said_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(ValueError, match=r"empty|has") as caught:
        pronunciation(written)
    assert not written.strip("/.") or written not in str(caught.value)


def test_a_pronunciation_prints_as_nothing() -> None:
    phrase = Phrase("Siobhán", said=(Pronunciation("shiv-awn", SIOBHAN),))
    assert "shiv" not in repr(phrase)
    assert SIOBHAN not in repr(phrase)


def test_the_embedded_voice_knows_every_sound_that_is_allowed() -> None:
    from generator.speech import piper

    engine = piper.open_engine(voices.load("joe", system.folders().voices))
    assert engine._piper.config.phoneme_id_map.keys() >= _LETTERS | _MARKS


# --- what an engine is given ------------------------------------------------------------------

NAMED = Phrase("Hello, Siobhán.", said=("Hello, ", Pronunciation("shiv-awn", SIOBHAN), "."))


def test_an_engine_that_reads_phonetics_is_given_sounds_and_others_a_spelling() -> None:
    assert for_engine(NAMED, Reads.WORDS, "en") == NAMED.spelled == "Hello, shiv-awn."
    assert for_engine(NAMED, Reads.TEXT, "en") == "Hello, Siobhán."
    given = for_engine(NAMED, Reads.SOUNDS, "en")
    assert list(stretches(given)) == [("Hello, ", False), (SIOBHAN, True), (".", False)]
    assert for_engine(Phrase("As it is."), Reads.SOUNDS, "en") == "As it is."


@pytest.mark.parametrize("name", ["Nguyễn", "Đặng", "Trần", "Ṣọlá", "Ẃyn", "STRAẞE"])
def test_a_letter_the_phonemiser_would_spell_by_its_number_is_read_without_accents(
    name: str,
) -> None:
    from piper.phonemize_espeak import EspeakPhonemizer

    espeak = EspeakPhonemizer()
    given = for_engine(Phrase(name), Reads.SOUNDS, "en-US")
    (read,) = espeak.phonemize("en-us", given)
    (number,) = espeak.phonemize("en-us", "letter")
    assert "".join(number[1:]) not in "".join(read)
    assert len(read) < 12
    assert for_engine(Phrase(name), Reads.SOUNDS, "vi") == name
    assert for_engine(Phrase(name), Reads.WORDS, "en-US") == name


@given(st.lists(st.sampled_from(["word", "and", f"{marked(SIOBHAN)}", "so,"]), min_size=1))
def test_a_long_sentence_is_never_split_inside_a_word_of_sounds(words: list[str]) -> None:
    split = list(pieces(" ".join(words), 60))
    assert [each for each, is_ipa in (s for p in split for s in stretches(p)) if is_ipa] == [
        SIOBHAN
    ] * words.count(marked(SIOBHAN))
    assert not breathes_after(marked(SIOBHAN))


def sounds(engine: str, text: str) -> str:
    """The phonemes that an engine's model is given."""
    from piper.phonemize_espeak import EspeakPhonemizer

    from generator.speech import kokoro, phonemes, piper

    if engine == "kokoro":
        return "".join(kokoro._phonemes(EspeakPhonemizer(), "en-us", text))
    joe = piper.open_engine(voices.load("joe", system.folders().voices))._piper
    return "".join(phonemes.phonemes(joe.phonemize, joe.config.phoneme_id_map, text))


@pytest.mark.parametrize("engine", ["piper", "kokoro"])
@pytest.mark.parametrize("after", ["how are you?", "the rest is plain.", "a day of [[x]] rain."])
def test_sounds_do_not_leak_into_the_words_after_them(after: str, engine: str) -> None:
    """plusuncold/autiobooks 26."""
    plain = sounds(engine, after)
    assert sounds(engine, f"{marked(SIOBHAN)}, {after}") == f"{SIOBHAN}, {plain}"
    assert sounds(engine, f"Hello, {marked(SIOBHAN)}.") == f"həlˈoʊ, {SIOBHAN}."


# --- in a script ------------------------------------------------------------------------------


def told(body: str, how: str, answers: dict[str, Answer]) -> Phrase:
    (field,) = (name for name in answers if name != "pronoun")
    (phrase,) = phrases(fill(script(body), answers, {}, 12, FILTERS, {field: how}))
    return phrase


def test_say_leaves_the_written_form_and_changes_the_sound() -> None:
    (phrase,) = phrases(filled('Hello, {{ "Siobhán" | say("shiv-AWN") }}.'))
    assert phrase == Phrase("Hello, Siobhán.", said=("Hello, ", Pronunciation("shiv-awn"), "."))


@pytest.mark.parametrize("wrong", ['say("")', 'say("/x1/")', "say()", 'say("[x]")'])
def test_a_pronunciation_that_cannot_be_is_refused_with_its_line(wrong: str) -> None:
    with pytest.raises(ScriptError, match=r"small\.j2:20"):
        filled(f'Hello, {{{{ "Siobhán" | {wrong} }}}}.')


def test_an_author_is_told_what_is_wrong_with_a_pronunciation() -> None:
    with pytest.raises(ScriptError, match="what 'say' is given has a sign between its slashes"):
        filled('Hello, {{ "Siobhán" | say("/x1/") }}.')


@pytest.mark.parametrize(
    ("body", "text", "spelled"),
    [
        ("Hello, {{ name }}.", "Hello, Siobhán.", "Hello, shiv-awn."),
        ("{{ name }}, sit.", "Siobhán, sit.", "shiv-awn, sit."),
        ("{{ name | possessive }} day.", "Siobhán's day.", "shiv-awn's day."),
        ("{{ name | yours }} + {{ name }}", "Siobhán + Siobhán", "shiv-awn + shiv-awn"),
    ],
)
def test_an_answer_is_said_as_the_listener_told_wherever_it_stands(
    body: str, text: str, spelled: str
) -> None:
    phrase = told(body, "shiv-AWN", {"name": "Siobhán"})
    assert (phrase.text, phrase.spelled, phrase.personal) == (text, spelled, True)


def test_a_respelling_bends_with_its_answer() -> None:
    phrase = told(
        "Let {{ care_object | yours }} come.", "my old dog Bish-kit", {"care_object": "my dog Bisq"}
    )
    assert phrase.spelled == "Let your old dog Bish-kit come."


def test_sounds_are_owned_by_what_follows() -> None:
    phrase = told("{{ name | possessive }} day.", f"/{SIOBHAN}/", {"name": "Siobhán"})
    assert phrase.said == (Pronunciation("", SIOBHAN), "'s", " day.")


@pytest.mark.parametrize("name", ["name_said", "respeak"])
def test_no_field_is_called_like_what_says_how_another_sounds(tmp_path, name: str) -> None:
    from generator.script import load

    (tmp_path / "x.j2").write_text(
        '+++\ntitle = "T"\nsummary = "S"\nlanguage = "en"\nsources = []\nlengths = ["1m", "2m"]\n'
        f'[fields.name]\nask = "?"\n[fields.{name}]\nask = "?"\n+++\nHello.\n'
    )
    with pytest.raises(UsageError, match="has a meaning already"):
        load("x", [tmp_path])
