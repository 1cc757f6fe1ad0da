"""From phrases to clips: spoken once, polished alike for every engine, kept.

An engine gives raw sound at its own rate and level. Here it becomes a clip: 48 kHz, rumble and the
engine's own silence gone, edges faded, its loudness measured but not touched, so that a soft line
stays soft.
"""

from generator.speech.cache import evict
from generator.speech.engines import (
    described,
    estimate_frames,
    provenance,
    size_bytes,
    times_real,
    try_out,
)
from generator.speech.levels import anchor_lufs
from generator.speech.recorded import LIST as RECORDINGS
from generator.speech.recorded import keep as keep_recordings
from generator.speech.store import ClipStore, read
from generator.speech.takes import MOST_TAKES, Takes, keep_take, takes
from generator.speech.voicing import kept, lacking, names, say, speak, unspoken

__all__ = [
    "MOST_TAKES",
    "RECORDINGS",
    "ClipStore",
    "Takes",
    "anchor_lufs",
    "described",
    "estimate_frames",
    "evict",
    "keep_recordings",
    "keep_take",
    "kept",
    "lacking",
    "names",
    "provenance",
    "read",
    "say",
    "size_bytes",
    "speak",
    "takes",
    "times_real",
    "try_out",
    "unspoken",
]
