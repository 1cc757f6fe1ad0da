"""What the documents say is run as it stands."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from types import SimpleNamespace

import fonts
import numpy as np
import pytest
import soundfile
from PIL import Image

from generator import (
    asked,
    bed,
    course,
    drafts,
    fetch,
    personalise,
    pipeline,
    proofread,
    sayable,
    script,
    serving,
    system,
    voices,
)
from generator.api import Wishes, job_for
from generator.bed.recipes import RECIPES
from generator.cli import app, author, beds, build, courses, keep, look, make, prove, record, show  # noqa: F401
from generator.cli import check as _check  # noqa: F401
from generator.cli import publish as _publish  # noqa: F401
from generator.cli import roster as _roster  # noqa: F401
from generator.cli import serve as _serve  # noqa: F401
from generator.cli import voices as _choosing  # noqa: F401
from generator.errors import UsageError
from generator.pipeline.proofreading import proofread_script
from generator.proofread import safety, time, voice
from generator.script import allowed, bounds, frontmatter, table
from generator.script.cues import CUES
from generator.serving.kinds import KINDS, NAMED
from generator.speech.http import key_variable

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
VOICES = (ROOT / "docs" / "voices.md").read_text()
WRITING = (ROOT / "docs" / "scripts.md").read_text()
AUTHORS = (ROOT / "docs" / "writing-scripts.md").read_text()
SOUND = (ROOT / "docs" / "sound.md").read_text()
FORMATS = (ROOT / "docs" / "formats.md").read_text()
COURSES = (ROOT / "docs" / "courses.md").read_text()
PUBLISHING = (ROOT / "docs" / "publishing.md").read_text()
VERIFY = (ROOT / "docs" / "verify.md").read_text()
SERVING = (ROOT / "docs" / "serving.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands() -> list[list[str]]:
    shown = [
        *blocks(README, "sh"),
        *blocks(VOICES, "sh"),
        *blocks(SOUND, "sh"),
        *blocks(FORMATS, "sh"),
        *blocks(VERIFY, "sh"),
        *blocks(AUTHORS, "sh"),
        *blocks(COURSES, "sh"),
        *blocks(PUBLISHING, "sh"),
        *blocks(SERVING, "sh"),
    ]
    lines = "\n".join(shown).replace("\\\n", " ").splitlines()
    plain = [line.split("  #")[0].strip().removeprefix(".venv/bin/") for line in lines]
    return [shlex.split(line)[1:] for line in plain if line.startswith("meditate ")]


@pytest.mark.parametrize("words", commands(), ids=lambda each: " ".join(each)[:50])
def test_every_command_of_the_documents_is_understood(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What would be made is planned: the slow suite makes one. Who is forgotten was there.

    Nothing is fetched, played or served: Joe stands in for the voices that are to be installed.
    """
    monkeypatch.setattr(fetch, "fetch", lambda *_: None)
    monkeypatch.setattr(show, "play", lambda _path: None)
    ready = SimpleNamespace(address="http://here/", reached_by_others=False, run=lambda: None)
    monkeypatch.setattr(serving, "listen", lambda *_: ready)
    sites = ("site", "at-home", "output/self-compassion/site", "output/quiet-evenings/site")
    for place in sites:
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "voices").mkdir()
    for name in ("kokoro-heart", "kokoro-george"):
        joe = (ROOT / "voices" / "joe.toml").read_text()
        (tmp_path / "voices" / f"{name}.toml").write_text(joe)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    (tmp_path / "roster.csv").write_text("id,name\nguest-7,Sam\nguest-8,\n")
    (tmp_path / "biscuit.toml").write_text(blocks(README, "toml")[0])
    Image.new("RGB", (400, 400)).save(tmp_path / "garden.jpg")
    (tmp_path / "brush.ttf").write_bytes(fonts.WHOLE)
    soundfile.write(tmp_path / "rain.flac", np.full((48_000, 1), 0.1), 48_000)
    (tmp_path / "listeners" / "guest-7" / "clips").mkdir(parents=True)
    quiet = drafts.beginning("a-quiet-place", None)
    folders = system.folders()
    drafts.put("a-quiet-place", quiet, folders.scripts[0], force=False)
    drafts.copied("after-a-mistake", quiet, folders.scripts[0], force=False)
    (tmp_path / "another.j2").write_text(quiet)
    evenings = drafts.beginning_of_course("evenings", None)
    for place in (tmp_path, folders.scripts[0] / "courses"):
        for name in ("evenings", "quiet-evenings"):
            drafts.put_file(place / f"{name}.toml", evenings, force=False)
    words = [each.replace("~/drafts", str(tmp_path)) for each in words]
    if words == ["scripts", "check"]:
        words.append("a-quiet-place")  # all of them are checked one by one elsewhere
    if words[1:2] in (["new"], ["copy"]):
        words.append("--force")
    if words[0] == "build" and "--dry-run" not in words:
        words.append("--dry-run")
    if words[0] == "render" and "--help" not in words:
        words = ["plan", *words[1:], "--no-input"]
    if words[0] in ("publish", "check"):  # of a course nobody built: other tests build some
        with pytest.raises(UsageError, match=r"no finished track|private address"):
            app.main(words, prog_name="meditate", standalone_mode=False)
        return
    app.main(words, prog_name="meditate", standalone_mode=False)
    told = capsys.readouterr()
    assert (
        told.out
        or re.search("nothing (found|has changed)", told.err)
        or (words[0] == "verify" and "no timeline beside it" in told.err)
    )


