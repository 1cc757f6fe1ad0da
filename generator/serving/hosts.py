"""The names by which the server may be asked for.

A page of a stranger can have its own name lead to this machine, and then asks as if it were ours:
so a server that is for this machine alone answers to this machine's names alone.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass

from generator.errors import UsageError

_NAMED = re.compile(r"(?:\[([0-9a-f:.%]+)\]|([^\s:/\[\]]+))(?::[0-9]*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Hosts:
    """Who may be meant by a request."""

    names: frozenset[str]
    """Besides those of this machine itself."""
    any_name: bool

    def known(self, field: str) -> bool:
        """Whether that ``Host`` is one of ours, whatever its port."""
        if self.any_name:
            return True
        name = _name(field)
        return name == "localhost" or name in self.names or is_loopback(name)


def named(names: Collection[str]) -> frozenset[str]:
    """These names as they are compared. Raises UsageError for what is none."""
    found = frozenset(map(_name, names))
    if not all(found):
        raise UsageError("is no name of a host", where="--allow-host", remedy="As in: calm.example")
    return found


def hosts(bound: str, names: frozenset[str]) -> Hosts:
    """The names for a server bound to that address, given those it is to answer to besides.

    Bound beyond this machine it answers to any name, unless there are some given.
    """
    return Hosts(names | {bound}, any_name=not names and not is_loopback(bound))


def _name(field: str) -> str:
    """The name in a ``Host``, without its port; empty when it is none."""
    found = _NAMED.fullmatch(field.strip())
    return (found[1] or found[2]).lower().rstrip(".") if found else ""


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches that address."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
