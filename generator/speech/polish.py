"""From what an engine gives to the finished sound of one phrase, alike for every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from generator import segment
from generator.audio import RATE_HZ, checked, to_frames
from generator.errors import VoiceError
from generator.model import Phrase, Voice
from generator.speech.text import breathes_after, pieces

if TYPE_CHECKING:
    from generator.audio import Samples
    from generator.speech.engine import Engine

_TRIM_BELOW_DB = 34.0
"""Silence, for trimming: this far under the voice's loudness, -50 dBFS in a finished track."""
_BREATH_S = 0.22
_NO_BREATH_S = 0.05
"""Between the pieces of one sentence: where its author put a sign, and where not."""
_RUMBLE_HZ = 60.0
_COMPRESS_ABOVE_LU = 4.0


def polished(engine: Engine, voice: Voice, phrase: Phrase) -> Samples:
    """The finished sound of one phrase, shape ``(frames, 1)`` at 48 kHz."""
    threshold_dbfs = voice.nominal_lufs - _TRIM_BELOW_DB
    sounds: list[Samples] = []
    gap_s = 0.0
    for piece in pieces(phrase.text, engine.most_characters):
        raw, rate_hz = engine.speak(piece, phrase.pace)
        sound = _resampled(raw, rate_hz)
        sound = segment.trimmed(sound if voice.dry else _evened(sound, voice), threshold_dbfs)
        if not len(sound):
            raise VoiceError(
                f"gave silence for a phrase of {len(piece)} characters",
                where=f"voice {voice.name}",
                remedy="Write that phrase differently.",
            )
        sounds += [np.zeros((to_frames(gap_s), 1), np.float32), sound]
        gap_s = _BREATH_S if breathes_after(piece) else _NO_BREATH_S
    if not sounds:
        raise VoiceError("was given a phrase without a word", where=f"voice {voice.name}")
    return checked(np.concatenate(sounds))


def _resampled(raw: Samples, rate_hz: int) -> Samples:
    from pedalboard import Resample
    from pedalboard.io import StreamResampler

    stream = StreamResampler(rate_hz, RATE_HZ, 1, Resample.Quality.WindowedSinc)
    line = np.ascontiguousarray(raw.T)
    return checked(np.concatenate([stream.process(line), stream.process(None)], axis=1).T)


def _evened(sound: Samples, voice: Voice) -> Samples:
    """The voice without rumble and with its sharpest peaks held a little: it can be close and soft.

    The threshold hangs on the voice, not on the clip, so a soft line stays soft.
    """
    from pedalboard import Compressor, HighpassFilter

    gentle = Compressor(voice.nominal_lufs + _COMPRESS_ABOVE_LU, 2.0, attack_ms=2, release_ms=80)
    line = np.ascontiguousarray(sound.T)
    for effect in (HighpassFilter(_RUMBLE_HZ), gentle):
        line = effect(line, RATE_HZ)
    return checked(np.ascontiguousarray(line.T))
