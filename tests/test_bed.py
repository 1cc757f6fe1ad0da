"""The built-in beds: what is measured of each, and what no bed may do."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import find_peaks

from generator import bed, loudness
from generator.audio import GRID_FRAMES, RATE_HZ, checked
from generator.bed import BEDS, PERIOD_FRAMES, PERIOD_S, Bed, make_bed
from generator.bed.curves import moments_s
from generator.bed.recipes import RECIPES
from generator.bed.weave import STEP_FRAMES, STEPS
from generator.errors import UsageError

SEED = 7
LOOPS = tuple(name for name in BEDS if name != "binaural")
CARPETS = ("rain", "brown", "pink", "none")
OCTAVES_HZ = [40 * 2**octave for octave in range(8)]

LOUDEST_LU = {"bowls": 8.0, "ocean": 6.0, "wind": 6.0, "drone": 4.0}
"""How far the loudest 400 ms may stand over the mean: nothing in a bed startles. Others: 1.5."""
LIKENESS = {"ocean": 0.65, "bowls": 0.6, "drone": 0.5, "wind": 0.5}
"""How much a bed may be like itself some seconds later, of 1. Others: 0.2."""


@dataclass(frozen=True)
class Heard:
    """A bed, and what several tests measure of it."""

    bed: Bed

    @cached_property
    def samples(self) -> np.ndarray:
        return self.bed.block(0, PERIOD_FRAMES)

    @cached_property
    def momentary_lu(self) -> np.ndarray:
        """Loudness of each 400 ms, over the mean of all."""
        meter = loudness.Meter(2)
        for start in range(0, PERIOD_FRAMES, 48 * STEP_FRAMES):
            meter.feed(self.samples[start : start + 48 * STEP_FRAMES])
        blocks = loudness.blocks(meter.energies()[1:])
        return 10 * np.log10(blocks / blocks.mean())

    @cached_property
    def powers(self) -> np.ndarray:
        """Power of each octave in each tenth of a second, shape (octaves, steps, 2)."""
        spectra = np.fft.rfft(self.samples.reshape(STEPS, STEP_FRAMES, 2), axis=1)
        hz = np.fft.rfftfreq(STEP_FRAMES, 1 / RATE_HZ)
        powers = np.abs(spectra) ** 2
        inside = [(hz >= low_hz) & (hz < 2 * low_hz) for low_hz in OCTAVES_HZ]
        return np.stack([powers[:, each].sum(axis=1) for each in inside])


@pytest.fixture(scope="module", params=LOOPS)
def heard(request: pytest.FixtureRequest) -> Heard:
    """One at a time: each is 58 MB."""
    return Heard(make_bed(request.param, SEED, RATE_HZ))


def mean_square(samples: np.ndarray, axis: int | None = None) -> np.ndarray:
    return np.mean(np.square(samples, dtype=np.float64), axis=axis)


def k_weighted_lufs(samples: np.ndarray) -> float:
    """Loudness without the gate, by pyloudnorm's filters."""
    weighted = samples.astype(np.float64)
    for stage in pyloudnorm.Meter(RATE_HZ, filter_class="DeMan")._filters.values():
        weighted = np.stack([stage.apply_filter(side) for side in weighted.T], axis=1)
    return float(-0.691 + 10 * np.log10(mean_square(weighted, axis=0).sum()))


def test_the_built_in_beds() -> None:
    named = {"drone", "bowls", "rain", "ocean", "wind", "brown", "pink", "binaural", "none"}
    assert set(BEDS) == named
    assert all(bed.ABOUT[name] for name in BEDS)
    assert PERIOD_FRAMES == PERIOD_S * RATE_HZ == 7_200_000
    assert PERIOD_FRAMES % GRID_FRAMES == 0


# --- a function of the absolute frame ---------------------------------------------------------


def test_a_bed_follows_the_audio_convention(heard: Heard) -> None:
    assert checked(heard.samples).shape == (PERIOD_FRAMES, 2)
    assert checked(heard.bed.block(0, 5)).shape == (5, 2)
    assert heard.bed.block(3, 0).shape == (0, 2)


