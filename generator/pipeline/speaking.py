"""Who speaks a track: with whose consent, and which voice when another fails."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from generator import shelf, speech, system
from generator.errors import ConsentError, ServiceError, VoiceError
from generator.model import RECORDED, Clip, Job, Phrase, Voice
from generator.wording import wording

_log = logging.getLogger(__name__)

Consent = Callable[[Voice, tuple[Phrase, ...]], bool]
"""Asked before a word leaves this machine: whether these may go to that voice's service."""


def refused(_voice: Voice, _phrases: tuple[Phrase, ...]) -> bool:
    """Consent that nobody gave."""
    return False


@dataclasses.dataclass(frozen=True)
class Agreed:
    """What is there already, and which phrases may leave this machine."""

    taken: Mapping[Phrase, Clip]
    may_send: frozenset[Phrase] = frozenset()


def agree(job: Job, phrases: Sequence[Phrase], store: speech.ClipStore, consent: Consent) -> Agreed:
    """Take what is kept, and ask about all else that would leave, once and exactly.

    Raises ConsentError when some would have to and nobody agreed.
    """
    taken = speech.kept(phrases, job.voice, store)
    leaving = tuple(dict.fromkeys(each for each in phrases if each not in taken))
    if not leaving or not job.voice.online:
        return Agreed(taken)
    if not consent(job.voice, leaving):
        raise ConsentError(
            f"nobody agreed that {len(leaving)} sentences go to {job.voice.sends_to}; none did",
            where=f"voice {job.voice.name}",
            remedy="'meditate plan' lists them. With --consent-online you say: the listener agreed"
            " that these words go to this service.",
        )
    return Agreed(taken, frozenset(leaving))


def unrecorded(job: Job, phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """The phrases, each once, that a recorded voice lacks; none of any other voice."""
    return speech.lacking(phrases, job.voice)


def unspoken(job: Job, phrases: Iterable[Phrase], folders: system.Folders) -> tuple[Phrase, ...]:
    """The phrases, each once, that the job's voice would have to speak: no clip of them is kept."""
    secret = system.known_key(folders.secret)
    every = tuple(dict.fromkeys(phrases))
    return speech.unspoken(every, job.voice, store_of(job, folders, secret)) if secret else every


def lending(job: Job, phrases: Sequence[Phrase]) -> Job:
    """The job with what its fallback lends to a recorded voice. Raises VoiceError without one."""
    lent = unrecorded(job, phrases)
    if lent and job.fallback is None:
        personal = sum(each.personal for each in lent)
        telling = f", {personal} of them with a detail" if personal else ""
        raise VoiceError(
            f"{len(lent)} of {len(set(phrases))} sentences are not recorded{telling}",
            where=f"voice {job.voice.name}",
            remedy="'meditate plan' lists them, 'meditate voices record' is where they are read;"
            " with --fallback joe a synthetic voice speaks those.",
        )
    return dataclasses.replace(job, lent=lent)


def disclosed(job: Job, phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
    """What the track says aloud of its voice where its profile asks for that."""
    say = wording(job.script.language)
    if not job.profile.spoken_disclosure:
        return ()
    if job.voice.synthetic:
        return (Phrase(say.spoken_disclosure),)
    return (Phrase(say.spoken_partly),) if job.fallback and unrecorded(job, phrases) else ()


def _helped(job: Job) -> bool:
    """Whether its fallback speaks only what nobody recorded, and not all of it."""
    return job.fallback is not None and job.voice.engine == RECORDED


def attempts(job: Job) -> tuple[Job, ...]:
    """The job, and after it the one that would be done if its voice failed."""
    if job.fallback is None or _helped(job):
        return (job,)
    other = dataclasses.replace(job, voice=job.fallback, fallback=None, instead_of=job.voice.name)
    return job, other


def spoken(
    job: Job,
    phrases: Sequence[Phrase],
    store: speech.ClipStore,
    progress: Callable[[int, int], None],
    agreed: Agreed,
) -> tuple[Job, dict[Phrase, Clip], int]:
    """The job as it was done, its clips, and how many had to be spoken.

    The whole of it by one voice: its own, or the other from the first phrase to the last; but for
    what a person did not record, and another was asked to lend.
    """
    if job.lent:
        return job, *_joined(job, phrases, store, progress, agreed)
    last = attempts(job)[-1]
    try:
        return job, *speech.speak(
            phrases, job.voice, store, progress, taken=agreed.taken, may_send=agreed.may_send
        )
    except ServiceError as error:
        if last is job:
            raise
        _log.warning("%s", error)
    return last, *speech.speak(phrases, last.voice, store, progress)


def _joined(
    job: Job,
    phrases: Sequence[Phrase],
    store: speech.ClipStore,
    progress: Callable[[int, int], None],
    agreed: Agreed,
) -> tuple[dict[Phrase, Clip], int]:
    """The clips of a person and of the voice that helps out, brought to one loudness."""
    own = [each for each in phrases if each not in job.lent]
    taken = {each: clip for each, clip in agreed.taken.items() if each not in job.lent}
    clips, now = speech.speak(own, job.voice, store, progress, taken=taken)
    if job.fallback is None:
        return clips, now
    others, also_now = speech.speak(job.lent, job.fallback, store, progress)
    apart_db = job.voice.nominal_lufs - job.fallback.nominal_lufs
    for phrase, clip in others.items():
        clips[phrase] = dataclasses.replace(clip, trim_db=clip.trim_db + apart_db)
    return clips, now + also_now


def marks_of(job: Job, secret: bytes) -> dict[str, str]:
    """The marks of all that the track is made from, each by its name."""
    speaks = speech.described(job.voice)
    if job.fallback and _helped(job):
        speaks["fallback"] = speech.described(job.fallback)
    return shelf.made_from(job, speaks, secret)


def inputs_of(job: Job, secret: bytes) -> str:
    """One mark of all that the track is made from."""
    return shelf.together(marks_of(job, secret), secret)


def store_of(
    job: Job, folders: system.Folders, secret: bytes, scratch: Path | None = None
) -> speech.ClipStore:
    """Where the clips of this track are kept: what speaks a detail lies with its listener.

    Without ``scratch`` it can only be looked into.
    """
    own = own_folder(job, folders) / "clips"
    return speech.ClipStore(folders.cache, own, scratch, secret)


def own_folder(job: Job, folders: system.Folders) -> Path:
    """What the program keeps of the job's listener."""
    return folders.listeners / job.label
