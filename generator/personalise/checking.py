"""Whether an answer can be woven into a sentence, and what it will be there."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Mapping

from generator.errors import DetailError, UsageError, nearest
from generator.model import Answer, Field, Listener, Script
from generator.personalise.care import refuse_crisis

MAX_CHARACTERS = 120

_UNSAYABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories no detail needs: control, format, surrogate, private, unassigned, breaks."""
_JOINERS = "\u200c\u200d"
_UNSEEN = re.compile(
    "[\u00ad\u200b\u200e\u200f\u061c\u2060\ufeff]"
    f"|(?<![\u0600-\u1fff])[{_JOINERS}]|[{_JOINERS}](?![\u0600-\u1fff])"
)
"""What pasting brings along and nobody hears. Joiners stay where letters are shaped by them."""
_FLOOD = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3}")
"""No language puts three accents on what is one letter with the others already."""
_MARKUP = re.compile(r"[\[\]{}<>|\\]")
_NAME_LIKE = 0.7


def check(
    script: Script, supplied: Mapping[str, object], *, elsewhere: Collection[str] = ()
) -> Listener:
    """The listener this script knows, of what was supplied.

    Names in ``elsewhere`` belong to other scripts and are passed over: one file serves a whole
    course. Raises DetailError at the first field that will not do, UsageError for a name that no
    script knows. A value that speaks of self-harm comes before any other complaint.
    """
    known = {each.name for each in script.fields} | set(script.switches)
    for name, value in supplied.items():
        if isinstance(value, str):
            refuse_crisis(value, name if name in known or name in elsewhere else "a detail")
    answers: dict[str, Answer] = {}
    switches: dict[str, bool] = {}
    for name, value in supplied.items():
        field = script.find(name)
        if field is not None:
            answers[name] = checked(field, value)
        elif name in script.switches:
            if not isinstance(value, bool):
                raise DetailError("must be true or false", where=name)
            switches[name] = value
        elif name not in elsewhere:
            raise _unknown(name, known | set(elsewhere))
    switches = {"gentle": not answers} | switches if "gentle" in script.switches else switches
    return Listener(answers, switches)


def _unknown(name: str, known: Collection[str]) -> UsageError:
    """Says the name only if it is nearly a field's: what else stands there may be an answer."""
    if difflib.get_close_matches(name[:40], known, n=1, cutoff=_NAME_LIKE):
        shown = name if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) else "?"
        return UsageError(f"there is no field '{shown}'", remedy=nearest(name[:40], known))
    return UsageError("there is no field of that name", remedy=nearest("", known))


def checked(field: Field, value: object) -> Answer:
    """The answer as it will be used. Raises DetailError naming the field, never the value."""
    if isinstance(value, str):
        refuse_crisis(value, field.name)
    if field.kind == "whole":
        return _whole(field, value)
    if not isinstance(value, str):
        raise DetailError("must be text", where=field.name, remedy=_example(field))
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", value)).strip()
    if wrong := _wrong(text):
        raise DetailError(wrong, where=field.name, remedy=_example(field))
    text = " ".join(text.split())
    if field.kind == "choice":
        chosen = {each.casefold(): each for each in field.choices}.get(text.casefold())
        if chosen is None:
            raise DetailError(f"must be one of {', '.join(field.choices)}", where=field.name)
        return chosen
    return text


def _wrong(text: str) -> str:
    """What is wrong with a text that is to be spoken, or nothing."""
    if not text:
        return "is empty; leave it out instead"
    if len(text) > MAX_CHARACTERS:
        return f"has {len(text)} characters; at most {MAX_CHARACTERS} can be woven into a sentence"
    if "\n" in text or "\r" in text:
        return "has more than one line"
    if _has_unsayable(text):
        return "has a character that cannot be spoken"
    if _MARKUP.search(text):
        return "has brackets or markup, which cannot be spoken"
    return "" if any(each.isalnum() for each in text) else "has nothing that can be spoken"


def _has_unsayable(text: str) -> bool:
    """Whether there is a character of no use, an accent without a letter, or a heap of accents."""
    before = "Z"
    for each in text:
        kind = unicodedata.category(each)
        if kind in _UNSAYABLE and each not in _JOINERS:
            return True
        if kind.startswith("M") and before not in "LM":
            return True
        before = before if each in _JOINERS else kind[0]
    return _FLOOD.search(text) is not None


def _whole(field: Field, value: object) -> int:
    text = value.strip() if isinstance(value, str) else value
    bounds = f"must be a whole number from {field.least} to {field.most}"
    if isinstance(text, str) and re.fullmatch(r"-?\d{1,7}", text, re.ASCII):
        text = int(text)
    if not isinstance(text, int) or isinstance(text, bool):
        raise DetailError(bounds, where=field.name, remedy=_example(field))
    if not field.least <= text <= field.most:
        raise DetailError(bounds, where=field.name)
    return text


def _example(field: Field) -> str:
    return f"As in: {field.example}" if field.example else ""


def reveals(label: str, listener: Listener) -> bool:
    """Whether a label, which becomes a folder's name, contains a listener's answer."""

    def bare(text: str) -> str:
        return re.sub(r"[\W_]+", "", text.casefold())

    answers = [str(answer) for answer in listener.answers.values()]
    names = re.findall(r"\b[A-Z]\w{2,}|\b\w{7,}", " ".join(answers))
    told = [bare(each) for each in (*answers, *names)]
    words = {bare(each) for each in re.split(r"[\W_]+", label)}
    whole = bare(label)
    return any((len(each) > 2 and each in whole) or each in words for each in told if each)
