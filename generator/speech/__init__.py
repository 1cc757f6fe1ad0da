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

from generator import loudness, segment
from generator.audio import RATE_HZ, checked, to_frames
from generator.errors import VoiceError, nearest
from generator.model import Clip, Phrase, Voice
from generator.speech.cache import evict
from generator.speech.store import ClipStore, read
from generator.speech.text import pieces

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
]

MOST_TRIM_DB = 2.0
ENGINES: Mapping[str, str] = {"piper": "generator.speech.piper"}
"""Engine name to the module that has ``open_engine(voice)`` and ``version(voice)``."""

_POLISH_VERSION = 1
"""Raise it when the sound of a clip changes: it is part of every key."""
_TRIM_BELOW_DB = 34.0
"""Silence, for trimming: this far under the voice's loudness, -50 dBFS in a finished track."""
_PIECE_GAP_S = 0.22
_RUMBLE_HZ = 60.0
_COMPRESS_ABOVE_LU = 4.0
_ANCHOR_S = 30.0

Progress = Callable[[int, int], None]


def speak(
    phrases: Sequence[Phrase], voice: Voice, store: ClipStore, progress: Progress
) -> tuple[dict[Phrase, Clip], int]:
    """A clip for every phrase, and how many had to be spoken; the rest were kept from before.

    ``progress`` is told how many are ready, of how many. The engine is loaded only if it is needed.
    Raises VoiceError when the voice is missing, altered or fails.
    """
    wanted = list(dict.fromkeys(phrases))
    clips: dict[Phrase, Clip] = {}
    missing: list[tuple[Phrase, str]] = []
    spoken_now = 0
    shaping = described(voice)
    for phrase in wanted:
        key = store.key({**shaping, "text": phrase.text, "pace": phrase.pace})
        clip = store.get(key, private=phrase.personal)
        if clip is None:
            missing.append((phrase, key))
        else:
            clips[phrase] = clip
    with _aside() as worker:
        for phrase, key in missing:
            progress(len(clips), len(wanted))
            with store.claimed(key, private=phrase.personal):
                clip = store.get(key, private=phrase.personal)  # another process was quicker
                if clip is None:
                    sound = worker.submit(_polished, voice, phrase).result()
                    energies = tuple(2.0 * float(each) for each in loudness.energies(sound))
                    clip = store.put(key, sound, energies, private=phrase.personal)
                    spoken_now += 1
            clips[phrase] = clip
    progress(len(wanted), len(wanted))
    return {phrase: _levelled(clips[phrase], voice) for phrase in wanted}, spoken_now


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
    """Speak a few words and say how it went. Raises VoiceError when the voice does not work."""
    import time

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
        "polish": _POLISH_VERSION,
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


def _polished(voice: Voice, phrase: Phrase) -> Samples:
    """The finished sound of one phrase, shape ``(frames, 1)`` at 48 kHz."""
    engine = _engine(voice)
    threshold_dbfs = voice.nominal_lufs - _TRIM_BELOW_DB
    gap = np.zeros((to_frames(_PIECE_GAP_S), 1), np.float32)
    sounds: list[Samples] = []
    for piece in pieces(phrase.text, engine.most_characters):
        raw, rate_hz = engine.speak(piece, phrase.pace)
        sound = segment.trimmed(_evened(_resampled(raw, rate_hz), voice), threshold_dbfs)
        if not len(sound):
            raise VoiceError(
                f"gave silence for a phrase of {len(piece)} characters",
                where=f"voice {voice.name}",
                remedy="Write that phrase differently.",
            )
        sounds += [gap, sound] if sounds else [sound]
    return checked(np.concatenate(sounds))


def _resampled(raw: Samples, rate_hz: int) -> Samples:
    from pedalboard import Resample
    from pedalboard.io import StreamResampler

    stream = StreamResampler(rate_hz, RATE_HZ, 1, Resample.Quality.WindowedSinc)
    line = np.ascontiguousarray(raw.T)
    return checked(np.concatenate([stream.process(line), stream.process(None)], axis=1).T)


def _evened(sound: Samples, voice: Voice) -> Samples:
    """The voice without rumble and with its sharpest peaks held a little: it can be close and soft.

    The threshold hangs on the voice, not on the clip, so a soft line stays soft.
    """
    from pedalboard import Compressor, HighpassFilter

    gentle = Compressor(voice.nominal_lufs + _COMPRESS_ABOVE_LU, 2.0, attack_ms=2, release_ms=80)
    line = np.ascontiguousarray(sound.T)
    for effect in (HighpassFilter(_RUMBLE_HZ), gentle):
        line = effect(line, RATE_HZ)
    return checked(np.ascontiguousarray(line.T))


def _levelled(clip: Clip, voice: Voice) -> Clip:
    """The clip with its static trim: half way to the voice's nominal loudness, 2 dB at the most."""
    import dataclasses

    apart_db = voice.nominal_lufs - _loudness_lufs([clip])
    trim_db = max(-MOST_TRIM_DB, min(MOST_TRIM_DB, apart_db / 2.0))
    return dataclasses.replace(clip, trim_db=trim_db)
