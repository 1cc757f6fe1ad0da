"""All the nouns. Frozen: no stage changes what it was given.

Every number carries its unit in its name: ``_s`` seconds, ``_frames`` or ``_frame`` samples at
48 kHz, ``_db`` decibels, ``_lufs`` loudness, ``_dbtp`` true peak.
"""

from generator.model.author import Answer, Field, Listener, Script
from generator.model.bed import Duck
from generator.model.cue import (
    BEDS,
    BELL_LEVELS_DB,
    BELLS,
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
    Pronunciation,
    Ringing,
    beds_in,
    rephrased,
)
from generator.model.job import (
    FORMATS,
    PUBLIC_LABEL,
    RECORDING,
    Episode,
    Facts,
    Job,
    Measured,
    OwnFile,
    Respeak,
    Stage,
)
from generator.model.proof import Check, Evidence, Report, Stream, Stretch
from generator.model.sound import PARTS, Envelope, Envelopes, Mixed
from generator.model.timeline import BedSpan, Section, Silence, Spoken, Strike, Swell, Timeline
from generator.model.voice import PROFILES, Clip, Profile, Voice

__all__ = [
    "BEDS",
    "BELLS",
    "BELL_LEVELS_DB",
    "FORMATS",
    "MAX_STRIKES",
    "PARTS",
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
    "Check",
    "Clip",
    "Cue",
    "Duck",
    "Echo",
    "Envelope",
    "Envelopes",
    "Episode",
    "Evidence",
    "Facts",
    "Field",
    "Job",
    "Listener",
    "Measured",
    "Mixed",
    "OwnFile",
    "Pause",
    "Phrase",
    "Profile",
    "Pronunciation",
    "Report",
    "Respeak",
    "Ringing",
    "Script",
    "Section",
    "Silence",
    "Spoken",
    "Stage",
    "Stream",
    "Stretch",
    "Strike",
    "Swell",
    "Timeline",
    "Voice",
    "beds_in",
    "rephrased",
]
