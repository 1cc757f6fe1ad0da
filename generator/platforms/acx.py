"""ACX, through which audiobooks come to Audible."""

from __future__ import annotations

from operator import attrgetter

from generator.model import Delivered, Delivery, Verdict
from generator.platforms import voice
from generator.platforms.platform import Platform
from generator.platforms.rule import Rule, Seen, there, within
from generator.platforms.sound import (
    CONSTANT,
    KIND,
    WHOLE,
    TrackRule,
    kbit_per_s,
    kind,
    level,
    rate,
)

_SOURCE = "acx, at second hand"
_ENCODE = "Render it as FLAC, and encode that: constant 192 kbit/s, 44100 Hz."
_MOST_MINUTES = 120.0


def _minutes(track: Delivered) -> Seen | None:
    return (
        within(track.levels.length_s / 60, "minutes", most=_MOST_MINUTES) if track.levels else None
    )


def _channels(delivery: Delivery) -> Seen | None:
    found = {each.mpeg.channels for each in delivery.tracks if each.mpeg}
    return there(met=len(found) == 1, yes="alike", no="some mono, some stereo") if found else None


def _told(_delivery: Delivery) -> Seen:
    return Seen("nothing here can hear it", met=None)


ACX = Platform(
    tracks=(
        voice.NO_SYNTHETIC,
        TrackRule("MP3-3", "format", "MP3", kind(), _SOURCE, KIND.remedy),
        TrackRule("MP3-3", "bit rate", "constant", CONSTANT.look, _SOURCE, _ENCODE),
        TrackRule(
            "MP3-3", "bit rate", "at least 192 kbit/s", kbit_per_s(192, 320), _SOURCE, _ENCODE
        ),
        TrackRule("MP3-3", "sampling rate", "44100 Hz", rate(44_100), _SOURCE, _ENCODE),
        TrackRule(
            "MP3-3", "length", "at most 120 minutes", _minutes, _SOURCE, "Divide it in sections."
        ),
        WHOLE,
        TrackRule(
            "ACX-1",
            "RMS of the whole",
            "-23 to -18 dBFS",
            level(attrgetter("rms_dbfs"), "dBFS", -23.0, -18.0),
            _SOURCE,
            "A meditation cannot meet it: RMS counts the pauses, so a voice at -19 LUFS that fills"
            " a quarter of a track reads -26 dBFS. Turned up until it fits, it would be shouted.",
        ),
        TrackRule(
            "ACX-2",
            "noise floor in the pauses",
            "at most -60 dBFS RMS",
            level(attrgetter("floor_dbfs"), "dBFS", most=-60.0),
            _SOURCE,
            "A meditation with a bed cannot meet it: the bed is what sounds there. Render it with"
            " --bed none.",
        ),
        TrackRule(
            "ACX-3",
            "peak",
            "under -3 dBFS",
            level(attrgetter("peak_dbfs"), "dBFS", most=-3.0),
            _SOURCE,
            "Limit it to -3.5 dBFS before it is encoded.",
        ),
        TrackRule(
            "ACX-5",
            "room before the first sound",
            "0.5 to 1 s",
            level(attrgetter("head_s"), "s", 0.5, 1.0),
            _SOURCE,
            "Cut or lengthen its beginning; a bed begins at once, and has no such room.",
        ),
        TrackRule(
            "ACX-6",
            "room after the last sound",
            "1 to 5 s",
            level(attrgetter("tail_s"), "s", 1.0, 5.0),
            _SOURCE,
            "Cut or lengthen its end; a bed ends with the track, and has no such room.",
        ),
        voice.NOBODYS,
    ),
    folder=(
        Rule[Delivery](
            "MP3-3", "channels", "alike in all files", _channels, _SOURCE, "Encode all alike."
        ),
        Rule[Delivery]("ACX-7", "credits, sample", "there", _told, _SOURCE, unmet=Verdict.UNKNOWN),
    ),
)
