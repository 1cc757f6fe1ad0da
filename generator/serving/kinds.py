"""What a site consists of, by the endings of its files, and what is said with each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """How files of one ending are given."""

    media_type: str
    embedded: bool = False
    """Whether pages of other sites may play or show it."""
    shared: bool = False
    """Whether their scripts may read it too, as web players do with words and chapters."""


KINDS: Mapping[str, Kind] = {
    ".mp3": Kind("audio/mpeg", embedded=True),
    ".m4a": Kind("audio/x-m4a", embedded=True),
    ".m4b": Kind("audio/mp4", embedded=True),
    ".jpg": Kind("image/jpeg", embedded=True),
    ".vtt": Kind("text/vtt; charset=utf-8", embedded=True, shared=True),
    ".srt": Kind("application/x-subrip", embedded=True, shared=True),
    ".chapters.json": Kind("application/json+chapters", embedded=True, shared=True),
    ".html": Kind("text/html; charset=utf-8"),
    ".js": Kind("text/javascript; charset=utf-8"),
    ".webmanifest": Kind("application/manifest+json"),
    # As the type of a stream, application/vnd.apple.mpegurl, VLC plays nothing of a list of tracks.
    ".m3u8": Kind("audio/mpegurl"),
}
"""Whatever ends otherwise is not given at all."""

NAMED: Mapping[str, Kind] = {
    "feed.xml": Kind("application/rss+xml; charset=utf-8"),
    "robots.txt": Kind("text/plain; charset=utf-8"),
}
"""Files of which only these are given."""

_HASHED = re.compile(r".+[.-](?=[0-9]*[a-f])[0-9a-f]{8,64}", re.ASCII)
"""A digest at the end of a name. One of digits alone could be a date."""
_LASTING = "max-age=31536000, immutable"


def kind_of(name: str) -> Kind | None:
    """How a file of that name is given; None where it is not. Letters' case counts."""
    return NAMED.get(name) or KINDS.get(_ending(name))


def headers_of(name: str, kind: Kind, *, private: bool) -> dict[str, str]:
    """All that is said with a file but what hangs on its bytes.

    What is private is asked for anew each time, so that what was taken away is played from no
    cache.
    """
    if private:
        kept = "private, no-cache"
    else:
        lasting = kind.embedded and _HASHED.fullmatch(name.removesuffix(_ending(name)))
        kept = f"public, {_LASTING}" if lasting else "no-cache"
    said = {"content-type": kind.media_type, "cache-control": kept, **shared_headers(kind)}
    said["cross-origin-resource-policy"] = "cross-origin" if kind.embedded else "same-origin"
    if private:
        said["x-robots-tag"] = "noindex, nofollow"
    if kind is KINDS[".html"]:
        said["content-security-policy"] = "frame-ancestors 'none'"
    return said


def shared_headers(kind: Kind | None) -> dict[str, str]:
    """What lets scripts of other sites read a file, where they may."""
    if kind is None or not kind.shared:
        return {}
    exposed = "Accept-Ranges, Content-Length, Content-Range, ETag"
    return {"access-control-allow-origin": "*", "access-control-expose-headers": exposed}


def _ending(name: str) -> str:
    """The one of ours that a name has behind something, or nothing."""
    endings = (each for each in KINDS if name.endswith(each) and name != each)
    return next(endings, "")
