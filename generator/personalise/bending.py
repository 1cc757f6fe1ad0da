"""What a listener tells us: read, checked, kept; and how it bends to fit a sentence.

Everything here is confidential. Messages name the field and never repeat what it held.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from generator.errors import DetailError, UsageError, nearest
from generator.model import Answer, Field, Listener, Script

MAX_CHARACTERS = 120
MAX_BYTES = 64 * 1024

_UNSAYABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories no detail needs: control, format, surrogate, private, unassigned, breaks."""
_MARKUP = re.compile(r"[\[\]{}<>|\\]")
_SELF_HARM = re.compile(
    r"\b(suicid\w*|kill(?:ing)?\s+(?:my\s?self|me)|self[\s-]?harm\w*|no\s+reason\s+to\s+live"
    r"|end(?:ing)?\s+(?:my\s+(?:own\s+)?life|it\s+all)|tak(?:e|ing)\s+my\s+own\s+life"
    r"|(?:hurt|cut|harm|hang)(?:ting|ing)?\s+my\s?self|better\s+off\s+dead"
    r"|(?:want|wish)\w*\s+(?:i\s+(?:was|were)|to\s+be|to)\s+(?:dead|die)"
    r"|(?:not|don['’]?t)\s+want\s+to\s+(?:live|be\s+alive))\b",
    re.IGNORECASE,
)


# --- reading and keeping ----------------------------------------------------------------------


def read_listener(path: Path | None) -> dict[str, object]:
    """What a listener file says, unchecked: TOML or JSON; ``None`` reads standard input.

    Raises DetailError when it is missing, too large or broken.
    """
    where = str(path) if path else "standard input"
    try:
        if path:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        else:
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    except OSError as error:
        raise DetailError(f"cannot be read ({error.strerror})", where=where) from error
    if len(raw) > MAX_BYTES:
        raise DetailError(f"is longer than {MAX_BYTES // 1024} KiB", where=where)
    try:
        text = raw.decode("utf-8-sig")
        parsed = _json(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"{where}:{line[1]}" if line else where
        raise DetailError(
            "is neither valid TOML nor valid JSON", where=place, remedy='As in: name = "Sam"'
        ) from None
    return parsed


def _json(text: str) -> dict[str, object]:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        table = dict(pairs)
        if len(table) < len(pairs):
            raise ValueError("a key stands twice")
        return table

    parsed = json.loads(text, object_pairs_hook=unique)
    if not isinstance(parsed, dict):
        raise ValueError("not a table")
    return parsed


def listener_toml(listener: Listener) -> str:
    """The answers as a listener file that :func:`read_listener` reads back."""
    lines = [
        f"{name} = {json.dumps(answer, ensure_ascii=False)}" for name, answer in _all(listener)
    ]
    return "\n".join(lines) + "\n"


def _all(listener: Listener) -> Iterable[tuple[str, Answer | bool]]:
    yield from listener.answers.items()
    yield from listener.switches.items()


# --- checking ---------------------------------------------------------------------------------


def check(
    script: Script, supplied: Mapping[str, object], *, elsewhere: Collection[str] = ()
) -> Listener:
    """The listener this script knows, of what was supplied.

    Names in ``elsewhere`` belong to other scripts and are passed over: one file serves a whole
    course. Raises DetailError at the first field that will not do, UsageError for a name that no
    script knows.
    """
    answers: dict[str, Answer] = {}
    switches: dict[str, bool] = {}
    known = {each.name for each in script.fields} | set(script.switches)
    for name, value in supplied.items():
        field = script.find(name)
        if field is not None:
            answers[name] = checked(field, value)
        elif name in script.switches:
            if not isinstance(value, bool):
                raise DetailError("must be true or false", where=name)
            switches[name] = value
        elif name not in elsewhere:
            raise UsageError(
                f"there is no field '{_plain(name)}'", remedy=nearest(name, known | set(elsewhere))
            )
    switches = {"gentle": not answers} | switches if "gentle" in script.switches else switches
    return Listener(answers, switches)


def checked(field: Field, value: object) -> Answer:
    """The answer as it will be used. Raises DetailError naming the field, never the value."""
    if field.kind == "whole":
        return _whole(field, value)
    if not isinstance(value, str):
        raise DetailError("must be text", where=field.name, remedy=_example(field))
    text = unicodedata.normalize("NFC", value).strip()
    if _SELF_HARM.search(text):
        raise DetailError(
            "speaks of suicide or self-harm, and a recording is not the right company for that",
            where=field.name,
            remedy=crisis_line(),
        )
    _refuse_unsayable(field, text)
    text = " ".join(text.split())
    if field.kind == "choice":
        chosen = {each.casefold(): each for each in field.choices}.get(text.casefold())
        if chosen is None:
            raise DetailError(f"must be one of {', '.join(field.choices)}", where=field.name)
        return chosen
    return text


def _refuse_unsayable(field: Field, text: str) -> None:
    wrong = ""
    if not text:
        wrong = "is empty; leave it out instead"
    elif len(text) > MAX_CHARACTERS:
        wrong = f"has {len(text)} characters; at most {MAX_CHARACTERS} can be woven into a sentence"
    elif "\n" in text or "\r" in text:
        wrong = "has more than one line"
    elif any(unicodedata.category(each) in _UNSAYABLE for each in text):
        wrong = "has a character that cannot be spoken"
    elif _MARKUP.search(text):
        wrong = "has brackets or markup, which cannot be spoken"
    elif not any(each.isalnum() for each in text):
        wrong = "has nothing that can be spoken"
    if wrong:
        raise DetailError(wrong, where=field.name, remedy=_example(field))


def _whole(field: Field, value: object) -> int:
    text = value.strip() if isinstance(value, str) else value
    bounds = f"must be a whole number from {field.least} to {field.most}"
    if isinstance(text, str) and re.fullmatch(r"\d{1,4}", text, re.ASCII):
        text = int(text)
    if not isinstance(text, int) or isinstance(text, bool):
        raise DetailError(bounds, where=field.name, remedy=_example(field))
    if not field.least <= text <= field.most:
        raise DetailError(bounds, where=field.name)
    return text


def crisis_line() -> str:
    """The line a person in need is pointed to, as the publisher configured it."""
    import os

    return os.environ.get("MEDITATE_SUPPORT_LINE") or (
        "Please talk to someone now: the emergency number where you are, or a crisis line."
    )


def _example(field: Field) -> str:
    return f"As in: {field.example}" if field.example else ""


def _plain(name: str) -> str:
    """A name that could be a field's; what else stands in its place may be an answer."""
    return name if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) else "?"


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


