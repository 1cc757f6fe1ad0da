"""What is made of the same pass where it was wished for: the stems of a track, and its picture."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from generator import encode, graph, shelf, system

if TYPE_CHECKING:
    from generator.model import Facts, Job, Measured, Mixed, Timeline


class Extras:
    """The wishes of one job. Where it has none, nothing of this does anything."""

    def __init__(self, job: Job, place: system.Workshop | None) -> None:
        self._job = job
        self._place = place
        self._outline = graph.Outline() if job.graph else None
        self._png = b""

    @contextlib.contextmanager
    def watching(self) -> Iterator[list[Callable[[Mixed], None]]]:
        """Those to whom each block is to be shown as it is mixed."""
        with contextlib.ExitStack() as open_files:
            seen: list[Callable[[Mixed], None]] = []
            if self._outline:
                seen.append(self._outline.see)
            if self._place:
                files = [self._place.fresh(path.name) for path in shelf.stems(self._job)]
                seen.append(open_files.enter_context(encode.stems(files)))
            yield seen

    def draw(self, facts: Facts, timeline: Timeline, measured: Measured) -> None:
        """Draw the picture of what was watched."""
        if self._outline:
            envelopes, heard = self._outline.envelopes(), self._outline.short_term_lufs()
            target_lufs = self._job.profile.speech_lufs
            self._png = graph.draw(facts, timeline, envelopes, heard, measured, target_lufs)

    def publish(self, mode: int) -> None:
        """Give all of it its names."""
        if self._place:
            self._place.publish([path.name for path in shelf.stems(self._job)], mode)
        if self._job.graph:
            system.write_whole(self._job.graph, self._png, mode)


@contextlib.contextmanager
def extras(job: Job) -> Iterator[Extras]:
    """What the job wishes for beside its track, swept clean at the end whatever happened."""
    with system.workshop(job.stems) if job.stems else contextlib.nullcontext() as place:
        yield Extras(job, place)
