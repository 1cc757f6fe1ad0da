"""Text into rows and cells, each with where it stands, by the rules of RFC 4180.

A cell with a separator, a quote or a line end in it is quoted, and a quote inside is written twice.
What a lenient reader would guess at is a fault here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from generator.errors import UsageError

SEPARATORS = (",", ";", "\t")
MAX_ROWS = 100_000
"""Below the header."""
MAX_COLUMNS = 16_384
"""As many as a spreadsheet has."""

_TOLD = re.compile(r"sep=([,;\t])(?:\r\n|\r|\n|\Z)", re.IGNORECASE)
"""The line in which Excel is told what separates the cells."""
_QUOTED = re.compile(r'"[^"]*"?')


@dataclass(frozen=True)
class Fault:
    """What is wrong with the quotes of a cell."""

    column: int
    """Counted from 0."""
    what: str
    remedy: str


@dataclass(frozen=True)
class Record:
    """One row as it stands in the text."""

    number: int
    """As a spreadsheet counts: from 1, and a row of several lines is one."""
    start: int
    end: int
    """Behind its line end."""
    cells: tuple[str, ...] = field(repr=False)
    faults: tuple[Fault, ...]

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(map(str.strip, self.cells))


def records(text: str, where: str) -> Iterator[Record]:
    """The rows in their order, the header first. Excel's line ``sep=;`` is none.

    Raises UsageError when they are too many, or one is too wide.
    """
    told = _TOLD.match(text)
    start = told.end() if told else 0
    cell = _cell(told[1] if told else _separator(text))
    number = 0
    while start < len(text):
        number += 1
        record = _record(text, start, number, cell)
        if number > MAX_ROWS + 1 or len(record.cells) > MAX_COLUMNS:
            most = f"{MAX_ROWS:,} rows of {MAX_COLUMNS:,} columns"
            raise UsageError(f"has more than {most}", where=where, remedy="Part it.")
        yield record
        start = record.end


def _separator(text: str) -> str:
    """What parts the names in the first line."""
    line = re.match(r"[^\r\n]*", text)
    header = _QUOTED.sub("", line[0] if line else "")
    return max(SEPARATORS, key=header.count)


@cache
def _cell(separator: str) -> re.Pattern[str]:
    """A quoted cell and whether it is closed, or a plain one; what is too much; what ends it.

    No part gives back what it took, so that no text takes long.
    """
    return re.compile(
        rf'(?:"((?:[^"]++|"")*+)("?)|([^"{separator}\r\n]*+))([^{separator}\r\n]*+)'
        rf"({separator}|\r\n|\r|\n|\Z)"
    )


def _record(text: str, start: int, number: int, cell: re.Pattern[str]) -> Record:
    cells: list[str] = []
    faults: list[Fault] = []
    place = start
    for match in cell.finditer(text, start):  # one after the other: each begins where one ended
        quoted, closing, plain, extra, end = match.groups()
        if extra or closing == "":
            faults.append(_fault(len(cells), closing))
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        place = match.end()
        if end not in SEPARATORS or len(cells) > MAX_COLUMNS:
            break
    return Record(number, start, place, tuple(cells), tuple(faults))


def _fault(column: int, closing: str | None) -> Fault:
    """What is wrong, by how the quotes are closed: not at all, too early, or none were opened."""
    if closing == "":
        return Fault(column, "a quote is opened and never closed", 'Close it with another ".')
    if closing:
        what, remedy = "there is text after the closing quote", 'Write a quote inside as "".'
        return Fault(column, what, remedy)
    what = "there is a quote in a cell that does not begin with one"
    return Fault(column, what, 'Put the whole cell into quotes, and write those inside as "".')
