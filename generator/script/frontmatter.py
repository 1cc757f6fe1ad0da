"""From a script file to a :class:`Script`: its front matter read and checked, its body not yet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, cast

from generator.asked import length_s
from generator.errors import ScriptError, UsageError, nearest
from generator.model import BEDS, KINDS, PROFILES, Answer, Field, Kind, Script, beds_in
from generator.sayable import has_words
from generator.script.bounds import in_time
from generator.script.files import MAX_LISTED, available, found, front, parts_of
from generator.script.names import RESERVED
from generator.script.sounds import inserts
from generator.script.table import MAX_SUMMARY, MAX_TEXT, NAME, Table, toml
from generator.shortened import is_language

__all__ = ["MAX_LISTED", "available", "glance", "load", "survey"]

MAX_FIELDS = 60
MAX_SWITCHES = 40
MAX_LISTS = 40

_KEYS = frozenset(
    "title summary kind language sources lengths switches bed not_for fields lists".split()  # noqa: SIM905
)
_FIELD_KEYS = frozenset({"ask", "example", "kind", "least", "most", "choices", "default"})


def load(slug: str, folders: Sequence[Path]) -> Script:
    """The script of that name from the first folder that has it.

    Raises UsageError when there is none (the nearest name offered), ScriptError when its front
    matter is not valid.
    """
    path, text = found(slug, folders)
    with in_time(path):
        return _parse(slug, path, text, folders)


def glance(slug: str, folders: Sequence[Path]) -> Script:
    """The script as :func:`load` gives it but without its body: no more of the file is read."""
    path, text = front(slug, folders)
    with in_time(path):
        return _parse(slug, path, text, folders)


def source(slug: str, folders: Sequence[Path]) -> str:
    """The whole text of the script of that name, as its author wrote it.

    Raises as :func:`load` does, but for what is wrong inside.
    """
    return found(slug, folders)[1]


def survey(
    folders: Sequence[Path], *, whole: bool = False
) -> tuple[list[Script], dict[str, ScriptError]]:
    """All sound scripts, without their bodies, and by slug what is wrong with the others.

    At a glance, or by reading the ``whole`` of each: then a recording that is missing is found too.
    """
    sound: list[Script] = []
    broken: dict[str, ScriptError] = {}
    for slug in available(folders):
        try:
            script = load(slug, folders) if whole else glance(slug, folders)
            inserts(script)
            sound.append(replace(script, body="", parts={}))
        except ScriptError as error:
            broken[slug] = error
    return sound, broken


def _parse(slug: str, path: Path, text: str, folders: Sequence[Path]) -> Script:
    match = re.match(r"\+\+\+\n(.*?)\n\+\+\+\n", text, re.DOTALL)
    if not match:
        raise ScriptError(
            "does not begin with front matter",
            where=f"{path}:1",
            remedy="Put TOML between two lines of +++ at the top.",
        )
    table = toml(match[1], path)
    table.only(_KEYS)
    _distinct(table)
    least_s, most_s = _lengths(table)
    body = text[match.end() :]
    return Script(
        slug=slug,
        title=_title(table),
        summary=table.text("summary", most=MAX_SUMMARY),
        kind=cast(Kind, table.one_of("kind", KINDS)),
        language=_language(table),
        sources=table.names("sources"),
        least_s=least_s,
        most_s=most_s,
        switches=table.names("switches", MAX_SWITCHES),
        bed=_bed(table),
        fields=tuple(_field(table, name) for name in table.table("fields", MAX_FIELDS)),
        lists={name: _turns(table, name) for name in table.table("lists", MAX_LISTS)},
        body=body,
        body_line=match[0].count("\n") + 1,
        path=path,
        parts=parts_of(body, slug, folders),
        not_for=_not_for(table),
    )


def _distinct(table: Table) -> None:
    """Fields, switches and lists share one set of names; none may hide another, or an option."""
    switches = table.names("switches", MAX_SWITCHES)
    for name in switches:
        if not NAME.fullmatch(name):
            what = f"'{name}' is not a name"
            raise table.wrong(what, "switches", remedy="Use a-z, 0-9 and _.")
    fields = table.table("fields", MAX_FIELDS)
    taken = {*RESERVED, *(f"{name}_said" for name in fields)}
    for key, names in (
        ("switches", (*switches, *(f"no_{each}" for each in switches))),
        ("fields", fields),
        ("lists", table.table("lists", MAX_LISTS)),
    ):
        for name in names:
            if name in taken:
                what = f"'{name}' has a meaning already"
                raise table.wrong(what, key, name, remedy="Give it another name.")
            taken.add(name)


def _title(table: Table) -> str:
    title = table.text("title")
    if not has_words(title):
        raise table.wrong("'title' must have a letter or a digit in it", "title")
    return title


def _bed(table: Table) -> str:
    bed = table.text("bed", "drone")
    for each in beds_in(bed):
        if each not in BEDS:
            raise table.wrong(f"there is no bed '{each}'", "bed", remedy=nearest(each, BEDS))
    return bed


def _not_for(table: Table) -> tuple[str, ...]:
    profiles = table.names("not_for")
    for each in profiles:
        if each not in PROFILES:
            what = f"there is no profile '{each}'"
            raise table.wrong(what, "not_for", remedy=nearest(each, PROFILES))
    return profiles


def _language(table: Table) -> str:
    language = table.text("language")
    if not is_language(language):
        what = "'language' must be a BCP 47 tag"
        raise table.wrong(what, "language", remedy="As in en, en-US or pt-BR.")
    return language


def _lengths(table: Table) -> tuple[float, float]:
    try:
        least_s, most_s = map(_length_s, table.names("lengths"))
    except (UsageError, ValueError):
        what = "'lengths' must be the least and the most"
        raise table.wrong(what, "lengths", remedy='As in ["8m", "25m"].') from None
    if not least_s <= most_s:
        raise table.wrong("'lengths' must rise from the least to the most", "lengths")
    return least_s, most_s


def _length_s(text: str) -> float:
    """A length of so many minutes and seconds. Raises UsageError or ValueError for any other."""
    seconds = length_s(text)
    if seconds is None:
        raise ValueError("has no end")
    return seconds


def _field(table: Table, name: str) -> Field:
    content = table.table("fields")[name]
    if not isinstance(content, dict):
        raise table.wrong(f"'fields.{name}' must be a table", "fields", name)
    one = Table(content, table.source, ("fields", name))
    one.only(_FIELD_KEYS)
    kind = cast(Literal["text", "whole", "choice"], one.one_of("kind", ("text", "whole", "choice")))
    field = Field(
        name=name,
        ask=one.text("ask"),
        example=one.text("example", ""),
        kind=kind,
        least=one.whole("least"),
        most=one.whole("most"),
        choices=_choices(one),
    )
    if kind == "whole" and not field.least < field.most:
        raise one.wrong("a whole number needs 'least' and 'most'", "least")
    if kind == "choice" and not field.choices:
        raise one.wrong("a choice needs 'choices'")
    return replace(field, default=_default(one, field))


def _choices(one: Table) -> tuple[str, ...]:
    """The choices as answers are compared with them; none that could never be chosen."""
    choices = tuple(one.spoken(each, "choices") for each in one.names("choices"))
    if len({each.casefold() for each in choices}) < len(choices):
        raise one.wrong("'choices' has the same choice twice", "choices")
    return choices


def _default(one: Table, field: Field) -> Answer | None:
    """The default: what a listener could have answered, as they would have."""
    default = one.content.get("default")
    if default is None:
        return None
    if field.kind == "whole" and type(default) is int and field.least <= default <= field.most:
        return default
    if field.kind != "whole" and isinstance(default, str):
        text = one.spoken(default, "default")
        if field.kind == "text" or text in field.choices:
            return text
    raise one.wrong("'default' must be an answer the field allows", "default")


def _turns(table: Table, name: str) -> tuple[Answer, ...]:
    turns = table.table("lists")[name]
    if not isinstance(turns, list) or not all(type(each) in (str, int) for each in turns):
        what = f"'lists.{name}' must be a list of texts or whole numbers"
        raise table.wrong(what, "lists", name)
    table.bounded(turns, "lists", name)
    return tuple(
        table.spoken(each, "lists", name, most=MAX_TEXT) if isinstance(each, str) else each
        for each in turns
    )
