"""Spanish verbs in the first person singular, and the same in the second.

Made from the verbs people speak of themselves with. A verb that is not here stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

_AR = """
abrazar admirar aguantar amar andar animar ayudar bailar bañar buscar caminar cansar cantar cocinar
comprar conversar cuidar cultivar charlar dejar descansar desear dibujar disfrutar
entrar enfadar enojar escuchar esperar estudiar evitar extrañar fallar gritar hablar imaginar
intentar jurar lanzar lavar levantar llamar llegar llevar llorar lograr luchar madrugar mandar
meditar mirar montar nadar necesitar observar odiar olvidar pasar pasear pedalear peinar pintar
plantar practicar preguntar preocupar preparar quedar quitar regalar relajar respirar rezar
sacar saltar saludar tardar terminar tocar tomar trabajar tratar usar viajar visitar
"""
_ER_IR = """
aprender beber comer comprender correr creer coser deber leer temer vender
abrir asistir compartir decidir descubrir escribir existir permitir recibir subir sufrir vivir
"""
_BENT_AR = """
acordar:acuerdo acostar:acuesto almorzar:almuerzo cerrar:cierro comenzar:comienzo contar:cuento
despertar:despierto empezar:empiezo encontrar:encuentro jugar:juego mostrar:muestro pensar:pienso
probar:pruebo recordar:recuerdo sentar:siento soñar:sueño volar:vuelo
"""
_BENT_ER_IR = """
agradecer:agradezco conocer:conozco crecer:crezco defender:defiendo dormir:duermo entender:entiendo
merecer:merezco mover:muevo nacer:nazco ofrecer:ofrezco parecer:parezco pedir:pido perder:pierdo
pertenecer:pertenezco preferir:prefiero reír:río seguir:sigo sentir:siento servir:sirvo
volver:vuelvo
"""
_SECOND_OF_BENT = """
agradezco:agradeces conozco:conoces crezco:creces merezco:mereces nazco:naces ofrezco:ofreces
parezco:pareces pertenezco:perteneces siento:sientes sigo:sigues río:ríes
"""
_SINGLE = """
soy:eres estoy:estás voy:vas doy:das tengo:tienes vengo:vienes hago:haces digo:dices pongo:pones
confío:confías crío:crías salgo:sales traigo:traes caigo:caes oigo:oyes sé:sabes veo:ves
quiero:quieres puedo:puedes he:has hube:hubiste fui:fuiste estuve:estuviste tuve:tuviste
hice:hiciste pude:pudiste puse:pusiste quise:quisiste vine:viniste traje:trajiste dije:dijiste
di:diste vi:viste supe:supiste anduve:anduviste salí:saliste caí:caíste oí:oíste pondré:pondrás
saldré:saldrás tendré:tendrás vendré:vendrás podré:podrás querré:querrás sabré:sabrás haré:harás
diré:dirás habré:habrás veré:verás seré:serás estaré:estarás iré:irás daré:darás
"""
_PAST_OF_TWO = """
era:eras iba:ibas había:habías estaba:estabas tenía:tenías venía:venías hacía:hacías decía:decías
ponía:ponías salía:salías traía:traías veía:veías quería:querías podía:podías sabía:sabías
daba:dabas
"""
_NOTHING_ELSE = """
abro agradezco aprendo bebo caigo comprendo conozco corro crezco digo disfruto duermo empiezo
entiendo escribo escucho espero hablo hago imagino leo levanto llevo lloro merezco miro muevo nazco
necesito ofrezco oigo parezco pertenezco pido pierdo pongo prefiero puedo quiero salgo siento sigo
sufro tengo traigo veo vengo
"""
"""What ends in an o and is no noun: "canto" is a song too, and "pienso" is what a dog eats."""
_OTHERS_TOO = "di dije traje vine"


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pair in text.split():
        first, _colon, second = pair.partition(":")
        yield first, second


def _forms(infinitive: str, present: str, second: str) -> Iterator[tuple[str, str]]:
    """Present, past and future that are nobody else's."""
    stem, is_ar = infinitive[:-2], infinitive.endswith("ar")
    yield present, second
    if is_ar:
        yield f"{_hard(stem)}é", f"{stem}aste"
    else:
        vowel = stem[-1] in "aeo" or infinitive == "reír"
        yield f"{stem}í", f"{stem}{'í' if vowel else 'i'}ste"
    flat = infinitive.replace("í", "i")
    yield f"{flat}é", f"{flat}ás"


def _hard(stem: str) -> str:
    """The stem before an é, spelled so that it sounds the same: busqué, llegué, abracé."""
    for last, spelled in (("c", "qu"), ("g", "gu"), ("z", "c")):
        if stem.endswith(last):
            return stem[:-1] + spelled
    return stem


def _verbs() -> Iterator[tuple[str, str, str]]:
    """Every infinitive with its present tense, in both persons."""
    for verb in _AR.split():
        yield verb, f"{verb[:-2]}o", f"{verb[:-2]}as"
    for verb in _ER_IR.split():
        yield verb, f"{verb[:-2]}o", f"{verb[:-2]}es"
    known = dict(_pairs(_SECOND_OF_BENT))
    for verb, present in _pairs(_BENT_AR):
        yield verb, present, f"{present[:-1]}as"
    for verb, present in _pairs(_BENT_ER_IR):
        yield verb, present, known.get(present, f"{present[:-1]}es")


def _old_days(infinitive: str) -> tuple[str, str]:
    """The past in which things went on, the same for "yo" and for "ella"."""
    form = f"{infinitive[:-2]}{'aba' if infinitive.endswith('ar') else 'ía'}"
    return form, f"{form}s"


_ALL = {first: second for verb in _verbs() for first, second in _forms(*verb)} | dict(
    _pairs(_SINGLE)
)

NOUNS_TOO = {
    first: second
    for first, second in _ALL.items()
    if first in _OTHERS_TOO.split() or (first[-1] == "o" and first not in _NOTHING_ELSE.split())
}
"""Forms that are a verb of one's own only where the sentence says so."""
OWN = {first: second for first, second in _ALL.items() if first not in NOUNS_TOO}
"""Forms that are one wherever they stand."""
OF_TWO = dict(_old_days(infinitive) for infinitive, *_others in _verbs()) | dict(
    _pairs(_PAST_OF_TWO)
)
"""Forms of the first and the third person alike."""
