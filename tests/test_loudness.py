"""The meter against the standard's own recipes: EBU Tech 3341, ITU-R BS.1770-4."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest
from conftest import SIZES, burst, cut, exact_peak_db, sine_at
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.audio import RATE_HZ
from generator.loudness import (
    SILENT_LUFS,
    Meter,
    TruePeak,
    blocks,
    energies,
    gated_lufs,
    highest_lufs,
    k_weighting,
    lufs,
    range_lu,
)

RATES_HZ = (22_050, 24_000, 44_100, 48_000)


def metered(parts: list[tuple[float, float]], rate_hz: int = RATE_HZ, step_s: float = 0.1) -> Meter:
    """A meter that heard 1 kHz in stereo: seconds and level of each part."""
    meter = Meter(2, rate_hz, step_s)
    start = 0
    for length_s, level_dbfs in parts:
        frames = round(length_s * rate_hz)
        degrees = 360.0 * (start * 1_000 % rate_hz) / rate_hz  # no click where the level steps
        meter.feed(sine_at(1_000, level_dbfs, length_s, rate_hz=rate_hz, degrees=degrees))
        start += frames
    return meter


def integrated(meter: Meter) -> float:
    return gated_lufs([blocks(meter.energies())])


def peak_of(sound: np.ndarray, sizes: tuple[int, ...] | list[int] = (100_000,)) -> float:
    peak = TruePeak(sound.shape[1])
    for block in cut(sound, sizes):
        peak.feed(block)
    return peak.dbtp()


# --- loudness ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize(
    ("parts", "expected_lufs"),
    [
        pytest.param([(20, -23)], -23.0, id="1"),
        pytest.param([(20, -33)], -33.0, id="2"),
        pytest.param([(10, -36), (60, -23), (10, -36)], -23.0, id="3"),
        pytest.param([(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], -23.0, id="4"),
        pytest.param([(20, -26), (20.1, -20), (20, -26)], -23.0, id="5"),
    ],
)
def test_integrated_loudness_meets_ebu_3341(parts, expected_lufs, rate_hz):
    assert integrated(metered(parts, rate_hz)) == pytest.approx(expected_lufs, abs=0.1)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("apart_db", [0.0, 4.0, 20.0, 200.0])
def test_channels_of_different_level_add_up_as_powers(apart_db, rate_hz):
    """What EBU 3341 case 6 asks of five channels, for two."""
    left, right = (sine_at(1_000, db, 20, rate_hz=rate_hz) for db in (-20.0, -20.0 - apart_db))
    meter = Meter(2, rate_hz)
    meter.feed(np.stack([left[:, 0], right[:, 1]], axis=1))
    expected_lufs = -23.0 + 10.0 * np.log10(1.0 + 10.0 ** (-apart_db / 10.0))
    assert integrated(meter) == pytest.approx(expected_lufs, abs=0.1)


def test_what_lies_under_the_absolute_gate_does_not_move_the_relative_one():
    assert integrated(metered([(60, -75), (4, -60), (60, -75)])) == pytest.approx(-60.0, abs=0.3)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_three_seconds_of_changing_level_read_their_mean(rate_hz):
    """EBU 3341 case 9."""
    steps = metered([(1.34, -20), (1.66, -30)] * 5, rate_hz).energies()
    short_term = [lufs(steps[at : at + 30].mean()) for at in range(len(steps) - 29)]
    assert short_term == pytest.approx([-23.0] * len(short_term), abs=0.1)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_four_hundred_ms_of_changing_level_read_their_mean(rate_hz):
    """EBU 3341 case 12."""
    meter = metered([(0.18, -20), (0.22, -30)] * 25, rate_hz)
    momentary = [lufs(each) for each in blocks(meter.energies())]
    assert momentary[10:] == pytest.approx([-23.0] * len(momentary[10:]), abs=0.1)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("level", [-33, -23])
def test_momentary_and_short_term_read_a_steady_tone(level, rate_hz):
    """EBU 3341 cases 1 and 2."""
    steps = metered([(20, level)], rate_hz).energies()
    assert highest_lufs(steps, 4) == pytest.approx(level, abs=0.1)
    assert highest_lufs(steps, 30) == pytest.approx(level, abs=0.1)


SHIFTS = [(RATE_HZ, at) for at in range(20)]
SHIFTS += [(rate_hz, at) for rate_hz in RATES_HZ[:-1] for at in (0, 7, 19)]
"""All twenty of the standard at our own rate."""


@pytest.mark.parametrize(("rate_hz", "at"), SHIFTS)
def test_the_loudest_three_seconds_are_found_wherever_they_lie(at, rate_hz):
    """EBU 3341 cases 10 and 11: three seconds of tone, its beginning and level changing."""
    for level in (-23, -38 + at):
        meter = metered([(0.15 * at, -200), (3.0, level), (1.0, -200)], rate_hz, 0.02)
        assert highest_lufs(meter.energies(), 150) == pytest.approx(level, abs=0.1)


@pytest.mark.parametrize(("rate_hz", "at"), SHIFTS)
def test_the_loudest_400_ms_are_found_wherever_they_lie(at, rate_hz):
    """EBU 3341 cases 13 and 14. Steps of 100 ms would read half a unit too low: ours have 20."""
    for level in (-23, -38 + at):
        meter = metered([(0.02 * at, -200), (0.4, level), (1.0, -200)], rate_hz, 0.02)
        assert highest_lufs(meter.energies(), 20) == pytest.approx(level, abs=0.1)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize(
    ("parts", "expected_lu"),
    [
        pytest.param([(20, -20), (20, -30)], 10.0, id="1"),
        pytest.param([(20, -20), (20, -15)], 5.0, id="2"),
        pytest.param([(20, -40), (20, -20)], 20.0, id="3"),
        pytest.param([(20, -50), (20, -35), (20, -20), (20, -35), (20, -50)], 15.0, id="4"),
    ],
)
def test_loudness_range_meets_ebu_3342(parts, expected_lu, rate_hz):
    """The standard allows 1 LU; its recipes are met to a tenth."""
    assert range_lu(metered(parts, rate_hz).energies()) == pytest.approx(expected_lu, abs=0.1)


def test_a_sound_too_short_for_a_range_or_a_window_has_a_number():
    steps = metered([(1.0, -20)]).energies()
    assert range_lu(steps) == 0.0
    assert highest_lufs(steps, 30) == SILENT_LUFS
    assert range_lu(metered([(60, -120)]).energies()) == 0.0


def test_k_weighting_at_48_khz_is_the_table_of_the_standard():
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285]
    shelf += [1.0, -1.69065929318241, 0.73248077421585]
    high_pass = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    assert k_weighting(48_000) == pytest.approx(np.array([shelf, high_pass]), abs=1e-9)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("channels", [1, 2])
def test_speech_with_pauses_reads_as_pyloudnorm_reads_it(rate_hz, channels):
    pause = np.zeros((rate_hz, channels), np.float32)
    sound = np.concatenate(
        [
            each
            for seed, level_dbfs in enumerate((-20, -26, -48, -23))
            for each in (
                burst(seed, level_dbfs, 1.7, rate_hz=rate_hz, channels=channels),
                pause,
            )
        ]
    )
    oracle = pyloudnorm.Meter(rate_hz, filter_class="DeMan")
    ours = gated_lufs([blocks(energies(sound, rate_hz))])
    assert ours == pytest.approx(oracle.integrated_loudness(sound), abs=0.1)


def test_a_soft_bed_in_long_pauses_pulls_the_gated_loudness_down():
    """Trap: a bed 16 LU down in 90 % of a track is not gated away; so speech is measured apart."""
    assert integrated(metered([(6, -16), (54, -32)])) < -24.0
    assert integrated(metered([(6, -16), (54, -46)])) == pytest.approx(-16.0, abs=0.3)


@settings(max_examples=25)
@given(gain_db=st.floats(-20.0, 6.0))
def test_a_gain_moves_loudness_by_just_that_gain(gain_db):
    sound = burst(1, -24.0, 1.0)
    before = gated_lufs([blocks(energies(sound))])
    after = gated_lufs([blocks(energies(sound * np.float32(10 ** (gain_db / 20))))])
    assert after - before == pytest.approx(gain_db, abs=0.01)


def test_fine_steps_add_up_to_coarse_ones():
    sound = burst(3, -20.0, 2.0, channels=2)
    coarse, fine = Meter(2), Meter(2, step_s=0.02)
    coarse.feed(sound)
    fine.feed(sound)
    means = fine.energies().reshape(-1, 5).mean(axis=1)
    assert means == pytest.approx(coarse.energies(), rel=1e-6)


@settings(max_examples=30)
@given(sizes=SIZES)
def test_blocks_of_any_size_give_the_energies_of_the_whole(sizes):
    sound = burst(2, -20.0, 1.3, channels=2)
    meter, whole = Meter(2), Meter(2)
    whole.feed(sound)
    for block in cut(sound, sizes):
        meter.feed(block)
    assert meter.energies() == pytest.approx(whole.energies(), rel=1e-6)


def test_a_mono_voice_on_both_speakers_counts_twice():
    one = energies(sine_at(500, -20, 1.0, channels=1))
    both = energies(sine_at(500, -20, 1.0, channels=2))
    assert both == pytest.approx(2.0 * one)


def test_a_word_shorter_than_a_block_has_a_loudness():
    assert gated_lufs([blocks(energies(sine_at(1_000, -23, 0.2)))]) == pytest.approx(-23, abs=0.3)


def test_the_last_piece_of_a_sound_counts_as_long_as_it_is():
    steps = energies(sine_at(1_000, -20, 0.25))
    assert len(steps) == 3
    assert steps[2] == pytest.approx(steps[1] / 2.0, rel=0.05)


@pytest.mark.parametrize("length_s", [0.0, 0.05, 3.0])
def test_silence_and_nothing_read_a_number(length_s):
    """Trap: loudness of silence is minus infinity, which turns into an infinite gain."""
    silence = np.zeros((round(length_s * RATE_HZ), 2), np.float32)
    assert gated_lufs([blocks(energies(silence))]) == SILENT_LUFS
    assert gated_lufs([]) == SILENT_LUFS


# --- true peak --------------------------------------------------------------------------------

TONES = [
    pytest.param(4, 0.0, 0.50, -6.0, id="15"),
    pytest.param(4, 45.0, 0.50, -6.0, id="16"),
    pytest.param(6, 60.0, 0.50, -6.0, id="17"),
    pytest.param(8, 67.5, 0.50, -6.0, id="18"),
    pytest.param(4, 45.0, 1.41, 3.0, id="19"),
]


@pytest.mark.parametrize("sizes", [(100_000,), (480,), (7, 1_152, 31)], ids=str)
@pytest.mark.parametrize(("divisor", "degrees", "level", "expected_dbtp"), TONES)
def test_true_peak_meets_ebu_3341(divisor, degrees, level, expected_dbtp, sizes):
    """The tones are fractions of the rate: the same frames, whatever the rate is."""
    tone = sine_at(
        RATE_HZ / divisor, 20 * np.log10(level), 0.5, degrees=degrees, taper_s=0.1, channels=1
    )
    assert peak_of(tone, sizes) == pytest.approx(expected_dbtp, abs=0.1)


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_peak_is_found_wherever_it_lies_between_two_samples(quarters, sign):
    """After EBU 3341 cases 20 to 23, which hold a peak of full scale a quarter of a frame apart.

    Made at four times the rate, a swell on a tone of a sixth of it, and every fourth frame kept.
    """
    away = np.arange(-2_000, 2_000) / 4.0
    fine = sign * np.cos(2.0 * np.pi * away / 6.0) * (0.5 + 0.5 * np.exp(-((away / 24.0) ** 2)))
    fine *= np.hanning(len(fine))
    frames = fine[quarters::4, None].astype(np.float32)
    assert -0.4 < peak_of(frames) < 0.2
    assert peak_of(frames) == pytest.approx(exact_peak_db(frames), abs=0.02)


@pytest.mark.parametrize("size", [13, 100, 1_200, 48_000])
@pytest.mark.parametrize("hz", [50, 200, 1_000, 3_000])
def test_a_cut_through_a_wave_is_not_taken_for_a_peak(hz, size):
    """Trap: a chunk oversampled by itself rings at its ends; a sine then reads 1.1 dB high."""
    tone = sine_at(hz, -6.0, 0.5, degrees=57.0, taper_s=0.1)
    assert peak_of(tone, [size]) == pytest.approx(-6.0, abs=0.05)


@settings(max_examples=30)
@given(sizes=SIZES, seed=st.integers(0, 50))
def test_blocks_of_any_size_give_the_peak_of_the_whole(sizes, seed):
    sound = burst(seed, -12.0, 0.5, channels=2)
    assert peak_of(sound, sizes) == pytest.approx(peak_of(sound), abs=1e-4)


@pytest.mark.parametrize("frame", [0, 1, 1_199, 1_200, 9_998, 9_999])
def test_a_click_is_found_wherever_it_lies(frame):
    sound = sine_at(300, -20.0, 10_000 / RATE_HZ)
    sound[frame, 1] = 0.9
    assert peak_of(sound) == pytest.approx(20 * np.log10(0.9), abs=0.3)


def test_a_stream_may_be_asked_for_its_peak_twice():
    peak = TruePeak(2)
    peak.feed(sine_at(1_000, -6.0, 0.1))
    assert peak.dbtp() == peak.dbtp()


def test_the_peak_of_silence_is_a_number():
    assert peak_of(np.zeros((5_000, 2), np.float32)) == SILENT_LUFS
