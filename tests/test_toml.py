"""A TOML file may not cost more than it is worth, whoever reads it."""

from __future__ import annotations

import tomllib
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import course, personalise, saying, script, toml, voices
from generator.errors import MeditationError

DOTTED = ".".join(["a"] * 2_000) + " = 1\n"
"""Of 20,000 parts it took 1.5 GB, and 57 GB of as many as fit into a course."""
NESTED = "a = " + "[" * 8_000


def a_script(folder: Path, text: str) -> None:
    (folder / "mine.j2").write_text(f"+++\n{text}\n+++\n")
    script.load("mine", [folder])


def a_course(folder: Path, text: str) -> None:
    (folder / "mine.toml").write_text(text)
    course.load(str(folder / "mine.toml"), [])


def a_voice(folder: Path, text: str) -> None:
    (folder / "mine.toml").write_text(text)
    voices.load("mine", [folder])


def a_listener(folder: Path, text: str) -> None:
    (folder / "mine.toml").write_text(text)
    personalise.read_listener(folder / "mine.toml")


def a_lexicon(folder: Path, text: str) -> None:
    (folder / "mine.toml").write_text(text)
    saying.lexicon(folder / "mine.toml", "en")


READERS = (a_script, a_course, a_voice, a_listener, a_lexicon)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", [DOTTED, NESTED], ids=["dotted", "nested"])
def test_a_file_that_would_take_all_memory_is_refused(
    tmp_path: Path, reader: Callable[[Path, str], None], text: str
) -> None:
    """Of a listener's file, 64 KiB long, the standard library made 4 GB."""
    tracemalloc.start()
    try:
        with pytest.raises(MeditationError, match="mine"):
            reader(tmp_path, text)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_what_is_refused_is_told_with_its_line() -> None:
    with pytest.raises(ValueError, match=r"more than 200 full stops \(at line 2, column 1\)"):
        toml.read("a = 1\n" + DOTTED)


@pytest.mark.parametrize("text", ["", "a.b.c = 1\n", 'a = "' + "." * 200 + '"', "a = [[[1]]]\n"])
def test_what_a_person_writes_is_read_as_the_standard_library_does(text: str) -> None:
    assert toml.read(text) == tomllib.loads(text)
