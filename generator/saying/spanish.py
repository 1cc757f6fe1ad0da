"""Spanish: numbers, ordinals, times and signs in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.numerals import MOST_DIGITS, digits_in_words, in_words
from generator.saying.rules import Rule, apart, either

_UNITS = {
    "min": ("minuto", "minutos"),
    "seg": ("segundo", "segundos"),
    "h": ("hora", "horas"),
    "km": ("kilómetro", "kilómetros"),
    "cm": ("centímetro", "centímetros"),
    "kg": ("kilo", "kilos"),
    "€": ("euro", "euros"),
    "$": ("dólar", "dólares"),
    "°": ("grado", "grados"),
    "%": ("por ciento", "por ciento"),
}
_SIGNS = {"&": "y", "+": "más", "=": "igual a", "×": "por", "@": "arroba"} | {
    "%": "por ciento",
    "°": "grados",
    "½": "medio",
}
_NUMBER = r"\d{1,3}(?:[. ]\d{3})+(?![\d])|\d+"
_SHE = re.compile(
    r"\s+(?!d[ií]as?\b|\w*mas?\b)"
    r"(?:\w*(?:as?|ción|ciones|dad|dades)|ve(?:z|ces)|manos?|noches?)\b",
    re.IGNORECASE,
)
"""A noun that is a she follows."""
_HE = re.compile(r"\s+(?!y\b|o\b|a\b|de\b|en\b|que\b|es\b|son\b|por\b)[a-zá-ú]{2,}", re.IGNORECASE)


def rules() -> Sequence[Rule]:
    """The rules of Spanish, in order."""
    clock = re.compile(r"(?<![\d:.])([01]?\d|2[0-4]):([0-5]\d)(?![\d:])", re.ASCII)
    units = re.compile(rf"(?<![\w.,])(\d[\d.]*(?:,\d+)?)\s?({either(_UNITS)})(?!\w)\.?(?!\w)")
    chain = re.compile(r"(?<![\w.,:-])\d+(?:\s?[-–]\s?\d+){2,}(?![\w-])", re.ASCII)
    span = re.compile(r"(?<![\w.,:-])(\d+)\s?[-–]\s?(\d+)(?![\d:])", re.ASCII)
    ordinal = re.compile(r"(\d+)(?:\.\s?|)([ºª]|er\b)", re.ASCII)
    return (
        (clock, _clock),
        (units, _unit),
        (re.compile(r"(?<=\d)\s?½(?!\w)"), " y medio"),
        (chain, lambda found: ", ".join(re.findall(r"\d+", found[0]))),
        (span, lambda found: f"{found[1]} a {found[2]}"),
        (ordinal, _ordinal),
        (re.compile(r"(?<![\w.,])[-−](?=\d)", re.ASCII), "menos "),
        (re.compile(rf"({_NUMBER}),(\d+)", re.ASCII), _decimal),
        (re.compile(r"(?<=\d)[:/](?=\d)", re.ASCII), " "),
        (re.compile(_NUMBER, re.ASCII), _number),
        (
            re.compile(rf"\s*([{re.escape(''.join(_SIGNS))}])\s*"),
            lambda found: f" {_SIGNS[found[1]]} ",
        ),
        (re.compile(r"(?<=\w)–(?=\w)"), " a "),
        (re.compile(r"(?<=\w)\s?/\s?(?=\w)"), " o "),
    )


def _clock(found: re.Match[str]) -> str:
    hour = "una" if int(found[1]) == 1 else in_words(int(found[1]), "es")
    minute = int(found[2])
    if not minute:
        return f"{hour} en punto"
    return f"{hour} y {'media' if minute == 30 else in_words(minute, 'es')}"


def _unit(found: re.Match[str]) -> str:
    one, many = _UNITS[found[2]]
    return f"{found[1]} {one if found[1] == '1' else many}"


def _ordinal(found: re.Match[str]) -> str:
    if len(found[1]) > MOST_DIGITS or int(found[1]) > 1000:
        return digits_in_words(found[1], "es")
    words = in_words(int(found[1]), "es", "ordinal")
    if found[2] == "ª":
        return f"{words[:-1]}a" if words.endswith("o") else words
    return words[:-1] if found[2] == "er" and words.endswith("ero") else words


def _decimal(found: re.Match[str]) -> str:
    return f"{found[1]} coma {digits_in_words(found[2], 'es')}"


def _number(found: re.Match[str]) -> str:
    """A number in words; one before a noun bends to it: un minuto, una hora, veintiún años."""
    rest = found.string[found.end() :]
    words = digits_in_words(re.sub("[. ]", "", found[0]), "es")
    if words.endswith("uno"):
        if _SHE.match(rest):
            words = f"{words[:-1]}a"
        elif _HE.match(rest):
            words = f"{words[:-3]}ún" if words.endswith("veintiuno") else words[:-1]
    return apart(found, words)
