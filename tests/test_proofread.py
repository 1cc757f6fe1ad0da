"""What is wrong with a script is found, on its line; and what is right is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import drafts, personalise, proofread, script, system
from generator.cli import app, author, look  # noqa: F401  their commands join the group
from generator.errors import UsageError
from generator.model import Finding, Phrase, Severity
from generator.pipeline import proofreading
from generator.pipeline.proofreading import proofread_script

FOLDERS = system.folders()
BUILT_IN = script.available(FOLDERS.scripts[-1:])
QUICK = ("care-circuit",)
GOOD = drafts.beginning("quiet", None)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scripts").mkdir()
    return tmp_path


def read(home: Path, text: str, slug: str = "quiet") -> tuple[Finding, ...]:
    path = home / "scripts" / f"{slug}.j2"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return proofread_script(slug, system.folders())


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def line_of(text: str, words: str) -> int:
    (line,) = [n for n, each in enumerate(text.split("\n"), 1) if words in each]
    return line


def meditate(*args: str) -> int | None:
    code: int | None = app.main([*args], prog_name="meditate", standalone_mode=False)
    return code


# --- what comes along -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slug",
    [each if each in QUICK else pytest.param(each, marks=pytest.mark.slow) for each in BUILT_IN],
)
def test_a_script_that_comes_along_has_nothing_wrong(slug: str) -> None:
    assert proofread_script(slug, FOLDERS) == ()


@pytest.mark.parametrize("slug", BUILT_IN)
def test_it_is_known_where_everything_is_written(slug: str) -> None:
    chosen = script.load(slug, FOLDERS.scripts)
    answers = {each.name: proofreading._example(each) for each in chosen.fields}
    plain = script.fill(chosen, answers, {}, 25, personalise.filters(chosen.language))
    placed = script.placed(chosen, answers, {}, 25, personalise.filters(chosen.language))
    assert tuple(each.cue for each in placed) == plain
    for each in placed:
        path = chosen.path.parent / each.place.file
        line = path.read_text().split("\n")[each.place.line - 1]
        if isinstance(each.cue, Phrase) and not each.cue.personal:
            assert each.cue.text.split()[-1] in path.read_text()
            first = each.cue.text.split()[0].lower()
            assert first in line.lower() or "{{" in line, (each.place, line)


@pytest.mark.parametrize("slug", ["quiet", "talks/why", "es/calma"])
def test_a_script_that_is_begun_has_nothing_wrong(home: Path, slug: str) -> None:
    assert read(home, drafts.beginning(slug, None), slug) == ()


# --- one thing wrong at a time ----------------------------------------------------------------

PAUSED = "Stay as long as it is easy, and no longer. {{ rest(40) }}"
NAME = '[fields.name]\nask = "What would you like to be called?"'
WRONG: list[tuple[str, str, str]] = [
    ("unused", NAME, f'[fields.age]\nask = "How old?"\n\n{NAME}'),
    ("unused", 'switches = ["gentle"]', 'switches = ["gentle", "aloud"]'),
    ("unused", NAME, f"[lists]\nrungs = [1, 2]\n\n{NAME}"),
    ("source", 'sources = ["me"]', "sources = []"),
    ("summary", "What the listener will do in these minutes, and what for.", "Quiet"),
    ("sentence", PAUSED, f"One {'and one ' * 12}more. {{{{ pause(9) }}}}\n{PAUSED}"),
    ("sentence", PAUSED, f"A {'supercalifragilistic ' * 16}day.\n{PAUSED}"),
    ("saying", PAUSED, f"The BBC is quiet now.\n{PAUSED}"),
    ("saying", PAUSED, f"Mind the approx_time of it.\n{PAUSED}"),
    ("saying", PAUSED, f"Think of your dept. of worries.\n{PAUSED}"),
    ("saying", PAUSED, f"It is quiet ☂ here.\n{PAUSED}"),
    ("time", "{{ rest(40) }}", "{{ rest(40) }}\nLet the day come."),
    ("length", 'lengths = ["4m", "5m"]', 'lengths = ["1m", "5m"]'),
    ("silence", 'lengths = ["4m", "5m"]', 'lengths = ["4m", "9m"]'),
    ("unbroken", PAUSED, "It is so. " * 150 + PAUSED),
    ("opening", '{{ part("opening") }}', "Sit down. {{ pause(9) }}"),
    ("return", '{{ part("closing") }}', "Well done. {{ pause(9) }}"),
    ("painful", PAUSED, "Think of the wound. {{ pause(30, most=41) }}"),
    ("breath", PAUSED, "{{ breathe(2, hold_s=4) }}\n" + PAUSED),
    ("breath", PAUSED, '{{ breathe(2, pattern="4-7-8") }}\n' + PAUSED),
    ("breath", PAUSED, f"Hold your breath if you like.\n{PAUSED}"),
    ("breath", PAUSED, f"{{% if not gentle %}}Now hold your breath.{{% endif %}}\n{PAUSED}"),
    ("healing", PAUSED, f"This heals the heart.\n{PAUSED}"),
    ("healing", "What the listener will do in these minutes, and what for.", "It cures all pain."),
    ("forgiving", PAUSED, f"Now forgive whoever did it.\n{PAUSED}"),
    ("script", "{{ part", "{{ prat"),
    ("script", "{% if gentle %}", "{% if gentel %}"),
    ("script", NAME, NAME.replace("[fields.name]", "[fields.voice]")),
    ("script", 'summary = "What the listener will do in these minutes, and what for."', ""),
    ("script", 'lengths = ["4m", "5m"]', ""),
    ("script", "{{ rest(40) }}", "{{ rest(40) | shout }}"),
    ("script", "{{ rest(40) }}", "{% if %}"),
    ("script", "{{ rest(40) }}", "*really*"),
]


def spoilt(rule: str, old: str, new: str) -> str:
    text = changed(old, new)
    if rule == "unbroken":
        text = text.replace('lengths = ["4m", "5m"]', 'lengths = ["8m", "9m"]')
    if rule == "breath" and "hold_s" in new:  # held without a way to be spared it
        text = text.replace('switches = ["gentle"]', "switches = []")
        return text.replace(
            "{% if gentle %}There is nothing to change about it.\n{% else %}", "{% if name %}"
        )
    return text


@pytest.mark.parametrize(("rule", "old", "new"), WRONG, ids=lambda each: each[:24])
def test_what_is_wrong_is_found(home: Path, rule: str, old: str, new: str) -> None:
    found = read(home, spoilt(rule, old, new))
    rules = {each.rule for each in found}
    assert rule in rules
    assert rules <= {rule, "silence", "length"}  # what is taken out is missing from the time
    for each in found:
        assert each.what
        assert each.where.startswith((str(home), "parts/"))


def test_every_rule_is_broken_by_one_of_these_scripts() -> None:
    assert {each.name for each in proofread.RULES} == {rule for rule, _old, _new in WRONG} - {
        "script",
        "length",
    } | {"quoted"}


@pytest.mark.parametrize(
    "words",
    [
        "Nothing here heals anything, and it need not.",
        "You do not have to forgive anyone.",
        "At 7:30 a.m. on May 3rd, Dr. Weiss has 2 dogs.",
        "If you like, I will wait.",
        "You are 3 of 10 today, and that is 50% of nothing.",
    ],
)
def test_what_only_looks_wrong_is_left_alone(home: Path, words: str) -> None:
    assert read(home, changed(PAUSED, f"{words}\n{PAUSED}")) == ()


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("forgiving", "{{ rest(20) }}", "{{ rest(20) }} Perdona a quien te hizo daño."),
        ("healing", "{{ rest(20) }}", "{{ rest(20) }} Esta calma sana tu cuerpo."),
        (
            "painful",
            "{{ rest(20) }}",
            "Piensa en tu herida. {{ pause(30, most=45) }} {{ rest(20) }}",
        ),
        ("opening", "Basta con abrir los ojos y sentir los pies en el suelo.", "Así es."),
        ("return", "Piensa en lo próximo que harás hoy.", "Así es."),
    ],
)
def test_the_rules_know_spanish(home: Path, rule: str, old: str, new: str) -> None:
    text = drafts.beginning("es/calma", None)
    assert old in text
    found = read(home, text.replace(old, new, 1), "es/calma")
    assert {each.rule for each in found} - {"silence"} == {rule}


def test_a_language_whose_words_are_not_known_is_held_to_the_other_rules(home: Path) -> None:
    text = changed('language = "en"', 'language = "nl"').replace('{{ part("opening") }}', "")
    assert {each.rule for each in read(home, text)} <= {"silence", "length"}


def test_a_finding_names_its_line(home: Path) -> None:
    text = changed(PAUSED, f"It is still.\nThis heals the heart.\n{PAUSED}")
    (found,) = read(home, text)
    assert found.where == f"{home / 'scripts' / 'quiet.j2'}:{line_of(text, 'heals')}"
    assert found.severity is Severity.ERROR


def test_a_fault_in_a_part_is_found_in_the_part(home: Path) -> None:
    (home / "scripts" / "parts").mkdir()
    (home / "scripts" / "parts" / "mine.j2").write_text("{# Mine. #}\nThis cures you.\n")
    (found,) = read(home, changed(PAUSED, f'{{{{ part("mine") }}}}\n{PAUSED}'))
    assert found.where == "parts/mine.j2:2"


# --- values that hurt -------------------------------------------------------------------------

CRITIC = '[fields.critic_says]\nask = "What does it say?"\nexample = "you will never be ready"\n\n'


def with_critic(words: str) -> str:
    return changed(PAUSED, f"{words}\n{PAUSED}").replace(NAME, CRITIC + NAME)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("{% if critic_says %}So {{ critic_says }}. It is so.{% endif %}", "as if it were true"),
        ("{% if critic_says %}" + "It says, {{ critic_says }}. " * 3 + "{% endif %}", "over twice"),
        (
            "{% if critic_says %}It says, {{ critic_says }}. {{ pause(9, most=16) }}{% endif %}",
            "up to 16 s of silence",
        ),
        (
            '{% if critic_says %}It says, {{ critic_says }}.{% endif %} {{ chapter("Next") }}',
            "last word of a section",
        ),
    ],
)
def test_a_quoted_value_is_handled_with_care(home: Path, words: str, what: str) -> None:
    found = read(home, with_critic(words))
    assert {each.rule for each in found} == {"quoted"}
    assert all(what in each.what for each in found)


def test_a_value_that_is_quoted_once_and_answered_is_no_fault(home: Path) -> None:
    words = "{% if critic_says %}It says, {{ critic_says }}. {{ pause(4) }} It is young.{% endif %}"
    assert read(home, with_critic(words)) == ()


# --- whatever it is ---------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *GOOD.split("\n"),
        "{% endif %}",
        "{{ pause(3) }}",
        "{# ",
        " #}",
        "{{ name | yours }}",
        "\x1b",
        "+++",
    ]
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300)
    | st.lists(PIECES, max_size=40).map(lambda lines: "\n".join(lines).encode())
    | st.tuples(st.integers(0, len(GOOD)), st.integers(0, 60)).map(
        lambda cut: (GOOD[: cut[0]] + GOOD[cut[0] + cut[1] :]).encode()
    )
)
def test_any_bytes_give_findings_and_nothing_else(home: Path, content: bytes) -> None:
    path = home / "scripts" / "any.j2"
    path.write_bytes(content)
    for each in proofread_script("any", system.folders()):
        assert f"{each.where}{each.what}{each.remedy}".isprintable()
    assert proofread_script(str(path), system.folders()) == proofread_script(
        "any", system.folders()
    )


def test_a_script_of_any_size_is_looked_through_in_time(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofreading, "PATIENCE_S", 0.0)
    found = read(home, GOOD)
    assert "only in part" in found[0].what


def test_lengths_at_which_a_script_says_something_else_are_looked_at_within_reason(
    home: Path,
) -> None:
    marks = "".join(f"{{% if length_minutes >= 4.0{n} %}}So.{{% endif %}}" for n in range(1, 60))
    read(home, changed(PAUSED, marks + PAUSED))
    chosen = script.load("quiet", system.folders().scripts)
    usage = script.usage(chosen, script.source("quiet", system.folders().scripts))
    assert len(usage.minutes) > proofreading.MOST_SPANS
    assert len(proofreading._spans(chosen, usage)) == proofreading.MOST_SPANS


# --- on the command line ----------------------------------------------------------------------


def test_check_tells_a_person_and_a_program_and_ends_with_3(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = changed(PAUSED, f"This heals the heart.\n{PAUSED}")
    path = home / "scripts" / "quiet.j2"
    path.write_text(text)
    assert meditate("scripts", "check", "quiet") == 3
    told = capsys.readouterr()
    assert told.out.startswith(
        f"{path}:{line_of(text, 'heals')}: error: it claims to heal [healing]."
    )
    assert meditate("scripts", "check", str(path), "--json") == 3
    (row,) = json.loads(capsys.readouterr().out)
    (finding,) = row["findings"]
    assert finding["line"] == line_of(text, "heals")
    assert (finding["rule"], finding["severity"], finding["file"]) == (
        "healing",
        "error",
        str(path),
    )


def test_check_has_nothing_to_say_of_what_is_right(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "scripts" / "quiet.j2").write_text(GOOD)
    assert not meditate("scripts", "check", "quiet", "--json")
    assert json.loads(capsys.readouterr().out) == [{"script": "quiet", "findings": []}]


@pytest.mark.parametrize("target", ["quite", "nowhere/a.j2", "Quiet.j2"])
def test_check_needs_a_script_that_is_there(home: Path, target: str) -> None:
    (home / "scripts" / "quiet.j2").write_text(GOOD)
    (home / "Quiet.j2").write_text(GOOD)
    with pytest.raises(UsageError):
        meditate("scripts", "check", target)


def test_click_is_not_asked_for_a_bar_where_nobody_looks() -> None:
    with author._waiting(("a", "b")) as waiting:
        assert list(waiting) == ["a", "b"]
    assert not isinstance(waiting, type(click.progressbar([])))
