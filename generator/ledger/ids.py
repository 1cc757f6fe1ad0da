"""The file of guids and tokens: written once, never derived, and kept as long as the folder is."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generator.errors import UsageError
from generator.model import Ids, Issued, Part
from generator.system import read_plain, write_whole

IDS = "feed.ids.json"
SCHEMA = 1

_MOST_BYTES = 1 << 28
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_REMEDY = (
    "Put back a copy of it: without it every app would take its episodes for new ones."
    " To begin anew, remove it."
)


def read_ids(folder: Path) -> Ids:
    """What is kept in a folder; nothing where nothing was published yet.

    Raises UsageError for a file that cannot be read: another would be a new feed to every app.
    """
    path = folder / IDS
    try:
        return _ids(json.loads(read_plain(path, _MOST_BYTES)))
    except FileNotFoundError:
        return Ids()
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise UsageError(what, where=str(path), remedy=_REMEDY) from error
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        raise UsageError("was damaged", where=str(path), remedy=_REMEDY) from None


def _ids(said: Any) -> Ids:
    """All of them. Raises ValueError, TypeError or KeyError for what they are not."""
    if said["schema"] != SCHEMA:
        raise ValueError("another schema")
    public = said["public"]
    ids = Ids(
        public=_part(public) if public is not None else None,
        listeners={str(label): _part(each) for label, each in said["listeners"].items()},
        revoked=frozenset(map(str, said["revoked"])),
    )
    tokens = [each.token for each in ids.listeners.values()]
    if not all(tokens) or len({*tokens}) < len(tokens) or (ids.public and ids.public.token):
        raise ValueError("a part that is not one listener's own, or not everybody's")
    return ids


def _part(said: Any) -> Part:
    """One part. Raises ValueError, TypeError or KeyError for what is none."""
    token = said["token"]
    if token and not _TOKEN.fullmatch(token):
        raise ValueError("no token")
    return Part(
        feed=str(uuid.UUID(said["feed"])),
        episodes={str(key): _issued(each) for key, each in said["episodes"].items()},
        token=token,
    )


def _issued(said: Any) -> Issued:
    uuid.UUID(said["guid"])
    if said["published"] is None:
        return Issued(str(said["guid"]))
    published = datetime.fromisoformat(said["published"])
    if published.tzinfo is None:
        raise ValueError("no zone")
    return Issued(str(said["guid"]), published.astimezone(UTC))


def write_ids(folder: Path, ids: Ids) -> None:
    """Keep them, for their owner's eyes alone. Raises WriteError."""
    document = {
        "schema": SCHEMA,
        "public": _said(ids.public) if ids.public else None,
        "listeners": {label: _said(each) for label, each in sorted(ids.listeners.items())},
        "revoked": sorted(ids.revoked),
    }
    write_whole(folder / IDS, json.dumps(document, indent=1, ensure_ascii=False).encode())


def _said(part: Part) -> dict[str, Any]:
    return {
        "feed": part.feed,
        "token": part.token,
        "episodes": {key: _said_of(each) for key, each in part.episodes.items()},
    }


def _said_of(episode: Issued) -> dict[str, str | None]:
    published = episode.published
    return {"guid": episode.guid, "published": published.isoformat() if published else None}


def without(ids: Ids, label: str) -> Ids:
    """The same in which nothing tells of a listener."""
    listeners = {each: part for each, part in ids.listeners.items() if each != label}
    return replace(ids, listeners=listeners, revoked=ids.revoked - {label})
