"""gTTS: the voice of Google Translate, over the network. The only room that knows gTTS.

The library builds each request; it would send them without verifying who answers, so they go by
our own transport. The service is unofficial: it answers when it likes.
"""

from __future__ import annotations

import base64
import json
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from generator.model import Voice
from generator.speech.answer import Ear, paced
from generator.speech.text import Reads
from generator.speech.transport import Transport, UnusableError
from generator.system import version_of

if TYPE_CHECKING:
    from requests import PreparedRequest

    from generator.audio import Samples

READS = Reads.WORDS
_MOST_CHARACTERS = 100
"""What the service takes at a time."""
_ANSWER = re.compile(r'"jQ1olc"\s*,\s*')
"""The name of the procedure that was called; what follows is what it gives."""
_URL_SAFE = str.maketrans("-_", "+/")


def version(voice: Voice) -> str:
    """The library that asks; what answers says no version."""
    del voice
    return f"gTTS {version_of('gtts')}"


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
        self._ear = Ear(voice)

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The sound of one piece. Raises ServiceError when the service gives none."""
        request = self._request(text)
        sound, rate_hz = self._transport.ask(
            request, lambda body: self._ear.heard(_mp3(body), text)
        )
        return paced(sound, rate_hz, self._voice.pace * pace), rate_hz

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
