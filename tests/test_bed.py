from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
import pyloudnorm
import pytest
from scipy import fft

from generator import bed
from generator.audio import GRID_FRAMES, RATE_HZ, amplitude, checked
from generator.bed import BEDS, PERIOD_FRAMES, PERIOD_S, Bed, make_bed
from generator.errors import UsageError


@pytest.fixture(scope="module")
def beds() -> dict[str, Bed]:
    return {name: make_bed(name, seed=7) for name in BEDS}


@pytest.fixture(params=BEDS)
def each(request, beds) -> Bed:
    return beds[request.param]


def mean_square(samples, axis=None):
    return np.mean(np.square(samples, dtype=np.float64), axis=axis)


@pytest.fixture(scope="module")
def lines_db(beds):
    """Level of each line of a bed's left channel; line k is k / PERIOD_S Hz."""

    def lines_db(name):
        return 20 * np.log10(np.abs(fft.rfft(beds[name].loop[:, 0])) + 1e-9)

    return lru_cache(lines_db)


def test_the_built_in_beds():
    assert BEDS == ("drone", "brown", "none")
    assert PERIOD_FRAMES == PERIOD_S * RATE_HZ == 7_200_000
    assert PERIOD_FRAMES % GRID_FRAMES == 0


def test_a_loop_follows_the_audio_convention(each):
    assert checked(each.loop).shape == (PERIOD_FRAMES, 2)
    assert checked(each.block(0, 5)).shape == (5, 2)
    assert each.block(3, 0).shape == (0, 2)


@pytest.mark.parametrize(("wrong", "remedy"), [("dron", "'drone'"), ("xyz", "brown, drone, none")])
def test_an_unknown_name_is_answered_with_the_nearest(wrong, remedy):
    with pytest.raises(UsageError, match=remedy):
        make_bed(wrong, seed=0)
    with pytest.raises(UsageError, match=remedy):
        bed.check(wrong)


def test_a_known_name_passes():
    for name in BEDS:
        bed.check(name)


# --- a function of the absolute frame ---------------------------------------------------------


@pytest.mark.parametrize("turns", [-1, 0, 1, 50])
def test_it_goes_round(each, turns):
    around = np.concatenate([each.loop[-5:], each.loop[:5]])
    assert np.array_equal(each.block(turns * PERIOD_FRAMES - 5, 10), around)


def test_one_block_may_be_longer_than_the_loop(beds):
    block = beds["none"].block(PERIOD_FRAMES - 3, PERIOD_FRAMES + 6)
    assert np.array_equal(block[:6], block[-6:])


@pytest.mark.parametrize("frames", [1, 480, 1152, 4999])
def test_any_cut_gives_the_whole(each, frames):
    start, end = PERIOD_FRAMES - 4_000, PERIOD_FRAMES + 4_000
    parts = [each.block(at, min(frames, end - at)) for at in range(start, end, frames)]
    assert np.array_equal(np.concatenate(parts), each.block(start, end - start))


def test_a_block_is_a_copy_and_the_loop_cannot_be_changed(each):
    each.block(0, 4)[:] = 9.0
    assert each.loop[:4].max() < 1.0
    with pytest.raises(ValueError, match="read-only"):
        each.loop[0] = 9.0


@pytest.mark.parametrize("order", [1, 2])
def test_the_seam_is_no_rougher_than_any_other_place(each, order):
    elsewhere = np.abs(np.diff(each.loop[: 5 * RATE_HZ], n=order, axis=0)).max(axis=0)
    seam = np.abs(np.diff(each.block(-order, 2 * order), n=order, axis=0)).max(axis=0)
    assert (seam <= elsewhere).all()


def test_same_seed_same_bytes(beds):
    again = make_bed("drone", seed=7)
    assert np.array_equal(again.loop, beds["drone"].loop)
    assert again.lufs == beds["drone"].lufs


def test_another_seed_is_another_sound_of_the_same_loudness():
    first, second = (bed._chord(bed._RECIPES["drone"], np.random.default_rng(n)) for n in (1, 2))
    assert not np.array_equal(first, second)
    assert bed._mean_squares(first) == pytest.approx(bed._mean_squares(second), rel=0.02)


# --- level and loudness -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["drone", "brown"])
def test_free_beds_peak_at_a_half(beds, name):
    assert not beds[name].fixed_level
    assert np.abs(beds[name].loop).max() == pytest.approx(0.5, abs=1e-6)


