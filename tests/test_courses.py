"""The courses that come along, and what is wrong in one that somebody writes."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import course, script
from generator.cli import app, courses  # noqa: F401  its commands join the group
from generator.errors import MeditationError, ScriptError, UsageError
from generator.model import Session

OURS = Path(__file__).parent.parent / "scripts"
GOOD = """title = "Two Evenings"
summary = "What they are for."
language = "en"

[[sessions]]
title = "The first"
practice = "care-circuit"

[[ sessions ]]
title = "The second"
talk = "talks/wishes"
practice = "wishes"
"""


def written(folder: Path, text: str) -> Path:
    (folder / "courses").mkdir(exist_ok=True)
    (folder / "courses" / "mine.toml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("slug", course.available([OURS]))
def test_every_session_has_a_talk_and_the_practice_it_speaks_of(slug: str) -> None:
    loaded = course.load(slug, [OURS])
    for session in loaded.sessions:
        talk, practice = (script.load(each, [OURS]) for each in (session.talk, session.practice))
        assert (talk.kind, practice.kind) == ("talk", "practice")
        assert session.talk == f"talks/{session.practice}"
        assert session.title == practice.title
        assert talk.language == practice.language == loaded.language


def test_the_courses_are_those_of_the_practices_page_in_its_order() -> None:
    page = (OURS.parent / "docs" / "practices.md").read_text("utf-8")
    for slug in course.available([OURS]):
        order = " · ".join(each.practice for each in course.load(slug, [OURS]).sessions)
        assert order in page


def test_a_course_is_read_as_it_is_written(tmp_path: Path) -> None:
    mine = course.load("mine", [written(tmp_path, GOOD)])
    assert (mine.title, mine.language) == ("Two Evenings", "en")
    assert mine.sessions == (
        Session("The first", "", "care-circuit"),
        Session("The second", "talks/wishes", "wishes"),
    )


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        (
            'title = "Two',
            'titel = "Two',
            r"mine\.toml:1: unknown key 'titel'\. Did you mean 'title'",
        ),
        ('language = "en"\n', "", r"mine\.toml: 'language' is missing"),
        ('practice = "wishes"', "practice = 7", r"mine\.toml:12: 'practice' is a text"),
        ('practice = "wishes"', "", r"mine\.toml:9: 'practice' is missing"),
        ('talk = "talks', 'speech = "talks', r"mine\.toml:11: unknown key 'speech'"),
        ('title = "The second"', 'title = " "', r"mine\.toml:10: 'title' is a text"),
        ("[[sessions]]", "[[sessions", r"mine\.toml: is no valid TOML"),
        ("sessions", "evenings", r"mine\.toml: a course has 1 to 60 sessions"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    with pytest.raises(ScriptError, match=complaint):
        course.load("mine", [written(tmp_path, GOOD.replace(before, after))])


@pytest.mark.parametrize("slug", ["thine", "../mine", "", "Mine"])
def test_a_course_that_is_not_there_is_refused(tmp_path: Path, slug: str) -> None:
    with pytest.raises(UsageError, match="there is no course"):
        course.load(slug, [written(tmp_path, GOOD)])


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = written(tmp_path_factory.mktemp("any"), "")
    for content in (raw, GOOD.encode() + raw):
        (folder / "courses" / "mine.toml").write_bytes(content)
        with suppress(MeditationError):
            course.load("mine", [folder])


def test_courses_are_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    app.main(["courses"], standalone_mode=False)
    assert "self-compassion  Self-Compassion in Eight Sessions: " in capsys.readouterr().out
    app.main(["courses", "show", "for-helpers"], standalone_mode=False)
    told = capsys.readouterr().out
    assert "  1  You First, for Once\n     talks/for-the-helper, for-the-helper\n" in told
    app.main(["courses", "show", "self-compassion", "--json"], standalone_mode=False)
    assert len(json.loads(capsys.readouterr().out)["sessions"]) == 8
