"""From cues to steps: each sound with the silence after it, and what begins with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from generator.audio import GRID_FRAMES, RATE_HZ, to_frames, to_seconds
from generator.errors import LengthError, ScriptError
from generator.model import Beat, BedChange, Bell, Chapter, Cue, Echo, Insert, Pause, Phrase

FramesOf = Callable[[Phrase | Insert], int]
"""How long it sounds: a phrase as the voice says it, a recording as it is."""

TAIL_S = 4.0
"""After the last word at the least."""
BELL_TAIL_S = 14.0
"""After a last bell at the least: it rings out."""
STRIKES_APART_S = 3.5
BELL_GAP = Pause(8.0, 8.0, 8.0, "bell")
"""After a bell, unless its author wrote a pause: by then it has fallen under -50 dBFS."""
LEAST_GAP_S = GRID_FRAMES / RATE_HZ
"""Between any two sounds: room for the second to start on the grid without touching the first."""
MOST_UNBROKEN_S = 180.0
_NO_GAP = Pause(LEAST_GAP_S, LEAST_GAP_S, LEAST_GAP_S, "sentence")
_OURS = frozenset({"sentence", "paragraph"})
"""Gaps the house puts in; any pause an author wrote replaces them."""


@dataclass(frozen=True)
class Step:
    """One sound, the silence after it, and what begins with it."""

    sound: Phrase | Insert | Bell | Beat
    """A beat here is a phase of a breath without words."""
    frames: int
    gap: Pause
    chapter: str | None = None
    bed: str | None = None
    breath: Beat | None = None
    """The phase of a breath that begins with it, spoken or not."""


def steps_of(cues: Iterable[Cue], frames_of: FramesOf) -> tuple[Step, ...]:
    """Every sound in order; the silence after the last is long enough for the track to end well.

    Raises ScriptError when nothing sounds, LengthError when a breath is too short for its words.
    """
    steps: list[Step] = []
    pauses: list[Pause] = []
    chapter: str | None = None
    bed: str | None = None
    for cue in cues:
        if isinstance(cue, Chapter):
            chapter = cue.title
        elif isinstance(cue, BedChange):
            bed = cue.name
        elif isinstance(cue, Pause):
            pauses.append(cue)
        else:
            _close(steps, pauses)
            sound, frames, pauses = _sounding(cue, frames_of)
            breath = cue if isinstance(cue, Beat) else None
            steps.append(Step(sound, frames, _NO_GAP, chapter, bed, breath))
            chapter = bed = None
    if not steps:
        raise ScriptError("makes no sound")
    _close(steps, pauses)
    end_s = BELL_TAIL_S if isinstance(steps[-1].sound, Bell) else TAIL_S
    ending = replace(_no_less(steps[-1].gap, end_s), origin="edge")
    steps[-1] = replace(steps[-1], gap=ending)
    return tuple(steps)


def chapters_of(steps: Sequence[Step], title: str) -> list[tuple[str, int]]:
    """Every chapter in order, each with the number of its first step.

    What comes before the first is called ``title``; an opening bell belongs to the first chapter.
    """
    begins = [(step.chapter, index) for index, step in enumerate(steps) if step.chapter]
    voiced = (i for i, step in enumerate(steps) if isinstance(step.sound, Phrase | Insert))
    opening = next(voiced, 0)
    if not begins or begins[0][1] > opening:
        begins.insert(0, (title, 0))
    begins[0] = (begins[0][0], 0)
    return begins


def inherent_frames(cue: Cue, frames_of: FramesOf) -> int:
    """The silence that belongs to a sound by itself, whatever is written after it."""
    if isinstance(cue, Pause | Chapter | BedChange):
        return 0
    return sum(to_frames(pause.natural_s) for pause in _sounding(cue, frames_of)[2])


def _sounding(
    cue: Phrase | Insert | Bell | Beat | Echo, frames_of: FramesOf
) -> tuple[Phrase | Insert | Bell | Beat, int, list[Pause]]:
    """What sounds, for how many frames, and the silence that belongs to it."""
    if isinstance(cue, Bell):
        return cue, (cue.times - 1) * to_frames(STRIKES_APART_S), []
    if isinstance(cue, Beat):
        return _phase(cue, frames_of)
    if isinstance(cue, Insert):
        return cue, frames_of(cue), []
    phrase = cue if isinstance(cue, Phrase) else cue.phrase
    frames = frames_of(phrase)
    if isinstance(cue, Echo):
        time_s = 1.5 * to_seconds(frames)
        return phrase, frames, [Pause(time_s, time_s, time_s)]
    return phrase, frames, []


def _phase(beat: Beat, frames_of: FramesOf) -> tuple[Phrase | Beat, int, list[Pause]]:
    """A phase of a breath: its words, or none, and the rest of its time."""
    frames = frames_of(beat.phrase) if beat.phrase else 0
    left_s = beat.span_s - to_seconds(frames)
    if beat.phrase and left_s < LEAST_GAP_S:
        raise LengthError(
            f"'{beat.phrase.text}' takes {to_seconds(frames):.1f} s to say,"
            f" too long for the {beat.span_s:g} s of that part of the breath",
            remedy="Give the breath more time, or the voice a quicker pace.",
        )
    return beat.phrase or beat, frames, [Pause(left_s, left_s, left_s, "breath")]


def _close(steps: list[Step], pauses: Sequence[Pause]) -> None:
    """Give the last step the silence that was written after it."""
    if steps:
        steps[-1] = replace(steps[-1], gap=_as_one(pauses, isinstance(steps[-1].sound, Bell)))


def _as_one(pauses: Sequence[Pause], after_bell: bool) -> Pause:
    """Several pauses in a row as one."""
    written = [pause for pause in pauses if pause.origin not in _OURS]
    if after_bell and not written:
        return BELL_GAP
    counted = written or pauses[-1:]
    if not counted:
        return _NO_GAP
    natural_s = sum(pause.natural_s for pause in counted)
    if any(pause.origin == "rest" for pause in counted):
        natural_s = min(natural_s, MOST_UNBROKEN_S)
    least_s = min(natural_s, sum(pause.least_s for pause in counted))
    most_s = max(natural_s, min(MOST_UNBROKEN_S, sum(pause.most_s for pause in counted)))
    return _no_less(Pause(natural_s, least_s, most_s, counted[-1].origin), LEAST_GAP_S)


def _no_less(pause: Pause, floor_s: float) -> Pause:
    return replace(
        pause,
        natural_s=max(pause.natural_s, floor_s),
        least_s=max(pause.least_s, floor_s),
        most_s=max(pause.most_s, floor_s),
    )
