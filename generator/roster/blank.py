"""An empty roster, with what to ask each listener."""

from __future__ import annotations

import codecs
import csv
import io

from generator.model import Columns, Field
from generator.roster.header import ID
from generator.roster.rows import FORMULA, REMARK

_ABOUT_ID = (
    f"{REMARK} a label that says nothing about anybody, e.g. guest-7;"
    f" a row that begins with {REMARK} is passed over"
)
_ABOUT_SWITCH = "yes or no"


def blank(columns: Columns) -> bytes:
    """A CSV file that reads back as a roster of nobody: the names of the columns, and a remark.

    The remark has the question of each, an example and what is possible. It is UTF-8 and says so to
    Excel.
    """
    names = [ID, *(each.name for each in columns.fields), *columns.switches]
    asked = [*map(_question, columns.fields), *(_ABOUT_SWITCH for _ in columns.switches)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([names, [_ABOUT_ID, *map(_plain, asked)]])
    return codecs.BOM_UTF8 + text.getvalue().encode()


def _question(field: Field) -> str:
    possible = {
        "text": "",
        "whole": f" From {field.least} to {field.most}.",
        "choice": f" One of: {', '.join(field.choices)}.",
    }
    example = f" E.g. {field.example}" if field.example else ""
    return f"{field.ask}{possible[field.kind]}{example}"


def _plain(text: str) -> str:
    """The text on one line, and no spreadsheet takes it for a formula."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f"'{line}" if line.startswith(FORMULA) else line
