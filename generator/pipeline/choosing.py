"""Choosing a voice: installed, measured, heard saying something, and compared with the others."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator import (
    encode,
    fetch,
    master,
    personalise,
    phonetic,
    sayable,
    saying,
    script,
    speech,
    system,
    voices,
)
from generator.errors import ConsentError, MeditationError, UsageError, VoiceError, WriteError
from generator.model import PROFILES, Cue, Pause, Phrase, Pronunciation, Script, Voice, phrases_in
from generator.pipeline.preview import FORMS
from generator.pipeline.speaking import Consent
from generator.shortened import base
from generator.wording import wording

if TYPE_CHECKING:
    from generator.audio import Samples

MOST_CHARACTERS = 600
_SENTENCE_S, _NAME_S, _VOICE_S = 0.7, 0.9, 2.0
"""Silence after a sentence, after a name, and between two voices."""
_LOUD_LUFS = PROFILES["personal"].speech_lufs
_PARAGRAPH_CHARACTERS = 120
"""Enough to hear how a voice goes from one sentence to the next."""
_AUDITION_MINUTES = 12.0
_MOST_BYTES = 1 << 20

_log = logging.getLogger(__name__)


def install(
    names: Sequence[str], folders: system.Folders, progress: Callable[[int, int], None]
) -> tuple[Voice, ...]:
    """Fetch what is missing of these voices and put each among the user's own, whole and proven.

    A voice file that is there already stays as it is: its pace may be the user's wish. Raises
    UsageError for a name nobody has, ServiceError when a file is to be had nowhere.
    """
    wanted = [voices.installable(name) for name in names]
    assets = tuple(dict.fromkeys(asset for each in wanted for asset in each.assets))
    fetch.fetch(assets, folders.own_voices / voices.MODELS, progress)
    for each in wanted:
        path = folders.own_voices / f"{each.voice.name}.toml"
        if not path.exists():
            system.write_once(path, voices.file_of(each.voice).encode())
    return tuple(voices.load(each.voice.name, folders.voices) for each in wanted)


def times_real(voice: Voice, folders: system.Folders) -> float | None:
    """How many times faster than real time a voice speaks here: measured once, then remembered.

    None for an online voice, which is not asked, for a person, and for one that does not work.
    """
    if voice.online or not voice.synthetic:
        return None
    path = folders.cache.parent / "speeds.json"
    known = _speeds(path)
    try:
        key = json.dumps(speech.described(voice), sort_keys=True)
        if key not in known:
            known[key] = round(speech.times_real(voice), 1)
            with contextlib.suppress(WriteError):  # a home that is read-only hides no speed
                place = system.private_folder(path.parent) / path.name
                system.write_whole(place, json.dumps(known).encode())
    except MeditationError as error:
        _log.warning("%s", error)
        return None
    return known[key]


def _speeds(path: Path) -> dict[str, float]:
    try:
        known = json.loads(system.read_plain(path, _MOST_BYTES))
        return {str(key): float(each) for key, each in known.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def say(
    text: str, voice: Voice, path: Path, consent: Consent, lexicon: Path, how: str = ""
) -> None:
    """Have a voice say a text, as in a track and as loud; nothing but ``path`` is written.

    ``how`` is a pronunciation of it, as in a listener's file. Raises UsageError for what cannot be
    spoken or written so, ConsentError when it would leave this machine and nobody agreed.
    """
    _check(path)
    phrase = _phrase(text, how, voice.language, lexicon)
    if voice.online and not consent(voice, (phrase,)):
        raise ConsentError(
            f"nobody agreed that these words go to {voice.sends_to}",
            where=f"voice {voice.name}",
            remedy="--consent-online says so.",
        )
    _write(path, [speech.say([(phrase, _SENTENCE_S)], voice, _LOUD_LUFS)], system.PRIVATE_FILE)


def _phrase(text: str, how: str, language: str, lexicon: Path) -> Phrase:
    """The text with what the user's lexicon knows of it, or how it is said this time."""
    try:
        tidy = sayable.tidied(text, MOST_CHARACTERS)
    except ValueError as error:
        raise UsageError(f"what is to be said {error}") from None
    try:
        wished = (phonetic.pronunciation(how),) if how else ()
    except ValueError as error:
        raise UsageError(str(error), where="--as") from None
    known = saying.lexicon(lexicon, language).only([tidy])
    (cue,) = saying.said((Phrase(tidy, personal=True, said=wished),), language, known)
    return next(iter(phrases_in([cue])))


