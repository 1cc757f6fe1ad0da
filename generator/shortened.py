"""Words that are written short with a full stop, by language: no sentence ends with a title."""

from __future__ import annotations

import re
from collections.abc import Mapping

TITLES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "Dr": "Doctor",
        "Drs": "Doctors",
        "Mr": "Mister",
        "Mrs": "Missis",
        "Ms": "Miz",
        "Prof": "Professor",
        "Rev": "Reverend",
        "Fr": "Father",
        "Sgt": "Sergeant",
        "Capt": "Captain",
        "Lt": "Lieutenant",
        "St": "Saint",
        "Mt": "Mount",
    },
    "es": {
        "Dr": "Doctor",
        "Dra": "Doctora",
        "Sr": "Señor",
        "Sra": "Señora",
        "Srta": "Señorita",
        "Prof": "Profesor",
        "Sta": "Santa",
        "Sto": "Santo",
    },
}
"""What stands before a name, without its stop, and what is said."""

INSIDE: Mapping[str, Mapping[str, str]] = {
    "en": {
        "e.g.": "for example",
        "i.e.": "that is",
        "etc.": "et cetera",
        "vs.": "versus",
        "approx.": "approximately",
    },
    "es": {"p. ej.": "por ejemplo", "etc.": "etcétera", "aprox.": "aproximadamente"},
}
"""What a sentence may go on after, and what is said."""

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
_INITIAL = re.compile(r"[(\"'“‘]?(?:[A-ZÀ-Þ]\.)+")
_NAME_GOES_ON = re.compile(r"\s+(?:[A-ZÀ-Þ]\.\s*)*[A-ZÀ-Þ]\w")
_GOES_ON = re.compile(r"\s+[a-zß-ÿ]")


def is_language(tag: str) -> bool:
    """Whether it can be a BCP 47 tag, as ``en`` or ``pt-BR``."""
    return _TAG.fullmatch(tag) is not None


def base(language: str) -> str:
    """The language of a BCP 47 tag without its country."""
    return language.lower().split("-")[0]


def goes_on(before: str, after: str, language: str) -> bool:
    """Whether a sentence goes on although ``before`` it ends with a full stop.

    After a title, "Dr. Weiss"; after the initial of a name, "Ruth B. Weiss"; after "e.g." when a
    small letter follows.
    """
    if not before.endswith(".") or not after.strip():
        return False
    titles, inside = TITLES.get(base(language), {}), INSIDE.get(base(language), {})
    word = re.split(r"[\s(\"'“‘]", before)[-1]
    if word[:-1] in titles or (_NAME_GOES_ON.match(after) and _is_initial(before)):
        return True
    short = {each.rsplit(" ", maxsplit=1)[-1] for each in inside} | {"a.m.", "p.m."}
    return word.casefold() in short and bool(_GOES_ON.match(after))


def _is_initial(before: str) -> bool:
    """Whether a text ends with the initial of a name: after another, a title, a name."""
    words = before[-80:].split(" ")
    last = words[-2] if len(words) > 1 else ""
    if not _INITIAL.fullmatch(words[-1]) or (words[-1] == "I." and not last.endswith(".")):
        return False
    return len(words) == 1 or last.endswith(".") or (last[:1].isupper() and last.isalpha())
