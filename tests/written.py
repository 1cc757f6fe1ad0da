"""Scripts written for one test, and what they become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.model import Answer, Beat, Cue, Echo, Field, Phrase, Script
from generator.personalise import FILTERS
from generator.script import fill

FIRST_LINE = 20
"""Line of the file on which every body written here starts."""
FIELDS = (
    Field("name", "What would you like to be called?", "Sam"),
    Field("care_object", "Who or what warms you?", "my old dog Biscuit"),
    Field("pronoun", "Which word fits?", "he", "choice", choices=("she", "he", "they", "it")),
    Field("age", "At what age?", "7", "whole", least=3, most=17),
)


def script(body: str, **given: Any) -> Script:
    """A script of that body; everything else is as plain as can be."""
    plain: dict[str, Any] = {
        "slug": "small",
        "title": "A Small Script",
        "summary": "For a test.",
        "kind": "practice",
        "language": "en",
        "sources": (),
        "least_s": 60.0,
        "most_s": 1500.0,
        "switches": ("gentle",),
        "bed": "none",
        "fields": FIELDS,
        "lists": {},
        "body_line": FIRST_LINE,
        "path": Path("small.j2"),
    }
    return Script(body=body, **{**plain, **given})


def filled(
    body: str,
    answers: Mapping[str, Answer] | None = None,
    *,
    switches: Mapping[str, bool] | None = None,
    minutes: float = 12,
    **given: Any,
) -> tuple[Cue, ...]:
    return fill(script(body, **given), answers or {}, switches or {}, minutes, FILTERS)


def phrases(cues: Iterable[Cue]) -> list[Phrase]:
    """All that is spoken, in order."""
    spoken = (cue.phrase if isinstance(cue, Echo | Beat) else cue for cue in cues)
    return [each for each in spoken if isinstance(each, Phrase)]


def texts(cues: Iterable[Cue]) -> list[str]:
    return [each.text for each in phrases(cues)]
