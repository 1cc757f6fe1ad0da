"""Voice, bed and bells one by one, to be mixed anew elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from generator.encode import plain
from generator.errors import WriteError
from generator.model import PARTS, Mixed

HALF = np.float32(0.5)


@contextlib.contextmanager
def stems(paths: Sequence[Path]) -> Iterator[Callable[[Mixed], None]]:
    """What takes the blocks of a mix and writes each part of it to a FLAC of its own.

    ``paths`` are in the order of ``PARTS``. Each is at half its level, 6.02 dB down, because the
    voice before the limiter can exceed full scale, which a FLAC cannot: twice their sum is the mix
    that the limiter is given, within one millionth of full scale.
    Raises WriteError, also where the blocks are taken, when they cannot be written.
    """
    with _told(paths), contextlib.ExitStack() as open_files:
        writers = [open_files.enter_context(plain.writing(path, "flac")) for path in paths]

        def take(mixed: Mixed) -> None:
            with _told(paths):
                for part, write in zip(PARTS, writers, strict=True):
                    write(getattr(mixed, part) * HALF)

        yield take


@contextlib.contextmanager
def _told(paths: Sequence[Path]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"the stems could not be written ({error.strerror or error})",
            where=str(paths[0].parent),
            remedy="Free some space or choose another folder with --stems.",
        ) from error
