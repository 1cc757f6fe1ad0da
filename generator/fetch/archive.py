"""One file out of an archive that was proven before: neither its paths nor its sizes are used."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path
from typing import IO, cast

from generator.fetch.problem import UnavailableError

_HEADER_BYTES = 4_096
"""Most that an array in an archive has before its numbers."""


def member(path: Path, name: str, size_bytes: int, made: Path) -> None:
    """Write the last ``size_bytes`` bytes of that member to ``made``.

    What stands before them is the header of an array. Raises UnavailableError when there is no
    such member, or when it is not so long.
    """
    try:
        content = _content(path, name, size_bytes + _HEADER_BYTES + 1)
    except (
        KeyError,
        EOFError,
        ValueError,
        AttributeError,
        tarfile.TarError,
        zipfile.BadZipFile,
    ) as error:
        raise UnavailableError(f"has no {name} in it") from error
    if not size_bytes <= len(content) <= size_bytes + _HEADER_BYTES:
        raise UnavailableError(f"has another {name} in it")
    made.write_bytes(content[-size_bytes:])


def _content(path: Path, name: str, most_bytes: int) -> bytes:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive, archive.open(name) as file:
            return file.read(most_bytes)
    with tarfile.open(path) as tar:
        found = cast("IO[bytes]", tar.extractfile(name))
        return found.read(most_bytes)
