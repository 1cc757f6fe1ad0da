"""One track, from a job to a finished file: a room a line, in order.

Holds no logic of its own. Whoever wants to know what a render does reads :func:`render`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from generator import (
    bed,
    bells,
    cover,
    encode,
    master,
    mix,
    personalise,
    plan,
    script,
    shelf,
    speech,
    system,
    tags,
    transcript,
    verify,
)
from generator.errors import ConsentError, ServiceError
from generator.model import (
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
    Voice,
)
from generator.wording import wording

if TYPE_CHECKING:
    from generator.audio import Samples

Progress = Callable[[Stage, int, int], None]
Consent = Callable[[Voice, tuple[Phrase, ...]], bool]
"""Asked before a word leaves this machine: whether these may go to that voice's service."""


OTHER_PLACE = "Choose another folder with --out."


def silent(_stage: Stage, _done: int, _total: int) -> None:
    """Progress told to nobody."""


def refused(_voice: Voice, _phrases: tuple[Phrase, ...]) -> bool:
    """Consent that nobody gave."""
    return False


def cues_of(job: Job) -> tuple[Cue, ...]:
    """What the track asks for, in order: the filled script, and what its profile puts before it."""
    cues = script.fill(
        job.script,
        job.listener.answers,
        job.listener.switches,
        job.length_minutes,
        personalise.FILTERS,
    )
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
        within=job.voice.estimate_within,
    )
    for span in timeline.beds:
        bed.check(span.name)
    for strike in timeline.strikes:
        bells.check(strike.kind)
    return timeline


def leaving(job: Job, phrases: Iterable[Phrase], folders: system.Folders) -> tuple[Phrase, ...]:
    """The phrases that would leave this machine: all that an online voice has yet to speak."""
    if not job.voice.online:
        return ()
    secret = system.known_key(folders.secret)
    if secret is None:
        return tuple(dict.fromkeys(phrases))
    return speech.unspoken(phrases, job.voice, _store(job, folders, secret, folders.cache))


def render(
    job: Job, folders: system.Folders, progress: Progress = silent, consent: Consent = refused
) -> Episode:
    """Make the track and put it where it belongs, whole and proven, or leave everything as it was.

    ``consent`` is asked once, before a word leaves this machine. Raises a MeditationError that says
    what, where and what to do.
    """
    secret = system.secret_key(folders.secret)
    path = shelf.admit(job, {_inputs(each, secret) for each in _with_fallback(job)})
    cues = cues_of(job)
    estimated = outline(job, cues)
    phrases = [each.phrase for each in estimated.spoken]
    may_send = _agreed(job, leaving(job, phrases, folders), consent)
    with system.workshop(system.private_folder(path.parent, OTHER_PLACE)) as place:
        shelf.require_space(path.parent, estimated.frames)
        store = _store(job, folders, secret, place.file("clip"))
        asked = job
        job, clips, spoken_now = _spoken(
            job, phrases, store, partial(progress, Stage.SPEAK), may_send
        )
        timeline = plan.settle(
            cues,
            lambda phrase: clips[phrase].frames,
            job.length_s,
            title=job.script.title,
            bed=job.bed,
        )
        mp3 = place.file(path.name)
        sound = master.limited(mix.blocks(timeline, tracks(job, timeline, clips)))
        encode.encode_mp3(mp3, sound, timeline.frames, partial(progress, Stage.ENCODE))
        measured = verify.measure(mp3, timeline, partial(progress, Stage.MEASURE))
        verify.prove(measured, timeline, job.profile.speech_lufs, path)
        instead_of = asked.voice.name if job is not asked else ""
        names = _dressed(job, place, path, timeline, measured, _inputs(job, secret), instead_of)
        place.publish(names, system.PRIVATE_FILE if job.listener.personal else system.PUBLIC_FILE)
    return Episode(path, job.label, timeline, measured, spoken_now, job.voice.name, instead_of)


def _with_fallback(job: Job) -> tuple[Job, ...]:
    """The job, and after it the one that would be done if its voice failed."""
    if job.fallback is None:
        return (job,)
    return job, dataclasses.replace(job, voice=job.fallback, fallback=None)


def _inputs(job: Job, secret: bytes) -> str:
    return shelf.digest(job, speech.described(job.voice), secret)


def _store(job: Job, folders: system.Folders, secret: bytes, scratch: Path) -> speech.ClipStore:
    own = folders.listeners / job.label / "clips"
    return speech.ClipStore(folders.cache, own, scratch, secret)


def _agreed(job: Job, phrases: tuple[Phrase, ...], consent: Consent) -> bool:
    """Whether words may leave this machine. Raises ConsentError when some would have to."""
    if phrases and not consent(job.voice, phrases):
        raise ConsentError(
            f"nobody agreed that {len(phrases)} sentences go to {job.voice.sends_to}; none did",
            where=f"voice {job.voice.name}",
            remedy="'meditate plan' lists them. With --consent-online you say: the listener agreed"
            " that these words go to this service.",
        )
    return bool(phrases)


def _spoken(
    job: Job,
    phrases: list[Phrase],
    store: speech.ClipStore,
    progress: Callable[[int, int], None],
    may_send: bool,
) -> tuple[Job, dict[Phrase, Clip], int]:
    """The clips, and the job as it was done: the whole of it by one voice, its own or the other."""
    attempts = _with_fallback(job)
    for attempt in attempts:
        try:
            clips, spoken_now = speech.speak(
                phrases, attempt.voice, store, progress, may_send=may_send
            )
        except ServiceError:
            if attempt is attempts[-1]:
                raise
        else:
            return attempt, clips, spoken_now
    raise AssertionError("the last attempt gives or raises")


def tracks(job: Job, timeline: Timeline, clips: Mapping[Phrase, Clip]) -> mix.Tracks:
    """Every source of sound, each with the gain that brings it to its level."""
    beds = {span.name: bed.make_bed(span.name, job.seed) for span in timeline.beds}
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
        clips, speech.read, beds, rung, speech_db, bed_db, bell_db, job.profile.duck_db
    )


def _dressed(
    job: Job,
    place: system.Workshop,
    path: Path,
    timeline: Timeline,
    measured: Measured,
    inputs: str,
    instead_of: str,
) -> tuple[str, ...]:
    """Tag the track and write what goes beside it; the names of it all, the track's own last."""
    facts = _facts(job, shelf.date(job, path), instead_of)
    picture = cover.cover_jpeg(facts.title, facts.narrator, job.seed)
    words = transcript.plain_text(timeline)
    tags.write_tags(place.file(path.name), facts, timeline, measured, cover=picture, text=words)
    document = transcript.timeline_document(timeline, facts, measured, inputs=inputs)
    beside = {
        f"{path.stem}.vtt": transcript.webvtt(timeline, facts),
        f"{path.stem}.timeline.json": json.dumps(document, indent=1, ensure_ascii=False),
    }
    for name, content in beside.items():
        place.file(name).write_text(content, "utf-8")
    return (*beside, path.name)


def _facts(job: Job, date: str, instead_of: str) -> Facts:
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
        engine=speech.provenance(job.voice) + (f" instead of {instead_of}" if instead_of else ""),
        synthetic=job.voice.synthetic,
        with_text=job.with_text,
    )
