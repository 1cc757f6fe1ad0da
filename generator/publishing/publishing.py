"""From a folder of finished tracks to a site: feeds, pages, and what goes with them.

Whoever wants to know what publishing does reads :func:`publish`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from generator import ledger, system
from generator.errors import UsageError, WriteError
from generator.ledger import Memory
from generator.model import SITE, Ids, Publication
from generator.publishing.branches import Wish, address_of, branch_of, every_part, labels_of
from generator.publishing.facts import begin, changed, facts_of, proposed
from generator.publishing.gathering import Gathered, gathered
from generator.publishing.leaves import FEED, ROBOTS, Branch, Leaf, leaves
from generator.publishing.notices import notices
from generator.publishing.pictures import pictures_of
from generator.publishing.site import Site

_NOBODY_ELSE = "Wait until the build or the other publishing is done."


@dataclass(frozen=True)
class Sent:
    """One feed with its page, as it lies in the site now."""

    label: str
    page: str
    """Its address."""
    feed: str
    episodes: int
    written: int
    """Files that were not there as they are now."""
    kept: int
    removed: int


@dataclass(frozen=True)
class Published:
    """What a publication came to."""

    site: Path
    sent: tuple[Sent, ...]
    gone: tuple[str, ...] = ()
    """Listeners who have an address, and no tracks any more."""


@dataclass(frozen=True)
class Heard:
    """How far it is, and what is to be known before it begins."""

    notice: Callable[[str], None]
    progress: Callable[[str, int, int], None]
    """Whose part it is; files written there, of how many."""


def publish(folder: Path, wish: Wish, folders: system.Folders, tell: Heard) -> Published:
    """Put the tracks of a folder into a site, with all that belongs to them; feeds last.

    What is there as it should be stays. Raises UsageError, CheckError or MistakesError, before
    anything is written, for what cannot be published; WriteError when it cannot be written.
    """
    found, known = gathered(folder, folders), facts_of(folder)
    address = address_of(wish, known)
    facts = known or _begun(found, address, folders, tell)
    place = _place(folder, wish)
    with _alone(folder):
        secret = system.secret_key(folders.secret)
        memory, ids = Memory.of(folder, secret), ledger.read_ids(folder)
        pictures, sent = pictures_of(facts, memory), []
        with _remembered(folder, place, memory, secret) as site:
            for label in labels_of(found, wish, ids):
                branch = branch_of(found, label, facts, replace(wish, address=address), ids, memory)
                every = tuple(leaves(branch, pictures, max(wish.now, datetime.now(UTC))))
                stale = _stale(site, every, force=wish.force)
                ids = _kept(folder, ids, branch)
                if stale:  # what a killed run put there is to be known as ours
                    memory.save(folder, secret)
                    for each in notices(branch, folders):
                        tell.notice(each)
                for number, leaf in enumerate(stale):
                    tell.progress(label, number, len(stale))
                    site.put(leaf)
                removed = site.remove(_nobodys(site, every, branch))
                sent.append(_sent(branch, len(every), len(stale), removed))
    gone = tuple(sorted(set(ids.listeners) - set(found.pieces))) if wish.private else ()
    return Published(place, tuple(sent), gone)


def _place(folder: Path, wish: Wish) -> Path:
    """Where the site lies. Raises UsageError where all that is no part of it would be uploaded."""
    place = (wish.to or folder / SITE).absolute()
    if folder.resolve().is_relative_to(place.resolve()):
        remedy = "Leave --to out, or name a folder of its own."
        what = "the tracks lie in it, and with them what is nobody's: listeners and addresses"
        raise UsageError(what, where=f"--to {place}", remedy=remedy)
    return place


def _begun(found: Gathered, address: str, folders: system.Folders, tell: Heard) -> Publication:
    """What is said of a folder of which nothing was said yet, kept for its publisher to change."""
    facts = proposed(found, None, folders)
    given = {"address": address.rstrip("/")} if address.startswith("https:") else {}
    written = begin(changed(facts, given))
    tell.notice(f"{written.path} now says what is published; change it as you like")
    return written


def number_all(found: Gathered, facts: Publication) -> None:
    """Give the feed of a folder its guid for ever, and each of its tracks, before it goes out.

    Nothing is given where something was. Raises WriteError.
    """
    with _alone(found.folder):
        ids = ledger.read_ids(found.folder)
        given = every_part(found, facts, ids)
        if given != ids:
            ledger.write_ids(found.folder, given)


def revoke(folder: Path, label: str, folders: system.Folders) -> tuple[Path, ...]:
    """Take a listener's part out of every site on this machine, and the address from them.

    The sites that are not there now are given back: what lies in them stays. Raises UsageError when
    there is none of that label, WriteError when something stays.
    """
    secret = system.secret_key(folders.secret)
    with _alone(folder):
        if label not in ledger.read_ids(folder).listeners:
            remedy = "'meditate publish links FOLDER' lists those who have one."
            raise UsageError("has no private address", where=f"listener {label}", remedy=remedy)
        away = ledger.away(folder, label, secret)
        ledger.unpublish(folder, label, secret)
        ids = ledger.read_ids(folder)
        ledger.write_ids(folder, replace(ids, revoked=ids.revoked | {label}))
    return away


def _sent(branch: Branch, of: int, written: int, removed: int) -> Sent:
    page, number = branch.address, len(branch.tracks)
    return Sent(branch.label, page, page + FEED, number, written, of - written, removed)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nothing is built or published there meanwhile."""
    with system.locked(folder, wait_s=0.0) as free:
        if not free:
            what = "is being built or published by somebody else"
            raise WriteError(what, where=str(folder), remedy=_NOBODY_ELSE)
        yield


def _kept(folder: Path, ids: Ids, branch: Branch) -> Ids:
    """The ids with this part of the site, kept before any of them goes out."""
    if branch.private:
        listeners = {**ids.listeners, branch.label: branch.part}
        now = replace(ids, listeners=listeners, revoked=ids.revoked - {branch.label})
    else:
        now = replace(ids, public=branch.part)
    if now != ids:
        ledger.write_ids(folder, now)
    return now


@contextlib.contextmanager
def _remembered(folder: Path, place: Path, memory: Memory, secret: bytes) -> Iterator[Site]:
    """The site, of which is remembered what was done however this ends."""
    with Site(place, memory.site(folder, place)) as site:
        try:
            yield site
        finally:
            memory.save(folder, secret)


def _stale(site: Site, every: Sequence[Leaf], *, force: bool) -> tuple[Leaf, ...]:
    """What is not there yet: from now on it is known as ours."""
    stale = site.stale(every)
    site.take()
    site.admit(stale, force=force)
    site.intend(stale)
    return stale


def _nobodys(site: Site, every: Sequence[Leaf], branch: Branch) -> list[str]:
    """What lies in this part of the site and nothing in it names any more."""
    wanted = {ROBOTS, *(leaf.name for leaf in every)}
    return [name for name in site.known if name not in wanted and branch.holds(name)]