@pytest.mark.slow
def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    names: dict[str, object] = {}
    exec(blocks(README, "python")[0], names)
    assert len(names["first_minute"]) == 60_000  # type: ignore[arg-type]


@pytest.mark.parametrize("document", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_every_file_a_document_links_is_there(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        assert target.startswith("https://") or (document.parent / target).exists(), target


def test_the_favourite_voice_of_the_guide_can_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "nora.toml").write_text(blocks(VOICES, "toml")[0])
    nora = voices.load("nora", [tmp_path])
    assert (nora.narrator, nora.sends_to) == ("Nora", "translate.google.co.uk")


def test_the_server_of_the_guide_is_a_voice(tmp_path: Path) -> None:
    (file,) = (each for each in blocks(VOICES, "toml") if each.startswith("# studio.toml"))
    (tmp_path / "studio.toml").write_text(file)
    studio = voices.load("studio", [tmp_path])
    assert (studio.sends_to, studio.speaker) == ("speech.example", "nova")
    assert key_variable(studio.sends_to) in VOICES


def test_the_script_of_the_guide_can_be_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "quiet.j2").write_text(blocks(WRITING, "jinja")[0])
    folders = system.folders()
    quiet = script.load("quiet", folders.scripts)
    for length in ("2m", "3m", "natural"):
        for known in ({}, {"name": "Sam"}):
            listener = personalise.check(quiet, known)
            job = job_for(quiet, listener, Wishes(length=length), folders)
            timeline = pipeline.outline(job, pipeline.cues_of(job))
            assert [each.title for each in timeline.sections] == ["Arriving", "Staying", "Going on"]
    assert proofread_script("quiet", folders) == ()


@pytest.mark.parametrize("number", [0, 1])
def test_the_courses_of_the_guide_are_read(tmp_path: Path, number: int) -> None:
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (400, 400)).save(tmp_path / "pictures" / "river.jpg")
    (tmp_path / "river.toml").write_text(blocks(COURSES, "toml")[number])
    folders = system.folders().scripts
    river = course.load(str(tmp_path / "river.toml"), folders)
    fields: set[str] = set()
    for slug in [slug for each in river.sessions for slug in (each.talk, each.practice) if slug]:
        told = script.load(slug, folders)
        fields |= {*(field.name for field in told.fields), *told.switches}
        for length in river.lengths if told.kind == "practice" else ():
            asked_s = asked.length_s(length)
            assert asked_s is None or told.least_s <= asked_s <= told.most_s
    assert set(river.details) <= fields


