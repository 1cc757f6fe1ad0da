"""gTTS: the voice of Google Translate, over the network. The only room that knows gTTS.

The library builds each request; it would send them without verifying who answers, so they go by
our own transport. The service is unofficial: it answers when it likes.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import logging
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from generator.audio import amplitude, checked
from generator.model import Voice
from generator.speech import mpeg
from generator.speech.transport import Transport, UnusableError

if TYPE_CHECKING:
    import numpy.typing as npt
    from requests import PreparedRequest

    from generator.audio import Samples

_MOST_CHARACTERS = 100
"""What the service takes at a time."""
_ANSWER = re.compile(r'"jQ1olc"\s*,\s*')
"""The name of the procedure that was called; what follows is what it gives."""
_URL_SAFE = str.maketrans("-_", "+/")
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


def version(voice: Voice) -> str:
    """The library that asks; what answers says no version."""
    del voice
    return f"gTTS {importlib.metadata.version('gtts')}"


def files(voice: Voice) -> tuple[Path, ...]:
    """None: its words leave this machine."""
    del voice
    return ()


def open_engine(voice: Voice) -> Gtts:
    """The voice, which has asked for nothing yet."""
    return Gtts(voice, Transport(voice.sends_to))


class Gtts:
    """One online voice."""

    most_characters = _MOST_CHARACTERS

    def __init__(self, voice: Voice, transport: Transport) -> None:
        logging.getLogger("gtts").setLevel(logging.CRITICAL)  # it logs the words it sends
        self._voice = voice
        self._transport = transport
        self._heard: dict[bytes, str] = {}
        """What each answer was the answer to: one sound is not two sentences."""

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The sound of one piece. Raises ServiceError when the service gives none."""
        request = self._request(text)
        sound, rate_hz = self._transport.ask(request, lambda body: self._sound(body, text))
        return _paced(sound, rate_hz, self._voice.pace * pace), rate_hz

    def give_up(self) -> None:
        """Ask for nothing more."""
        self._transport.stopped.set()

    def _request(self, text: str) -> PreparedRequest:
        """The request for one piece, as the library builds it, to this voice's host.

        Its own changes to the text stay off: it takes the full stop from every sentence that ends
        in "rest", because it might be an abbreviation.
        """
        import gtts

        built: Any = gtts.gTTS(
            text, lang=self._voice.model, lang_check=False, pre_processor_funcs=[]
        )
        request: PreparedRequest
        (request,) = built._prepare_requests()  # noqa: SLF001  sending is ours
        parts = urlsplit(str(request.url))
        request.url = parts._replace(scheme="https", netloc=self._voice.sends_to).geturl()
        return request

    def _sound(self, body: bytes, text: str) -> tuple[Samples, int]:
        """The sound in an answer, and its rate. Raises UnusableError when it was not asked for."""
        mp3 = _mp3(body)
        if self._heard.setdefault(hashlib.blake2b(mp3).digest(), text) != text:
            raise UnusableError("answers with the sound of another sentence")
        sound, rate_hz = mpeg.decoded(mp3)
        _judge(sound[:, 0], rate_hz, text, self._voice.nominal_lufs - _AUDIBLE_BELOW_DB)
        return sound, rate_hz


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


def _mp3(body: bytes) -> bytes:
    """The MP3 in an answer: base64 in JSON in JSON, after a line that keeps scripts off it."""
    try:
        text = body.decode("utf-8")
        for called in _ANSWER.finditer(text):
            given, _end = json.JSONDecoder().raw_decode(text, called.end())
            if given and (encoded := json.loads(given)):
                plain = "".join(encoded[0].split()).translate(_URL_SAFE)
                return base64.b64decode(plain, validate=True)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise UnusableError("answers with something that is no sound") from error
    page = "<html" in text[:2_000].lower()
    raise UnusableError("answers with a web page" if page else "answers without sound")


def _paced(sound: Samples, rate_hz: int, pace: float) -> Samples:
    """The sound at another pace and the same pitch; the service itself knows only one."""
    from pedalboard import time_stretch

    if pace == 1.0:
        return sound
    least, most = _STRETCHED_BY
    line = time_stretch(np.ascontiguousarray(sound.T), rate_hz, min(max(pace, least), most))
    return checked(np.ascontiguousarray(line.T))
