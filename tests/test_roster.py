"""Rosters as spreadsheets write them, and all that can be wrong with one."""

from __future__ import annotations

import csv
import io
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from written import FIELDS

from generator import roster, system
from generator.errors import DetailError, MeditationError, MistakesError, UsageError
from generator.model import Columns, Field

COLUMNS = Columns(FIELDS, ("gentle", "check_in"))
SECRET = "Fjörnbläser"
"""No label: it may be shown nowhere."""
SHEETS = Path(__file__).parent / "rosters"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("roster") / "roster.csv"


def told(path: Path, content: bytes | str, columns: Columns = COLUMNS) -> dict[str, object]:
    """What each listener of a roster told, by id."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return {row.id: row.details for row in roster.read(path, columns).rows}


def mistakes(path: Path, content: bytes | str, columns: Columns = COLUMNS) -> list[str]:
    """All that is wrong with a roster, a line each, from the row on."""
    with pytest.raises(UsageError) as caught:
        told(path, content, columns)
    assert SECRET not in str(caught.value)
    found = caught.value.found if isinstance(caught.value, MistakesError) else (caught.value,)
    return [str(each).removeprefix(f"{path}: ") for each in found]


# --- what is read -------------------------------------------------------------------------------


def test_a_row_is_a_listener_and_an_empty_cell_is_no_detail(place: Path) -> None:
    place.write_text("id,name,care_object,gentle\nguest-1,Sam,,yes\nguest-2,,,\n")
    first, second = roster.read(place, COLUMNS).rows
    assert (first.id, first.number, first.details) == (
        "guest-1",
        2,
        {"name": "Sam", "gentle": True},
    )
    assert (second.id, second.number, second.details) == ("guest-2", 3, {})


def test_the_id_may_stand_anywhere_and_names_have_no_capitals(place: Path) -> None:
    assert told(place, "Name, ID \nSam,guest-1\n") == {"guest-1": {"name": "Sam"}}


def test_how_a_text_sounds_is_a_column_and_how_a_choice_does_is_none(place: Path) -> None:
    found = told(place, "id,name,name_said\na,Siobhán,shiv-AWN\n")
    assert found == {"a": {"name": "Siobhán", "name_said": "shiv-AWN"}}
    assert "no field 'pronoun_said'" in mistakes(place, "id,pronoun_said\na,he\n")[0]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        *((each, True) for each in ("true", "TRUE", "yes", "Yes", "1", "x", "X", " x ")),
        *((each, False) for each in ("false", "FALSE", "no", "0")),
    ],
)
def test_a_switch_is_what_spreadsheets_and_people_write(
    place: Path, cell: str, meant: bool
) -> None:
    assert told(place, f"id,gentle\na,{cell}\n") == {"a": {"gentle": meant}}


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_way_in_which_spreadsheets_write_is_read(
    place: Path, end: str, separator: str, encoding: str
) -> None:
    lines = ("id,name,care_object", 'a,Siobhán,"my ""dog"""', "b,,", "")
    text = end.join(lines).replace(",", separator)
    expected = {"a": {"name": "Siobhán", "care_object": 'my "dog"'}, "b": {}}
    assert told(place, text.encode(encoding)) == expected
    assert told(place, f"{text}".rstrip(end).encode(encoding)) == expected


def test_the_separator_is_found_in_the_header_alone(place: Path) -> None:
    assert told(place, "id;name\na;b, c, d\n") == {"a": {"name": "b, c, d"}}
    assert told(place, '"id"\t"name"\na\tb, c; d\n') == {"a": {"name": "b, c; d"}}


def test_the_line_that_tells_excel_the_separator_is_no_row(place: Path) -> None:
    assert told(place, "sep=;\r\nid;name\r\na;b\r\n") == {"a": {"name": "b"}}
    assert mistakes(place, "sep=;\nid;age\na;\x07\n") == [
        "row 2, column age: has a control character. Type the cell anew."
    ]


def test_a_row_of_several_lines_is_one_as_a_spreadsheet_counts(place: Path) -> None:
    text = 'id,name\na,"one\ntwo\nthree"\nb,=1\n'
    assert mistakes(place, text)[0].startswith("row 3, column name: begins like a formula")


