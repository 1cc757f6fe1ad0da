"""The edges of a clip, and the way to pydub and back."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from conftest import apart, sine_at
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.audio import RATE_HZ
from generator.segment import decoded, to_samples, to_segment, trimmed

THRESHOLD_DBFS = -50.0
FADES_MS = (8, 20)


def ms(length_ms: float) -> int:
    return round(length_ms * RATE_HZ / 1_000)


def between_silences(sound: np.ndarray, lead: int, tail: int) -> np.ndarray:
    return np.pad(sound, ((lead, tail), (0, 0)))


# --- trimming ---------------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    lead=st.integers(0, 30_000),
    tail=st.integers(0, 30_000),
    length=st.integers(3_000, 20_000),
    level_dbfs=st.floats(-40.0, -1.0),
)
def test_silence_goes_and_the_sound_stays(lead, tail, length, level_dbfs):
    tone = sine_at(440, level_dbfs, length / RATE_HZ, channels=1)
    kept = trimmed(between_silences(tone, lead, tail), THRESHOLD_DBFS)
    assert kept.dtype == np.float32
    assert len(kept) >= length - ms(1)  # pydub counts in whole milliseconds
    assert len(kept) <= length + min(lead, ms(15)) + min(tail, ms(25)) + ms(1)


def test_the_sound_begins_just_after_the_start_and_ends_just_before_the_end():
    tone = sine_at(1_000, -6.0, 1.0, channels=1)
    kept = trimmed(between_silences(tone, ms(300), ms(450)), THRESHOLD_DBFS)[:, 0]
    heard = np.flatnonzero(np.abs(kept) > 1e-3)
    assert ms(5) <= heard[0] <= ms(15)
    assert ms(15) <= len(kept) - heard[-1] <= ms(26)


def test_what_lies_between_the_fades_is_the_same_sound():
    tone = sine_at(997, -6.0, 0.5, channels=1)
    sound = between_silences(tone, ms(100), ms(100))
    kept = trimmed(sound, THRESHOLD_DBFS)
    offset = ms(90)
    inner = slice(ms(FADES_MS[0]), len(kept) - ms(FADES_MS[1]))
    assert apart(kept[inner], sound[offset : offset + len(kept)][inner]) < 1e-7


def test_a_pause_within_the_sound_is_kept():
    tone = sine_at(440, -12.0, 0.3, channels=1)
    sound = np.concatenate([tone, np.zeros((ms(600), 1), np.float32), tone])
    assert len(trimmed(sound, THRESHOLD_DBFS)) == pytest.approx(len(sound), abs=ms(1))


def test_edges_are_faded_so_that_no_join_clicks():
    sound = sine_at(100, -1.0, 0.3, channels=1, degrees=90.0)
    kept = np.abs(trimmed(sound, THRESHOLD_DBFS)[:, 0])
    assert kept[0] < 1e-3
    assert kept[-1] < 0.01
    assert kept[: ms(2)].max() < 0.3
    assert kept[-ms(4) :].max() < 0.25


@pytest.mark.parametrize("length", [0, 1, 47, 5_000, 48_000])
def test_silence_throughout_comes_back_empty(length):
    assert trimmed(np.zeros((length, 1), np.float32), THRESHOLD_DBFS).shape == (0, 1)


def test_a_hum_below_the_threshold_is_silence():
    assert len(trimmed(sine_at(200, -60.0, 0.5, channels=1), THRESHOLD_DBFS)) == 0
    assert len(trimmed(sine_at(200, -45.0, 0.5, channels=1), THRESHOLD_DBFS)) > 0


@pytest.mark.parametrize("length_ms", [5, 9, 15, 19, 20, 30])
def test_a_sound_shorter_than_its_fades_keeps_its_length(length_ms):
    """Trap: pydub fades from before the start of a short sound, and repeats a piece of it."""
    tone = sine_at(1_000, -6.0, length_ms / 1_000, channels=1)
    kept = trimmed(tone, THRESHOLD_DBFS)
    assert len(kept) == len(tone)
    assert (np.abs(kept) <= np.abs(tone) + 1e-6).all()


@pytest.mark.parametrize("length_ms", range(300, 305))
def test_a_click_that_is_loud_only_when_heard_from_one_end_is_no_fault(length_ms):
    """pydub listens in steps of 5 ms from each end; a faint click may lie across two of them."""
    sound = np.zeros((ms(length_ms), 1), np.float32)
    sound[ms(102) - 40 : ms(102) + 40] = 0.0065
    kept = trimmed(sound, THRESHOLD_DBFS)
    assert kept.shape[1] == 1
    assert len(kept) <= ms(40)


def test_a_peak_over_full_scale_is_not_cut_off():
    """Resampling may lift a peak over full scale; the clip is brought to its level later."""
    sound = sine_at(500, 2.3, 0.3, channels=1)
    assert np.abs(trimmed(sound, THRESHOLD_DBFS)).max() == pytest.approx(1.303, abs=1e-3)


# --- to pydub and back ------------------------------------------------------------------------


@given(arrays(np.float32, (50, 2), elements=st.floats(-1.0, 1.0, width=32)))
def test_samples_survive_the_way_to_pydub_and_back(samples):
    assert apart(to_samples(to_segment(samples)), samples) <= 2.0**-24


@pytest.mark.parametrize("channels", [1, 2])
def test_a_segment_is_48_khz_at_32_bits(channels):
    segment = to_segment(sine_at(440, -6.0, 0.25, channels=channels))
    assert (segment.frame_rate, segment.sample_width, segment.channels) == (RATE_HZ, 4, channels)
    assert len(segment) == 250
    assert segment.max_dBFS == pytest.approx(-6.0, abs=0.01)


def test_what_exceeds_full_scale_is_held_there():
    """Trap: whole numbers wrap around, and a peak becomes a crack."""
    segment = to_segment(np.array([[1.5], [-1.5], [1.0], [-1.0]], np.float32))
    assert to_samples(segment)[:, 0] == pytest.approx([1.0, -1.0, 1.0, -1.0])


def test_a_finished_track_opens_as_a_segment(tmp_path):
    sound = sine_at(440, -6.0, 0.5)
    soundfile.write(tmp_path / "track.wav", sound, RATE_HZ, subtype="FLOAT")
    segment = decoded(tmp_path / "track.wav")
    assert apart(to_samples(segment), sound) < 1e-7
