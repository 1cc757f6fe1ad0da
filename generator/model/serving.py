"""What a server tells of a request: nothing of who asked, nor of what is private."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answered:
    """One request, and what came of it."""

    method: str
    path: str
    """As anybody may read it: of a private part only ``/p/…``, of what is no file's name ``/…``."""
    status: int
    sent_bytes: int
    """Of the content, without what stands before it."""
    took_s: float
    fault: str = ""
    """What went wrong on our side, in one line."""
