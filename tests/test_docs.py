"""What the documents say is run as it stands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from generator import personalise, pipeline, script, system
from generator.api import Wishes, job_for
from generator.cli import app, keep, look, make  # noqa: F401
from generator.script.cues import CUES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
WRITING = (ROOT / "docs" / "scripts.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands() -> list[list[str]]:
    lines = "\n".join(blocks(README, "sh")).replace("\\\n", " ").splitlines()
    plain = [line.split("  #")[0].strip().removeprefix(".venv/bin/") for line in lines]
    return [shlex.split(line)[1:] for line in plain if line.startswith("meditate ")]


@pytest.mark.parametrize("words", commands(), ids=lambda each: " ".join(each)[:50])
def test_every_command_of_the_readme_is_understood(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Renders are planned instead of made: the slow suite makes one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    (tmp_path / "biscuit.toml").write_text(blocks(README, "toml")[0])
    if words[0] == "render" and "--help" not in words:
        at = words.index("--for") if "--for" in words else len(words)
        words = ["plan", *words[1:at], "--no-input"]
    app.main(words, prog_name="meditate", standalone_mode=False)
    assert capsys.readouterr().out


@pytest.mark.slow
def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    names: dict[str, object] = {}
    exec(blocks(README, "python")[0], names)
    assert len(names["first_minute"]) == 60_000  # type: ignore[arg-type]


def test_every_file_the_readme_links_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_script_of_the_guide_can_be_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "quiet.j2").write_text(blocks(WRITING, "jinja")[0])
    folders = system.folders()
    quiet = script.load("quiet", folders.scripts)
    for length in ("2m", "4m", "natural"):
        for known in ({}, {"name": "Sam"}):
            listener = personalise.check(quiet, known)
            job = job_for(quiet, listener, Wishes(length=length), folders)
            timeline = pipeline.outline(job, pipeline.cues_of(job))
            assert [each.title for each in timeline.sections] == ["Arriving", "Staying", "Going on"]


def test_the_guide_names_every_cue_and_filter() -> None:
    for name in (*CUES, *personalise.FILTERS):
        assert f"`{name}" in WRITING, name
