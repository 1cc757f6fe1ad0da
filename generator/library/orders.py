"""From a course and its listeners to every track that is to be there."""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import api, asked, plan, saying, shelf, system
from generator.errors import MeditationError, MistakesError
from generator.library.chosen import Chosen, placed
from generator.model import Course, Job, Listener, Order, Seat
from generator.wording import wording

Enrolled = Mapping[str, Mapping[str, Listener]]
"""What each listener told each script, by label and slug."""


@dataclass(frozen=True)
class _Track:
    """One track of every edition."""

    session: int
    number: int
    slug: str
    title: str
    summary: str
    talk: bool
    occurrence: int
    """How often its script came before in the course."""


def ordered(
    course: Course,
    chosen: Chosen,
    enrolled: Enrolled,
    wishes: api.Wishes,
    folder: Path,
    folders: system.Folders,
) -> Iterator[Order]:
    """Every track of every edition for every listener, listener by listener.

    ``wishes`` are for all of them alike, and ``folder`` is that of the course. Raises MistakesError
    with whatever in the course will not do, at its line.
    """
    tracks = tuple(_tracks(course))
    patterns = _patterns(course, chosen, tracks, wishes, folder, folders)
    secret = system.secret_key(folders.secret)
    known = saying.lexicon(folders.lexicon, course.language)
    for label, told in enrolled.items():
        for edition in course.lengths:
            for track in tracks:
                listener = chosen.told(track.slug, told[track.slug])
                job = api.for_listener(
                    patterns[edition, track.number], listener, label, known, folders
                )
                path = shelf.path(job).relative_to(job.out).as_posix()
                yield Order(path, track.session, _guid(course, job, track, secret), job)


def _tracks(course: Course) -> Iterator[_Track]:
    number, before = 0, Counter[str]()
    talk = wording(course.language).talk
    for session, each in enumerate(course.sessions, 1):
        for slug in filter(None, (each.talk, each.practice)):
            number += 1
            is_talk = slug == each.talk
            title = talk.format(session=each.title) if is_talk else each.title
            summary = "" if is_talk else each.summary
            yield _Track(session, number, slug, title, summary, is_talk, before[slug])
            before[slug] += 1


def _patterns(
    course: Course,
    chosen: Chosen,
    tracks: Sequence[_Track],
    wishes: api.Wishes,
    folder: Path,
    folders: system.Folders,
) -> dict[tuple[str, int], Job]:
    """Each track of each edition as nobody's: what is the same for every listener."""
    mistakes: dict[str, MeditationError] = {}
    made: dict[tuple[str, int], Job] = {}
    for at, edition in enumerate(course.lengths, 1):
        for track in tracks:
            wished = dataclasses.replace(wishes, length="natural" if track.talk else edition)
            try:
                job = api.job_for(chosen.scripts[track.slug], Listener(), wished, folders)
                plan.suits(job.script, job.length_s)
            except MeditationError as error:
                mistake = placed(error, course.at(f"lengths.{at}"))
                mistakes.setdefault(str(mistake), mistake)
                continue
            name = asked.edition(asked.length_s(edition))
            seat = _seat(course, name, track, len(tracks))
            made[edition, track.number] = dataclasses.replace(job, seat=seat, out=folder)
    if mistakes:
        raise MistakesError(mistakes.values())
    return made


def _seat(course: Course, edition: str, track: _Track, of: int) -> Seat:
    several = len(course.lengths) > 1
    return Seat(
        course=course.slug,
        album=f"{course.title} ({edition})" if several else course.title,
        artist=course.author,
        edition=edition,
        number=track.number,
        of=of,
        title=track.title,
        summary=track.summary,
        support=course.support,
        colour=course.colour,
    )


def _guid(course: Course, job: Job, track: _Track, secret: bytes) -> str:
    """A name for a track that is new: of who it is for and what it is, and nobody can guess it."""
    edition = job.seat.edition if job.seat else ""
    named = "\n".join((course.slug, job.label, edition, track.slug, str(track.occurrence)))
    marked = hashlib.blake2b(named.encode(), key=secret, digest_size=16).digest()
    return uuid.UUID(bytes=marked, version=4).urn
