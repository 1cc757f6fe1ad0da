"""A build: what is ordered against what is there, what has to be made, and the manifest of it all.

Whoever wants to know what a build does reads :func:`build`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import drive, pipeline, system
from generator.errors import ConsentError, MeditationError, MistakesError, WriteError
from generator.library.forecast import Forecast
from generator.library.making import Task, made
from generator.library.records import Records
from generator.library.standing import is_foreign
from generator.model import (
    Built,
    Course,
    Entry,
    Errand,
    Fault,
    Happening,
    Order,
    Outcome,
    Standing,
    Step,
    Timeline,
)

Tell = Callable[[Step], None]

_MEMORY_BYTES = 6 << 30


@dataclass(frozen=True)
class Wanted:
    """How a build is to be done."""

    jobs: int = 1
    shard: tuple[int, int] | None = None
    """Which of how many parts of it is done here, from 0."""
    consent_online: bool = False
    """The listeners agreed that the words of their tracks go to the online voice's service."""
    force: bool = False
    """Replace what lies in the place of a track and is none of ours."""
    whole: bool = False
    """Whether every track of these listeners is ordered: others then are left over."""
    prune: bool = False
    """Remove what is left over of the listeners who are still there."""
    deadline_s: float = 3600.0
    """What takes longer than this is given up."""


def build(
    course: Course,
    orders: Sequence[Order],
    folder: Path,
    wanted: Wanted,
    folders: system.Folders,
    tell: Tell,
) -> Built:
    """Every track that is ordered, made unless it is there; one that fails stops no other.

    ``folder`` is that of the course. Nothing is spoken before everything that is to be made was
    planned. Raises MistakesError when something cannot be, WriteError when another build of the
    course is at work.
    """
    orders = dealt(orders, wanted.shard)
    with _alone(folder, wanted.shard), _swept(folder, orders):
        records = Records(course, folder, folders, wanted.shard)
        standings = [records.standing(order) for order in orders]
        stale = [each for each in standings if each.why]
        foreign = [each for each in stale if is_foreign(each) and not wanted.force]
        due = [each.order for each in stale if wanted.force or not is_foreign(each)]
        forecast = planned(due, folders, tell)
        _agreed(due, wanted)
        finished, faults = [], list(map(_in_the_way, foreign))
        records.save()  # so that whoever is forgotten meanwhile is looked for here
        with contextlib.closing(_made(due, forecast, wanted, folders, tell, faults)) as entries:
            for entry in entries:
                records.take(entry)
                finished.append(entry)
        left_over = records.left_over(orders) if wanted.whole and not wanted.shard else ()
        records.save()
        if wanted.prune:
            left_over = records.pruned(left_over, {order.job.label for order in orders})
    kept = [each.entry for each in standings if each.entry]
    return Built(tuple(finished), tuple(kept), tuple(faults), left_over, records.spread_lu())


def planned(orders: Sequence[Order], folders: system.Folders, tell: Tell) -> Forecast:
    """How long these would take, once each of them is known to be possible.

    Raises MistakesError with every one that is not.
    """
    forecast, mistakes = Forecast(), list[MeditationError]()
    for number, order in enumerate(orders, 1):
        try:
            timeline = _outlined(order)
        except MeditationError as error:
            mistakes.append(type(error)(error.what, where=order.path, remedy=error.remedy))
            continue
        forecast.add(order, timeline, folders)
        tell(Step("checked", order.path, number, len(orders)))
    if mistakes:
        raise MistakesError(mistakes)
    return forecast


def _agreed(orders: Sequence[Order], wanted: Wanted) -> None:
    """Raise ConsentError when words would leave this machine and nobody agreed."""
    sent = {each.job.voice.sends_to for each in orders if each.job.voice.online}
    if sent and not wanted.consent_online:
        raise ConsentError(
            f"nobody agreed that the words of {len(orders)} tracks go to {', '.join(sorted(sent))}",
            where="build",
            remedy="With --consent-online you say: the listeners agreed to that.",
        )


def _outlined(order: Order) -> Timeline:
    job = order.job
    timeline = pipeline.outline(job, pipeline.cues_of(job))
    pipeline.lending(job, [each.phrase for each in timeline.spoken])
    return timeline


def dealt(orders: Sequence[Order], shard: tuple[int, int] | None) -> Sequence[Order]:
    """Those of one shard: dealt by index, because hashes deal unevenly."""
    return orders if shard is None else orders[shard[0] :: shard[1]]


@contextlib.contextmanager
def _alone(folder: Path, shard: tuple[int, int] | None) -> Iterator[None]:
    """No other build of the course is at work meanwhile, but for its other shards."""
    system.private_folder(folder, pipeline.OTHER_PLACE)
    with system.locked(folder, shared=shard is not None, wait_s=0.0) as free:
        if not free:
            raise WriteError(
                "is being built by somebody else",
                where=str(folder),
                remedy="Wait until it is done, or stop it.",
            )
        yield


@contextlib.contextmanager
def _swept(folder: Path, orders: Sequence[Order]) -> Iterator[None]:
    """Nothing half-made is there: none of killed builds, and none of workers that died in this."""
    places = {folder, *((folder / order.path).parent for order in orders)}
    try:
        for place in places:
            system.sweep(place)
        yield
    finally:
        for place in places:
            system.sweep(place)


def _made(
    orders: Sequence[Order],
    forecast: Forecast,
    wanted: Wanted,
    folders: system.Folders,
    tell: Tell,
    faults: list[Fault],
) -> Generator[Entry, None, None]:
    """Each of them as it is finished; what could not be made goes to the faults."""
    done, of = 0, len(orders)

    def begun(happening: Happening) -> None:
        if happening.kind == "started":
            tell(Step("started", happening.key, done, of, forecast.left_s(wanted.jobs)))

    errands = (Errand(each.path, Task(each, folders, wanted.consent_online)) for each in orders)
    crew = drive.crew(wanted.jobs, _MEMORY_BYTES, wanted.deadline_s)
    for outcome in drive.run(errands, made, crew, begun):
        done += 1
        forecast.done(outcome.key, outcome.seconds)
        left_s = forecast.left_s(wanted.jobs)
        if isinstance(outcome.result, Entry):
            tell(Step("made", outcome.key, done, of, left_s))
            yield outcome.result
            continue
        faults.append(_fault(outcome))
        tell(Step("failed", outcome.key, done, of, left_s, faults[-1]))


def _fault(outcome: Outcome) -> Fault:
    error = MeditationError(outcome.message, where=outcome.where, remedy=outcome.remedy)
    return Fault(outcome.key, str(error), outcome.exit_code or 1)


def _in_the_way(each: Standing) -> Fault:
    message = f"{each.why[0]}, which is no track of ours. Move it, or use --force to replace it."
    return Fault(each.order.path, message, 2)
