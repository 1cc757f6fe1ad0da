"""An MP3 in stretches: to the byte what one encode of the whole gives, however it was cut."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from conftest import burst, sine_at
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import bed, bells, encode, ffmpeg, verify
from generator.audio import RATE_HZ, amplitude
from generator.encode import lame, piped, stretches
from generator.encode.info import frames_of, info
from generator.encode.mp3 import FRAME_BYTES
from generator.errors import WriteError
from generator.system import native

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
LAME = lame.found()


def of(sound: np.ndarray, block_frames: int = 10_007) -> stretches.Sound:
    """A sound as a function of the frame, in blocks that fall on no grid."""

    def within(stretch: range) -> Iterator[np.ndarray]:
        for start in stretch[::block_frames]:
            yield sound[start : min(start + block_frames, stretch.stop)]

    return within


def silent(_done: int, _total: int) -> None:
    pass


def whole(coder: stretches.Coder, sound: np.ndarray) -> bytes:
    """One encode, from the first sample to the last."""
    return stretches.coded(coder, of(sound), len(sound), range(frames_of(len(sound))))


@cache
def material(kind: str) -> np.ndarray:
    """Eight seconds of what is hardest to cut."""
    frames = 8 * RATE_HZ
    rng = np.random.default_rng(7)
    sound = (rng.standard_normal((frames, 2)) * amplitude(-75.0)).astype(np.float32)
    if kind == "silence":
        return np.zeros((frames, 2), np.float32)
    if kind == "quiet bed":
        sound += bed.make_bed("rain", 1, frames).block(0, frames) * np.float32(amplitude(-50.0))
    if kind == "bells":
        for at in (1_000, 200_001):
            ring = bells.strike("small", 1)[: frames - at]
            sound[at : at + len(ring)] += ring
    if kind == "speech":
        for at in (30_000, 250_000):
            words = burst(at, -16.0, 2.0)
            sound[at : at + len(words)] += words
    return sound


KINDS = ["noise", "silence", "quiet bed", "bells", "speech"]


@cache
def encoded(kind: str) -> bytes:
    assert LAME
    return whole(LAME, material(kind))


# --- where a track is cut ---------------------------------------------------------------------


@given(frames=st.integers(0, 5_000), most=st.integers(1, 600))
def test_the_stretches_are_all_frames_once_and_none_is_too_long(frames, most):
    every = stretches.stretches(frames, most)
    assert [at for each in every for at in each] == list(range(frames))
    assert all(0 < len(each) <= most for each in every)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12)
@given(data=st.data())
def test_any_stretch_has_the_bytes_that_the_whole_has_there(kind, data):
    assert LAME
    sound = material(kind)
    frames = frames_of(len(sound))
    first = data.draw(st.integers(0, frames - 1))
    last = data.draw(st.integers(first + 1, min(first + 40, frames)))
    content = stretches.coded(LAME, of(sound), len(sound), range(first, last))
    assert content == encoded(kind)[first * FRAME_BYTES : last * FRAME_BYTES]


def test_a_frame_leans_on_no_other():
    """The first nine bits after its header say how far back a frame begins: not at all."""
    rows = np.frombuffer(encoded("speech"), np.uint8).reshape(-1, FRAME_BYTES)
    assert not rows[:, 4].any()
    assert not (rows[:, 5] & 0x80).any()


# --- the joined file --------------------------------------------------------------------------


def by_libsndfile(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


def by_ffmpeg(path: Path) -> np.ndarray:
    command = [FFMPEG, "-v", "error", "-i", path, "-f", "f32le", "-"]
    done = subprocess.run(command, check=True, capture_output=True)
    assert not done.stderr
    return np.frombuffer(done.stdout, np.float32).reshape(-1, 2)


ODD = [600, 1_151, 1_152, 1_153, 1_199, 1_200, 48_017, 100_003, 288_047, 288_048, 383_999]


@pytest.mark.parametrize("frames", ODD)
def test_a_joined_file_is_one_encode_of_the_whole_and_as_long_by_two_decoders(tmp_path, frames):
    assert LAME
    sound, path = material("speech")[:frames], tmp_path / "joined.mp3"
    encode.track(path, of(sound), frames, silent)
    assert path.read_bytes()[FRAME_BYTES:] == whole(LAME, sound)
    assert by_libsndfile(path).shape == (frames, 2)
    assert by_ffmpeg(path).shape == (frames, 2)
    found = verify.opened(path)
    assert found.info == verify.stream.Info(frames, ())


def test_its_sound_lies_where_it_was_at_its_level(tmp_path):
    sound, path = sine_at(997, -20.0, 3.0, taper_s=0.05), tmp_path / "tone.mp3"
    encode.track(path, of(sound), len(sound), silent)
    got = by_libsndfile(path)
    middle = slice(RATE_HZ, 2 * RATE_HZ)
    assert np.abs(got[middle] - sound[middle]).max() < 0.01 * np.abs(sound).max()


def test_the_header_says_what_the_encoder_says_of_its_own_files(tmp_path):
    """The same length by pedalboard's writer: all but the table of contents and the settings."""
    sound = material("noise")[:100_000]
    encode.encode(tmp_path / "plain.mp3", iter([sound]), len(sound), silent)
    theirs = (tmp_path / "plain.mp3").read_bytes()[:FRAME_BYTES]
    ours = info(len(sound), int.from_bytes(theirs[188:190], "big"))
    contents, settings_and_crc = range(52, 152), (3, 175, 183, 190, 191)
    differ = [at for at in range(FRAME_BYTES) if ours[at] != theirs[at] and at not in contents]
    assert set(differ) <= set(settings_and_crc)


