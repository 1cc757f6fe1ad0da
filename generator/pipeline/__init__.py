"""One track, from a job to a finished file: a room a line, in order.

Whoever wants to know what a render does reads :func:`render`. What else is here only fetches and
carries between rooms that do not know one another.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from generator import (
    bed,
    bells,
    encode,
    mix,
    personalise,
    plan,
    saying,
    script,
    shelf,
    speech,
    system,
    traces,
)
from generator.model import (
    RECORDING,
    BedChange,
    Chapter,
    Clip,
    Cue,
    Episode,
    Job,
    Pause,
    Phrase,
    Stage,
    Timeline,
    phrases_in,
)
from generator.pipeline.artwork import artwork
from generator.pipeline.bringing import Brought, bring, frames_of, lengths
from generator.pipeline.dressing import dressed, facts_of
from generator.pipeline.extras import extras
from generator.pipeline.hearing import understood
from generator.pipeline.keeping import Larder, Remembered
from generator.pipeline.looking import pictured
from generator.pipeline.mixing import tracks
from generator.pipeline.paging import finished, page_track
from generator.pipeline.proving import Progress, Sounded, deliverable, listened, verified, witnessed
from generator.pipeline.retaking import Takes, leaving, retaken
from generator.pipeline.speaking import (
    Consent,
    agree,
    attempts,
    disclosed,
    inputs_of,
    lending,
    marks_of,
    own_folder,
    refused,
    spoken,
    store_of,
    unrecorded,
    unspoken,
)
from generator.wording import is_known, wording

if TYPE_CHECKING:
    from pathlib import Path


__all__ = [
    "artwork",
    "cues_of",
    "finished",
    "leaving",
    "lending",
    "marks",
    "outline",
    "page_track",
    "pictured",
    "render",
    "tracks",
    "understood",
    "unrecorded",
    "unspoken",
    "verified",
]

_log = logging.getLogger(__name__)

OTHER_PLACE = "Choose another folder with --out."


def silent(_stage: Stage, _done: int, _total: int) -> None:
    """Progress told to nobody."""


def cues_of(job: Job) -> tuple[Cue, ...]:
    """What the track asks for, in order: the filled script, and what is said before it."""
    cues = script.fill(
        job.script,
        job.listener.answers,
        job.listener.switches,
        job.length_minutes,
        personalise.filters(job.script.language),
        job.listener.said,
    )
    cues = plan.rung(cues, job.ringing)
    before = tuple(_said_before(job, cues))
    cues = saying.said(cues, job.script.language, job.lexicon)
    if job.chapter:
        cues = _chapter(job, cues)
    return (*saying.said(before, job.script.language, job.lexicon), *cues)


def _chapter(job: Job, cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """The cues of the one chapter that is to be heard."""
    plan.suits(job.script, job.length_s)
    return plan.chapter(
        cues,
        frames_of(_estimate(job), lengths(job, cues)),
        job.length_s,
        job.chapter,
        title=job.title,
        within=job.voice.estimate_within,
    )


def _estimate(job: Job) -> Callable[[Phrase], int]:
    """How long the job's voice takes for a phrase, roughly."""
    return partial(speech.estimate_frames, voice=job.voice)


def _said_before(job: Job, cues: tuple[Cue, ...]) -> Iterator[Cue]:
    """What has to be said before the opening bell: who speaks, and when not to listen."""
    say = wording(job.script.language)
    beds = [job.bed, *(cue.name for cue in cues if isinstance(cue, BedChange))]
    driving = job.profile.spoken_driving or any(map(bed.is_binaural, beds))
    warning = [Phrase(say.driving)] if driving else []
    disclosure = disclosed(job, [*warning, *phrases_in(cues)])
    for phrase in (*disclosure, *warning):
        yield phrase
        yield Pause(2.2, 2.2, 2.2)


def outline(job: Job, cues: tuple[Cue, ...]) -> Timeline:
    """The timeline by estimate, nothing spoken; what the script inserts is decoded for its length.

    Raises LengthError when it cannot be, UsageError for a recording that will not do.
    """
    plan.suits(job.script, job.length_s)
    if not is_known(job.script.language):
        _log.warning(
            "the program has no words of its own in '%s': what it says itself is in English",
            job.script.language,
        )
    timeline = plan.outline(
        cues,
        frames_of(_estimate(job), lengths(job, cues)),
        job.placed_s,
        title=job.title,
        bed=job.bed,
        ringing=job.intervals,
        within=job.voice.estimate_within,
    )
    for span in timeline.beds:
        if not (job.recording and span.name == RECORDING):
            bed.check(span.name)
    for strike in timeline.strikes:
        bells.check(strike.kind)
    return timeline


