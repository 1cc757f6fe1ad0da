"""Which stretch of a long take is which sentence: an alignment by dynamic programming.

A sentence is a run of stretches. What a run costs is how unlikely its length is for so many
characters, how long the quiet inside it is, and how short the quiet before it. A sentence may be
missing and a stretch may be nobody's, a cough or a false start: both cost more than most misfits.
Costs are negative logarithms of likelihoods, so that the difference between the best alignment and
the best one without some match says how sure that match is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import to_seconds
from generator.model import Match, Stretch

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_MOST_RUN = 16
"""Stretches in one sentence: a reader rests so often at the most."""
_SPREAD, _SPREAD_S = 0.15, 0.25
"""How far lengths lie from what characters let expect: a share, and what is always there."""
_WITHIN_S, _BETWEEN_S, _GAP_SPREAD = 0.35, 1.2, 0.35
"""Usual quiet inside a sentence, and at least between two, and the spread of its logarithm."""
_MISSING = 8.0
_NOBODYS, _NOBODYS_PER_S = 2.5, 0.5
_RATES = tuple(np.geomspace(7.0, 26.0, 27).tolist())
"""Characters a second that are tried: the slowest reader and the fastest."""
_SAME = 0.8
"""Two places that have so much in common are one."""
_SURE = 0.95
_MOST_SPARE_S = 0.6
"""A cough, a click of the tongue or a chair is shorter."""
_LOOKS_WRONG = 1.45
"""Longer or shorter by this factor than expected, a sentence may be another."""


def matched(stretches: Sequence[Stretch], characters: Sequence[int]) -> tuple[Match | None, ...]:
    """Where each sentence is, by its number of characters; None for one that is not there.

    Sentences and stretches are in the same order. How fast the reader speaks is found with it.
    """
    if not stretches or not characters:
        return (None,) * len(characters)
    ways = [_Way(stretches, [each / rate for each in characters]) for rate in _RATES]
    return min(ways, key=lambda way: way.cost).matches()


def rate(readings: Sequence[tuple[int, float]]) -> float:
    """Characters a second of a speaker: the middle of what each reading, so many in so long, says.

    The short ones count least: a breath more or less is much of them.
    """
    each = sorted((count / length_s, count) for count, length_s in readings)
    half, so_far = sum(count for _rate, count in each) / 2, 0
    for characters_per_s, count in each:
        so_far += count
        if so_far >= half:
            return characters_per_s
    raise ValueError("nothing was read")


def doubt(length_s: float, expected_s: float, match: Match) -> str:
    """Why a reading looks wrong, or nothing. That another word was said cannot be known."""
    spare_s = 2.0 * _SPREAD_S
    if length_s > expected_s * _LOOKS_WRONG + spare_s:
        return "longer than its words"
    if length_s < expected_s / _LOOKS_WRONG - spare_s / 2:
        return "shorter than its words"
    if match.spare_s > _MOST_SPARE_S:
        return "words beside it are no sentence's"
    return "may be another sentence" if match.confidence < _SURE else ""


class _Way:
    """The best alignment at one speaking rate."""

    def __init__(self, stretches: Sequence[Stretch], expected_s: Sequence[float]) -> None:
        self._stretches = stretches
        self._starts = np.array([to_seconds(each.start_frame) for each in stretches])
        self._ends = np.array([to_seconds(each.end_frame) for each in stretches])
        gaps = self._starts[1:] - self._ends[:-1]
        within = np.minimum(_unlikely(gaps, _WITHIN_S, 1), _MISSING)
        between_s = _usual_between_s(gaps, len(expected_s))
        between = np.minimum(_unlikely(gaps, between_s, -1), 2.0 * _MISSING)
        self._within = np.concatenate([[0.0, 0.0], np.cumsum(within)])
        self._before = np.concatenate([[0.0], between])
        lost = _NOBODYS + _NOBODYS_PER_S * (self._ends - self._starts)
        self._lost = np.concatenate([[0.0], np.cumsum(lost)])
        self._runs = [self._costs(each) for each in expected_s]
        self._after = self._backwards()
        widths = sum(math.log(_spread_s(each)) for each in expected_s)
        self.cost = float(self._after[0][0]) + widths

    def _costs(self, expected_s: float) -> list[Floats]:
        """The cost of every run from each stretch on, by how many stretches it has."""
        costs = []
        for size in range(1, min(_MOST_RUN, len(self._starts)) + 1):
            first = np.arange(len(self._starts) - size + 1)
            lengths = self._ends[first + size - 1] - self._starts[first]
            misfit = 0.5 * np.square((lengths - expected_s) / _spread_s(expected_s))
            inside = self._within[first + size] - self._within[first + 1]
            costs.append(np.minimum(misfit, 2.0 * _MISSING) + inside + self._before[first])
        return costs

    def _backwards(self) -> list[Floats]:
        """For each sentence, what it and all after it cost at least from each stretch on."""
        after = [self._lost[-1] - self._lost]
        for runs in reversed(self._runs):
            later = after[-1]
            here = later + _MISSING
            for size, costs in enumerate(runs, 1):
                here[:-size] = np.minimum(here[:-size], costs + later[size:])
            after.append(self._skipping_ahead(here))
        return after[::-1]

    def _skipping_ahead(self, here: Floats) -> Floats:
        """The same when any stretches may be nobody's first."""
        ahead = np.minimum.accumulate((here + self._lost)[::-1])[::-1]
        skipping: Floats = ahead - self._lost
        return skipping

    def _forwards(self) -> list[Floats]:
        """For each sentence, what all before it cost at least up to each stretch."""
        before = [self._lost.copy()]
        for runs in self._runs:
            earlier = before[-1]
            here = earlier + _MISSING
            for size, costs in enumerate(runs, 1):
                here[size:] = np.minimum(here[size:], earlier[:-size] + costs)
            before.append(np.minimum.accumulate(here - self._lost) + self._lost)
        return before

    def matches(self) -> tuple[Match | None, ...]:
        """The best alignment, and how sure each part of it is."""
        before, path = self._forwards(), list(self._path())
        spare_s = self._spare_s([run for run in path if run])
        return tuple(
            self._match(sentence, run, before[sentence], spare_s[run]) if run else None
            for sentence, run in enumerate(path)
        )

    def _spare_s(self, runs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], float]:
        """How long somebody speaks beside each run, up to the next."""
        edges = [0, *(edge for start, size in runs for edge in (start, start + size))]
        edges.append(len(self._starts))
        lengths = np.concatenate([[0.0], np.cumsum(self._ends - self._starts)])
        gaps = [
            float(lengths[b] - lengths[a]) for a, b in zip(edges[::2], edges[1::2], strict=True)
        ]
        return {run: max(gaps[index : index + 2]) for index, run in enumerate(runs)}

    def _path(self) -> Iterator[tuple[int, int] | None]:
        """For each sentence its first stretch and how many it has, or None when it is missing."""
        at = 0
        for runs, later in zip(self._runs, self._after[1:], strict=True):
            least, run = float(_MISSING + later[at]), None
            for start in range(at, len(self._starts)):
                lost = self._lost[start] - self._lost[at]
                if lost >= least:
                    break
                for size, costs in enumerate(runs, 1):
                    if (
                        start < len(costs)
                        and (total := lost + costs[start] + later[start + size]) < least
                    ):
                        least, run = float(total), (start, size)
            yield run
            at = sum(run) if run else at

    def _match(self, sentence: int, run: tuple[int, int], before: Floats, spare_s: float) -> Match:
        """The match, and its margin over the best alignment that has the sentence elsewhere."""
        start, size = run
        starts, ends = self._starts, self._ends
        begins_s, ends_s = starts[start], ends[start + size - 1]
        later = self._after[sentence + 1]
        least = float((before + _MISSING + later).min())
        for other, costs in enumerate(self._runs[sentence], 1):
            first = np.arange(len(costs))
            last = ends[first + other - 1]
            common_s = np.minimum(last, ends_s) - np.maximum(starts[first], begins_s)
            longer_s = np.maximum(last - starts[first], ends_s - begins_s)
            elsewhere = common_s < _SAME * longer_s
            totals = np.where(elsewhere, before[first] + costs + later[first + other], np.inf)
            least = min(least, float(totals.min()))
        chosen = before[start] + self._runs[sentence][size - 1][start] + later[start + size]
        confidence = 1.0 - math.exp(min(0.0, float(chosen) - least))
        first_of, last_of = self._stretches[start], self._stretches[start + size - 1]
        return Match(Stretch(first_of.start_frame, last_of.end_frame), confidence, spare_s)


def _spread_s(expected_s: float) -> float:
    return math.hypot(_SPREAD * expected_s, _SPREAD_S)


def _unlikely(gaps_s: Floats, usual_s: float, side: int) -> Floats:
    """What quiet costs that is longer than usual (side 1), or shorter (side -1)."""
    beyond = np.maximum(side * np.log(np.maximum(gaps_s, 0.01) / usual_s), 0.0)
    cost: Floats = 0.5 * np.square(beyond / _GAP_SPREAD)
    return cost


def _usual_between_s(gaps_s: Floats, sentences: int) -> float:
    """How long this reader waits between two sentences: the middle of as many of the longest."""
    longest = np.sort(gaps_s)[::-1][: sentences - 1]
    return max(_BETWEEN_S, float(np.median(longest))) if len(longest) else _BETWEEN_S
