"""What a listener tells us: read, checked, kept; and how it bends to fit a sentence.

Everything here is confidential. Messages name the field and never repeat what it held.
"""

from generator.personalise.bending import (
    FILTERS,
    agrees,
    article,
    filters,
    possessive,
    rung,
    their,
    them,
    they,
    words,
)
from generator.personalise.care import crisis_line
from generator.personalise.checking import check, checked, gathered, names, reveals, weighed
from generator.personalise.files import MAX_BYTES, listener_toml, read_listener
from generator.personalise.letters import speakable
from generator.personalise.naming import again, noun
from generator.personalise.second_person import yours

__all__ = [
    "FILTERS",
    "MAX_BYTES",
    "again",
    "agrees",
    "article",
    "check",
    "checked",
    "crisis_line",
    "filters",
    "gathered",
    "listener_toml",
    "names",
    "noun",
    "possessive",
    "read_listener",
    "reveals",
    "rung",
    "speakable",
    "their",
    "them",
    "they",
    "weighed",
    "words",
    "yours",
]