# --- bending ----------------------------------------------------------------------------------

_SECOND_PERSON: tuple[tuple[str, str], ...] = (
    (r"\bI['’]m\b", "you're"),
    (r"\bI['’](ve|ll|d)\b", r"you'\1"),
    (r"\bam I\b", "are you"),
    (r"\bwas I\b", "were you"),
    (r"\bI am\b", "you are"),
    (r"\bI was(n['’]t)?\b", r"you were\1"),
    (r"\bI\b", "you"),
    (r"\bmyself\b", "yourself"),
    (r"\bMyself\b", "Yourself"),
    (r"\b(of|is|was|are|were) mine\b", r"\1 yours"),
    (r"\bmy\b", "your"),
    (r"\bMy\b", "Your"),
    (r"\bme\b", "you"),
    (r"\bMe\b", "You"),
)

_PRONOUNS: Mapping[str, tuple[str, str, str]] = {
    "she": ("she", "her", "her"),
    "he": ("he", "him", "his"),
    "it": ("it", "it", "its"),
    "they": ("they", "them", "their"),
}


def yours(text: str) -> str:
    """The listener's own words said to them: "my old dog" becomes "your old dog"."""
    for pattern, replacement in _SECOND_PERSON:
        text = re.sub(pattern, replacement, text)
    return text


def possessive(text: str) -> str:
    """Biscuit's; after a plural s the apostrophe alone would do, but speech cannot tell."""
    return f"{text}'s"


def article(text: str) -> str:
    """The text with "a" or "an" before it, by sound."""
    import inflect

    return str(inflect.engine().a(text))


def words(number: str | int) -> str:
    """A whole number in words: 7 becomes "seven"."""
    import num2words

    return str(num2words.num2words(int(number)))


def they(pronoun: str) -> str:
    """She, he, they or it, as a subject."""
    return _PRONOUNS[pronoun][0]


def them(pronoun: str) -> str:
    """Her, him, them or it."""
    return _PRONOUNS[pronoun][1]


def their(pronoun: str) -> str:
    """Her, his, their or its."""
    return _PRONOUNS[pronoun][2]


def agrees(pronoun: str, one: str, many: str) -> str:
    """The verb that fits the pronoun: ``one`` after she, he and it, ``many`` after they."""
    return many if pronoun == "they" else one


FILTERS: Mapping[str, Callable[..., str]] = {
    each.__name__: each for each in (yours, possessive, article, words, they, them, their, agrees)
}
