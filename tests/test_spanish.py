"""A whole track in Spanish: the listener's words, the script, and all that surrounds it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import mutagen.id3
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st
from written import script, texts

from generator import api, pipeline, plan, shelf, speech, system, voices
from generator.audio import to_frames
from generator.errors import DetailError, ScriptError
from generator.model import Cue, Listener, Voice
from generator.personalise import check, filters
from generator.script import fill, load
from generator.wording import is_known, wording

FOLDERS = system.folders().scripts[-1:]
ES = filters("es-MX")
yours, possessive, to, they, them, agrees = (
    ES[name] for name in ("yours", "possessive", "to", "they", "them", "agrees")
)
SAY = wording("es")


# --- what a listener wrote, said to them ------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("mi perro viejo Canela", "tu perro viejo Canela"),
        ("Mi abuela Rosa", "Tu abuela Rosa"),
        ("MI PERRO", "TU PERRO"),
        ("mis dos gatas y yo", "tus dos gatas y tú"),
        ("un amigo mío", "un amigo tuyo"),
        ("mi gata Mía", "tu gata Mía"),
        ("Dios mío", "Dios mío"),
        ("para mí", "para ti"),
        ("para mi", "para ti"),
        ("quererme a mí misma", "quererte a ti misma"),
        ("verme al espejo y contármelo", "verte al espejo y contártelo"),
        ("mi perro duerme en tierra firme", "tu perro duerme en tierra firme"),
        ("conmigo y con mis hijas", "contigo y con tus hijas"),
        ("nuestro perro", "tu perro"),
        ("una amiga nuestra", "una amiga tuya"),
        ("el mar donde íbamos con nuestro perro", "el mar donde íbamos con nuestro perro"),
        ("el lago donde me siento a salvo", "el lago donde te sientes a salvo"),
        ("me siento a salvo", "te sientes a salvo"),
        ("donde me sentía a salvo", "donde te sentías a salvo"),
        ("mi perro, de cuando era niño", "tu perro, de cuando eras niño"),
        ("mi hija, cuando era bebé", "tu hija, cuando era bebé"),
        ("mi abuela, cuando me leía cuentos", "tu abuela, cuando te leía cuentos"),
        ("la casa donde vivía mi abuela", "la casa donde vivía tu abuela"),
        ("la casa donde vivía de niña", "la casa donde vivías de niña"),
        ("el parque donde jugaba Ana", "el parque donde jugaba Ana"),
        ("cuando yo era feliz", "cuando tú eras feliz"),
        ("aunque yo todavía quiera", "aunque tú todavía quieras"),
        ("la persona que soy cuando canto", "la persona que eres cuando cantas"),
        ("donde canto y bailo", "donde cantas y bailas"),
        ("el canto de mi madre y mi trabajo", "el canto de tu madre y tu trabajo"),
        ("mi recuerdo del Río", "tu recuerdo del Río"),
        ("algo como siempre", "algo como siempre"),
        ("lo que como", "lo que comes"),
        ("no descanso nunca", "no descansas nunca"),
        ("tengo miedo y lloro", "tienes miedo y lloras"),
        ("donde nací, crecí y busqué la paz", "donde naciste, creciste y buscaste la paz"),
        ("lo que haré si puedo", "lo que harás si puedes"),
        ("he perdido a mi padre", "has perdido a tu padre"),
        ("fui yo", "fuiste tú"),
        ("cuando era yo pequeña", "cuando eras tú pequeña"),
        ("mi gata y yo para siempre", "tu gata y tú para siempre"),
        ("cada día yo canto", "cada día tú cantas"),
        ("yo, tía de Ana", "tú, tía de Ana"),
        ("lo siento", "lo siento"),
        ("el traje azul que traje", "el traje azul que trajiste"),
        ("el perro que me seguía", "el perro que te seguía"),
        ("el sonido de la lluvia", "el sonido de la lluvia"),
        ("Dra. Müller", "Dra. Müller"),
    ],
)
def test_a_listener_s_spanish_words_are_said_to_the_listener(told: str, said: str) -> None:
    assert yours(told) == said
    assert yours(said) == said


FIRST = """
yo me mi mis mí mío mías conmigo quererme mirándome contármelo soy nací tendré tengo
"""
OTHERS = """
perro Canela que donde cuando de y no la el para lo canto trabajo como era jugaba sentía nuestro
nuestra íbamos firme tú te tu siempre traje siento hermana Mi ERA Mía ¿Yo
"""
WORDS = st.lists(st.sampled_from(f"{FIRST} {OTHERS}".split()), max_size=12)


@given(WORDS.map(" ".join))
def test_said_to_them_once_it_stays_so(text: str) -> None:
    assert yours(yours(text)) == yours(text)


@given(WORDS.map(" ".join))
def test_no_word_of_the_first_person_is_left(text: str) -> None:
    assert not set(yours(text).lower().split()) & set(FIRST.split())


@given(st.text(max_size=130))
def test_any_text_can_be_said_to_the_listener(text: str) -> None:
    assert yours(yours(text)) == yours(text)
    assert len(yours(text)) <= 2 * len(text) + 3


def test_small_words_join_an_article_and_only_that() -> None:
    assert [possessive(each) for each in ("el perro", "él", "El Salvador", "la luz")] == [
        "del perro",
        "de él",
        "de El Salvador",
        "de la luz",
    ]
    assert [to(each) for each in ("el perro", "ellas", "tu perro")] == [
        "al perro",
        "a ellas",
        "a tu perro",
    ]


@pytest.mark.parametrize(
    ("pronoun", "after", "verb"),
    [
        ("ella", "la", "duerme"),
        ("él", "lo", "duerme"),
        ("elle", "le", "duerme"),
        ("ellas", "las", "duermen"),
        ("ellos", "los", "duermen"),
        ("elles", "les", "duermen"),
    ],
)
def test_pronouns_bend(pronoun: str, after: str, verb: str) -> None:
    assert (they(pronoun), them(pronoun)) == (pronoun, after)
    assert agrees(pronoun, "duerme", "duermen") == verb


def filled(body: str, language: str, **answers: str | int) -> list[str]:
    return texts(fill(script(body, language=language), answers, {}, 12, filters(language)))


def test_numbers_are_said_in_the_language_of_the_script() -> None:
    body = "{% if age %}{{ age | words }}{% endif %}."
    said = {each: filled(body, each, age=9) for each in ("en", "es", "de", "ja")}
    assert said == {"en": ["Nine."], "es": ["Nueve."], "de": ["Neun."], "ja": ["9."]}


@pytest.mark.parametrize(
    ("name", "language"),
    [("article", "es"), ("their", "es-MX"), ("yours", "fr"), ("they", "de"), ("to", "en")],
)
def test_a_filter_that_a_language_does_not_have_is_refused(name: str, language: str) -> None:
    with pytest.raises(ScriptError, match=f"there is no filter '{name}'"):
        filled(f"{{% if name %}}{{{{ name | {name} }}}}.{{% endif %}}", language, name="Ana")


def test_a_question_begins_with_a_capital_after_its_first_mark() -> None:
    body = "{% if name %}¿{{ name }}, estás? ¡{{ name }}! Y tú, {{ name }}.{% endif %}"
    assert filled(body, "es", name="la Ana") == ["¿La Ana, estás?", "¡La Ana!", "Y tú, la Ana."]


# --- danger -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "quiero morir",
        "me quería morir",
        "QUISIERA ESTAR MUERTA",
        "ojalá no hubiera nacido",
        "ya no quiero vivir",
        "no quiero seguir aquí",
        "no quiero despertar",
        "no tengo ganas de vivir",
        "estoy harta de vivir",
        "me corto cuando lloro",
        "hacerme d4ño",
        "acabar con mi vida",
        "acabar con todo",
        "estarían mejor sin mí",
        "tirarme al tren",
        "tirarme por el balcón",
        "m a t a r m e",
    ],
)
def test_danger_is_understood_and_answered_in_spanish(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEDITATE_SUPPORT_LINE", raising=False)
    with pytest.raises(DetailError) as caught:
        check(script("", language="es"), {"name": value})
    assert str(caught.value).endswith(SAY.support)
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        "recuperar las ganas de vivir",
        "quiero vivir",
        "me corto el pelo",
        "me mato a trabajar",
        "morirme de risa",
        "acabar con todo el trabajo",
        "no quiero vivir con miedo",
        "quedarme al sol",
        "no quiero estar sola",
    ],
)
def test_what_only_looks_like_danger_is_let_through(value: str) -> None:
    assert check(script("", language="es"), {"name": value}).answers == {"name": value}


# --- the script -------------------------------------------------------------------------------

SCRIPT = load("es/care-circuit", FOLDERS)
VOICE = voices.load(voices.DEFAULT, system.folders().voices[-1:])
ESTIMATE = partial(speech.estimate_frames, voice=VOICE)
TOLD: dict[str, dict[str, object]] = {
    "nobody": {},
    "dog": {
        "name": "Lucía",
        "care_object": "mi perro viejo Canela",
        "care_object_kind": "animal",
        "care_object_pronoun": "él",
    },
    "twins": {
        "care_object": "mis mellizas",
        "care_object_kind": "persona",
        "care_object_pronoun": "ellas",
    },
    "someone": {"care_object": "mi abuela", "care_object_kind": "persona"},
    "rain": {"care_object": "el sonido de la lluvia", "care_object_kind": "cosa"},
    "lake": {"name": "Alex", "care_object": "el lago", "care_object_kind": "lugar"},
    "word": {"care_object": "mi gato"},
}
LENGTHS = (8, 14, 15, 19, 20, 25)
ENGLISH = re.compile(
    r"\b(?:the|and|of|to|you|your|is|in|it|that|for|with|this|be|at|breathe|hold|out)\b", re.I
)


def cues_of(told: str, gentle: bool, minutes: float) -> tuple[Cue, ...]:
    listener = check(SCRIPT, {**TOLD[told], "gentle": gentle})
    return fill(SCRIPT, listener.answers, listener.switches, minutes, ES)


@pytest.mark.parametrize("gentle", [False, True])
@pytest.mark.parametrize("told", TOLD)
def test_it_is_whole_in_spanish_and_lasts_as_long_as_it_promises(told: str, gentle: bool) -> None:
    for minutes in LENGTHS:
        cues = cues_of(told, gentle, minutes)
        for text in texts(cues):
            assert not ENGLISH.search(text), text
            assert not re.search(r"[{}<>\[\]|\\_*#%]|\bNone\b|\d|  |\ba el\b|\bde el\b", text), text
            assert not re.search(r"\bm(?:i|is|í|e|ío)\b", text), text
            assert re.fullmatch(r"[A-ZÁÉÍÓÚÑ¿¡].*[.!?]", text), text
            assert text.count("?") == text.count("¿"), text
            assert len(text.split()) <= 24, text
        timeline = plan.settle(cues, ESTIMATE, minutes * 60, title="", bed="none")
        assert timeline.frames == to_frames(minutes * 60)
        assert 0.35 <= timeline.silence_share <= 0.80


def test_it_is_the_equal_of_the_english_one() -> None:
    english = load("care-circuit", FOLDERS)
    assert [each.name for each in SCRIPT.fields] == [each.name for each in english.fields]
    assert SCRIPT.switches == english.switches
    assert (SCRIPT.least_s, SCRIPT.most_s, SCRIPT.bed) == (480.0, 1500.0, english.bed)
    assert SCRIPT.body.count("{{ chapter(") == english.body.count("{{ chapter(")
    assert SCRIPT.body.count("pause(") + SCRIPT.body.count("rest(") >= english.body.count("pause(")


def test_it_calls_what_warms_by_its_own_words() -> None:
    dog, twins = (" ".join(texts(cues_of(each, False, 25))) for each in ("dog", "twins"))
    assert "hacia tu perro viejo Canela." in dog
    assert "Siente cómo es tenerlo cerca" in dog
    assert "en compañía de tu perro viejo Canela" in dog
    assert "cerca de ellas" in twins
    assert "en compañía del lago" in " ".join(texts(cues_of("lake", False, 25)))
    assert "Vuelve ahora al lago" in " ".join(texts(cues_of("lake", False, 8)))


def test_it_says_how_to_stop_before_anything_is_asked_and_comes_back() -> None:
    said = texts(cues_of("nobody", True, 8))
    assert "parar en cualquier momento" in " ".join(said[:4])
    assert re.search(r"sonidos.*pies.*Abre los ojos.*hoy", " ".join(said[-10:]))


def test_a_script_finds_the_passages_of_its_own_language_first(tmp_path: Path) -> None:
    front = (FOLDERS[0] / "es/care-circuit.j2").read_text().split("+++\n")[1]
    for path, text in {
        "parts/opening.j2": "Sit down.",
        "parts/ending.j2": "Go gently.",
        "es/parts/opening.j2": "Toma asiento.",
        "es/own.j2": f'+++\n{front}+++\n{{{{ part("opening") }}}}{{{{ part("ending") }}}}',
        "own.j2": f'+++\n{front}+++\n{{{{ part("opening") }}}}',
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    other = tmp_path / "other"
    (other / "parts").mkdir(parents=True)
    (other / "parts/opening.j2").write_text("Sit there.")
    found = load("es/own", [other, tmp_path]).parts
    assert found == {"opening": "Toma asiento.", "ending": "Go gently."}
    assert load("own", [other, tmp_path]).parts == {"opening": "Sit there."}


# --- what the program itself says -------------------------------------------------------------


def test_every_wording_is_whole_and_none_is_english_in_another_language() -> None:
    english = wording("en")
    for name, text in vars(SAY).items():
        assert text
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", getattr(english, name)), name
        assert text != getattr(english, name), name
        assert not ENGLISH.search(text), name


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> system.Folders:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return system.folders()


def test_a_language_without_words_of_its_own_is_said_openly(
    folders: system.Folders, caplog: pytest.LogCaptureFixture
) -> None:
    assert [is_known(each) for each in ("en-GB", "ES", "es-419", "de")] == [True] * 3 + [False]
    for language, warned in (("es", False), ("de", True)):
        caplog.clear()
        body = "{{ breathe(1) }} Sit down. {{ pause(9) }}"
        written = script(body, language=language, least_s=10.0)
        wanted = api.job_for(written, Listener(), api.Wishes(), folders)
        pipeline.outline(wanted, pipeline.cues_of(wanted))
        assert ("no words of its own in 'de'" in caplog.text) is warned


BODY = """{{ bell("small") }} {{ chapter("Llegar") }}
{% if care_object %}Piensa en {{ care_object | yours }}.{% endif %} {{ pause(3) }}
{{ breathe(1) }} {{ pause(4) }}
{{ chapter("Volver") }} Abre los ojos. {{ pause(3) }}"""


def test_a_whole_track_is_spanish_in_its_tag_its_words_and_beside_it(
    folders: system.Folders, voice: Voice, tmp_path: Path
) -> None:
    written = script(BODY, language="es-MX", least_s=10.0, title="Prueba", summary="Tres frases.")
    listener = check(written, {"care_object": "mi perro Canela"})
    wishes = api.Wishes(label="guest-7", profile="podcast", bed="none")
    wanted = api.job_for(written, listener, wishes, folders)
    wanted = replace(wanted, voice=replace(voice, language="es"))
    made = pipeline.render(wanted, folders)
    said = [each.text for each in made.timeline.spoken]
    expected = [SAY.spoken_disclosure, "Piensa en tu perro Canela.", SAY.breathe_in]
    assert said == [*expected, SAY.breathe_out, "Abre los ojos."]
    tag = mutagen.id3.ID3(made.path)
    (lyrics,) = tag.getall("USLT")
    assert (lyrics.lang, tag["TLAN"].text) == ("spa", ["spa"])
    assert SAY.spoken_disclosure in lyrics.text
    assert "Piensa en tu perro Canela." in lyrics.text
    assert tag["TCON"].text == ["Meditación"]
    assert tag["TALB"].text == [SAY.album]
    (about,) = tag.getall("COMM")
    assert about.lang == "spa"
    assert about.text[0].startswith(f"Tres frases. {SAY.safety} La voz, ")
    (contents,) = tag.getall("CTOC")
    assert contents.sub_frames["TIT2"].text == ["Capítulos"]
    titles = [str(each.sub_frames["TIT2"]) for each in tag.getall("CHAP")]
    assert titles == ["Prueba", "Llegar", "Volver"]
    vtt = shelf.beside(made.path, shelf.TRANSCRIPT)
    assert vtt.read_text().startswith("WEBVTT\n\nNOTE Voz sintética: ")
    assert [each.text for each in webvtt.read(vtt)] == said
    assert vtt.read_text().count("<v Voz>") == len(said)
    timeline = json.loads(shelf.beside(made.path, shelf.SIDECAR).read_text())
    assert timeline["facts"]["language"] == "es-MX"
    for text in (lyrics.text, about.text[0], vtt.read_text().replace("VTT", "")):
        assert not ENGLISH.search(text)


@pytest.mark.slow
def test_the_whole_practice_becomes_a_spanish_track(folders: system.Folders, voice: Voice) -> None:
    listener = check(SCRIPT, TOLD["dog"])
    wishes = api.Wishes(label="guest-7", length="8m", profile="sleep")
    wanted = api.job_for(SCRIPT, listener, wishes, folders)
    made = pipeline.render(replace(wanted, voice=replace(voice, language="es")), folders)
    assert made.timeline.frames == to_frames(480)
    tag = mutagen.id3.ID3(made.path)
    (lyrics,) = tag.getall("USLT")
    assert lyrics.lang == "spa"
    assert SAY.driving in lyrics.text
    assert "tu perro viejo Canela" in lyrics.text
    assert not ENGLISH.search(lyrics.text)
    titles = [str(each.sub_frames["TIT2"]) for each in tag.getall("CHAP")]
    assert titles[-7:] == re.findall(r'chapter\("(.+?)"\)', SCRIPT.body)
