"""What a speech recogniser understands of a finished track, sentence by sentence.

The only room that knows faster-whisper. Its model is a folder of the user's: nothing is fetched,
and no sound leaves this machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.audio import RATE_HZ, to_frames
from generator.errors import UsageError
from generator.model import HeardSentence, Spoken, Timeline
from generator.shortened import base

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples

    Line = npt.NDArray[np.float32]

MODEL_FILES = ("model.bin", "config.json", "tokenizer.json")

_HEARD_HZ = 16_000
_STEP = RATE_HZ // _HEARD_HZ
_TAPS = 96
_CALM = (0.0, 0.2, 0.4)
"""Most likely words first; where they go round in a loop, others."""
_MOST_CHARACTERS = 2_000
"""Of a sentence: a timeline is a stranger's, and no sentence of ours has more."""
_MARGIN_FRAMES = to_frames(0.2)
"""Heard before and after a sentence: less than any pause."""

Recogniser = Callable[["Line"], str]
Plain = Callable[[str], str]


def recogniser(folder: Path, language: str) -> Recogniser:
    """What hears a sound, mono at 16 kHz, and gives the words: Whisper from a folder of the user's.

    Raises UsageError when the library is missing, or the folder holds no model.
    """
    for name in MODEL_FILES:
        if not (folder / name).is_file():
            raise UsageError(
                f"has no {name}, so it is no model for faster-whisper",
                where=str(folder),
                remedy="Name a folder as Systran publishes them, downloaded once.",
            )
    try:
        from ctranslate2 import set_random_seed
        from faster_whisper import WhisperModel
    except ImportError:
        raise UsageError(
            "there is no recogniser here",
            where="--listen",
            remedy="pip install 'meditation-generator[listen]'",
        ) from None
    try:
        model: Any = WhisperModel(str(folder), "cpu", compute_type="float32", local_files_only=True)
    except Exception as error:  # noqa: BLE001  the library raises what it likes for a bad model
        what = f"is no model that can be loaded ({type(error).__name__})"
        raise UsageError(what, where=str(folder)) from None
    set_random_seed(1)  # what it draws by lot where it fell into a loop, it draws every time
    spoken = base(language)

    def recognise(sound: Line) -> str:
        pieces, _about = model.transcribe(
            sound, language=spoken, temperature=_CALM, condition_on_previous_text=False
        )
        return " ".join(each.text.strip() for each in pieces)

    return recognise


class Ear:
    """Hears a track block by block, and has each of its sentences recognised as it ends."""

    def __init__(self, timeline: Timeline, recognise: Recogniser, plain: Plain) -> None:
        self._waiting = sorted(timeline.spoken, key=lambda each: each.start_frame)
        self._recognise = recognise
        self._plain = plain
        self._sound = np.zeros(0, np.float32)
        self._start_frame = 0
        """Of what is still kept of the sound."""
        self.sentences: list[HeardSentence] = []

    def hear(self, block: Samples) -> None:
        """The next block of the track, shape ``(frames, channels)``."""
        self._sound = np.concatenate([self._sound, block.mean(axis=1, dtype=np.float32)])
        heard = self._start_frame + len(self._sound)
        while self._waiting and self._waiting[0].end_frame + _MARGIN_FRAMES <= heard:
            self._judge(self._waiting.pop(0))
        needed = self._waiting[0].start_frame - _MARGIN_FRAMES if self._waiting else heard
        drop = min(max(needed - self._start_frame, 0), len(self._sound))
        self._sound, self._start_frame = self._sound[drop:], self._start_frame + drop

    def all(self) -> tuple[HeardSentence, ...]:
        """Every sentence, also those at which the track broke off."""
        while self._waiting:
            self._judge(self._waiting.pop(0))
        return tuple(self.sentences)

    def _judge(self, spoken: Spoken) -> None:
        first = max(spoken.start_frame - _MARGIN_FRAMES - self._start_frame, 0)
        last = max(spoken.end_frame + _MARGIN_FRAMES - self._start_frame, 0)
        heard = self._recognise(_at_16_khz(self._sound[first:last])) if last > first else ""
        texts = (each[:_MOST_CHARACTERS] for each in (spoken.phrase.text, heard))
        wanted, found = (words(self._plain(each)) for each in texts)
        wrong = errors(wanted, found)
        self.sentences.append(HeardSentence(spoken, heard, len(wanted), wrong))


def words(text: str) -> list[str]:
    """The words of a text as they sound: small letters, no signs and no accents."""
    plain = unicodedata.normalize("NFKD", re.sub(r"['’]", "", text)).casefold()
    bare = "".join(each for each in plain if not unicodedata.combining(each))
    return re.findall(r"[^\W_]+", bare)


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """How few words must be put in, left out or changed to turn one into the other."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        left = number
        new = [left]
        for other, (diagonal, above) in zip(heard, pairwise(row), strict=True):
            left = min(left + 1, above + 1, diagonal + (word != other))
            new.append(left)
        row = new
    return row[-1]


def _at_16_khz(sound: Line) -> Line:
    """Every third sample, after what 16 kHz cannot hold is taken out; nothing of almost nothing."""
    if len(sound) <= 2 * _TAPS:
        return np.zeros(0, np.float32)
    times = np.arange(-_TAPS, _TAPS + 1) / _STEP
    low_pass = np.sinc(times * 0.95) * np.blackman(2 * _TAPS + 1)
    low_pass /= low_pass.sum()
    line: Line = np.convolve(sound, low_pass, "same")[::_STEP].astype(np.float32)
    return line
