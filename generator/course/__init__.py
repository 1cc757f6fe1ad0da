"""Courses: TOML files that put scripts into sessions, in the folder ``courses`` beside them.

All that is wrong in one is told at once, each with its line.
"""

from generator.course.files import MAX_BYTES, SCHEMA, available, checked_slug, place_of, schema
from generator.course.reading import MAX_SESSIONS, load, publication, survey

__all__ = [
    "MAX_BYTES",
    "MAX_SESSIONS",
    "SCHEMA",
    "available",
    "checked_slug",
    "load",
    "place_of",
    "publication",
    "schema",
    "survey",
]
