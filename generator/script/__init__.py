"""From a file somebody wrote to the cues of one track.

:func:`load` reads the front matter only, which is quick; :func:`fill` fills the body. A script is a
stranger's code until proven otherwise: what it may contain is listed in :mod:`.allowed`.
"""

from generator.script.files import checked_slug, slug_of
from generator.script.fill import fill, placed
from generator.script.frontmatter import MAX_LISTED, available, glance, load, source, survey
from generator.script.sounds import inserts
from generator.script.usage import usage

__all__ = [
    "MAX_LISTED",
    "available",
    "checked_slug",
    "fill",
    "glance",
    "inserts",
    "load",
    "placed",
    "slug_of",
    "source",
    "survey",
    "usage",
]
