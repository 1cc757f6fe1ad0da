"""The words by which the rules know what a sentence does, by language.

A rule that needs them says nothing of a script in another language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.shortened import base


def _any(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """One language. Each pattern is looked for in one sentence, or in one passage."""

    invites: re.Pattern[str]
    """Begins a sentence that asks for something to be done."""
    opens: Mapping[str, re.Pattern[str]]
    """What an opening says, by what it is there for."""
    returns: Mapping[str, re.Pattern[str]]
    """What a close says."""
    painful: re.Pattern[str]
    quotes: re.Pattern[str]
    """Tells whose words follow."""
    holds_breath: re.Pattern[str]
    offers: re.Pattern[str]
    """Leaves something to the listener."""
    warns: re.Pattern[str]
    """Names those for whom a long hold is nothing."""
    heals: re.Pattern[str]
    forgives: re.Pattern[str]
    denies: re.Pattern[str]
    """Turns a sentence into its opposite."""


_ENGLISH = Words(
    invites=_any(
        r"(?:(?:and|now|then|so|just|again|perhaps|once more|if you (?:like|want)),? )*"
        r"(?:let|notice|feel|imagine|picture|see|hear|listen|bring|look|watch|breathe|sense|find"
        r"|ask|allow|stay|choose|lay|turn|open|close|move)\b"
    ),
    opens={
        "that one may stop": _any(r"\bstop|\bleave off|\bbreak off"),
        "to open the eyes": _any(r"\beyes?\b"),
        "to feel the feet": _any(r"\bfeet\b|\bfloor\b|\bground\b"),
    },
    returns={
        "to the room": _any(r"\broom\b|\baround you\b|\bwhere you are\b"),
        "to the body": _any(r"\beyes?\b|\bfeet\b|\bfingers\b|\bhands?\b|\bstretch"),
        "to the day": _any(r"\b(?:to)?day\b|\b(?:to)?night\b|\bmorning\b|\bevening\b|\bweek\b"),
    },
    painful=_any(
        r"\b(?:hurts?|hurting|pain(?:s|ful)?|wound\w*|asham\w+|shame|afraid|scared|frighten\w*"
        r"|terrif\w+|cries|crying|cried|grief|griev\w+|rage|hat(?:e[sd]?|red)|blam\w+|lonely"
        r"|abandon\w*|abus\w+|cruel\w*|guilt\w*|panic\w*)\b"
    ),
    quotes=_any(
        r"\b(?:say|says|said|saying|voice|belie(?:f|ve[sd]?)|thinks?|thought|tells?|told|hears?"
        r"|words?|sentence|guess)\b"
    ),
    holds_breath=_any(r"\bhold (?:your|the|that|this|each) breath|\bkeep (?:your|the) breath in\b"),
    offers=_any(r"\bif\b|\bmay\b|\bcan\b|\bor\b|\brather\b"),
    warns=_any(r"\bpregnan|\blungs?\b|\bheart\b|\bpanic"),
    heals=_any(
        r"\bheal(?:s|ed|ing)?\b|\bcur(?:e[sd]?|ing)\b|\bguarantee|\bmiracle|\bdetox"
        r"|\b(?:will|can) (?:fix|mend|free|rid) you\b|\b(?:will|can) make you (?:well|whole)\b"
        r"|\b(?:lowers?|reduces?|removes?|ends?|relieves?|treats?) (?:your |the )?"
        r"(?:anxiety|depression|pain|trauma|stress|blood pressure)\b"
    ),
    forgives=_any(r"\bforgiv(?:e|es|ing|eness)\b|\breconcil|\bmake (?:your )?peace with\b"),
    denies=_any(r"\b(?:no|not|never|nothing|nobody|none|without|neither|nor|cannot)\b|n['’]t\b"),
)
_SPANISH = Words(
    invites=_any(
        r"(?:(?:y|ahora|luego|entonces|otra vez|si quieres|quizás?),? )*"
        r"(?:deja|nota|observa|siente|imagina|mira|oye|escucha|trae|respira|busca|pregunta"
        r"|permite|quédate|elige|pon|vuelve|abre|cierra|mueve|fíjate)\b"
    ),
    opens={
        "that one may stop": _any(r"\bpar(?:a|ar|es)\b|\bdeten|\bdejar?lo\b|\binterrump"),
        "to open the eyes": _any(r"\bojos\b"),
        "to feel the feet": _any(r"\bpies\b|\bsuelo\b"),
    },
    returns={
        "to the room": _any(r"\bhabitación\b|\bcuarto\b|\balrededor\b|\bdonde estás\b"),
        "to the body": _any(r"\bojos\b|\bpies\b|\bdedos\b|\bmanos?\b|\bestír"),
        "to the day": _any(r"\bdía\b|\bhoy\b|\bnoche\b|\bmañana\b|\btarde\b|\bsemana\b"),
    },
    painful=_any(
        r"\b(?:duele[ns]?|dolor\w*|herid\w+|vergüenza|miedo|asustad\w+|llor\w+|rabia|odi\w+"
        r"|culpa\w*|abandon\w+|abus\w+|cruel\w*|pánico)\b"
    ),
    quotes=_any(r"\b(?:dice[ns]?|decía|dijo|decir|voz|cree[ns]?|creyó|piensa|pensó|palabras?)\b"),
    holds_breath=_any(r"\b(?:retén|contén|aguanta|mantén) (?:el aire|la respiración)"),
    offers=_any(r"\bsi\b|\bpuedes?\b|\bo\b|\bprefieres\b"),
    warns=_any(r"\bembaraz|\bpulm|\bcorazón\b|\bpánico"),
    heals=_any(
        r"\b(?:sana(?:r|rá|n)?|sanación|cura(?:r|rá|n)?|curación)\b|\bgarantiza|\bmilagro"
        r"|\b(?:reduce|elimina|alivia) (?:tu |la |el )?"
        r"(?:ansiedad|depresión|dolor|trauma|estrés)\b"
    ),
    forgives=_any(r"\bperd[oó]n|\breconcíli|\breconcili|\bhaz las paces\b"),
    denies=_any(r"\b(?:no|nunca|jamás|nada|nadie|ningun[oa]?|ningún|sin|ni|tampoco)\b"),
)
_LANGUAGES = {"en": _ENGLISH, "es": _SPANISH}


def words_of(language: str) -> Words | None:
    """The words of a BCP 47 language, or None where they are not known."""
    return _LANGUAGES.get(base(language))
