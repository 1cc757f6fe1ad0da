"""From phrases to clips: spoken once, polished alike for every engine, kept.

An engine gives raw sound at its own rate and level. Here it becomes a clip: 48 kHz, rumble and the
engine's own silence gone, edges faded, its loudness measured but not touched, so that a soft line
stays soft.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from generator import loudness
from generator.audio import RATE_HZ, to_frames
from generator.errors import ConsentError, ServiceError, VoiceError, nearest
from generator.model import Clip, Phrase, Voice
from generator.speech.cache import evict
from generator.speech.polish import polished
from generator.speech.store import ClipStore, read

if TYPE_CHECKING:
    from generator.audio import Samples
    from generator.speech.engine import Engine, EngineModule

__all__ = [
    "ClipStore",
    "anchor_lufs",
    "described",
    "estimate_frames",
    "evict",
    "provenance",
    "read",
    "speak",
    "try_out",
    "unspoken",
]

MOST_TRIM_DB = 2.0
ENGINES: Mapping[str, str] = {
    "piper": "generator.speech.piper",
    "gtts": "generator.speech.gtts",
}
"""Engine name to the module that has ``open_engine(voice)`` and ``version(voice)``."""

_POLISH_VERSION = 2
"""Raise it when the sound of a clip changes: it is part of every key."""
_ANCHOR_S = 30.0

Progress = Callable[[int, int], None]


def speak(
    phrases: Sequence[Phrase],
    voice: Voice,
    store: ClipStore,
    progress: Progress,
    *,
    may_send: bool = False,
) -> tuple[dict[Phrase, Clip], int]:
    """A clip for every phrase, and how many had to be spoken; the rest were kept from before.

    ``progress`` is told how many are ready, of how many. The engine is loaded only if it is needed.
    Each clip is kept at once: what comes after a failure begins where it stopped. Raises VoiceError
    when the voice is missing, altered or fails, ServiceError when it is online and may work later,
    ConsentError when words would leave this machine and ``may_send`` is not set.
    """
    wanted = dict.fromkeys(phrases)
    keys = _keys(wanted, voice, store)
    found = {phrase: store.get(keys[phrase], private=phrase.personal) for phrase in wanted}
    clips = {phrase: clip for phrase, clip in found.items() if clip}
    missing = [phrase for phrase in wanted if phrase not in clips]
    spoken_now = 0
    if missing and voice.online and not may_send:
        raise ConsentError(f"nobody agreed that words go to {voice.sends_to}", where=voice.name)
    with _aside() as worker:
        for phrase in missing:
            progress(len(clips), len(wanted))
            key, private = keys[phrase], phrase.personal
            with store.claimed(key, private=private):
                clip = store.get(key, private=private)  # another process was quicker
                if clip is None:
                    try:
                        sound = worker.submit(_said, phrase, voice).result()
                    except ServiceError as error:
                        raise _interrupted(error, voice, len(clips), len(wanted)) from None
                    energies = tuple(2.0 * float(each) for each in loudness.energies(sound))
                    clip = store.put(key, sound, energies, private=private)
                    spoken_now += 1
            clips[phrase] = clip
    progress(len(wanted), len(wanted))
    return {phrase: _levelled(clips[phrase], voice) for phrase in wanted}, spoken_now


def unspoken(phrases: Iterable[Phrase], voice: Voice, store: ClipStore) -> tuple[Phrase, ...]:
    """The phrases of which no clip is kept, each once: those the voice would have to speak."""
    keys = _keys(phrases, voice, store)
    return tuple(each for each, key in keys.items() if not store.has(key, private=each.personal))


def _keys(phrases: Iterable[Phrase], voice: Voice, store: ClipStore) -> dict[Phrase, str]:
    """The name of the clip of every phrase, each once and in order."""
    shaping = described(voice)
    return {
        phrase: store.key({**shaping, "text": phrase.text, "pace": phrase.pace})
        for phrase in phrases
    }


def _interrupted(error: ServiceError, voice: Voice, done: int, of: int) -> ServiceError:
    return ServiceError(
        f"{error.where} {error.what}",
        where=f"voice {voice.name}",
        remedy=f"{error.remedy} {done} of {of} sentences are kept, and the same command goes on"
        " from there; or --fallback joe speaks the whole track on this machine.".strip(),
    )


@contextlib.contextmanager
def _aside() -> Iterator[ThreadPoolExecutor]:
    """A thread to speak in: an engine cannot be interrupted, but whoever waits for it can."""
    worker = ThreadPoolExecutor(1, thread_name_prefix="voice")
    try:
        yield worker
    finally:
        worker.shutdown(wait=False, cancel_futures=True)


def estimate_frames(phrase: Phrase, voice: Voice) -> int:
    """How long the voice will take, before it has spoken: within a few percent over a script."""
    return to_frames(len(phrase.text) / (voice.characters_per_s * phrase.pace))


def anchor_lufs(clips: Mapping[Phrase, Clip]) -> float:
    """Loudness of the voice in a track, as it will sound from both speakers.

    Taken from the phrases that speak no detail when they fill 30 s: then two listeners of one
    script have the same gain, and what they share is the same sound.
    """
    shared = [clip for phrase, clip in clips.items() if not phrase.personal]
    enough = sum(clip.frames for clip in shared) >= to_frames(_ANCHOR_S)
    return _loudness_lufs(shared if enough else clips.values())


def provenance(voice: Voice) -> str:
    """Engine, its version and the voice, for the tag that says who spoke."""
    return f"{_module(voice).version(voice)}, voice {voice.name}"


def try_out(voice: Voice) -> str:
    """Speak a few words and say how it went. Raises VoiceError when the voice does not work.

    An online voice is not asked: nobody agreed to that.
    """
    import time

    if voice.online:
        return f"online, not asked; {_module(voice).version(voice)} would ask {voice.sends_to}"
    engine = _engine(voice)
    started_s = time.perf_counter()
    sound, rate_hz = engine.speak("You are welcome here, just as you are.", 1.0)
    took_s = time.perf_counter() - started_s
    return f"speaks {len(sound) / rate_hz / took_s:.0f} times faster than real time"


def _loudness_lufs(clips: Iterable[Clip]) -> float:
    """Loudness of these clips one after the other, as they will sound from both speakers."""
    return loudness.gated_lufs(
        loudness.blocks(np.array(clip.energies)) * 10.0 ** (clip.trim_db / 10.0) for clip in clips
    )


def described(voice: Voice) -> dict[str, object]:
    """Everything but the words that can change the sound of a clip."""
    return {
        "engine": voice.engine,
        "engine_version": _module(voice).version(voice),
        "voice": voice.name,
        "language": voice.language,
        "model": voice.sha256,
        "voice_pace": voice.pace,
        "trim_lufs": voice.nominal_lufs,
        "rate_hz": RATE_HZ,
        "polish": 0 if voice.dry else _POLISH_VERSION,
        "take": 0,
    }


def _module(voice: Voice) -> EngineModule:
    import importlib

    if voice.engine not in ENGINES:
        raise VoiceError(
            f"there is no engine '{voice.engine}'",
            where=f"voice {voice.name}",
            remedy=nearest(voice.engine, ENGINES),
        )
    return importlib.import_module(ENGINES[voice.engine])


_open: dict[Voice, Engine] = {}


def _engine(voice: Voice) -> Engine:
    """The engine of a voice, loaded once a process: a session is slow to open and large."""
    if voice not in _open:
        _open[voice] = _module(voice).open_engine(voice)
    return _open[voice]


def _said(phrase: Phrase, voice: Voice) -> Samples:
    return polished(_engine(voice), voice, phrase)


def _levelled(clip: Clip, voice: Voice) -> Clip:
    """The clip with its static trim: half way to the voice's nominal loudness, 2 dB at the most."""
    import dataclasses

    apart_db = voice.nominal_lufs - _loudness_lufs([clip])
    trim_db = max(-MOST_TRIM_DB, min(MOST_TRIM_DB, apart_db / 2.0))
    return dataclasses.replace(clip, trim_db=trim_db)
