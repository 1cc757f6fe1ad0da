"""Labels: the names of listeners' folders, which say nothing about anybody."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from generator.errors import UsageError


def check_label(label: str, folders: Iterable[Path]) -> None:
    """Raise UsageError when the label would mean another's folder, or one elsewhere.

    Names that differ only by capital letters are one folder on some systems, and a link leads out.
    """
    for mistake in check_labels([label], folders):
        raise mistake


def check_labels(labels: Sequence[str], folders: Iterable[Path]) -> Iterator[UsageError]:
    """What is wrong with each of many labels, as :func:`check_label` finds it."""
    for folder in folders:
        there = {name.casefold(): name for name in _names(folder)}
        for label in labels:
            for place in (folder / label, folder / label / "clips"):
                if os.path.islink(place):  # noqa: PTH114  in a closed folder there is none for us
                    yield UsageError("is a link", where=str(place), remedy="Use another --for.")
            if there.get(label.casefold(), label) != label:
                yield UsageError(
                    "the label differs from one that is there by nothing but capital letters",
                    where="--for",
                    remedy="Write it as it is there, or use another.",
                )


def _names(folder: Path) -> list[str]:
    try:
        return [each.name for each in folder.iterdir()]
    except OSError:
        return []


def new_label() -> str:
    """A label nobody has, that says nothing about anybody."""
    return f"guest-{secrets.token_hex(4)}"
