"""Scripts and courses of one's own: begun from a plain one, or copied from one that came along.

Beside a copy lies what it was copied from, so that it can be told later what has changed in either.
"""

from generator.drafts.beginnings import LANGUAGES, beginning
from generator.drafts.copies import copied, difference, origin, put, put_file
from generator.drafts.courses import beginning_of_course
from generator.drafts.feeds import beginning_of_feed

__all__ = [
    "LANGUAGES",
    "beginning",
    "beginning_of_course",
    "beginning_of_feed",
    "copied",
    "difference",
    "origin",
    "put",
    "put_file",
]
