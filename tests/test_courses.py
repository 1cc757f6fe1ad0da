"""The courses that come along, and what is wrong in one that somebody writes."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import asked, course, script, system
from generator.cli import app, courses  # noqa: F401  its commands join the group
from generator.errors import MeditationError, ScriptError, UsageError
from generator.model import Course, Feed, Session

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


def complaints(folder: Path, text: str) -> list[str]:
    """What is wrong with a course of that text, a mistake a line, without the folder."""
    try:
        course.load("mine", [written(folder, text)])
    except UsageError as error:
        return str(error).replace(str(folder / "courses") + "/", "").splitlines()
    return []


FULL = (
    GOOD.replace(
        "[[sessions]]",
        """author = "Ada"
description = \"\"\"
One.

Two.
\"\"\"
colour = "#2B4A5E"
cover = "art/cover.jpg"
font = "art/own.ttf"
voice = "joe"
fallback = "kokoro-heart"
bed = "rain+drone"
bells = "start,5m"
profile = "library"
lengths = ["natural", "15m", "12m30s"]
support = "Call a friend."

[details]
name = "Siobhán"
name_said = "shiv-AWN"
age = 7
gentle = true

[feed]
site = "https://example.org/kind"
address = "https://example.org/kind/audio/"

[[sessions]]""",
        1,
    )
    + 'summary = "Wishes."\n'
)


def beside(folder: Path) -> tuple[Path, Path]:
    """The picture and the font that ``FULL`` names."""
    art = folder / "courses" / "art"
    art.mkdir(parents=True)
    (art / "cover.jpg").touch()
    (art / "own.ttf").touch()
    return art / "cover.jpg", art / "own.ttf"


def test_all_a_course_can_say_is_read(tmp_path: Path) -> None:
    picture, font = beside(tmp_path)
    mine = course.load("mine", [written(tmp_path, FULL)])
    assert mine == replace(
        course.load("mine", [written(tmp_path, GOOD)]),
        author="Ada",
        description="One.\n\nTwo.",
        colour="#2b4a5e",
        cover=picture,
        font=font,
        voice="joe",
        fallback="kokoro-heart",
        bed="rain+drone",
        bells="start,5m",
        profile="library",
        lengths=("natural", "15m", "12m30s"),
        support="Call a friend.",
        details={"name": "Siobhán", "name_said": "shiv-AWN", "age": 7, "gentle": True},
        feed=Feed("https://example.org/kind", "https://example.org/kind/audio"),
        sessions=(mine.sessions[0], replace(mine.sessions[1], summary="Wishes.")),
    )


def test_a_key_has_its_place_and_one_left_out_that_of_its_table(tmp_path: Path) -> None:
    beside(tmp_path)
    lines = FULL.splitlines()
    mine = course.load("mine", [written(tmp_path, FULL)])

    def at(key: str) -> str:
        path, _colon, line = mine.at(key).rpartition(":")
        assert path == str(mine.path)
        return lines[int(line) - 1]

    assert at("details.age") == "age = 7"
    assert at("sessions.2.talk") == 'talk = "talks/wishes"'
    assert at("sessions.1.talk") == "[[sessions]]"
    assert at("sessions.2") == "[[ sessions ]]"
    assert at("feed.owner") == "[feed]"
    assert mine.at("publisher") == str(mine.path)


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('title = "Two', 'titel = "Two', "mine.toml:1: unknown key 'titel'. Did you mean 'title'?"),
        ('language = "en"\n', "", "mine.toml: 'language' is missing"),
        ('language = "en"', 'language = "English"', "mine.toml:3: 'language' must be a BCP 47"),
        ('practice = "wishes"', "practice = 7", "mine.toml:12: 'practice' is a text"),
        ('practice = "wishes"', "", "mine.toml:9: 'practice' is missing"),
        ('talk = "talks', 'speech = "talks', "mine.toml:11: unknown key 'speech'"),
        ('title = "The second"', 'title = " "', "mine.toml:10: 'title' is a text"),
        ("[[sessions]]", "[[sessions", "mine.toml:5: is no valid TOML"),
        ("sessions", "evenings", "mine.toml: a course has 1 to 60 sessions"),
        ('"en"\n', '"en"\nsessions = 3\n#', "mine.toml:6: is no valid TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    told = complaints(tmp_path, GOOD.replace(before, after))
    assert any(each.startswith(complaint) for each in told), told


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('colour = "blue"', "'colour' must be a colour of six digits. As in: #2b4a5e"),
        ('cover = "../me.jpg"', "'cover' must be a JPEG or PNG file in the same folder"),
        ('cover = "/me.jpg"', "'cover' must be a JPEG"),
        ('font = "../me.ttf"', "'font' must be a TTF or OTF file in the same folder"),
        ('font = "me.woff"', "'font' must be a TTF"),
        ('font = "me.ttf"', "there is no such file in the same folder or under it"),
        ('cover = "me.jpg"', "there is no such file in the same folder or under it"),
        (f'cover = "{"é" * 200}.jpg"', "there is no such file in the same folder"),
        ('bed = "a+b"', "there is no such bed. Known: "),
        ('voice = "Joe"', "'voice' must be the name of a voice"),
        ('bed = "rain+dron"', "there is no such bed. Did you mean 'drone'?"),
        ('bells = "start,often"', "'bells': bells ring at start, end, sections"),
        ('profile = "podcats"', "'profile' is none of what it can be. Did you mean 'podcast'?"),
        ('lengths = "15m"', "'lengths' is a list of 1 to 12"),
        ("lengths = []", "'lengths' is a list of 1 to 12"),
        ('lengths = ["15m", "900s"]', "the length 15m stands in the list already"),
        ('lengths = ["0m"]', "a track lasts longer than nothing, up to four hours"),
        ("lengths = [15]", "a length is written like 15m, 12m30s or natural"),
        ('description = "a\\u0007b"', "'description' is a text of up to 4,000 bytes"),
        ("feed = 3", "'feed' is a table. Begin it with [feed]."),
        ("feed = {}", "'site' is missing"),
        ('details = { Name = "a" }', "a detail has the name of a field. As in: care_object"),
        ("details = { age = 0.5 }", "'age' must be text, a whole number, or true or false"),
        ("details = { age = 1000001 }", "'age' goes beyond 1,000,000"),
        ("details = { name_said = 7 }", "'name_said' must be text, as in shiv-AWN"),
        ('"\\u001b[2J" = 1', "unknown key '?[2J'"),
    ],
)
def test_a_fact_that_will_not_do_is_refused(tmp_path: Path, line: str, complaint: str) -> None:
    (told,) = complaints(tmp_path, f"{line}\n{GOOD}")
    assert told.startswith(f"mine.toml:1: {complaint}")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('site = "http://example.org"', "'site' must be an address that begins with https://"),
        ('address = "https://example.org/a?b"', "'address' must be the address of a folder"),
        ('owner = "Ada"', "'owner' needs 'email' beside it"),
        ('email = "ada"', "'email' must be an e-mail address"),
        ('category = "Meditation"', "'category' is none of what it can be"),
        ('subcategory = "Courses"', "'subcategory' needs 'category' beside it"),
        ('category = "Arts"\nsubcategory = "Courses"', "'subcategory' is none of what it can be"),
        ('copyright = "© 2026 Ada"', "'copyright' is the name alone of who holds it"),
        ('explicit = "no"', "'explicit' must be true or false"),
        ('medium = "music"', "'medium' is none of what it can be"),
        ('funding = "https://example.org"', "'funding' needs 'funding_text' beside it"),
        ('guid = "1"', "'guid' must be a UUID in small letters"),
    ],
)
def test_a_fact_of_the_feed_that_will_not_do_is_refused(
    tmp_path: Path, line: str, complaint: str
) -> None:
    site = "" if "site =" in line else 'site = "https://example.org"\n'
    (told,) = complaints(tmp_path, f"{GOOD}[feed]\n{site}{line}\n")
    assert complaint in told


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = GOOD.replace("summary", "sumary").replace('practice = "wishes"', "practise = 3")
    text = text.replace("[[sessions]]", 'lengths = [\n  "15m",\n  "15m",\n]\n\n[[sessions]]')
    assert [each.split(": ")[0] for each in complaints(tmp_path, text)] == [
        "mine.toml",
        "mine.toml:2",
        "mine.toml:7",
        "mine.toml:14",
        "mine.toml:17",
    ]


def test_a_heap_of_mistakes_ends_somewhere(tmp_path: Path) -> None:
    heap = "".join(f"{'x' * 40}{number} = 1\n" for number in range(4_000))
    assert len(complaints(tmp_path, heap + GOOD)) == 50


def test_no_mistake_repeats_an_answer(tmp_path: Path) -> None:
    for value in ('"Quillfeather [pause]"', '"Quillfeather\\u0007"', '["Quillfeather"]'):
        for name in ("name", "name_said"):
            (told,) = complaints(tmp_path, f"{GOOD}[details]\n{name} = {value}\n")
            assert "Quillfeather" not in told


@pytest.mark.parametrize("line", ['cover = "own.jpg"', 'font = "own.ttf"'])
def test_a_file_that_leads_out_of_the_folder_is_refused(line: str, tmp_path: Path) -> None:
    name = line.split('"')[1]
    (tmp_path / name).touch()
    (tmp_path / "courses").mkdir()
    (tmp_path / "courses" / name).symlink_to(tmp_path / name)
    (told,) = complaints(tmp_path, f"{line}\n{GOOD}")
    assert "there is no such file in the same folder" in told


def test_a_course_may_lie_anywhere_and_is_called_as_its_file(tmp_path: Path) -> None:
    mine = course.load(str(written(tmp_path, GOOD) / "courses" / "mine.toml"), [])
    assert (mine.slug, mine.title) == ("mine", "Two Evenings")
    for name in ("Mine.toml", ".toml", "a b.toml"):
        with pytest.raises(UsageError, match="no course is called so"):
            course.load(str(tmp_path / name), [])
    with pytest.raises(ScriptError, match="cannot be read"):
        course.load(str(tmp_path / "thine.toml"), [])


def test_a_link_or_a_file_that_is_too_long_is_no_course(tmp_path: Path) -> None:
    (written(tmp_path, GOOD) / "courses" / "linked.toml").symlink_to("mine.toml")
    with pytest.raises(ScriptError, match="cannot be read"):
        course.load("linked", [tmp_path])
    written(tmp_path, GOOD + "#" * course.MAX_BYTES)
    with pytest.raises(ScriptError, match="up to 256 KiB"):
        course.load("mine", [tmp_path])


@given(st.integers(0, 0xFFFFFF))
def test_words_on_a_colour_can_be_read(number: int) -> None:
    """WCAG asks for a contrast of 4.5 to 1; between black and white one always has it."""
    mine = Course("a", "a", "a", "en", (), Path(), colour=f"#{number:06x}")

    def luminance(colour: str) -> float:
        parts = np.frombuffer(bytes.fromhex(colour[1:]), np.uint8) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    less, more = sorted((luminance(mine.colour), luminance(mine.ink)))
    assert (more + 0.05) / (less + 0.05) >= 4.5


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
    told_in_full = capsys.readouterr().out
    assert len(json.loads(told_in_full)["sessions"]) == 8
    for each in (
        "title",
        "summary",
        "language",
        "author",
        "cover",
        "font",
        "ink",
        "lengths",
        "feed",
    ):
        assert f'"{each}"' in told_in_full


def meditate(*args: str) -> None:
    app.main([*args], prog_name="meditate", standalone_mode=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    return tmp_path / "scripts" / "courses"


def test_a_course_that_is_broken_hides_no_other(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir(parents=True)
    (home / "mine.toml").write_text("title = 3\n")
    meditate("courses")
    told = capsys.readouterr()
    assert "self-compassion  " in told.out
    assert "mine is broken: " in told.err
    meditate("courses", "--json")
    (mine,) = [each for each in json.loads(capsys.readouterr().out) if each["slug"] == "mine"]
    assert "'title' is a text" in mine["error"]


def test_what_a_course_says_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beside(tmp_path)
    meditate("courses", "show", str(written(tmp_path, FULL) / "courses" / "mine.toml"))
    told = capsys.readouterr().out
    for line in (
        "One.\n\nTwo.\n",
        "  bells        start,5m\n",
        "  lengths      natural, 15m, 12m30s\n",
        "  detail       gentle: true\n",
        "  feed         Health & Fitness, Mental Health, course; locked\n",
        "  site         https://example.org/kind\n",
        "     talks/wishes, wishes\n     Wishes.\n",
    ):
        assert line in told
    meditate("courses", "show", str(tmp_path / "courses" / "mine.toml"), "--json")
    facts = json.loads(capsys.readouterr().out)
    assert facts["cover"] == str(tmp_path / "courses" / "art" / "cover.jpg")
    assert facts["font"] == str(tmp_path / "courses" / "art" / "own.ttf")
    assert (facts["feed"]["locked"], facts["details"]["age"], facts["ink"]) == (True, 7, "#ffffff")
    assert "lines" not in facts


def test_a_new_course_is_whole_and_every_key_put_aside_counts(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate("courses", "new", "quiet-evenings", "--title", 'The "Quiet" Ones')
    assert capsys.readouterr().out.strip() == str(home / "quiet-evenings.toml")
    folders = system.folders().scripts
    begun = course.load("quiet-evenings", folders)
    assert begun.title == 'The "Quiet" Ones'
    for session in begun.sessions:
        assert script.load(session.talk, folders).kind == "talk"
        assert script.load(session.practice, folders).kind == "practice"
    text = (home / "quiet-evenings.toml").read_text()
    (home / "cover.jpg").touch()
    (home / "fonts").mkdir()
    (home / "fonts" / "noto.ttf").touch()
    (home / "all.toml").write_text(re.sub(r"^# (?=\[|[a-z]+ = )", "", text, flags=re.MULTILINE))
    everything = course.load("all", folders)
    left_out = [key for key, value in vars(everything).items() if not value]
    assert left_out == []
    assert everything.feed


def test_an_editor_finds_the_schema_beside_a_new_course(home: Path) -> None:
    meditate("courses", "new", "mine")
    (named,) = re.findall(r"^#:schema \./(.+)$", (home / "mine.toml").read_text(), re.MULTILINE)
    ours = OURS / "courses" / named
    assert (home / named).read_text() == ours.read_text()
    for slug in course.available([OURS]):
        assert (OURS / "courses" / f"{slug}.toml").read_text().startswith(f"#:schema ./{named}\n")


def test_a_new_course_replaces_and_hides_nothing(home: Path) -> None:
    meditate("courses", "new", "mine")
    with pytest.raises(UsageError, match="exists already"):
        meditate("courses", "new", "mine")
    with pytest.raises(UsageError, match="yours would hide it"):
        meditate("courses", "new", "for-helpers")
    with pytest.raises(UsageError, match="lower-case letters"):
        meditate("courses", "new", "../mine")
    meditate("courses", "new", "for-helpers", "--force")
    assert (home / "for-helpers.toml").is_file()


@pytest.mark.parametrize(
    ("length", "called"),
    [
        ("natural", "natural"),
        ("15m", "15m"),
        ("900s", "15m"),
        ("12m5s", "12m05s"),
        ("45s", "0m45s"),
    ],
)
def test_a_length_is_called_alike_however_it_is_written(length: str, called: str) -> None:
    assert asked.edition(asked.length_s(length)) == called
    assert asked.length_s(called) == asked.length_s(length)


def test_only_plain_digits_make_a_length() -> None:
    """A digit of another alphabet was taken for one."""
    for length in ("\u0661m", "1\u0665m", "1m\u0663s"):
        with pytest.raises(UsageError, match="a length is written"):
            asked.length_s(length)
