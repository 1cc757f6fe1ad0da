"""The online voices: every language and accent that gTTS asks its service for.

Known from a table, so that listing them loads no library and asks nobody. gTTS leaves accents to
the country of the host that is asked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache

from generator.errors import UsageError
from generator.model import Voice

PREFIX = "gtts-"
HOST_VARIABLE = "MEDITATE_GTTS_HOST"
"""Names another host, ``name:port``, that answers as the service does: a mirror, or a test."""

HOST = re.compile(
    r"(?=[^:]{1,253}(?::|$))(?:[a-z0-9][a-z0-9-]*\.)*[a-z0-9][a-z0-9-]*(?::(\d{1,5}))?",
    re.IGNORECASE,
)
"""A name or an IPv4 address, with a port or without."""

_PACE = 0.85
_NOMINAL_LUFS = -19.0
_ESTIMATE_WITHIN = 0.15
"""Nobody publishes how fast these voices speak."""
_CHARACTERS_PER_S = 14.5
_CHARACTERS_PER_S_OF = {"ja": 7.0, "ko": 6.5, "zh": 4.5, "zh-CN": 4.5, "zh-TW": 4.5, "yue": 4.5}
"""At the service's own pace."""

_LANGUAGES = """
    af am ar bg bn bs ca cs cy da de el en es et eu fi fr fr-CA gl gu ha hi hr hu id is it iw ja
    jw km kn ko la lt lv ml mr ms my ne nl no pa pl pt pt-PT ro ru si sk sq sr su sv sw ta te th
    tl tr uk ur vi yue zh zh-CN zh-TW
"""
"""What the service calls them; a test holds it against the library's own list."""
_TAGS = {"iw": "he", "jw": "jv", "tl": "fil", "pt": "pt-BR"}
"""BCP 47 for what the service calls otherwise."""

_ACCENTS = {
    "en-AU": "com.au",
    "en-CA": "ca",
    "en-GB": "co.uk",
    "en-IE": "ie",
    "en-IN": "co.in",
    "en-NG": "com.ng",
    "en-US": "us",
    "en-ZA": "co.za",
    "es-ES": "es",
    "es-MX": "com.mx",
    "es-US": "us",
    "fr-FR": "fr",
    "pt-BR": "com.br",
}
"""Accents that a country's own host speaks with, as gTTS documents them."""


@cache
def names() -> tuple[str, ...]:
    """Names of all online voices, sorted."""
    return tuple(sorted(_asked_for()))


def named(name: str) -> Voice | None:
    """The online voice of that name, if there is one."""
    asked = _asked_for().get(name)
    return None if asked is None else _voice(name, *asked)


def speaking(language: str) -> Voice | None:
    """The online voice for a BCP 47 language, such as ``es-MX``, if there is one."""
    plain = named(PREFIX + language.lower())
    spoken = (voice for voice in map(named, names()) if voice)
    return plain or next(
        (each for each in spoken if each.language.lower() == language.lower()), None
    )


@cache
def _asked_for() -> dict[str, tuple[str, str, str]]:
    """By name: BCP 47 tag, the service's word for the language, and the country of its host."""
    return dict(_rows())


def _rows() -> Iterator[tuple[str, tuple[str, str, str]]]:
    for code in _LANGUAGES.split():
        yield PREFIX + code.lower(), (_TAGS.get(code, code), code, "com")
    for tag, domain in _ACCENTS.items():
        yield PREFIX + tag.lower(), (tag, tag.split("-")[0], domain)


def _voice(name: str, tag: str, code: str, domain: str) -> Voice:
    return Voice(
        name=name,
        engine="gtts",
        narrator="Google Translate",
        language=tag,
        pace=_PACE,
        nominal_lufs=_NOMINAL_LUFS,
        characters_per_s=_PACE * _CHARACTERS_PER_S_OF.get(code, _CHARACTERS_PER_S),
        licence="the service's own terms",
        licence_of_base="an unofficial use of Google Translate",
        commercial="unclear",
        model=code,
        sends_to=_host() or f"translate.google.{domain}",
        estimate_within=_ESTIMATE_WITHIN,
    )


def _host() -> str:
    """The host that is asked instead of the service's own, or nothing. Raises UsageError."""
    host = os.environ.get(HOST_VARIABLE, "")
    match = HOST.fullmatch(host)
    if host and not (match and 0 < int(match[1] or 443) < 65_536):
        raise UsageError("is not the name of a host", where=HOST_VARIABLE, remedy="As in name:443.")
    return host
