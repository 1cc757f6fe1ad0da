from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyloudnorm
import pytest

from generator import bells
from generator.audio import RATE_HZ, checked
from generator.bells import BELLS, RING_S, loudest_lufs, strike
from generator.errors import UsageError
from generator.loudness import SILENT_LUFS


@pytest.fixture(scope="module")
def rung():
    return {kind: strike(kind, seed=3) for kind in BELLS}


@pytest.fixture(params=BELLS)
def kind(request) -> str:
    return request.param


@pytest.fixture
def sound(kind, rung):
    return rung[kind]


def energies(samples, length_s):
    """Energy of each whole stretch of that length, both channels added."""
    frames = round(length_s * RATE_HZ)
    whole = samples[: len(samples) // frames * frames].astype(np.float64)
    return np.square(whole).reshape(-1, frames * 2).sum(axis=1)


def tone(hz, amplitude, length_s):
    times_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    return (amplitude * np.sin(2 * np.pi * hz * times_s)).astype(np.float32)[:, np.newaxis]


# --- strokes ----------------------------------------------------------------------------------


def test_a_stroke_follows_the_audio_convention(sound):
    assert checked(sound).shape[1] == 2
    assert np.abs(sound).max() == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("kind", "least_s", "most_s"), [("small", 6, 8), ("large", 12, 14), ("bowl", 14, 16)]
)
def test_how_long_a_bell_sounds(rung, kind, least_s, most_s):
    assert least_s < len(rung[kind]) / RATE_HZ < most_s


