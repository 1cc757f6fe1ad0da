"""What a script may contain, held against templates that were written to do harm."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from written import FIRST_LINE, filled

from generator.errors import MeditationError, ScriptError

QUICK_S = 4.0
LISTS = {"rungs": tuple(range(60)), "wishes": ("be safe", "be well")}
LINE = FIRST_LINE + 2
"""Where the hostile line stands: after a sentence and an empty line."""

NESTED_LOOPS = (
    "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "{% for a in range(10 ** 9) %}x{% endfor %}",
    "{% for a in wishes %}" * 3 + "x" + "{% endfor %}" * 3,
    "{% for a in rungs recursive %}{{ loop(rungs) }}{% endfor %}",
    "{% for a in rungs if a %}x{% endfor %}",
    "{% for a in rungs %}x{% else %}y{% endfor %}",
    "{% for a, b in rungs %}x{% endfor %}",
    "{% for a in name %}x{% endfor %}",
    "{% for a in [1, 2] %}x{% endfor %}",
    "{% for pause in rungs %}{{ pause(3) }}{% endfor %}",
    "{% for a in rungs %}{% for b in rungs %}" + "{{ bell() }}" * 10 + "{% endfor %}{% endfor %}",
)
MEMORY = (
    "{{ 'a' * 10 ** 10 }}",
    "{{ '%9999999999d' | format(1) }}",
    "{{ '%9999999999d' % 1 }}",
    "{{ '{:>1e10}'.format(1) }}",
    "{{ name | center(10 ** 9) }}",
    "{{ name | indent(999999999) }}",
    "{{ name | ljust(999999999) }}",
    "{{ [0] * 10 ** 9 }}",
    "{% set a = 'x' %}{% set a = a ~ a %}{% set a = a ~ a %}",
    "{{ lipsum(n=10 ** 6) }}",
)
COMPILE_TIME = (
    "{{ 9 ** (9 ** 9) }}",
    "{{ 9 ** 9 ** 9 ** 9 }}",
    "{{ pause(9 ** 9 ** 9) }}",
    "{{ " + "1" * 5_000 + " }}",
    "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "{{ " + "[" * 5_000 + "]" * 5_000 + " }}",
    "{% if " + "not " * 5_000 + "name %}x{% endif %}",
    "{% if name %}" * 3_000 + "x" + "{% endif %}" * 3_000,
    "{% if " + " and ".join(["name"] * 5_000) + " %}x{% endif %}",
    "{{ name" + " | yours" * 5_000 + " }}",
    "{{ 1" + " if 1 else 2" * 3_000 + " }}",
)
ESCAPES = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''.__class__.__base__.__subclasses__()[104].__init__.__globals__['sys'] }}",
    "{{ ().__class__.__bases__[0] }}",
    "{{ name.__class__ }}",
    "{{ name['__class__'] }}",
    "{{ name | attr('__class__') }}",
    "{{ '{0.__class__.__init__.__globals__}'.format(name) }}",
    "{{ '{a.__class__}'.format_map({'a': name}) }}",
    "{{ ('{0.__call__.__builtins__}' | attr('format'))(name) }}",
    "{% set f = '{0.__class__}'.format %}{{ f(name) }}",
    "{{ ['{0.__class__}'] | map('format', name) | list }}",
    "{{ [name] | map(attribute='__class__') | list }}",
    "{{ [name] | groupby('__class__') }}",
    "{{ dict(a=1) | xmlattr }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__.os }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ self.__init__.__globals__.__builtins__ }}",
    "{{ self._TemplateReference__context.cycler }}",
    "{{ request.application.__globals__ }}",
    "{{ config.items() }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ url_for.__globals__ }}",
    "{{ pause.__globals__ }}",
    "{{ pause.__wrapped__ }}",
    "{{ pause | attr('__globals__') }}",
    "{{ bell('bowl').__class__ }}",
    "{{ bell('bowl')('bowl') }}",
    "{{ environment }}",
    "{{ environment.from_string('x') }}",
    "{{ loop }}",
    "{{ caller() }}",
    "{{ super() }}",
    "{{ varargs }}",
    "{{ __import__('os') }}",
    "{{ pause(**{'seconds': 3}) }}",
    "{{ pause(*[3]) }}",
)
STATEMENTS = (
    "{% include '../../etc/passwd' %}",
    "{% include name %}",
    "{% import 'os' as os %}",
    "{% from 'os' import system %}",
    "{% extends '/etc/passwd' %}",
    "{% block a %}x{% endblock %}",
    "{% macro a() %}x{% endmacro %}",
    "{% call pause(3) %}x{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% set name = 'x' %}",
    "{% with a = 1 %}x{% endwith %}",
    "{% autoescape true %}x{% endautoescape %}",
    "{% do name %}",
    "{% trans %}x{% endtrans %}",
    "{% debug %}",
    "{% break %}",
)
EXPRESSIONS = (
    "{{ 1 + 1 }}",
    "{{ -1 }}",
    "{{ name ~ name }}",
    "{{ name[0] }}",
    "{{ name[:3] }}",
    "{{ name is defined }}",
    "{{ name in rungs }}",
    "{{ name if name else 'x' }}",
    "{{ [1] }}",
    "{{ {'a': 1} }}",
    "{{ 1, 2 }}",
    "{{ bell }}",
    "{{ name() }}",
    "{{ nobody }}",
    "{{ name | upper }}",
    "{{ name | safe }}",
    "{{ name | agrees(name, name) }}",
    "{{ name | yours(text='x') }}",
    "{{ pause(name) }}",
    "{{ pause(3, least=1, least=2) }}",
    "{{ pause(3) | yours }}",
    "{{ (pause(3) or name) | yours }}",
    "{% if pause(3) %}x{% endif %}",
    "{{ pause(3) == name }}",
    "{{ name.",
    "{% if name %}x",
    "{# no end",
    "{{ '\\ud800' }}",
    "{{ '\\x00' }}",
    "{{ bell('\\ue000') }}",
    "{{ 'x' | agrees('\\ue000', 'x') }}",
)
NOTHING_TO_SAY = ("{{ none }}", "{{ true }}", "{{ 1 == 1 }}", "{{ name }}", "{{ 'seven' | words }}")


def refusal(hostile: str) -> str:
    started_s = time.perf_counter()
    with pytest.raises(ScriptError) as caught:
        filled(f"Sit down.\n\n{hostile}", lists=LISTS)
    assert time.perf_counter() - started_s < QUICK_S
    return str(caught.value)


@pytest.mark.parametrize(
    "hostile",
    [
        *NESTED_LOOPS,
        *MEMORY,
        *COMPILE_TIME,
        *ESCAPES,
        *STATEMENTS,
        *EXPRESSIONS,
        *NOTHING_TO_SAY,
    ],
    ids=lambda hostile: hostile[:60],
)
def test_what_is_not_on_the_list_is_refused_at_once_with_its_line(hostile: str) -> None:
    assert refusal(hostile).startswith(f"small.j2:{LINE}: ")


def test_the_line_is_that_of_the_offence_and_not_of_the_block_around_it() -> None:
    assert f":{LINE + 3}: " in refusal(
        "{% if name %}\nHello.\n{# two\nlines #}{{ nobody }}{% endif %}"
    )


@pytest.mark.parametrize(
    "allowed",
    [
        "{{ name }}",
        "{{ name | yours }}",
        "{{ 'x' | agrees('is', 'are') }}",
        "{% if gentle %}a{% elif age and age <= 6 %}b{% else %}c{% endif %}",
        "{% if not (name or care_object) and length_minutes >= 15 %}a{% endif %}",
        "{% if name == 'Sam' %}a{% endif %}",
        "{{ name or 'you' }}",
        "{% for a in wishes %}{% for b in wishes %}Say {{ a }}, {{ b }}.{% endfor %}{% endfor %}",
        "{{ pause(3, least=1, most=9) }}{{ bell('bowl') }}{{ chapter(title='x') }}",
        "{# a remark with {{ 9 ** 9 }} in it #}",
    ],
)
def test_what_is_on_the_list_is_filled(allowed: str) -> None:
    assert filled(f"Sit down. {allowed}", {"name": "Sam", "age": 7}, lists=LISTS)


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ("pause('long')", "pause takes a number"),
        ("pause(true)", "pause takes a number"),
        ("pause(601)", "pause must lie between 0 and 600"),
        ("pause(1e999)", "pause must lie between 0 and 600"),
        ("pause(3, least=4)", "least must lie between 0 and 3"),
        ("pause(3, most=2)", "most must lie between 3 and 600"),
        ("pause()", "pause(): missing a required argument"),
        ("pause(3, lest=1)", "pause(): got an unexpected keyword argument 'lest'"),
        ("pause(1, 1, 1, 1)", "pause(): too many positional arguments"),
        ("rest(181)", "rest must lie between 1 and 180"),
        ("bell('')", "bell takes a text"),
        ("bell(3)", "bell takes a text"),
        ("chapter('a\\nb')", "chapter takes one line"),
        ("chapter('" + "a" * 81 + "')", "chapter takes one line of at most 80 characters"),
        ("bed(none)", "bed takes a text"),
        ("pace(2)", "pace must lie between 0.6 and 1.4"),
        ("repeat(' ')", "repeat takes a text"),
        ("ask(7)", "ask takes a text"),
        ("breathe(0)", "breathe takes 1 to 60 rounds"),
        ("breathe(2.5)", "breathe takes 1 to 60 rounds"),
        ("breathe(2, in_s=21)", "in_s must lie between 2 and 20"),
        ("breathe(2, hold_s=1)", "hold_s is too short to be announced"),
        ("part('nowhere')", "there is no part 'nowhere'"),
        ("part('../secret')", "there is no part '../secret'"),
        ("belle()", "there is no cue 'belle'. Did you mean 'bell'?"),
    ],
)
def test_a_wrong_cue_is_found_even_in_a_branch_that_is_not_taken(call: str, complaint: str) -> None:
    message = refusal("{% if gentle and not gentle %}{{ " + call + " }}{% endif %}")
    assert message.startswith(f"small.j2:{LINE}: {complaint}")


def test_a_name_nobody_knows_comes_with_the_nearest_one() -> None:
    assert "there is no field 'care_objekt'. Did you mean 'care_object'?" in refusal(
        "{{ care_objekt }}"
    )
    assert "there is no filter 'your'. Did you mean 'yours'?" in refusal("{{ name | your }}")


def test_a_private_character_in_a_script_is_refused_with_its_line() -> None:
    assert refusal("Forged \ue0000:0\ue001 mark.").startswith(f"small.j2:{LINE}: ")


@pytest.mark.parametrize(
    "tedious",
    [
        "." * 120_000 + "x",
        ".'" * 60_000 + "x",
        "'" * 120_000,
        " " * 120_000 + "x",
        "\n \n" * 40_000 + "x",
        "{{ name }}" * 4_000,
        "{% if name %}x{% endif %}" * 2_000,
    ],
    ids=lambda tedious: repr(tedious[:12]),
)
def test_no_plain_text_takes_long_to_read(tedious: str) -> None:
    started_s = time.perf_counter()
    filled(f"Sit down. {tedious}", {"name": "Sam"})
    assert time.perf_counter() - started_s < QUICK_S


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("word " * 25_000, "fills to more than"),
        ("{{ breathe(60) }}", "has more than"),
        ("{{ part('long') }}", "fills to more than"),
    ],
    ids=lambda each: each[:20],
)
def test_what_a_loop_can_make_is_bounded_before_it_is_made(body: str, complaint: str) -> None:
    loops = "{% for a in rungs %}{% for b in rungs %}" + body + "{% endfor %}{% endfor %}"
    parts = {"long": "{% if length_minutes > 3 %}A sentence.{% endif %}" * 1_000}
    started_s = time.perf_counter()
    with pytest.raises(ScriptError, match=complaint):
        filled(f"Sit down. {loops}", lists=LISTS, parts=parts)
    assert time.perf_counter() - started_s < QUICK_S


PIECES = st.sampled_from(
    re.split(
        " ",
        "{{ }} {% %} {# #} if for in set elif else endif endfor not and or name age rungs pause"
        " bell part 'x' 3 9 ** ( ) [ ] { } . , | yours == ~ = __class__ Sit. \n",
    )
)


@given(st.lists(PIECES, max_size=30).map(" ".join))
@example("{{ pause ( ) }}")
@settings(max_examples=150)
def test_any_template_is_filled_or_refused_in_one_line(body: str) -> None:
    try:
        said = str(filled(f"Sit down. {body}", {"name": "Sam"}, lists=LISTS))
    except MeditationError as error:
        said = str(error)
    assert said.startswith(("small.j2", "(Phrase("))
    assert "\n" not in said
