"""What ``scripts show`` prints of a script that is filled: what is spoken, its cues visible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

import click

from generator.cli import document
from generator.model import (
    Beat,
    BedChange,
    Bell,
    Chapter,
    Cue,
    Echo,
    Insert,
    Pause,
    Phrase,
    phrases_in,
)

_GAPS = ("sentence", "paragraph")


def show(title: str, cues: Iterable[Cue], *, as_json: bool) -> None:
    """Print it: a line a sentence, chapters as headings, cues in square brackets."""
    if as_json:
        document({"title": title, "cues": [*map(_facts, cues)]})
        return
    click.echo(title)
    for line in lines(cues):
        click.echo(line)


def lines(cues: Iterable[Cue]) -> Iterator[str]:
    """The lines of it. A pause stands behind the sentence it follows."""
    line = ""
    for cue in cues:
        if isinstance(cue, Pause):
            if cue.origin == "paragraph":
                yield from (line, "")
                line = ""
            elif cue.origin not in _GAPS:
                line = f"{line} {_pause(cue)}".strip()
            continue
        if line:
            yield line
        line = "" if isinstance(cue, Chapter) else _line(cue)
        if isinstance(cue, Chapter):
            yield from ("", f"## {cue.title}", "")
    if line:
        yield line


def _line(cue: Cue) -> str:
    if isinstance(cue, Phrase):
        return _words(cue)
    if isinstance(cue, Echo):
        return f"{_words(cue.phrase)} [time to repeat it]"
    if isinstance(cue, Beat):
        words = f"{_words(cue.phrase)} " if cue.phrase else ""
        return f"{words}[breath {cue.breath}, {cue.span_s:g} s]"
    if isinstance(cue, Insert):
        return f"[recording] {cue.text}"
    if isinstance(cue, Bell):
        times = f", {cue.times} times" if cue.times > 1 else ""
        level = f", {cue.level_db:+g} dB" if cue.level_db else ""
        return f"[bell {cue.kind}{times}{level}]"
    return f"[bed {cue.name}]" if isinstance(cue, BedChange) else ""


def _words(phrase: Phrase) -> str:
    """A sentence as it is written, and as it is said where that is otherwise."""
    pace = f" [pace {phrase.pace:g}]" if phrase.pace != 1.0 else ""
    said = f" [said: {phrase.spelled}]" if phrase.spelled != phrase.text else ""
    return f"{phrase.text}{said}{pace}"


def _pause(pause: Pause) -> str:
    if pause.least_s == pause.most_s:
        return f"[pause {pause.natural_s:g} s]"
    return f"[pause {pause.natural_s:g} s, {pause.least_s:g} to {pause.most_s:g}]"


def _facts(cue: Cue) -> dict[str, Any]:
    """One cue as a program reads it: its own figures, and its words if it has some."""
    own = {each.name: getattr(cue, each.name) for each in fields(cue)}
    words: dict[str, Any] = {}
    for phrase in phrases_in((cue,)):
        words = {"text": phrase.text, "said": phrase.spelled, "personal": phrase.personal}
        own = {"pace": phrase.pace} if phrase is cue else own
    own.pop("phrase", None)
    return {"cue": type(cue).__name__.lower(), **own, **words}
