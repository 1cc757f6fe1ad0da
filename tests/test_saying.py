"""From what is written to what a voice is given: numbers, titles, signs, and known words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from written import filled, phrases

from generator.errors import ScriptError, UsageError
from generator.model import Beat, Echo, Pause, Phrase, Pronunciation
from generator.saying import Lexicon, in_plain_words, lexicon, said
from generator.saying.lexicon import MAX_BYTES
from generator.shortened import goes_on

ENGLISH = {
    # numbers
    "You are 41 today.": "You are forty-one today.",
    "0 or 12": "zero or twelve",
    "1,000 breaths": "one thousand breaths",
    "1,234.5": "one thousand two hundred and thirty-four point five",
    "Agent 007": "Agent zero zero seven",
    "B12 and MP3": "B twelve and MP three",
    "-5 degrees": "minus five degrees",
    "No. 5, #7": "number five, number seven",
    "12345678901234": "one two three four five six seven eight nine zero one two three four",
    # ages and ordinals
    "A 7-year-old, aged 7–9": "A seven-year-old, aged seven to nine",
    "the 21st, the 2nd, the 3RD": "the twenty-first, the second, the third",
    "1st–3rd": "first to third",
    # rhythms, spans and scores
    "Breathe 4-7-8.": "Breathe four, seven, eight.",
    "4 - 7 - 8": "four, seven, eight",
    "4-4-4-4": "four, four, four, four",
    "5-10 minutes": "five to ten minutes",
    "50-50 and 24/7": "fifty fifty and twenty-four seven",
    # times and dates
    "At 7:30 a.m. you wake.": "At seven thirty a.m. you wake.",
    "7:05 PM": "seven oh five p.m.",
    "7:00, 7pm, 22:15": "seven o'clock, seven p.m., twenty-two fifteen",
    "6.30 a.m., 11.05pm, 3.50": "six thirty a.m., eleven oh five p.m., three point five zero",
    "9am–5pm, 7-9 p.m.": "nine a.m. to five p.m., seven to nine p.m.",
    "6:30 a.m. - 7:15 a.m.": "six thirty a.m. to seven fifteen a.m.",
    "10:30-11:00": "ten thirty to eleven o'clock",
    "In 1998, on May 3, 2019": "In nineteen ninety-eight, on May third, twenty nineteen",
    "the 1990s, your 90s": "the nineteen nineties, your nineties",
    "2026 times": "two thousand and twenty-six times",
    # amounts
    "$5, £1, €2.50": "five dollars, one pound, two euros and fifty cents",
    "100%, 20°C, 1 km, 3.5 km": (
        "one hundred percent, twenty degrees Celsius, one kilometre, three point five kilometres"
    ),
    "5 min. of it": "five minutes of it",
    "½ an hour, 3½ hours, 2¼": "half an hour, three and a half hours, two and a quarter",
    "1/2, 3/4": "one half, three quarters",
    # short words and initials
    "Dr. Weiss, Dr Weiss, Mrs. O'Hara": "Doctor Weiss, Doctor Weiss, Missis O'Hara",
    "St. Mary": "Saint Mary",
    "e.g. tea, coffee, etc.": "for example tea, coffee, et cetera.",
    "J. R. R. Tolkien, J.R.R. Tolkien": "J R R Tolkien, J R R Tolkien",
    "A. Smith and Ruth B. Weiss": "Ay Smith and Ruth B Weiss",
    "Plan B.": "Plan B.",
    "Plan A is said A, B and C.": "Plan Ay is said Ay, B and C.",
    "A friend, a breath, A Friend In Need": "A friend, a breath, A Friend In Need",
    "vitamin A": "vitamin Ay",
    "3x as slow, 10 x": "three times as slow, ten times",
    "So do I.": "So do I.",
    # dashes, quotes, dots
    "A breath — and rest": "A breath, and rest",
    "A breath—and rest": "A breath, and rest",
    "A breath - and rest": "A breath, and rest",
    "A breath, — and rest —": "A breath, and rest",
    "a well-known place": "a well-known place",
    "“Yes,” she said.": "Yes, she said.",
    "it’s ‘fine’ now": "it's fine now",
    "the dogs' beds": "the dogs' beds",
    "Wait… and go": "Wait, and go",
    "Wait...": "Wait.",
    "Wait... and go .... on": "Wait, and go, on",
    "Wait..., and go": "Wait, and go",
    # signs
    "you & me, R&B": "you and me, R and B",
    "and/or, he/she": "and or, he or she",
    "2 + 2 = 4": "two plus two equals four",
}
SPANISH = {
    "Tienes 21 años.": "Tienes veintiún años.",
    "1 hora, 21 horas, 1 minuto": "una hora, veintiuna horas, un minuto",
    "31 días y 1 vez": "treinta y un días y una vez",
    "Cuenta 1.": "Cuenta uno.",
    "4-7-8": "cuatro, siete, ocho",
    "5-10 minutos": "cinco a diez minutos",
    "1.000 veces": "mil veces",
    "2,5 km": "dos coma cinco kilómetros",
    "a las 7:30, a la 1:00": "a las siete y media, a la una en punto",
    "el 1.er paso, la 2ª vez, el 3º": "el primer paso, la segunda vez, el tercero",
    "Dra. Pérez y Sr. Gil": "Doctora Pérez y Señor Gil",
    "—Sí —dijo—.": "Sí, dijo.",
    "«Sí» y “no”": "Sí y no",
    "100 %": "cien por ciento",
    "tú & yo": "tú y yo",
}
OTHERS = {
    ("de", "7 Jahre, 4-7-8"): "sieben Jahre, vier, sieben, acht",
    ("de", "am 7. Mai, 2,5"): "am 7. Mai, 2,5",
    ("de", "„Ja“ – gut…"): "Ja, gut.",
    ("fr", "« Oui » 21 fois"): "Oui vingt et un fois",
    ("ja", "7歳です。"): "7歳です。",
}
PLAIN = "Let the breath come and go; it's yours, and there is nothing to do."
TEXTS = st.text(
    st.sampled_from("0123456789 .,:;-–—/'’\"“”…&%°$½#+aAbBIJ Dr.stndh\ue004"), max_size=40
)


@pytest.mark.parametrize("written", ENGLISH)
def test_english_is_said_in_words(written: str) -> None:
    assert in_plain_words(written, "en-GB") == ENGLISH[written]


@pytest.mark.parametrize("written", SPANISH)
def test_spanish_is_said_in_words(written: str) -> None:
    assert in_plain_words(written, "es-MX") == SPANISH[written]


@pytest.mark.parametrize(("language", "written"), OTHERS)
def test_other_languages_have_their_whole_numbers_and_signs_made_plain(
    language: str, written: str
) -> None:
    assert in_plain_words(written, language) == OTHERS[language, written]


@pytest.mark.parametrize("language", ["en", "es", "de", "ja", "xx"])
def test_plain_words_stay_as_they_are(language: str) -> None:
    assert in_plain_words(PLAIN, language) == PLAIN


@given(TEXTS, st.sampled_from(["en", "es"]))
@example("1.000.0", "es")
@example("1,0001st", "en")
def test_no_digit_is_left_to_an_engine_and_known_words_stay(text: str, language: str) -> None:
    words = in_plain_words(text, language)
    assert not re.search("[0-9½]", words)
    assert words.count("\ue004") == text.count("\ue004"), "known words stay in their places"


@given(st.text(st.sampled_from("aebsB ,;:!?—'’\"“”„«»…-"), max_size=40))
def test_signs_become_no_word_and_no_letter_is_lost(text: str) -> None:
    words = in_plain_words(text, "en")
    assert [each for each in words if each.isalpha()] == [each for each in text if each.isalpha()]
    assert not set(words) & set('—’"“”„«»…')


@given(st.from_regex(r"[a-zé]+(?:[,;:]? [a-zé]+('s)?)*[.!?]", fullmatch=True))
def test_words_and_their_commas_stay_as_they_are(text: str) -> None:
    assert in_plain_words(text, "en") == text


# --- sentences that do not end ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        ("Dr. Weiss is here. Rest.", ["Dr. Weiss is here.", "Rest."]),
        ("Think of Ruth B. Weiss. Rest.", ["Think of Ruth B. Weiss.", "Rest."]),
        ("J. R. Tolkien wrote. Rest.", ["J. R. Tolkien wrote.", "Rest."]),
        ("Some tea, e.g. mint. Rest.", ["Some tea, e.g. mint.", "Rest."]),
        ("It is 7 a.m. Rest.", ["It is 7 a.m.", "Rest."]),
        ("It is 7 a.m. and dark.", ["It is 7 a.m. and dark."]),
        ("So do I. Rest.", ["So do I.", "Rest."]),
        ("That was plan B. Rest.", ["That was plan B.", "Rest."]),
        ("A. B. C.", ["A.", "B.", "C."]),
        ("Ask {{ name }}. Rest.", ["Ask Sam.", "Rest."]),
        ("Ask Dr. {{ name }}. Rest.", ["Ask Dr. Sam.", "Rest."]),
    ],
)
def test_a_sentence_goes_on_after_a_title_and_an_initial(body: str, sentences: list[str]) -> None:
    assert [each.text for each in phrases(filled(body, {"name": "Sam"}))] == sentences


def test_a_title_is_one_in_its_own_language() -> None:
    assert goes_on("La Sra.", " Gil", "es")
    assert not goes_on("La Sra.", " Gil", "en")


def test_a_heap_of_initials_is_refused_at_once() -> None:
    with pytest.raises(ScriptError, match="has a sentence of"):
        filled("Dr. " * 30_000 + "Rest.")


# --- the lexicon ------------------------------------------------------------------------------


def entries(tmp_path: Path, text: str, language: str = "en") -> Lexicon:
    path = tmp_path / "lexicon.toml"
    path.write_text(text, "utf-8")
    return lexicon(path, language)


def spelled(text: str, words: Lexicon, language: str = "en") -> str:
    (cue,) = said([Phrase(text)], language, words.entries)
    assert isinstance(cue, Phrase)
    assert cue.text == text, "what is written stays"
    return cue.spelled


def test_words_are_said_as_the_lexicon_of_their_language_has_them(tmp_path: Path) -> None:
    text = '[en]\nqi = "chee"\n[en-GB]\nschedule = "SHED-yool"\nqi = "kee"\n[es]\nqi = "chi"\n'
    assert spelled("Your qi.", entries(tmp_path, text)) == "Your chee."
    assert spelled("Your qi.", entries(tmp_path, text, "en-GB")) == "Your kee."
    assert spelled("A schedule.", entries(tmp_path, text, "en-US")) == "A schedule."
    assert spelled("A schedule.", entries(tmp_path, text, "en-gb")) == "A shed-yool."
    assert spelled("Tu qi.", entries(tmp_path, text, "es-MX"), "es") == "Tu chi."
    assert not entries(tmp_path, text, "fr").entries


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("qi, Qi and QI", "chee, chee and chee"),
        ("qigong and qi's", "qigong and chee's"),
        ("Nice is nice", "neess is nice"),
        ("NICE", "NICE"),
        ("qi gong", "chee gung"),
        ("Dr. Nice at 7", "Doctor neess at seven"),
    ],
)
def test_whole_words_are_found_and_a_capital_makes_a_name(
    tmp_path: Path, written: str, expected: str
) -> None:
    text = '[en]\nqi = "chee"\n"qi gong" = "chee gung"\nNice = "neess"\n'
    assert spelled(written, entries(tmp_path, text)) == expected


def test_sounds_are_kept_beside_what_is_written_for_voices_that_read_none(tmp_path: Path) -> None:
    words = entries(tmp_path, '[en]\nNice = "/niːs/"\n')
    (cue,) = said([Phrase("In Nice.")], "en", words.entries)
    assert cue == Phrase("In Nice.", said=("In ", Pronunciation("Nice", "niːs"), "."))
    (cue,) = said([Phrase("Nice's sea.")], "en", words.entries)
    assert cue == Phrase("Nice's sea.", said=(Pronunciation("Nice's", "niːsɪz"), " sea."))


def test_what_is_said_in_breaths_and_repeated_is_prepared_too(tmp_path: Path) -> None:
    words = entries(tmp_path, '[en]\nqi = "chee"\n').entries
    cues = (Echo(Phrase("My qi.")), Beat(Phrase("Qi in."), 4.0, "in"), Beat(None, 4.0, "out"))
    echo, beat, *rest = said((*cues, Pause(1, 1, 1)), "en", words)
    assert isinstance(echo, Echo)
    assert isinstance(beat, Beat)
    assert echo.phrase.spelled == "My chee."
    assert beat.phrase
    assert beat.phrase.spelled == "chee in."
    assert rest == [cues[2], Pause(1, 1, 1)]


def test_only_entries_that_a_track_can_speak_belong_to_it(tmp_path: Path) -> None:
    words = entries(tmp_path, '[en]\nqi = "chee"\nNice = "neess"\n')
    assert words.only(["Feel your QI.", "Rest."]).keys() == {"qi"}


def test_the_lexicon_of_the_guide_says_what_the_guide_says(tmp_path: Path) -> None:
    guide = (Path(__file__).parent.parent / "docs" / "voices.md").read_text("utf-8")
    (text,) = re.findall(r"```toml\n(\[en\]\n.*?)```", guide, re.DOTALL)
    words = entries(tmp_path, text, "en-GB")
    assert spelled("Qi on Yom Kippur.", words) == "chee on yom kee-poor."
    assert spelled("A schedule.", words) == "A shed-yool."


def test_no_lexicon_is_an_empty_one(tmp_path: Path) -> None:
    assert not lexicon(tmp_path / "lexicon.toml", "en").entries


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[en]\nQuillfeather = "a|b"', "entry 1 of [en] has brackets or markup"),
        ('[en]\na = "b"\nQuillfeather = "/zz1/"', "entry 2 of [en] has a sign between"),
        ("[en]\nQuillfeather = 3", "entry 1 of [en] must be text"),
        ('Quillfeather = "quill"', "every word stands in the table of its language"),
        ('[en]\nQuillfeather = "quill\n', "lexicon.toml:2: is not valid TOML"),
        ('[en]\nQuillfeather = "a"\nQuillfeather = "b"', "is not valid TOML"),
        ("#" * (MAX_BYTES + 1), "is longer than"),
    ],
)
def test_a_broken_lexicon_is_named_by_place_and_repeats_no_word(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        entries(tmp_path, text)
    assert complaint in str(caught.value)
    assert "Quillfeather" not in str(caught.value)
    assert "Quillfeather" not in repr(Lexicon({"Quillfeather": Pronunciation("x")}))
