"""The schema by which editors check a course, held against the reader of courses.

Another's validator reads the schema; documents are bred that are right, or wrong in a place or two.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import course
from generator.course.feed import MEDIUMS
from generator.errors import UsageError
from generator.model import BEDS, CATEGORIES, PROFILES

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads(course.schema(ROOT / "scripts"))
GUIDE = (ROOT / "docs" / "courses.md").read_text("utf-8")


def _as_ecma(_validator: Any, pattern: str, value: object, _schema: Any) -> Iterator[Any]:
    """A pattern as JSON Schema means it: there ``$`` is the very end, in Python not quite."""
    exact = re.sub(r"\$$", r"\\Z", pattern)
    if isinstance(value, str) and not re.search(exact, value):
        yield jsonschema.ValidationError("does not match")


VALIDATOR = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": _as_ecma})(
    SCHEMA
)

WHOLE: dict[str, Any] = {
    "title": "Two Evenings",
    "summary": "What they are for.",
    "language": "en",
    "author": "Ada",
    "description": "One.\n\nTwo.",
    "colour": "#2B4a5e",
    "cover": "art/cover.jpg",
    "font": "art/own.ttf",
    "voice": "joe",
    "fallback": "kokoro-heart",
    "bed": "rain + drone",
    "bells": "start, 5m",
    "profile": "sleep",
    "lengths": ["natural", "15m", "12m30s", "95.5s"],
    "support": "Call a friend.",
    "details": {"name": "Siobhán", "name_said": "shiv-AWN", "age": 7, "gentle": True},
    "feed": {
        "site": "https://example.org/kind",
        "address": "https://example.org:8080/kind/audio/",
        "owner": "Ada",
        "email": "ada@example.org",
        "category": "Education",
        "subcategory": "Courses",
        "copyright": "Ada",
        "explicit": False,
        "medium": "course",
        "funding": "https://example.org/give?to=ada#now",
        "funding_text": "Give something",
        "guid": "9b024349-ccf0-5f69-a609-6b82873eab3c",
        "complete": False,
        "locked": True,
        "unlisted": False,
    },
    "sessions": [
        {"title": "One", "practice": "care-circuit"},
        {"title": "Two", "talk": "talks/wishes", "practice": "wishes", "summary": "Wishes."},
    ],
}

VALUES = [
    *("", " ", "a", "é" * 128, "x" * 129, "x" * 256, "x" * 301, "x" * 1_001, "x" * 4_001),
    *("a\nb", "\n", "a\x07", "a\x85", "a\xa0b", " a ", "\x7f", "[a]", "a*b", "x" * 120),
    *("en", "pt-BR", "english", "e", "en_US", "#fff", "#2b4a5g", "#000000", "2b4a5e"),
    *(
        "a.png",
        "a/b.JPEG",
        "/a.png",
        "../a.png",
        "a/../b.png",
        "a.gif",
        "a.TTF",
        "C:a.png",
        "a\\b.png",
    ),
    *("joe", "Joe", "-joe", "x" * 64, "x" * 65, "rain", "rain+", "rain+dron", "drone :5"),
    *(" drone : 5", "binaural:180:5+rain", "rain+drone", "none", "podcast", "Podcast"),
    *("start", "start,end,5m", "5m,10m", "5m,end", "1000m", "none,start", "start,,end", "often"),
    *("natural", "15m", "12m30s", "90s", "1.5s", "1.5m", "15", "m", "s", " 15m", "12m", "00m7s"),
    *("https://a.org", "http://a.org", "https://a.org/b c", "https://", "https://a.org/?b#c"),
    *("https://a.org/" + "b" * 260, "https://a.org/ä", "https://a-.org-/", "https://a:1/"),
    *("a@b.org", "a@b", "a b@c.org", "a@" + "b" * 250 + ".org", "Arts", "Books", "Courses"),
    *("Government", "Education", "© Ada", "Copyright Ada", "(c) Ada", "music", "audiobook"),
    *(True, False, 0, 7, -1_000_000, 1_000_001, 1.5, 2**70),
    *([], ["natural"], ["15m", "15m"], ["15m", 3], [[]], {}, {"a": 1}, [{}], [1], ["x"] * 13),
]
"""What may stand anywhere, and what the rules that a schema can express say yes or no to.

Left out is what it cannot know: see :func:`test_what_a_schema_cannot_know_is_told_by_the_reader`.
"""
KEYS = ["title", "age", "a_said", "Age", "_said", "naïve", "site", "x" * 40, "x" * 41]


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Each table or list in the document, with each of its keys."""
    inner = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in [*inner]:
        yield document, key
        if isinstance(value, dict | list):
            yield from places(value)


