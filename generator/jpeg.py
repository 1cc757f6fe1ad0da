"""Covers as JPEG: what every player shows, as fine as the place it goes to lets it be."""

from __future__ import annotations

import io
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

TAG_PX, FEED_PX = 1_000, 3_000
"""Width and height for the tag of a track, where it lies before the sound, and for a feed."""

_QUALITIES = range(5, 93)


def most_bytes(side_px: int) -> int:
    """How much a cover of that side may weigh."""
    return 300_000 if side_px <= TAG_PX else 512_000


def encoded(picture: Image) -> bytes:
    """A square RGB picture as baseline JPEG, as fine as its bytes allow, and nothing said of it."""
    best, most = _saved(picture, _QUALITIES[-1]), most_bytes(picture.width)
    if len(best) <= most:
        return best
    fit = bisect_right(_QUALITIES, most, key=lambda quality: len(_saved(picture, quality)))
    return _saved(picture, _QUALITIES[max(fit - 1, 0)])


def _saved(picture: Image, quality: int) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, optimize=True)
    return stream.getvalue()
