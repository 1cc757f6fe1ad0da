"""audiobookshelf, a library at home: it goes by folders and tags."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from generator.model import Delivery, Verdict
from generator.platforms import tag
from generator.platforms.platform import Platform
from generator.platforms.rule import Rule, Seen, counted, there
from generator.platforms.sound import SPREAD, WHOLE

_SOURCE = "audiobookshelf.org"
_COVERS = re.compile(r"(?:cover|folder|artwork)[^/]*\.(?:jpe?g|png|webp)", re.IGNORECASE)
_TRACK = re.compile(r"(\d{1,4})(?:/(\d{1,4}))?", re.ASCII)
_SEVERAL = 2
"""A track by itself belongs to no album."""
_AGAIN = "'meditate build' gives all tracks of a course these tags."


def _sounds(delivery: Delivery) -> Seen:
    count = len(delivery.tracks)
    return Seen(f"{count} in one folder", count > 0)


def _cover(delivery: Delivery) -> Seen:
    return there(met=any(map(_COVERS.fullmatch, delivery.files)))


def _alike(frame: str) -> Callable[[Delivery], Seen | None]:
    """What looks whether the tags of all tracks say the same."""

    def look(delivery: Delivery) -> Seen | None:
        said = {track.said(frame) for track in delivery.tracks if track.tag}
        if len(delivery.tracks) < _SEVERAL:
            return None
        met = len(said) == 1 and "" not in said
        return there(met=met, yes="one", no=f"{len(said - {''})}, or missing")

    return look


def _numbers(delivery: Delivery) -> Seen | None:
    """Whether the tracks are counted from 1 on, of as many as there are."""
    said = [track.said("TRCK") for track in delivery.tracks if track.tag]
    found = [match for match in map(_TRACK.fullmatch, said) if match]
    if len(delivery.tracks) < _SEVERAL:
        return None
    if len(found) < len(said):
        return Seen(f"{len(said) - len(found)} without a number", met=False)
    numbers = sorted(int(match[1]) for match in found)
    totals = {match[2] for match in found} - {None}
    met = numbers == [*range(1, len(said) + 1)] and totals <= {str(len(said))}
    return there(met=met, yes=f"1 to {len(said)}", no="some twice, or left out")


def _titled(delivery: Delivery) -> Seen:
    return counted(
        sum(not each.said("TIT2") for each in delivery.tracks if each.tag), "without one"
    )


AUDIOBOOKSHELF = Platform(
    tracks=(
        WHOLE,
        tag.READABLE,
        replace(tag.CHAPTERED, source=_SOURCE),
        *tag.CHAPTERS,
    ),
    folder=(
        Rule[Delivery](
            "ABS-1", "sounds", "all of a book in one folder", _sounds, _SOURCE, "Name that folder."
        ),
        Rule[Delivery](
            "ABS-2",
            "cover beside the sounds",
            "cover.jpg or the like",
            _cover,
            _SOURCE,
            "Put one there, or let it take the pictures in the tags.",
            Verdict.WARN,
        ),
        SPREAD,
        Rule[Delivery]("ID3-1", "titles in the tags", "in each", _titled, _SOURCE, _AGAIN),
        Rule[Delivery]("ID3-3", "album", "one, in each", _alike("TALB"), _SOURCE, _AGAIN),
        Rule[Delivery]("ID3-2", "album artist", "one, in each", _alike("TPE2"), _SOURCE, _AGAIN),
        Rule[Delivery]("ID3-4", "track numbers", "from 1 on, each once", _numbers, _SOURCE, _AGAIN),
    ),
)
