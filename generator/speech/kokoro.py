"""Kokoro: neural voices on this machine, one model and a small file for each speaker.

The words become phonemes by the phonemiser that Piper brings along, and the model is run directly:
no other library is needed, none that would look for a newer model somewhere.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.audio import checked
from generator.errors import VoiceError
from generator.model import Voice
from generator.speech.onnx import proven, session
from generator.speech.phonemes import phonemes
from generator.speech.text import Reads, pieces
from generator.system import version_of

if TYPE_CHECKING:
    import numpy.typing as npt
    from onnxruntime import InferenceSession

    from generator.audio import Samples

READS = Reads.SOUNDS
RATE_HZ = 24_000
MOST_PHONEMES = 510
"""What the model takes at a time."""
PACES = (0.4, 2.0)
"""Beyond these the model slurs or stammers."""

_MOST_CHARACTERS = 120
"""Its memory grows with the sound it makes: 9 s of it take 410 MB in all, 15 s take 510."""
_STYLE_SHAPE = (MOST_PHONEMES, 256)
_ESPEAK = {"en-us": "en-us", "en-gb": "en", "pt-br": "pt-br"}
"""What the phonemiser calls a language with its accent; others by the language alone."""
_ALPHABET = {
    1: ";:,.!?",
    9: '—…"()“” \u0303ʣʥʦʨᵝꭧAI',
    31: "O",
    33: "Q",
    35: "ST",
    39: "W",
    41: "Yᵊabcdef",
    50: "hijklmnopqrstuvwxyzɑɐɒæ",
    75: "βɔɕç",
    80: "ɖðʤə",
    85: "ɚɛɜ",
    90: "ɟ",
    92: "ɡ",
    99: "ɥ",
    101: "ɨɪʝ",
    110: "ɯɰŋɳɲɴø",
    118: "ɸθœ",
    123: "ɹ",
    125: "ɾɻ",
    128: "ʁɽʂʃʈʧ",
    135: "ʊʋ",
    138: "ʌɣɤ",
    142: "χʎ",
    147: "ʒʔ",
    156: "ˈˌː",
    162: "ʰ",
    164: "ʲ",
    169: "↓",
    171: "→↗↘",
    177: "ᵻ",
}
"""What the model knows a phoneme by: the number of the first of each run."""
_NUMBERS = {
    each: first + place for first, run in _ALPHABET.items() for place, each in enumerate(run)
}
_GLIDE = "ʲ"
"""The phonemiser marks it between vowels; the model was taught without."""

_models: dict[Path, InferenceSession] = {}
"""Open ones: a model is large, and all its speakers share it."""


def version(voice: Voice) -> str:
    """Phonemiser and runtime; model and speaker are known by their checksums."""
    del voice
    piper, runtime = map(version_of, ("piper-tts", "onnxruntime"))
    return f"Kokoro 1.0, piper-tts {piper}, onnxruntime {runtime}"


def files(voice: Voice) -> tuple[Path, Path]:
    """The model of them all, and the speaker."""
    return voice.folder / voice.model, voice.folder / voice.style


def open_engine(voice: Voice) -> Kokoro:
    """The voice, its files checked, ready to speak."""
    model, style = files(voice)
    again = f"Install it again: meditate voices install {voice.name}"
    proven(voice, model, voice.sha256, again)
    proven(voice, style, voice.style_sha256, again)
    return Kokoro(voice, model, style)


class Kokoro:
    """One open session, and one of its speakers."""

    most_characters = _MOST_CHARACTERS

    def __init__(self, voice: Voice, model: Path, style: Path) -> None:
        logging.getLogger("piper").setLevel(logging.CRITICAL)  # it logs the words it speaks
        self._voice = voice
        self._style = _read_style(voice, style)
        self._session = _models.get(model) or _models.setdefault(model, session(voice, model))
        from piper.phonemize_espeak import EspeakPhonemizer

        self._espeak = EspeakPhonemizer()
        known = voice.language.lower()
        self._language = _ESPEAK.get(known, known.split("-", maxsplit=1)[0])

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The sound of one piece, at the level the model gives it."""
        try:
            sounds = [
                self._sound(each, pace) for each in _phonemes(self._espeak, self._language, text)
            ]
        except Exception as error:  # noqa: BLE001  an engine's own errors may quote what it was given
            raise VoiceError(
                f"could not speak a phrase of {len(text)} characters ({type(error).__name__})",
                where=f"voice {self._voice.name}",
                remedy="Write that phrase differently.",
            ) from None
        return checked(np.concatenate(sounds).reshape(-1, 1)), RATE_HZ

    def give_up(self) -> None:
        """One phrase ends by itself soon."""

    def _sound(self, phonemes: str, pace: float) -> npt.NDArray[np.float32]:
        least, most = PACES
        given = {
            "tokens": np.array([[0, *(_NUMBERS[each] for each in phonemes), 0]], np.int64),
            "style": self._style[len(phonemes) - 1][None],
            "speed": np.array([min(max(self._voice.pace * pace, least), most)], np.float32),
        }
        (sound, *_more) = self._session.run(None, given)
        return np.asarray(sound, np.float32).ravel()


def _read_style(voice: Voice, path: Path) -> npt.NDArray[np.float32]:
    """The speaker: a row for each number of phonemes."""
    values = np.fromfile(path, "<f4").astype(np.float32)
    if values.size != _STYLE_SHAPE[0] * _STYLE_SHAPE[1]:
        raise VoiceError(f"{path.name} is no style of Kokoro", where=f"voice {voice.name}")
    return values.reshape(_STYLE_SHAPE)


def _phonemes(espeak: Any, language: str, text: str) -> Iterator[str]:
    """The phonemes of a text, in runs of at most as many as the model takes, none left out.

    A number of a few digits may be a long row of words: where there are too many, the text is
    parted where a reader would breathe, and each part by itself again.
    """
    spoken = "".join(phonemes(partial(espeak.phonemize, language), _NUMBERS, text))
    plain = unicodedata.normalize("NFD", spoken.replace(_GLIDE, "")).replace("c\u0327", "ç")
    known = re.sub(r"\s+", " ", "".join(each for each in plain if each in _NUMBERS)).strip()
    if len(known) > MOST_PHONEMES:
        for part in pieces(text, max(len(text) // 2, 1)):
            yield from _phonemes(espeak, language, part)
    elif known:
        yield known
