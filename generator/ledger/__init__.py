"""What a folder's publications are known by, and what was put where."""

from generator.ledger.ids import IDS, read_ids, write_ids
from generator.ledger.memory import MEMORY, Memory, look
from generator.ledger.traces import away, folders, names, ours, published, unpublish

__all__ = [
    "IDS",
    "MEMORY",
    "Memory",
    "away",
    "folders",
    "look",
    "names",
    "ours",
    "published",
    "read_ids",
    "unpublish",
    "write_ids",
]
