"""The listeners of a roster as the scripts of a course know them, and the commands for it."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from written import FIELDS, script

from generator import course, personalise, roster, system
from generator.cli import app
from generator.cli import roster as _commands  # noqa: F401  its commands join the group
from generator.errors import CareError, DetailError, MistakesError, UsageError
from generator.model import Columns, Field, Listener
from generator.pipeline import enrolling

OURS = Path(__file__).parent.parent / "scripts"
GUIDE = (Path(__file__).parent.parent / "docs" / "rosters.md").read_text("utf-8")
SECRET = "Quillfeather"
OTHER = (
    Field("name", "Y tú, ¿cómo te llamas?"),
    Field("age", "¿Cuántos años?", kind="whole", least=18, most=90),
    Field("aim", "¿Para qué?"),
)
EXAMPLE = ", as in /ʃɪˈvɔːn/. As in: shiv-AWN, or its sounds as in: /ʃɪˈvɔːn/"
SCRIPTS = (
    script("", slug="talks/small", kind="talk", fields=FIELDS[:1], switches=()),
    script("", slug="small"),
    script("", slug="es/other", language="es", fields=OTHER, switches=("gentle", "check_in")),
)


def enrolled(
    folder: Path, text: str, fixed: Collection[str] = (), languages: Sequence[str] = ()
) -> dict[str, dict[str, Listener]]:
    path = folder / "roster.csv"
    path.write_text(text, "utf-8")
    return enrolling.enrolled(path, SCRIPTS, fixed, languages)


def mistakes(folder: Path, text: str, languages: Sequence[str] = ()) -> list[str]:
    with pytest.raises(MistakesError) as caught:
        enrolled(folder, text, languages=languages)
    assert SECRET not in str(caught.value)
    return [str(each).removeprefix(f"{folder / 'roster.csv'}: ") for each in caught.value.found]


# --- what is asked ------------------------------------------------------------------------------


def test_the_columns_are_all_that_the_scripts_ask_each_once() -> None:
    columns = enrolling.columns(SCRIPTS)
    assert [each.name for each in columns.fields] == [
        *("name", "care_object", "pronoun", "age", "aim"),
    ]
    assert columns.fields[0].ask == FIELDS[0].ask
    assert columns.switches == ("gentle", "check_in")
    assert columns.sounds == ("name_said", "care_object_said", "aim_said")


def test_what_the_course_tells_is_no_column() -> None:
    columns = enrolling.columns(SCRIPTS, {"aim": "to rest", "gentle": True})
    assert not {"aim", "aim_said", "gentle"} & set(columns.names)
    assert columns.fixed == {"aim", "gentle"}


@pytest.mark.parametrize(
    "given",
    [
        {"fields": (Field("check_in", "?"),), "switches": ()},
        {"fields": (Field("name_said", "?"),)},
        {"fields": (), "switches": ("name_said",)},
        {"fields": (Field("id", "?"),)},
        {"fields": (), "switches": ("id",)},
    ],
)
def test_a_name_that_means_two_things_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="means two things"):
        enrolling.columns((*SCRIPTS, script("", slug="more", **given)))


@pytest.mark.parametrize("slug", course.available([OURS]))
def test_every_course_that_comes_along_has_an_empty_roster_that_reads_back(
    slug: str, tmp_path: Path
) -> None:
    scripts = enrolling.scripts_of(course.load(slug, [OURS]), [OURS])
    columns = enrolling.columns(scripts)
    (tmp_path / "roster.csv").write_bytes(roster.blank(columns))
    assert roster.read(tmp_path / "roster.csv", columns).rows == ()
    assert len({each.slug for each in scripts}) == len(scripts)
    asked = {field.name for each in scripts for field in each.fields}
    assert asked | {name for each in scripts for name in each.switches} == {
        *(field.name for field in columns.fields),
        *columns.switches,
    }


# --- who is enrolled ----------------------------------------------------------------------------


def test_each_script_knows_of_a_listener_what_it_asks(tmp_path: Path) -> None:
    text = (
        "id,name,name_said,care_object,aim,check_in\na,Siobhán,shiv-AWN,my dog,to rest,no\nb,,,,,\n"
    )
    known = enrolled(tmp_path, text)
    siobhan, said = {"name": "Siobhán"}, {"name": "shiv-AWN"}
    assert known["a"] == {
        "talks/small": Listener(siobhan, {}, said),
        "small": Listener(siobhan | {"care_object": "my dog"}, {"gentle": False}, said),
        "es/other": Listener(
            siobhan | {"aim": "to rest"}, {"gentle": False, "check_in": False}, said
        ),
    }
    assert known["b"]["small"] == Listener({}, {"gentle": True})
    assert not known["b"]["small"].personal


def test_a_listener_is_the_one_that_a_listener_file_would_be(tmp_path: Path) -> None:
    text = "id,name,care_object,pronoun,gentle\na, Sam  Lee ,my dog,HE,yes\n"
    told = {"name": " Sam  Lee ", "care_object": "my dog", "pronoun": "HE", "gentle": True}
    for each in SCRIPTS:
        expected = personalise.check(
            each, told, elsewhere=("name", "care_object", "pronoun", "gentle")
        )
        assert enrolled(tmp_path, text)["a"][each.slug] == expected


def test_what_the_course_fixes_is_no_column(tmp_path: Path) -> None:
    with pytest.raises(MistakesError, match="'aim' is told by the course"):
        enrolled(tmp_path, "id,name,aim\nb,Sam,to rest\n", {"aim"})


def test_all_that_does_not_fit_is_told_at_once_by_row_and_column(tmp_path: Path) -> None:
    text = f"""id,name,name_said,pronoun,age
