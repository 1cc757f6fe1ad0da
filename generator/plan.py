"""Where every sound of the track goes, to the sample.

Two doors, because the length of speech is known only after speaking: :func:`outline` works from an
estimate and refuses early, :func:`settle` from the real clips. Both share what time is left among
the pauses in proportion to their natural length, within the bounds their author set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from generator.audio import GRID_FRAMES, RATE_HZ, clock, to_frames, to_seconds
from generator.errors import LengthError, ScriptError
from generator.model import (
    Beat,
    BedChange,
    BedSpan,
    Bell,
    Chapter,
    Cue,
    Echo,
    Pause,
    Phrase,
    Script,
    Section,
    Silence,
    Spoken,
    Strike,
    Timeline,
)

FramesOf = Callable[[Phrase], int]

LEAD_S = 1.5
"""Before the first sound: the bed fades in, and no first word is lost to a player's start."""
TAIL_S = 4.0
"""After the last word at the least."""
BELL_TAIL_S = 14.0
"""After a last bell at the least: it rings out."""
BELL_GAP = Pause(5.0, 5.0, 5.0, "bell")
"""After a bell, unless its author wrote a pause."""
LEAST_GAP_S = GRID_FRAMES / RATE_HZ
"""Between any two sounds: room for the second to start on the grid without touching the first."""
MOST_UNBROKEN_S = 180.0
ESTIMATE_MISSES = 0.05
"""An estimate is trusted to this share of the length."""
_CHAPTER_LEAD_S = 0.5
"""A chapter begins this long before its first sound: players seek to the nearest packet."""
_OURS = frozenset({"sentence", "paragraph"})
"""Gaps the house puts in; any pause an author wrote replaces them."""


@dataclass
class _Step:
    """One sound, the silence after it, and what begins with it."""

    sound: Phrase | Bell
    frames: int
    pauses: list[Pause] = field(default_factory=list)
    chapter: str | None = None
    bed: str | None = None

    def gap(self) -> Pause:
        """The silence after this sound as one pause."""
        written = [pause for pause in self.pauses if pause.origin not in _OURS]
        if isinstance(self.sound, Bell) and not written:
            return BELL_GAP
        counted = written or self.pauses[-1:]
        natural_s = sum(pause.natural_s for pause in counted)
        if any(pause.origin == "rest" for pause in counted):
            natural_s = min(natural_s, MOST_UNBROKEN_S)
        least_s = min(natural_s, sum(pause.least_s for pause in counted))
        most_s = max(natural_s, min(MOST_UNBROKEN_S, sum(pause.most_s for pause in counted)))
        return Pause(
            max(LEAST_GAP_S, natural_s),
            max(LEAST_GAP_S, least_s),
            max(LEAST_GAP_S, most_s),
            counted[-1].origin if counted else "sentence",
        )


def suits(script: Script, length_s: float | None) -> None:
    """Raise LengthError when the script is not meant to last so long or so short."""
    if length_s is not None and not script.least_s <= length_s <= script.most_s:
        raise LengthError(
            f"'{script.slug}' is meant to last from {script.least_s / 60:g} to"
            f" {script.most_s / 60:g} minutes, not {clock(to_frames(length_s))}",
            remedy="Ask for a length between the two, or for --length natural.",
        )


def outline(
    cues: Sequence[Cue], frames_of: FramesOf, length_s: float | None, *, title: str, bed: str
) -> Timeline:
    """The timeline as far as an estimate of the speech can tell.

    ``length_s`` of None is the natural length. Raises LengthError when the asked length misses what
    is possible by more than the estimate may be wrong.
    """
    steps = _steps(cues, frames_of)
    asked = None if length_s is None else to_frames(length_s)
    if asked is not None:
        least, most = _bounds(steps)
        slack = round(asked * ESTIMATE_MISSES)
        if not least - slack <= asked <= most + slack:
            raise _impossible(steps, asked, estimated=True)
        asked = min(max(asked, least), most)
    return _timeline(steps, asked, title, bed)


def settle(
    cues: Sequence[Cue], frames_of: FramesOf, length_s: float | None, *, title: str, bed: str
) -> Timeline:
    """The timeline from the real length of every clip; it ends on the asked sample.

    Raises LengthError with the least and the greatest possible length, and what decides them.
    """
    steps = _steps(cues, frames_of)
    asked = None if length_s is None else to_frames(length_s)
    if asked is not None:
        least, most = _bounds(steps)
        if not least <= asked <= most:
            raise _impossible(steps, asked, estimated=False)
    return _timeline(steps, asked, title, bed)