def test_a_row_whose_id_begins_with_a_hash_is_passed_over(place: Path) -> None:
    assert told(place, "name,id\n=not read,# help\nSam,a\n") == {"a": {"name": "Sam"}}
    assert told(place, "id,name\n# help\na,Sam\n") == {"a": {"name": "Sam"}}


def test_empty_rows_at_the_end_are_fine_and_others_are_not(place: Path) -> None:
    assert told(place, "id,name\na,Sam\n\n,\n , \n") == {"a": {"name": "Sam"}}
    text = "id,name\n\na,Sam\n,\n\nb,\n,\n"
    rows = [f"row {row}: is empty. Delete the row." for row in (2, 4, 5)]
    assert mistakes(place, text) == rows


def test_a_whole_number_may_be_negative_and_is_no_formula(place: Path) -> None:
    columns = Columns((Field("mood", "?", kind="whole", least=-5, most=5),))
    assert told(place, "id,mood\na,-3\n", columns) == {"a": {"mood": "-3"}}
    assert "formula" in mistakes(place, "id,mood\na,-3+A1\n", columns)[0]
    assert "formula" in mistakes(place, "id,name\na,-3\n")[0]


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('id,name\na,"{s}\nb,x\n', "row 2, column name: a quote is opened and never closed"),
        ('id,name\na,"{s}\nb,"x"\n', "row 2, column name: there is text after the closing quote"),
        ('id,name\na,"{s}" y\n', "row 2, column name: there is text after the closing quote"),
        ('id,name\na, "{s}"\n', "row 2, column name: there is a quote in a cell that does not"),
        ("id,name\na,{s},c\n", "row 2: has 3 cells, and the first row has 2"),
        ("id,name,age\na,{s}\n", "row 2: has 2 cells, and the first row has 3"),
        ("id,name\na,{s}\0\n", "row 2, column name: has a control character"),
        ("id,name\na,{s}\x85\n", "row 2, column name: has a control character"),
        ('id,name\na,"{s}\tb"\n', "row 2, column name: has a control character"),
        ("id,name,Name\na,{s},c\n", "row 1, column C: 'name' stands twice"),
        ("id,name,ID\na,{s},c\n", "row 1, column C: 'id' stands twice"),
        ("id,nmae\na,{s}\n", "row 1, column B: there is no field 'nmae'. Did you mean 'name'?"),
        ("id,{s}\na,b\n", "row 1, column B: there is no field of that name. Known: "),
        ("id,name,\na,{s},\n", "row 1, column C: the column has no name. Name it, or delete it."),
        ("name,age\n{s},7\n", "row 1: no column is called 'id'. The first row names the columns."),
        ("guest-1,{s}\nb,c\n", "row 1: no column is called 'id'. The first row names the columns."),
        ("id,name\n,{s}\n", "row 2, column id: the id is missing"),
        ("id,name\n  ,{s}\n", "row 2, column id: the id is missing"),
        ("id,name\n{s} 7,b\n", "row 2, column id: a label is up to 64 letters"),
        ("id,name\n../a,{s}\n", "row 2, column id: a label is up to 64 letters"),
        ("id,name\nCON,{s}\n", "row 2, column id: a label is up to 64 letters"),
        ("id,name\nPublic,{s}\n", "row 2, column id: 'Public' is where the tracks go that are"),
        ("id,name\na,b\nA,{s}\n", "row 3, column id: 'A' stands in row 2 already, capitals or not"),
        ("id,gentle\na,{s}\n", "row 2, column gentle: must be yes or no"),
        ("id,name\na," + "{s}" * 99 + "\n", "row 2, column name: has 1,089 characters, and may"),
        ("", "is empty. 'meditate roster new' writes one."),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(place: Path, text: str, what: str) -> None:
    found = mistakes(place, text.replace("{s}", SECRET))
    assert found[0].removeprefix(f"{place}: ").startswith(what)
    assert len(found) == 1


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", '"\r'])
def test_a_cell_that_begins_like_a_formula_is_refused(place: Path, sign: str) -> None:
    end = '"' if sign.startswith('"') else ""
    (found,) = mistakes(place, f"id,name\na,{sign}{SECRET}{end}\n")
    assert found.startswith("row 2, column name: begins like a formula, and a spreadsheet would")
    assert found.endswith("Begin it with a letter or a digit.")


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (f"id,name\na,b\nc,{SECRET}\n".encode("latin-1"), "row 3: has bytes that are no text"),
        (f"id,name\n{SECRET},b\n".encode("latin-1"), "row 2: has bytes that are no text"),
        (b'id,name\na,"1\n2"\nb,\xff\n', "row 3: has bytes that are no text"),
        ("id\tname\na\tb\n".encode("utf-16")[:-1], "row 2: has bytes that are no text"),
        (b"\xff\xfei\0d\0\n\0a\0\n\0\0\xd8b\0", "row 3: has bytes that are no text"),
    ],
)
def test_bytes_that_are_no_text_are_refused_by_row(place: Path, content: bytes, where: str) -> None:
    assert mistakes(place, content) == [f"{where}. Save it as 'CSV UTF-8'."]


