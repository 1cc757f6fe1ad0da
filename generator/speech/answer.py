"""What a service answers with: whether it can be what was asked for, and its pace."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import amplitude, checked
from generator.model import Voice
from generator.speech import mpeg
from generator.speech.transport import UnusableError

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples

_VOICE_HZ, _LEAST_VOICED = (120.0, 5_000.0), 0.3
"""Where a voice has at least so much of its energy; a hum, an offset or a hiss has not."""
_AUDIBLE_BELOW_DB = 30.0
"""The loudest moment of a sentence is at least so near the loudness of its voice."""
_LETTERS_PER_S = 20.0
"""Nobody speaks so fast: what is shorter was cut off."""
_LEAST_FALL_DB = 20.0
"""A sentence ends softer than it was, by at least so much; one that is cut off mostly does not."""
_LEAD_S = 3.0
_STRETCHED_BY = (0.5, 2.0)


class Ear:
    """Listens to the answers of one service for one voice."""

    def __init__(self, voice: Voice) -> None:
        self._audible_dbfs = voice.nominal_lufs - _AUDIBLE_BELOW_DB
        self._heard: dict[bytes, str] = {}
        """What each answer was the answer to: one sound is not two sentences."""

    def heard(self, mp3: bytes, text: str) -> tuple[Samples, int]:
        """The sound of an answer, and its rate. Raises UnusableError when it was not asked for."""
        if self._heard.setdefault(hashlib.blake2b(mp3).digest(), text) != text:
            raise UnusableError("answers with the sound of another sentence")
        sound, rate_hz = mpeg.decoded(mp3)
        _judge(sound[:, 0], rate_hz, text, self._audible_dbfs)
        return sound, rate_hz


def paced(sound: Samples, rate_hz: int, pace: float) -> Samples:
    """The sound at another pace and the same pitch; the service itself knows only one."""
    from pedalboard import time_stretch

    if pace == 1.0:
        return sound
    least, most = _STRETCHED_BY
    line = time_stretch(np.ascontiguousarray(sound.T), rate_hz, min(max(pace, least), most))
    return checked(np.ascontiguousarray(line.T))


def _judge(sound: npt.NDArray[np.float32], rate_hz: int, text: str, audible_dbfs: float) -> None:
    """Raise UnusableError unless it can be a voice that says all of the text and then stops."""
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    hz = np.fft.rfftfreq(len(sound), 1.0 / rate_hz)
    voiced = float(spectrum[(hz > _VOICE_HZ[0]) & (hz < _VOICE_HZ[1])].sum())
    if voiced < _LEAST_VOICED * float(spectrum[1:].sum()):
        raise UnusableError("answers with sound that is no voice")
    step = rate_hz // 20
    levels = np.sqrt(np.square(sound[: len(sound) // step * step]).reshape(-1, step).mean(axis=1))
    loudest = float(levels.max(initial=0.0))
    if loudest < amplitude(audible_dbfs):
        raise UnusableError("answers with silence")
    length_s = len(sound) / rate_hz
    letters = sum(unicodedata.category(each).startswith("L") for each in text)
    cut = levels[-1] > loudest * amplitude(-_LEAST_FALL_DB)
    if cut or length_s < letters / _LETTERS_PER_S:
        raise UnusableError("answers with sound that is cut off")
    if length_s > _LEAD_S + sum(map(_most_s, text)):
        raise UnusableError("answers with more sound than there are words")


def _most_s(character: str) -> float:
    """The longest that anybody takes to say it; other writing packs more into a sign."""
    return 0.25 if character.isascii() and not character.isdigit() else 1.0
