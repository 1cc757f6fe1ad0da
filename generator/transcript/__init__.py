"""The words of a track in their time: for whoever reads, and as the document beside the track.

All of it may hold a listener's details, so no error here repeats a word of them.
"""

from __future__ import annotations

from generator.transcript.document import (
    SCHEMA,
    evidence_from,
    facts_from,
    timeline_document,
    timeline_from,
)
from generator.transcript.plain import plain_text
from generator.transcript.subrip import srt
from generator.transcript.vtt import cues, cues_in, webvtt

__all__ = [
    "SCHEMA",
    "cues",
    "cues_in",
    "evidence_from",
    "facts_from",
    "plain_text",
    "srt",
    "timeline_document",
    "timeline_from",
    "webvtt",
]
