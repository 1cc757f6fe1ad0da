"""An engine of somebody else's, behind the door that ours have: what it gives is looked at.

Its errors may quote what it was given: of them the kind is told, and nothing else.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generator import plugins
from generator.audio import checked
from generator.errors import ServiceError, VoiceError
from generator.model import Voice
from generator.speech.text import Reads

if TYPE_CHECKING:
    from generator.audio import Samples

READS = Reads.WORDS
_MOST_CHARACTERS = 120
_CHARACTERS = range(20, 10_001)
_RATES_HZ = range(8_000, 192_001)
_MOST_S = 120.0
_MOST_PEAK = 4.0


def version(voice: Voice) -> str:
    """The distribution it came with."""
    return _plugin(voice).maker


def files(voice: Voice) -> tuple[Path, ...]:
    """None that are known: they are the plugin's own."""
    del voice
    return ()


def open_engine(voice: Voice) -> Plugged:
    """The engine, made by its class. Raises VoiceError when that cannot be done."""
    plugin = _plugin(voice)
    made = plugin.engine()
    with plugins.guarded(plugin.where, "cannot be opened"):
        return Plugged(voice, plugin.where, made(voice))


def _plugin(voice: Voice) -> plugins.Plugin:
    plugin = plugins.found().get(voice.engine)
    if plugin is None:
        raise VoiceError(f"there is no engine '{voice.engine}'", where=f"voice {voice.name}")
    return plugin


class Plugged:
    """One engine, asked by its name for what it must have."""

    def __init__(self, voice: Voice, where: str, engine: Any) -> None:
        most = getattr(engine, "most_characters", _MOST_CHARACTERS)
        if not isinstance(most, int) or most not in _CHARACTERS:
            raise ValueError("most_characters")
        self.most_characters = most
        self._online = voice.online
        self._where = where
        self._engine = engine

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The sound of one piece. Raises ServiceError when it was to be had from elsewhere."""
        try:
            return self._sound(*self._engine.speak(text, pace))
        except plugins.STOPS:
            raise
        except BaseException as error:  # noqa: BLE001  somebody else's code
            kind = type(error).__name__
            if self._online and isinstance(error, OSError | ServiceError):
                what, remedy = f"could not be asked ({kind})", "Try again in a few minutes."
                raise ServiceError(what, where=self._where, remedy=remedy) from None
            raise VoiceError(
                f"could not speak a phrase of {len(text)} characters ({kind})",
                where=self._where,
                remedy="Write that phrase differently, or ask its maker.",
            ) from None

    def give_up(self) -> None:
        """Pass it on to an engine that wants to know."""
        with contextlib.suppress(VoiceError), plugins.guarded(self._where, "cannot give up"):
            self._engine.give_up()

    def _sound(self, sound: Any, rate_hz: Any) -> tuple[Samples, int]:
        """What it gave, as one channel. Raises ValueError or TypeError unless it is a sentence."""
        given = np.asarray(sound)
        if given.ndim == 1:
            given = given[:, None]
        if rate_hz not in _RATES_HZ or len(given) > _MOST_S * rate_hz or given.shape[1:] != (1,):
            raise ValueError("not one channel of sound")
        line = given.astype(np.float32, casting="same_kind")
        if not np.abs(line).max(initial=0.0) <= _MOST_PEAK:
            raise ValueError("far over full scale")
        return checked(np.ascontiguousarray(line)), int(rate_hz)
