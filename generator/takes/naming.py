"""What a recording is called says which sentences are in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from generator.errors import UsageError

_NAME = re.compile(r"0*([1-9]\d{0,3})(?:-0*([1-9]\d{0,3}))?\.\w{1,8}", re.ASCII)


@dataclass(frozen=True)
class Named:
    """A recording, and the sentences that are in it by its name."""

    file: str
    first: int
    last: int

    @property
    def alone(self) -> bool:
        """Whether it is one sentence and no more."""
        return self.first == self.last


def named(files: Iterable[str], ours: Collection[str]) -> tuple[tuple[Named, ...], tuple[str, ...]]:
    """The recordings among these files, the widest first; and those that are called like none.

    ``12.wav`` is sentence 12, ``3-40.m4a`` is one take of the sentences 3 to 40. What is ours, or
    hidden, is neither. Raises UsageError when two recordings are of the same sentences: of two that
    overlap, the narrower one counts where both do.
    """
    found: dict[tuple[int, int], Named] = {}
    strays = []
    for file in sorted(files):
        if file in ours or file.startswith("."):
            continue
        match = _NAME.fullmatch(file)
        first = int(match[1]) if match else 0
        last = int(match[2] or first) if match else 0
        if not match or last < first:
            strays.append(file)
            continue
        if other := found.get((first, last)):
            raise UsageError(
                f"is of the same sentences as {other.file}",
                where=file,
                remedy="Keep one of the two, or give the other another name, as old-12.wav.",
            )
        found[first, last] = Named(file, first, last)
    widest = sorted(found.values(), key=lambda each: (each.first - each.last, each.first))
    return tuple(widest), tuple(strays)
