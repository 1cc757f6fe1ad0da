"""Installed from a wheel into an empty environment, used from another folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
import soundfile
from conftest import burst
from PIL import Image

from generator.audio import RATE_HZ

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``meditate`` of a fresh environment; what it depends on is borrowed, itself is not."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "-q"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)]
    subprocess.run([*pip, *build], check=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "-q", "install", "--no-deps", wheel], check=True)
    return folder / "venv" / "bin" / "meditate"


ENVIRONMENT = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}
"""What it depends on is borrowed from here."""

A_PAGE = """
from generator import page
from generator.model import Page, PageTrack
track = PageTrack("Hands", "hands.mp3", 1000, 16000, "00ff")
assert len(page.files(Page("Hands", (track,), "en"))["index.html"]) > 20_000
from generator.cover import words
assert words.drawn("Hands, χέρια, руки", "Joe", 300)
from generator import lettering
assert lettering._FILE.with_name("OFL.txt").is_file()
"""
"""A listening page, whose style and script come along, and the typeface of covers, with leave."""


def run(meditate: Path, *args: str, cwd: Path) -> str:
    environment = {**ENVIRONMENT, "MEDITATE_HOME": str(cwd / "home")}
    return subprocess.run(
        [meditate, *args], cwd=cwd, env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_it_comes_with_its_scripts_and_voice_and_renders(installed: Path, tmp_path: Path) -> None:
    python = installed.parent / "python"
    found = subprocess.run(
        [python, "-c", "import generator; print(generator.__file__)"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert str(installed.parent.parent) in found.stdout, "not the checkout"
    subprocess.run([python, "-c", A_PAGE], cwd=tmp_path, check=True, env=ENVIRONMENT)
    slugs = [each["slug"] for each in json.loads(run(installed, "scripts", "--json", cwd=tmp_path))]
    assert {"care-circuit", "three-children", "meet-the-critic"} <= set(slugs)
    run(installed, "courses", "new", "mine", cwd=tmp_path)
    mine = json.loads(run(installed, "courses", "show", "mine", "--json", cwd=tmp_path))
    assert (Path(mine["path"]).parent / "course.schema.json").is_file()
    soundfile.write(tmp_path / "rain.wav", burst(1, -30, 5.0), RATE_HZ)
    Image.new("RGB", (400, 400)).save(tmp_path / "night.png")
    own = ("--bed", "rain.wav", "--cover", "night.png")
    made = json.loads(
        run(installed, "render", "meet-the-critic", "--length", "8m", *own, "--json", cwd=tmp_path)
    )
    assert made["length_s"] == 480
    assert (tmp_path / made["path"]).is_file()
