"""Guids, dates and addresses: given once, and kept."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from generator.model import Issued, Part
from generator.publishing.gathering import Piece

_TOKEN_BYTES = 32
_APART = timedelta(minutes=1)
_LEAST_APART = timedelta(seconds=1)


def part_of(known: Part | None, guid: str = "", *, private: bool = False) -> Part:
    """The part as it was known before, or a new one; a private one under an address of its own.

    ``guid`` is what its feed is to be called if it is new; left out, it is given a random one.
    """
    if known:
        return known
    token = secrets.token_urlsafe(_TOKEN_BYTES) if private else ""
    return Part(feed=guid or str(uuid.uuid4()), token=token)


def numbered(part: Part, pieces: Iterable[Piece]) -> Part:
    """The part with a guid for each of these tracks, and what it had before."""
    new = {
        each.key: Issued(each.guid or uuid.uuid4().urn)
        for each in pieces
        if each.key not in part.episodes
    }
    return replace(part, episodes={**part.episodes, **new})


def dated(part: Part, pieces: Sequence[Piece], now: datetime) -> Part:
    """The part with a guid and a date for each of these tracks, and what it had before.

    What is new is dated ``now`` at the latest. The dates rise in the order of the tracks: where a
    track was put among others, they change hands, and the guids do not. What went out within the
    last seconds makes room for what is new: nothing is dated later than ``now`` for that.
    """
    episodes = numbered(part, pieces).episodes
    mine = [episodes[each.key] for each in pieces]
    known = sorted(each.published for each in mine if each.published)
    latest = max([now, *known])
    dates = _rising([*known, *_new(known, len(mine) - len(known), now)], latest)
    again = {
        piece.key: replace(each, published=date)
        for piece, each, date in zip(pieces, mine, dates, strict=True)
    }
    return replace(part, episodes={**episodes, **again})


def _rising(dates: Sequence[datetime], latest: datetime) -> list[datetime]:
    """The same dates, each a second after the one before it where it was not later already.

    None is after ``latest``: those that would be, and what is in their way, go back by seconds.
    """
    found: list[datetime] = []
    for each in dates:
        found.append(max(each, found[-1] + _LEAST_APART) if found else each)
    for number in reversed(range(len(found))):
        found[number] = min(found[number], latest)
        latest = found[number] - _LEAST_APART
    return found


def _new(known: Sequence[datetime], new: int, now: datetime) -> list[datetime]:
    """So many dates after all that are known, the last of them now if there is time for it."""
    start = known[-1] if known else now - new * _APART
    between = min(_APART, (now - start) / max(new, 1))
    step = max(timedelta(seconds=int(between.total_seconds())), _LEAST_APART)
    return [start + (number + 1) * step for number in range(new)]