def marks(job: Job, folders: system.Folders, secret: bytes) -> dict[str, str]:
    """The marks of all that the track would be made from, with the takes that are kept of it."""
    if speech.takes(own_folder(job, folders)):
        job = retaken(job, cues_of(job), folders, secret).job
    return marks_of(job, secret)


def render(
    job: Job, folders: system.Folders, progress: Progress = silent, consent: Consent = refused
) -> Episode:
    """Make the track and put it where it belongs, whole and proven, or leave everything as it was.

    ``consent`` is asked once, before a word leaves this machine. Raises a MeditationError that says
    what, where and what to do.
    """
    secret = system.secret_key(folders.secret)
    shelf.check_label(job.label, (job.out, folders.listeners))
    cues = cues_of(job)
    takes = retaken(_titled(job, cues), cues, folders, secret)
    admitted = _admitted(takes, secret)
    job, cues = takes.job, takes.cues
    path = shelf.admit(job, admitted)
    estimated = outline(job, cues)
    phrases = [each.phrase for each in estimated.spoken]
    job = lending(job, phrases)
    encode.require(job.format)
    with (
        traces.recorded(folders.listeners, job, shelf.extras(job)),
        system.passing_folder(path.parent, OTHER_PLACE) as folder,
        system.workshop(folder) as place,
        extras(job) as beside,
    ):
        shelf.require_space(job, estimated)
        store = store_of(job, folders, secret, place.file("clip"))
        agreed = agree(job, phrases, store, consent)
        own = bring(job, cues, place, estimated, progress)
        job, clips, spoken_now = spoken(job, phrases, store, partial(progress, Stage.SPEAK), agreed)
        if spoken_now:
            speech.evict(folders.cache, folders.cache_bytes)
        timeline = _settled(job, cues, clips, own)
        track = place.fresh(path.name)
        sources = tracks(job, timeline, clips, own)
        larder = Larder(folders.cache, secret, job.seed)
        evidence = witnessed(job, track, timeline, sources, beside, progress, larder)
        memory = Remembered(larder, mix.Marks(timeline, sources))
        made = listened(track, timeline, evidence, progress, memory=memory)
        if larder.grown:
            speech.evict(folders.cache, folders.cache_bytes)
        facts, made_from = facts_of(job, path), marks_of(job, secret)
        inputs = shelf.together(made_from, secret)
        names = dressed(job, place, path, facts, made, made_from, inputs)
        beside.draw(facts, timeline, made.heard.measured)
        deliverable(made, place, path, inputs, facts.language)
        with system.locked(path.parent):
            shelf.admit(job, admitted)  # again: another render may have been quicker
            beside.publish(_mode(job))
            place.publish(names, _mode(job))
        takes.keep(folders)
    return _episode(job, path, made, spoken_now, takes.take)


def _titled(job: Job, cues: tuple[Cue, ...]) -> Job:
    """The job with the title of its chapter as its author writes it."""
    title = next((cue.title for cue in cues if isinstance(cue, Chapter)), "")
    return dataclasses.replace(job, chapter=title) if job.chapter else job


def _admitted(takes: Takes, secret: bytes) -> set[str]:
    """What a track may be made from that this one replaces: its own, or the takes before."""
    earlier = dataclasses.replace(takes.job, takes=takes.before)
    return {inputs_of(each, secret) for job in (takes.job, earlier) for each in attempts(job)}


def _episode(job: Job, path: Path, made: Sounded, spoken_now: int, take: int | None) -> Episode:
    return Episode(
        path,
        job.label,
        made.timeline,
        made.heard.measured,
        spoken_now,
        voice=job.voice.name,
        instead_of=job.instead_of,
        helped_by=job.fallback.name if job.fallback and job.lent else "",
        lent=len(job.lent),
        stems=shelf.stems(job),
        graph=job.graph,
        take=take,
    )


def _settled(
    job: Job,
    cues: tuple[Cue, ...],
    clips: Mapping[Phrase, Clip],
    own: Brought,
) -> Timeline:
    """The timeline now that every phrase has its length."""
    return plan.settle(
        cues,
        frames_of(lambda phrase: clips[phrase].frames, own.frames(cues)),
        job.placed_s,
        title=job.title,
        bed=job.bed,
        ringing=job.intervals,
    )


def _mode(job: Job) -> int:
    return system.PRIVATE_FILE if job.listener.personal else system.PUBLIC_FILE
