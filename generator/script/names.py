"""Names that mean something already: no field, switch, list or turn of a loop may be called so."""

from __future__ import annotations

from generator.script.cues import CUES


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


JINJA = _set(
    "and caller else false if in is kwargs loop none not or self super true varargs"
    " block call elif endfor endif extends filter for from import include macro set"
)
"""What the template language means by these, or may."""

_OPTIONS = _set(
    "as_json bed bell bells consent_online cover date dry fallback font force format json label"
    " length listener no_input no_text out picture play profile quiet respeak save_listener seed"
    " stems text voice with_text"
    " callback h help script"
)
"""What the command line means by these: a field is an option of its script's command."""

RESERVED = JINJA | _OPTIONS | CUES.keys() | {"length_minutes"}
