"""The finished track proven against what was mixed: what was made, not what was meant."""

from __future__ import annotations

from generator.errors import CheckError
from generator.model import Evidence, Report, Timeline
from generator.verify import ground, inserts, level, papers, phrases
from generator.verify.cells import CELL_FRAMES
from generator.verify.expect import expected
from generator.verify.hear import Heard, listen, speech_lufs
from generator.verify.papers import Papers
from generator.verify.pieces import Memory, listen_in_pieces
from generator.verify.stream import Opened, opened
from generator.verify.witness import Noted, Witness

__all__ = [
    "CELL_FRAMES",
    "Heard",
    "Memory",
    "Noted",
    "Opened",
    "Papers",
    "Witness",
    "expected",
    "listen",
    "listen_in_pieces",
    "opened",
    "report",
    "speech_lufs",
]


def report(
    timeline: Timeline,
    evidence: Evidence,
    found: Opened,
    heard: Heard,
    beside: Papers,
) -> Report:
    """Every check of a track: its bytes, its sound, its papers.

    Raises CheckError when the evidence is not of this timeline.
    """
    if (found.stream is None) != (evidence.stream is None):
        raise CheckError("its evidence is of another format", where="timeline")
    mixed = expected(timeline, evidence)
    return Report(
        (
            *level.checks(timeline, evidence.speech_lufs, heard),
            *phrases.checks(timeline, mixed, heard.grid),
            *inserts.checks(timeline, mixed, heard.grid),
            *ground.checks(timeline, mixed, heard.grid),
            *papers.checks(timeline, evidence.stream, found, beside),
        )
    )
