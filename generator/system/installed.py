"""What is installed beside this program."""

from __future__ import annotations

import importlib.metadata
from functools import cache


@cache
def version_of(distribution: str) -> str:
    """The version of an installed distribution; looked up once, for its papers take long to read.

    Raises PackageNotFoundError.
    """
    return importlib.metadata.version(distribution)
