"""Whether there is time for what is asked: silence, and how it lies among the words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from generator.audio import to_frames, to_seconds
from generator.model import Edition, Place, Subject, Timeline, phrases_in
from generator.proofread.said import Fault, place_of, said_in
from generator.proofread.words import words_of

LEAST_SILENCE, MOST_SILENCE = 0.35, 0.80
LEAST_SILENCE_OF_A_TALK = 0.10
MOST_TALK_S = 240.0
SOON_SENTENCES = 5
"""An invitation may be unfolded in so many sentences, itself among them, before there is time."""

_LEAST_TIME_S = 2.0
_GAPS = ("sentence", "paragraph")


def no_time(subject: Subject) -> Iterator[Fault]:
    """Invitations to do something, with no time to do it."""
    words = words_of(subject.script.language)
    if words is None or subject.script.kind == "talk":
        return
    for edition in subject.editions:
        said = said_in(edition)
        for index, each in enumerate(said):
            if not words.invites.match(each.text):
                continue
            soon = [s for s in said[index : index + SOON_SENTENCES] if s.chapter == each.chapter]
            if all(s.written_s < _LEAST_TIME_S for s in soon):
                yield Fault(each.place, "an invitation has no time after it")


def silence_share(subject: Subject) -> Iterator[Fault]:
    """Lengths at which it is hurried, or hardly there."""
    least = LEAST_SILENCE_OF_A_TALK if subject.script.kind == "talk" else LEAST_SILENCE
    for edition in subject.editions:
        for timeline in edition.timelines:
            share = timeline.silence_share
            if not least <= share <= MOST_SILENCE:
                minutes = to_seconds(timeline.frames) / 60.0
                yield Fault(
                    place_of(subject, "lengths"),
                    f"at {minutes:.3g} minutes {'less' if share < least else 'more'} of it is"
                    f" silence than {least if share < least else MOST_SILENCE:.0%}",
                )


def no_rest(subject: Subject) -> Iterator[Fault]:
    """Minutes of talk with nothing but the gaps between sentences."""
    for edition in subject.editions:
        for timeline in edition.timelines:
            for index in _talked(timeline):
                place = _places(edition)[index]
                yield Fault(place, "from here on it talks for over four minutes without a pause")


def _talked(timeline: Timeline) -> Iterator[int]:
    """The number of the phrase at which each stretch begins that is too long."""
    rests = [
        each.start_frame + each.frames
        for each in timeline.silences
        if each.origin not in _GAPS and each.frames >= to_frames(_LEAST_TIME_S)
    ]
    rests = sorted([*rests, *(each.end_frame for each in timeline.inserts)])
    began, told = 0, False
    for index, each in enumerate(timeline.spoken):
        before = timeline.spoken[index - 1].end_frame if index else 0
        last = bisect_right(rests, each.start_frame)
        if not index or (last and rests[last - 1] >= before):
            began, told = index, False
        length = each.end_frame - timeline.spoken[began].start_frame
        if length > to_frames(MOST_TALK_S) and not told:
            told = True
            yield began


def _places(edition: Edition) -> list[Place]:
    """Where each phrase of a timeline is written."""
    return [each.place for each in edition.cues if phrases_in((each.cue,))]
