"""A roster: many listeners, one a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.model.author import SAID, Field


@dataclass(frozen=True)
class Columns:
    """What a roster may tell of each listener, beside the ``id``."""

    fields: tuple[Field, ...] = ()
    switches: tuple[str, ...] = ()
    fixed: frozenset[str] = frozenset()
    """Names that mean something and may be no column: the course says the same to everyone."""

    @property
    def sounds(self) -> tuple[str, ...]:
        """The columns that say how the answer to a text field sounds."""
        return tuple(each.name + SAID for each in self.fields if each.kind == "text")

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a column may have, but for the ``id``."""
        return (*(each.name for each in self.fields), *self.switches, *self.sounds)


@dataclass(frozen=True)
class Row:
    """One listener of a roster. Only the id may be shown."""

    id: str
    number: int
    """Of the row, as a spreadsheet counts: that with the names of the columns is 1."""
    details: Mapping[str, str | bool] = field(repr=False)
    """What its cells say, by column, unchecked; switches as what they mean. Empty cells are not
    in it.
    """


@dataclass(frozen=True)
class Roster:
    path: Path
    rows: tuple[Row, ...]
