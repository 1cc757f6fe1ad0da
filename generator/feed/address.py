"""Addresses as a feed may have them, and the name that a feed's own address gives it."""

from __future__ import annotations

import re
import uuid
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit, urlunsplit

from generator.errors import UsageError
from generator.feed.text import MOST_CHARACTERS

_PODCASTS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace in which a feed's address is hashed; the same for every podcast."""
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_SCHEMES = ("https", "http")
_KEPT = "/!$&'()*+,;=:@-._~%"
"""What stands in a path as it is."""
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def web(url: str) -> str:
    """The address in ASCII, escaped where it must be.

    Directories want ``https``; ``http`` is for a network of one's own, where a feed is tried out.
    Raises UsageError if it begins with neither, names no host or somebody's password, holds blanks,
    or is over 255 characters.
    """
    try:
        found = _escaped(url)
    except ValueError:
        found = ""
    if not found or len(found) > MOST_CHARACTERS:
        raise UsageError(
            f"is no web address of at most {MOST_CHARACTERS} characters",
            remedy="Write it as in https://example.org/course.",
        )
    return found


def _escaped(url: str) -> str:
    """The address, or nothing if it is none to be published. Raises ValueError too."""
    if not url.isprintable() or " " in url or "\\" in url:
        return ""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    if parts.scheme not in _SCHEMES or "@" in parts.netloc or not _HOST.fullmatch(host):
        return ""
    place = f"{host}:{parts.port}" if parts.port else host
    path, query, fragment = (
        quote(_NO_ESCAPE.sub("%25", each), safe=f"{_KEPT}?")
        for each in (parts.path.replace("?", "%3F"), parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, place, path, query, fragment))


def ending(url: str) -> str:
    """What the file at an address is, by the end of its name: ``.mp3``."""
    return PurePosixPath(re.split("[?#]", url, maxsplit=1)[0]).suffix


def podcast_guid(address: str) -> str:
    """The UUID that a feed has by its first address (CH-16): keep it when the address changes."""
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", address.strip(), flags=re.IGNORECASE)
    return str(uuid.uuid5(_PODCASTS, bare.rstrip("/")))
