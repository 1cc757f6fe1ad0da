"""What a new script begins as: short, sound, and ready to be rewritten."""

from __future__ import annotations

import json

from generator.errors import UsageError
from generator.sayable import tidied

MOST_TITLE = 120

_FRONT = """+++
title = {title}
summary = {summary}
kind = "{kind}"
language = "{language}"
sources = [{source}]
lengths = [{lengths}]
switches = [{switches}]
bed = "{bed}"
{fields}+++
"""
_FIELD = """
[fields.name]
ask = {ask}
example = "Sam"
"""
_PRACTICE = """{# What stands between these signs is never spoken. The two parts are shared by all
   scripts: they say how to stop, and come back to the room and the day. #}
{{ bell("bowl") }}
{{ chapter("Arriving") }}
{% if name %}Hello, {{ name }}, and welcome.{% else %}Hello, and welcome.{% endif %}

{{ part("opening") }}

{{ chapter("Staying") }}
Notice one breath, wherever you feel it best. {{ pause(12, least=5, most=40) }}
{% if gentle %}There is nothing to change about it.
{% else %}Follow it from its first stir to its last.
{% endif %}{{ pause(12, least=5, most=30) }}
Perhaps it is long today, or short, or hardly there at all. It may be any of these. {{ pause(12) }}
When your mind has gone elsewhere, let it come home in its own time. {{ rest(30) }}
There is nothing here to be good at. Each time you come back is as good as the last. {{ rest(30) }}
Stay as long as it is easy, and no longer. {{ rest(40) }}

{{ chapter("Going on") }}
{{ part("closing") }}

{{ bell("bowl") }}
"""
_TALK = """{# What stands between these signs is never spoken. A talk says what is done, and why. #}
{{ chapter("What we do") }}
In this practice we sit still and notice one breath after another. {{ pause(3, least=2, most=12) }}
That sounds like very little. It is also harder than it sounds. {{ pause(3, least=2, most=12) }}

{{ chapter("Why") }}
A mind that is asked to rest goes looking for something to do. {{ pause(3, least=2, most=12) }}
Each time you see that it has gone, you have already come back. {{ pause(4, least=2, most=12) }}
Nobody keeps count of how often that happens. {{ pause(4, least=2, most=12) }}
Some days it is every other breath, and that is a good day too. {{ pause(4, least=2, most=12) }}
That is all of the practice, and it is enough for now. {{ pause(4, least=2, most=12) }}
"""
_PRACTICA = """{# Lo que está entre estos signos nunca se dice. Al empezar se cuenta cómo parar, y
   al acabar se vuelve a la habitación y al día. #}
{{ bell("bowl") }}
{{ chapter("Llegar") }}
{% if name %}Hola, {{ name }}, y bienvenida sea esta pausa.{% else %}Hola.{% endif %}
Puedes parar en cualquier momento. Basta con abrir los ojos y sentir los pies en el suelo.
Deja de lado lo que no te sirva. {{ pause(5, least=2, most=12) }}
Busca una postura en la que tu cuerpo descanse. {{ pause(10, least=4, most=30) }}

{{ chapter("Quedarse") }}
Nota una respiración, donde mejor la sientas. {{ pause(12, least=5, most=40) }}
{% if gentle %}No hay nada que cambiar en ella.
{% else %}Síguela desde que empieza hasta que acaba.
{% endif %}{{ pause(12, least=5, most=30) }}
Quizá hoy sea larga, o corta, o casi no se note. Puede ser cualquiera de ellas. {{ pause(12) }}
No tienes que buscarla. Ya estaba aquí antes, y seguirá después. {{ pause(8) }}
Cuando tu mente se haya ido, déjala volver a su ritmo. {{ rest(20) }}
Aquí no hay nada que hacer bien. Cada vez que vuelves vale tanto como la anterior. {{ rest(20) }}
Quédate mientras sea fácil, y no más. {{ rest(20) }}

{{ chapter("Seguir") }}
Escucha los sonidos a tu alrededor, cerca y lejos. {{ pause(8, least=3, most=20) }}
Siente tus pies, y mueve los dedos. {{ pause(7, least=3, most=20) }}
Abre los ojos y mira una cosa sencilla de la habitación. {{ pause(7, least=3, most=20) }}
Piensa en lo próximo que harás hoy. {{ pause(6, least=2, most=14) }}
{{ bell("bowl") }}
"""
_KINDS = {
    ("en", "practice"): (
        _PRACTICE,
        "What the listener will do in these minutes, and what for.",
        "What would you like to be called?",
        (4, 5),
    ),
    ("en", "talk"): (_TALK, "What we do in the practice, and why we do it.", "", (1, 2)),
    ("es", "practice"): (
        _PRACTICA,
        "Qué hará quien escuche en estos minutos, y para qué.",
        "¿Cómo quieres que te llame?",
        (3, 4),
    ),
}
LANGUAGES = tuple(sorted({language for language, _kind in _KINDS}))


def beginning(slug: str, title: str | None) -> str:
    """The text of a new script: a talk where the slug says so, in the language it names.

    Raises UsageError for a title that will not do, or a language there is no beginning in.
    """
    folder, _slash, name = slug.rpartition("/")
    kind = "talk" if folder == "talks" else "practice"
    language = folder if folder and kind == "practice" else LANGUAGES[0]
    if language not in LANGUAGES:
        raise UsageError(
            f"there is no beginning in '{language}'; there is one in {', '.join(LANGUAGES)}",
            remedy="Copy a script with 'meditate scripts copy', and translate it.",
        )
    body, summary, ask, lengths = _KINDS[language, kind]
    said = titled(name, title)
    practice = kind == "practice"
    front = _FRONT.format(
        title=json.dumps(said, ensure_ascii=False),
        summary=json.dumps(summary, ensure_ascii=False),
        kind=kind,
        language=language,
        source='"yo"' if language == "es" else '"me"',
        lengths=", ".join(json.dumps(f"{minutes}m") for minutes in lengths),
        switches='"gentle"' if practice else "",
        bed="drone" if practice else "none",
        fields=_FIELD.format(ask=json.dumps(ask, ensure_ascii=False)) if ask else "",
    )
    return front + body


def titled(name: str, title: str | None) -> str:
    """The title as it will be written; left out, one made of the name. Raises UsageError."""
    try:
        return tidied(title or name.replace("-", " ").capitalize(), MOST_TITLE)
    except ValueError as error:
        raise UsageError(f"the title {error}", where="--title") from None
