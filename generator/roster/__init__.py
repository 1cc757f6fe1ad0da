"""Rosters: one listener a row, in a CSV file as spreadsheets write it.

Read strictly, and every mistake told at once: a cell that slipped into another's place would be
spoken to the wrong person. Rows and columns are named, and never what a cell holds; ids are labels
and may be shown.
"""

from generator.roster.blank import blank
from generator.roster.header import ID
from generator.roster.records import MAX_COLUMNS, MAX_ROWS
from generator.roster.removing import has, without
from generator.roster.rows import FORMULA, MAX_CELL, examined, read
from generator.roster.source import MAX_BYTES

__all__ = [
    "FORMULA",
    "ID",
    "MAX_BYTES",
    "MAX_CELL",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "blank",
    "examined",
    "has",
    "read",
    "without",
]
