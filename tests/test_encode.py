"""The encoder, its files read by two decoders that did not write them."""

from __future__ import annotations

import errno
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from conftest import apart, burst, cut, rms_db, sine_at

from generator.audio import GRID_FRAMES, RATE_HZ
from generator.encode import encode
from generator.encode.mp3 import KBIT_PER_S
from generator.errors import WriteError

FRAME_BYTES = 384
"""128 kbit/s at 48 kHz: every frame is as long, none is padded."""


def silent(_done: int, _total: int) -> None:
    pass


def encoded(path: Path, sound: np.ndarray, sizes: tuple[int, ...] = (30_000,)) -> Path:
    encode(path, cut(sound, sizes), len(sound), silent)
    return path


def by_libsndfile(path: Path) -> np.ndarray:
    sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate_hz == RATE_HZ
    return sound


def by_ffmpeg(path: Path) -> np.ndarray:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    command = [ffmpeg, "-v", "error", "-i", path, "-f", "f32le", "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


def nobody_mixes() -> bool:
    return not any(each.name == "mixer" for each in threading.enumerate())


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    voice = burst(11, -20.0, 2.5)[: 2 * RATE_HZ + 17]
    return np.repeat(voice, 2, axis=1)


@pytest.fixture(scope="module")
def mp3(tmp_path_factory, speech) -> Path:
    return encoded(tmp_path_factory.mktemp("mp3") / "speech.mp3", speech)


# --- what is in the file ----------------------------------------------------------------------


@pytest.mark.parametrize("decoder", [by_libsndfile, by_ffmpeg])
@pytest.mark.parametrize("frames", [600, 1_151, 1_152, 1_153, 48_017, 50_111, 100_003])
def test_a_file_decodes_to_the_frames_that_went_in(tmp_path, speech, frames, decoder):
    path = encoded(tmp_path / "odd.mp3", np.resize(speech, (frames, 2)))
    assert decoder(path).shape == (frames, 2)


@pytest.mark.parametrize("decoder", [by_libsndfile, by_ffmpeg])
def test_sound_stays_where_it_was(mp3, speech, decoder):
    """Encoder and decoder delay a sound by 1105 frames between them; players take that off."""
    got = decoder(mp3)[:, 0].astype(np.float64)
    spectrum = np.fft.rfft(got) * np.conj(np.fft.rfft(speech[:, 0]))
    assert np.argmax(np.fft.irfft(spectrum, len(got))) == 0


def test_the_first_frame_tells_players_the_exact_length(mp3, speech):
    content = mp3.read_bytes()
    first = content[:FRAME_BYTES]
    assert first[:2] == b"\xff\xfb"
    info = first.index(b"Info")
    assert b"Xing" not in first
    lame = first.index(b"LAME", info)
    frames = int.from_bytes(first[info + 8 : info + 12], "big")
    delay_and_padding = int.from_bytes(first[lame + 21 : lame + 24], "big")
    delay, padding = divmod(delay_and_padding, 1 << 12)
    assert frames * GRID_FRAMES - delay - padding == len(speech)
    assert len(content) == (frames + 1) * FRAME_BYTES


def test_every_frame_has_the_same_bitrate(mp3):
    content = mp3.read_bytes()
    rates = {content[at + 2] >> 4 for at in range(0, len(content), FRAME_BYTES)}
    assert KBIT_PER_S == 128
    assert rates == {9}  # the ninth of the standard's bitrates is 128 kbit/s
    assert all(content[at] == 0xFF for at in range(0, len(content), FRAME_BYTES))


@pytest.mark.parametrize("level_dbfs", [-3.0, -20.0, -40.0])
def test_a_tone_comes_back_at_its_own_level(tmp_path, level_dbfs):
    """Trap: LAME lowers what it encodes at this bitrate by 0.45 dB."""
    tone = sine_at(997, level_dbfs, 1.0, taper_s=0.05)
    got = by_libsndfile(encoded(tmp_path / "tone.mp3", tone))
    middle = slice(RATE_HZ // 4, 3 * RATE_HZ // 4)
    assert rms_db(got[middle]) == pytest.approx(rms_db(tone[middle]), abs=0.05)


def test_speech_comes_back_at_its_own_level(mp3, speech):
    assert rms_db(by_libsndfile(mp3)) == pytest.approx(rms_db(speech), abs=0.05)


def test_left_stays_left(tmp_path):
    sound = sine_at(440, -12.0, 1.0)
    sound[:, 1] = 0.0
    got = by_libsndfile(encoded(tmp_path / "left.mp3", sound))
    assert rms_db(got[:, 0]) == pytest.approx(rms_db(sound[:, 0]), abs=0.1)
    assert np.abs(got[:, 1]).max() < 1e-3


def test_the_cuts_do_not_show(tmp_path, speech, mp3):
    path = encoded(tmp_path / "cut.mp3", speech, (1, 0, 7_000, 333))
    assert apart(by_libsndfile(path), by_libsndfile(mp3)) < 1e-6


def test_a_block_is_not_altered(tmp_path, speech):
    before = speech.copy()
    encoded(tmp_path / "same.mp3", speech)
    assert np.array_equal(speech, before)


# --- how it is made ---------------------------------------------------------------------------


def test_progress_grows_to_the_whole(tmp_path, speech):
    told = []
    encode(tmp_path / "a.mp3", cut(speech, [25_000]), len(speech), lambda *each: told.append(each))
    assert told == sorted(told)
    assert len(told) == -(-len(speech) // 25_000)
    assert told[-1] == (len(speech), len(speech))


def test_the_mixer_runs_only_a_few_blocks_ahead(tmp_path):
    """Else a whole track would wait in memory for a slow encoder."""
    made, ahead = [], []

    def sound() -> Iterator[np.ndarray]:
        for index in range(30):
            made.append(index)
            yield np.zeros((4_000, 2), np.float32)

    def progress(done: int, _total: int) -> None:
        ahead.append(len(made) - done // 4_000)

    encode(tmp_path / "a.mp3", sound(), 30 * 4_000, progress)
    assert max(ahead) <= 4
    assert nobody_mixes()


@pytest.mark.parametrize("fault", [ValueError("a clip changed"), KeyError("bed"), MemoryError()])
def test_what_goes_wrong_in_the_mix_comes_out_here(tmp_path, speech, fault):
    def sound() -> Iterator[np.ndarray]:
        yield speech
        raise fault

    with pytest.raises(type(fault)) as caught:
        encode(tmp_path / "a.mp3", sound(), len(speech), silent)
    assert caught.value is fault
    assert nobody_mixes()


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_a_listener_who_gives_up_leaves_no_thread_behind(tmp_path, stop):
    def endless() -> Iterator[np.ndarray]:
        while True:
            yield np.zeros((4_000, 2), np.float32)

    def progress(done: int, _total: int) -> None:
        if done >= 20_000:
            raise stop

    with pytest.raises(stop):
        encode(tmp_path / "a.mp3", endless(), 10**9, progress)
    assert nobody_mixes()


class FullDisk:
    """A file on a disk with room for so many bytes."""

    def __init__(self, path: Path, room: int) -> None:
        self._file = path.open("w+b")
        self._room = room

    def write(self, data: bytes) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._file.write(data)

    def __getattr__(self, name: str):
        return getattr(self._file, name)

    def __enter__(self) -> FullDisk:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()


class PathOnFullDisk(type(Path())):
    room = 0

    def open(self, *_mode: object) -> FullDisk:  # what the encoder opens, it opens by this
        return FullDisk(Path(self), self.room)


@pytest.mark.parametrize("room", [0, 5_000, 20_000])
def test_a_full_disk_is_said_in_so_many_words(tmp_path, speech, room):
    path = PathOnFullDisk(tmp_path / "a.mp3")
    path.room = room
    with pytest.raises(WriteError, match="No space left on device") as caught:
        encode(path, cut(speech, [10_000]), len(speech), silent)
    assert caught.value.where == str(tmp_path)
    assert nobody_mixes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_disk_that_fills_when_the_last_bytes_are_flushed_is_noticed():
    with pytest.raises(WriteError):
        encode(Path("/dev/full"), iter([np.zeros((600, 2), np.float32)]), 600, silent)
    assert nobody_mixes()


def test_a_folder_that_is_not_there_is_named(tmp_path, speech):
    with pytest.raises(WriteError, match="gone"):
        encoded(tmp_path / "gone" / "a.mp3", speech)


@pytest.mark.parametrize("planned", [-1, 1])
def test_a_mix_of_another_length_than_planned_is_refused(tmp_path, speech, planned):
    with pytest.raises(ValueError, match=str(len(speech))):
        encode(tmp_path / "a.mp3", iter([speech]), len(speech) + planned, silent)
