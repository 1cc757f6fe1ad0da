"""Sounds with known answers, and the ways in which tests cut and measure them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator, Sequence

import fake_engine
import numpy as np
import pytest
from browsers import lacking
from hypothesis import settings
from hypothesis import strategies as st
from scipy.fft import next_fast_len
from scipy.signal import butter, sosfilt

from generator import speech
from generator.audio import RATE_HZ
from generator.model import Voice

signal.signal(signal.SIGINT, signal.default_int_handler)
"""Whoever runs the suite in the background may have it ignored, and with it every child."""

settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
"""In CI what passed once passes again: new examples are for whoever works on the code."""
settings.load_profile("house")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nobody believes that pages were tried where there is no browser."""
    if lacking():
        terminalreporter.write_line(f"Listening pages were not tried: {lacking()}.")


SIZES = st.lists(st.integers(0, 3) | st.integers(400, 9_000), min_size=1, max_size=5).filter(
    lambda sizes: max(sizes) >= 400
)
"""Block sizes to go through over and over: some tiny, some empty, not all of them."""


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20_260_309)


@pytest.fixture
def voice(monkeypatch) -> Voice:
    """A voice of the engine in ``fake_engine``, which has not spoken yet."""
    monkeypatch.setattr(speech.engines, "ENGINES", {"fake": "fake_engine"})
    monkeypatch.setattr(speech.engines, "_open", {})
    monkeypatch.setattr(fake_engine, "SPOKEN", [])
    return fake_engine.VOICE


def sine_at(
    hz: float,
    level_dbfs: float,
    length_s: float,
    *,
    rate_hz: int = RATE_HZ,
    channels: int = 2,
    degrees: float = 0.0,
    taper_s: float = 0.0,
) -> np.ndarray:
    """A sine whose peak is at ``level_dbfs``, alike on every channel, its ends tapered if asked."""
    frames = round(length_s * rate_hz)
    turns = np.arange(frames) * (hz / rate_hz) + degrees / 360.0
    wave = 10.0 ** (level_dbfs / 20.0) * np.sin(2.0 * np.pi * turns)
    if taper := round(taper_s * rate_hz):
        rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(taper) + 0.5) / taper)
        wave[:taper] *= rise
        wave[-taper:] *= rise[::-1]
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def burst(
    seed: int, rms_dbfs: float, length_s: float, *, rate_hz: int = RATE_HZ, channels: int = 1
) -> np.ndarray:
    """Noise like speech: 100 Hz to 4 kHz, four syllables a second, at that level on the whole."""
    frames = round(length_s * rate_hz)
    noise = np.random.default_rng(seed).standard_normal((frames, channels))
    shaped = sosfilt(butter(4, (100, 4_000), "bandpass", fs=rate_hz, output="sos"), noise, axis=0)
    syllables = 0.55 - 0.45 * np.cos(2.0 * np.pi * 4.0 * np.arange(frames) / rate_hz)
    shaped *= syllables[:, None]
    shaped *= 10.0 ** (rms_dbfs / 20.0) / np.sqrt(np.mean(shaped**2))
    return shaped.astype(np.float32)


def cut(sound: np.ndarray, sizes: Sequence[int]) -> Iterator[np.ndarray]:
    """The sound in blocks of these sizes, over and over to its end."""
    start = 0
    while start < len(sound):
        for size in sizes:
            yield sound[start : start + size]
            start += size


def joined(blocks: Iterable[np.ndarray]) -> np.ndarray:
    return np.concatenate(list(blocks))


def apart(one: np.ndarray, other: np.ndarray | float) -> float:
    """The largest difference between two sounds of one shape."""
    assert np.shape(one) == np.shape(other) or np.ndim(other) == 0
    return float(np.abs(np.subtract(one, other, dtype=np.float64)).max(initial=0.0))


def rms_db(sound: np.ndarray) -> float:
    return float(10.0 * np.log10(np.mean(np.square(sound, dtype=np.float64))))


def exact_peak_db(sound: np.ndarray, oversampling: int = 16) -> float:
    """True peak by the Fourier series of the sound between silences: no code of ours, no filter."""
    frames = next_fast_len(len(sound) + 4_096, real=True)
    silence = np.zeros((frames - len(sound), sound.shape[1]))
    spectrum = np.fft.rfft(np.concatenate([sound, silence]), axis=0)
    fine = np.fft.irfft(spectrum, frames * oversampling, axis=0) * oversampling
    return float(20.0 * np.log10(np.abs(fine).max()))
