"""Whether an answer can be woven into a sentence, and what it will be there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

from generator.errors import DetailError, unknown_field
from generator.model import SAID, Answer, Field, Listener, Script
from generator.personalise.care import refuse_crisis
from generator.phonetic import pronunciation
from generator.sayable import tidied

_SMALL = 100
"""Below it a number is one that many labels end in."""


def check(
    script: Script, supplied: Mapping[str, object], *, elsewhere: Collection[str] = ()
) -> Listener:
    """The listener this script knows, of what was supplied.

    Names in ``elsewhere`` belong to other scripts and are passed over: one file serves a whole
    course. ``<field>_said`` is how the answer to a text field sounds. Raises DetailError at the
    first field that will not do, UsageError for a name that no script knows. A value that speaks of
    self-harm comes before any other complaint.
    """
    known = names(script)
    theirs = {*elsewhere, *(name + SAID for name in elsewhere)}
    for name, value in supplied.items():
        where = name if name in known or name in theirs else "a detail"
        for text in _texts(value):
            refuse_crisis(text, where, script.language)
    used: dict[str, Answer | bool] = {}
    for name, value in supplied.items():
        if name in known:
            used[name] = weighed(script, name, value)
        elif name not in theirs:
            told = {each.name for each in script.fields} | set(script.switches)
            raise unknown_field(name, told | set(elsewhere))
    return gathered(script, used)


def names(script: Script) -> frozenset[str]:
    """All that a listener can tell this script: its fields, how they sound, its switches."""
    sayable = (field.name + SAID for field in script.fields if field.kind == "text")
    return frozenset((*(field.name for field in script.fields), *sayable, *script.switches))


def weighed(script: Script, name: str, value: object) -> Answer | bool:
    """One detail of those in :func:`names`, as the script will use it. Raises DetailError."""
    field = script.find(name)
    if field is not None:
        return checked(field, value, script.language)
    if name not in script.switches:
        return _sound(name, value, script.language)
    if not isinstance(value, bool):
        raise DetailError("must be true or false", where=name)
    return value


def gathered(script: Script, used: Mapping[str, Answer | bool]) -> Listener:
    """The listener of what was :func:`weighed` one by one."""
    answers = {field.name: used[field.name] for field in script.fields if field.name in used}
    switches = {name: bool(used[name]) for name in script.switches if name in used}
    if "gentle" in script.switches:
        switches = {"gentle": not answers} | switches
    said = {name: str(used[name + SAID]) for name in answers if name + SAID in used}
    return Listener(answers, switches, said)


def _sound(name: str, value: object, language: str) -> str:
    """How an answer sounds, proven to be something a voice can say."""
    remedy = "As in: shiv-AWN, or its sounds as in: /ʃɪˈvɔːn/"
    if not isinstance(value, str):
        raise DetailError("must be text", where=name, remedy=remedy)
    refuse_crisis(value, name, language)
    try:
        pronunciation(value)
        return tidied(value)
    except ValueError as error:
        raise DetailError(str(error), where=name, remedy=remedy) from None


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, also in one that no field could hold."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple):
            waiting += each


def checked(field: Field, value: object, language: str = "en") -> Answer:
    """The answer as it will be used. Raises DetailError naming the field, never the value.

    ``language`` is that in which a listener in danger is pointed to help.
    """
    if isinstance(value, str):
        refuse_crisis(value, field.name, language)
    if field.kind == "whole":
        return _whole(field, value)
    if not isinstance(value, str):
        raise DetailError("must be text", where=field.name, remedy=_example(field))
    try:
        text = tidied(value)
    except ValueError as error:
        raise DetailError(str(error), where=field.name, remedy=_example(field)) from None
    if field.kind == "choice":
        chosen = {each.casefold(): each for each in field.choices}.get(text.casefold())
        if chosen is None:
            raise DetailError(f"must be one of {', '.join(field.choices)}", where=field.name)
        return chosen
    return text


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


def _is_small(answer: Answer) -> bool:
    """Whether it is a number like an age, which tells of nobody."""
    return isinstance(answer, int) and abs(answer) < _SMALL


def reveals(label: str, listener: Listener) -> bool:
    """Whether a label, which becomes a folder's name, contains a listener's answer."""

    def bare(text: str) -> str:  # a label has no accents, and José is told by jose
        apart = unicodedata.normalize("NFKD", text.casefold())
        return re.sub(r"[\W_]+", "", "".join(c for c in apart if not unicodedata.combining(c)))

    every = (*listener.answers.values(), *listener.said.values())
    answers = [str(each) for each in every if not _is_small(each)]
    words = re.findall(r"\w{3,}", " ".join(answers))
    names = [each for each in words if each[0].isupper() or len(each) > 6]
    told = [bare(each) for each in (*answers, *names)]
    parts = {bare(each) for each in re.split(r"[\W_]+", label)}
    whole = bare(label)
    return any((len(each) > 2 and each in whole) or each in parts for each in told if each)
