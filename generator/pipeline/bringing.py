"""What the user brought along: a bed, a cover or its font, the recordings that a script inserts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from generator import mix, recording, system
from generator.model import RECORDING, Cue, Insert, Job, Phrase, Stage, Timeline
from generator.pipeline.artwork import cover_of


@dataclass(frozen=True)
class Brought:
    """All of it, read before a word is spoken."""

    beds: Mapping[str, mix.Bed] = field(default_factory=dict)
    """The bed of the user's own, by its name."""
    inserts: Sequence[recording.Once] = ()
    """What sounds at each insert, in order."""

    def frames(self, cues: Iterable[Cue]) -> dict[str, int]:
        """How long each recording is that is inserted, by its name."""
        return {name: each.frames for name, each in zip(inserted(cues), self.inserts, strict=True)}


NOTHING = Brought()


def bring(
    job: Job,
    cues: Iterable[Cue],
    place: system.Workshop,
    estimated: Timeline,
    progress: Callable[[Stage, int, int], None],
) -> Brought:
    """Read it, and keep what sounds beside the track for as long as it is being made.

    Raises UsageError, naming the file, for one that will not do.
    """
    if job.picture or job.font:
        cover_of(job)  # a file that will not do is refused now; the cover stays till it is needed
    beds: dict[str, mix.Bed] = {}
    if job.recording:
        scratch, told = place.fresh(RECORDING), partial(progress, Stage.BED)
        beds[RECORDING] = recording.keep(job.recording, scratch, estimated.frames, told)
    inserts = _kept(job, cues, place, estimated, partial(progress, Stage.INSERT))
    return Brought(beds, inserts)


def inserted(cues: Iterable[Cue]) -> list[str]:
    """The name of each recording that is inserted, in order, as often as it is."""
    return [cue.name for cue in cues if isinstance(cue, Insert)]


def lengths(job: Job, cues: Iterable[Cue]) -> dict[str, int]:
    """The frames of each recording that is inserted, by its name; decoded, and nothing kept.

    Raises UsageError for one that will not do.
    """
    return {name: recording.length(job.inserts[name]) for name in dict.fromkeys(inserted(cues))}


def frames_of(
    spoken: Callable[[Phrase], int], recorded: Mapping[str, int]
) -> Callable[[Phrase | Insert], int]:
    """How long something lasts: a phrase by ``spoken``, a recording by its name."""
    return lambda voiced: recorded[voiced.name] if isinstance(voiced, Insert) else spoken(voiced)


def _kept(
    job: Job,
    cues: Iterable[Cue],
    place: system.Workshop,
    estimated: Timeline,
    progress: Callable[[int, int], None],
) -> tuple[recording.Once, ...]:
    """What sounds at each insert, in order, kept beside the track; a file is read once."""
    order = inserted(cues)
    wanted = dict(zip(order, estimated.inserts, strict=True))
    total, done = sum(each.frames for each in wanted.values()), 0

    def tell(frames: int) -> None:
        nonlocal done
        done += frames
        progress(min(done, total), total)

    found = {
        name: recording.keep_once(job.inserts[name], place.fresh(f"insert-{number}"), tell)
        for number, name in enumerate(wanted)
    }
    return tuple(found[name] for name in order)