def test_it_starts_soft_and_at_once(sound):
    assert np.abs(sound[0]).max() == 0.0
    assert np.abs(np.diff(sound[:48], axis=0)).max() < 0.02  # the first millisecond: no click
    assert np.abs(sound[: RATE_HZ // 100]).max() > 0.2  # and within ten, a stroke


def test_no_step_is_larger_than_its_partials_explain(kind, sound):
    recipe = bells._RECIPES[kind]
    highest_hz = recipe.root_hz * recipe.partials[-1].ratio
    # Bernstein: a band-limited sound changes at most by its peak times its highest frequency.
    assert np.abs(np.diff(sound, axis=0)).max() <= 0.5 * 2 * np.pi * highest_hz / RATE_HZ


def test_it_dies_away_steadily_and_to_the_end(sound):
    window_s = min(2.0, len(sound) / RATE_HZ / 6)  # 2 s: longer than any beating of the lowest pair
    assert (np.diff(10 * np.log10(energies(sound, window_s))) < -6.0).all()
    assert np.abs(sound[-min(RATE_HZ // 10, len(sound) // 50) :]).max() < np.abs(
        sound
    ).max() * 10 ** (-70 / 20)
    assert np.abs(sound[-1]).max() < 1e-7


def test_ring_s_is_when_it_has_fallen_by_60_db(kind):
    for seed in range(3):
        falling_db = 10 * np.log10(energies(strike(kind, seed), 0.01))
        last = np.flatnonzero(falling_db > falling_db.max() - 60.0)[-1]
        assert last * 0.01 == pytest.approx(RING_S[kind], rel=0.1)


def test_the_partials_are_those_of_the_table(kind, sound):
    recipe = bells._RECIPES[kind]
    spectrum = np.abs(np.fft.rfft(sound.mean(axis=1) * np.hanning(2 * len(sound))[len(sound) :]))
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    for partial in recipe.partials:
        wanted_hz = partial.ratio * recipe.root_hz
        near = np.flatnonzero(np.abs(hz - wanted_hz) < 25.0)
        found_hz = hz[near[spectrum[near].argmax()]]
        fine_hz = max(0.3, RATE_HZ / len(sound))
        assert wanted_hz - fine_hz <= found_hz <= wanted_hz + partial.beat_hz + fine_hz


def test_high_partials_die_first(kind):
    partials = bells._RECIPES[kind].partials
    for lower, higher in pairwise(partials):
        assert lower.ratio < higher.ratio
        assert lower.decay_s > higher.decay_s


def test_a_bell_is_no_beep(kind):
    ratios = np.array([each.ratio for each in bells._RECIPES[kind].partials])
    above = ratios[1:] / ratios[0]
    off_harmonic = np.abs(above - np.round(above))
    assert len(above) >= 4
    assert np.median(off_harmonic) > 0.1


def test_bells_differ_in_brightness(rung):
    def centre_hz(sound):
        power = np.abs(np.fft.rfft(sound[:RATE_HZ, 0])) ** 2  # one second: line k is k Hz
        return np.average(np.arange(len(power)), weights=power)

    assert centre_hz(rung["small"]) > 2 * centre_hz(rung["bowl"])
    assert centre_hz(rung["small"]) > 2 * centre_hz(rung["large"])


def test_the_bowl_beats_slowly(rung):
    lowest = bells._RECIPES["bowl"].partials[0]
    late = energies(rung["bowl"][5 * RATE_HZ :], 0.05)
    level_db = 10 * np.log10(late)
    times_s = np.arange(len(level_db)) * 0.05
    rest = level_db - np.polyval(np.polyfit(times_s, level_db, 1), times_s)
    turning = np.exp(-2j * np.pi * lowest.beat_hz * times_s)
    assert np.abs(np.mean(rest * turning)) > 1.0  # a sway of more than 4 dB at that very rate


def test_it_has_width_and_stays_whole_in_mono(sound):
    left, right = sound.T
    assert 0.5 < np.corrcoef(left, right)[0, 1] < 0.999
    assert np.sum(sound.mean(axis=1) ** 2) > 0.5 * np.sum(sound**2) / 2


def test_same_seed_same_bytes_other_seed_other_bytes(kind, sound):
    assert np.array_equal(strike(kind, seed=3), sound)
    assert not np.array_equal(strike(kind, seed=4), sound)


@pytest.mark.parametrize(("wrong", "remedy"), [("bowel", "'bowl'"), ("xyz", "bowl, large, small")])
def test_an_unknown_kind_is_answered_with_the_nearest(wrong, remedy):
    with pytest.raises(UsageError, match=remedy):
        strike(wrong, seed=0)
    with pytest.raises(UsageError, match=remedy):
        bells.check(wrong)


# --- how loud ---------------------------------------------------------------------------------


def test_a_sine_is_as_loud_as_the_standard_says():
    # BS.1770-4: a 997 Hz sine of full scale in one channel reads -3.01 LKFS.
    assert loudest_lufs(tone(997.0, 1.0, 2.0)) == pytest.approx(-3.01, abs=0.02)
    both = np.repeat(tone(997.0, 0.1, 2.0), 2, axis=1)
    assert loudest_lufs(both) == pytest.approx(-20.0, abs=0.02)


def test_the_loudest_400_ms_decide():
    quiet, loud = tone(997.0, 0.01, 3.0), tone(997.0, 0.1, 0.4)
    joined = np.concatenate([quiet, loud, quiet])
    assert loudest_lufs(joined) == pytest.approx(-23.01, abs=0.05)


def test_half_a_window_counts_half():
    assert loudest_lufs(tone(997.0, 1.0, 0.2)) == pytest.approx(-6.02, abs=0.05)


def test_silence_has_a_loudness_that_can_be_reckoned_with():
    assert loudest_lufs(np.zeros((100, 2), np.float32)) == SILENT_LUFS


def test_a_bell_is_as_loud_as_a_meter_reads(sound):
    meter = pyloudnorm.Meter(RATE_HZ, block_size=0.4)
    padded = np.pad(sound, ((0, 2 * RATE_HZ), (0, 0)))
    cuts = [padded[start : start + 19_200] for start in range(0, min(RATE_HZ, len(sound)), 480)]
    read = max(meter.integrated_loudness(cut) for cut in cuts)
    assert loudest_lufs(sound) == pytest.approx(read, abs=0.2)
