"""The one audio convention, and the border where it is checked.

48 kHz, float32, shape ``(frames, channels)``, finite. Time on the timeline is whole frames; seconds
become frames in :func:`to_frames` and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

RATE_HZ = 48_000
"""Every sample in the house is at this rate."""

GRID_FRAMES = 1_152
"""One MP3 frame. Phrases start on this grid, so that an unchanged stretch encodes the same."""

SILENT_LUFS = -120.0
"""What silence reads, where a number is needed and minus infinity would spread."""


def to_frames(duration_s: float) -> int:
    """Whole frames nearest to a duration in seconds."""
    return round(duration_s * RATE_HZ)


def to_seconds(frames: int) -> float:
    """Seconds of a number of frames."""
    return frames / RATE_HZ


def to_ms(frames: int) -> int:
    """Whole milliseconds nearest to a number of frames."""
    return round(frames * 1000 / RATE_HZ)


def clock(frames: int) -> str:
    """Frames as a person reads them: ``12:05``, or ``1:02:05`` past the hour."""
    minutes, seconds = divmod(round(to_seconds(frames)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def stamp(time_ms: int, point: str = ".") -> str:
    """Milliseconds as captions have them: ``00:01:02.003``, or with another decimal point."""
    seconds, ms = divmod(time_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"


def amplitude(level_db: float) -> float:
    """The linear factor of a level: ``10 ** (dB / 20)``."""
    return float(10.0 ** (level_db / 20.0))


def checked(samples: Any) -> Samples:
    """The samples themselves, proven to follow the convention.

    Returns shape ``(frames, channels)``, float32, finite. Raises ValueError naming what is not so:
    an engine or a file that breaks the convention is a fault of ours, not of the user's.
    """
    import numpy as np

    if not isinstance(samples, np.ndarray) or samples.dtype != np.float32:
        raise ValueError(f"samples must be float32, not {getattr(samples, 'dtype', type(samples))}")
    if samples.ndim != 2 or samples.shape[1] not in (1, 2):
        raise ValueError(f"samples must have shape (frames, 1 or 2), not {samples.shape}")
    if not np.isfinite(samples).all():
        raise ValueError("samples must be finite")
    return samples
