"""The picture of a track: what it says, when it is silent, and how loud it is, to be looked at."""

from generator.graph.heard import HeardOutline
from generator.graph.outline import Outline
from generator.graph.page import draw

__all__ = ["HeardOutline", "Outline", "draw"]