# --- cues to steps ----------------------------------------------------------------------------


def _steps(cues: Iterable[Cue], frames_of: FramesOf) -> list[_Step]:
    steps: list[_Step] = []
    chapter: str | None = None
    bed: str | None = None
    for cue in cues:
        if isinstance(cue, Chapter):
            chapter = cue.title
        elif isinstance(cue, BedChange):
            bed = cue.name
        elif isinstance(cue, Pause):
            if steps:
                steps[-1].pauses.append(cue)
        else:
            step = _sounding(cue, frames_of)
            step.chapter, step.bed = chapter, bed
            chapter = bed = None
            steps.append(step)
    if not steps:
        raise ScriptError("makes no sound")
    return steps


def _sounding(cue: Phrase | Bell | Beat | Echo, frames_of: FramesOf) -> _Step:
    if isinstance(cue, Bell):
        return _Step(cue, 0)
    phrase = cue if isinstance(cue, Phrase) else cue.phrase
    frames = frames_of(phrase)
    if isinstance(cue, Echo):
        time_s = 1.5 * to_seconds(frames)
        return _Step(phrase, frames, [Pause(time_s, time_s, time_s)])
    if isinstance(cue, Beat):
        left_s = cue.span_s - to_seconds(frames)
        if left_s < LEAST_GAP_S:
            raise LengthError(
                f"'{phrase.text}' takes {to_seconds(frames):.1f} s to say,"
                f" too long for the {cue.span_s:g} s of that part of the breath",
                remedy="Give the breath more time, or the voice a quicker pace.",
            )
        return _Step(phrase, frames, [Pause(left_s, left_s, left_s, "breath")])
    return _Step(phrase, frames)


# --- sharing the time -------------------------------------------------------------------------


def _gaps(steps: Sequence[_Step]) -> list[Pause]:
    """The silence after each step; the last one is long enough for the track to end well."""
    gaps = [step.gap() for step in steps]
    end_s = BELL_TAIL_S if isinstance(steps[-1].sound, Bell) else TAIL_S
    last = gaps[-1]
    gaps[-1] = Pause(
        max(last.natural_s, end_s), max(last.least_s, end_s), max(last.most_s, end_s), "edge"
    )
    return gaps


def _fixed(steps: Sequence[_Step]) -> int:
    return to_frames(LEAD_S) + sum(step.frames for step in steps)


def _bounds(steps: Sequence[_Step]) -> tuple[int, int]:
    """Least and greatest possible length, in frames."""
    gaps, fixed = _gaps(steps), _fixed(steps)
    least = sum(to_frames(gap.least_s) for gap in gaps)
    return fixed + least, fixed + sum(to_frames(gap.most_s) for gap in gaps)


def _shared(gaps: Sequence[Pause], total: int | None) -> list[int]:
    """Frames for each pause, ``total`` in all, each its natural length times one common factor.

    A pause that meets a bound stays there and the others take the rest. No pause shrinks when the
    total grows. ``total`` must lie within the sums of the bounds; None is every natural length.
    """
    natural = [to_frames(gap.natural_s) for gap in gaps]  # never 0: see LEAST_GAP_S
    if total is None:
        return natural
    least = [to_frames(gap.least_s) for gap in gaps]
    most = [to_frames(gap.most_s) for gap in gaps]

    def stretched(factor: float) -> list[int]:
        return [
            min(max(int(one * factor), low), high)
            for one, low, high in zip(natural, least, most, strict=True)
        ]

    low, high = 0.0, 1.0 + max(top / one for one, top in zip(natural, most, strict=True))
    for _halving in range(80):
        factor = (low + high) / 2.0
        if sum(stretched(factor)) <= total:
            low = factor
        else:
            high = factor
    frames = stretched(low)
    left = total - sum(frames)
    for index, next_frames in enumerate(stretched(high)):  # those due for a frame more
        extra = min(left, next_frames - frames[index])
        frames[index] += extra
        left -= extra
    return frames


