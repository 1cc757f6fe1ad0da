"""What a listener's tracks go by: a label is a folder's name on every system, and says nothing."""

from __future__ import annotations

import re

from generator.errors import UsageError

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def checked_label(label: str, where: str = "--for") -> str:
    """The label itself, proven to be a folder's name everywhere. Raises UsageError."""
    if not _LABEL.fullmatch(label) or is_reserved(label) or label.endswith("."):
        raise UsageError(
            "a label is up to 64 letters, digits, dots, hyphens and underscores,"
            " beginning with a letter or a digit",
            where=where,
        )
    return label


def is_reserved(name: str) -> bool:
    """Whether some system has another meaning for a file of that name."""
    return _RESERVED.fullmatch(name) is not None
