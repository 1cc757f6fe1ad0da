"""How long a build takes: guessed from lengths at first, learned from what was done."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator import pipeline, system
from generator.audio import to_seconds
from generator.model import Order, Phrase, Timeline

_START_S = 0.4
"""What any track costs, however short."""
_TIMES_REAL = 60.0
"""How many seconds of a track are mixed, encoded and proven in one, where nothing of it is kept."""
_SPEAKS = {"piper": 12.0, "kokoro": 2.5, "recorded": 200.0}
"""How many seconds of speech an engine speaks in one, one voice at a time."""
_SHARED = 0.25
"""What is left of that where another listener's track of the same kind was made before."""


@dataclass
class Forecast:
    """Seconds of work for each of many tracks, drawn up in the order in which they are made."""

    costs_s: dict[str, float] = field(default_factory=dict)
    """By path."""
    _spoken: set[Phrase] = field(default_factory=set)
    _kinds: set[tuple[object, ...]] = field(default_factory=set)
    _cost_s: float = 0.0
    _done_s: float = 0.0
    _took_s: float = 0.0

    def add(self, order: Order, timeline: Timeline, folders: system.Folders) -> None:
        """Expect this track after those before it."""
        job = order.job
        lengths_s = {each.phrase: to_seconds(each.frames) for each in timeline.spoken}
        fresh = [each for each in lengths_s if each not in self._spoken]
        new_s = sum(lengths_s[each] for each in pipeline.unspoken(job, fresh, folders))
        self._spoken.update(each for each in fresh if not each.personal)
        kind = (job.script.slug, job.length_s, job.seat and job.seat.edition)
        share = _SHARED if kind in self._kinds else 1.0
        self._kinds.add(kind)
        cost_s = _START_S + new_s / _SPEAKS.get(job.voice.engine, 5.0)
        cost_s += share * to_seconds(timeline.frames) / _TIMES_REAL
        self.costs_s[order.path] = cost_s
        self._cost_s += cost_s

    def done(self, path: str, took_s: float) -> None:
        """Learn from a track that is finished, or given up."""
        cost_s = self.costs_s.pop(path, 0.0)
        self._cost_s -= cost_s
        self._done_s += cost_s
        self._took_s += took_s

    def left_s(self, jobs: int) -> float:
        """Seconds until all of it is done by so many at once."""
        pace = self._took_s / self._done_s if self._done_s and self._took_s else 1.0
        last = self.costs_s.values() if len(self.costs_s) <= jobs else ()
        return pace * max(self._cost_s / jobs, *last, 0.0)
