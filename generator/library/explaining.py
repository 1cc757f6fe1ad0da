"""Why a track is made again, down to the sentences that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from generator import pipeline, shelf, transcript
from generator.errors import CheckError
from generator.model import Phrase, Standing, Timeline

_OF_SENTENCES = ("script", "details of the course")
_MOST_CHARACTERS = 60


def reasons(each: Standing, folder: Path) -> tuple[str, ...]:
    """Why a track that is ordered is to be made, one reason a line; nothing if it is there.

    Sentences that speak a listener's detail are counted and not shown. Raises a MeditationError
    when the track cannot be.
    """
    if not set(each.why) & set(_OF_SENTENCES):
        return each.why
    return (*each.why, *_sentences(each, folder))


def _sentences(each: Standing, folder: Path) -> Iterator[str]:
    before = _timeline(folder / each.order.path)
    if before is None:
        return
    job = each.order.job
    old, new = _said(before), _said(pipeline.outline(job, pipeline.cues_of(job)))
    for told, phrases in (("new", new - old), ("gone", old - new)):
        hidden = sum(number for phrase, number in phrases.items() if phrase[1])
        for text, personal in phrases:
            if not personal:
                yield f"  {told}: {_short(text)}"
        if hidden:
            yield f"  {told}: {hidden} with a detail"


def _timeline(track: Path) -> Timeline | None:
    try:
        return transcript.timeline_from(shelf.sidecar(track))
    except CheckError:
        return None


def _said(timeline: Timeline) -> Counter[tuple[str, bool]]:
    phrases: list[Phrase] = [each.phrase for each in timeline.spoken]
    return Counter((each.text, each.personal) for each in phrases)


def _short(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