def test_a_column_that_the_course_tells_is_refused(place: Path) -> None:
    columns = Columns(FIELDS, (), frozenset({"gentle"}))
    (found,) = mistakes(place, "id,gentle\na,yes\n", columns)
    assert found.startswith("row 1, column B: 'gentle' is told by the course")


def test_all_mistakes_are_told_at_once_and_each_is_of_its_kind(place: Path) -> None:
    place.write_text("id,nmae,age,gentle\na,b,=1,maybe\n,b,7,yes\nc\nd,b,7,yes\n")
    with pytest.raises(MistakesError) as caught:
        roster.read(place, COLUMNS)
    kinds = [type(each) for each in caught.value.found]
    assert kinds == [UsageError, DetailError, DetailError, UsageError, UsageError]
    places = [each.where.rpartition(": ")[2] for each in caught.value.found]
    assert places == [
        "row 1, column B",
        *("row 2, column age", "row 2, column gentle", "row 3, column id", "row 4"),
    ]


def test_what_can_be_read_is_had_beside_the_mistakes(place: Path) -> None:
    place.write_text("id,name,gentle\na,Sam,maybe\nb,x\nc,=1,yes\n")
    found, wrong = roster.examined(place, COLUMNS)
    assert [(row.id, row.details) for row in found.rows] == [
        ("a", {"name": "Sam"}),
        ("c", {"name": "=1", "gentle": True}),
    ]
    assert len(wrong) == 3


def test_of_many_mistakes_the_rest_are_counted(place: Path) -> None:
    place.write_text("id,name\n" + "\n".join(f"a{n},=1" for n in range(1_060)))
    with pytest.raises(MistakesError) as caught:
        roster.read(place, COLUMNS)
    lines = str(caught.value).splitlines()
    assert (len(lines), lines[-1], len(caught.value.found)) == (51, "and 1,010 more", 1_060)


@pytest.mark.skipif(not system.POSIX, reason="pipes with names are of POSIX")
def test_a_roster_may_come_through_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with ThreadPoolExecutor() as pool:
        pool.submit(path.write_text, "id,name\na,Sam\n")
        assert [row.id for row in roster.read(path, COLUMNS).rows] == ["a"]


def test_what_is_no_file_or_too_long_is_refused(place: Path, tmp_path: Path) -> None:
    for path, what in [
        (tmp_path, "cannot be read"),
        (tmp_path / "none.csv", "cannot be read"),
        (Path("a\0b"), "not a name a file can have"),
        (Path("/dev/zero"), "longer than 64 MiB"),
    ]:
        with pytest.raises(UsageError, match=what):
            roster.read(path, COLUMNS)


@pytest.mark.parametrize(
    "text",
    [
        "id,name" + "\n" * (roster.MAX_ROWS + 2),
        "id" + "," * roster.MAX_COLUMNS + "\n",
        "id,name\na" + "," * (1 << 22),
    ],
)
def test_a_roster_larger_than_a_spreadsheet_is_refused(place: Path, text: str) -> None:
    place.write_text(text)
    started_s = time.perf_counter()
    for reading in (lambda: roster.read(place, COLUMNS), lambda: roster.without(place, "a")):
        with pytest.raises(UsageError, match="has more than 100,000 rows of 16,384 columns"):
            reading()
    assert time.perf_counter() - started_s < 8


