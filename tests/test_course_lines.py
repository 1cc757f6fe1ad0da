"""On which line of a TOML file each key is written, held against files made line by line."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.course.lines import lines_of
from generator.model import Lines

Draw = Callable[[st.SearchStrategy[str]], str]

PLAIN = st.sampled_from(
    [
        *(
            "1",
            "-3.5e2",
            "true",
            "1979-05-27 07:32:00",
            "1979-05-27T07:32:00Z",
            "0xf",
        ),
        *('"text"', "'text'", '""', "''", r'"a \" # [b] = { , \\"', r"'\ # [[c]] ='"),
        '"""one"""',
        '"""\n[[sessions]]\ntitle = 1\n# """',
        r'"""\""" , ] \\"""',
        '""""quoted"""""',
        '"""""quoted"""""',
        "'''\n[table]\nkey = 2\n\\'''",
        "'''''quoted'''''",
        '"""line \\\n   goes on"""',
    ]
)
"""Values in which much looks like a key, and some of which go over several lines."""
FILLING = st.sampled_from(["", " ", "\n", "\n# key = [1]\n", " # [[sessions]]\n\t"])
BLANK = st.sampled_from(["", " ", "\t "])
NOTHING = st.sampled_from(["\n", "  # key = 3\n", "\n\n# [table]\n", "\r\n"])


class Written:
    """A file as it grows, and the line of each key in it."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[tuple[str, ...], int] = {}
        self._names = iter(f"k{number}" for number in range(10_000))

    def note(self, keys: tuple[str, ...]) -> None:
        if len(keys) <= 4:
            self.lines.setdefault(keys, self.text.count("\n") + 1)

    def key(self) -> str:
        """A new name, written in one of the ways there are."""
        name = next(self._names)
        ways = [name, f'"{name}"', f"'{name}'", rf'"\u006b{name[1:]}"']
        self.text += self.draw(BLANK) + self.draw(st.sampled_from(ways)) + self.draw(BLANK)
        return name

    def pair(self, above: tuple[str, ...], depth: int) -> None:
        keys = (*above, self.key())
        self.note(keys)
        if self.draw(st.sampled_from(["", "dotted"])):
            self.text += "."
            keys = (*keys, self.key())
            self.note(keys)
        self.text += "=" + self.draw(BLANK)
        self.value(keys, depth)

    def value(self, keys: tuple[str, ...], depth: int) -> None:
        kind = self.draw(st.sampled_from(["plain", "list", "table"])) if depth else "plain"
        items = int(self.draw(st.sampled_from("0123")))
        if kind == "plain":
            self.text += self.draw(PLAIN)
        elif kind == "list":
            self.text += "["
            for number in range(1, items + 1):
                self.text += self.draw(FILLING)
                self.note((*keys, str(number)))
                self.value((*keys, str(number)), depth - 1)
                self.text += self.draw(FILLING) + ("," if number < items else "")
            self.text += self.draw(st.sampled_from([",", ""]) if items else BLANK)
            self.text += self.draw(FILLING) + "]"
        else:
            self.text += "{"
            for number in range(1, items + 1):
                self.pair(keys, depth - 1)
                self.text += self.draw(BLANK) + ("," if number < items else "")
            self.text += "}"


@st.composite
def files(draw: Draw) -> Written:
    file = Written(draw)
    table: tuple[str, ...] = ()
    many: dict[tuple[str, ...], int] = {}
    for kind in draw(st.lists(st.sampled_from(["pair", "pair", "nothing", "[", "[[", "again"]))):
        if kind == "pair":
            file.pair(table, 2)
        elif kind in ("[", "[["):
            file.text += kind
            name = file.key()
            table = (name,)
            if kind == "[[":
                many[table] = 1
                file.note(table)
                table = (name, "1")
            file.note(table)
            file.text += "]" * len(kind)
        elif kind == "again" and many:
            ((name,), number) = list(many.items())[-1]
            many[(name,)] = number + 1
            table = (name, str(number + 1))
            file.note(table)
            file.text += f"[[ {name} ]]"
        file.text += draw(NOTHING)
    return file


def ways(content: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """All the keys of a document, four deep."""
    inner: list[tuple[str, object]] = []
    if isinstance(content, dict):
        inner = [*content.items()]
    elif isinstance(content, list):
        inner = [(str(number), each) for number, each in enumerate(content, 1)]
    for key, each in inner if len(above) < 4 else ():
        yield (*above, key)
        yield from ways(each, (*above, key))


@given(files())
def test_every_key_is_found_on_the_line_it_was_put_on(file: Written) -> None:
    content = tomllib.loads(file.text)
    found = lines_of(file.text)
    assert set(found) == set(ways(content))
    assert found == file.lines


def test_what_only_looks_like_a_key_is_none() -> None:
    text = '''title = """
[[sessions]]
practice = 1
"""
# author = "nobody"
lengths = [   # one to a line
    "natural",
    # "20m",
    "15m",
]
"feed".site = "x"  # support = 3
sessions = [{ title = "a" }]
'''
    found = {".".join(keys): line for keys, line in lines_of(text).items()}
    assert found == {
        "title": 1,
        "lengths": 6,
        "lengths.1": 7,
        "lengths.2": 9,
        "feed": 11,
        "feed.site": 11,
        "sessions": 12,
        "sessions.1": 12,
        "sessions.1.title": 12,
    }


def test_a_table_in_a_session_is_counted_with_it() -> None:
    text = "[[sessions]]\n[[sessions]]\n[sessions.more]\nx.y = 1\n[[sessions.list]]\n[feed]\n"
    found = {".".join(keys): line for keys, line in lines_of(text).items()}
    assert found["sessions"] == 1
    assert found["sessions.2"] == 2
    assert found["sessions.2.more"] == 3
    assert found["sessions.2.more.x"] == 4
    assert found["sessions.2.list.1"] == 5
    assert found["feed"] == 6


@pytest.mark.parametrize(
    "text",
    [
        "[" + ".".join(["a"] * 60_000) + "]\n",
        ".".join(["a"] * 60_000) + " = 1\n",
        "a = [" + "1," * 60_000 + "]\n",
        "".join(f"k{number} = 1\n" for number in range(20_000)),
        'a = """' + '\\"' * 60_000 + '"""\n',
        "[[a]]\n" * 20_000,
    ],
    ids=["deep table", "deep key", "long list", "many keys", "escapes", "many tables"],
)
def test_a_long_file_is_walked_once(text: str) -> None:
    """A walk that counts or copies from the beginning at every key would take minutes."""
    assert max(lines_of(text).values()) <= text.count("\n") + 1


@given(st.text("ab.=[]{}\"'#,\n\\ 1", max_size=40))
def test_a_walk_through_any_text_ends(text: str) -> None:
    with suppress(ValueError):
        lines_of(text)


def test_a_key_left_out_has_the_place_of_what_is_around_it() -> None:
    lines = Lines(Path("a.toml"), {("sessions",): 4, ("sessions", "2"): 9})
    assert lines.at(("sessions", "2", "talk")) == "a.toml:9"
    assert lines.at(("sessions", "7")) == "a.toml:4"
    assert lines.at(("title",)) == lines.at(()) == "a.toml"
