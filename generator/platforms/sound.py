"""Rules about the bytes and the sound of one track, which several platforms share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from operator import attrgetter

from generator.model import Delivered, Delivery, Levels, Verdict
from generator.platforms.rule import Rule, Seen, there, within

TrackRule = Rule[Delivered]

NEAR_LUFS = (-17.0, -15.0)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
_ENDS_FRAMES = 3_456
"""Three MP3 frames: what decoders keep or cut off where nothing says how much that is."""
_REPLAYGAIN_LUFS = -18.0
_GAIN = re.compile(r"[+-]?\d{1,2}\.\d{1,2} dB", re.ASCII)


def kind(*others: str) -> Callable[[Delivered], Seen]:
    """What looks whether it is an MP3; of these other endings it is taken, and not measured."""

    def look(track: Delivered) -> Seen:
        if track.mpeg:
            return Seen("MP3", met=True)
        ending = track.name.rpartition(".")[2].lower()
        taken = None if ending in others else False
        return Seen(track.fault or f"{ending.upper()}, not measured", taken)

    return look


def _whole(track: Delivered) -> Seen:
    """Whether it decodes to as many samples as its header, or else its frames, promise."""
    if track.fault:
        return Seen(track.fault, met=False)
    if track.mpeg is None or track.levels is None:
        return Seen("not measured", met=None)
    if track.mpeg.stray_bytes:
        return Seen(f"{track.mpeg.stray_bytes:,} bytes are no MP3", met=False)
    apart = track.levels.frames - track.mpeg.samples
    exact = bool(track.mpeg.header)
    met = not apart if exact else abs(apart) <= _ENDS_FRAMES
    return Seen("all of it" if met else f"{apart:+,} samples", met)


def kbit_per_s(
    least: int, most: int, mono: tuple[int, int] | None = None
) -> Callable[[Delivered], Seen | None]:
    """What looks whether the bit rate lies between two; that of a mono file between two others."""

    def look(track: Delivered) -> Seen | None:
        if track.mpeg is None:
            return None
        low, high = mono if mono and track.mpeg.channels == 1 else (least, most)
        slowest, fastest = track.mpeg.least_kbit_per_s, track.mpeg.most_kbit_per_s
        shown = f"{slowest} to {fastest}" if slowest < fastest else slowest
        return Seen(shown, low <= slowest and fastest <= high, "kbit/s")

    return look


def level(
    of: Callable[[Levels], float], unit: str, least: float = -math.inf, most: float = math.inf
) -> Callable[[Delivered], Seen | None]:
    """What looks whether one of a track's levels lies between two numbers."""
    return lambda track: within(of(track.levels), unit, least, most) if track.levels else None


def rate(*rates_hz: int) -> Callable[[Delivered], Seen | None]:
    """What looks whether the sampling rate is one of these."""

    def look(track: Delivered) -> Seen | None:
        found = track.mpeg
        return Seen(found.rate_hz, found.rate_hz in rates_hz, "Hz") if found else None

    return look


def _constant(track: Delivered) -> Seen | None:
    found = track.mpeg
    if found is None:
        return None
    met = found.least_kbit_per_s == found.most_kbit_per_s
    return there(met=met, yes="constant", no="it varies")


def _header(track: Delivered) -> Seen | None:
    return there(met=bool(track.mpeg.header), yes=track.mpeg.header) if track.mpeg else None


def _speech(track: Delivered) -> Seen | None:
    """The level of the speech where its place is known; else what the tag says of it."""
    if track.levels is None:
        return None
    if track.levels.speech_lufs is not None:
        return within(track.levels.speech_lufs, "LUFS", *NEAR_LUFS)
    gain = track.said("TXXX:REPLAYGAIN_TRACK_GAIN")
    if _GAIN.fullmatch(gain):
        lufs = _REPLAYGAIN_LUFS - float(gain.split(" ", 1)[0])
        return Seen(f"{lufs:.2f} LUFS by its tag", met=None)
    return Seen("no timeline beside it", met=None)


def _spread(delivery: Delivery) -> Seen | None:
    known = (each.levels.speech_lufs for each in delivery.tracks if each.levels)
    found = [each for each in known if each is not None]
    return within(max(found) - min(found), "LU", most=1.0) if len(found) > 1 else None


KIND = TrackRule(
    "MP3-1",
    "format",
    "MP3 or AAC",
    kind("m4a", "mp4"),
    "apple 893",
    "Render it as MP3, which every platform takes.",
)
WHOLE = TrackRule(
    "MP3-6",
    "decodes whole",
    "as many samples as it promises",
    _whole,
    "house",
    "The file was cut short or joined: render or copy it anew.",
)
CONSTANT = TrackRule(
    "MP3-4",
    "bit rate is constant",
    "constant",
    _constant,
    "marco.org",
    "Players seek wrongly in a variable one: encode it at a constant rate.",
    Verdict.WARN,
)
INFO = TrackRule(
    "MP3-5",
    "length header",
    "Info or Xing, with delay and padding",
    _header,
    "house",
    "Without it players guess the length: encode it with LAME or ffmpeg as they are.",
)
PEAK = TrackRule(
    "MP3-9",
    "true peak",
    "at most -1 dBTP",
    level(attrgetter("true_peak_dbtp"), "dBTP", most=-1.0),
    "apple 893, at second hand",
    "Limit it to -1.5 dBTP before it is encoded: an MP3 rises over what went in.",
)
MIX = TrackRule(
    "LOUD-1",
    "loudness of the whole",
    "-16 LUFS, give or take 1",
    level(attrgetter("mix_lufs"), "LUFS", *NEAR_LUFS),
    "apple 893, at second hand",
    "Leave it where the speech is right: a meter counts pauses on a bed as sound, and turning the"
    " whole up would shout the voice.",
    Verdict.WARN,
)
SPEECH = TrackRule(
    "LOUD-2",
    "loudness of the speech",
    "-16 LUFS, give or take 1",
    _speech,
    "house",
    "Render it with --profile podcast; in a folder without timelines only its tag can say.",
    Verdict.WARN,
)
EDGES = TrackRule(
    "MP3-11",
    "begins and ends softly",
    "its first and last 20 ms at most -40 dBFS",
    level(attrgetter("edge_dbfs"), "dBFS", most=-40.0),
    "house",
    "Fade it in and out, or it clicks.",
    Verdict.WARN,
)
NAME = TrackRule(
    "MP3-12",
    "file name",
    "letters of English, digits, - _ .",
    lambda track: there(
        met=bool(_PLAIN_NAME.fullmatch(track.name)), yes="plain", no="has other characters"
    ),
    "apple 823",
    "Rename it: it becomes an address.",
)
SPREAD = Rule[Delivery](
    "LOUD-3",
    "speech alike in all tracks",
    "at most 1 LU apart",
    _spread,
    "house",
    "Render them in one voice and one profile.",
    Verdict.WARN,
)
