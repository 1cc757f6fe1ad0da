"""Which take of every sentence a track is made of, and the one that is to be spoken anew."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from generator import speech, system
from generator.errors import UsageError, nearest
from generator.model import Chapter, Cue, Job, Phrase, Respeak, phrases_in, rephrased
from generator.pipeline.speaking import own_folder, store_of


@dataclasses.dataclass(frozen=True)
class Takes:
    """The job and its cues with the takes they are made of."""

    job: Job
    cues: tuple[Cue, ...]
    before: Mapping[str, int]
    """The takes as they were kept until now."""
    anew: str = ""
    """The name of the sentence whose take is new or chosen."""

    @property
    def take(self) -> int | None:
        """The take that was asked for, if one was."""
        return self.job.takes.get(self.anew, 0) if self.anew else None

    def keep(self, folders: system.Folders) -> None:
        """Keep the take that was asked for: from now on the same command uses it."""
        if self.anew:
            speech.keep_take(own_folder(self.job, folders), self.anew, self.take or 0)


def retaken(job: Job, cues: tuple[Cue, ...], folders: system.Folders, secret: bytes) -> Takes:
    """The cues, each sentence in the take that is kept of it, the one to be respoken in a new one.

    Raises UsageError when there is no such sentence, or no such take, or when a person read it.
    """
    if job.respeak and not job.voice.synthetic:
        remedy = "Read that sentence again, and run 'meditate voices record' once more."
        raise UsageError("a recording cannot be spoken anew", where="--respeak", remedy=remedy)
    record = speech.takes(own_folder(job, folders))
    if not record and job.respeak is None:
        return Takes(job, cues, {})
    said = [phrase for _chapter, phrase in _phrases(cues)]
    names = speech.names(said, job.voice, store_of(job, folders, secret))
    kept = {name: record[name].kept for name in {*names.values()} & record.keys()}
    before = {name: take for name, take in kept.items() if take}
    after, anew = before, ""
    if job.respeak:
        anew = names[_wanted(job.respeak, cues)]
        take = _take(job.respeak, record.get(anew, speech.Takes()))
        after = {name: n for name, n in {**before, anew: take}.items() if n}
    job = dataclasses.replace(job, takes=after)
    return Takes(job, _with(cues, names, after), before, anew)


def leaving(job: Job, phrases: Iterable[Phrase], folders: system.Folders) -> tuple[Phrase, ...]:
    """The phrases that would leave this machine: all that an online voice has yet to speak."""
    every = tuple(dict.fromkeys(phrases))
    secret = system.known_key(folders.secret)
    if secret is None or not job.voice.online:
        return every if job.voice.online else ()
    own = retaken(dataclasses.replace(job, respeak=None), every, folders, secret).cues
    kept = [each for each in own if isinstance(each, Phrase)]
    return speech.unspoken(kept, job.voice, store_of(job, folders, secret))


def _with(
    cues: Iterable[Cue], names: Mapping[Phrase, str], takes: Mapping[str, int]
) -> tuple[Cue, ...]:
    def retake(phrase: Phrase) -> Phrase:
        return dataclasses.replace(phrase, take=takes.get(names[phrase], 0))

    return tuple(rephrased(cue, retake) for cue in cues)


def _phrases(cues: Iterable[Cue]) -> Iterator[tuple[str, Phrase]]:
    """Everything that is spoken, in order, with the chapter it is spoken in."""
    chapter = ""
    for cue in cues:
        if isinstance(cue, Chapter):
            chapter = cue.title
        for phrase in phrases_in([cue]):
            yield chapter, phrase


def _wanted(wish: Respeak, cues: Iterable[Cue]) -> Phrase:
    every = list(_phrases(cues))
    titles = dict.fromkeys(chapter for chapter, _phrase in every)
    title = next((each for each in titles if each.casefold() == wish.chapter.casefold()), None)
    if title is None:
        raise UsageError(
            f"there is no chapter '{wish.chapter}'",
            where="--respeak",
            remedy=nearest(wish.chapter, titles),
        )
    inside = [phrase for chapter, phrase in every if chapter == title]
    if wish.number > len(inside):
        raise UsageError(
            f"'{title}' has {len(inside)} sentences"
            if title
            else f"{len(inside)} sentences come before the first chapter",
            where="--respeak",
            remedy="Count them in the track's transcript.",
        )
    return inside[wish.number - 1]


def _take(wish: Respeak, known: speech.Takes) -> int:
    take = known.last + 1 if wish.take is None else wish.take
    if wish.take is not None and wish.take > known.last:
        remedy = "Leave the take out for a new one."
        what = f"there is no take {wish.take} of that sentence; the newest is {known.last}"
        raise UsageError(what, where="--respeak", remedy=remedy)
    if take > speech.MOST_TAKES:
        what = f"a sentence has at most {speech.MOST_TAKES} takes"
        raise UsageError(what, where="--respeak", remedy="Choose one of them, as in Arriving:3=1.")
    return take