a,Sam,SAM,he,
b,[{SECRET}],{SECRET}/,{SECRET},10
c,"two
lines",,,
"""
    assert mistakes(tmp_path, text) == [
        "row 3, column name: has brackets or markup, which cannot be spoken. As in: Sam",
        f"row 3, column name_said: has its sounds not between two slashes{EXAMPLE}",
        "row 3, column pronoun: must be one of she, he, they, it",
        "row 3, column age: must be a whole number from 18 to 90",
        "row 4, column name: has more than one line. As in: Sam",
    ]


def test_a_wrong_form_hides_no_wrong_detail(tmp_path: Path) -> None:
    text = "id,nmae,name,gentle\n,x,[b],maybe\na,x,y\nc,x,-I want to kill myself,=1\n"
    first, *others = mistakes(tmp_path, text)
    assert first.startswith("row 4, column name: speaks of suicide or self-harm")
    assert [each.split(". ")[0] for each in others] == [
        "row 1, column B: there is no field 'nmae'",
        "row 2, column id: the id is missing",
        "row 2, column gentle: must be yes or no",
        "row 3: has 3 cells, and the first row has 4",
        "row 4, column name: begins like a formula, and a spreadsheet would work it out",
        "row 4, column gentle: begins like a formula, and a spreadsheet would work it out",
        "row 2, column name: has brackets or markup, which cannot be spoken",
    ]


def test_what_a_voice_of_the_course_cannot_say_is_told_by_row_and_column(tmp_path: Path) -> None:
    """It was told by the field alone, of one listener, and only when the course was built."""
    text = "id,name,name_said,aim\na,Зоя,,\nb,Шура,SHOO-ra,rest 🙂\nc,Zoë,,\n"
    assert mistakes(tmp_path, text, ["en-US"]) == [
        f"row {row}, column {column}: has a letter or a sign that a voice for 'en-US' cannot say."
        " Write it in letters that voice reads, without emoji or symbols."
        for row, column in ((2, "name"), (3, "aim"))
    ]
    assert enrolled(tmp_path, "id,name\na,Зоя\n", languages=["ru"]).keys() == {"a"}
    assert mistakes(tmp_path, "id,name\na,Зоя\n", ["ru", "en"])[0].startswith("row 2, column name")


def test_a_roster_in_which_nobody_is_yet_is_not_taken_for_a_good_one(tmp_path: Path) -> None:
    """Nothing was made of it, and nobody said why."""
    for text in ("id,name\n", "id,name\n#1,Sam\n# what to say,\n\n"):
        assert mistakes(tmp_path, text) == [
            "has no listener. Fill a row for each; one whose id begins with # is a remark."
        ]


def test_words_of_self_harm_come_first_and_keep_their_own_message(tmp_path: Path) -> None:
    text = "id,name,care_object,name_said\na,[b],,\nc,d,I want to kill myself,\ne,f,,kill myself\n"
    path = tmp_path / "roster.csv"
    with pytest.raises(MistakesError) as caught:
        enrolled(tmp_path, text)
    found = caught.value.found
    assert [type(each) for each in found] == [CareError, CareError, DetailError]
    assert str(found[0]).startswith(f"{path}: row 3, column care_object: speaks of suicide")
    assert str(found[0]).endswith(personalise.crisis_line())
    assert "row 4, column name_said: speaks of suicide" in str(found[1])


@pytest.mark.parametrize("name", ["sam-1", "x-Sam", "SAM"])
def test_an_id_that_tells_a_detail_is_refused(tmp_path: Path, name: str) -> None:
    (found,) = mistakes(tmp_path, f"id,name\na,Kim\n{name},Sam\n")
    assert found.startswith("row 3, column id: the id contains one of the listener's details")


def test_what_was_weighed_once_is_not_weighed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weighed: list[tuple[str, str, object]] = []
    weigh = personalise.weighed

    def counted(each: object, name: str, value: object) -> object:
        weighed.append((each.language, name, value))  # type: ignore[attr-defined]
        return weigh(each, name, value)  # type: ignore[arg-type]

    monkeypatch.setattr(personalise, "weighed", counted)
    enrolled(tmp_path, "id,name,aim\n" + "".join(f"g{n},Sam,to rest\n" for n in range(200)))
    assert sorted(weighed) == [
        ("en", "name", "Sam"),
        ("es", "aim", "to rest"),
        ("es", "name", "Sam"),
    ]


# --- the commands -------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def meditate(*args: str) -> int | None:
    code: int | None = app.main([*args], prog_name="meditate", standalone_mode=False)
    return code


def test_an_empty_roster_is_its_owners_alone_and_replaced_only_when_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate("roster", "new", "for-helpers")
    path = home / "roster.csv"
    assert capsys.readouterr().out == "roster.csv\n"
    if system.POSIX:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        meditate("roster", "new", "for-helpers")
    assert path.read_text() == "mine"
    meditate("roster", "new", "for-helpers", "--force")
    with pytest.raises(MistakesError, match="has no listener"):
        meditate("roster", "check", "for-helpers", "roster.csv")


def test_an_empty_roster_needs_a_folder_and_a_course(home: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean 'for-helpers'"):
        meditate("roster", "new", "for-helper")
    with pytest.raises(UsageError, match="there is no such folder"):
        meditate("roster", "new", "for-helpers", "--to", "none/roster.csv")
    assert not list(home.glob("*.csv"))


def test_a_sound_roster_is_counted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "r.csv").write_text("id,name\na,Sam\n")
    assert not meditate("roster", "check", "for-helpers", "r.csv")
    assert capsys.readouterr().out == "1 listener, nothing to mend\n"
    assert not meditate("roster", "check", "for-helpers", "r.csv", "--json")
    assert json.loads(capsys.readouterr().out) == {"listeners": 1, "mistakes": []}


@pytest.mark.parametrize("cell", [f"[{SECRET}]", f"={SECRET}"])
def test_mistakes_are_wrong_use_and_a_program_can_read_them(
    home: Path, cell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "r.csv").write_text(f"id,name\na,{cell}\n")
    with pytest.raises(MistakesError) as caught:
        meditate("roster", "check", "for-helpers", "r.csv")
    assert caught.value.exit_code == 2
    assert meditate("roster", "check", "for-helpers", "r.csv", "--json") == 2
    out = capsys.readouterr().out
    assert SECRET not in out
    (mistake,) = json.loads(out)["mistakes"]
    assert mistake.keys() == {"where", "what", "remedy"}
    assert mistake["where"] == "r.csv: row 2, column name"


# --- the guide ----------------------------------------------------------------------------------


def block(language: str) -> str:
    return GUIDE.split(f"```{language}\n")[1].split("```")[0]


def test_the_roster_of_the_guide_is_sound(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "roster.csv").write_text(block("csv"), "utf-8")
    for line in block("sh").splitlines():
        words = line.split("#")[0].split()[1:]
        if words[:2] == ["roster", "new"]:
            words.append("--force")
            (home / "kept.csv").write_text(block("csv"), "utf-8")
        meditate(*words)
        if words[:2] == ["roster", "new"]:
            (home / "kept.csv").replace(home / "roster.csv")
    assert "3 listeners, nothing to mend" in capsys.readouterr().out


def test_the_limits_of_the_guide_are_those_that_hold() -> None:
    for limit in (roster.MAX_ROWS, roster.MAX_COLUMNS, roster.MAX_CELL):
        assert f"{limit:,}" in GUIDE
    assert f"{roster.MAX_BYTES >> 20} MiB" in GUIDE
    names = next(csv.reader(block("csv").splitlines()))
    scripts = enrolling.scripts_of(course.load("self-compassion", [OURS]), [OURS])
    columns: Columns = enrolling.columns(scripts)
    assert set(names) <= {"id", *columns.names}
