"""The listeners of a roster, each as every script of a course will know them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from generator import personalise, roster, script, voices
from generator.errors import CareError, DetailError, MeditationError, MistakesError, UsageError
from generator.model import SAID, Answer, Columns, Course, Field, Listener, Roster, Row, Script

Used = Answer | bool
"""A detail as a script uses it."""


def scripts_of(course: Course, folders: Sequence[Path]) -> tuple[Script, ...]:
    """The talks and practices of a course at a glance, in order, each once.

    Raises as :func:`script.load` does.
    """
    slugs = [slug for each in course.sessions for slug in (each.talk, each.practice) if slug]
    return tuple(script.glance(slug, folders) for slug in dict.fromkeys(slugs))


def columns(scripts: Iterable[Script], fixed: Collection[str] = ()) -> Columns:
    """What a roster for these scripts may tell: all they ask, but for what is ``fixed``.

    Raises UsageError when a name means one thing in one of them and another in another.
    """
    scripts = tuple(scripts)
    fields: dict[str, Field] = {}
    switches: dict[str, None] = {}
    for each in scripts:
        fields |= {field.name: field for field in each.fields if field.name not in fields}
        switches |= dict.fromkeys(each.switches)
    texts = [f.name + SAID for each in scripts for f in each.fields if f.kind == "text"]
    meanings = Counter([*fields, *switches, *dict.fromkeys(texts), roster.ID])
    for name, count in meanings.items():
        if count > 1:
            raise UsageError(
                f"'{name}' means two things in the scripts of the course, or is the listener's id",
                remedy="Give one of the two another name.",
            )
    return Columns(
        tuple(field for name, field in fields.items() if name not in fixed),
        tuple(name for name in switches if name not in fixed),
        frozenset(fixed),
    )


def languages_of(course: Course, folders: Sequence[Path]) -> tuple[str, ...]:
    """The languages of the voices that speak a course. Raises as :func:`voices.load` does."""
    names = filter(None, (course.voice or voices.DEFAULT, course.fallback))
    return tuple(dict.fromkeys(voices.load(name, folders).language for name in names))


def enrolled(
    path: Path,
    scripts: Sequence[Script],
    fixed: Collection[str] = (),
    languages: Sequence[str] = (),
) -> dict[str, dict[str, Listener]]:
    """The :func:`listeners` of a roster's file, where both its form and its details will do.

    Raises UsageError when it cannot be read at all, and as :func:`listeners` does.
    """
    found, mistakes = roster.examined(path, columns(scripts, fixed))
    if not found.rows and not mistakes:
        remedy = "Fill a row for each; one whose id begins with # is a remark."
        raise MistakesError([UsageError("has no listener", where=str(path), remedy=remedy)])
    return listeners(scripts, found, mistakes, languages)


def listeners(
    scripts: Sequence[Script],
    told: Roster,
    mistakes: Sequence[MeditationError] = (),
    languages: Sequence[str] = (),
) -> dict[str, dict[str, Listener]]:
    """Every listener of a roster by id, and by the slugs of the scripts as each of them knows them.

    ``mistakes`` is what is known to be wrong in the roster already, ``languages`` those of the
    voices that are to say it. Raises MistakesError of all that is wrong in it, by row and column:
    first what speaks of self-harm.
    """
    desk = _Desk(scripts, told.path, languages)
    found = {row.id: desk.enrolled(row) for row in told.rows}
    if wrong := [*mistakes, *desk.mistakes]:
        raise MistakesError(sorted(wrong, key=lambda each: not isinstance(each, CareError)))
    return found


class _Desk:
    """Takes up one row after the other; what it has weighed once it does not weigh again."""

    def __init__(self, scripts: Sequence[Script], path: Path, languages: Sequence[str]) -> None:
        self.mistakes: list[MeditationError] = []
        self._path, self._languages = path, languages
        self._weighed: dict[tuple[object, ...], Used | DetailError] = {}
        self._scripts = [(each, personalise.names(each)) for each in scripts]

    def enrolled(self, row: Row) -> dict[str, Listener]:
        """The listener of a row, for each script; what is wrong is noted."""
        told: dict[str, Used] = {}
        wrong: dict[tuple[str, str], DetailError] = {}
        known: dict[str, Listener] = {}
        for each, names in self._scripts:
            used: dict[str, Used] = {}
            for name, value in row.details.items():
                weighed = self._weigh(each, name, value) if name in names else None
                if isinstance(weighed, DetailError):
                    wrong.setdefault((name, weighed.what), weighed)
                elif weighed is not None:
                    used[name] = told[name] = weighed
            known[each.slug] = personalise.gathered(each, used)
            for error in self._unsayable(each, known[each.slug]):
                wrong.setdefault((error.where, error.what), error)
        for (name, what), error in wrong.items():
            self._note(type(error), what, row, name, error.remedy)
        self._check_id(row, told)
        return known

    def _weigh(self, script: Script, name: str, value: object) -> Used | DetailError:
        field = script.find(name)
        key = (name, field, name in script.switches, script.language, value)
        if key not in self._weighed:
            try:
                self._weighed[key] = personalise.weighed(script, name, value)
            except DetailError as error:
                self._weighed[key] = error
        return self._weighed[key]

    def _unsayable(self, script: Script, listener: Listener) -> Iterator[DetailError]:
        """What the voices cannot say of it, the first of each."""
        for language in self._languages:
            try:
                personalise.speakable(script, listener, language)
            except DetailError as error:
                yield error

    def _check_id(self, row: Row, told: Mapping[str, Used]) -> None:
        """An id becomes the name of a folder: it may tell nothing."""
        answers = {name: each for name, each in told.items() if not isinstance(each, bool)}
        if personalise.reveals(row.id, Listener(answers)):
            what = "the id contains one of the listener's details, and ids become folder names"
            self._note(UsageError, what, row, roster.ID, "Choose one that says nothing about them.")

    def _note(
        self, kind: type[MeditationError], what: str, row: Row, column: str, remedy: str
    ) -> None:
        where = f"{self._path}: row {row.number}, column {column}"
        self.mistakes.append(kind(what, where=where, remedy=remedy))
