"""What a finished file is found to be, and what is said of one that is not as planned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from conftest import burst, cut, exact_peak_db, sine_at

from generator import loudness
from generator.audio import GRID_FRAMES, RATE_HZ
from generator.encode import encode
from generator.errors import CheckError
from generator.model import Measured, Phrase, Spoken, Timeline
from generator.verify import MOST_PEAK_DBTP, measure, prove

FRAMES = 20 * RATE_HZ + 331
SPANS = ((2 * RATE_HZ + 100, 2 * RATE_HZ), (15 * RATE_HZ, 3 * RATE_HZ - 77))
TIMELINE = Timeline(
    FRAMES,
    tuple(Spoken(Phrase(f"phrase {start}"), start, frames) for start, frames in SPANS),
    (),
    (),
    (),
    (),
)
PLANNED = Measured(FRAMES, -16.0, -2.0)


def silent(_done: int, _total: int) -> None:
    pass


def track_of(speech_lufs: float, bed_dbfs: float) -> np.ndarray:
    """Two phrases at that loudness, in a quarter of a track that is a bed elsewhere."""
    sound = sine_at(200, bed_dbfs, FRAMES / RATE_HZ)
    for start, frames in SPANS:
        voice = burst(start, -20.0, frames / RATE_HZ) * np.ones((1, 2), np.float32)
        now = loudness.gated_lufs([loudness.blocks(loudness.energies(voice))])
        sound[start : start + frames] = voice * np.float32(10 ** ((speech_lufs - now) / 20))
    return sound


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return track_of(-16.0, -30.0)


@pytest.fixture(scope="module")
def mp3(tmp_path_factory, sound) -> Path:
    path = tmp_path_factory.mktemp("mp3") / "track.mp3"
    encode(path, cut(sound, [100_000]), len(sound), silent)
    return path


@pytest.fixture(scope="module")
def measured(mp3) -> Measured:
    return measure(mp3, TIMELINE, silent)


# --- measuring --------------------------------------------------------------------------------


def test_a_good_track_is_found_as_it_was_planned(measured, mp3):
    assert measured.frames == FRAMES
    assert measured.speech_lufs == pytest.approx(-16.0, abs=0.25)
    prove(measured, TIMELINE, -16.0, mp3)


def test_the_peak_is_that_of_the_decoded_file(measured, mp3):
    decoded, _rate_hz = soundfile.read(mp3, dtype="float32", always_2d=True)
    assert measured.true_peak_dbtp == pytest.approx(exact_peak_db(decoded, 8), abs=0.05)


def test_a_bed_in_long_pauses_does_not_count_as_speech(measured, sound):
    """Trap: gated loudness of the whole counts the pauses, and the voice would be set too loud."""
    whole_lufs = loudness.gated_lufs([loudness.blocks(loudness.energies(sound))])
    assert whole_lufs < -18.0
    assert measured.speech_lufs == pytest.approx(-16.0, abs=0.25)


def test_speech_where_none_was_planned_is_not_measured(mp3):
    """Planned a few seconds off, the voice is not found where it should be."""
    elsewhere = tuple(replace(each, start_frame=8 * RATE_HZ) for each in TIMELINE.spoken)
    found = measure(mp3, replace(TIMELINE, spoken=elsewhere), silent)
    assert found.speech_lufs < -25.0
    with pytest.raises(CheckError, match="speech"):
        prove(found, TIMELINE, -16.0, mp3)


@pytest.mark.parametrize("lost", ["first", "middle", "last"])
def test_a_missing_mp3_frame_is_found(tmp_path, mp3, lost):
    """Trap: the length in the header survives truncation, so the file is decoded to its end."""
    content = mp3.read_bytes()
    size = 384
    at = {"first": size, "middle": len(content) // 2 // size * size, "last": len(content) - size}
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(content[: at[lost]] + content[at[lost] + size :])
    found = measure(broken, TIMELINE, silent)
    assert 0 < FRAMES - found.frames <= GRID_FRAMES
    with pytest.raises(CheckError, match=f"{found.frames} frames, not {FRAMES}"):
        prove(found, TIMELINE, -16.0, broken)


def test_a_silent_track_is_refused(tmp_path):
    """Trap: silence brought to a level is silence still, and nothing complains."""
    path = tmp_path / "silent.mp3"
    encode(path, iter([np.zeros((FRAMES, 2), np.float32)]), FRAMES, silent)
    found = measure(path, TIMELINE, silent)
    assert np.isfinite([found.speech_lufs, found.true_peak_dbtp]).all()
    with pytest.raises(CheckError, match="speech"):
        prove(found, TIMELINE, -16.0, path)


@pytest.mark.parametrize(("rate_hz", "channels"), [(44_100, 2), (RATE_HZ, 1)])
def test_a_file_of_another_kind_is_refused(tmp_path, rate_hz, channels):
    path = tmp_path / "other.mp3"
    soundfile.write(path, np.zeros((20_000, channels)), rate_hz, format="MP3")
    with pytest.raises(CheckError, match="48 kHz stereo"):
        measure(path, TIMELINE, silent)


def test_progress_grows_to_the_whole(mp3):
    told = []
    measure(mp3, TIMELINE, lambda *each: told.append(each))
    assert told == sorted(told)
    assert len(told) > 3
    assert told[-1] == (FRAMES, FRAMES)


# --- proving ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "good",
    [
        PLANNED,
        replace(PLANNED, speech_lufs=-16.49),
        replace(PLANNED, speech_lufs=-15.51),
        replace(PLANNED, true_peak_dbtp=MOST_PEAK_DBTP),
    ],
)
def test_what_lies_within_the_bounds_is_accepted(good):
    prove(good, TIMELINE, -16.0, Path("track.mp3"))


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (replace(PLANNED, frames=FRAMES - 1), f"{FRAMES - 1} frames, not {FRAMES}"),
        (replace(PLANNED, frames=FRAMES + GRID_FRAMES), "frames"),
        (replace(PLANNED, speech_lufs=-16.6), "-16.60 LUFS, not -16.0"),
        (replace(PLANNED, speech_lufs=-15.4), "-15.40 LUFS"),
        (replace(PLANNED, true_peak_dbtp=-0.9), "-0.90 dBTP"),
    ],
)
def test_what_is_not_as_planned_is_named(bad, said):
    with pytest.raises(CheckError, match=said) as caught:
        prove(bad, TIMELINE, -16.0, Path("folder/track.mp3"))
    assert caught.value.where == str(Path("folder/track.mp3"))
    assert caught.value.exit_code == 3


def test_all_faults_are_named_at_once():
    with pytest.raises(CheckError) as caught:
        prove(Measured(FRAMES - 9, -20.0, 0.5), TIMELINE, -16.0, Path("track.mp3"))
    assert all(word in str(caught.value) for word in ("frames", "peak", "speech"))


def test_a_word_or_two_is_judged_by_its_ear_not_to_the_decibel():
    """Seen: a track that says "Hi." read 1.3 LU high, and was made and then refused."""
    word = replace(TIMELINE, spoken=(Spoken(Phrase("Hi."), RATE_HZ, RATE_HZ // 2),))
    prove(replace(PLANNED, speech_lufs=-14.3), word, -16.0, Path("track.mp3"))
    with pytest.raises(CheckError, match="speech"):
        prove(replace(PLANNED, speech_lufs=-120.0), word, -16.0, Path("track.mp3"))
