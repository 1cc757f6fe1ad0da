"""Two tones that differ by a few hertz: what reaches each ear, by the analytic signal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import hilbert

from generator import bed
from generator.audio import RATE_HZ, to_frames
from generator.bed import Bed, make_bed
from generator.errors import UsageError


def made(name: str, length_s: float) -> Bed:
    return make_bed(name, 1, to_frames(length_s))


def hz_of(samples: np.ndarray) -> np.ndarray:
    """Momentary frequency of each ear, shape (frames - 1, 2), away from the edges."""
    faded = samples * np.hanning(len(samples))[:, np.newaxis]
    phases = np.unwrap(np.angle(hilbert(faded, axis=0)), axis=0)
    return np.diff(phases, axis=0)[24_000:-24_000] * (RATE_HZ / (2 * np.pi))


@pytest.mark.parametrize(
    ("name", "left_hz", "right_hz"),
    [
        ("binaural", 197.0, 203.0),
        ("binaural:180", 177.0, 183.0),
        ("binaural:60:40", 40.0, 80.0),
        ("binaural:500:0.5", 499.75, 500.25),
        ("binaural:220.5:7.25", 216.875, 224.125),
    ],
)
def test_each_ear_has_its_tone(name: str, left_hz: float, right_hz: float) -> None:
    sound = made(name, 60.0).block(31 * RATE_HZ, 2 * RATE_HZ)
    assert np.median(hz_of(sound), axis=0) == pytest.approx([left_hz, right_hz], abs=0.02)


@pytest.mark.parametrize(("first_hz", "last_hz"), [(10.0, 4.0), (4.0, 12.0), (40.0, 0.5)])
def test_a_beat_that_slows_down_does_not_run_backwards(first_hz: float, last_hz: float) -> None:
    """Trap: the frequency of a moment times that moment runs from 10 to -2 Hz instead of to 4."""
    name, length_s = f"binaural:200:{first_hz:g}-{last_hz:g}", 20.0
    left, right = hz_of(made(name, length_s).block(0, to_frames(length_s))).T
    times_s = (np.arange(len(left)) + 24_000.5) / RATE_HZ
    expected = first_hz + (last_hz - first_hz) * times_s / length_s
    assert np.abs(right - left - expected).max() < 0.05
    assert (left + right) / 2 == pytest.approx(200.0, abs=0.05)


def test_a_sweep_ends_with_the_track_and_stays_there() -> None:
    beyond = hz_of(made("binaural:200:10-4", 5.0).block(to_frames(5.0), 3 * RATE_HZ))
    assert np.diff(beyond, axis=1) == pytest.approx(4.0, abs=0.05)


@given(cut=st.integers(1, 9_599), start=st.integers(0, 3 * 3600 * RATE_HZ))
def test_any_cut_gives_the_whole(cut: int, start: int) -> None:
    tones = made("binaural:180:10-4", 3 * 3600.0)
    parts = [tones.block(start, cut), tones.block(start + cut, 9_600 - cut)]
    assert np.array_equal(np.concatenate(parts), tones.block(start, 9_600))


def test_it_is_as_loud_throughout_and_a_sum_to_mono_loses_three_decibels() -> None:
    sound = made("binaural:200:6", 60.0).block(0, to_frames(60.0)).astype(np.float64)
    assert np.abs(sound).max() == pytest.approx(0.5, abs=1e-6)
    lost_db = 10 * np.log10(np.mean(sound**2) / np.mean(sound.mean(axis=1) ** 2))
    assert lost_db == pytest.approx(3.01, abs=0.01)


WRONG = ("59", "501", "200:0.4", "200:41", "200:10-0", "200:-4", "200:4-", "abc", "", "200:6:1")


@pytest.mark.parametrize("numbers", [*WRONG, "1e2", "200:nan", "٢٠٠"])
def test_what_cannot_be_is_answered_with_what_can(numbers: str) -> None:
    with pytest.raises(UsageError, match=r"60 to 500 Hz and a beat of 0\.5 to 40 Hz"):
        bed.check(f"binaural:{numbers}")
