"""Many tracks: a course, its listeners and editions made into a library, and only what changed."""

from generator.library.building import Wanted, build, dealt, planned
from generator.library.explaining import reasons
from generator.library.finished import Library, finished
from generator.library.forgetting import Trail, forget, trail
from generator.library.records import Records
from generator.library.selection import Selection, folder_of, orders_of

__all__ = [
    "Library",
    "Records",
    "Selection",
    "Trail",
    "Wanted",
    "build",
    "dealt",
    "finished",
    "folder_of",
    "forget",
    "orders_of",
    "planned",
    "reasons",
    "trail",
]
