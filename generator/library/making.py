"""One track of a library, made in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator import pipeline, shelf, system
from generator.errors import WriteError
from generator.library.standing import entry_of
from generator.model import Entry, Errand, Order


@dataclass(frozen=True)
class Task:
    """What a worker is given."""

    order: Order = field(repr=False)
    folders: system.Folders
    consent_online: bool
    """The listener agreed that the words go to the online voice's service."""


def made(errand: Errand) -> Entry:
    """The track of an errand, made and in its place. Raises a MeditationError."""
    task = errand.what
    if not isinstance(task, Task):
        raise TypeError("no task of ours")
    order, folders = task.order, task.folders
    pipeline.render(order.job, folders, consent=lambda _voice, _phrases: task.consent_online)
    document = shelf.sidecar(order.job.out / order.path)
    entry = entry_of(order, order.job.out, document.get(shelf.MADE_FROM, {}), document)
    if entry is None:
        raise WriteError("the track was taken away while it was made", where=order.path)
    return entry