def test_the_guide_names_every_key_of_a_course() -> None:
    schema = json.loads(course.schema(system.folders().scripts[-1]))["properties"]
    named = re.findall(r"^\| `\[*(\w+)\]*` \| ", COURSES, re.MULTILINE)
    session, feed = (schema["sessions"]["items"]["properties"], schema["feed"]["properties"])
    assert sorted(named) == sorted([*schema, *session, *feed])
    rows = re.findall(r"^\| `\[*(\w+)\]*` \| [^|]+ \| ([\d,]+)[ \w]*\|$", COURSES, re.MULTILINE)
    limits = ("maxLength", "maxItems", "maxProperties")
    most = {key: [each[limit] for limit in limits if limit in each] for key, each in schema.items()}
    assert [[int(most.replace(",", ""))] for _key, most in rows] == [most[key] for key, _ in rows]
    assert len(rows) == 8


def test_the_guide_names_every_rule_and_how_much_it_matters() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (error|warning) \| ", AUTHORS, re.MULTILINE)
    named = [(each.name, each.severity.value) for each in proofread.RULES]
    assert rows == [("script", "error"), ("length", "error"), *named]


def test_the_guide_names_every_figure_of_a_rule() -> None:
    for figure in (
        f"more than {voice.MOST_WORDS} words in a sentence",
        f"more than {voice.MOST_CHARACTERS} characters",
        f"less than {time.LEAST_SILENCE:.0%} of silence".replace("%", " %"),
        f"more than {time.MOST_SILENCE:.0%}; of a talk".replace("%", " %"),
        f"less than {time.LEAST_SILENCE_OF_A_TALK:.0%}".replace("%", " %"),
        f"more than {safety.MOST_PAINFUL_SILENCE_S:g} s of silence",
        f"more than {safety.MOST_SILENCE_AFTER_A_QUOTE_S:g} s of silence",
        f"over {safety.MOST_HOLD_S:g} s without a word",
    ):
        assert figure in AUTHORS, figure


def test_the_guide_names_every_cue_and_filter() -> None:
    for name in (*CUES, *personalise.FILTERS):
        assert f"`{name}" in WRITING, name


def test_the_guide_names_every_bed_and_how_it_makes_way() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (\d+) dB", SOUND, re.MULTILINE)
    assert rows == [(name, f"{each.duck.depth_db:g}") for name, each in RECIPES.items()]
    assert [name for name, _depth in rows] == list(bed.BEDS)


def test_the_guide_names_every_limit_as_it_is() -> None:
    limits = [line for line in WRITING.split("| what | at most |")[1].splitlines() if "|" in line]
    said = {row.split("|")[1].strip(): re.findall(r"\d[\d,]*", row) for row in limits[1:]}
    assert {
        what: [int(each.replace(",", "")) for each in counts] for what, counts in said.items()
    } == {
        "a file": [bounds.MAX_BYTES // 1024, 8],
        "its front matter": [
            bounds.MAX_FRONT_BYTES // 1024,
            frontmatter.MAX_FIELDS,
            frontmatter.MAX_SWITCHES,
            frontmatter.MAX_LISTS,
            table.MAX_ITEMS,
        ],
        "one text in it": [table.MAX_TEXT, table.MAX_SUMMARY, sayable.MAX_CHARACTERS],
        "`if` and `for`": [allowed.MAX_DEPTH, allowed.MAX_BRANCHES],
        "the script and its parts": [bounds.MAX_NODES, allowed.FILTER_NODES],
        "filled": [
            bounds.MAX_CHARACTERS,
            bounds.MAX_CUES,
            bounds.MAX_CHAPTERS,
            bounds.MAX_BELLS,
            bounds.MAX_BED_CHANGES,
            bounds.MAX_INSERTS,
        ],
        "one sentence": [bounds.MAX_PHRASE_CHARACTERS],
        "all of it, as its pauses are written, with its recordings": [bounds.MAX_S // 3600],
    }


# --- serving ----------------------------------------------------------------------------------


def test_every_ending_and_type_that_is_served_is_in_the_document() -> None:
    for name, kind in {**KINDS, **NAMED}.items():
        assert f"`{name}`" in SERVING
        assert f"`{kind.media_type.partition(';')[0]}`" in SERVING
