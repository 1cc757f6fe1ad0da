"""The first row: which column is which."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from generator.errors import MeditationError, UsageError, unknown_field
from generator.model import Columns
from generator.roster.records import Record

ID = "id"
"""The column that names the listener."""


def named(cell: str) -> str:
    """The name in a cell of the header, whatever its capitals."""
    return cell.strip().casefold()


def place(where: str, row: int, column: str) -> str:
    """Where a cell stands, as messages say it."""
    return f"{where}: row {row}, column {column}"


def letters(column: int) -> str:
    """What a spreadsheet calls a column, counted from 0: A to Z, then AA."""
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def has_control(cell: str) -> bool:
    """Whether a character is in it that is for machines; a quoted cell may have line ends."""
    if cell.isprintable():
        return False
    return any(unicodedata.category(each) == "Cc" and each not in "\r\n" for each in cell)


def columns_of(
    header: Record, columns: Columns, where: str
) -> tuple[Mapping[int, str], list[MeditationError]]:
    """The names of the columns that are known, by their places, and all that is wrong with others.

    Names are shown where they are known, or nearly so: a first row that names no columns is that of
    a listener.
    """
    known = {ID, *columns.names}
    found = {number: named(cell) for number, cell in enumerate(header.cells)}
    names = {number: name for number, name in found.items() if name in known}
    mistakes = list(_wrong(header, found, columns, where)) if names or header.faults else []
    if ID not in names.values():
        what, remedy = f"no column is called '{ID}'", "The first row names the columns."
        mistakes.insert(0, UsageError(what, where=f"{where}: row 1", remedy=remedy))
    return names, mistakes


def _wrong(
    header: Record, found: Mapping[int, str], columns: Columns, where: str
) -> Iterator[MeditationError]:
    known = {ID, *columns.names}
    quotes = {each.column: each for each in header.faults}
    seen: set[str] = set()
    for number, name in found.items():
        at = place(where, header.number, letters(number))
        if fault := quotes.get(number):
            yield UsageError(fault.what, where=at, remedy=fault.remedy)
        elif not name:
            yield UsageError("the column has no name", where=at, remedy="Name it, or delete it.")
        elif name in seen:
            yield UsageError(f"'{name}' stands twice", where=at, remedy="Delete one of the two.")
        elif name in columns.fixed:
            what = f"'{name}' is told by the course, the same for everyone"
            yield UsageError(what, where=at, remedy="Delete the column.")
        elif name not in known:
            yield unknown_field(name, known, at)
        else:
            seen.add(name)