@pytest.mark.parametrize("turns", [-1, 0, 1, 50])
def test_it_goes_round(heard: Heard, turns: int) -> None:
    around = np.concatenate([heard.samples[-5:], heard.samples[:5]])
    assert np.array_equal(heard.bed.block(turns * PERIOD_FRAMES - 5, 10), around)


@pytest.mark.parametrize("frames", [1, 480, 1152, 4999])
def test_any_cut_gives_the_whole(heard: Heard, frames: int) -> None:
    start, end = PERIOD_FRAMES - 4_000, PERIOD_FRAMES + 4_000
    parts = [heard.bed.block(at, min(frames, end - at)) for at in range(start, end, frames)]
    assert np.array_equal(np.concatenate(parts), heard.bed.block(start, end - start))


def test_a_block_is_a_copy_and_the_loop_cannot_be_changed(heard: Heard) -> None:
    heard.bed.block(0, 4)[:] = 9.0
    assert heard.bed.block(0, 4).max() < 1.0
    with pytest.raises(ValueError, match="read-only"):
        heard.bed.sources[0].samples[0] = 9.0  # type: ignore[attr-defined]


@pytest.mark.parametrize("order", [1, 2])
def test_the_loop_does_not_click(heard: Heard, order: int) -> None:
    """Trap (immich-video-memory-generator 359): a loop was to cross over, and jumped at its seam.

    It is no rougher there than anywhere else in five seconds.
    """
    elsewhere = np.abs(np.diff(heard.samples[: 5 * RATE_HZ], n=order, axis=0)).max(axis=0)
    seam = np.abs(np.diff(heard.bed.block(-order, 2 * order), n=order, axis=0)).max(axis=0)
    assert (seam <= elsewhere).all()


def test_same_seed_same_bytes_and_another_seed_another_sound() -> None:
    first, again, other = (make_bed("bowls", seed, RATE_HZ) for seed in (SEED, SEED, SEED + 1))
    assert np.array_equal(first.block(0, PERIOD_FRAMES), again.block(0, PERIOD_FRAMES))
    assert first.lufs == again.lufs
    assert not np.array_equal(first.block(0, RATE_HZ), other.block(0, RATE_HZ))


