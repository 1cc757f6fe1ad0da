"""Looking for what a listener told us, in every byte that a run left, however it was written.

A canary is a word nobody else uses. Every form of it that a file, a name or a message could hold is
looked for: in three encodings, escaped for addresses and for JSON, in base64, in any case.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True)
class Finding:
    """One canary in one place. It names the canary's field, so that a report repeats no value."""

    canary: str
    form: str
    place: Path
    """The file, or the stream, that holds it or is called by it."""


@dataclass(frozen=True)
class Search:
    """What was looked for, through how much, and what was found."""

    canaries: int
    files: int
    size_bytes: int
    findings: tuple[Finding, ...] = field(default=())

    @property
    def places(self) -> set[Path]:
        return {each.place for each in self.findings}

    def __add__(self, other: Search) -> Search:
        return Search(
            max(self.canaries, other.canaries),
            self.files + other.files,
            self.size_bytes + other.size_bytes,
            self.findings + other.findings,
        )


def forms(word: str) -> dict[bytes, str]:
    """Every way in which the word could be written, and what that way is called.

    All but base64 are in small letters, to be looked for in what was made small.
    """
    found: dict[bytes, str] = {}
    for each in (word, word.casefold(), word.upper(), word.title()):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            found[each.encode(encoding).lower()] = encoding
            for piece in _base64(each.encode(encoding)):
                found[piece] = f"base64 of {encoding}"
        found[quote(each).lower().encode()] = "url"
        found[json.dumps(each)[1:-1].lower().encode()] = "json"
        found[each.encode("ascii", "xmlcharrefreplace").lower()] = "xml"
        found[each.encode("ascii", "backslashreplace").lower()] = "repr"
    return found


def _base64(content: bytes) -> Iterable[bytes]:
    """What base64 makes of it wherever in a longer text it stands: three ways, two alphabets."""
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(bytes(before) + content)
            yield whole[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]


def search(
    root: Path, canaries: Mapping[str, str], streams: Mapping[str, bytes] | None = None
) -> Search:
    """Look through every file and every name under ``root``, and through ``streams`` by name."""
    wanted = {name: forms(word) for name, word in canaries.items()}
    everything = sorted(root.rglob("*"))
    files = [path for path in everything if path.is_symlink() or not path.is_dir()]
    texts = [
        *((Path(name), content) for name, content in (streams or {}).items()),
        *((path, os.fsencode(path.relative_to(root))) for path in everything),
        *((path, os.fsencode(path.readlink())) for path in files if path.is_symlink()),
        *((path, path.read_bytes()) for path in files if path.is_file() and not path.is_symlink()),
    ]
    return Search(
        len(canaries),
        len(files),
        sum(len(content) for _place, content in texts),
        tuple(finding for place, content in texts for finding in _in(place, content, wanted)),
    )


def _in(
    place: Path, content: bytes, wanted: Mapping[str, Mapping[bytes, str]]
) -> Iterable[Finding]:
    small = content.lower()
    for name, each in wanted.items():
        for needle, form in each.items():
            if needle in (content if form.startswith("base64") else small):
                yield Finding(name, form, place)
