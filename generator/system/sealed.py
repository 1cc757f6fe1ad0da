"""Files kept to be used again: each whole or not there, under a name that nobody can guess from.

Name and content are sealed with the user's secret: a damaged file, a stranger's, or another's under
this name is none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.system.whole import private_folder, read_plain, write_once, write_whole

_DIGEST_BYTES = 32


def keyed_name(request: Mapping[str, object], secret: bytes) -> str:
    """A keyed digest of all that a content hangs on, as 40 hexadecimal digits."""
    canonical = json.dumps(request, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.blake2b(canonical, key=secret, digest_size=20).hexdigest()


@dataclass(frozen=True)
class Sealed:
    """One kind of kept files; the first line of each says which."""

    kind: bytes
    secret: bytes = field(repr=False)
    most_bytes: int
    """Whatever is longer is none of ours."""

    def read(self, path: Path) -> bytes | None:
        """What is kept there, or None when it is not there or not as it was written."""
        start = len(self.kind) + _DIGEST_BYTES
        try:
            content = read_plain(path, self.most_bytes)
        except OSError:
            return None
        body = content[start:]
        return body if content[:start] == self.kind + self._seal(path.name, body) else None

    def used(self, path: Path) -> None:
        """Make it the youngest: the least recently used goes first when the cache is full."""
        with contextlib.suppress(OSError):
            os.utime(path)

    def write_once(self, path: Path, body: bytes) -> bool:
        """Keep ``body`` unless something is there: whether it was written.

        Raises OSError or WriteError when it cannot be.
        """
        private_folder(path.parent)
        return write_once(path, self._content(path.name, body))

    def write_anew(self, path: Path, body: bytes) -> None:
        """Keep ``body`` in the place of whatever is there. Raises as :meth:`write_once` does."""
        write_whole(path, self._content(path.name, body))

    def _content(self, name: str, body: bytes) -> bytes:
        return self.kind + self._seal(name, body) + body

    def _seal(self, name: str, body: bytes) -> bytes:
        seal = hashlib.blake2b(name.encode(), key=self.secret, digest_size=_DIGEST_BYTES)
        seal.update(body)
        return seal.digest()
