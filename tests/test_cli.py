"""The command line as a person uses it, rightly and wrongly."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import click
import pytest

from generator.cli import app, beds, keep, look, make  # noqa: F401  commands join the group on import
from generator.cli import voices as _choosing  # noqa: F401
from generator.errors import MeditationError

SECRET = "Quillfeather"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def meditate(*args: str) -> int | None:
    code: int | None = app.main([*args], prog_name="meditate", standalone_mode=False)
    return code


def refused(*args: str) -> str:
    """The message of a command that must be refused as wrong use."""
    with pytest.raises((MeditationError, click.ClickException)) as caught:
        meditate(*args)
    error = caught.value
    assert error.exit_code == 2
    return error.format_message() if isinstance(error, click.ClickException) else str(error)


WRONG = [
    (("render", "care-circut"), "Did you mean 'care-circuit'?"),
    (("render", "care-circuit", "--voice", "jo"), "Did you mean 'joe'?"),
    (("render", "care-circuit", "--bed", "drnoe"), "Did you mean 'drone'?"),
    (("render", "care-circuit", "--bed", "rain+drnoe"), "Did you mean 'drone'?"),
    (("plan", "care-circuit", "--bed", "binaural:20"), "60 to 500 Hz"),
    (("render", "care-circuit", "--bed", "rain.wav"), "rain.wav: cannot be read"),
    (("plan", "care-circuit", "--bed", "./drone"), "cannot be read"),
    (("plan", "care-circuit", "--bed", "."), "not a plain file"),
    (("render", "care-circuit", "--cover", "me.jpg"), "me.jpg: cannot be read"),
    (("render", "care-circuit", "--cover", "."), "not a plain file"),
    (("render", "care-circuit", "--font", "me.ttf"), "me.ttf: cannot be read"),
    (("render", "care-circuit", "--profile", "sleeep"), "Did you mean 'sleep'?"),
    (("plan", "three-children", "--profile", "sleep"), "not made for the profile 'sleep'"),
    (("render", "care-circuit", "--care-objct", "x"), "--care-object"),
    (("render", "--length", "9m", "care-circuit"), "name comes first"),
    (("render", "care-circuit", "--length", "soon"), "15m"),
    (("render", "care-circuit", "--length", "0m"), "longer than nothing, up to four hours"),
    (("render", "care-circuit", "--length", "300m"), "up to four hours"),
    (("render", "care-circuit", "--length", "5m"), "8 to 25 minutes"),
    (("render", "care-circuit", "--out", "nowhere"), "Make it first"),
    (("render", "care-circuit", "--for", "../up"), "--for"),
    (("render", "care-circuit", "--seed", "-1"), "from 0 up"),
    (("render", "care-circuit", "--date", "yesterday"), "2026-05-01"),
    (("render", "care-circuit", "--listener", "nobody.toml"), "cannot be read"),
    (("render", "three-children", "--age", "2"), "from 3 to 17"),
    (("render", "three-children", "--age", "40"), "from 3 to 17"),
    (("render", "three-children", "--age", "seven"), "from 3 to 17"),
    (("scripts", "show", "care"), "care-circuit"),
]


@pytest.mark.parametrize(("args", "remedy"), WRONG, ids=lambda each: " ".join(each)[:40])
def test_wrong_use_is_answered_with_what_to_do(
    home: Path, args: tuple[str, ...], remedy: str
) -> None:
    assert remedy in refused(*args)
    assert not (home / "output").exists() or not list((home / "output").rglob("*.mp3"))


BAD_VALUES = ["", "  ", SECRET * 20, f"{SECRET}\nand more", f"{SECRET}\x07", f"\u202e{SECRET}"]


@pytest.mark.parametrize("value", BAD_VALUES)
def test_a_value_that_will_not_do_is_not_repeated(home: Path, value: str) -> None:
    message = refused("render", "care-circuit", "--care-object", value)
    assert message.startswith("care_object")
    assert SECRET not in message


def test_an_unquoted_value_is_not_repeated(home: Path) -> None:
    message = refused("render", "care-circuit", "--care-object", "my", "old", SECRET)
    assert SECRET not in message
    assert "quotes" in message


def test_a_label_may_not_tell(home: Path) -> None:
    message = refused("render", "care-circuit", "--name", SECRET, "--for", f"{SECRET}-1")
    assert "--for" in message
    assert SECRET not in message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("name = ", "neither valid TOML nor valid JSON"),
        (f'nmae = "{SECRET}"', "Did you mean 'name'?"),
        (f'{{"name": "{SECRET}", "name": "{SECRET}"}}', "a key stands twice"),
        (f'{SECRET.lower()} = "my dog"', "there is no field of that name. Known: "),
        (f'{SECRET.lower()} = "x"\n' * 2, "who.toml:2: a key stands twice"),
        (f'name = ["{SECRET}"]', "must be text"),
        ("x" * 70_000, "KiB"),
    ],
)
def test_a_listener_file_that_will_not_do_is_not_repeated(
    home: Path, content: str, says: str
) -> None:
    (home / "who.toml").write_text(content)
    message = refused("render", "care-circuit", "--listener", "who.toml")
    assert says in message
    assert SECRET.lower() not in message.lower()


def test_one_listener_file_serves_several_scripts(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "who.toml").write_text('care_object = "my cat"\nage = 7\ngentle = true\n')
    meditate("plan", "care-circuit", "--listener", "who.toml", "--json")
    assert json.loads(capsys.readouterr().out)["script"] == "care-circuit"


def test_a_script_shows_its_questions_as_options(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate("render", "three-children", "--help")
    shown = capsys.readouterr().out
    for option in ("--care-object ", "--age 3..17", "--gentle / --no-gentle", "--listener"):
        assert option in shown
    assert "'meditate beds'" in shown


def test_every_command_has_help(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, command in app.commands.items():
        assert command.get_short_help_str(), name
        meditate(name, "--help")
        assert "Usage: meditate" in capsys.readouterr().out


def test_a_field_may_not_be_called_like_an_option(home: Path) -> None:
    folder = home / "home" / "scripts"
    folder.mkdir(parents=True)
    (folder / "bad.j2").write_text(
        '+++\ntitle="B"\nsummary="B"\nlanguage="en"\nsources=[]\nlengths=["1m","2m"]\n'
        '[fields.voice]\nask="Which?"\n+++\nHello.\n'
    )
    assert "'voice'" in refused("render", "bad", "--help")


def test_plan_speaks_nothing_and_writes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate("plan", "meet-the-critic", "--length", "15m", "--no-input", "--json")
    planned = json.loads(capsys.readouterr().out)
    assert planned["length_s"] == 900
    assert planned["leaves_the_machine"] == []
    assert planned["sections"][0]["title"] == "Arriving"
    assert sum(row["words"] for row in planned["sections"]) == planned["words"]
    assert not (home / "output").exists()
    assert not (home / "home" / "cache").exists()


def test_plan_lays_its_sections_under_one_another_and_sums_them_up(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate("plan", "meet-the-critic", "--length", "15m", "--no-input", "--json")
    planned = json.loads(capsys.readouterr().out)
    rows = planned["sections"]
    assert sum(row["length_s"] for row in rows) == pytest.approx(900, abs=0.01)
    for one, other in pairwise(rows):
        assert one["start_s"] + one["length_s"] == pytest.approx(other["start_s"], abs=0.01)
    for row in rows:
        assert row["words_per_minute"] == pytest.approx(
            60 * row["words"] / row["length_s"], abs=0.06
        )
        assert 0 < row["shortest_pause_s"] <= row["longest_pause_s"] < row["length_s"]
    assert planned["longest_pause_s"] == max(row["longest_pause_s"] for row in rows)
    meditate("plan", "meet-the-critic", "--length", "15m", "--no-input")
    _title, header, *lines, _leaving = capsys.readouterr().out.splitlines()
    assert [line[header.index("section") :] for line in lines] == [
        *(row["title"] for row in rows),
        "all of it",
    ]
    for column in ("words", "a minute", "silence", "shortest", "longest"):
        end = header.index(column) + len(column)
        assert all(line[end - 1] != " " and line[end] == " " for line in lines), column


def test_scripts_voices_and_show_tell_a_program_too(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate("scripts", "--json")
    slugs = [each["slug"] for each in json.loads(capsys.readouterr().out)]
    assert {"care-circuit", "three-children", "meet-the-critic"} <= set(slugs)
    meditate("scripts", "show", "care-circuit", "--json")
    assert "chapter(" in json.loads(capsys.readouterr().out)["body"]
    meditate("voices", "--json")
    joe = json.loads(capsys.readouterr().out)[0]
    assert (joe["name"], joe["commercial"], joe["synthetic"]) == ("joe", "unclear", True)


def broken_scripts(home: Path) -> None:
    folder = home / "home" / "scripts"
    folder.mkdir(parents=True)
    (folder / "hasty.j2").write_text("Sit down.\n")
    (folder / "forged.j2").write_text('+++\ntitle = "\\u001b]0;x\\u0007"\n+++\nHi.\n')


def test_a_list_is_a_line_each_for_a_program_and_wrapped_beside_the_name_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {"one": "word " * 40, "another-one": "short"}
    look.listed(found)
    assert len(capsys.readouterr().out.splitlines()) == 2
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for columns, widest in (("80", 80), ("5", 33)):
        monkeypatch.setenv("COLUMNS", columns)
        look.listed(found)
        first, second, *rest = capsys.readouterr().out.splitlines()
        assert first.startswith("one          word word")
        assert second.startswith(" " * 13 + "word")
        assert rest[-1] == "another-one  short"
        assert max(map(len, (first, second, *rest))) <= widest


def test_a_broken_script_is_named_and_harms_no_other(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken_scripts(home)
    assert not meditate("scripts")
    told = capsys.readouterr()
    assert "care-circuit" in told.out
    assert "hasty is broken: " in told.err
    assert "forged is broken: " in told.err
    assert "\x1b" not in told.out + told.err
    meditate("scripts", "--json")
    rows = {each["slug"]: each for each in json.loads(capsys.readouterr().out)}
    assert "does not begin with front matter" in rows["hasty"]["error"]
    assert "error" not in rows["care-circuit"]
    meditate("render", "--help")
    shown = capsys.readouterr().out
    assert "care-circuit" in shown
    assert "hasty" not in shown
    (home / "who.toml").write_text('name = "Sam"\nage = 7\n')
    meditate("plan", "care-circuit", "--listener", "who.toml", "--json")
    assert json.loads(capsys.readouterr().out)["script"] == "care-circuit"
    assert "front matter" in refused("render", "hasty")


def test_doctor_names_a_broken_script(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken_scripts(home)
    assert meditate("doctor", "--json") == 1
    found = {each["what"]: each for each in json.loads(capsys.readouterr().out)}
    assert found["script hasty"]["state"] == "broken"
    assert found["scripts"]["state"] == "ok"


@pytest.mark.parametrize("said", ["小梅", "my dog ❤", "Дружок"])
def test_what_the_voice_cannot_say_is_refused_by_the_name_of_the_field(
    home: Path, said: str
) -> None:
    message = refused("plan", "care-circuit", "--care-object", f"{SECRET} {said}")
    assert message.startswith("care_object: has a letter or a sign that a voice for 'en-US'")
    assert not set(said) - set("my dog") & set(message)
    assert SECRET not in message


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no process substitution here")
def test_answers_may_come_through_a_pipe(home: Path) -> None:
    words = f"{sys.executable} -m generator plan care-circuit --json --listener"
    piped = f"""{words} <(printf 'name = "Sam"')"""
    done = subprocess.run(
        ["bash", "-c", piped], cwd=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["script"] == "care-circuit"


def test_doctor_speaks_with_the_real_voice(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    meditate("doctor", "--json")
    found = {each["what"]: each for each in json.loads(capsys.readouterr().out)}
    assert found["voice joe"]["state"] == "ok"
    assert "times faster than real time" in found["voice joe"]["detail"]
    assert not (home / "output").exists(), "looking must not make anything"


def test_a_broken_voice_is_one_line_of_doctor(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = home / "home" / "voices"
    folder.mkdir(parents=True)
    built_in = Path(__file__).parent.parent / "voices" / "joe.toml"
    (folder / "odd.toml").write_text(
        re.sub(r'(?m)^sha256 = "..', 'sha256 = "00', built_in.read_text())
    )
    assert meditate("doctor", "--json") == 1
    found = {each["what"]: each for each in json.loads(capsys.readouterr().out)}
    assert found["voice odd"]["state"] == "broken"
    assert "sha256" in found["voice odd"]["detail"]
    assert found["voice joe"]["state"] == "ok"


def run(*args: str, cwd: Path, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", *args],
        cwd=cwd,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_exit_codes_and_one_line_an_error(home: Path) -> None:
    wrong = run("render", "nothing-here", cwd=home)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.count("\n") == 1
    assert wrong.stderr.startswith("meditate: ")
    assert run("--help", cwd=home).returncode == 0
    assert run("--version", cwd=home).stdout.startswith("meditate")


def test_an_output_folder_that_cannot_be_is_named(home: Path) -> None:
    (home / "output").write_text("a file where a folder should be")
    failed = run("render", "care-circuit", "--no-input", cwd=home)
    assert failed.returncode == 1
    assert "output/public" in failed.stderr
    assert "--out" in failed.stderr


@pytest.mark.parametrize("kind", ["KeyError", "GeneratorExit"])
def test_a_fault_of_ours_shows_no_value(home: Path, kind: str) -> None:
    """Also one that is no ``Exception``: extensions written in Rust panic so."""
    code = (
        "import sys\n"
        "from generator import personalise\n"
        "def broken(*_a, **_k): raise " + kind + "('" + SECRET + "')\n"
        "personalise.check = broken\n"
        "sys.argv = ['meditate', 'plan', 'care-circuit', '--name', '" + SECRET + "']\n"
        "from generator.cli import main\n"
        "main()\n"
    )
    failed = subprocess.run(
        [sys.executable, "-c", code], cwd=home, capture_output=True, text=True, check=False
    )
    assert failed.returncode == 1
    assert f"a fault of ours, {kind} at" in failed.stderr
    assert SECRET not in failed.stderr


def test_what_is_done_is_not_said_to_be_killed_by_a_signal_that_comes_then(home: Path) -> None:
    """While the libraries wound down a finished render died of it, and -15 was the exit code."""
    code = (
        "import atexit, os, signal, sys\n"
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGTERM))\n"
        "sys.argv = ['meditate', 'beds']\n"
        "from generator.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "rain" in done.stdout


@pytest.mark.parametrize("name", ["for", "json", "text", "no_text", "script", "self", "out"])
def test_a_field_may_not_take_the_place_of_an_option(home: Path, name: str) -> None:
    """Seen: a field called ``for`` made a folder of what the listener answered."""
    folder = home / "home" / "scripts"
    folder.mkdir(parents=True)
    (folder / "bad.j2").write_text(
        '+++\ntitle="B"\nsummary="B"\nlanguage="en"\nsources=[]\nlengths=["1m","2m"]\n'
        f'[fields.{name}]\nask="Which?"\n+++\nHello.\n'
    )
    for command in ("render", "plan"):
        assert f"'{name}'" in refused(command, "bad", "--help")


def test_an_option_before_the_script_is_not_repeated_with_its_value(home: Path) -> None:
    assert SECRET not in refused("render", f"--name={SECRET}", "care-circuit")


def test_a_value_where_a_key_belongs_is_not_repeated(home: Path) -> None:
    (home / "who.json").write_text(f'{{"{SECRET} my heron": "x"}}')
    assert SECRET not in refused("render", "care-circuit", "--listener", "who.json")


def test_a_label_may_not_be_a_name_out_of_an_answer(home: Path) -> None:
    words = ("render", "care-circuit", "--care-object", "my old dog Biscuit", "--for", "biscuit")
    assert "--for" in refused(*words)


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_a_closed_stream_is_not_a_fault(home: Path, stream: str) -> None:
    number = {"stdin": 0, "stdout": 1, "stderr": 2}[stream]
    code = (
        f"import os; os.close({number})\n"
        "import os, sys; os.execv(sys.executable, [sys.executable, '-m', 'generator', 'plan',"
        " 'care-circuit'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=home, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"fault" not in done.stderr


def test_the_runtime_of_the_voice_reports_to_nobody(home: Path) -> None:
    """Seen: onnxruntime 1.32 kept a device id and queued reports as soon as it was imported."""
    done = run("doctor", "--json", cwd=home, HOME=str(home), XDG_CACHE_HOME=str(home / ".cache"))
    assert '"voice joe"' in done.stdout
    assert "times faster" in done.stdout
    assert not [path for path in home.rglob("*") if "microsoft" in path.name.lower()]


def test_bells_and_a_dry_voice_are_wished_for(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("plan", "care-circuit", "--no-input", "--json")
    meditate(*words)
    plain = json.loads(capsys.readouterr().out)
    meditate(*words, "--bells", "start,end,sections,5m", "--bell", "block:3:-6", "--dry")
    belled = json.loads(capsys.readouterr().out)
    assert belled["length_s"] > plain["length_s"]
    assert "Did you mean 'bowl'" in refused("render", "care-circuit", "--bell", "bowll")
    assert "--bells start,end,5m" in refused("render", "care-circuit", "--bells", "often")
