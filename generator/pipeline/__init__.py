"""One track, from a job to a finished file: a room a line, in order.

Holds no logic of its own. Whoever wants to know what a render does reads :func:`render`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from generator import (
    bed,
    bells,
    breath,
    cover,
    encode,
    master,
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
from generator.pipeline.speaking import (
    Consent,
    agreed,
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

__all__ = ["cues_of", "leaving", "outline", "render", "tracks"]

Progress = Callable[[Stage, int, int], None]


OTHER_PLACE = "Choose another folder with --out."


def silent(_stage: Stage, _done: int, _total: int) -> None:
    """Progress told to nobody."""


def cues_of(job: Job) -> tuple[Cue, ...]:
    """What the track asks for, in order: the filled script, and what its profile puts before it."""
    cues = script.fill(
        job.script,
        job.listener.answers,
        job.listener.switches,
        job.length_minutes,
        personalise.FILTERS,
    )
    cues = plan.rung(cues, job.ringing)
    if not job.profile.spoken_disclosure:
        return cues
    said = Phrase(wording(job.script.language).spoken_disclosure)
    return (said, Pause(2.2, 2.2, 2.2), *cues)


def outline(job: Job, cues: tuple[Cue, ...]) -> Timeline:
    """The timeline by estimate, nothing spoken. Raises LengthError when it cannot be."""
    plan.suits(job.script, job.length_s)
    timeline = plan.outline(
        cues,
        partial(speech.estimate_frames, voice=job.voice),
        job.length_s,
        title=job.script.title,
        bed=job.bed,
        ringing=job.ringing,
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
    may_send = agreed(job, leaving(job, phrases, folders), consent)
    with (
        traces.recorded(folders.listeners, job),
        system.workshop(system.private_folder(path.parent, OTHER_PLACE)) as place,
    ):
        shelf.require_space(path.parent, estimated)
        own_cover = picture.square_jpeg(job.picture, cover.SIDE_PX) if job.picture else None
        recorded = _recorded(job, place, estimated, partial(progress, Stage.BED))
        store = store_of(job, folders, secret, place.file("clip"))
        job, clips, spoken_now = spoken(
            job, phrases, store, partial(progress, Stage.SPEAK), may_send=may_send
        )
        if spoken_now:
            speech.evict(folders.cache, folders.cache_bytes)
        timeline = plan.settle(
            cues,
            lambda phrase: clips[phrase].frames,
            job.length_s,
            title=job.script.title,
            bed=job.bed,
            ringing=job.ringing,
        )
        mp3 = place.file(path.name)
        sound = master.limited(mix.blocks(timeline, tracks(job, timeline, clips, recorded)))
        encode.encode_mp3(mp3, sound, timeline.frames, partial(progress, Stage.ENCODE))
        measured = verify.measure(mp3, timeline, partial(progress, Stage.MEASURE))
        verify.prove(measured, timeline, job.profile.speech_lufs, path)
        names = _dressed(job, place, path, timeline, measured, inputs_of(job, secret), own_cover)
        with system.locked(path.parent):
            shelf.admit(job, admitted)  # again: another render may have been quicker
            place.publish(names, _mode(job))
    return Episode(path, job.label, timeline, measured, spoken_now, job.voice.name, job.instead_of)


def _recorded(
    job: Job, place: system.Workshop, estimated: Timeline, progress: Callable[[int, int], None]
) -> Mapping[str, mix.Bed]:
    """The bed a user brought along, by its name, read before a word is spoken; or none."""
    if not job.recording:
        return {}
    scratch = place.file(RECORDING)
    return {RECORDING: recording.keep(job.recording, scratch, estimated.frames, progress)}


def tracks(
    job: Job,
    timeline: Timeline,
    clips: Mapping[Phrase, Clip],
    recorded: Mapping[str, mix.Bed],
) -> mix.Tracks:
    """Every source of sound, each with the gain that brings it to its level."""
    names = {span.name for span in timeline.beds}
    made = {name: bed.make_bed(name, job.seed) for name in sorted(names - recorded.keys())}
    beds: dict[str, mix.Bed] = {**made, **recorded}
    rung: dict[str, Samples] = {
        strike.kind: bells.strike(strike.kind, job.seed) for strike in timeline.strikes
    }
    speech_db, bed_db, bell_db = mix.levels(
        job.profile,
        speech.anchor_lufs(clips),
        beds,
        {kind: bells.loudest_lufs(sound) for kind, sound in rung.items()},
    )
    return mix.Tracks(
        clips,
        speech.read,
        beds,
        rung,
        speech_db,
        bed_db,
        bell_db,
        job.profile.duck_db,
        breath.block,
        job.profile.speech_lufs - mix.BREATH_BELOW_LU - breath.LUFS,
    )


def _dressed(
    job: Job,
    place: system.Workshop,
    path: Path,
    timeline: Timeline,
    measured: Measured,
    inputs: str,
    own_cover: bytes | None,
) -> tuple[str, ...]:
    """Tag the track and write what goes beside it; the names of it all, the track's own last."""
    facts = _facts(job, shelf.date(job, path))
    cover_jpeg = own_cover or cover.cover_jpeg(facts.title, facts.narrator, job.seed)
    words = transcript.plain_text(timeline)
    tags.write_tags(place.file(path.name), facts, timeline, measured, cover=cover_jpeg, text=words)
    document = transcript.timeline_document(timeline, facts, measured, inputs=inputs)
    beside = {  # the timeline first: it proves that the others are ours
        f"{path.stem}{shelf.SIDECAR}": json.dumps(document, indent=1, ensure_ascii=False),
        f"{path.stem}.vtt": transcript.webvtt(timeline, facts),
    }
    for name, content in beside.items():
        place.file(name).write_text(content, "utf-8")
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
