"""One track, from a job to a finished file: a room a line, in order.

Whoever wants to know what a render does reads :func:`render`. What else is here only fetches and
carries between rooms that do not know one another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import (
    bed,
    bells,
    cover,
    encode,
    mix,
    personalise,
    picture,
    plan,
    recording,
    script,
    shelf,
    speech,
    system,
    tags,
    traces,
    transcript,
    verify,
)
from generator.model import (
    RECORDING,
    BedChange,
    Clip,
    Cue,
    Episode,
    Facts,
    Job,
    Measured,
    Pause,
    Phrase,
    Stage,
    Timeline,
)
from generator.pipeline.extras import extras
from generator.pipeline.proving import deliverable, proof, verified, witnessed
from generator.pipeline.speaking import (
    Consent,
    agree,
    attempts,
    inputs_of,
    leaving,
    refused,
    spoken,
    store_of,
)
from generator.wording import wording

if TYPE_CHECKING:
    from generator.audio import Samples

__all__ = ["cues_of", "leaving", "outline", "render", "tracks", "verified"]

Progress = Callable[[Stage, int, int], None]


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
        personalise.FILTERS,
    )
    return (*_said_before(job, cues), *cues)


def _said_before(job: Job, cues: tuple[Cue, ...]) -> Iterator[Cue]:
    """What has to be said before the opening bell: who speaks, and when not to listen."""
    say = wording(job.script.language)
    beds = [job.bed, *(cue.name for cue in cues if isinstance(cue, BedChange))]
    if job.profile.spoken_disclosure:
        yield Phrase(say.spoken_disclosure)
        yield Pause(2.2, 2.2, 2.2)
    if job.profile.spoken_driving or any(map(bed.is_binaural, beds)):
        yield Phrase(say.driving)
        yield Pause(2.2, 2.2, 2.2)


def outline(job: Job, cues: tuple[Cue, ...]) -> Timeline:
    """The timeline by estimate, nothing spoken. Raises LengthError when it cannot be."""
    plan.suits(job.script, job.length_s)
    timeline = plan.outline(
        cues,
        partial(speech.estimate_frames, voice=job.voice),
        job.length_s,
        title=job.script.title,
        bed=job.bed,
        within=job.voice.estimate_within,
    )
    for span in timeline.beds:
        if not (job.recording and span.name == RECORDING):
            bed.check(span.name)
    for strike in timeline.strikes:
        bells.check(strike.kind)
    return timeline


def render(
    job: Job, folders: system.Folders, progress: Progress = silent, consent: Consent = refused
) -> Episode:
    """Make the track and put it where it belongs, whole and proven, or leave everything as it was.

    ``consent`` is asked once, before a word leaves this machine. Raises a MeditationError that says
    what, where and what to do.
    """
    secret = system.secret_key(folders.secret)
    shelf.check_label(job.label, (job.out, folders.listeners))
    admitted = {inputs_of(each, secret) for each in attempts(job)}
    path = shelf.admit(job, admitted)
    cues = cues_of(job)
    estimated = outline(job, cues)
    phrases = [each.phrase for each in estimated.spoken]
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
        own_cover = picture.square_jpeg(job.picture, cover.SIDE_PX) if job.picture else None
        recorded = _recorded(job, place, estimated, partial(progress, Stage.BED))
        job, clips, spoken_now = spoken(job, phrases, store, partial(progress, Stage.SPEAK), agreed)
        if spoken_now:
            speech.evict(folders.cache, folders.cache_bytes)
        timeline = _settled(job, cues, clips)
        sources = tracks(job, timeline, clips, recorded)
        track, inputs = place.fresh(path.name), inputs_of(job, secret)
        evidence = witnessed(job, track, timeline, sources, beside, partial(progress, Stage.ENCODE))
        heard = verify.listen(track, timeline, partial(progress, Stage.MEASURE))
        facts, measured = _facts(job, shelf.date(job, path)), heard.measured
        jpeg = own_cover or cover.cover_jpeg(facts.title, facts.narrator, job.seed)
        document = transcript.timeline_document(timeline, facts, measured, inputs, evidence)
        names = _dressed(place, path, facts, timeline, measured, document, jpeg)
        beside.draw(facts, timeline, measured)
        report = proof(track, verify.opened(track), timeline, evidence, heard)
        deliverable(report, place, path, timeline, inputs)
        with system.locked(path.parent):
            shelf.admit(job, admitted)  # again: another render may have been quicker
            beside.publish(_mode(job))
            place.publish(names, _mode(job))
    return Episode(
        *(path, job.label, timeline, measured, spoken_now, job.voice.name, job.instead_of),
        stems=shelf.stems(job),
        graph=job.graph,
    )


def _settled(job: Job, cues: tuple[Cue, ...], clips: Mapping[Phrase, Clip]) -> Timeline:
    """The timeline now that every phrase has its length."""
    return plan.settle(
        cues,
        lambda phrase: clips[phrase].frames,
        job.length_s,
        title=job.script.title,
        bed=job.bed,
    )


def _recorded(
    job: Job, place: system.Workshop, estimated: Timeline, progress: Callable[[int, int], None]
) -> Mapping[str, mix.Bed]:
    """The bed a user brought along, by its name, read before a word is spoken; or none."""
    if not job.recording:
        return {}
    scratch = place.fresh(RECORDING)
    return {RECORDING: recording.keep(job.recording, scratch, estimated.frames, progress)}


def tracks(
    job: Job,
    timeline: Timeline,
    clips: Mapping[Phrase, Clip],
    recorded: Mapping[str, mix.Bed],
) -> mix.Tracks:
    """Every source of sound, each with the gain that brings it to its level."""
    names = {span.name for span in timeline.beds}
    built_in = sorted(names - recorded.keys() - {bed.NONE})
    made = {name: bed.make_bed(name, job.seed, timeline.frames) for name in built_in}
    beds: dict[str, mix.Bed] = {**made, **recorded}
    room = bed.make_bed(bed.NONE, job.seed, timeline.frames)
    rung: dict[str, Samples] = {
        strike.kind: bells.strike(strike.kind, job.seed) for strike in timeline.strikes
    }
    speech_db, bed_db, bell_db = mix.levels(
        job.profile,
        speech.anchor_lufs(clips, [each.phrase for each in timeline.spoken]),
        beds,
        {kind: bells.loudest_lufs(sound) for kind, sound in rung.items()},
    )
    return mix.Tracks(clips, speech.read, beds, room, rung, speech_db, bed_db, bell_db)


def _dressed(
    place: system.Workshop,
    path: Path,
    facts: Facts,
    timeline: Timeline,
    measured: Measured,
    document: Mapping[str, Any],
    jpeg: bytes,
) -> tuple[str, ...]:
    """Tag the track and write what goes beside it; the names of it all, the track's own last."""
    words = transcript.plain_text(timeline)
    tags.write_tags(place.file(path.name), facts, timeline, measured, cover=jpeg, text=words)
    sidecars = {  # the timeline first: it proves that the others are ours
        shelf.SIDECAR: json.dumps(document, indent=1, ensure_ascii=False),
        shelf.TRANSCRIPT: transcript.webvtt(timeline, facts),
    }
    beside = {shelf.beside(path, ending).name: text for ending, text in sidecars.items()}
    for name, content in beside.items():
        place.fresh(name).write_text(content, "utf-8")
    return (*beside, path.name)


def _mode(job: Job) -> int:
    return system.PRIVATE_FILE if job.listener.personal else system.PUBLIC_FILE


def _facts(job: Job, date: str) -> Facts:
    say = wording(job.script.language)
    disclosure = say.synthetic.format(narrator=job.voice.narrator)
    lines = [job.script.summary, say.safety, *([disclosure] if job.voice.synthetic else [])]
    return Facts(
        title=job.script.title,
        narrator=job.voice.narrator,
        album=say.album,
        language=job.script.language,
        description=" ".join(lines),
        date=date,
        engine=speech.provenance(job.voice)
        + (f" instead of {job.instead_of}" if job.instead_of else ""),
        synthetic=job.voice.synthetic,
        with_text=job.with_text,
    )