@pytest.mark.slow
def test_the_same_bytes_come_of_any_number_of_threads() -> None:
    code = (
        "import hashlib; from generator.bed import make_bed, PERIOD_FRAMES\n"
        "for name in ('wind', 'none', 'ocean+bowls+binaural:180:10-4'):\n"
        "    block = make_bed(name, 1, 48_000).block(0, PERIOD_FRAMES)\n"
        "    print(hashlib.sha256(block).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(digests) == 1


# --- level ------------------------------------------------------------------------------------


def test_what_goes_round_peaks_at_a_half_and_a_quiet_room_is_at_its_own_level(heard: Heard) -> None:
    if heard.bed.name == "none":
        level_dbfs = 10 * np.log10(mean_square(heard.samples, axis=0))
        assert level_dbfs == pytest.approx([bed.ROOM_DBFS] * 2, abs=0.1)
    else:
        assert np.abs(heard.samples).max() == pytest.approx(0.5, abs=1e-6)


def test_its_loudness_is_what_others_measure(heard: Heard) -> None:
    if heard.bed.name not in ("brown", "none"):  # made and measured as pink is
        assert heard.bed.lufs == pytest.approx(k_weighted_lufs(heard.samples), abs=0.05)


def test_nothing_in_a_bed_startles(heard: Heard) -> None:
    assert heard.momentary_lu.max() < LOUDEST_LU.get(heard.bed.name, 1.5)


def test_a_bed_is_never_gone(heard: Heard) -> None:
    assert heard.momentary_lu.min() > (-14.0 if heard.bed.name == "bowls" else -7.0)


def test_a_carpet_has_no_peaks_that_stand_out(heard: Heard) -> None:
    crest_db = 20 * np.log10(np.abs(heard.samples).max()) - 10 * np.log10(
        mean_square(heard.samples)
    )
    assert crest_db < (17.0 if heard.bed.name in CARPETS else 20.0)


def test_a_sum_to_mono_stays_full(heard: Heard) -> None:
    lost_db = 10 * np.log10(mean_square(heard.samples) / mean_square(heard.samples.mean(axis=1)))
    assert 0.1 < lost_db < 4.0


# --- what they sound like ---------------------------------------------------------------------


def test_no_bed_has_a_period_to_be_heard(heard: Heard) -> None:
    """Autocorrelation of the level of each octave, left and right, 2 to 120 s later.

    A sound that repeats would be wholly like itself, 1. Octaves in which nothing happens have
    nothing to repeat.
    """
    whole = heard.powers.sum(axis=(0, 1))
    for octave in heard.powers:
        for side, power in enumerate(octave.T):
            level_db = 10 * np.log10(power + 1e-5 * whole[side] / STEPS)
            level_db -= level_db.mean()
            likeness = np.fft.irfft(np.abs(np.fft.rfft(level_db)) ** 2)[:1_201]
            likeness /= likeness[0]
            peaks, _ = find_peaks(likeness, prominence=0.1)
            highest = likeness[peaks[peaks >= 20]].max(initial=0.0)
            assert highest < LIKENESS.get(heard.bed.name, 0.2)


def test_the_broad_beds_reach_from_low_to_high(heard: Heard) -> None:
    octaves_db = 10 * np.log10(heard.powers.sum(axis=(1, 2)) / heard.powers.sum())
    if heard.bed.name in ("rain", "ocean", "wind", "pink"):
        assert octaves_db.min() > -26.0
    if heard.bed.name in ("rain", "pink"):
        assert octaves_db.min() > -16.0
    assert octaves_db[0] < -3.0


def test_noise_has_its_tilt_and_is_half_shared_between_left_and_right(heard: Heard) -> None:
    tilts = {"brown": -6.0, "pink": -3.0, "none": -3.0}
    if heard.bed.name in tilts:
        octaves_db = 10 * np.log10(heard.powers.sum(axis=(1, 2)))
        tilt_db = tilts[heard.bed.name] + 3.0  # an octave is twice as wide as the one below
        assert np.diff(octaves_db)[2:5] == pytest.approx([tilt_db] * 3, abs=0.3)
        assert np.corrcoef(heard.samples[::7].T)[0, 1] == pytest.approx(0.5, abs=0.02)


def test_waves_come_8_to_14_seconds_apart_and_never_evenly() -> None:
    for seed in range(5):
        apart_s = np.diff(moments_s(np.random.default_rng(seed), 14, 8.0, 14.0)) % PERIOD_S
        assert 8.0 <= apart_s.min() < apart_s.max() <= 14.0
        assert apart_s.std() > 1.0


def lines_db(name: str) -> np.ndarray:
    """Level of each line of the left channel; line k is at k / PERIOD_S Hz."""
    left = make_bed(name, SEED, RATE_HZ).block(0, PERIOD_FRAMES)[:, 0]
    return 20 * np.log10(np.abs(np.fft.rfft(left)) + 1e-9)


def test_nothing_in_the_drone_beats_fast_enough_to_sound_rough_and_it_softens_upwards() -> None:
    level_db = lines_db("drone")
    hz = np.flatnonzero(level_db > level_db.max() - 50.0) / PERIOD_S
    pitches = np.split(hz, np.flatnonzero(np.diff(hz) > 2.0) + 1)
    assert hz[0] > 100.0
    assert max(np.ptp(pitch) for pitch in pitches) < 1.5
    assert min(b[0] - a[-1] for a, b in pairwise(pitches)) > 50.0
    power = 10 ** (level_db / 10)
    octaves = [power[low * PERIOD_S : 2 * low * PERIOD_S].sum() for low in (200, 400, 800, 1600)]
    assert (np.diff(10 * np.log10(octaves)) < -6.0).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", ["drone", "bowls", "ocean", "wind"])
def test_no_seed_is_worse_than_another(name: str, seed: int) -> None:
    heard = Heard(make_bed(name, seed, RATE_HZ))
    test_nothing_in_a_bed_startles(heard)
    test_a_bed_is_never_gone(heard)
    test_no_bed_has_a_period_to_be_heard(heard)
    test_a_sum_to_mono_stays_full(heard)


# --- mixtures ---------------------------------------------------------------------------------

SOUNDS = {f"{name} {at}": each for name in LOOPS for at, each in enumerate(RECIPES[name].sounds)}


@pytest.mark.parametrize("which", ["drone 0", "bowls 0", "rain 0", "rain 2", "ocean 0", "wind 0"])
def test_how_loud_a_sound_will_be_is_known_before_it_is_made(which: str) -> None:
    _share, sound = SOUNDS[which]
    layer, loop = sound(np.random.default_rng(3)), np.zeros((PERIOD_FRAMES, 2), np.float32)
    layer.add_to(loop, 1.0)
    assert 10 * np.log10(bed._heard(loop) / layer.heard) == pytest.approx(0.0, abs=0.2)


def test_a_mixture_is_the_sum_of_its_parts_equally_loud_in_the_memory_of_one_loop() -> None:
    rain, drone = (make_bed(each, 1, RATE_HZ) for each in ("rain", "drone"))
    tracemalloc.start()
    try:
        both = make_bed("rain + drone", 1, RATE_HZ)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < PERIOD_FRAMES * 8 + 50_000_000
    parts = np.stack([each.block(0, RATE_HZ)[:, 0] for each in (rain, drone)], axis=1)
    mixed = both.block(0, RATE_HZ)[:, 0]
    gains, rest, *_ = np.linalg.lstsq(parts.astype(float), mixed.astype(float), rcond=None)
    assert rest[0] < 1e-8 * np.square(mixed).sum()
    loud = [
        each.lufs + 20 * np.log10(gain) for each, gain in zip((rain, drone), gains, strict=True)
    ]
    assert loud[0] == pytest.approx(loud[1], abs=0.3)
    assert np.abs(both.block(0, PERIOD_FRAMES)).max() == pytest.approx(0.5, abs=1e-6)


def test_tones_in_a_mixture_are_as_loud_as_the_rest() -> None:
    mixed = make_bed("binaural:200:6+rain+brown", 1, 30 * RATE_HZ)
    loop, tones = (each.block(0, 30 * RATE_HZ) for each in mixed.sources)
    assert k_weighted_lufs(tones) == pytest.approx(k_weighted_lufs(loop) - 3.01, abs=0.2)
    assert mixed.lufs == pytest.approx(k_weighted_lufs(mixed.block(0, 30 * RATE_HZ)), abs=0.2)


def test_a_mixture_makes_way_as_any_part_of_it_must() -> None:
    duck = make_bed("binaural + ocean", 1, RATE_HZ).duck
    ocean, tones = RECIPES["ocean"].duck, RECIPES["binaural"].duck
    assert (duck.depth_db, duck.back_s) == (ocean.depth_db, ocean.back_s)
    assert duck.rise_db == tones.rise_db


# --- names ------------------------------------------------------------------------------------

WRONG = [
    ("dron", "Did you mean 'drone'"),
    ("xyz", "Known: binaural, bowls, brown, drone, none, ocean, pink, rain, wind"),
    ("rain+dron", "no bed 'dron'"),
    ("", "no bed ''"),
    ("rain+", "no bed ''"),
    ("rain+rain", "named twice"),
    ("binaural+binaural:300", "named twice"),
    ("rain+none", "mixes with nothing"),
    ("rain+drone+wind+pink", "3 at the most"),
]


@pytest.mark.parametrize(("wrong", "why"), WRONG)
def test_what_is_no_bed_is_answered_with_what_is(wrong: str, why: str) -> None:
    for asked in (bed.check, lambda name: make_bed(name, 0, RATE_HZ)):
        with pytest.raises(UsageError) as caught:
            asked(wrong)
        assert why in str(caught.value)
    assert not bed.is_name(wrong)


@given(st.lists(st.sampled_from([*LOOPS, "binaural:180:10-4"]), max_size=3, unique=True))
def test_up_to_three_different_beds_mix_in_any_order(names: list[str]) -> None:
    name = "+".join(names)
    assert bed.is_name(name) == (bool(names) and (names == ["none"] or "none" not in names))
    assert bed.is_binaural(name) == ("binaural:180:10-4" in names)


@given(st.text(st.sampled_from("binaural:+-.0123456789 rx\n٣"), max_size=40))
def test_any_name_is_a_bed_or_refused(name: str) -> None:
    if bed.is_name(name):
        assert {each.strip().split(":")[0] for each in name.split("+")} <= set(BEDS)
        assert "\n" not in name.strip()
