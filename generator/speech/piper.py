"""Piper: the neural voice that comes along.

The model comes in a package of its own whose code is never run: only its files are read, and only
after their checksums hold.
"""

from __future__ import annotations

import importlib.util
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.audio import checked
from generator.errors import VoiceError
from generator.model import Voice
from generator.speech.onnx import proven, session
from generator.speech.phonemes import phonemes
from generator.speech.text import Reads
from generator.system import version_of

if TYPE_CHECKING:
    from generator.audio import Samples

READS = Reads.SOUNDS
_MOST_CHARACTERS = 120
"""The decoder's memory grows with the sound it makes: 8 s of it stay under 400 MB in all."""

_AGAIN = "Install it again: pip install --force-reinstall meditation-generator"


def version(voice: Voice) -> str:
    """Phonemiser and runtime; the model itself is known by its checksum."""
    del voice
    piper, runtime = map(version_of, ("piper-tts", "onnxruntime"))
    return f"piper-tts {piper}, onnxruntime {runtime}"


def files(voice: Voice) -> tuple[Path, Path]:
    """The model and what its maker says of it. Raises VoiceError when its package is missing."""
    folder = _folder(voice)
    return folder / voice.model, folder / f"{voice.model}.json"


def open_engine(voice: Voice) -> Piper:
    """The voice, its files checked, ready to speak."""
    model, config = files(voice)
    proven(voice, model, voice.sha256, _AGAIN)
    proven(voice, config, voice.config_sha256, _AGAIN)
    return Piper(voice, model, config)


class Piper:
    """One open session."""

    most_characters = _MOST_CHARACTERS

    def __init__(self, voice: Voice, model: Path, config: Path) -> None:
        logging.getLogger("piper").setLevel(logging.CRITICAL)  # it logs the words it speaks
        opened = session(voice, model)  # first: Piper would import the runtime before it is told
        from piper.config import PiperConfig
        from piper.voice import PiperVoice

        try:
            settings = PiperConfig.from_dict(json.loads(config.read_text("utf-8")))
        except Exception as error:  # noqa: BLE001  Piper raises whatever a bad file makes it
            raise VoiceError(
                f"cannot be loaded ({type(error).__name__})", where=f"voice {voice.name}"
            ) from None
        self._name = voice.name
        self._pace = voice.pace
        self._rate_hz = int(settings.sample_rate)
        self._length_scale = float(settings.length_scale)
        self._piper: Any = PiperVoice(session=opened, config=settings)

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The sound of one piece. Nothing of the text can switch to raw phonemes or markup."""
        from piper.config import SynthesisConfig

        try:
            known = self._piper.config.phoneme_id_map
            sounds = phonemes(self._piper.phonemize, known, text)
            sound = self._piper.phoneme_ids_to_audio(
                self._piper.phonemes_to_ids(sounds),
                SynthesisConfig(length_scale=self._length_scale / (self._pace * pace)),
            )
        except Exception as error:  # noqa: BLE001  an engine's own errors may quote what it was given
            raise VoiceError(
                f"could not speak a phrase of {len(text)} characters ({type(error).__name__})",
                where=f"voice {self._name}",
                remedy="Write that phrase differently.",
            ) from None
        return checked(np.asarray(sound, np.float32).reshape(-1, 1)), self._rate_hz

    def give_up(self) -> None:
        """One phrase ends by itself soon."""


def _folder(voice: Voice) -> Path:
    """Where the voice's files lie: in its package, found without importing it, or by the TOML."""
    if not voice.package:
        return voice.folder
    spec = importlib.util.find_spec(voice.package)
    if spec is None or not spec.submodule_search_locations:
        raise VoiceError(
            f"the package '{voice.package}' is not installed",
            where=f"voice {voice.name}",
            remedy=f"pip install {voice.package.replace('_', '-')}",
        )
    return Path(spec.submodule_search_locations[0])
