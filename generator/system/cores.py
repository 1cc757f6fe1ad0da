"""How many cores this process may use: the one place that says so."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

_BY_NATURE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_share: MutableMapping[str, int] = {}


def share_cores(most: int) -> None:
    """From here on this process uses that many cores at most: others are at work beside it.

    To be said before numpy is loaded, whose library makes its threads then.
    """
    _share["cores"] = most
    for name in _BY_NATURE:
        os.environ[name] = str(most)


def cores_share() -> int | None:
    """How many cores others leave to this process, or None where it has all to itself."""
    return _share.get("cores")


def cores() -> int:
    """How many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    there = len(allowed(0)) if allowed else os.cpu_count() or 1
    return min(there, cores_share() or there)
