"""Errands done by others, here or elsewhere: each comes back as one outcome, whoever dies.

Only what is asked for by a key leaves the process; whatever happens there comes back as a value.
"""

from generator.drive.crew import Crew, Hired, Local
from generator.drive.loop import AHEAD, run

__all__ = ["AHEAD", "Crew", "Hired", "Local", "crew", "run"]


def crew(jobs: int, memory_bytes: int | None = None, deadline_s: float | None = None) -> Crew:
    """``jobs`` processes on this machine, each started when there is an errand for it.

    Each may have ``memory_bytes`` of address space, and ``deadline_s`` seconds for an errand; None
    sets no bound. When there are several, each uses one core.
    """
    return Local(jobs, memory_bytes, deadline_s)
