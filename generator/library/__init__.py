"""Many tracks: a course, its listeners and editions made into a library, and only what changed."""

from generator.library.asking import Asked, folder_of, orders_of
from generator.library.building import Wanted, build, planned
from generator.library.explaining import reasons
from generator.library.records import Records

__all__ = ["Asked", "Records", "Wanted", "build", "folder_of", "orders_of", "planned", "reasons"]
