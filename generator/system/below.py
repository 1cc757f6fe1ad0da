"""Files below one folder, found name by name, so that nothing outside of it is ever met."""

from __future__ import annotations

import errno
import os
import stat
from io import FileIO
from pathlib import Path
from types import TracebackType

from generator.errors import UsageError
from generator.system.posix import POSIX


class HeldFolder:
    """A folder held open: what is found in it by a name lies in it, whatever is renamed meanwhile.

    Its names are those that it lists, to the letter, also on a disk that takes ``A`` for ``a``.
    So ``..`` is none of them, nor is a path. A link leads nowhere, wherever it points.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __enter__(self) -> HeldFolder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._handle)

    def names(self) -> list[str]:
        """What lies in it, in no order."""
        return os.listdir(self._handle)  # noqa: PTH208  a path could lead elsewhere by now

    def folder(self, name: str) -> HeldFolder:
        """The folder of that name. Raises OSError when there is none."""
        return HeldFolder(self._open(name, os.O_DIRECTORY))

    def file(self, name: str) -> FileIO:
        """The plain file of that name, open for reading. Raises OSError when there is none."""
        handle = self._open(name, os.O_NONBLOCK)  # a pipe would have us wait for ever
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return FileIO(handle, "rb")

    def _open(self, name: str, flags: int) -> int:
        if name not in self.names():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | flags, dir_fd=self._handle)


def held_folder(path: Path) -> HeldFolder:
    """The folder at ``path``, to which a link may lead. Raises OSError when there is none.

    Raises UsageError on a system that opens nothing relative to a folder.
    """
    if not POSIX:
        raise UsageError("this system cannot hold a folder open", remedy="Use Linux or macOS.")
    return HeldFolder(os.open(path, os.O_RDONLY | os.O_DIRECTORY))
