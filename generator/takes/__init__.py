"""Recordings of a list of sentences: which file is which, where in it each is, and how loud.

Nothing here understands a word. What is known of a sentence is how long it should take, and that a
reader waits between two of them.
"""

from generator.takes.hear import MOST_S, cut, hear
from generator.takes.level import TARGET_LUFS, gains_db, loudness_lufs
from generator.takes.match import doubt, matched, rate
from generator.takes.naming import Named, named

__all__ = [
    "MOST_S",
    "TARGET_LUFS",
    "Named",
    "cut",
    "doubt",
    "gains_db",
    "hear",
    "loudness_lufs",
    "matched",
    "named",
    "rate",
]
