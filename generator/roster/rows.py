"""A roster read: each row a listener, or all that is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from generator.errors import DetailError, MeditationError, MistakesError, UsageError
from generator.label import checked_label
from generator.model import PUBLIC_LABEL, Columns, Roster, Row
from generator.roster.header import ID, columns_of, has_control, letters, place
from generator.roster.records import Record, records
from generator.roster.source import source

MAX_CELL = 1_000
"""Characters."""

REMARK = "#"
"""Begins the id of a row that is for people and is passed over."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take a cell that begins so for: something to be worked out."""

_NEGATIVE = re.compile(r"-\d+", re.ASCII)
_MEANS = {"true": True, "yes": True, "1": True, "x": True, "false": False, "no": False, "0": False}


def read(path: Path, columns: Columns) -> Roster:
    """The listeners of a roster, as their cells say, unchecked but for the form.

    Raises UsageError when the file cannot be read at all, and MistakesError of all that is wrong in
    it, by row and column and never by value.
    """
    found, mistakes = examined(path, columns)
    if mistakes:
        raise MistakesError(mistakes)
    return found


def examined(path: Path, columns: Columns) -> tuple[Roster, list[MeditationError]]:
    """What can be read of a roster, and all that is wrong in it, for who has more to complain of.

    Cells that mean nothing are left out, and rows with more or fewer cells than there are columns.
    Raises UsageError when the file cannot be read at all.
    """
    book = source(path)
    found = records(book.text, book.where)
    header = next(found, None)
    if header is None:
        raise UsageError("is empty", where=book.where, remedy="'meditate roster new' writes one.")
    names, mistakes = columns_of(header, columns, book.where)
    page = _Page(book.where, names, len(header.cells), columns)
    rows = list(page.rows(found)) if ID in names.values() else []
    return Roster(path, tuple(rows)), mistakes + page.mistakes


def key(name: str) -> str:
    """What two ids have in common that are one: whatever their capitals, however composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


def is_remark(record: Record, id_column: int) -> bool:
    """Whether the row is passed over."""
    cells = record.cells
    return len(cells) > id_column and cells[id_column].lstrip().startswith(REMARK)


class _Page:
    """The rows below the header, and what is wrong in them."""

    def __init__(self, where: str, names: Mapping[int, str], width: int, columns: Columns) -> None:
        self.mistakes: list[MeditationError] = []
        self._where, self._names, self._width = where, names, width
        self._id = next((number for number, name in names.items() if name == ID), 0)
        self._switches = frozenset(columns.switches)
        self._wholes = {each.name for each in columns.fields if each.kind == "whole"}
        self._seen: dict[str, int] = {}

    def rows(self, found: Iterable[Record]) -> Iterator[Row]:
        """Those that are listeners. Blank ones are a mistake only where another row follows."""
        blank: list[int] = []
        for record in found:
            if record.is_blank and not record.faults:
                blank.append(record.number)
                continue
            for number in blank:
                self._wrong("is empty", number, remedy="Delete the row.")
            blank.clear()
            if not record.faults and is_remark(record, self._id):
                continue
            if row := self._row(record):
                yield row

    def _row(self, record: Record) -> Row | None:
        for fault in record.faults:
            column = self._names.get(fault.column, letters(fault.column))
            self._wrong(fault.what, record.number, column, fault.remedy)
        if record.faults:
            return None
        if len(record.cells) != self._width:
            what = f"has {len(record.cells):,} cells, and the first row has {self._width:,}"
            remedy = "Put a cell into quotes that has a separator or a line end in it."
            self._wrong(what, record.number, remedy=remedy)
            return None
        name = record.cells[self._id]
        self._check_id(name, record.number)
        details: dict[str, str | bool] = {}
        for number, cell in enumerate(record.cells):
            column = self._names.get(number, "")
            if not cell.strip() or column in ("", ID):
                continue
            told = self._told(cell, record.number, column)
            if told is not None:
                details[column] = told
        return Row(name, record.number, details)

    def _check_id(self, name: str, row: int) -> None:
        if not name.strip():
            self._wrong("the id is missing", row, ID, "Give each listener a label, as guest-7.")
            return
        try:
            checked_label(name)
        except UsageError as error:
            self._wrong(error.what, row, ID)
            return
        if key(name) == PUBLIC_LABEL:
            what = f"'{name}' is where the tracks go that are nobody's"
            self._wrong(what, row, ID, "Choose another id.")
        first = self._seen.setdefault(key(name), row)
        if first != row:
            what = f"'{name}' stands in row {first} already, capitals or not"
            self._wrong(what, row, ID, "Give each listener an id of their own.")

    def _told(self, cell: str, row: int, column: str) -> str | bool | None:
        """What a cell says; or None, and what is wrong with it is noted."""
        if has_control(cell):
            self._wrong("has a control character", row, column, "Type the cell anew.")
        elif cell.startswith(FORMULA) and not self._is_number(cell, column):
            what = "begins like a formula, and a spreadsheet would work it out"
            self._wrong(what, row, column, "Begin it with a letter or a digit.")
            return None if column in self._switches else cell  # more may be wrong with it
        elif len(cell) > MAX_CELL:
            what = f"has {len(cell):,} characters, and may have {MAX_CELL:,}"
            self._wrong(what, row, column)
        elif column in self._switches:
            meant = _MEANS.get(cell.strip().casefold())
            if meant is None:
                self._wrong("must be yes or no", row, column, "Or leave the cell empty.")
            return meant
        else:
            return cell
        return None

    def _is_number(self, cell: str, column: str) -> bool:
        return column in self._wholes and _NEGATIVE.fullmatch(cell.strip()) is not None

    def _wrong(self, what: str, row: int, column: str = "", remedy: str = "") -> None:
        at = place(self._where, row, column) if column else f"{self._where}: row {row}"
        kind = DetailError if column and column != ID else UsageError
        self.mistakes.append(kind(what, where=at, remedy=remedy))
