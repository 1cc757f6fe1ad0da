"""How a bed makes way for the voice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Duck:
    """What a bed does around phrases; each kind of sound has its own."""

    depth_db: float = 6.0
    """How far it lies lower under a phrase than in a pause."""
    ahead_s: float = 0.6
    """How long before a phrase it begins to go down; it is down when the phrase starts."""
    back_s: float = 1.5
    """How long it takes to come back; a pause too short for both stays down."""
    rise_db: float = 1.5
    """How far it rises in a pause of over ``long_s``."""
    slow_s: float = 6.0
    """How long it takes to rise, and to come down again in time."""
    long_s: float = 20.0
