"""All the nouns. Frozen: no stage changes what it was given.

Every number carries its unit in its name: ``_s`` seconds, ``_frames`` or ``_frame`` samples at
48 kHz, ``_db`` decibels, ``_lufs`` loudness, ``_dbtp`` true peak.
"""

from generator.model.author import Answer, Field, Listener, Script
from generator.model.cue import (
    BELL_LEVELS_DB,
    MAX_STRIKES,
    Beat,
    BedChange,
    Bell,
    BreathKind,
    Chapter,
    Cue,
    Echo,
    Pause,
    Phrase,
    Ringing,
)
from generator.model.job import (
    PUBLIC_LABEL,
    RECORDING,
    Episode,
    Facts,
    Job,
    Measured,
    OwnFile,
    Stage,
)
from generator.model.timeline import BedSpan, Section, Silence, Spoken, Strike, Swell, Timeline
from generator.model.voice import PROFILES, Clip, Profile, Voice

__all__ = [
    "BELL_LEVELS_DB",
    "MAX_STRIKES",
    "PROFILES",
    "PUBLIC_LABEL",
    "RECORDING",
    "Answer",
    "Beat",
    "BedChange",
    "BedSpan",
    "Bell",
    "BreathKind",
    "Chapter",
    "Clip",
    "Cue",
    "Echo",
    "Episode",
    "Facts",
    "Field",
    "Job",
    "Listener",
    "Measured",
    "OwnFile",
    "Pause",
    "Phrase",
    "Profile",
    "Ringing",
    "Script",
    "Section",
    "Silence",
    "Spoken",
    "Stage",
    "Strike",
    "Swell",
    "Timeline",
    "Voice",
]
