"""The engines there are: found by their names, opened once, and asked about themselves."""

from __future__ import annotations

import dataclasses
import importlib
import time
from typing import TYPE_CHECKING

from generator import plugins
from generator.audio import RATE_HZ, to_frames
from generator.errors import VoiceError, nearest
from generator.model import RECORDED, Phrase, Voice

if TYPE_CHECKING:
    from generator.speech.engine import Engine, EngineModule

ENGINES: dict[str, str] = {
    "piper": "generator.speech.piper",
    "gtts": "generator.speech.gtts",
    "kokoro": "generator.speech.kokoro",
    "http": "generator.speech.http",
    "recorded": "generator.speech.recorded",
}
"""Engine name to the module that has an engine in it."""

_PLUGGED = "generator.speech.plugged"
"""Speaks for every engine that another distribution brings along."""
_POLISH_VERSION = 2
"""Raise it when the sound of a clip changes: it is part of every key."""
_open: dict[Voice, Engine] = {}


def module_of(voice: Voice) -> EngineModule:
    """The module of a voice's engine. Raises VoiceError when there is none."""
    known = ENGINES
    if voice.engine not in known:
        known = {**dict.fromkeys(plugins.found(), _PLUGGED), **ENGINES}
    if voice.engine not in known:
        raise VoiceError(
            f"there is no engine '{voice.engine}'",
            where=f"voice {voice.name}",
            remedy=nearest(voice.engine, known),
        )
    return importlib.import_module(known[voice.engine])


def opened(voice: Voice) -> Engine:
    """The engine of a voice, loaded once a process: a session is slow to open and large."""
    voice = _anybody_s(voice)
    if voice not in _open:
        _open[voice] = module_of(voice).open_engine(voice)
    return _open[voice]


def give_up(voice: Voice) -> None:
    """Have the engine of a voice begin nothing new: nobody waits for it any more."""
    if engine := _open.pop(_anybody_s(voice), None):
        engine.give_up()


def _anybody_s(voice: Voice) -> Voice:
    """The voice as it speaks for everybody: only recordings are some listener's own."""
    return voice if voice.engine == RECORDED else dataclasses.replace(voice, own=None)


def described(voice: Voice) -> dict[str, object]:
    """Everything but the words that can change the sound of a clip."""
    return {
        "engine": voice.engine,
        "engine_version": module_of(voice).version(voice),
        "voice": voice.name,
        "language": voice.language,
        "model": voice.sha256 + voice.style_sha256 or voice.model,
        "sends_to": voice.sends_to,
        **({"url": voice.url, "speaker": voice.speaker} if voice.url else {}),
        "voice_pace": voice.pace,
        "trim_lufs": voice.nominal_lufs,
        "rate_hz": RATE_HZ,
        "polish": 0 if voice.dry else _POLISH_VERSION,
    }


def provenance(voice: Voice) -> str:
    """Engine, its version and the voice, for the tag that says who spoke."""
    return f"{module_of(voice).version(voice)}, voice {voice.name}"


def estimate_frames(phrase: Phrase, voice: Voice) -> int:
    """How long the voice will take, before it has spoken: within a few percent over a script."""
    return to_frames(len(phrase.spelled) / (voice.characters_per_s * phrase.pace))


def try_out(voice: Voice) -> str:
    """Speak a few words and say how it went. Raises VoiceError when the voice does not work.

    An online voice is not asked: nobody agreed to that.
    """
    if voice.online:
        return f"online, not asked; {module_of(voice).version(voice)} would ask {voice.sends_to}"
    if voice.engine == RECORDED:
        return f"{module_of(voice).version(voice)}; what it says was read by a person"
    return f"speaks {times_real(voice):.1f} times faster than real time"


def times_real(voice: Voice) -> float:
    """How many times faster than real time a voice speaks here, from a few words that it speaks.

    Raises VoiceError when it does not work.
    """
    engine = opened(voice)
    engine.speak("Welcome.", 1.0)  # the first words take longer than all others
    started_s = time.perf_counter()
    sound, rate_hz = engine.speak("You are welcome here, just as you are.", 1.0)
    return len(sound) / rate_hz / (time.perf_counter() - started_s)


def size_bytes(voice: Voice) -> int:
    """How much the voice takes on this machine, with what it shares; 0 when it is not there."""
    try:
        return sum(path.stat().st_size for path in module_of(voice).files(voice))
    except (OSError, VoiceError):
        return 0
