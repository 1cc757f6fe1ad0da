"""The limiter: what it may do to a sound, and all that it may not."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import SIZES, apart, burst, cut, exact_peak_db, joined, sine_at
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from generator.audio import RATE_HZ, amplitude
from generator.master import CEILING_DBTP, limited

REACH_FRAMES = 1_024
"""21 ms: further from a peak than this nothing may change."""


def limited_whole(sound: np.ndarray, ceiling_dbtp: float = CEILING_DBTP) -> np.ndarray:
    return joined(limited(iter([sound]), ceiling_dbtp))


@pytest.fixture(scope="module")
def hot() -> np.ndarray:
    """Speech 12 dB too loud, in stereo."""
    return burst(5, -4.0, 1.0, channels=2)


@pytest.mark.parametrize("ceiling_dbtp", [CEILING_DBTP, -1.0, -6.0])
@pytest.mark.parametrize("seed", range(3))
def test_speech_never_passes_the_ceiling(seed, ceiling_dbtp):
    sound = burst(seed, -4.0, 0.7, channels=2)
    assert exact_peak_db(sound) > ceiling_dbtp + 3.0
    assert exact_peak_db(limited_whole(sound, ceiling_dbtp)) < ceiling_dbtp + 0.05


@pytest.mark.parametrize("divisor", [3, 4, 6, 8])
def test_tones_that_peak_between_samples_never_pass_the_ceiling(divisor):
    """A limiter that looks at samples alone lets fs/4 at 45 degrees through 3 dB too high."""
    tone = sine_at(RATE_HZ / divisor, 1.0, 0.3, degrees=180 / divisor, taper_s=0.05)
    assert exact_peak_db(limited_whole(tone)) < CEILING_DBTP + 0.05


def test_clicks_corners_and_hiss_stay_under_what_the_file_may_have(rng):
    """Near half the rate four points a frame miss some of a peak; the ceiling leaves room."""
    square = np.sign(sine_at(220, 0.0, 0.2)) * np.float32(0.9)
    band = butter(8, 16_000, fs=RATE_HZ, output="sos")
    hiss = sosfilt(band, rng.standard_normal((9_600, 2)), axis=0)
    click = np.zeros((5_000, 2))
    click[2_000] = 1.5
    sound = np.concatenate([square, click, hiss]).astype(np.float32)
    assert exact_peak_db(limited_whole(sound)) < CEILING_DBTP + 0.3


@pytest.mark.parametrize("peak_dbtp", [-60.0, -12.0, CEILING_DBTP - 0.05])
def test_a_sound_under_the_ceiling_passes_bit_for_bit(peak_dbtp):
    """Trap: pedalboard's Limiter raised quiet sounds by 4.75 dB and added noise."""
    sound = burst(3, -30.0, 0.5, channels=2)
    sound *= np.float32(amplitude(peak_dbtp - exact_peak_db(sound)))
    assert np.array_equal(limited_whole(sound), sound)


def test_no_sample_is_ever_raised_or_turned_over(hot):
    """Trap: a limiter with make-up gain lifts the whole track."""
    out = limited_whole(hot)
    assert (np.abs(out) <= np.abs(hot)).all()
    assert (out * hot >= 0.0).all()


def test_what_lies_far_from_a_peak_is_untouched():
    sound = burst(4, -30.0, 1.0, channels=2)
    peak = len(sound) // 2
    sound[peak - 20 : peak + 20] = 1.8
    out = limited_whole(sound)
    assert not np.array_equal(out, sound)
    for far in (slice(None, peak - 20 - REACH_FRAMES), slice(peak + 20 + REACH_FRAMES, None)):
        assert np.array_equal(out[far], sound[far])


def test_an_unchanged_stretch_sounds_the_same_whatever_came_before(hot):
    """A limiter with a memory would make every sample depend on all before it."""
    other = hot.copy()
    other[:10_000] *= 0.1
    after = 10_000 + 2 * REACH_FRAMES
    assert apart(limited_whole(other)[after:], limited_whole(hot)[after:]) < 1e-6


@settings(max_examples=25)
@given(sizes=SIZES, seed=st.integers(0, 5))
def test_blocks_of_any_size_give_the_sound_of_the_whole(sizes, seed):
    sound = burst(seed, -6.0, 0.4, channels=2)
    sound[7_000:12_000] *= 0.05  # a stretch in which the limiter rests
    out = joined(limited(cut(sound, sizes)))
    assert apart(out, limited_whole(sound)) < 1e-6


@settings(max_examples=60)
@given(frames=st.integers(0, 5_000), sizes=SIZES, level=st.sampled_from([0.01, 3.0]))
def test_the_length_is_kept_to_the_sample(frames, sizes, level):
    sound = np.full((frames, 2), level, np.float32)
    out = [np.zeros((0, 2), np.float32), *limited(cut(sound, sizes))]
    assert joined(out).shape == (frames, 2)


def test_both_sides_go_down_together():
    sound = burst(6, -4.0, 0.5, channels=1) * np.array([[1.0, 0.25]], np.float32)
    out = limited_whole(sound)
    assert apart(out[:, 1], 0.25 * out[:, 0]) < 1e-7


def test_the_gain_has_no_corners():
    """From nothing to 9 dB down takes the full 10 ms: a jump would click."""
    sound = np.full((6_000, 1), 0.4, np.float32)
    sound[3_000] = 2.4
    gain = limited_whole(sound)[:, 0] / sound[:, 0]
    assert gain.min() < 0.4
    assert np.abs(np.diff(gain)).max() < 0.002
    assert np.abs(np.diff(gain, 2)).max() < 1e-4


@pytest.mark.parametrize("level", [0.0, 1e-30, 1e4])
def test_silence_and_absurd_levels_stay_finite(level):
    out = limited_whole(np.full((3_000, 2), level, np.float32))
    assert np.isfinite(out).all()
    assert out.dtype == np.float32


def test_nothing_gives_nothing():
    assert list(limited(iter([]))) == []
