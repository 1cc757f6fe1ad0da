"""Apple Podcasts."""

from __future__ import annotations

from generator.model import Verdict
from generator.platforms import episode, feed, tag, voice
from generator.platforms.platform import Platform
from generator.platforms.sound import (
    CONSTANT,
    EDGES,
    INFO,
    KIND,
    MIX,
    NAME,
    PEAK,
    SPEECH,
    SPREAD,
    WHOLE,
    TrackRule,
    kbit_per_s,
    rate,
)

BIT_RATE = TrackRule(
    "MP3-1",
    "bit rate",
    "stereo 128 to 256 kbit/s, mono 96 to 128",
    kbit_per_s(128, 256, mono=(96, 128)),
    "apple 893, at second hand",
    "Render it with this program: 128 kbit/s in stereo.",
    Verdict.WARN,
)
RATE = TrackRule(
    "MP3-1",
    "sampling rate",
    "44100 or 48000 Hz",
    rate(44_100, 48_000),
    "apple 893, at second hand",
    "Render it with this program: 48000 Hz.",
    Verdict.WARN,
)

APPLE = Platform(
    tracks=(
        KIND,
        BIT_RATE,
        RATE,
        CONSTANT,
        INFO,
        WHOLE,
        PEAK,
        MIX,
        SPEECH,
        EDGES,
        NAME,
        tag.READABLE,
        tag.TITLE,
        tag.PICTURE,
        tag.CHAPTERED,
        *tag.CHAPTERS,
        tag.TRANSCRIBED,
        *tag.PAPERS,
        voice.DESCRIBED,
        voice.ALOUD,
        voice.NOBODYS,
    ),
    folder=(
        SPREAD,
        feed.READ,
        *feed.ROOT,
        *feed.CHANNEL,
        *feed.ARTWORK,
        *voice.ANNOUNCED,
        feed.SERVED,
    ),
    episodes=episode.EPISODE,
)
