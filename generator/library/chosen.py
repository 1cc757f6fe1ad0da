"""The scripts of a course, with its own details in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from generator import personalise, script, system
from generator.errors import MeditationError, MistakesError, ScriptError, UsageError
from generator.model import SAID, Course, Listener, Script

_KEYS = frozenset(each.name for each in dataclasses.fields(Course))
"""What a course says of itself: below ``[details]`` it would be an answer."""


@dataclass(frozen=True)
class Chosen:
    """The scripts of a course by slug, and what the course says for every listener."""

    scripts: Mapping[str, Script]
    """A detail that the course fixes is a default here: it makes no track personal."""
    fixed: Mapping[str, Listener] = field(default_factory=dict)
    """Switches and sounds that the course fixes, by script."""

    def told(self, slug: str, own: Listener) -> Listener:
        """A listener of a script as the course wants them."""
        fixed = self.fixed.get(slug, Listener())
        return Listener(own.answers, {**own.switches, **fixed.switches}, {**fixed.said, **own.said})


def chosen(course: Course, folders: system.Folders) -> Chosen:
    """The scripts of a course as it wants them.

    Raises MistakesError with every script that is not there or will not do, and every detail.
    """
    found: dict[str, Script] = {}
    mistakes: list[MeditationError] = []
    for key, slug in _named(course):
        try:
            found[slug] = found.get(slug) or _loaded(course, slug, folders)
        except MeditationError as error:
            mistakes.append(placed(error, course.at(key)))
    if mistakes:
        raise MistakesError(mistakes)
    mistakes = list(_unfitting(course, found))
    if mistakes:
        raise MistakesError(mistakes)
    fixed = {
        slug: personalise.check(each, course.details, elsewhere=names(found.values()))
        for slug, each in found.items()
    }
    return Chosen(
        {slug: _with_defaults(each, fixed[slug]) for slug, each in found.items()},
        {slug: _only(course, listener) for slug, listener in fixed.items()},
    )


def names(scripts: Iterable[Script]) -> frozenset[str]:
    """Every field and switch that one of these scripts knows."""
    return frozenset(
        name for each in scripts for name in (*(one.name for one in each.fields), *each.switches)
    )


def placed(error: MeditationError, where: str) -> ScriptError:
    """The mistake at its place in the file of the course."""
    what = f"{error.where}: {error.what}" if error.where else error.what
    return ScriptError(what, where=where, remedy=error.remedy)


def _named(course: Course) -> Iterator[tuple[str, str]]:
    """Every script a course names, with the key under which it does."""
    for number, session in enumerate(course.sessions, 1):
        for key in ("talk", "practice"):
            if slug := getattr(session, key):
                yield f"sessions.{number}.{key}", slug


def _loaded(course: Course, slug: str, folders: system.Folders) -> Script:
    loaded = script.load(slug, folders.scripts)
    if course.language.split("-")[0] != loaded.language.split("-")[0]:
        raise UsageError(
            f"is in '{loaded.language}', and the course in '{course.language}'", where=slug
        )
    return loaded


def _unfitting(course: Course, scripts: Mapping[str, Script]) -> Iterator[ScriptError]:
    """What the course fixes and no script knows, or one cannot use; each once."""
    known, seen = names(scripts.values()), set()
    for name, value in course.details.items():
        base = name.removesuffix(SAID)
        if name in _KEYS and name not in known:
            what, remedy = f"'{name}' is no detail", "Move it above the first line in brackets."
            yield ScriptError(what, where=course.at(f"details.{name}"), remedy=remedy)
            continue
        for each in scripts.values():
            told = {name: value, **({base: course.details[base]} if base in course.details else {})}
            try:
                personalise.check(each, told, elsewhere=known)
            except MeditationError as error:
                mistake = placed(error, course.at(f"details.{name}"))
                if str(mistake) not in seen:
                    yield mistake
                seen.add(str(mistake))


def _with_defaults(each: Script, fixed: Listener) -> Script:
    fields = tuple(
        dataclasses.replace(one, default=fixed.answers.get(one.name, one.default))
        for one in each.fields
    )
    return dataclasses.replace(each, fields=fields)


def _only(course: Course, listener: Listener) -> Listener:
    """What the course says itself, without what follows from a listener's silence."""
    switches = {name: on for name, on in listener.switches.items() if name in course.details}
    return Listener(switches=switches, said=listener.said)
