"""The parts of a site: who each is for, what goes into it, and under which address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from generator import feed, ledger, pipeline
from generator.errors import UsageError, nearest
from generator.ledger import Memory
from generator.model import PRIVATE_PART, PUBLIC_LABEL, Ids, Publication
from generator.publishing.facts import facts_of
from generator.publishing.gathering import Gathered, Piece, outgoing
from generator.publishing.issuing import dated, numbered, part_of
from generator.publishing.leaves import FEED, Branch

_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,200}[A-Za-z0-9])?"
    r"(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
)


@dataclass(frozen=True)
class Wish:
    """How a folder is to be published."""

    address: str = ""
    """Of the site on the web; left out, as ``feed.toml`` has it."""
    to: Path | None = None
    private: bool = False
    labels: tuple[str, ...] = ()
    """Which listeners; none for all."""
    edition: str = ""
    force: bool = False
    """Replace what lies in the site and is none of ours."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    """What is new is dated so."""


def branch_of(
    found: Gathered, label: str, facts: Publication, wish: Wish, ids: Ids, memory: Memory
) -> Branch:
    """One part of the site, with its guids and dates. Raises what cannot be published."""
    address = address_of(wish, facts)
    tracks = outgoing(found, label, _edition(found, wish.edition or facts.edition), memory)
    pieces = [each.piece for each in tracks]
    if wish.private:
        part = dated(part_of(ids.listeners.get(label), private=True), pieces, wish.now)
        folder = f"{PRIVATE_PART}/{part.token}/"
        return Branch(label, folder, address + folder, facts, part, tracks)
    part = dated(part_of(ids.public, _guid(facts, address)), pieces, wish.now)
    branch = Branch(label, "", address, facts, part, tracks)
    _impersonal(branch)
    return branch


def links(folder: Path, address: str) -> dict[str, str]:
    """The private address of each listener by label, for a site that lies at ``address``.

    Left out, ``feed.toml`` says where. Raises UsageError where neither does, or nobody has one.
    """
    listeners = ledger.read_ids(folder).listeners
    if not listeners:
        remedy = "'meditate publish FOLDER --private' gives each listener one."
        raise UsageError("nobody has a private address there", where=str(folder), remedy=remedy)
    base = address_of(Wish(address), facts_of(folder))
    return {label: f"{base}{PRIVATE_PART}/{each.token}/" for label, each in listeners.items()}


def every_part(found: Gathered, facts: Publication, ids: Ids) -> Ids:
    """The ids with every part that can be published: what was given before stays.

    The public feed has its guid of its first address, so it waits until that is known.
    """
    public, listeners = ids.public, dict(ids.listeners)
    address = facts.feed.address
    for label, pieces in found.pieces.items():
        if label in ids.revoked:
            continue
        if not _is_public(found, label, pieces):
            part = part_of(ids.listeners.get(label), private=True)
            listeners[label] = numbered(part, pieces)
        elif address or facts.feed.guid or public:
            guid = _guid(facts, f"{address}/" if address else "")
            public = numbered(part_of(public, guid), pieces)
    return replace(ids, public=public, listeners=listeners)


def _guid(facts: Publication, address: str) -> str:
    """What a new public feed is called: by its first address, or at random where there is none.

    An address without encryption is for trying it out: many have the same, as 127.0.0.1.
    """
    if facts.feed.guid or not address.startswith("https:"):
        return facts.feed.guid
    return feed.podcast_guid(address + FEED)


def _is_public(found: Gathered, label: str, pieces: Iterable[Piece]) -> bool:
    """Whether tracks may be anybody's: in a course those that are called so, else as they are."""
    if found.about:
        return label == PUBLIC_LABEL
    return not any(pipeline.finished(each.path).personal for each in pieces)


def labels_of(found: Gathered, wish: Wish, ids: Ids) -> tuple[str, ...]:
    """Whose tracks go out, each in a part of the site. Raises UsageError where there are none.

    Whose address was taken back is left out unless they are named.
    """
    where = str(found.folder)
    if not wish.private and not found.about:
        return tuple(found.pieces)
    if not wish.private:
        if PUBLIC_LABEL not in found.pieces:
            remedy = "Build the course without a roster, or use --private."
            raise UsageError("it has no public tracks", where=where, remedy=remedy)
        return (PUBLIC_LABEL,)
    there = [label for label in found.pieces if label != PUBLIC_LABEL]
    for each in wish.labels:
        if each not in there:
            what = f"there are no tracks of '{each}'"
            raise UsageError(what, where="--for", remedy=nearest(each, there))
    if not there:
        remedy = "Build the course with --roster, or leave --private out."
        raise UsageError("it has tracks of no listener", where=where, remedy=remedy)
    return wish.labels or tuple(label for label in there if label not in ids.revoked)


def _impersonal(branch: Branch) -> None:
    """Raise UsageError when a listener's detail is spoken in what anybody is to hear."""
    personal = [each.piece.path for each in branch.tracks if each.finished.personal]
    if personal:
        others = f", and in {len(personal) - 1} others" if len(personal) > 1 else ""
        raise UsageError(
            f"a listener's detail is spoken in it{others}: it does not belong in a public feed",
            where=str(personal[0]),
            remedy="Use --private, which gives the listener an address nobody can guess.",
        )


def _edition(found: Gathered, wished: str) -> str:
    there = found.editions
    if wished and there and wished not in there:
        what = f"there is no edition '{wished}'"
        raise UsageError(what, where="edition", remedy=nearest(wished, there))
    if not wished and len(there) > 1:
        remedy = f"Name one with --edition: {', '.join(there)}."
        raise UsageError("there are several editions", where=str(found.folder), remedy=remedy)
    return wished or "".join(there[:1])


def address_of(wish: Wish, facts: Publication | None) -> str:
    """Where the site will lie on the web, with a slash at its end. Raises UsageError."""
    return _address(wish.address or (facts.feed.address if facts else ""))


def _address(text: str) -> str:
    if not text:
        remedy = "Add --site https://example.org/kind, or 'address' in feed.toml."
        raise UsageError("where the site will lie is not known", where="--site", remedy=remedy)
    if not _ADDRESS.fullmatch(text):
        remedy = "As in https://example.org/kind."
        raise UsageError("is no address of a folder on the web", where="--site", remedy=remedy)
    return text.rstrip("/") + "/"
