"""Tables as the benchmarks print them: Markdown that reads well as plain text too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The lines of a table, each column as wide as its widest cell."""
    every = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*every, strict=True)]
    first, *others = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in every]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join((first, rule, *others))
