"""A file of the site, found and opened once: all that is said of it is of those very bytes."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import hmac
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from generator import system
from generator.model import PRIVATE_PART
from generator.serving.paths import Place, is_token
from generator.system import HeldFolder

_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.EPERM}
"""What asking for the wrong thing meets. Any other error is ours."""


@dataclass(frozen=True)
class Opened:
    """A file open for reading. Another one that is put in its place meanwhile is not this one."""

    file: FileIO
    size_bytes: int
    modified_s: int
    """Since 1970, and never in the future."""
    etag: str
    """Of no other content: a site is published by files that are put in place whole."""

    def read(self, start: int, size_bytes: int) -> bytes:
        """So many bytes from there. Raises OSError when the file has become shorter."""
        self.file.seek(start)
        content = self.file.read(size_bytes)
        if not content:
            raise OSError(errno.EIO, "a file became shorter while it was read")
        return content


def opened(site: Path, place: Place) -> Opened | None:
    """The file at that place of the site, or None when there is none to be given.

    Raises OSError for what is no fault of whoever asked, as too many open files.
    """
    try:
        with _folder(site, place) as folder:
            return _described(folder.file(place.name))
    except OSError as error:
        if error.errno in _NOT_THERE:
            return None
        raise


@contextlib.contextmanager
def _folder(site: Path, place: Place) -> Iterator[HeldFolder]:
    """The folder of a place. Raises OSError when there is none."""
    with contextlib.ExitStack() as held:
        folder = held.enter_context(system.held_folder(site))
        if place.token is not None:
            parts = held.enter_context(folder.folder(PRIVATE_PART))
            folder = held.enter_context(parts.folder(_same(place.token, parts.names())))
        yield folder


def _same(token: str, names: Iterable[str]) -> str:
    """The name that is this token, or none.

    Each of them is compared to its end, so that the time it takes tells of no beginning.
    """
    asked, found = os.fsencode(token), ""
    for name in filter(is_token, names):
        if hmac.compare_digest(asked, os.fsencode(name)):
            found = name
    return found


def _described(file: FileIO) -> Opened:
    try:
        facts = os.fstat(file.fileno())
    except OSError:
        file.close()
        raise
    known = f"{facts.st_ino} {facts.st_size} {facts.st_mtime_ns}".encode()
    etag = hashlib.blake2b(known, digest_size=16).hexdigest()
    modified_s = min(int(facts.st_mtime), int(time.time()))
    return Opened(file, facts.st_size, max(modified_s, 0), f'"{etag}"')
