"""gTTS: the voice of Google Translate, over the network. The only room that knows gTTS.

The library builds each request; it would send them without verifying who answers, so they go by
our own transport. The service is unofficial: it answers when it likes.
"""

from __future__ import annotations

import base64
import binascii
import importlib.metadata
import json
import logging
import re
import unicodedata
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from generator.audio import amplitude, checked
from generator.model import Voice
from generator.speech import mpeg
from generator.speech.transport import Transport, UnusableError

if TYPE_CHECKING:
    from requests import PreparedRequest

    from generator.audio import Samples

_MOST_CHARACTERS = 100
"""What the service takes at a time."""
_ANSWER = re.compile(r'"jQ1olc"\s*,\s*')
"""The name of the procedure that was called; what follows is what it gives."""
_SILENCE_DBFS = -60.0
_LETTERS_PER_S = 25.0
"""Nobody speaks so fast: what is shorter was cut off."""
_LEAD_S, _MOST_S_A_CHARACTER = 5.0, 1.0
"""Nor so slowly, not even a row of digits."""
_STRETCHED_BY = (0.5, 2.0)


def version(voice: Voice) -> str:
    """The library that asks; what answers says no version."""
    del voice
    return f"gTTS {importlib.metadata.version('gtts')}"


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

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The sound of one piece. Raises ServiceError when the service gives none."""
        request = self._request(text)
        sound, rate_hz = self._transport.ask(request, lambda body: _sound(body, text))
        return _paced(sound, rate_hz, self._voice.pace * pace), rate_hz

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


def _sound(body: bytes, text: str) -> tuple[Samples, int]:
    """The sound in an answer, and its rate. Raises UnusableError when it is not what was asked."""
    sound, rate_hz = mpeg.decoded(_mp3(body))
    if np.abs(sound).max() < amplitude(_SILENCE_DBFS):
        raise UnusableError("answers with silence")
    letters = sum(unicodedata.category(each).startswith("L") for each in text)
    length_s = len(sound) / rate_hz
    if length_s < letters / _LETTERS_PER_S:
        raise UnusableError("answers with sound that is cut off")
    if length_s > _LEAD_S + len(text) * _MOST_S_A_CHARACTER:
        raise UnusableError("answers with more sound than there are words")
    return sound, rate_hz


def _mp3(body: bytes) -> bytes:
    """The MP3 in an answer: base64 in JSON in JSON, after a line that keeps scripts off it."""
    try:
        text = body.decode("utf-8")
        called = _ANSWER.search(text)
        if called is None:
            page = "<html" in text[:2_000].lower()
            raise UnusableError("answers with a web page" if page else "answers without sound")
        given, _end = json.JSONDecoder().raw_decode(text, called.end())
        encoded = json.loads(given)[0]
        return base64.b64decode(encoded, validate=True)
    except (ValueError, TypeError, LookupError, RecursionError, binascii.Error) as error:
        raise UnusableError("answers with something that is no sound") from error


def _paced(sound: Samples, rate_hz: int, pace: float) -> Samples:
    """The sound at another pace and the same pitch; the service itself knows only one."""
    from pedalboard import time_stretch

    if pace == 1.0:
        return sound
    least, most = _STRETCHED_BY
    line = time_stretch(np.ascontiguousarray(sound.T), rate_hz, min(max(pace, least), most))
    return checked(np.ascontiguousarray(line.T))
