"""Removing what was found: in an order that lets a killed run be repeated."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from generator.errors import UsageError, WriteError
from generator.system import locked, sweep
from generator.traces.find import Found


@contextlib.contextmanager
def alone(listeners: Path, label: str) -> Iterator[None]:
    """No track of the label is made while this lasts. Raises UsageError when one is being made."""
    with (
        locked(listeners) as quiet,
        locked(listeners / label, wait_s=0.0) as nobody_renders,
    ):
        if not (quiet and nobody_renders):
            raise UsageError(
                "a track of that label is being made",
                where="forget",
                remedy="Wait until it is done, or stop it.",
            )
        yield


def remove(found: Found) -> None:
    """Remove all of it. What names the other places goes last, so that it can be done again.

    Raises WriteError at the first thing that cannot be removed.
    """
    try:
        for path in found.files:
            path.unlink(missing_ok=True)
        for beside in {path.parent for path in found.files}:
            sweep(beside)  # the lock of a killed run tells nobody whose it was
        for folder in found.folders:
            folder.rmdir()
        if found.own is not None:
            shutil.rmtree(found.own)
    except OSError as error:
        raise WriteError(
            f"cannot be removed ({error.strerror})",
            where=str(error.filename),
            remedy="Mend its permissions and forget again.",
        ) from error