def test_a_roster_prints_as_its_ids(place: Path) -> None:
    place.write_text(f"id,name\na,{SECRET}\n")
    printed = repr(roster.read(place, COLUMNS))
    assert "id='a'" in printed
    assert SECRET not in printed


# --- what other programs write ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["comma", "semicolon-quoted", "tabs-utf16"])
def test_what_libreoffice_exports_is_read(name: str) -> None:
    """LibreOffice 7.4.7.2 wrote these with ``soffice --headless --convert-to csv``.

    From ``made.fods``, with the filter options ``44,34,76,1,,0,false,true`` for commas, ``59`` and
    ``true`` for semicolons and quotes, ``9`` and ``65535`` for tabs and UTF-16, ``12`` for Latin-1.
    """
    rows = roster.read(SHEETS / f"{name}.csv", COLUMNS).rows
    dog, garden = 'my dog, "Biscuit"; the old one', "el jardín de mi abuela 🌱"
    assert [(row.number, row.id, row.details) for row in rows] == [
        (3, "guest-1", {"name": "Siobhán", "care_object": dog, "age": "7", "gentle": True}),
        (4, "guest-2", {"care_object": garden, "gentle": False}),
        (5, "guest-3", {}),
    ]


def test_what_libreoffice_exports_as_latin_1_is_refused_by_row() -> None:
    with pytest.raises(UsageError, match=r"latin-1\.csv: row 3: has bytes that are no text"):
        roster.read(SHEETS / "latin-1.csv", COLUMNS)


Book = tuple[bytes, list[bytes], dict[str, dict[str, str]]]
"""The header of a roster, its rows, and what is to be read in it."""


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Rosters of any content, written by Python's csv in any dialect."""
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    end = draw(st.sampled_from(["\r\n", "\n", "\r"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
    # Python's csv quotes a line end only if the lines end so.
    kept = "\r\n" if quoting != csv.QUOTE_MINIMAL else end
    unfit = "".join({"\r", "\n"} - set(kept))
    letter = st.one_of(
        st.sampled_from(['"', ",", ";", *kept, " ", "ñ", "😀", "#"]),
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=unfit),
    )
    cell = st.text(letter, max_size=12).filter(lambda text: not text.startswith(roster.FORMULA))
    names = draw(st.permutations(["id", "name", "care_object"]))
    ids = draw(st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True), unique=True))
    ids = [each for each in ids if each not in ("public", "con", "aux", "nul", "prn")]
    rows = [{"id": each, "name": draw(cell), "care_object": draw(cell)} for each in ids]
    separator = draw(st.sampled_from([",", ";", "\t"]))

    def line(cells: list[str]) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(
            text, "excel", delimiter=separator, quoting=quoting, lineterminator=end
        ).writerow(cells)
        return text.getvalue().encode(encoding)

    marks = {
        "utf-8": [b"", b"\xef\xbb\xbf"],
        "utf-16-le": [b"\xff\xfe"],
        "utf-16-be": [b"\xfe\xff"],
    }
    header = draw(st.sampled_from(marks[encoding])) + line(list(names))
    expected = {
        row["id"]: {k: v for k, v in row.items() if v.strip() and k != "id"} for row in rows
    }
    return header, [line([row[name] for name in names]) for row in rows], expected


@settings(max_examples=150)
@given(book=books())
def test_what_python_writes_is_read_in_every_dialect(place: Path, book: Book) -> None:
    header, lines, expected = book
    assert told(place, b"".join([header, *lines])) == expected


@settings(max_examples=150)
@given(book=books(), data=st.data())
def test_a_roster_without_a_listener_is_otherwise_the_same_to_the_byte(
    place: Path, book: Book, data: st.DataObject
) -> None:
    header, lines, expected = book
    assume(expected)
    number = data.draw(st.integers(0, len(lines) - 1))
    gone = list(expected)[number]
    place.write_bytes(b"".join([header, *lines]))
    left = roster.without(place, gone.upper())
    assert left == b"".join([header, *lines[:number], *lines[number + 1 :]])
    assert told(place, left) == {name: each for name, each in expected.items() if name != gone}