def test_room_tone_is_at_its_own_level(beds):
    room = beds["none"]
    assert room.fixed_level
    assert 10 * np.log10(mean_square(room.loop, axis=0)) == pytest.approx([-75.0, -75.0], abs=0.001)


def test_lufs_is_what_a_meter_reads(each):
    lift_db = 40.0 if each.fixed_level else 0.0  # room tone lies under the meter's absolute gate
    length_s = PERIOD_S if each.name == "drone" else 50  # noise is the same everywhere
    lifted = each.block(0, length_s * RATE_HZ) * np.float32(amplitude(lift_db))
    read = pyloudnorm.Meter(RATE_HZ).integrated_loudness(lifted) - lift_db
    assert each.lufs == pytest.approx(read, abs=0.1)


def test_a_sum_to_mono_stays_full(each):
    heard = each.loop[::7]
    lost_db = 10 * np.log10(mean_square(heard) / mean_square(heard.mean(axis=1)))
    assert 0.0 < lost_db < 1.5


# --- what they sound like ---------------------------------------------------------------------


def test_lines_become_the_cosines_they_stand_for():
    spectrum = np.zeros(PERIOD_FRAMES, np.complex64)
    bed._add(spectrum, 1, 0.5, 0.0)
    bed._add(spectrum, np.array([66_001]), 0.0, -0.25j)
    plain, _ = bed._mean_squares(spectrum)
    left, right = bed._transformed(spectrum).T
    turns = np.arange(0, PERIOD_FRAMES, 997) / PERIOD_FRAMES * 2 * np.pi
    assert plain == pytest.approx(1**2 / 2 + 0.5**2 / 2)
    assert left[::997] == pytest.approx(np.cos(turns), abs=1e-5)
    assert right[::997] == pytest.approx(0.5 * np.sin(66_001 * turns), abs=1e-5)


def test_brown_falls_six_decibels_an_octave_between_its_roll_offs(lines_db):
    level_db = lines_db("brown")

    def step_db(low_hz, high_hz):
        return level_db[high_hz * PERIOD_S] - level_db[low_hz * PERIOD_S]

    for low_hz in (100, 200, 500, 1000):
        assert step_db(low_hz, 2 * low_hz) == pytest.approx(-6.0, abs=0.1)
    assert step_db(20, 40) > 10.0
    assert step_db(7_500, 15_000) < -24.0


@pytest.mark.parametrize("name", ["brown", "none"])
def test_noise_is_half_shared_between_left_and_right(beds, name):
    assert np.corrcoef(beds[name].loop[::7].T)[0, 1] == pytest.approx(0.5, abs=0.01)


def test_noise_does_not_pulse(beds):
    seconds = mean_square(beds["none"].loop.reshape(PERIOD_S, -1), axis=1)
    assert 10 * np.log10(seconds.max() / seconds.min()) < 1.5


def test_nothing_in_the_drone_beats_fast_enough_to_sound_rough(lines_db):
    level_db = lines_db("drone")
    hz = np.flatnonzero(level_db > level_db.max() - 90.0) / PERIOD_S
    pitches = np.split(hz, np.flatnonzero(np.diff(hz) > 0.5) + 1)
    assert hz[0] > 60.0
    assert max(np.ptp(pitch) for pitch in pitches) < 0.5
    assert min(b[0] - a[-1] for a, b in pairwise(pitches)) > 50.0


def test_the_drone_gets_softer_upwards(lines_db):
    power = 10 ** (lines_db("drone") / 10)
    octaves = [power[hz * PERIOD_S : 2 * hz * PERIOD_S].sum() for hz in (200, 400, 800, 1600, 3200)]
    assert (np.diff(10 * np.log10(octaves)) < -6.0).all()


def test_the_drone_breathes_gently_and_without_a_period(beds):
    left, right = beds["drone"].loop.T
    for heard in (left, right, (left + right) / 2):
        swell = np.sqrt(mean_square(heard.reshape(PERIOD_S, -1), axis=1))
        assert 4.0 < 20 * np.log10(swell.max() / swell.min()) < 9.0
        likeness = np.fft.irfft(np.abs(np.fft.rfft(swell - swell.mean())) ** 2)
        # On a loop a lag of 140 s is one of 10 s: half the lags are all of them.
        assert (likeness[10:76] < 0.5 * likeness[0]).all()
