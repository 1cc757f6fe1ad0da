"""A stranger's MP3: whole, or refused before it is decoded."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

import fake_service
import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.speech import mpeg
from generator.speech.transport import UnusableError

RATES_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


def tone(rate_hz: int, length_s: float = 1.5, hz: float = 440.0) -> np.ndarray:
    times_s = np.arange(round(length_s * rate_hz)) / rate_hz
    return (0.3 * np.sin(2.0 * np.pi * hz * times_s)).astype(np.float32)


def by_ffmpeg(rate_hz: int, *arguments: str) -> bytes:
    """An MP3 by another encoder's front end: no header, or one of its own."""
    raw = ("-f", "f32le", "-ar", str(rate_hz), "-ac", "1", "-i", "-")
    run = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *raw, *arguments, "-f", "mp3", "-"],
        input=tone(rate_hz).tobytes(),
        capture_output=True,
        check=True,
    )
    return run.stdout


def pitch_hz(sound: np.ndarray, rate_hz: int) -> float:
    spectrum = np.abs(np.fft.rfft(sound[:, 0] * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * rate_hz / len(sound))


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_whole_file_is_decoded_at_whatever_rate_it_says(rate_hz: int, channels: int) -> None:
    mp3 = fake_service.mp3_of(tone(rate_hz), rate_hz, channels=channels)
    sound, said_hz = mpeg.decoded(mp3)
    assert said_hz == rate_hz
    assert sound.shape == (round(1.5 * rate_hz), 1)
    assert pitch_hz(sound, rate_hz) == pytest.approx(440.0, abs=1.0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("-b:a", "32k", "-write_xing", "0", "-id3v2_version", "0"),
        ("-b:a", "64k", "-write_xing", "0", "-id3v2_version", "4", "-metadata", "title=x"),
        ("-b:a", "64k", "-write_id3v1", "1", "-metadata", "title=x"),
        (
            "-q:a",
            "4",
        ),
        ("-b:a", "64k", "-ac", "2", "-joint_stereo", "1"),
    ],
    ids=" ".join,
)
def test_files_of_other_makers_are_taken(arguments: tuple[str, ...]) -> None:
    sound, rate_hz = mpeg.decoded(by_ffmpeg(24_000, *arguments))
    assert rate_hz == 24_000
    assert len(sound) / rate_hz == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("with_info", [True, False])
@given(st.data())
@settings(max_examples=60)
def test_a_file_that_is_cut_anywhere_is_refused(with_info: bool, data: st.DataObject) -> None:
    mp3 = fake_service.spoken_mp3("A sentence to be cut.")
    whole = mp3 if with_info else fake_service.without_info(mp3)
    kept = data.draw(st.integers(0, len(whole) - 1))
    if not with_info and kept and kept % 192 == 0:
        kept += 1  # whole frames and no header: only their length tells, and that is not known here
    with pytest.raises(UnusableError):
        mpeg.decoded(whole[:kept])


@given(st.binary(max_size=3_000))
@settings(max_examples=300)
def test_no_bytes_do_harm(content: bytes) -> None:
    for each in (content, b"ID3\x04\x00\x00" + content, b"\xff\xf3\x84\xc4" + content):
        with contextlib.suppress(UnusableError):
            sound, rate_hz = mpeg.decoded(each)
            assert len(sound)
            assert rate_hz in RATES_HZ


def test_an_endless_row_of_frames_is_refused_before_it_is_decoded() -> None:
    frame = fake_service.without_info(fake_service.spoken_mp3("x" * 40))[192:384]
    with pytest.raises(UnusableError, match="s of sound for one sentence"):
        mpeg.decoded(frame * 6_000)


def test_a_tag_as_large_as_it_likes_is_passed_over_unread(tmp_path: Path) -> None:
    mp3 = fake_service.spoken_mp3("A sentence with a tag.")
    size = 2_000_000
    length = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    tagged = b"ID3\x04\x00\x00" + length + b"\x00" * size + mp3
    assert len(mpeg.decoded(tagged)[0]) == len(mpeg.decoded(mp3)[0])
    with pytest.raises(UnusableError, match="without sound"):
        mpeg.decoded(b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + mp3)
