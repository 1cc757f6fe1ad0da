"""A user's own sound as a bed: exact where it is a sine, and never trusted where it is not."""

from __future__ import annotations

import http.server
import io
import itertools
import os
import struct
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pyloudnorm
import pytest
import soundfile
from conftest import SIZES, apart, burst, cut, joined, rms_db, sine_at
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import recording
from generator.audio import RATE_HZ, amplitude, checked, to_frames
from generator.errors import UsageError
from generator.mix import levels
from generator.model import PROFILES, OwnFile
from generator.recording import decode, level, loop
from generator.recording.rate import resampled
from generator.recording.rumble import audible

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def kept(path: Path, length_s: float = 60.0, progress: Callable[..., None] | None = None):
    """The bed of that file, as a render of that length would make it."""
    scratch = path.with_name(f"scratch of {path.name}")
    return recording.keep(
        recording.look(path), scratch, to_frames(length_s), progress or (lambda *_: None)
    )


def written(path: Path, sound: np.ndarray, rate_hz: int = RATE_HZ, **how: str) -> Path:
    soundfile.write(path, sound, rate_hz, **how)
    return path


def whole(bed: recording.Loop) -> np.ndarray:
    return checked(bed.block(0, bed.frames))


# --- which wish is a file ---------------------------------------------------------------------


@pytest.mark.parametrize("wish", ["rain.wav", "RAIN.MP3", "./rain", "a/b", "/x", Path("r.m4a")])
def test_a_folder_or_the_ending_of_a_sound_makes_it_a_file(wish: Path | str) -> None:
    assert recording.is_file(wish)


def test_a_plain_word_is_a_file_only_when_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert not recording.is_file("rain")
    (tmp_path / "rain").touch()
    assert recording.is_file("rain")


# --- formats and rates ------------------------------------------------------------------------

