"""A finished MP3 heard in pieces: as if it were heard as a whole, whatever is remembered of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import burst
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import encode, verify
from generator.audio import RATE_HZ, amplitude
from generator.model import Phrase, Spoken, Timeline
from generator.verify import pieces
from generator.verify.stream import FRAME_BYTES

LENGTHS = [47, 40_000, 57_600, 115_200, 300_047, 9 * RATE_HZ]


class Memory:
    """Remembers everything; what was decoded is counted."""

    def __init__(self) -> None:
        self.known: dict[bytes, bytes] = {}
        self.made = 0

    def get(self, _stretch: range, digest: bytes) -> bytes | None:
        return self.known.get(digest)

    def put(self, _stretch: range, digest: bytes, heard: bytes) -> None:
        self.known[digest] = heard
        self.made += 1


def nobody(_done: int, _total: int) -> None:
    pass


def sound_of(frames: int) -> np.ndarray:
    """Speech on noise, loud enough that its peaks matter."""
    noise = np.random.default_rng(3).standard_normal((frames, 2)) * amplitude(-40.0)
    words = burst(8, -14.0, 3.0)
    noise[: min(len(words), frames)] += words[:frames]
    return noise.astype(np.float32)


def track(folder: Path, frames: int) -> Path:
    sound, path = sound_of(frames), folder / f"{frames}.mp3"
    encode.track(path, lambda at: iter([sound[at.start : at.stop]]), frames, nobody)
    return path


def timeline(frames: int) -> Timeline:
    size = min(frames, 2 * RATE_HZ)
    return Timeline(frames, (Spoken(Phrase("Rest."), 0, size),), (), (), (), ())


def heard(path: Path, frames: int, memory: Memory) -> verify.Heard:
    return verify.listen_in_pieces(path, timeline(frames), nobody, memory)


def assert_alike(one: verify.Heard, other: verify.Heard) -> None:
    assert np.array_equal(one.grid, other.grid)
    assert one.fine == pytest.approx(other.fine, rel=1e-4, abs=1e-12)
    assert one.measured.frames == other.measured.frames
    assert one.measured.true_peak_dbtp == other.measured.true_peak_dbtp
    assert one.measured.speech_lufs == pytest.approx(other.measured.speech_lufs, abs=1e-4)
    assert one.measured.mix_lufs == pytest.approx(other.measured.mix_lufs, abs=1e-4)


@pytest.mark.parametrize("frames", LENGTHS)
def test_in_pieces_a_track_sounds_as_it_does_as_a_whole(tmp_path, frames):
    path = track(tmp_path, frames)
    whole = verify.listen(path, timeline(frames), nobody)
    assert_alike(heard(path, frames, Memory()), whole)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_what_is_remembered_is_not_decoded_again(tmp_path, monkeypatch):
    path, memory = track(tmp_path, 9 * RATE_HZ), Memory()
    first = heard(path, 9 * RATE_HZ, memory)

    def decoded(_path: Path) -> None:
        raise AssertionError("nothing is to be decoded")

    monkeypatch.setattr(pieces, "decoded", decoded)
    again = heard(path, 9 * RATE_HZ, memory)
    assert np.array_equal(again.grid, first.grid)
    assert np.array_equal(again.fine, first.fine)
    assert again.measured == first.measured


@pytest.fixture(scope="module")
def ready(tmp_path_factory) -> tuple[Path, Memory, verify.Heard]:
    path, memory = track(tmp_path_factory.mktemp("ready"), 9 * RATE_HZ), Memory()
    return path, memory, heard(path, 9 * RATE_HZ, memory)


@settings(max_examples=15)
@given(forgotten=st.sets(st.integers(0, 7)))
def test_whatever_is_forgotten_the_figures_are_the_same_to_the_bit(ready, forgotten):
    path, memory, whole = ready
    partly = Memory()
    partly.known = {
        digest: each
        for number, (digest, each) in enumerate(memory.known.items())
        if number not in forgotten
    }
    again = heard(path, 9 * RATE_HZ, partly)
    assert partly.made == len(forgotten & set(range(len(memory.known))))
    assert np.array_equal(again.grid, whole.grid)
    assert np.array_equal(again.fine, whole.fine)
    assert again.measured == whole.measured


@pytest.mark.parametrize("frame", [3, 49, 50, 51, 200, 370])
def test_a_byte_that_differs_is_heard_anew_wherever_it_sounds(tmp_path, ready, frame):
    """The frame before its piece and the one after shape it too."""
    path, memory, _whole = ready
    content = bytearray(path.read_bytes())
    content[(frame + 1) * FRAME_BYTES + 200] ^= 0xFF
    altered = tmp_path / "altered.mp3"
    altered.write_bytes(content)
    known = Memory()
    known.known = dict(memory.known)
    assert_alike(
        heard(altered, 9 * RATE_HZ, known),
        verify.listen(altered, timeline(9 * RATE_HZ), nobody),
    )
    assert known.made


def test_an_mp3_whose_frames_lean_on_one_another_is_heard_as_a_whole(tmp_path):
    sound, path, memory = sound_of(3 * RATE_HZ), tmp_path / "plain.mp3", Memory()
    encode.encode(path, iter([sound]), len(sound), nobody)
    whole = verify.listen(path, timeline(len(sound)), nobody)
    assert_alike(heard(path, len(sound), memory), whole)
    assert not memory.known


def test_a_track_without_a_peak_worth_looking_for_is_heard_as_a_whole(tmp_path):
    sound, path = sound_of(3 * RATE_HZ) * np.float32(0.05), tmp_path / "soft.mp3"
    encode.track(path, lambda at: iter([sound[at.start : at.stop]]), len(sound), nobody)
    whole = verify.listen(path, timeline(len(sound)), nobody)
    assert_alike(heard(path, len(sound), Memory()), whole)


def test_a_track_that_ends_too_soon_is_not_taken_for_whole(tmp_path, ready):
    path, memory, _whole = ready
    short = tmp_path / "short.mp3"
    short.write_bytes(path.read_bytes()[: 200 * FRAME_BYTES])
    found = heard(short, 9 * RATE_HZ, memory)
    assert found.measured.frames < 9 * RATE_HZ
