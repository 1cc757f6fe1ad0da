"""A script looked through: filled for listeners of every kind, planned, and held to the rules."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import islice, pairwise, product
from pathlib import Path
from typing import NamedTuple

from generator import personalise, plan, proofread, saying, script, speech, system, voices
from generator.audio import to_frames
from generator.errors import DetailError, LengthError, ScriptError, UsageError
from generator.model import (
    Answer,
    Cue,
    Edition,
    Field,
    Finding,
    Insert,
    Phrase,
    Placed,
    Script,
    Subject,
    Timeline,
    Usage,
    rephrased,
)

MOST_KINDS = 60
"""A script may have more kinds of listener than anybody has patience."""
MOST_NUMBERS = 20
MOST_SPANS = 8
PATIENCE_S = 30.0
"""No meditation takes so long; of what does, the usual listeners are tried, and that is said."""

_RECORDING_FRAMES = to_frames(20.0)
"""A recording is not decoded for this: how long it is changes no word."""


def proofread_script(target: str, folders: system.Folders) -> tuple[Finding, ...]:
    """All that is wrong with a script, which is named by its slug or by its file.

    What makes it no script at all is a finding like any other. Raises UsageError when there is no
    such script or file.
    """
    slug, where = _named(target, folders)
    try:
        text = script.source(slug, where)
        chosen = script.load(slug, where)
        script.inserts(chosen)
        return _Proof(chosen, script.usage(chosen, text), folders).findings()
    except ScriptError as error:
        return (proofread.refused(error),)


def _named(target: str, folders: system.Folders) -> tuple[str, tuple[Path, ...]]:
    """The slug, and the folders in which it is looked for."""
    if not target.endswith(".j2"):
        return target, folders.scripts
    if not Path(target).is_file():
        raise UsageError("there is no such file", where=target, remedy="Name a script, or a file.")
    slug, folder = script.slug_of(Path(target))
    return slug, (folder, *folders.scripts)


class _Kind(NamedTuple):
    """A kind of listener."""

    answers: Mapping[str, Answer]
    switches: Mapping[str, bool]
    usual: bool = True
    """One who is planned for at every length; the others change only words."""


class _Span(NamedTuple):
    """Lengths at which a script says the same."""

    minutes: float
    lengths_s: Sequence[float]
    """The shortest and the longest of them."""


class _Proof:
    """One script, and the listeners it is filled for."""

    def __init__(self, chosen: Script, usage: Usage, folders: system.Folders) -> None:
        self._script = chosen
        self._usage = usage
        self._spans = _spans(chosen, usage)
        known = saying.lexicon(folders.lexicon, chosen.language).entries
        voice = voices.load(voices.DEFAULT, folders.voices)
        self._estimate = partial(speech.estimate_frames, voice=voice)

        @cache
        def spoken(phrase: Phrase) -> Phrase:
            (said,) = saying.said((phrase,), chosen.language, known)
            return said if isinstance(said, Phrase) else phrase

        self._spoken: Callable[[Phrase], Phrase] = spoken

    def findings(self) -> tuple[Finding, ...]:
        """What cannot be made of it, and what is wrong with the rest."""
        impossible: dict[float, LengthError] = {}
        until_s = time.process_time() + PATIENCE_S  # a busy machine is no fault of a script
        waiting = deque(islice(_kinds(self._script), MOST_KINDS))
        editions: list[Edition] = []
        while waiting and time.process_time() < until_s:
            editions += self._editions(waiting.popleft(), impossible)
        subject = Subject(self._script, self._usage, tuple(editions))
        lengths = [proofread.impossible(subject, error) for error in impossible.values()]
        unread = [proofread.refused(_too_large(self._script))] if waiting else []
        return (*unread, *lengths, *proofread.findings(subject))

    def _editions(self, kind: _Kind, impossible: dict[float, LengthError]) -> Iterator[Edition]:
        for span in self._spans if kind.usual else self._spans[-1:]:
            cues = self._cues(kind, span.minutes)
            timelines: list[Timeline] = []
            for length_s in span.lengths_s if kind.usual else ():
                try:
                    timelines.append(self._planned([each.cue for each in cues], length_s))
                except LengthError as error:
                    impossible.setdefault(length_s, error)
            yield Edition(kind.switches.get("gentle", False), cues, tuple(timelines))

    def _cues(self, kind: _Kind, minutes: float) -> tuple[Placed, ...]:
        placed = script.placed(
            self._script,
            kind.answers,
            kind.switches,
            minutes,
            personalise.filters(self._script.language),
        )
        return tuple(Placed(rephrased(each.cue, self._spoken), each.place) for each in placed)

    def _planned(self, cues: Sequence[Cue], length_s: float) -> Timeline:
        def frames_of(voiced: Phrase | Insert) -> int:
            return _RECORDING_FRAMES if isinstance(voiced, Insert) else self._estimate(voiced)

        script = self._script
        return plan.outline(cues, frames_of, length_s, title=script.title, bed=script.bed)


def _too_large(chosen: Script) -> ScriptError:
    what = f"takes over {PATIENCE_S:g} s to look through, and was so only in part"
    return ScriptError(what, where=str(chosen.path), remedy="Make it simpler.")


def _spans(chosen: Script, usage: Usage) -> list[_Span]:
    """The lengths a script promises, parted where it begins to say something else."""
    least, most = chosen.least_s / 60.0, chosen.most_s / 60.0
    starts = [least, *(mark for mark in usage.minutes if least < mark <= most)]
    ends = [*(max(start, after - 0.5) for start, after in pairwise(starts)), most]
    spans = [
        _Span(start, tuple(dict.fromkeys((60.0 * start, 60.0 * end))))
        for start, end in zip(starts, ends, strict=True)
    ]
    return [*spans[: MOST_SPANS - 1], spans[-1]] if len(spans) > MOST_SPANS else spans


def _kinds(chosen: Script) -> Iterator[_Kind]:
    """Listeners who tell nothing, all, and each of them with and without every switch.

    Then those who choose and count otherwise, one answer at a time.
    """
    told = {field.name: _example(field) for field in chosen.fields}
    others = [name for name in chosen.switches if name != "gentle"]
    gentle = (True, False) if "gentle" in chosen.switches else (False,)
    for answers, mild, on in product(
        ({}, told) if told else ({},), gentle, (False, True) if others else (False,)
    ):
        yield _Kind(answers, {"gentle": mild, **dict.fromkeys(others, on)})
    for field in chosen.fields:
        for answer in _others(field):
            yield _Kind({**told, field.name: answer}, dict.fromkeys(others, True), usual=False)


def _example(field: Field) -> Answer:
    """An answer as its author imagines it, or any that the field takes."""
    try:
        return personalise.checked(field, field.example)
    except DetailError:
        plain = field.choices[0] if field.kind == "choice" else "Sam"
        return field.least if field.kind == "whole" else plain


def _others(field: Field) -> Sequence[Answer]:
    """Answers under which a script may say something else."""
    if field.kind == "whole":
        step = max(1, (field.most - field.least) // MOST_NUMBERS)
        return range(field.least, field.most + 1, step)
    return field.choices
