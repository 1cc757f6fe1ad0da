"""What somebody says of a voice, in a file or in a plugin: every key known, typed and in bounds."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields
from typing import Any

from generator.errors import VoiceError, nearest, shown
from generator.model import COMMERCIAL, RECORDED, Voice
from generator.shortened import is_language

_OURS = frozenset({"name", "folder", "sends_to", "dry", "own"})
"""Known from where the file lies, from the engine or the listener, not from what it says."""
KEYS = {each.name: each for each in fields(Voice) if each.name not in _OURS}
"""What may be said of a voice."""
_BOUNDS = (
    ("pace", 0.4, 1.6),
    ("nominal_lufs", -60.0, 0.0),
    ("characters_per_s", 2.0, 40.0),
    ("estimate_within", 0.0, 0.5),
)
_MOST_CHARACTERS = 500
"""Of any text: what a listener reads is shorter by far."""
_MOST_NUMBER = 1_000_000
"""Of a whole number: one of four hundred digits is no float."""


def whole(said: Mapping[str, Any], where: str, **known: Any) -> Voice:
    """The voice of which all is said, but for what has a default. Raises VoiceError."""
    values = _values(said, where)
    for key, each in KEYS.items():
        if key not in values and each.default is MISSING:
            raise VoiceError(f"'{key}' is missing", where=where)
    return bounded(Voice(**values, **known), where)


def changed(
    base: Voice, said: Mapping[str, Any], where: str, may: Collection[str], **known: Any
) -> Voice:
    """A voice that is known already, with those of its keys changed that a user may change.

    Another pace moves the estimate along. Raises VoiceError.
    """
    values = _values(said, where)
    for key in values:
        if key not in may:
            raise VoiceError(f"a voice of {base.engine} knows no '{key}'", where=where)
    pace = values.get("pace", base.pace)
    values.setdefault("characters_per_s", base.characters_per_s * pace / base.pace)
    return bounded(dataclasses.replace(base, **values, **known), where)


def bounded(voice: Voice, where: str) -> Voice:
    """The voice itself, its numbers in bounds. Raises VoiceError."""
    for key, least, most in _BOUNDS:
        if not least <= getattr(voice, key) <= most:
            raise VoiceError(f"'{key}' must lie between {least:g} and {most:g}", where=where)
    if not is_language(voice.language):
        what = "'language' must be a BCP 47 tag"
        raise VoiceError(what, where=where, remedy="As in en, en-US or pt-BR.")
    if voice.commercial not in COMMERCIAL:
        raise VoiceError("'commercial' must be yes, no or unclear", where=where)
    if voice.engine == RECORDED and (not voice.model or set(voice.model) & set("/\\\0.")):
        raise VoiceError("'model' must be the name of a folder beside this file", where=where)
    if not voice.synthetic and voice.engine != RECORDED:
        raise VoiceError(
            f"'synthetic' must be true of a voice of {voice.engine}",
            where=where,
            remedy="Only what a person recorded is not synthetic.",
        )
    return voice


def required(said: Mapping[str, Any], where: str, keys: Collection[str]) -> None:
    """Raise VoiceError when one of these keys is not said, or is empty."""
    for key in keys:
        if not said.get(key):
            raise VoiceError(f"'{key}' is missing", where=where)


def _values(said: Mapping[str, Any], where: str) -> dict[str, Any]:
    """What is said, each key proven to be known and of its kind."""
    for key, value in said.items():
        if key not in KEYS:
            raise VoiceError(f"unknown key '{shown(key)}'", where=where, remedy=nearest(key, KEYS))
        if not _fits(value, str(KEYS[key].type)):
            raise VoiceError(f"'{key}' must be {KEYS[key].type}", where=where)
        if isinstance(value, str) and not (value.isprintable() and len(value) <= _MOST_CHARACTERS):
            what = f"'{key}' must be one line of at most {_MOST_CHARACTERS} characters"
            raise VoiceError(what, where=where)
    return {
        key: float(value) if KEYS[key].type == "float" else value for key, value in said.items()
    }


def _fits(value: object, kind: str) -> bool:
    if kind == "float":
        return isinstance(value, float) or (type(value) is int and abs(value) <= _MOST_NUMBER)
    if kind == "bool":
        return isinstance(value, bool)
    return isinstance(value, str)
