"""What a delivery holds, read by nobody's library: whoever made it, and however hostile it is."""

from generator.gauge.feed import MOST_BYTES as MOST_FEED_BYTES
from generator.gauge.feed import feed
from generator.gauge.mpeg import mpeg
from generator.gauge.papers import MOST_BYTES as MOST_PAPER_BYTES
from generator.gauge.papers import chapters, transcript
from generator.gauge.sound import LIMITS, Ear, decoded
from generator.gauge.tag import tag

__all__ = [
    "LIMITS",
    "MOST_FEED_BYTES",
    "MOST_PAPER_BYTES",
    "Ear",
    "chapters",
    "decoded",
    "feed",
    "mpeg",
    "tag",
    "transcript",
]
