"""What a test needs and a machine may not have."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def must(reason: str) -> NoReturn:
    """Skip, for this reason; in CI nothing is skipped unnoticed."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)
