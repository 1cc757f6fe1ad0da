"""Covers: of a track, a course or a feed; drawn, or the user's own picture."""

from __future__ import annotations

from functools import lru_cache

from generator import cover
from generator.model import Job, OwnFile
from generator.picture import square_jpeg


def artwork(
    title: str,
    name: str,
    seed: int,
    colour: str = "",
    font: OwnFile | None = None,
    picture: OwnFile | None = None,
    side_px: int = cover.TAG_PX,
) -> bytes:
    """A square JPEG: the user's own picture, or one drawn with title and name in its sky.

    ``cover.TAG_PX`` a side for a tag, ``cover.FEED_PX`` for a feed: at most 300 and 512 KB. A
    picture is never enlarged. Raises UsageError, naming the file, for a picture or font that will
    not do.
    """
    if picture:
        return square_jpeg(picture, side_px)
    return cover.cover_jpeg(title, name, seed, colour, side_px, font)


_kept = lru_cache(maxsize=1)(artwork)
"""The same, which stays for the next track of its kind."""


def cover_of(job: Job) -> bytes:
    """One for all tracks of a course, or one for the track. Raises UsageError as above."""
    if job.seat:
        called = (job.seat.album, job.seat.artist, job.seed, job.seat.colour)
    else:
        called = (job.called, job.voice.narrator, job.seed, "")
    return _kept(*called, job.font, job.picture)
