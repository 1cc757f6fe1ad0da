"""Phrases spoken, each once; what is kept is not spoken again."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from generator import loudness
from generator.audio import amplitude, to_frames
from generator.errors import ConsentError, ServiceError
from generator.model import RECORDED, Clip, Phrase, Voice
from generator.speech import engines
from generator.speech.levels import levelled
from generator.speech.polish import polished
from generator.speech.store import ClipStore
from generator.speech.text import for_engine
from generator.system import return_freed

if TYPE_CHECKING:
    from generator.audio import Samples

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
    return {phrase: levelled(clips[phrase], voice) for phrase in keys}, spoken_now


def unspoken(phrases: Iterable[Phrase], voice: Voice, store: ClipStore) -> tuple[Phrase, ...]:
    """The phrases of which no clip is kept, each once: those the voice would have to speak."""
    keys = _keys(phrases, voice, store)
    return tuple(each for each, key in keys.items() if not store.has(key, private=each.personal))


def lacking(phrases: Iterable[Phrase], voice: Voice) -> tuple[Phrase, ...]:
    """The phrases, each once, that a person did not record; every other voice can say anything."""
    if voice.engine != RECORDED:
        return ()
    from generator.speech import recorded

    return recorded.lacking(phrases, voice)


def names(phrases: Iterable[Phrase], voice: Voice, store: ClipStore) -> dict[Phrase, str]:
    """The name of each phrase whatever its take: that of the clip of its first."""
    every = {phrase: dataclasses.replace(phrase, take=0) for phrase in phrases}
    keys = _keys(every.values(), voice, store)
    return {phrase: keys[first] for phrase, first in every.items()}


def say(lines: Sequence[tuple[Phrase, float]], voice: Voice, target_lufs: float) -> Samples:
    """Phrases as they are spoken, each with so many seconds of silence after it, in stereo.

    Together they are as loud as ``target_lufs``; nothing of them is kept. Raises VoiceError as
    :func:`speak` does. Whoever calls it has asked whether words may leave this machine.
    """
    with _aside(voice) as said:
        sounds = [said(phrase) for phrase, _after_s in lines]
    spoken_lufs = loudness.gated_lufs(
        loudness.blocks(2.0 * loudness.energies(sound)) for sound in sounds
    )
    silences = [np.zeros((to_frames(after_s), 1), np.float32) for _phrase, after_s in lines]
    joined = [each for pair in zip(sounds, silences, strict=True) for each in pair]
    return np.repeat(np.concatenate(joined) * amplitude(target_lufs - spoken_lufs), 2, axis=1)


def _keys(phrases: Iterable[Phrase], voice: Voice, store: ClipStore) -> dict[Phrase, str]:
    """The name of the clip of every phrase, each once and in order."""
    shaping = engines.described(voice)
    reads = engines.module_of(voice).READS
    return {
        phrase: store.key(
            {
                **shaping,
                "text": for_engine(phrase, reads, voice.language),
                "pace": phrase.pace,
                "take": phrase.take,
            }
        )
        for phrase in phrases
    }


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
        engines.give_up(voice)
        raise
    finally:
        worker.shutdown(wait=False, cancel_futures=True)


def _claim_s(voice: Voice) -> float:
    """How long to wait for another process that speaks the same: longer than a phrase takes."""
    return 60.0 if voice.online else 10.0


def _said(phrase: Phrase, voice: Voice) -> Samples:
    words = for_engine(phrase, engines.module_of(voice).READS, voice.language)
    return polished(engines.opened(voice), voice, dataclasses.replace(phrase, text=words))