# --- how it is made ---------------------------------------------------------------------------


def test_progress_grows_to_the_whole(tmp_path):
    told = []
    sound = np.resize(material("noise"), (40 * RATE_HZ, 2))
    encode.track(tmp_path / "a.mp3", of(sound), len(sound), lambda *each: told.append(each))
    assert told == sorted(told)
    assert len(told) > 2
    assert told[-1] == (len(sound), len(sound))


def test_only_a_few_stretches_are_made_ahead():
    """Else a whole track would wait in memory for a slow disk."""
    begun = []
    made = stretches.in_order(lambda each: begun.append(each) or b"", [range(1)] * 50, 2)
    next(made)
    assert len(begun) <= 5
    made.close()


@pytest.mark.parametrize("fault", [ValueError("a clip changed"), KeyError("bed"), MemoryError()])
def test_what_goes_wrong_in_the_mix_comes_out_here(tmp_path, fault):
    def within(_stretch: range) -> Iterator[np.ndarray]:
        yield np.zeros((5_000, 2), np.float32)
        raise fault

    with pytest.raises(type(fault)) as caught:
        encode.track(tmp_path / "a.mp3", within, 60 * RATE_HZ, silent)
    assert caught.value is fault
    assert not [each for each in threading.enumerate() if each.name.startswith("mixer")]


def test_who_gives_up_leaves_no_thread_behind(tmp_path):
    def give_up(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    sound = np.resize(material("noise"), (60 * RATE_HZ, 2))
    with pytest.raises(KeyboardInterrupt):
        encode.track(tmp_path / "a.mp3", of(sound), len(sound), give_up)
    assert not [each for each in threading.enumerate() if each.name.startswith("mixer")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_disk_that_is_full_is_said_in_so_many_words():
    sound = material("noise")
    with pytest.raises(WriteError, match="No space left on device"):
        encode.track(Path("/dev/full"), of(sound), len(sound), silent)


def test_a_sound_that_ends_too_soon_is_no_file(tmp_path):
    with pytest.raises(WriteError, match="too few frames"):
        encode.track(tmp_path / "a.mp3", of(material("noise")), 20 * RATE_HZ, silent)


def test_an_encoder_that_fails_is_told_as_a_file_that_could_not_be_written(tmp_path, monkeypatch):
    assert LAME
    calls = {**LAME.calls, "lame_init_params": lambda _encoder: -1}
    monkeypatch.setattr(lame, "found", lambda: lame.Lame(calls, ""))
    with pytest.raises(WriteError, match="refused its settings"):
        encode.track(tmp_path / "a.mp3", of(material("noise")), 1_000, silent)


# --- which encoder ----------------------------------------------------------------------------


def test_a_library_without_the_functions_is_told_by_what_it_lacks():
    with pytest.raises(OSError, match="has no lame_init"):
        native(Path(lame.find_spec("_ctypes").origin), {"lame_init": "p"})


@pytest.fixture
def second(monkeypatch) -> piped.Piped:
    """The encoder that is used where pedalboard does not show its own."""
    monkeypatch.setattr(lame, "found", lambda: None)
    monkeypatch.setattr(ffmpeg, "found", lambda: FFMPEG)
    piped.found.cache_clear()
    found = piped.found()
    assert found
    yield found
    piped.found.cache_clear()


@pytest.mark.parametrize("kind", ["speech", "bells"])
def test_ffmpeg_joins_to_the_bytes_of_one_encode_too(tmp_path, second, kind):
    assert encode.in_use() == second.name
    sound, path = np.resize(material(kind), (14 * RATE_HZ + 5, 2)), tmp_path / "joined.mp3"
    encode.track(path, of(sound), len(sound), silent)
    assert path.read_bytes()[FRAME_BYTES:] == whole(second, sound)
    assert by_libsndfile(path).shape == by_ffmpeg(path).shape == sound.shape


def test_where_neither_is_there_a_track_is_written_from_beginning_to_end(tmp_path, monkeypatch):
    monkeypatch.setattr(lame, "found", lambda: None)
    monkeypatch.setattr(piped, "found", lambda: None)
    assert encode.in_use() == "pedalboard's writer, on one core"
    sound = material("speech")[: 3 * RATE_HZ]
    encode.track(tmp_path / "a.mp3", of(sound), len(sound), silent)
    encode.encode(tmp_path / "b.mp3", iter([sound]), len(sound), silent)
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


def test_other_forms_are_written_from_beginning_to_end(tmp_path):
    sound = material("speech")[:100_001]
    encode.track(tmp_path / "a.flac", of(sound), len(sound), silent, "flac")
    assert by_libsndfile(tmp_path / "a.flac").shape == sound.shape
