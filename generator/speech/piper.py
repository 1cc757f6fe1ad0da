"""Piper: a neural voice on this machine. The only room that knows onnxruntime.

The model comes in a package of its own whose code is never run: only its files are read, and only
after their checksums hold.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.audio import checked
from generator.errors import VoiceError
from generator.model import Voice
from generator.phonetic import stretches
from generator.system import return_large_blocks

if TYPE_CHECKING:
    from generator.audio import Samples

READS_IPA = True
_SIGNS = " .,;:!?-"
_MOST_CHARACTERS = 120
"""The decoder's memory grows with the sound it makes: 8 s of it stay under 400 MB in all."""


def version(voice: Voice) -> str:
    """Phonemiser and runtime; the model itself is known by its checksum."""
    del voice
    piper, runtime = map(importlib.metadata.version, ("piper-tts", "onnxruntime"))
    return f"piper-tts {piper}, onnxruntime {runtime}"


def open_engine(voice: Voice) -> Piper:
    """The voice, its files checked, ready to speak."""
    model = _file(voice, voice.model, voice.sha256)
    config = _file(voice, f"{voice.model}.json", voice.config_sha256)
    return Piper(voice, model, config)


class Piper:
    """One open session."""

    most_characters = _MOST_CHARACTERS

    def __init__(self, voice: Voice, model: Path, config: Path) -> None:
        logging.getLogger("piper").setLevel(logging.CRITICAL)  # it logs the words it speaks
        return_large_blocks()
        # Since 1.32 the runtime reports to its maker from the moment it is imported unless told not
        # to, and keeps a device id. Nothing leaves this machine.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime
        from piper.config import PiperConfig
        from piper.voice import PiperVoice

        options = onnxruntime.SessionOptions()
        options.enable_cpu_mem_arena = (
            False  # an arena keeps the largest sentence's memory for good
        )
        options.log_severity_level = 4
        try:
            session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
            settings = PiperConfig.from_dict(json.loads(config.read_text("utf-8")))
        except Exception as error:  # noqa: BLE001  onnxruntime raises classes of its own for a bad model
            raise VoiceError(
                f"cannot be loaded ({type(error).__name__})", where=f"voice {voice.name}"
            ) from None
        self._name = voice.name
        self._pace = voice.pace
        self._rate_hz = int(settings.sample_rate)
        self._length_scale = float(settings.length_scale)
        self._piper: Any = PiperVoice(session=session, config=settings)

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The sound of one piece. Nothing of the text can switch to raw phonemes or markup."""
        from piper.config import SynthesisConfig

        try:
            joined = self._phonemes(text)
            sound = self._piper.phoneme_ids_to_audio(
                self._piper.phonemes_to_ids(joined),
                SynthesisConfig(length_scale=self._length_scale / (self._pace * pace)),
            )
        except Exception as error:  # noqa: BLE001  an engine's own errors may quote what it was given
            raise VoiceError(
                f"could not speak a phrase of {len(text)} characters ({type(error).__name__})",
                where=f"voice {self._name}",
                remedy="Write that phrase differently.",
            ) from None
        return checked(np.asarray(sound, np.float32).reshape(-1, 1)), self._rate_hz

    def _phonemes(self, text: str) -> list[str]:
        """What a piece sounds like. A word given by its sounds is read by itself: nothing of it
        leaks into the words around it.
        """
        parts = [([*part] if is_ipa else self._read(part)) for part, is_ipa in stretches(text)]
        return [each for part in parts for each in part]

    def _read(self, words: str) -> list[str]:
        """What plain words sound like, with the signs and blanks at either end as they are.

        A sign at the beginning would be read out.
        """
        known = self._piper.config.phoneme_id_map
        before = words[: len(words) - len(words.lstrip(_SIGNS))]
        sentences = self._piper.phonemize(
            words[len(before) :].replace("[[", " ").replace("]]", " ")
        )
        said = [each for sentence in sentences for each in (*sentence, " ")][:-1]
        blank = [" "] if words != before and words[-1:].isspace() and said[-1:] != [" "] else []
        return [*(each for each in before if each in known), *said, *blank]

    def give_up(self) -> None:
        """One phrase ends by itself soon."""


def _file(voice: Voice, name: str, sha256: str) -> Path:
    """The voice's file of that name, proven to be the one its maker published."""
    where = f"voice {voice.name}"
    path = _folder(voice) / name
    if not sha256:
        raise VoiceError("its file names no sha256", where=where, remedy="Add what sha256sum says.")
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise VoiceError(
            f"{path.name} cannot be read ({error.strerror})",
            where=where,
            remedy="Install it again: pip install --force-reinstall meditation-generator",
        ) from error
    if found != sha256:
        raise VoiceError(
            f"{path.name} is not the file that was published (its sha256 differs)",
            where=where,
            remedy="Install it again, and do not use this one.",
        )
    return path


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
