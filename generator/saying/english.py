"""English: numbers, ages, ordinals, times, money, initials and signs in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.numerals import MOST_DIGITS, digits_in_words, in_words
from generator.saying.rules import SLOT, Rule, apart, either

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_UNITS = {
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "sec": ("second", "seconds"),
    "secs": ("second", "seconds"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "km": ("kilometre", "kilometres"),
    "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"),
    "kg": ("kilo", "kilos"),
    "ml": ("millilitre", "millilitres"),
    "mg": ("milligram", "milligrams"),
    "ft": ("foot", "feet"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "mph": ("mile an hour", "miles an hour"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "%": ("percent", "percent"),
}
_MONEY = {
    "$": ("dollar", "dollars", "cents"),
    "£": ("pound", "pounds", "pence"),
    "€": ("euro", "euros", "cents"),
}
_FRACTIONS = {
    "½": "half",
    "¼": "a quarter",
    "¾": "three quarters",
    "⅓": "a third",
    "⅔": "two thirds",
    "1/2": "one half",
    "1/3": "one third",
    "2/3": "two thirds",
    "1/4": "one quarter",
    "3/4": "three quarters",
}
_LONG = either(each for each in _FRACTIONS if "/" in each)
_SHORT = "".join(each for each in _FRACTIONS if len(each) == 1)
_SIGNS = {"&": "and", "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "@": "at"} | {
    "°": "degrees",
    "%": "percent",
    "±": "plus or minus",
    "№": "number",
}
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+"


def rules() -> Sequence[Rule]:
    """The rules of English, in order."""
    return (*_names(), *_times(), *_amounts(), *_counted(), *_numbers(), *_signs())


def _names() -> list[Rule]:
    letter = rf"(?:(?<=^)|(?<=[\s.(\"'“‘{SLOT}]))([A-Z])\."
    return [
        (re.compile(rf"{letter}(?=[A-Z]\.|[A-Z][a-z])"), lambda found: f"{_letter(found[1])} "),
        (re.compile(r"(?<=\b[A-Z] )([A-Z])\.(?=\s|$)"), lambda found: _letter(found[1])),
        (re.compile(r"(?<=\bAy )([A-Z])\.(?=\s|$)"), lambda found: _letter(found[1])),
        (
            re.compile(rf"(?:^|(?<=[\s(\"'“‘]))([A-HJ-Z])\.(?=\s+[A-Z{SLOT}])"),
            lambda found: _letter(found[1]),
        ),
        (re.compile(r"(?<=[a-z\d][ ])A(?=[,;:.]?(?:\s[a-z]|\s[A-Z]\b|$))"), "Ay"),
        (re.compile(r"\bNo\.\s*(?=\d)|#\s*(?=\d)", re.ASCII), "number "),
    ]


def _letter(letter: str) -> str:
    """The name of a letter, which "A" alone would not be read as."""
    return "Ay" if letter == "A" else letter


def _times() -> list[Rule]:
    half = r"(?:\s*([ap])\.?\s?m\b(\.?))"
    clock = rf"(?<![\d:.])([01]?\d|2[0-4]):([0-5]\d)(?![\d:]){half}?"
    return [
        (re.compile(rf"(?<![\d:.])(0?[1-9]|1[0-2])\.([0-5]\d)(?={half})", re.IGNORECASE), r"\1:\2"),
        (
            re.compile(
                rf"(?<![\w.,:-])(\d{{1,2}}(?::\d\d)?{half}?)\s?[-–]\s?"
                rf"(?=\d{{1,2}}(?::\d\d|{half}))",
                re.ASCII | re.IGNORECASE,
            ),
            r"\1 to ",
        ),
        (re.compile(clock, re.ASCII | re.IGNORECASE), _clock),
        (
            re.compile(rf"(?<![\d:.,])(\d{{1,2}}){half}", re.ASCII | re.IGNORECASE),
            lambda found: f"{in_words(int(found[1]))} {found[2].lower()}.m.",
        ),
        (re.compile(r"(?<![\d])24/7(?!\d)", re.ASCII), "twenty-four seven"),
        (re.compile(r"(?<!\w)(1\d|20)(\d0)s\b", re.ASCII), lambda f: _many(_year(f[1] + f[2]))),
        (re.compile(r"(?<!\w)['’]?([2-9]0)s\b", re.ASCII), lambda f: _many(in_words(int(f[1])))),
        (
            re.compile(
                rf"\b((?:(?i:in|since|from|of|until|till|before|after|year|by)|{either(_MONTHS)})"
                r"(?:\s+\d{1,2}(?:st|nd|rd|th)?)?,?\s+)((?:1[1-9]|20)\d\d)(?![\w,.:/-]*\d)(?!\w)",
                re.ASCII,
            ),
            lambda found: f"{found[1]}{_year(found[2])}",
        ),
        (
            re.compile(rf"\b({either(_MONTHS)})\s+([12]?\d|3[01])(?![\w,.:/-]*\d)(?!\w)", re.ASCII),
            lambda found: f"{found[1]} {in_words(int(found[2]), kind='ordinal')}",
        ),
    ]


def _clock(found: re.Match[str]) -> str:
    hour, minute, half = int(found[1]), int(found[2]), found[3]
    said = in_words(hour)
    if minute:
        said += f" {'oh ' if minute < 10 else ''}{in_words(minute)}"
    elif not half:
        said += " o'clock"
    return f"{said} {half.lower()}.m." if half else said


def _year(digits: str) -> str:
    return in_words(int(digits), kind="year")


def _many(words: str) -> str:
    """The plural of a number in words: nineties, hundreds."""
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def _amounts() -> list[Rule]:
    money = rf"([{either(_MONEY)}])\s?({_NUMBER})(?:\.(\d\d))?(?![\d])"
    units = rf"(?<![\w.])(\d[\d,]*(?:\.\d+)?)\s?({either(_UNITS)})(?!\w)(\.(?=\s+[a-z]))?"
    return [
        (re.compile(money, re.ASCII), _money),
        (re.compile(units), _unit),
        (
            re.compile(rf"(\d)\s?([{_SHORT}])"),
            _with_part,
        ),
        (
            re.compile(
                rf"(?<![\d/])({either(each for each in _FRACTIONS if '/' in each)})(?![\d/])"
            ),
            lambda found: _FRACTIONS[found[1]],
        ),
        (re.compile(r"(?<=\d)\s?[xX](?!\w)", re.ASCII), " times"),
        (re.compile(f"[{_SHORT}]"), lambda found: apart(found, _FRACTIONS[found[0]])),
    ]


def _with_part(found: re.Match[str]) -> str:
    part = _FRACTIONS[found[2]]
    return f"{found[1]} and {'a ' * (part == 'half')}{part}"


def _money(found: re.Match[str]) -> str:
    one, many, small = _MONEY[found[1]]
    whole = found[2].replace(",", "")
    said = f"{whole} {one if whole == '1' else many}"
    return f"{said} and {found[3].lstrip('0')} {small}" if int(found[3] or 0) else said


def _unit(found: re.Match[str]) -> str:
    one, many = _UNITS[found[2]]
    return f"{found[1]} {one if found[1] == '1' else many}"


def _counted() -> list[Rule]:
    chain = re.compile(r"(?<![\w.,:-])\d+(?:\s?[-–]\s?\d+){2,}(?![\w-])", re.ASCII)
    same = re.compile(r"(?<![\w.,:-])(\d+)[-/](\1)(?![\w:-])", re.ASCII)
    span = re.compile(rf"(?<![\w.,:-])({_NUMBER})\s?[-–]\s?({_NUMBER})(?![\d:])", re.ASCII)
    return [
        (chain, lambda found: ", ".join(re.findall(r"\d+", found[0]))),
        (same, lambda found: f"{found[1]} {found[2]}"),
        (span, lambda found: f"{found[1]} to {found[2]}"),
        (
            re.compile(rf"({_NUMBER})(?:st|nd|rd|th)\b", re.ASCII | re.IGNORECASE),
            lambda found: _ordinal(found[1].replace(",", "")),
        ),
    ]


def _ordinal(digits: str) -> str:
    if len(digits) > MOST_DIGITS:
        return digits_in_words(digits)
    return in_words(int(digits), kind="ordinal")


def _numbers() -> list[Rule]:
    return [
        (re.compile(r"(?<![\w.,])[-−](?=\d)", re.ASCII), "minus "),
        (re.compile(rf"({_NUMBER})\.(\d+)", re.ASCII), _decimal),
        (re.compile(r"(?<=\d)[:/](?=\d)", re.ASCII), " "),
        (
            re.compile(_NUMBER, re.ASCII),
            lambda found: apart(found, digits_in_words(found[0].replace(",", ""))),
        ),
    ]


def _decimal(found: re.Match[str]) -> str:
    after = " ".join(in_words(int(each)) for each in found[2])
    return f"{found[1]} point {after}"


def _signs() -> list[Rule]:
    return [
        (
            re.compile(rf"\s*([{re.escape(''.join(_SIGNS))}])\s*"),
            lambda found: f" {_SIGNS[found[1]]} ",
        ),
        (re.compile(r"(?<=\w)–(?=\w)"), " to "),
        (re.compile(r"\band\s?/\s?or\b"), "and or"),
        (re.compile(r"(?<=\w)\s?/\s?(?=\w)"), " or "),
    ]
