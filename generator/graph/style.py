"""Sizes and colours: dark on white, light enough to be printed. Sizes are in half pixels."""

from __future__ import annotations

from typing import NamedTuple

FINE = 2
"""A picture is drawn at twice its size and then reduced: edges and letters come out smooth."""
WIDTH, LEFT, RIGHT = 3_600, 132, 60
SPAN = WIDTH - LEFT - RIGHT
"""What a row of time is wide."""

PAPER = (255, 255, 255)
INK = (43, 47, 54)
PALE_INK = (138, 143, 150)
GRID = (232, 233, 236)
CHAPTERS = ((236, 230, 218), (219, 230, 232))
PHRASE = (229, 237, 246)
DETAIL = (248, 228, 217)
DETAIL_EDGE = (196, 104, 66)
VOICE_PEAK = (165, 192, 219)
VOICE = (47, 93, 140)
BED = (186, 201, 160)
BELL = (205, 146, 38)
LOUDNESS = (92, 70, 110)
LOUDNESS_PALE = (238, 234, 242)
TARGET = (176, 58, 72)
FAULT, FAULT_PALE = (208, 28, 28, 255), (208, 28, 28, 64)
"""The pale one lies over what is there, which stays to be seen."""
PROVEN = (62, 124, 72)


class Lane(NamedTuple):
    """A strip of a row, from its top to its bottom."""

    top: int
    bottom: int

    @property
    def height(self) -> int:
        """From top to bottom."""
        return self.bottom - self.top


BAND = Lane(0, 50)
WORDS = Lane(58, 226)
WAVE = Lane(232, 412)
LOUD = Lane(424, 524)
TICKS = Lane(528, 566)
MARKS = Lane(570, 612)
ROW_HEIGHT = 618
HEADER_HEIGHT = 250

LOUDEST_DB, QUIETEST_DB = 0.0, -60.0
"""What the height of the wave stands for; the middle of its lane is the quietest."""
LOUDEST_LUFS, QUIETEST_LUFS = -6.0, -54.0
