"""A roster without one of its listeners, and otherwise the same to the byte."""

from __future__ import annotations

from pathlib import Path

from generator.errors import UsageError
from generator.roster.header import ID, named
from generator.roster.records import Record, records
from generator.roster.rows import is_remark, key
from generator.roster.source import Source, source


def without(path: Path, name: str) -> bytes:
    """The file's bytes without the row of that id, or the rows of a roster that has it twice.

    The id may differ in its capitals. Where no row has it, the bytes are those of the file. What
    else is wrong in the cells is no hindrance. Raises UsageError for a file whose rows and columns
    cannot be told apart: somebody might be left in it.
    """
    book = source(path)
    kept, end = [], 0
    for record in _rows_of(book, name):
        kept.append(book.text[end : record.start])
        end = record.end
    return book.encoded("".join([*kept, book.text[end:]]))


def has(path: Path, name: str) -> bool:
    """Whether :func:`without` takes anything out. Raises UsageError as it does."""
    return bool(_rows_of(source(path), name))


def _rows_of(book: Source, name: str) -> list[Record]:
    found = list(records(book.text, book.where))
    id_column = _id_column(found[:1], book.where)
    for record in found:
        _check(record, len(found[0].cells), id_column, book.where)
    wanted = key(name)
    return [
        each
        for each in found[1:]
        if len(each.cells) > id_column and key(each.cells[id_column]) == wanted
    ]


def _id_column(header: list[Record], where: str) -> int:
    names = [named(cell) for record in header for cell in record.cells]
    if names.count(ID) != 1:
        raise UsageError(f"there is not one column '{ID}'", where=f"{where}: row 1")
    return names.index(ID)


def _check(record: Record, width: int, id_column: int, where: str) -> None:
    """Raise UsageError where a cell may not be in the column it seems to be in."""
    at = f"{where}: row {record.number}"
    for fault in record.faults:
        raise UsageError(fault.what, where=at, remedy=fault.remedy)
    fits = len(record.cells) == width or record.is_blank or is_remark(record, id_column)
    if not fits:
        what = f"has {len(record.cells):,} cells, and the first row has {width:,}"
        raise UsageError(what, where=at)