def audition(chosen: Script, folders: system.Folders, path: Path) -> tuple[Voice, ...]:
    """One paragraph of a script in every voice on this machine that speaks its language.

    Each says its name first; all are equally loud. The voices that were heard are given back, in
    order; one that fails is named and left out. Raises UsageError when there is none.
    """
    _check(path)
    listener = personalise.check(chosen, {})
    filters = personalise.filters(chosen.language)
    cues = script.fill(chosen, listener.answers, listener.switches, _AUDITION_MINUTES, filters)
    paragraph = _paragraph(saying.said(cues, chosen.language, _known(cues, chosen, folders)))
    if not paragraph:
        raise UsageError("says nothing", where=str(chosen.path), remedy="Choose another script.")
    *before, last = paragraph
    said = [*((each, _SENTENCE_S) for each in before), (last, _VOICE_S)]
    heard, sounds = [], []
    found, _broken = voices.survey(folders.voices)
    for voice in found:
        says_this = voice.synthetic and not voice.online  # a person cannot announce themselves
        if not says_this or base(voice.language) != base(chosen.language):
            continue
        name = Phrase(wording(voice.language).announced.format(narrator=voice.narrator))
        try:
            sounds.append(speech.say([(name, _NAME_S), *said], voice, _LOUD_LUFS))
        except VoiceError as error:
            _log.warning("%s", error)
            continue
        heard.append(voice)
    if not heard:
        raise UsageError(
            f"no voice here speaks '{chosen.language}'", remedy="'meditate voices' lists others."
        )
    _write(path, sounds, system.PUBLIC_FILE)
    return tuple(heard)


def _known(
    cues: Sequence[Cue], chosen: Script, folders: system.Folders
) -> Mapping[str, Pronunciation]:
    texts = [phrase.text for phrase in phrases_in(cues)]
    return saying.lexicon(folders.lexicon, chosen.language).only(texts)


def _paragraph(cues: Sequence[Cue]) -> list[Phrase]:
    """The first stretch of sentences without a pause between them that is long enough, or the
    longest.
    """
    runs: list[list[Phrase]] = [[]]
    for cue in cues:
        if isinstance(cue, Phrase):
            runs[-1].append(replace(cue, personal=False))
        elif not (isinstance(cue, Pause) and cue.origin == "sentence"):
            runs.append([])
    lengths = [sum(len(each.text) for each in run) for run in runs]
    enough = (run for run, long in zip(runs, lengths, strict=True) if long >= _PARAGRAPH_CHARACTERS)
    return next(enough, runs[lengths.index(max(lengths))])


def _check(path: Path) -> None:
    if path.suffix.lower().removeprefix(".") not in FORMS:
        raise UsageError(
            "ends in none of .wav, .flac and .mp3", where=str(path), remedy="Choose one of them."
        )


def _write(path: Path, sounds: Sequence[Samples], mode: int) -> None:
    """Put the sound at ``path``, whole, with no peak over the ceiling."""
    frames = sum(map(len, sounds))
    form = path.suffix.lower().removeprefix(".")
    with system.workshop(path.parent) as place:
        made = place.fresh(path.name)
        encode.encode(made, master.limited(sounds), frames, lambda _done, _total: None, form)
        place.publish([path.name], mode)
