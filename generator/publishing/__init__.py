"""A folder of finished tracks as a site: feeds, pages, and all that belongs to them."""

from generator.publishing.branches import Wish, links
from generator.publishing.facts import begin, changed, facts_of, proposed
from generator.publishing.gathering import Gathered, gathered
from generator.publishing.leaves import Leaf
from generator.publishing.publishing import (
    Heard,
    Published,
    Sent,
    number_all,
    publish,
    revoke,
)

__all__ = [
    "Gathered",
    "Heard",
    "Leaf",
    "Published",
    "Sent",
    "Wish",
    "begin",
    "changed",
    "facts_of",
    "gathered",
    "links",
    "number_all",
    "proposed",
    "publish",
    "revoke",
]
