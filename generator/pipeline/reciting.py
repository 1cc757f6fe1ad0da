"""A voice from a person's own recordings: the sentences to read, and what was read of them."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from generator import prompter, recording, speech, system, takes, traces, voices
from generator.audio import amplitude, to_seconds
from generator.errors import UsageError
from generator.model import (
    Job,
    Match,
    Reading,
    Recital,
    Sentence,
    Stage,
    Stretch,
    Take,
    Voice,
    phrases_in,
)
from generator.pipeline import cues_of
from generator.pipeline.proving import Progress

if TYPE_CHECKING:
    from generator.audio import Samples

TITLE = "Sentences for the voice {name}"
_OTHER_PLACE = "Use another --to."


def recite(
    job: Job, folders: system.Folders, progress: Progress
) -> tuple[tuple[Recital, ...], Voice | None]:
    """Write what is to be read for this job, and make a voice of what has been.

    Gives back a recital of the sentences that everybody hears, one of those that speak a listener's
    details if there are any, and the voice, or None while nothing is recorded. The details stay
    with their listener: their sentences and recordings lie in ``job.voice.own``, and go with it.
    Raises UsageError for lists that cannot be read or two recordings of one sentence, WriteError.
    """
    phrases = phrases_in(cues_of(job))
    shared = [each.text for each in phrases if not each.personal]
    own = [each.text for each in phrases if each.personal and each.text not in set(shared)]
    place, tell = job.voice.folder / job.voice.model, partial(progress, Stage.HEAR)
    title = TITLE.format(name=job.voice.name)
    language = job.script.language
    with traces.held(folders.listeners, job) if own else contextlib.nullcontext():
        recitals = [_recital(_listed(place, shared, title, language), place, tell)]
        if own and job.voice.own:
            sentences = _listed(job.voice.own, own, title, language)
            recitals.append(_recital(sentences, job.voice.own, tell, personal=True))
    for each in recitals:
        _write(each.folder, each.sentences, title, language, each.readings)
    return tuple(recitals), _made(job.voice, recitals)


def _listed(folder: Path, texts: Iterable[str], title: str, language: str) -> tuple[Sentence, ...]:
    """The sentences with their numbers, written down before anything is listened to."""
    sentences = prompter.numbered(prompter.known(folder), texts)
    system.private_folder(folder, _OTHER_PLACE)
    _write(folder, sentences, title, language, ())
    return sentences


def _write(
    folder: Path,
    sentences: Sequence[Sentence],
    title: str,
    language: str,
    readings: Iterable[Reading],
) -> None:
    read = {each.number: each.doubt and f"listen: {each.doubt}" for each in readings}
    for name, content in prompter.sheets(title, language, sentences, read).items():
        system.write_whole(folder / name, content.encode())


@dataclass(frozen=True)
class _Heard:
    """One recording with what was found in it."""

    file: str
    alone: bool
    take: Take
    found: dict[Sentence, Match]


def _recital(
    sentences: tuple[Sentence, ...],
    folder: Path,
    progress: Callable[[int, int], None],
    *,
    personal: bool = False,
) -> Recital:
    """What the recordings in a folder have of these sentences, kept as the voice's clips."""
    ours = {*prompter.FILES, speech.RECORDINGS}
    files = [each.name for each in folder.iterdir() if each.is_file()]
    named, strays = takes.named(files, ours)
    beyond = tuple(each.file for each in named if each.last > len(sentences))
    named = tuple(each for each in named if each.last <= len(sentences))
    broken: list[str] = []
    heard: list[_Heard] = []
    with system.workshop(folder) as place:
        for done, each in enumerate(named):
            progress(done, len(named))
            try:
                heard.append(_heard(folder, each, sentences, place.fresh(each.file)))
            except UsageError as error:
                broken.append(str(error))
        progress(len(named), len(named))
        chosen = {sentence: each for each in heard for sentence in each.found}  # narrowest last
        speech.keep_recordings(folder, _levelled(sentences, heard, chosen))
    readings = tuple(_readings(sentences, chosen))
    return Recital(folder, sentences, readings, personal, (*strays, *beyond), tuple(broken))


def _heard(
    folder: Path, named: takes.Named, sentences: Sequence[Sentence], scratch: Path
) -> _Heard:
    """Decode a recording, and find its sentences in it. Raises UsageError, naming the file."""
    path = folder / named.file
    with contextlib.closing(recording.sound(recording.look(path))) as blocks:
        take = takes.hear(blocks, scratch, str(path))
    within = sentences[named.first - 1 : named.last]
    if named.alone:
        whole = Stretch(take.stretches[0].start_frame, take.stretches[-1].end_frame)
        return _Heard(named.file, True, take, {within[0]: Match(whole, 1.0)})
    matches = takes.matched(take.stretches, [len(each.text) for each in within])
    found = {each: match for each, match in zip(within, matches, strict=True) if match}
    return _Heard(named.file, False, take, found)


def _levelled(
    sentences: Iterable[Sentence], heard: Sequence[_Heard], chosen: dict[Sentence, _Heard]
) -> Iterator[tuple[Sentence, Samples]]:
    """Every sentence that was found, at the level its recording is brought to."""
    used = [each for each in heard if each in chosen.values()]
    lufs = [
        takes.loudness_lufs(
            takes.cut(each.take, match.stretch)
            for sentence, match in each.found.items()
            if chosen[sentence] is each
        )
        for each in used
    ]
    gains = takes.gains_db(lufs, [each.alone for each in used])
    factors = {each.file: amplitude(gain) for each, gain in zip(used, gains, strict=True)}
    for sentence in sentences:
        if each := chosen.get(sentence):
            sound = takes.cut(each.take, each.found[sentence].stretch)
            yield sentence, sound * sound.dtype.type(factors[each.file])


def _readings(sentences: Iterable[Sentence], chosen: dict[Sentence, _Heard]) -> Iterator[Reading]:
    """Each sentence that was found, with what is to be thought of it."""
    spans = {sentence: each.found[sentence] for sentence, each in chosen.items()}
    if not spans:
        return
    per_s = takes.rate([(len(each.text), _length_s(match)) for each, match in spans.items()])
    for sentence in sentences:
        if match := spans.get(sentence):
            length_s, expected_s = _length_s(match), len(sentence.text) / per_s
            doubt = takes.doubt(length_s, expected_s, match)
            file = chosen[sentence].file
            yield Reading(
                *(sentence.number, file, match.stretch, length_s, expected_s),
                confidence=match.confidence,
                doubt=doubt,
            )


def _length_s(match: Match) -> float:
    return to_seconds(match.stretch.end_frame - match.stretch.start_frame)


def _made(voice: Voice, recitals: Sequence[Recital]) -> Voice | None:
    """The voice as it is now, written down; None while nothing is recorded."""
    read = [
        (len(each.sentences[reading.number - 1].text), reading.length_s)
        for each in recitals
        for reading in each.readings
    ]
    if not read:
        return None
    made = dataclasses.replace(
        voice, characters_per_s=round(takes.rate(read), 2), nominal_lufs=takes.TARGET_LUFS
    )
    path = voice.folder / f"{voice.name}.toml"
    system.write_whole(path, voices.file_of(made).encode())
    return made
