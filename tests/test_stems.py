"""Voice, bed and bells one by one: together they are the mix, and each is what it is called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from conftest import apart, burst, joined
from hypothesis import given, settings
from hypothesis import strategies as st
from test_mix import FlatBed, RampBed, sounds_for, spoken_at, timeline_of, tracks_of

from generator import mix
from generator.audio import RATE_HZ, to_frames
from generator.encode import stems
from generator.errors import WriteError
from generator.model import PARTS, BedSpan, Mixed, Strike

SPOKEN = spoken_at((1.2, 2.9), (4.0, 4.4), (9.5, 12.25))
TIMELINE = timeline_of(
    20,
    SPOKEN,
    (Strike("bowl", to_frames(3.3)), Strike("bowl", to_frames(18.1))),
    (BedSpan("ramp", 0), BedSpan("other", to_frames(7))),
)


def tracks(voice: float = 0.3) -> mix.Tracks:
    return tracks_of(
        sounds_for(SPOKEN, voice),
        {"ramp": RampBed(), "other": FlatBed((0.2, -0.1))},
        {"bowl": burst(9, -40, 6.0, channels=2)},
    )


def kept(folder: Path, blocks: list[Mixed]) -> dict[str, np.ndarray]:
    """What the files hold, by the part they are called after."""
    paths = [folder / f"small.{part}.flac" for part in PARTS]
    with stems(paths) as take:
        for block in blocks:
            take(block)
    for path in paths:
        info = soundfile.info(path)
        assert (info.samplerate, info.channels, info.subtype) == (RATE_HZ, 2, "PCM_24")
    return {part: soundfile.read(path)[0] for part, path in zip(PARTS, paths, strict=True)}


@pytest.mark.parametrize("voice", [0.3, 1.9], ids=["quiet", "over full scale"])
def test_twice_the_sum_of_the_stems_is_the_mix_before_the_limiter(tmp_path, voice):
    """Trap: the voice alone can exceed full scale there, and a FLAC would cut it off."""
    blocks = list(mix.blocks(TIMELINE, tracks(voice)))
    files = kept(tmp_path, blocks)
    whole = joined(mix.summed(blocks))
    assert (np.abs(whole).max() > 1.0) == (voice > 1.0)
    assert apart(2.0 * sum(files.values()), whole) <= 1e-6


def test_each_stem_holds_its_own_and_nothing_else(tmp_path):
    files = kept(tmp_path, list(mix.blocks(TIMELINE, tracks())))
    speaking = np.zeros(TIMELINE.frames, bool)
    for each in SPOKEN:
        speaking[each.start_frame : each.end_frame] = True
    assert not files["voice"][~speaking].any()
    assert files["voice"][speaking].all()
    assert not files["bells"][: to_frames(3.3)].any()
    assert files["bed"][to_frames(5) : to_frames(15)].any(axis=1).mean() > 0.99


def test_the_parts_of_a_block_are_its_sum():
    for block in mix.blocks(TIMELINE, tracks()):
        parts = sum(getattr(block, part).astype(np.float64) for part in PARTS)
        assert apart(block.sum(), parts) < 1e-6


def test_everybody_who_watches_is_shown_every_block():
    seen: list[list[Mixed]] = [[], []]
    blocks = list(mix.blocks(TIMELINE, tracks(), to_frames(3)))
    assert len(list(mix.summed(blocks, seen[0].append, seen[1].append))) == 7
    assert seen == [blocks, blocks]


@settings(max_examples=20)
@given(st.lists(st.integers(1, 9_000), min_size=1, max_size=5))
def test_blocks_of_any_size_make_whole_files(tmp_path_factory, sizes):
    noise = np.random.default_rng(1)
    blocks = [
        Mixed(*(noise.uniform(-1, 1, (size, 2)).astype(np.float32) for _ in PARTS))
        for size in sizes
    ]
    files = kept(tmp_path_factory.mktemp("stems"), blocks)
    assert {len(sound) for sound in files.values()} == {sum(sizes)}
    assert apart(2.0 * sum(files.values()), joined(mix.summed(blocks))) <= 1e-6


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_names_the_place_of_the_stems():

    def fill() -> None:
        with stems([Path("/dev/full")] * 3) as take:
            for block in mix.blocks(TIMELINE, tracks()):
                take(block)

    with pytest.raises(WriteError, match="the stems could not be written") as caught:
        fill()
    assert "--stems" in caught.value.remedy
