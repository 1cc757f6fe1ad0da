"""Insight Timer, as its help pages say."""

from __future__ import annotations

import unicodedata

from generator.model import Delivered, Verdict
from generator.platforms import voice
from generator.platforms.platform import Platform
from generator.platforms.rule import Seen, there, unverified, within
from generator.platforms.sound import (
    EDGES,
    KIND,
    SPEECH,
    WHOLE,
    TrackRule,
    kbit_per_s,
    kind,
    rate,
)

_SOURCE = "insight timer help"
_MOST_BYTES = 500_000_000
_LEAST_CHARACTERS = 500


def _minutes(track: Delivered) -> Seen | None:
    return within(track.levels.length_s / 60, "minutes", 10.0, 20.0) if track.levels else None


def _bell(track: Delivered) -> Seen | None:
    if track.mpeg is None:
        return None
    if track.planned is None:
        return Seen("no timeline beside it", met=None)
    return there(met=track.planned.bell_at_end)


def _description(track: Delivered) -> Seen | None:
    """The comment in the tag, which is what there is to be pasted."""
    if track.tag is None:
        return None
    text = track.said("COMM")
    drawn = sum(unicodedata.category(each) == "So" for each in text)
    if drawn:
        return Seen(f"{drawn} emoji", met=False)
    return Seen(f"{len(text)} characters", len(text) >= _LEAST_CHARACTERS)


INSIGHT_TIMER = Platform(
    tracks=(
        TrackRule("MP3-2", "format", "MP3", kind(), _SOURCE, KIND.remedy),
        TrackRule(
            "MP3-2",
            "bit rate",
            "128 kbit/s",
            kbit_per_s(128, 128),
            _SOURCE,
            "Render it with this program: 128 kbit/s.",
        ),
        TrackRule(
            "MP3-2",
            "sampling rate",
            "48000 Hz",
            rate(48_000),
            _SOURCE,
            "Render it with this program: 48000 Hz.",
        ),
        TrackRule(
            "MP3-2",
            "size",
            "at most 500 MB",
            lambda track: within(track.size_bytes / 1e6, "MB", most=_MOST_BYTES / 1e6),
            _SOURCE,
            "Render it shorter.",
        ),
        TrackRule(
            "MP3-2",
            "length",
            "10 to 20 minutes",
            _minutes,
            _SOURCE,
            "It is recommended, not asked for: --length 15m.",
            Verdict.WARN,
        ),
        TrackRule(
            "MP3-2",
            "bell at the end",
            "recommended",
            _bell,
            _SOURCE,
            "Render it with --bells start,end.",
            Verdict.WARN,
        ),
        TrackRule(
            "INS-1",
            "description",
            "at least 500 characters, no emoji",
            _description,
            _SOURCE,
            "What its tag says is too little: write more where you upload it.",
            Verdict.WARN,
        ),
        WHOLE,
        EDGES,
        unverified(SPEECH, "insight timer"),
        voice.WHOSE,
        voice.NOBODYS,
    ),
)
