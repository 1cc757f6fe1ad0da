"""The room of pydub: clips and finished tracks as ``AudioSegment``.

pydub counts in milliseconds and adds at the width of its samples, so the sum of a track is not its
job; the edges of one clip are.
"""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generator import playback
from generator.audio import RATE_HZ, checked

if TYPE_CHECKING:
    from pydub import AudioSegment

    from generator.audio import Samples

_WINDOW_MS = 5
_LEAD_MS = 10
_TAIL_MS = 20
_FADE_IN_MS = 8
_FADE_OUT_MS = 20
_HEADROOM = 0.5
"""Edges are cut at half level: resampling may have lifted a peak over full scale."""


def to_segment(samples: Samples) -> AudioSegment:
    """The samples as a 32-bit ``AudioSegment`` at 48 kHz; what exceeds full scale is held there."""
    whole = np.clip(np.asarray(samples, np.float64) * 2**31, -(2**31), 2**31 - 1).astype(np.int32)
    return _pydub().AudioSegment(
        whole.tobytes(), frame_rate=RATE_HZ, sample_width=4, channels=samples.shape[1]
    )


def to_samples(segment: AudioSegment) -> Samples:
    """The other way: float32, shape ``(frames, channels)``."""
    whole = np.frombuffer(segment.raw_data, np.int32).reshape(-1, segment.channels)
    return checked((whole / 2**31).astype(np.float32))


def trimmed(samples: Samples, threshold_dbfs: float) -> Samples:
    """The sound without what the engine left around it, its edges faded so that no join clicks.

    What is kept reaches 10 ms before the first and 20 ms beyond the last 5 ms louder than the
    threshold. A sound that is silent throughout comes back empty, shape ``(0, channels)``.
    """
    detect = _pydub().silence.detect_leading_silence
    segment = to_segment(samples * np.float32(_HEADROOM))
    threshold_dbfs += 20.0 * math.log10(_HEADROOM)
    lead_ms = detect(segment, threshold_dbfs, _WINDOW_MS)
    tail_ms = detect(segment.reverse(), threshold_dbfs, _WINDOW_MS)
    first = max(lead_ms - _LEAD_MS, 0)
    last = len(segment) - max(tail_ms - _TAIL_MS, 0)
    if lead_ms >= len(segment) or first >= last:
        return samples[:0]
    length_ms = last - first  # a fade longer than the sound would make pydub invent a piece of it
    kept = segment[first:last].fade_in(min(_FADE_IN_MS, length_ms))
    return to_samples(kept.fade_out(min(_FADE_OUT_MS, length_ms))) / np.float32(_HEADROOM)


def decoded(path: Path) -> AudioSegment:
    """A finished track as an ``AudioSegment``."""
    return to_segment(np.concatenate(list(playback.blocks(path))))


def _pydub() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing ffmpeg, which nothing here needs
        import pydub
        import pydub.silence
    return pydub
