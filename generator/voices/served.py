"""Voices of a server of the user's own choice, asked by way of ``/v1/audio/speech``.

Its file says where it is, and what model and voice it is to be asked for; never a key.
"""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from generator.errors import VoiceError
from generator.model import Voice
from generator.voices import checking
from generator.voices.online import HOST

ENGINE = "http"
PATH = "/v1/audio/speech"

_NEEDED = ("url", "model", "speaker", "language")
_MAY = frozenset(
    {"engine", *_NEEDED, "narrator", "pace", "nominal_lufs", "characters_per_s"}
    | {"licence", "licence_of_base", "commercial", "estimate_within"}
)
_PLAIN = Voice(
    name="",
    engine=ENGINE,
    narrator="",
    language="",
    pace=1.0,
    nominal_lufs=-20.0,
    characters_per_s=14.5,
    licence="the server's own terms",
    licence_of_base="not known",
    commercial="unclear",
    estimate_within=0.15,
)
"""What is taken to be so where the file says nothing."""


def voice(said: Mapping[str, Any], where: str, name: str, folder: Path) -> Voice:
    """The voice of that file. Raises VoiceError, for an address that words cannot safely go to too.

    A server elsewhere is asked by HTTPS only; nothing but a host, a port and a path is an address,
    so that no key hides in one.
    """
    checking.required(said, where, _NEEDED)
    made = checking.changed(_PLAIN, said, where, _MAY, name=name, folder=folder)
    address, host = _address(made.url, where)
    narrator = made.narrator or made.speaker
    return dataclasses.replace(made, url=address, narrator=narrator, sends_to=host)


def _address(url: str, where: str) -> tuple[str, str]:
    """The address, its usual path added where it has none, and its host. Raises VoiceError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    host = parts.hostname or ""
    plain = url.isascii() and url.isprintable() and " " not in url
    if not plain or not HOST.fullmatch(parts.netloc) or parts.query or parts.fragment or port == 0:
        raise VoiceError(
            "'url' must be a host and a path, without a user, a key or a question mark",
            where=where,
            remedy=f"As in https://speech.example{PATH}.",
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host)):
        raise VoiceError(
            "'url' must begin with https:// unless the server is on this machine", where=where
        )
    path = parts.path if parts.path.strip("/") else PATH
    return parts._replace(path=path).geturl(), parts.netloc.lower()


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
