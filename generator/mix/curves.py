"""How beds and breaths rise and fall: each level as a function of the frame and the timeline."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import to_frames
from generator.model import Duck, Inserted, Spoken, Timeline

if TYPE_CHECKING:
    import numpy.typing as npt

    Frames = npt.NDArray[np.int_]
    Curve = npt.NDArray[np.float32]

END_S = 2.0
"""Whatever still rings at the end of the track goes down over this long."""
FADE_IN_S = 3.0
FADE_OUT_S = 6.0
BED_CROSSFADE_S = 8.0
_RISE_GRID_FRAMES = to_frames(2.4)


@dataclass(frozen=True)
class Breakpoints:
    """A curve from 0 to 1: level between its points, cosine-shaped on the way."""

    frames: Sequence[float]
    values: Sequence[float]

    def at(self, start: int, frames: int) -> Curve:
        """The curve over some frames; where it does not move, its one value, shape ``(1,)``."""
        stop = start + frames
        inside = self.frames[bisect_right(self.frames, start) : bisect_left(self.frames, stop)]
        edges = [start, *map(math.ceil, inside), stop]
        ends = np.interp((start, *inside, stop), self.frames, self.values).tolist()
        if not inside and ends[0] == ends[1]:
            return self._shaped(np.array([start]))
        curve = np.empty(frames, np.float32)
        for (first, last), (low, high) in zip(pairwise(edges), pairwise(ends), strict=True):
            if first < last:
                curve[first - start : last - start] = self._shaped(
                    np.array([first]) if low == high else np.arange(first, last)
                )
        return curve

    def mark(self, within: range) -> list[list[float]]:
        """What the curve hangs on there: its points from the first frame on, and one either side.

        Where it does not move, one value; a point behind a level stretch does not matter.
        """
        first = max(bisect_right(self.frames, within.start) - 1, 0)
        last = bisect_left(self.frames, within.stop) + 1
        points = [
            [frame - within.start, value]
            for frame, value in zip(self.frames[first:last], self.values[first:last], strict=True)
        ]
        if all(value == points[0][1] for _frame, value in points):
            return [[0.0, points[0][1]]]
        if points[0][1] == points[1][1]:
            points[0][0] = 0.0
        if points[-1][1] == points[-2][1]:
            points[-1][0] = 0.0
        return points

    def _shaped(self, at: Frames) -> Curve:
        ramp = np.interp(at, self.frames, self.values)
        return (0.5 - 0.5 * np.cos(np.pi * ramp)).astype(np.float32)


def ducked(every: Sequence[Spoken | Inserted], duck: Duck) -> Breakpoints:
    """1 under what is voiced, 0 in pauses long enough to go there and come back."""
    ahead, back = to_frames(duck.ahead_s), to_frames(duck.back_s)
    points: list[tuple[float, float]] = []
    for each in every:
        if points and each.start_frame - ahead <= points[-1][0]:
            points = points[:-2]
        else:
            points += [(each.start_frame - ahead, 0.0), (each.start_frame, 1.0)]
        points += [(each.end_frame, 1.0), (each.end_frame + back, 0.0)]
    return _through(points)


def risen(every: Sequence[Spoken | Inserted], duck: Duck) -> Breakpoints:
    """1 in the middle of pauses long enough to be alone with the bed, 0 elsewhere.

    It begins to rise on the next of a few moments of the track: after phrases of about the same
    length, whatever they say, at the same one.
    """
    slow, points = to_frames(duck.slow_s), list[tuple[float, float]]()
    for before, after in pairwise(every):
        if after.start_frame - before.end_frame > to_frames(duck.long_s):
            last = after.start_frame - to_frames(duck.ahead_s)
            back = before.end_frame + to_frames(duck.back_s)
            first = min(-(-back // _RISE_GRID_FRAMES) * _RISE_GRID_FRAMES, last - 2 * slow)
            points += [(first, 0.0), (first + slow, 1.0), (last - slow, 1.0), (last, 0.0)]
    return _through(points)


def _through(points: Sequence[tuple[float, float]]) -> Breakpoints:
    frames, values = zip(*points, strict=True) if points else ((0.0,), (0.0,))
    return Breakpoints(frames, values)


def present(timeline: Timeline, index: int) -> Breakpoints:
    """When this bed is there: from its start to the next one's, crossing over."""
    first, last = index == 0, index == len(timeline.beds) - 1
    rise = to_frames(FADE_IN_S if first else BED_CROSSFADE_S)
    start = timeline.beds[index].start_frame
    fall = to_frames(FADE_OUT_S if last else BED_CROSSFADE_S)
    stop = timeline.frames - fall if last else timeline.beds[index + 1].start_frame
    stop = max(stop, start + rise)
    return Breakpoints((start, start + rise, stop, stop + fall), (0.0, 1.0, 1.0, 0.0))


def swelling(timeline: Timeline) -> Breakpoints:
    """0 at the end of a breath, 1 at its fullest: it rises, stays and falls with the phases."""
    ends = {"in": (0.0, 1.0), "hold": (1.0, 1.0), "out": (1.0, 0.0), "rest": (0.0, 0.0)}
    points = [(0.0, 0.0)]
    for each in timeline.swells:
        first, last = ends[each.breath]
        points += [(each.start_frame, first), (each.start_frame + each.frames, last)]
    frames, values = zip(*points, strict=True)
    return Breakpoints(frames, values)
