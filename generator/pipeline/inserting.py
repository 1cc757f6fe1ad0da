"""The recordings that a script inserts: how long they are, and kept for one render."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from generator import recording, system
from generator.model import Cue, Insert, Job, Phrase, Timeline


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


def kept(
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
