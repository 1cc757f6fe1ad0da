"""Answers that are fixed for a whole course, proven to be what a script could be told."""

from __future__ import annotations

import re

from generator.course.table import Table
from generator.model import SAID, Answer
from generator.phonetic import pronunciation
from generator.sayable import MAX_CHARACTERS, tidied

MAX_DETAILS = 60
MAX_WHOLE = 1_000_000

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def details_of(table: Table | None) -> dict[str, Answer | bool]:
    """The answers of the table by name, each as it will be used; what is wrong is noted.

    Whether any script has a field of that name is not known here.
    """
    if table is None:
        return {}
    if len(table.content) > MAX_DETAILS:
        table.wrong(f"[details] has more than {MAX_DETAILS} of them")
    details: dict[str, Answer | bool] = {}
    for name, value in table.content.items():
        if not _NAME.fullmatch(name):
            table.wrong("a detail has the name of a field", name, remedy="As in: care_object")
            continue
        try:
            details[name] = _answer(value, sound=name.endswith(SAID))
        except ValueError as error:
            table.wrong(f"'{name}' {error}", name)
    return details


def _answer(value: object, *, sound: bool) -> Answer | bool:
    """The answer as it will be used. Raises ValueError that says what is wrong, never the answer.

    ``sound`` is asked for where it must say how another answer sounds.
    """
    if isinstance(value, str):
        if len(value) > MAX_CHARACTERS:
            raise ValueError(f"has more than {MAX_CHARACTERS} characters")
        if _CONTROL.search(value):
            raise ValueError("has a character that cannot be spoken, or more than one line")
        if sound:
            pronunciation(value)
        return tidied(value)
    if sound:
        raise ValueError("must be text, as in shiv-AWN")
    if not isinstance(value, int):
        raise ValueError("must be text, a whole number, or true or false")
    if abs(value) > MAX_WHOLE:
        raise ValueError(f"goes beyond {MAX_WHOLE:,}")
    return value
