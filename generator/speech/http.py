"""A server of the user's own choice, asked in the widespread form of ``/v1/audio/speech``.

The key comes from the environment and goes into one header of a request: it is in no file, message
or name of a clip. Which variable holds it follows from the host, so that a voice file from somebody
else can never have a key sent to another server than its own.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import UsageError
from generator.model import Voice
from generator.speech.answer import Ear, paced
from generator.speech.text import Reads
from generator.speech.transport import Transport

if TYPE_CHECKING:
    from requests import PreparedRequest

    from generator.audio import Samples

READS = Reads.WORDS
KEY_PREFIX = "MEDITATE_KEY_"

_MOST_CHARACTERS = 600
_KEY = re.compile(r"[!-~]{1,4096}")


def version(voice: Voice) -> str:
    """The form in which it is asked; what answers says no version."""
    return f"/v1/audio/speech, model {voice.model}, {voice.speaker}"


def files(voice: Voice) -> tuple[Path, ...]:
    """None: its words leave this program."""
    del voice
    return ()


def open_engine(voice: Voice) -> Http:
    """The voice, which has asked for nothing yet. Raises UsageError for a key that is none."""
    variable = key_variable(voice.sends_to)
    return Http(voice, Transport(voice.sends_to, key_variable=variable), _key(variable))


def key_variable(host: str) -> str:
    """The variable that holds the key for a host, as ``MEDITATE_KEY_API_EXAMPLE_COM``.

    A dot is one underscore and a hyphen two: no two hosts share one. The port makes no difference.
    """
    name = host.split(":", maxsplit=1)[0].upper()
    return KEY_PREFIX + name.replace("-", "__").replace(".", "_")


def _key(variable: str) -> str:
    key = os.environ.get(variable, "")
    if key and not _KEY.fullmatch(key):
        raise UsageError("holds what no key can be", where=variable, remedy="Look for blanks.")
    return key


class Http:
    """One voice of one server."""

    most_characters = _MOST_CHARACTERS

    def __init__(self, voice: Voice, transport: Transport, key: str) -> None:
        self._voice = voice
        self._transport = transport
        self._ear = Ear(voice)
        self._key = key

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The sound of one piece. Raises ServiceError when the server gives none."""
        request = self._request(text)
        sound, rate_hz = self._transport.ask(request, lambda body: self._ear.heard(body, text))
        return paced(sound, rate_hz, self._voice.pace * pace), rate_hz

    def give_up(self) -> None:
        """Ask for nothing more."""
        self._transport.stopped.set()

    def _request(self, text: str) -> PreparedRequest:
        """What is asked: MP3, which can be proven whole, at the voice's own pace.

        Servers understand ``speed`` each in their own way, or not at all: the pace is changed here.
        """
        from requests import Request

        asked = {
            "model": self._voice.model,
            "voice": self._voice.speaker,
            "input": text,
            "response_format": "mp3",
        }
        headers = {"Content-Type": "application/json", "Accept": "audio/mpeg"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        return Request("POST", self._voice.url, headers, data=json.dumps(asked)).prepare()