@st.composite
def documents(draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[str, Any]:
    """A course that says all there is, with a few changes."""
    document = copy.deepcopy(WHOLE)
    for change in draw(st.lists(st.sampled_from(["replace", "leave out", "add"]), max_size=3)):
        every = [*places(document)]
        around, key = every[draw(st.integers(0, len(every) - 1))] if every else (document, None)
        if change == "replace" and key is not None:
            around[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        elif change == "leave out" and key is not None:
            del around[key]
        elif isinstance(around, dict):
            around[draw(st.sampled_from(KEYS))] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    return document


def toml(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{toml(key)} = {toml(each)}' for key, each in value.items())}}}"
    return json.dumps(value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every cover and font is there that a document here names."""
    folder = tmp_path_factory.mktemp("courses")
    for name in (
        "art/cover.jpg",
        "a.png",
        "a/b.JPEG",
        "pictures/river.jpg",
        "art/own.ttf",
        "a.TTF",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    return folder


def refused(document: dict[str, Any], folder: Path) -> str:
    """What the reader says of a document; nothing when it takes it."""
    lines = [f"{toml(key)} = {toml(value)}" for key, value in document.items()]
    (folder / "mine.toml").write_text("\n".join(lines), "utf-8")
    assert tomllib.loads("\n".join(lines)) == document
    try:
        course.load(str(folder / "mine.toml"), [])
    except UsageError as error:
        return str(error)
    return ""


def knowable(document: dict[str, Any]) -> bool:
    """Whether it has no sounds between slashes: a schema has no ear for them."""
    details = document.get("details")
    told = details.items() if isinstance(details, dict) else ()
    return not any(key.endswith("_said") and "/" in str(value) for key, value in told)


@given(documents().filter(knowable))
def test_the_schema_and_the_reader_refuse_the_same(folder: Path, document: dict[str, Any]) -> None:
    said = refused(document, folder)
    assert VALIDATOR.is_valid(document) == (not said), said


@pytest.mark.slow
def test_every_value_is_tried_in_every_place(folder: Path) -> None:
    """Chance would not put each of them everywhere."""
    unlike = []
    for value in VALUES:
        for number in range(len([*places(WHOLE)])):
            document = copy.deepcopy(WHOLE)
            around, key = [*places(document)][number]
            around[key] = value
            said = refused(document, folder)
            if knowable(document) and VALIDATOR.is_valid(document) == bool(said):
                unlike.append((key, value, said))
    assert unlike == []


@given(st.text(max_size=12), st.integers(0, len([*places(WHOLE)]) - 1))
def test_what_the_schema_refuses_no_reader_takes(folder: Path, text: str, number: int) -> None:
    """Of any text at all; the other way round a schema cannot know everything."""
    document = copy.deepcopy(WHOLE)
    around, key = [*places(document)][number]
    around[key] = text
    assert VALIDATOR.is_valid(document) or refused(document, folder)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("cover", "missing.jpg"),
        ("lengths", ["15m", "900s"]),
        ("lengths", ["0m"]),
        ("lengths", ["241m"]),
        ("description", "é" * 2_001),
        ("title", "a\u202eb"),
        ("details", {"name": "\u200b"}),
        ("details", {"name": "..."}),
        ("details", {"name_said": "/xx"}),
        ("details", {"age": 1.0}),
    ],
)
def test_what_a_schema_cannot_know_is_told_by_the_reader(
    folder: Path, place: str, value: object
) -> None:
    document = WHOLE | {place: value}
    assert VALIDATOR.is_valid(document)
    assert refused(document, folder)


def test_the_schema_is_one_and_its_examples_keep_to_it() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    waiting: list[Any] = [SCHEMA]
    seen = 0
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            for example in (
                each.get("examples", []) if isinstance(each.get("examples"), list) else []
            ):
                VALIDATOR.evolve(schema=each | {"$defs": SCHEMA["$defs"]}).validate(example)
                seen += 1
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    assert seen > 20


def test_every_key_of_the_schema_says_what_it_is() -> None:
    feed = SCHEMA["properties"]["feed"]
    session = SCHEMA["properties"]["sessions"]["items"]
    for properties in (SCHEMA["properties"], feed["properties"], session["properties"]):
        assert all(each["description"].endswith(".") for each in properties.values())


def test_the_names_in_the_schema_are_those_there_are() -> None:
    keys, feed = SCHEMA["properties"], SCHEMA["properties"]["feed"]
    assert keys["profile"]["enum"] == list(PROFILES)
    assert all(f"{name}|" in keys["bed"]["pattern"].replace(")", "|") for name in BEDS)
    assert feed["properties"]["medium"]["enum"] == list(MEDIUMS)
    assert feed["properties"]["category"]["enum"] == list(CATEGORIES)
    told = {
        each["if"]["properties"]["category"]["const"]: each["then"]["properties"]["subcategory"]
        for each in feed["allOf"]
    }
    assert {name: tuple(one["enum"]) if one else () for name, one in told.items()} == (CATEGORIES)


@pytest.mark.parametrize("slug", course.available([ROOT / "scripts"]))
def test_the_courses_that_come_along_keep_to_the_schema(slug: str) -> None:
    text = (ROOT / "scripts" / "courses" / f"{slug}.toml").read_text("utf-8")
    VALIDATOR.validate(tomllib.loads(text))


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL))
def test_the_courses_of_the_guide_keep_to_the_schema(text: str) -> None:
    VALIDATOR.validate(tomllib.loads(text))
