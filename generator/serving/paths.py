"""What an address asks for: a file of the site, or of one of its private parts, and nothing else.

A site is flat, so its addresses have two forms, ``/name`` and ``/p/token/name``. Whatever has
another form, however it is spelled, is nobody's address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from generator.model import PRIVATE_PART
from generator.serving.kinds import kind_of

PAGE = "index.html"
"""What the address of a folder gives."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}", re.ASCII)
_ABSOLUTE = re.compile(rb"https?://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Place:
    """Where in the site a file would lie."""

    name: str
    """Empty where the folder of a part is meant, asked for without its slash."""
    token: str | None = field(default=None, repr=False)
    """That of the private part; None for what is public."""


def place_of(path: bytes) -> Place | None:
    """What a path means, as it stands in a request; None for one that means nothing here.

    It is cut at its slashes and each piece decoded once: an encoded slash separates nothing, and
    what was encoded twice is no name.
    """
    first, *pieces = path.split(b"/")
    match pieces if not first else []:
        case [name]:
            return _place(_decoded(name) or PAGE)
        case [parts, token] if _decoded(parts) == PRIVATE_PART:
            return _place("", _decoded(token))
        case [parts, token, name] if _decoded(parts) == PRIVATE_PART:
            return _place(_decoded(name) or PAGE, _decoded(token))
    return None


def is_token(name: str) -> bool:
    """Whether a folder is called as private parts are."""
    return _TOKEN.fullmatch(name) is not None


def told(path: bytes) -> str:
    """A path as a log may have it, which shows no token, however it was misspelled."""
    place = place_of(path)
    if place is None:
        return "/…"
    if place.token is not None:
        return f"/{PRIVATE_PART}/…"
    return f"/{place.name}" if kind_of(place.name) else "/…"


def absolute(target: bytes) -> tuple[bytes, bytes] | None:
    """Host and path of a request that names both in one, as proxies are asked; else None."""
    found = _ABSOLUTE.fullmatch(target)
    return (found[1], found[2] or b"/") if found else None


def _place(name: str, token: str | None = None) -> Place | None:
    return Place(name, token) if not name or _NAME.fullmatch(name) else None


def _decoded(piece: bytes) -> str:
    return unquote_to_bytes(piece).decode("ascii", "replace")