def test_who_stands_twice_is_removed_twice_and_remarks_stay(place: Path) -> None:
    place.write_bytes(b'sep=;\r\nid;name\r\n# help\r\na;"1\r\n2"\r\nb;x\r\n;\r\nA;y')
    assert roster.without(place, "a") == b"sep=;\r\nid;name\r\n# help\r\nb;x\r\n;\r\n"
    assert roster.without(place, "c") == place.read_bytes()


def test_an_id_is_found_however_it_is_composed(place: Path) -> None:
    place.write_text("id,name\nJose\u0301,x\nb,y\n")
    assert roster.without(place, "JOSÉ") == b"id,name\nb,y\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('id,name\na,"x\nb,y\n', "row 2: a quote is opened and never closed"),
        ("id,name\na,x,y\n", "row 2: has 3 cells, and the first row has 2"),
        ("name\nx\n", "row 1: there is not one column 'id'"),
        ("id,ID\na,b\n", "row 1: there is not one column 'id'"),
        ("", "row 1: there is not one column 'id'"),
    ],
)
def test_nobody_is_removed_from_what_cannot_be_parted(place: Path, text: str, what: str) -> None:
    place.write_text(text)
    with pytest.raises(UsageError, match=what):
        roster.without(place, "a")


# --- an empty one -------------------------------------------------------------------------------


def test_an_empty_roster_reads_back_as_nobody_and_asks_what_the_scripts_ask(place: Path) -> None:
    content = roster.blank(COLUMNS)
    assert told(place, content) == {}
    names, asked = csv.reader(content.decode("utf-8-sig").splitlines())
    assert names == ["id", "name", "care_object", "pronoun", "age", "gentle", "check_in"]
    assert asked[1:] == [
        "What would you like to be called? E.g. Sam",
        "Who or what warms you? E.g. my old dog Biscuit",
        "Which word fits? One of: she, he, they, it. E.g. he",
        "At what age? From 3 to 17. E.g. 7",
        *("yes or no", "yes or no"),
    ]


@given(ask=st.text(max_size=20), example=st.text(max_size=20))
def test_no_cell_of_an_empty_roster_looks_like_a_formula(
    place: Path, ask: str, example: str
) -> None:
    columns = Columns((Field("name", ask, example),))
    content = roster.blank(columns)
    assert told(place, content, columns) == {}
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert len(rows) == 2
    assert not any(cell.startswith(roster.FORMULA) for row in rows for cell in row)


# --- what is meant to break it ------------------------------------------------------------------


def refusal(reading: Callable[[], object]) -> str:
    """What is said of a file, or nothing where it will do."""
    try:
        reading()
    except MeditationError as error:
        return str(error)
    return ""


PIECES = [
    '"',
    '""',
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "id",
    "name",
    "gentle",
    "sep=;\n",
    "#",
    "=",
]
PIECES += ["\0", "\ufeff", "\x1a", " ", "guest-1", "public", "yes", "😀", SECRET, "\u2028"]


@settings(max_examples=300)
@given(
    pieces=st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=3))),
    begins=st.sampled_from([b"", b"id,name,gentle\n", b"\xff\xfe", b"\xef\xbb\xbfid;name\r\n"]),
)
def test_any_bytes_are_read_or_refused_and_no_cell_is_told(
    place: Path, pieces: list[str | bytes], begins: bytes
) -> None:
    body = b"".join(each.encode() if isinstance(each, str) else each for each in pieces)
    place.write_bytes(begins + body)
    for reading in (lambda: roster.read(place, COLUMNS), lambda: roster.without(place, "guest-1")):
        said = refusal(reading)
        assert SECRET.casefold() not in said.casefold()
        assert all(line.isprintable() for line in said.splitlines())


@pytest.mark.parametrize(
    "piece", ['"', '""', '"a', '","', '"\n', 'a"', "a" * 99, "\r", '",', "=,", '"",""\n']
)
def test_no_text_takes_long(place: Path, piece: str) -> None:
    place.write_text("id,name\n" + piece * (2_000_000 // len(piece)))
    started_s = time.perf_counter()
    for reading in (lambda: roster.read(place, COLUMNS), lambda: roster.without(place, "a")):
        with pytest.raises(UsageError):
            reading()
    assert time.perf_counter() - started_s < 8
