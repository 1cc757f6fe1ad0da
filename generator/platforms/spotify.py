"""Spotify. Its own pages could not be read: what every podcast has to be is judged, and no more."""

from __future__ import annotations

from operator import attrgetter

from generator.platforms import episode, feed, tag, voice
from generator.platforms.platform import Platform
from generator.platforms.rule import read_elsewhere, unverified
from generator.platforms.sound import (
    KIND,
    NAME,
    PEAK,
    WHOLE,
    TrackRule,
    kbit_per_s,
    level,
)

_SOURCE = "spotify"

BIT_RATE = TrackRule(
    "SP-1", "bit rate", "no rule read", kbit_per_s(0, 320), _SOURCE, verified=False
)
LOUDNESS = TrackRule(
    "SP-2",
    "loudness of the whole",
    "played at about -14 LUFS",
    level(attrgetter("mix_lufs"), "LUFS"),
    _SOURCE,
    verified=False,
)

SPOTIFY = Platform(
    tracks=(
        unverified(KIND, _SOURCE),
        BIT_RATE,
        WHOLE,
        LOUDNESS,
        unverified(PEAK, _SOURCE),
        unverified(NAME, _SOURCE),
        *tag.PAPERS,
        voice.LABELLED,
        voice.NOBODYS,
    ),
    folder=read_elsewhere(
        (
            feed.READ,
            *feed.ROOT,
            *feed.CHANNEL,
            *(unverified(rule, _SOURCE) for rule in feed.ARTWORK),
            *voice.ANNOUNCED,
            feed.SERVED,
        ),
        _SOURCE,
    ),
    episodes=read_elsewhere(episode.EPISODE, _SOURCE),
)