FORMATS = {
    "x.wav": {},
    "x.flac": {},
    "x.aiff": {"format": "AIFF"},
    "x.caf": {"format": "CAF", "subtype": "FLOAT"},
    "x.ogg": {"format": "OGG", "subtype": "VORBIS"},
    "x.opus": {"format": "OGG", "subtype": "OPUS"},
    "x.mp3": {"format": "MP3"},
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_format_is_read_whatever_it_is_called(
    name: str, channels: int, tmp_path: Path
) -> None:
    path = tmp_path / name.replace("x", "a recording, -i it's")
    bed = kept(written(path, sine_at(500, -20, 3, channels=channels), **FORMATS[name]))
    there, _rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    turn = slice(to_frames(0.4), bed.frames - bed.fade_frames)
    assert apart(bed.block(0, turn.stop)[turn], there[turn].repeat(3 - channels, axis=1)) < 1e-4
    assert 0 <= len(there) - bed.frames <= to_frames(loop.TUNE_S)
    assert rms_db(bed.block(RATE_HZ, RATE_HZ)) == pytest.approx(-23.01, abs=2.0)
    renamed = path.rename(tmp_path / "x.txt")
    assert kept(renamed).lufs == bed.lufs


def test_a_variable_bitrate_is_read_as_smoothly_as_any(tmp_path: Path) -> None:
    """Seen: soundfile seeks after each read, and comes back up to a frame beside where it was."""
    path = written(tmp_path / "x.mp3", sine_at(500, -20, 9.0), bitrate_mode="VARIABLE")
    bed = kept(path, 60.0)
    steps = np.abs(np.diff(bed.block(4_800, bed.frames - bed.fade_frames - 9_600), axis=0))
    assert steps.max() < 0.1 * 2 * np.pi * 500 / RATE_HZ * 1.1


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 48_048, 96_000, 192_000])
def test_a_sine_of_any_rate_is_the_same_sine_at_ours(rate_hz: int) -> None:
    given_sound = sine_at(1_000, -6, 4.0, rate_hz=rate_hz)
    got = joined(resampled(cut(given_sound, [rate_hz // 3]), rate_hz))
    assert got.shape == (4 * RATE_HZ, 2)
    inside = slice(RATE_HZ // 2, -RATE_HZ // 2)
    assert apart(got[inside], sine_at(1_000, -6, 4.0)[inside]) < 1e-5


@pytest.mark.parametrize("rate_hz", [8_009, 47_999, 95_957, 191_999])
def test_an_odd_rate_costs_no_more_than_any_and_is_out_of_tune_by_less_than_a_cent(
    rate_hz: int,
) -> None:
    """Seen: at 191,999 Hz, which has no factor in common with ours, 683 MB were taken."""
    given_sound = sine_at(1_000, -6, 8.0, rate_hz=rate_hz)
    tracemalloc.start()
    try:
        got = joined(resampled(cut(given_sound, [rate_hz // 3]), rate_hz))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 50e6
    assert len(got) == pytest.approx(8 * RATE_HZ, rel=2 ** (1 / 1200) - 1)
    inside = got[RATE_HZ : 7 * RATE_HZ, 0]
    crossings = np.flatnonzero((inside[:-1] < 0) & (inside[1:] >= 0))
    exact = crossings + inside[crossings] / (inside[crossings] - inside[crossings + 1])
    read_hz = (len(exact) - 1) / (exact[-1] - exact[0]) * RATE_HZ
    assert abs(1200 * np.log2(read_hz / 1_000)) < 1.0
    assert rms_db(inside) == pytest.approx(-9.01, abs=0.01)


@settings(max_examples=20)
@given(sizes=SIZES, rate_hz=st.sampled_from([8_000, 44_100, 96_000]))
def test_how_a_sound_is_cut_is_not_heard(sizes: list[int], rate_hz: int) -> None:
    sound = np.random.default_rng(3).standard_normal((rate_hz // 2, 2)).astype(np.float32)
    usual = joined(resampled([sound], rate_hz))
    assert np.array_equal(joined(resampled(cut(sound, sizes), rate_hz)), usual)


@given(frames=st.integers(0, 40_000), rate_hz=st.sampled_from([8_000, 44_100, 192_000]))
@settings(max_examples=30)
def test_a_sound_keeps_its_length_to_the_frame(frames: int, rate_hz: int) -> None:
    got = sum(map(len, resampled([np.ones((frames, 2), np.float32)], rate_hz)))
    assert got == -(-frames * RATE_HZ // rate_hz)


def test_what_our_rate_cannot_hold_is_gone_and_nothing_is_mirrored() -> None:
    inside = slice(RATE_HZ, 2 * RATE_HZ)
    high = joined(resampled([sine_at(30_000, 0, 3, rate_hz=192_000)], 192_000))
    assert rms_db(high[inside]) < -100
    low = joined(resampled([sine_at(3_000, 0, 3, rate_hz=8_000)], 8_000))[inside, 0]
    lines_db = 20 * np.log10(np.abs(np.fft.rfft(low)) / (len(low) / 2) + 1e-12)
    assert lines_db[3_000] == pytest.approx(0, abs=0.001)
    assert np.delete(lines_db, 3_000).max() < -100


def test_one_channel_comes_from_both_sides(tmp_path: Path) -> None:
    bed = kept(written(tmp_path / "x.wav", burst(1, -20, 3)))
    left, right = whole(bed).T
    assert np.array_equal(left, right)


# --- round and round --------------------------------------------------------------------------


def sine_loop(tmp_path: Path, hz: float, length_s: float) -> recording.Loop:
    return kept(
        written(tmp_path / "sine.wav", sine_at(hz, -6.0206, length_s), subtype="FLOAT"), 600.0
    )


def seam(bed: recording.Loop, pieces: int = 40) -> list[float]:
    """How loud the seam is, piece by piece, in dB."""
    crossing = bed.block(bed.frames - bed.fade_frames, bed.fade_frames)
    return [rms_db(each) for each in np.array_split(crossing, pieces)]


@pytest.mark.parametrize("turns", [0.0, 0.25, 0.5, 0.75])
def test_a_tone_goes_on_across_the_seam(tmp_path: Path, turns: float) -> None:
    """Seen: half a turn apart end and beginning wiped each other out, in step they were 3 dB up."""
    bed = sine_loop(tmp_path, 220.0, 30.0 + turns / 220.0)
    assert seam(bed) == pytest.approx([-9.03] * 40, abs=0.02)
    steps = np.abs(np.diff(bed.block(bed.frames - 2 * bed.fade_frames, 3 * bed.fade_frames)[:, 0]))
    assert steps.max() < 0.5 * 2 * np.pi * 220.0 / RATE_HZ * 1.01


def test_each_side_is_levelled_by_how_alike_its_own_ends_are(tmp_path: Path, rng) -> None:
    tone = sine_at(220.0, -20, 30.0, channels=1)
    hiss = 0.07 * rng.standard_normal(tone.shape)
    path = written(tmp_path / "x.wav", np.concatenate([tone, hiss], axis=1), subtype="FLOAT")
    bed = kept(path, 600.0)
    assert bed.alike == pytest.approx((1.0, 0.0), abs=0.03)
    crossing = bed.block(bed.frames - bed.fade_frames, bed.fade_frames)
    for each in np.split(crossing, 8):
        assert [rms_db(side) for side in each.T] == pytest.approx([-23.0, -23.1], abs=0.3)


def test_a_held_chord_does_not_break_at_the_seam(tmp_path: Path) -> None:
    """Its tones cannot all be brought into step; none is to leave a hole."""
    tones = [sine_at(hz, -24, 30.0, degrees=hz) for hz in (110.0, 164.81, 220.3, 277.18)]
    bed = kept(written(tmp_path / "x.wav", sum(tones), subtype="FLOAT"), 600.0)
    usual = rms_db(bed.block(0, bed.frames - bed.fade_frames))
    assert seam(bed, 20) == pytest.approx([usual] * 20, abs=1.5)


def test_what_ends_in_silence_is_cut_nowhere(tmp_path: Path) -> None:
    sound = burst(2, -20, 20.0, channels=2)
    sound[-6 * RATE_HZ :] = 0.0
    bed = kept(written(tmp_path / "x.wav", sound, subtype="FLOAT"), 600.0)
    assert bed.frames == 20 * RATE_HZ
    assert checked(bed.block(0, 2 * bed.frames)).any()


def test_no_step_at_a_seam_is_larger_than_the_sound_itself_takes(tmp_path: Path) -> None:
    for length_s in (12.0025, 10.0, 7.3333):
        bed = sine_loop(tmp_path, 97.0, length_s)
        period = bed.frames - bed.fade_frames
        around = bed.block(period - 500, bed.fade_frames + 1_000)[:, 0]
        natural = 0.5 * 2 * np.pi * 97.0 / RATE_HZ
        assert np.abs(np.diff(around)).max() < natural * 1.5


def test_noise_is_as_loud_at_the_seam_as_elsewhere(tmp_path: Path, rng) -> None:
    sound = (0.1 * rng.standard_normal((20 * RATE_HZ, 2))).astype(np.float32)
    bed = kept(written(tmp_path / "noise.flac", sound), 600.0)
    period = bed.frames - bed.fade_frames
    seam = bed.block(3 * period, bed.fade_frames).reshape(8, -1)
    assert [rms_db(each) for each in seam] == pytest.approx([-20.0] * 8, abs=0.15)


def test_the_first_turn_begins_as_the_recording_does_and_the_next_after_the_seam(
    tmp_path: Path,
) -> None:
    sound = burst(5, -20, 15.0, channels=2)
    bed = kept(written(tmp_path / "x.wav", sound, subtype="FLOAT"), 600.0)
    period = bed.frames - bed.fade_frames
    assert apart(bed.block(0, period), sound[:period]) < 2e-4
    after = bed.block(period + bed.fade_frames, period - bed.fade_frames)
    assert apart(after, sound[bed.fade_frames : period]) < 1e-4
    assert np.array_equal(bed.block(period, period), bed.block(9 * period, period))


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> recording.Loop:
    """Three seconds, of which one is the seam."""
    path = tmp_path_factory.mktemp("short") / "x.wav"
    return kept(written(path, burst(5, -20, 3.0, channels=2)), 600.0)


@settings(max_examples=30)
@given(sizes=SIZES, start=st.integers(0, 2_000_000))
def test_however_a_stretch_is_cut_it_is_the_same_to_the_bit(
    short: recording.Loop, sizes: list[int], start: int
) -> None:
    usual = short.block(start, 120_000)
    ends = itertools.accumulate(itertools.cycle(sizes))
    at = [0, *itertools.takewhile(lambda end: end < 120_000, ends), 120_000]
    parts = [short.block(start + a, b - a) for a, b in itertools.pairwise(at)]
    assert np.array_equal(joined(parts), usual)
    assert checked(usual).shape == (120_000, 2)


def test_a_short_recording_has_a_shorter_seam(short: recording.Loop) -> None:
    assert short.fade_frames == RATE_HZ
    assert 0 <= 3 * RATE_HZ - short.frames <= to_frames(loop.TUNE_S)


def test_a_long_recording_is_read_as_far_as_the_track_needs_and_does_not_come_round(
    tmp_path: Path,
) -> None:
    path = written(tmp_path / "x.wav", burst(2, -20, 40.0))
    seen: list[tuple[int, int]] = []
    bed = kept(path, 10.0, lambda *each: seen.append(each))
    wanted = to_frames(10.0 * loop.SPARE + loop.FADE_S)
    assert bed.path.stat().st_size == wanted * 8
    assert 0 <= wanted - bed.frames <= to_frames(loop.TUNE_S)
    assert bed.frames - bed.fade_frames >= to_frames(10.0)
    assert seen[-1] == (wanted, wanted)
    assert sorted(seen) == seen


def test_no_more_than_three_hours_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "MOST_S", 5.0)
    bed = kept(written(tmp_path / "x.wav", burst(2, -20, 9.0)), 100.0)
    assert bed.path.stat().st_size == 5 * RATE_HZ * 8


# --- level ------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["personal", "sleep"])
@pytest.mark.parametrize("level_dbfs", [-50.0, -12.0])
def test_it_lies_as_far_under_the_speech_as_any_bed(
    tmp_path: Path, profile: str, level_dbfs: float
) -> None:
    bed = kept(written(tmp_path / "x.flac", burst(4, level_dbfs, 12.0, channels=2)), 600.0)
    wanted = PROFILES[profile]
    _speech, bed_db, _bells = levels(wanted, -23.0, {"recording": bed}, {})
    heard = bed.block(0, 60 * RATE_HZ) * amplitude(bed_db["recording"])
    read = pyloudnorm.Meter(RATE_HZ).integrated_loudness(heard)
    assert read == pytest.approx(wanted.speech_lufs - wanted.bed_below_lu, abs=0.2)


def test_a_constant_part_is_no_sound_and_is_taken_away(tmp_path: Path) -> None:
    """Seen: a soft recording with an offset was raised until the offset alone filled the scale."""
    soft = burst(4, -50.0, 12.0, channels=2)
    shifted = kept(written(tmp_path / "x.wav", soft + np.float32([0.5, -0.2]), subtype="FLOAT"))
    plain = kept(written(tmp_path / "y.wav", soft, subtype="FLOAT"))
    assert shifted.lufs == pytest.approx(plain.lufs, abs=0.01)
    assert np.abs(whole(shifted).mean(axis=0)).max() < 1e-5


@pytest.mark.parametrize(("hz", "within_lu"), [(1.0, 0.1), (10.0, 0.1), (19.0, 5.0)])
def test_what_nobody_hears_is_gone_and_does_not_count(
    tmp_path: Path, hz: float, within_lu: float
) -> None:
    """Seen: rumble of 10 Hz, which no loudness meter hears, went out as strong as the speech.

    Where a recording breaks off, what lies just under hearing leaves a little: under the fade.
    """
    soft = burst(4, -50.0, 12.0, channels=2)
    rumbling = soft + sine_at(hz, -1.0, 12.0, degrees=70.0)
    loud = kept(written(tmp_path / "x.wav", rumbling, subtype="FLOAT"))
    plain = kept(written(tmp_path / "y.wav", soft, subtype="FLOAT"))
    assert loud.lufs == pytest.approx(plain.lufs, abs=within_lu)
    inside = slice(to_frames(0.4), to_frames(7.6))
    assert apart(loud.block(0, to_frames(8.0))[inside], soft[inside]) < 1e-4
    with pytest.raises(UsageError, match="silent"):
        kept(written(tmp_path / "z.wav", sine_at(hz, -1.0, 12.0), subtype="FLOAT"))


def test_an_offset_that_jumps_is_a_thump_and_no_longer_an_offset(tmp_path: Path) -> None:
    sound = burst(4, -50.0, 40.0)
    sound[: 20 * RATE_HZ] += 0.5
    sound[20 * RATE_HZ :] -= 0.5
    bed = kept(written(tmp_path / "x.wav", sound, subtype="FLOAT"))
    for start_s in (0, 5, 21, 30):
        heard = bed.block(start_s * RATE_HZ, 5 * RATE_HZ)
        assert np.abs(heard.mean(axis=0)).max() < 1e-4


@pytest.mark.parametrize(("hz", "gain_db"), [(27.5, -0.47), (30.0, 0.0), (1e3, 0.0)])
def test_the_lowest_of_music_stays(hz: float, gain_db: float) -> None:
    passed = joined(audible(cut(sine_at(hz, -6.0, 8.0), [70_000, 5])))
    assert passed.shape == (8 * RATE_HZ, 2)
    inside = passed[2 * RATE_HZ : 6 * RATE_HZ]
    assert rms_db(inside) == pytest.approx(-9.0206 + gain_db, abs=0.02)


@settings(max_examples=20)
@given(sizes=SIZES, frames=st.integers(0, 300_000))
def test_how_a_sound_is_cut_does_not_change_what_is_heard_of_it(
    sizes: list[int], frames: int
) -> None:
    sound = np.random.default_rng(frames).standard_normal((frames, 2)).astype(np.float32)
    usual = joined(audible([sound]))
    assert usual.shape == sound.shape
    assert np.array_equal(joined(audible(cut(sound, sizes))), usual)


def test_a_clap_in_the_quiet_lowers_the_whole(tmp_path: Path) -> None:
    quiet = burst(4, -55.0, 12.0, channels=2)
    plain = kept(written(tmp_path / "x.wav", quiet))
    quiet[300_000:300_020] = 0.9
    clapped = kept(written(tmp_path / "y.wav", quiet))
    assert clapped.lufs > plain.lufs + 15
    peak_db = 20 * np.log10(np.abs(whole(clapped)).max())
    assert peak_db - clapped.lufs <= level.MOST_CREST_DB + 1e-6


# --- hostile ----------------------------------------------------------------------------------

TONE = sine_at(440, -10, 5.0, channels=1)


def encoded(sound: np.ndarray, form: str, rate_hz: int = RATE_HZ) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, sound, rate_hz, format=form)
    return stream.getvalue()


def wav(
    data: bytes = TONE.tobytes(), rate_hz: int = RATE_HZ, channels: int = 1, size: int | None = None
) -> bytes:
    """A WAV of 32-bit floats whose header says what it is told to."""
    size = len(data) if size is None else size
    shape = (3, channels, rate_hz, (rate_hz * channels * 4) % 2**32, channels * 4 % 2**16, 32)
    head = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, *shape) + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", (36 + size) % 2**32) + head + data


def floats(value: float, length_s: float = 2.0) -> bytes:
    return np.full(to_frames(length_s), value, np.float32).tobytes()


def noise(size: int) -> bytes:
    return np.random.default_rng(9).bytes(size)


def id3(size: int, body: bytes) -> bytes:
    """A tag that claims to be so long; its body is filled up to that."""
    sized = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + sized + body


def lying_flac() -> bytes:
    """Claims 2 ** 36 - 1 frames."""
    content = bytearray(encoded(TONE, "FLAC"))
    content[21] |= 0x0F
    content[22:26] = b"\xff" * 4
    return bytes(content)


def flac_bomb() -> bytes:
    """An hour of silence in a few kilobytes."""
    stream = io.BytesIO()
    with soundfile.SoundFile(stream, "w", 8_000, 1, format="FLAC") as file:
        for _ in range(60):
            file.write(np.zeros(60 * 8_000, np.int16))
    return stream.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "text.wav": (lambda: b"this is no sound\n" * 99, "no sound that can be read"),
    "playlist.mp3": (lambda: b"#EXTM3U\n/etc/passwd\n", "no sound that can be read"),
    "noise.wav": (lambda: b"RIFF\0\0\0\0WAVE" + noise(100_000), "cannot be decoded"),
    "noise.flac": (lambda: b"fLaC" + noise(100_000), "cannot be decoded"),
    "noise.ogg": (lambda: b"OggS" + noise(100_000), "cannot be decoded"),
    "noise.mp3": (lambda: b"\xff\xfb" + noise(1_000_000), "cannot be decoded"),
    "head only.flac": (lambda: encoded(TONE, "FLAC")[:60], "cannot be decoded"),
    "cut short.flac": (lambda: encoded(TONE, "FLAC")[:20_000], "ends long before"),
    "cut short.mp3": (lambda: encoded(TONE, "MP3")[:20_000], "ends long before"),
    "cut short.wav": (lambda: encoded(TONE, "WAV")[:200_000], "ends long before"),
    "cut short.aiff": (lambda: encoded(TONE, "AIFF")[:200_000], "ends long before"),
    "claims 397 hours.flac": (lying_flac, "ends long before"),
    "an hour of silence.flac": (flac_bomb, "silent"),
    "rate.wav": (lambda: wav(rate_hz=2**31 - 1), "2147483647 Hz"),
    "negative rate.wav": (lambda: wav(rate_hz=2**31), "cannot be decoded"),
    "no rate.wav": (lambda: wav(rate_hz=0), "cannot be decoded"),
    "low rate.wav": (lambda: wav(rate_hz=7_999), "7999 Hz"),
    "channels.wav": (lambda: wav(channels=1_024), "1024 channels"),
    "surround.wav": (lambda: wav(channels=6), "6 channels"),
    "not numbers.wav": (lambda: wav(floats(float("nan"))), "no numbers"),
    "infinite.wav": (lambda: wav(floats(float("-inf"))), "no numbers"),
    "far over.wav": (lambda: wav(floats(30_000.0)), "no numbers"),
    "silence.wav": (lambda: wav(floats(0.0)), "silent"),
    "constant.wav": (lambda: wav(floats(0.5)), "silent"),
    "no frames.wav": (lambda: wav(b""), "less than a second"),
    "a blink.wav": (lambda: wav(floats(0.1, 0.2)), "less than a second"),
    "tag without end.mp3": (lambda: id3(2**28 - 1, noise(1_000)), "cannot be decoded"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_soon_and_in_little_memory(name: str, tmp_path: Path) -> None:
    content, says = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(content())
    tracemalloc.start()
    started_s = time.monotonic()
    try:
        with pytest.raises(UsageError, match=says) as caught:
            kept(path)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.monotonic() - started_s < 5.0
    assert peak_bytes < 30e6
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    "tag",
    [
        id3(20_000_000, b"TIT2" + struct.pack(">I", 19_000_000) + bytes(20_000_000 - 8)),
        id3(6_000_000, (b"TXXX" + struct.pack(">I", 2) + bytes(4)) * 500_000),
    ],
    ids=["one giant frame", "half a million frames"],
)
def test_a_giant_tag_is_passed_over(tag: bytes, tmp_path: Path) -> None:
    """A reader of tags takes minutes over less: nothing here reads one."""
    path = tmp_path / "x.mp3"
    path.write_bytes(tag + encoded(TONE, "MP3"))
    started_s = time.monotonic()
    assert kept(path).frames == pytest.approx(5 * RATE_HZ, abs=2_000)
    assert time.monotonic() - started_s < 5.0


def unsaid_flac() -> bytes:
    """As an encoder leaves it that wrote to a pipe: how many frames there are, it does not say."""
    content = bytearray(encoded(TONE, "FLAC"))
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    return bytes(content)


UNSAID = {
    "wav": lambda: wav(size=2**32 - 100),
    "wav of sox": lambda: wav(size=0x7FFFF000),
    "wav of nothing": lambda: wav()[:4] + bytes(4) + wav()[8:],
    "flac": unsaid_flac,
}


@pytest.mark.parametrize("name", UNSAID)
def test_where_a_header_could_not_know_the_length_what_is_there_counts(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "x").write_bytes(UNSAID[name]())
    assert kept(tmp_path / "x").path.stat().st_size == 5 * RATE_HZ * 8


def test_a_little_less_than_promised_will_do(tmp_path: Path) -> None:
    for form in ("WAV", "MP3"):
        content = encoded(burst(1, -20, 20.0), form)
        (tmp_path / form).write_bytes(content[: len(content) * 99 // 100])
        assert kept(tmp_path / form).frames > 19.5 * RATE_HZ


def test_a_file_that_was_cut_short_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(encoded(TONE, "WAV")[:200_000])
    with pytest.raises(UsageError, match="ends long before"):
        recording.look(tmp_path / "x")


def test_a_decoder_that_never_ends_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = decode.LIMITS.__class__(1 << 30, 1 << 30, 300, 0.01)
    monkeypatch.setattr(decode, "LIMITS", slow)
    path = written(tmp_path / "x.wav", TONE)
    with pytest.raises(UsageError, match="took longer"):
        kept(path)


@pytest.mark.parametrize("change", ["append", "replace", "remove"])
def test_a_file_that_changes_while_it_is_read_is_refused(change: str, tmp_path: Path) -> None:
    path = written(tmp_path / "x.wav", burst(1, -20, 9.0))

    def meddle(_done: int, _total: int) -> None:
        if change == "append":
            with path.open("ab") as file:
                file.write(b"x")
        elif change == "replace":
            path.write_bytes(b"something else")
        else:
            path.unlink(missing_ok=True)

    with pytest.raises(UsageError, match=r"changed|ends long|cannot be (read|decoded)"):
        kept(path, 60.0, meddle)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_recording(tmp_path: Path) -> None:
    def peak_bytes(length_s: float) -> int:
        path = tmp_path / f"{length_s}.flac"
        with soundfile.SoundFile(path, "w", 44_100, 2) as file:
            for seed in range(round(length_s / 30)):
                file.write(burst(seed, -20, 30.0, rate_hz=44_100, channels=2))
        tracemalloc.start()
        try:
            bed = kept(path, length_s)
            for start in range(0, bed.frames, 288_000):
                bed.block(start, 288_000)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak_bytes(600.0) < 1.1 * peak_bytes(60.0) < 50e6


# --- what only ffmpeg reads -------------------------------------------------------------------


@pytest.fixture
def ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ffmpeg").symlink_to(FFMPEG)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)


def by_ffmpeg(path: Path, sound: np.ndarray = TONE) -> Path:
    """The sound as ffmpeg writes it into a file of that name."""
    source = written(path.with_name("source.wav"), sound)
    command = [FFMPEG, "-v", "error", "-y", "-i", source, f"file:{path}"]
    subprocess.run(command, check=True)
    return path


@pytest.mark.parametrize("name", ["x.m4a", "x.aac", "x.webm", "x.wma", "x.mka", "x.mp4"])
def test_other_formats_are_read_where_ffmpeg_is(name: str, tmp_path: Path, ffmpeg: None) -> None:
    bed = kept(by_ffmpeg(tmp_path / name, np.repeat(TONE, 2, axis=1)))
    assert bed.frames == pytest.approx(5 * RATE_HZ, abs=5_000)
    middle = bed.block(2 * RATE_HZ, RATE_HZ)
    assert rms_db(middle) == pytest.approx(rms_db(TONE), abs=0.5)


@pytest.mark.parametrize("name", ["x.m4a", "x.mka"])
def test_six_channels_are_refused_whoever_decodes_them(
    name: str, tmp_path: Path, ffmpeg: None
) -> None:
    """Seen: six channels in a WAV were refused, and in an M4A taken."""
    with pytest.raises(UsageError, match=r"has 6 channels\. Save it in stereo"):
        kept(by_ffmpeg(tmp_path / name, np.repeat(TONE, 6, axis=1)))


def test_a_film_without_sound_is_not_called_damaged(tmp_path: Path, ffmpeg: None) -> None:
    path = tmp_path / "x.mp4"
    picture = ("-f", "lavfi", "-i", "color=size=64x64:duration=2")
    subprocess.run([FFMPEG, "-v", "error", *picture, f"file:{path}"], check=True)
    with pytest.raises(
        UsageError, match=r"holds no sound that can be decoded.* film without sound"
    ):
        kept(path)


@pytest.mark.parametrize("rate_hz", [22_050, 44_100])
def test_what_ffmpeg_decodes_is_at_our_rate_and_on_both_sides(
    rate_hz: int, tmp_path: Path, ffmpeg: None
) -> None:
    sound = sine_at(500, -20, 5, rate_hz=rate_hz, channels=1)
    source = written(tmp_path / "source.wav", sound, rate_hz)
    subprocess.run([FFMPEG, "-v", "error", "-i", source, tmp_path / "x.mka"], check=True)
    bed = kept(tmp_path / "x.mka")
    assert bed.frames == pytest.approx(5 * RATE_HZ, abs=5_000)
    left, right = bed.block(RATE_HZ, RATE_HZ).T
    assert np.array_equal(left, right)
    lines = np.abs(np.fft.rfft(left))
    assert lines.argmax() == 500
    assert rms_db(left) == pytest.approx(-23.01, abs=0.3)


def test_without_ffmpeg_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = by_ffmpeg(tmp_path / "x.m4a")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"only ffmpeg can read.*Install ffmpeg, or save it as"):
        recording.look(path)


@pytest.mark.parametrize(
    "name", ["-i.m4a", "x.m4a;amovie=y", "concat:a|b.m4a", "%03d.m4a", "é\n.m4a"]
)
def test_no_name_is_taken_for_anything_but_a_name(
    name: str, tmp_path: Path, ffmpeg: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_ffmpeg(tmp_path / "plain.m4a").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert kept(Path(name)).frames == pytest.approx(5 * RATE_HZ, abs=5_000)


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nother.aac\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile other.aac\n",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
@pytest.mark.parametrize("name", ["list.m4a", "list.mp3", "list.aac"])
def test_a_playlist_opens_no_other_file(kind: str, name: str, tmp_path: Path, ffmpeg: None) -> None:
    by_ffmpeg(tmp_path / "other.aac")
    path = tmp_path / name
    path.write_text(PLAYLISTS[kind])
    follow = ("-f", "hls" if kind == "hls" else "concat", "-i", path, "-f", "f32le", "-")
    trusting = subprocess.run([FFMPEG, "-v", "error", *follow], capture_output=True, check=False)
    assert trusting.stdout, "the playlist is one that ffmpeg would follow"
    with pytest.raises(UsageError, match="no sound that can be read"):
        recording.look(path)
    for form in decode.DEMUXERS:  # and were it taken for one of these, ffmpeg would not follow it
        with pytest.raises(UsageError, match="no sound that can be decoded"):
            list(decode.sound(OwnFile(path, form, "")))


@pytest.fixture
def server() -> Iterator[tuple[int, list[str]]]:
    """A web server on this machine, and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield web.server_address[1], asked
        web.shutdown()


def test_an_address_is_never_asked(
    tmp_path: Path, ffmpeg: None, server: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, asked = server
    monkeypatch.chdir(tmp_path)
    address = f"http://127.0.0.1:{port}/x.m4a"
    with pytest.raises(UsageError, match="cannot be read"):
        recording.look(Path(address))
    subprocess.run([FFMPEG, "-v", "quiet", "-i", address], check=False)
    assert len(asked) == 1, "ffmpeg by itself would ask"
    asked.clear()
    there = Path(f"http:/127.0.0.1:{port}")
    there.mkdir(parents=True)
    assert kept(by_ffmpeg(there.absolute() / "x.m4a").relative_to(tmp_path)).frames
    assert not asked
