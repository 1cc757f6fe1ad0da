"""Scripts begun, copied, compared, and read as they will be spoken."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import drafts, pipeline, sayable, script, system
from generator.api import Wishes, job_for
from generator.cli import app, author, look, spoken  # noqa: F401  their commands join the group
from generator.errors import DetailError, MeditationError, UsageError
from generator.model import Beat, BedChange, Bell, Echo, Insert, Listener, Pause, Phrase
from generator.personalise import check
from generator.pipeline.proofreading import proofread_script

SLUG = "three-views"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def meditate(*args: str) -> int | None:
    code: int | None = app.main([*args], prog_name="meditate", standalone_mode=False)
    return code


def own(home: Path, slug: str = SLUG) -> Path:
    return home / "scripts" / f"{slug}.j2"


# --- new --------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["a-quiet-place", "talks/why", "es/calma"])
def test_a_new_script_has_nothing_wrong_and_can_be_made(
    home: Path, capsys: pytest.CaptureFixture[str], slug: str
) -> None:
    meditate("scripts", "new", slug, "--title", 'A "Quiet" Place')
    assert capsys.readouterr().out.strip() == str(own(home, slug))
    begun = script.load(slug, system.folders().scripts)
    assert begun.title == 'A "Quiet" Place'
    assert proofread_script(slug, system.folders()) == ()
    for length in (f"{begun.least_s / 60:g}m", f"{begun.most_s / 60:g}m"):
        job = job_for(begun, Listener(), Wishes(length=length), system.folders())
        assert pipeline.outline(job, pipeline.cues_of(job)).spoken


def test_a_title_is_made_of_the_name(home: Path) -> None:
    meditate("scripts", "new", "a-quiet-place")
    assert script.load("a-quiet-place", system.folders().scripts).title == "A quiet place"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=130))
def test_any_title_is_taken_as_it_is_or_refused(home: Path, title: str) -> None:
    try:
        sayable.tidied(title)
    except ValueError:
        with pytest.raises(UsageError, match="the title"):
            drafts.beginning("quiet", title)
        return
    text = drafts.beginning("quiet", title)
    (home / "scripts").mkdir(exist_ok=True)
    own(home, "quiet").write_text(text)
    made = script.load("quiet", [home / "scripts"])
    assert made.title == sayable.tidied(title)
    assert proofread_script("quiet", system.folders()) == ()


@pytest.mark.parametrize(
    ("slug", "why"),
    [
        ("../up", "lower-case letters"),
        ("Quiet", "lower-case letters"),
        ("de/ruhe", "no beginning in 'de'"),
        ("care-circuit", "would hide it"),
    ],
)
def test_a_name_that_will_not_do_is_refused(home: Path, slug: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        meditate("scripts", "new", slug)
    assert not list(home.rglob("*.j2"))


def test_nothing_is_overwritten_without_force(home: Path) -> None:
    meditate("scripts", "new", "quiet")
    own(home, "quiet").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        meditate("scripts", "new", "quiet")
    assert own(home, "quiet").read_text() == "mine"
    meditate("scripts", "new", "quiet", "--force")
    assert own(home, "quiet").read_text() == drafts.beginning("quiet", None)


# --- copy and diff ----------------------------------------------------------------------------


def test_a_copy_is_used_from_now_on_and_its_parts_stay_shared(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate("scripts", "copy", SLUG)
    told = capsys.readouterr()
    assert told.out.strip() == str(own(home))
    assert "shared with other scripts: after-check-in, closing, opening" in told.err
    folders = system.folders().scripts
    assert script.load(SLUG, folders).path == own(home)
    assert own(home).read_text() == script.source(SLUG, folders[-1:])
    assert not (home / "scripts" / "parts").exists()
    assert set(script.available(folders)) == set(script.available(folders[-1:]))
    with pytest.raises(UsageError, match="exists already"):
        meditate("scripts", "copy", SLUG)


def test_what_changed_upstream_and_what_is_mine_are_told_apart(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate("scripts", "copy", SLUG)
    copied = own(home).read_text()
    meditate("scripts", "diff", SLUG)
    meditate("scripts", "diff", SLUG, "--mine")
    told = capsys.readouterr()
    assert told.out == f"{own(home)}\n"
    assert told.err.count("nothing has changed") == 2

    own(home).write_text(copied.replace("{{ rest(", "Mine.\n{{ rest(", 1))
    later = home / "later"
    later.mkdir()
    (later / f"{SLUG}.j2").write_text(f"{copied}Theirs.\n")
    monkeypatch.setattr("generator.system.home._builtin", lambda _kind: later)
    meditate("scripts", "diff", SLUG)
    theirs = capsys.readouterr().out
    meditate("scripts", "diff", SLUG, "--mine")
    mine = capsys.readouterr().out
    assert theirs.startswith(f"--- {SLUG}.j2 as it was copied\n+++ {SLUG}.j2 as it comes along now")
    assert [each for each in theirs.split("\n")[2:] if each[:1] in "+-"][:1] == ["+Theirs."]
    assert "Mine." in mine
    assert "Theirs." not in mine


def test_what_was_not_copied_has_no_difference(home: Path) -> None:
    meditate("scripts", "new", "quiet")
    for slug in ("quiet", "care-circuit"):
        with pytest.raises(UsageError, match="copied from"):
            meditate("scripts", "diff", slug)
    with pytest.raises(UsageError, match="lower-case"):
        meditate("scripts", "diff", "../../etc/passwd")


# --- as it will be spoken ---------------------------------------------------------------------


def test_a_script_is_shown_as_it_was_written_until_something_fills_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate("scripts", "show", "care-circuit")
    assert "{% if care_object %}" in capsys.readouterr().out
    (home / "who.toml").write_text(
        'care_object = "my old dog Biscuit"\ncare_object_kind = "animal"\n'
    )
    meditate("scripts", "show", "care-circuit", "--listener", "who.toml")
    shown = capsys.readouterr().out
    assert "Let your old dog Biscuit come to mind." in shown.replace("Now let", "Let")
    assert "\n## Arriving\n" in shown
    assert "[pause 14 s, 5 to 34]" in shown
    assert "[bell bowl]" in shown
    assert "{%" not in shown
    meditate("scripts", "show", "care-circuit", "--gentle", "--json")
    cues = json.loads(capsys.readouterr().out)["cues"]
    assert {"bell", "chapter", "phrase", "pause"} <= {each["cue"] for each in cues}
    assert not any(each.get("personal") for each in cues)


def test_a_detail_that_will_not_do_is_not_repeated(home: Path) -> None:
    with pytest.raises(DetailError) as caught:
        meditate("scripts", "show", "three-children", "--age", "Quillfeather")
    assert "Quillfeather" not in str(caught.value)


def test_every_cue_is_visible() -> None:
    phrase = Phrase("Room 7.", pace=0.9, said=("Room seven.",))
    cues = (
        phrase,
        Pause(1.1, 1.1, 1.1, "sentence"),
        Echo(Phrase("May I be well.")),
        Pause(5.0, 2.0, 9.0),
        Beat(Phrase("Breathe in."), 4.0, "in"),
        Beat(None, 6.0, "out"),
        Insert("song.wav", "[Recording]"),
        Bell("large", 3, -6.0),
        BedChange("rain"),
        Pause(2.2, 2.2, 2.2, "paragraph"),
    )
    assert list(spoken.lines(cues)) == [
        "Room 7. [said: Room seven.] [pace 0.9]",
        "May I be well. [time to repeat it] [pause 5 s, 2 to 9]",
        "Breathe in. [breath in, 4 s]",
        "[breath out, 6 s]",
        "[recording] [Recording]",
        "[bell large, 3 times, -6 dB]",
        "[bed rain]",
        "",
    ]


@settings(max_examples=30)
@given(st.text(max_size=130))
def test_no_detail_brings_a_control_character_along(value: str) -> None:
    folders = system.folders()
    chosen = script.load("care-circuit", folders.scripts)
    try:
        listener = check(chosen, {"care_object": value, "name": value})
        cues = pipeline.cues_of(job_for(chosen, listener, Wishes(), folders))
    except MeditationError:
        return
    for line in spoken.lines(cues):
        assert not any(unicodedata.category(each) == "Cc" for each in line)