def _sayable(least: int, most: int) -> tuple[int, int]:
    """The bounds in whole seconds, as a person can ask for them, if any lie between."""
    inner = -(-least // RATE_HZ) * RATE_HZ, most // RATE_HZ * RATE_HZ
    return inner if inner[0] <= inner[1] else (least, most)


def _impossible(steps: Sequence[_Step], asked: int, *, estimated: bool) -> LengthError:
    least, most = _bounds(steps)
    shown_least, shown_most = _sayable(least, most)
    gaps = _gaps(steps)
    speech = sum(step.frames for step in steps)
    rigid = sum(to_frames(gap.least_s) for gap in gaps if gap.least_s == gap.most_s)
    shortest = least - speech - rigid - to_frames(LEAD_S)
    about = "about " if estimated else ""
    decides = (
        f"the voice needs {clock(speech)}, the gaps between sentences and bells {clock(rigid)}, and"
        f" the shortest pauses its author allows {clock(shortest)}"
        if asked < least
        else f"the voice fills {clock(speech)}, and then every pause is as long as it may be"
    )
    return LengthError(
        f"the track cannot last {clock(asked)}: with these details and this voice it lasts"
        f" {about}{clock(shown_least)} at the least and {about}{clock(shown_most)} at the most;"
        f" {decides}",
        remedy="Ask for a length between the two, or for --length natural.",
    )


# --- steps to the timeline --------------------------------------------------------------------


def _timeline(steps: Sequence[_Step], asked: int | None, title: str, bed: str) -> Timeline:
    gaps = _gaps(steps)
    frames = _shared(gaps, None if asked is None else asked - _fixed(steps))
    total = asked or _fixed(steps) + sum(frames)
    starts = list(_starts(steps, frames))
    ends = [start + step.frames for start, step in zip(starts, steps, strict=True)]
    following = [*starts[1:], total]
    silences = tuple(
        Silence(end, after - end, gap.origin)
        for end, after, gap in zip(ends, following, gaps, strict=True)
        if after > end
    )
    placed = list(zip(steps, starts, strict=True))
    return Timeline(
        frames=total,
        spoken=tuple(
            Spoken(step.sound, start, step.frames)
            for step, start in placed
            if isinstance(step.sound, Phrase)
        ),
        silences=silences,
        strikes=tuple(
            Strike(step.sound.kind, start) for step, start in placed if isinstance(step.sound, Bell)
        ),
        sections=_sections(placed, ends, total, title),
        beds=_beds(placed, ends, bed),
    )


def _starts(steps: Sequence[_Step], frames: Sequence[int]) -> Iterator[int]:
    """Where each sound starts: phrases on the MP3 frame grid, without the error adding up."""
    exact = to_frames(LEAD_S)
    free_from = 0
    for step, gap in zip(steps, frames, strict=True):
        start = exact
        if isinstance(step.sound, Phrase):
            start = round(exact / GRID_FRAMES) * GRID_FRAMES
            if start < free_from:
                start = -(-free_from // GRID_FRAMES) * GRID_FRAMES
        yield start
        free_from = start + step.frames
        exact += step.frames + gap


def _marks(placed: Sequence[tuple[_Step, int]], ends: Sequence[int]) -> Iterator[tuple[_Step, int]]:
    """Each step with the frame at which what begins with it begins: a little before its sound."""
    free_from = 0
    for (step, start), end in zip(placed, ends, strict=True):
        yield step, max(start - to_frames(_CHAPTER_LEAD_S), (free_from + start) // 2)
        free_from = end


def _sections(
    placed: Sequence[tuple[_Step, int]], ends: Sequence[int], total: int, title: str
) -> tuple[Section, ...]:
    begins = [(step.chapter, at) for step, at in _marks(placed, ends) if step.chapter]
    first_word = next(
        (i for i, (step, _) in enumerate(placed) if isinstance(step.sound, Phrase)), 0
    )
    if not any(step.chapter for step, _at in placed[: first_word + 1]):
        begins.insert(0, (title, 0))
    begins[0] = (begins[0][0], 0)  # an opening bell belongs to the first chapter
    after = [at for _title, at in begins[1:]] + [total]
    return tuple(
        Section(name or title, at, until) for (name, at), until in zip(begins, after, strict=True)
    )


def _beds(
    placed: Sequence[tuple[_Step, int]], ends: Sequence[int], first: str
) -> tuple[BedSpan, ...]:
    spans = [BedSpan(placed[0][0].bed or first, 0)]
    for step, at in _marks(placed, ends):
        if step.bed and step.bed != spans[-1].name:
            spans.append(BedSpan(step.bed, at))
    return tuple(spans)
