"""The words at which a recording stops being the right company."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache, lru_cache

from generator.errors import CareError
from generator.personalise.crisis import HARMLESS, PHRASES
from generator.wording import wording

_TWINS = str.maketrans("аеікмнорстухјѕԁıαεικοɑɩɡĸғһѵԝνυτ", "aeikmhopctyxjsdiaeikoaigkfhvwvut")
"""Letters of other alphabets, and dotless ones, that look like Latin ones."""
_VARIANT = re.compile(
    "LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL )?(?:TURNED |REVERSED )?([A-Z])(?: WITH .+)?"
)
"""How Unicode calls a letter with a stroke or a hook, and a small capital."""
_LOOKS = str.maketrans("@48310!|l5$7#", "aabeioiiisst*")
"""What stands for a letter; 1, ! and l all look like an i. A star stands for a vowel."""
_RUN = re.compile(r"([^\W\d_]|\*)\1{2,}")
_BETWEEN = re.compile(r"(?:[\s._~+'’\"“”()&/:–—\u1160-]|,(?=\S)){1,3}")
"""What may stand between two letters or two words. A comma before a space ends a thought."""


def refuse_crisis(text: str, where: str, language: str = "en") -> None:
    """Raise CareError, with the line that helps, when a text speaks of suicide or self-harm.

    It errs on the side of stopping: a false alarm costs another choice of words. Every language is
    looked through; ``language`` is that of the line.
    """
    if _pattern().search(_bones(_harmless().sub("; ", _plain(text)))):
        raise CareError(
            "speaks of suicide or self-harm, and a recording is not the right company for that",
            where=where,
            remedy=crisis_line(language),
        )


def crisis_line(language: str = "en") -> str:
    """The line a person in need is pointed to, as the publisher configured it."""
    return os.environ.get("MEDITATE_SUPPORT_LINE") or wording(language).support


def _plain(text: str) -> str:
    """The text in small Latin letters without accents and without what cannot be seen."""
    apart = unicodedata.normalize("NFKD", text)
    seen = (each for each in apart if unicodedata.category(each) not in ("Mn", "Me", "Cf"))
    return "".join(map(_letter, "".join(seen).casefold().translate(_TWINS)))


@lru_cache(maxsize=4096)
def _letter(character: str) -> str:
    if character.isascii():
        return character
    found = _VARIANT.search(unicodedata.name(character, ""))
    return found[1].lower() if found else character


def _bones(plain: str) -> str:
    """A plain text with one look for all that look alike, and one space for what parts letters."""
    inside = re.sub(r"!(?!\w)", ";", re.sub(r"\b2\b", "to", plain))
    return _BETWEEN.sub(" ", _RUN.sub(r"\1\1", inside.translate(_LOOKS)))


@cache
def _harmless() -> re.Pattern[str]:
    return re.compile("|".join(rf"\b{line}" for line in HARMLESS.split("\n") if line))


@cache
def _pattern() -> re.Pattern[str]:
    """All phrases at once, as bones; a space may stand between any two letters."""
    phrases = "|".join(_spread(line) for line in PHRASES.splitlines() if line)
    return re.compile(rf"(?<![^\W\d_])(?:{phrases})(?![^\W\d_])")


def _spread(phrase: str) -> str:
    """A phrase as bones: a space before any letter, any letter twice, a star for any vowel."""
    letters = _plain(phrase).replace("l", "i").replace(" ", "").replace("*", "\0")
    grouped = letters.replace("(", "(?:")
    spread = re.sub(r"([a-z])\1*", lambda run: _often(run[1], len(run[0])), grouped)
    return spread.replace("\0", r"[^\W\d_]*")


def _often(letter: str, times: int) -> str:
    """A letter so many times or once more, as few as once: a run is written in many ways."""
    one = f" ?[{letter}*]" if letter in "aeiouy" else f" ?{letter}"
    return f"(?:{one}(?:{one}){{0,{times}}})"
