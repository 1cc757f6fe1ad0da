"""From phrases to clips: spoken once, polished alike for every engine, kept.

An engine gives raw sound at its own rate and level. Here it becomes a clip: 48 kHz, rumble and the
engine's own silence gone, edges faded, its loudness measured but not touched, so that a soft line
stays soft.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
from generator.speech.takes import MOST_TAKES, Takes, keep_take, takes
from generator.speech.text import for_engine
from generator.system import return_freed

if TYPE_CHECKING:
    from generator.audio import Samples
    from generator.speech.engine import Engine, EngineModule

__all__ = [
    "MOST_TAKES",
    "ClipStore",
    "Takes",
    "anchor_lufs",
    "described",
    "estimate_frames",
    "evict",
    "keep_take",
    "kept",
    "names",
    "provenance",
    "read",
    "speak",
    "takes",
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


def kept(phrases: Iterable[Phrase], voice: Voice, store: ClipStore) -> dict[Phrase, Clip]:
    """The clips there are already, taken: from here on nobody can take them away."""
    keys = _keys(phrases, voice, store)
    found = {each: store.get(key, private=each.personal) for each, key in keys.items()}
    return {phrase: clip for phrase, clip in found.items() if clip}


def speak(
    phrases: Sequence[Phrase],
    voice: Voice,
    store: ClipStore,
    progress: Progress,
    *,
    taken: Mapping[Phrase, Clip] | None = None,
    may_send: Collection[Phrase] = (),
) -> tuple[dict[Phrase, Clip], int]:
    """A clip for every phrase, and how many had to be spoken; the rest were kept from before.

    ``taken`` is what :func:`kept` gave. ``progress`` is told how many are ready, of how many. The
    engine is loaded only if it is needed. Each clip is kept at once: what comes after a failure
    begins where it stopped. Raises VoiceError when the voice is missing, altered or fails,
    ServiceError when it is online and may work later, ConsentError before a phrase leaves this
    machine that is not in ``may_send``.
    """
    keys = _keys(phrases, voice, store)
    clips = dict(kept(keys, voice, store) if taken is None else taken)
    missing = [phrase for phrase in keys if phrase not in clips]
    if voice.online and not set(missing) <= set(may_send):
        raise ConsentError(f"nobody agreed that words go to {voice.sends_to}", where=voice.name)
    spoken_now = 0
    with _aside(voice) as said:
        for phrase in missing:
            progress(len(clips), len(keys))
            key, private = keys[phrase], phrase.personal
            with store.claimed(key, private=private, wait_s=_claim_s(voice)):
                clip = store.get(key, private=private)  # another process was quicker
                if clip is None:
                    try:
                        sound = said(phrase)
                    except ServiceError as error:
                        raise _interrupted(error, voice, len(clips), len(keys)) from None
                    energies = tuple(2.0 * float(each) for each in loudness.energies(sound))
                    clip = store.put(key, sound, energies, private=private)
                    spoken_now += 1
            clips[phrase] = clip
    if spoken_now:
        return_freed()
    progress(len(keys), len(keys))
    return {phrase: _levelled(clips[phrase], voice) for phrase in keys}, spoken_now


def unspoken(phrases: Iterable[Phrase], voice: Voice, store: ClipStore) -> tuple[Phrase, ...]:
    """The phrases of which no clip is kept, each once: those the voice would have to speak."""
    keys = _keys(phrases, voice, store)
    return tuple(each for each, key in keys.items() if not store.has(key, private=each.personal))


def _keys(phrases: Iterable[Phrase], voice: Voice, store: ClipStore) -> dict[Phrase, str]:
    """The name of the clip of every phrase, each once and in order."""
    shaping = described(voice)
    reads_ipa = _reads_ipa(voice)
    return {
        phrase: store.key(
            {
                **shaping,
                "text": for_engine(phrase, reads_ipa=reads_ipa),
                "pace": phrase.pace,
                "take": phrase.take,
            }
        )
        for phrase in phrases
    }


def names(phrases: Iterable[Phrase], voice: Voice, store: ClipStore) -> dict[Phrase, str]:
    """The name of each phrase whatever its take: that of the clip of its first."""
    every = {phrase: dataclasses.replace(phrase, take=0) for phrase in phrases}
    keys = _keys(every.values(), voice, store)
    return {phrase: keys[first] for phrase, first in every.items()}


def _interrupted(error: ServiceError, voice: Voice, done: int, of: int) -> ServiceError:
    return ServiceError(
        f"{error.where} {error.what}",
        where=f"voice {voice.name}",
        remedy=f"{error.remedy} {done} of {of} sentences are kept, and asked for no more.".strip(),
    )


@contextlib.contextmanager
def _aside(voice: Voice) -> Iterator[Callable[[Phrase], Samples]]:
    """Speaks in a thread of its own: an engine cannot be interrupted, but whoever waits for it can.

    Whoever leaves early has the engine give up too, so that nothing more is asked of anybody.
    """
    worker = ThreadPoolExecutor(1, thread_name_prefix="voice")
    try:
        yield lambda phrase: worker.submit(_said, phrase, voice).result()
    except BaseException:
        if engine := _open.pop(voice, None):
            engine.give_up()
        raise
    finally:
        worker.shutdown(wait=False, cancel_futures=True)


def _claim_s(voice: Voice) -> float:
    """How long to wait for another process that speaks the same: longer than a phrase takes."""
    return 60.0 if voice.online else 10.0


def estimate_frames(phrase: Phrase, voice: Voice) -> int:
    """How long the voice will take, before it has spoken: within a few percent over a script."""
    return to_frames(len(phrase.spelled) / (voice.characters_per_s * phrase.pace))


def anchor_lufs(clips: Mapping[Phrase, Clip], said: Sequence[Phrase] | None = None) -> float:
    """Loudness of the voice in a track, as it will sound from both speakers.

    ``said`` are the phrases as often as they are spoken. Taken from those that speak no detail when
    they fill 30 s: then two listeners of one script have the same gain, and what they share is the
    same sound.
    """
    every = [*clips] if said is None else said
    shared = [clips[phrase] for phrase in every if not phrase.personal]
    enough = sum(clip.frames for clip in shared) >= to_frames(_ANCHOR_S)
    return _loudness_lufs(shared if enough else [clips[phrase] for phrase in every])


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
        "model": voice.sha256 or voice.model,
        "sends_to": voice.sends_to,
        "voice_pace": voice.pace,
        "trim_lufs": voice.nominal_lufs,
        "rate_hz": RATE_HZ,
        "polish": 0 if voice.dry else _POLISH_VERSION,
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
    words = for_engine(phrase, reads_ipa=_reads_ipa(voice))
    return polished(_engine(voice), voice, dataclasses.replace(phrase, text=words))


def _reads_ipa(voice: Voice) -> bool:
    return bool(getattr(_module(voice), "READS_IPA", False))


def _levelled(clip: Clip, voice: Voice) -> Clip:
    """The clip with its static trim: half way to the voice's nominal loudness, 2 dB at the most."""
    apart_db = voice.nominal_lufs - _loudness_lufs([clip])
    trim_db = max(-MOST_TRIM_DB, min(MOST_TRIM_DB, apart_db / 2.0))
    return dataclasses.replace(clip, trim_db=trim_db)
