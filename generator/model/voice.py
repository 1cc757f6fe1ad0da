"""Who speaks, and how it is to sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

RECORDED = "recorded"
"""The engine of a voice that a person recorded: the only one that is not synthetic."""


Commercial = Literal["yes", "unclear", "no"]
COMMERCIAL: tuple[Commercial, ...] = ("yes", "unclear", "no")
"""Whether what a voice speaks may be sold, the strictest last."""


@dataclass(frozen=True)
class Voice:
    """A voice as its TOML file describes it."""

    name: str
    engine: str
    narrator: str
    """What a listener reads as the artist."""
    language: str
    pace: float
    """1 is the engine's own pace; meditation wants less."""
    nominal_lufs: float
    """Typical loudness of this voice as the engine gives it."""
    characters_per_s: float
    """Speaking rate at ``pace``, for the estimate before anything is spoken."""
    licence: str
    licence_of_base: str
    commercial: Commercial
    synthetic: bool = True
    package: str = ""
    """Python distribution package that holds the model, or empty: beside the TOML file."""
    model: str = ""
    """File of the model; for an online voice, what its service calls the language."""
    sha256: str = ""
    config_sha256: str = ""
    style: str = ""
    """File of the speaker, for an engine whose one model speaks as many."""
    style_sha256: str = ""
    folder: Path = Path()
    url: str = ""
    """Where a server of one's own choice is asked."""
    speaker: str = ""
    """What that server calls the voice."""
    sends_to: str = ""
    """Host to which the words go; empty for a voice on this machine."""
    own: Path | None = None
    """Where its recordings lie that speak the details of one listener, and go with them."""
    dry: bool = False
    """As its engine gives it: rumble and sharp peaks left in."""
    estimate_within: float = 0.05
    """Share by which the estimated speaking time may be wrong."""

    @property
    def online(self) -> bool:
        """Whether its words leave this machine."""
        return bool(self.sends_to)


@dataclass(frozen=True)
class Clip:
    """One spoken phrase, as kept: where it lies, how long it is, how loud."""

    path: Path = field(repr=False)
    frames: int
    energies: tuple[float, ...] = field(repr=False)
    """K-weighted mean square of each 100 ms, as the engine gave it."""
    trim_db: float = 0.0
    """Half its distance from the voice's nominal loudness, at most 2 dB either way."""
    digest: str = field(default="", repr=False)
    """Of its sound: whatever hangs on this clip hangs on it."""


@dataclass(frozen=True)
class Profile:
    """What a kind of delivery asks of the sound and of the words around it."""

    name: str
    speech_lufs: float
    bed_below_lu: float
    """How far the bed lies under the speech in pauses."""
    bell_below_lu: float
    """Loudest 400 ms of a bell, under the speech."""
    spoken_disclosure: bool = False
    spoken_driving: bool = False
    """Whether it says aloud, whatever the bed, that this is nothing for driving."""


PROFILES: Mapping[str, Profile] = {
    each.name: each
    for each in (
        Profile("personal", -16.0, 20.0, 4.0),
        Profile("podcast", -16.0, 20.0, 4.0, spoken_disclosure=True),
        Profile("library", -18.0, 20.0, 4.0),
        Profile("sleep", -20.0, 22.0, 9.0, spoken_driving=True),
    )
}
