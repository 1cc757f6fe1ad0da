"""What somebody asks of a course: for whom, of which sessions, and where to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import api, personalise, shelf, system
from generator.errors import MeditationError, MistakesError, UsageError, nearest
from generator.library.chosen import Chosen, chosen
from generator.library.orders import Enrolled, ordered
from generator.model import PUBLIC_LABEL, Course, Order
from generator.pipeline import enrolling

_OF_THE_FOLDER = "manifest."


@dataclass(frozen=True)
class Selection:
    """Which tracks of a course are asked for. Every default is here."""

    roster: Path | None = None
    """A CSV with one listener a row; None for the public edition, which is nobody's."""
    only: tuple[str, ...] = ()
    """Sessions by number, or by the script of their talk or practice; none for all."""
    ids: tuple[str, ...] = ()
    """Listeners of the roster; none for all."""
    out: Path | str = api.OUTPUT
    with_text: bool = True
    date: str = ""

    @property
    def whole(self) -> bool:
        """Whether nobody and no session is left out."""
        return not (self.only or self.ids)


def folder_of(course: Course, selection: Selection) -> Path:
    """Where the tracks of a course go. Raises UsageError where that cannot be."""
    return api.output(selection.out) / course.slug


def orders_of(course: Course, selection: Selection, folders: system.Folders) -> tuple[Order, ...]:
    """Every track that is asked for, listener by listener.

    Raises MistakesError with all that will not do in the course or the roster, UsageError for a
    session or a listener that is not there.
    """
    folder = folder_of(course, selection)
    scripts = chosen(course, folders)
    enrolled = _enrolled(course, scripts, selection, folders)
    _check_labels(list(enrolled), folder, folders)
    wishes = api.Wishes(
        voice=course.voice or api.Wishes.voice,
        fallback=course.fallback or None,
        bed=course.bed or None,
        bells=course.bells or None,
        cover=course.cover,
        font=course.font,
        profile=course.profile or api.Wishes.profile,
        with_text=selection.with_text,
        date=selection.date,
        force=True,
    )
    sessions = _sessions(course, selection.only)
    every = ordered(course, scripts, enrolled, wishes, folder, folders)
    return tuple(each for each in every if each.session in sessions)


def _enrolled(
    course: Course, scripts: Chosen, selection: Selection, folders: system.Folders
) -> Enrolled:
    """Who the tracks are for, each row of the roster checked against every script."""
    if selection.roster is None:
        if selection.ids:
            raise UsageError("needs a roster", where="--for", remedy="Add --roster FILE.")
        nobody = {slug: personalise.check(each, {}) for slug, each in scripts.scripts.items()}
        return {PUBLIC_LABEL: nobody}
    known = tuple(scripts.scripts.values())
    languages = enrolling.languages_of(course, folders.voices)
    every = enrolling.enrolled(selection.roster, known, course.details, languages)
    for wanted in selection.ids:
        if wanted not in every:
            raise UsageError(
                f"there is no listener '{wanted}'", where="--for", remedy=nearest(wanted, every)
            )
    return {
        label: told for label, told in every.items() if not selection.ids or label in selection.ids
    }


def _check_labels(labels: Sequence[str], folder: Path, folders: system.Folders) -> None:
    """Raise MistakesError when one of them means another's folder, or the course's own files."""
    own = [
        UsageError("is what the course's own files are called", where=f"id {label}")
        for label in labels
        if label.casefold().startswith(_OF_THE_FOLDER)
    ]
    mistakes: list[MeditationError] = [
        *own,
        *shelf.check_labels(labels, (folder, folders.listeners)),
    ]
    if mistakes:
        raise MistakesError(mistakes)


def _sessions(course: Course, only: Iterable[str]) -> set[int]:
    """The numbers of the sessions that were named; of all of them where none was."""
    every = range(1, len(course.sessions) + 1)
    named: dict[str, set[int]] = {}
    for number, session in enumerate(course.sessions, 1):
        for name in (str(number), session.talk, session.practice):
            named.setdefault(name, set()).add(number)
    found: set[int] = set()
    for wanted in only:
        if wanted not in named or not wanted:
            known = [name for name in named if name]
            raise UsageError(
                f"there is no session '{wanted}'", where="--only", remedy=nearest(wanted, known)
            )
        found |= named[wanted]
    return found or set(every)
