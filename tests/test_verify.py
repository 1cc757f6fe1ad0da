"""What a finished file is found to be, by its sound, its bytes and its tag."""

from __future__ import annotations

import contextlib
import os
from dataclasses import astuple, replace
from itertools import pairwise
from pathlib import Path

import mutagen.id3
import numpy as np
import pytest
import soundfile
from conftest import SIZES, apart, burst, cut, exact_peak_db, joined, sine_at
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import loudness, verify
from generator.audio import GRID_FRAMES, RATE_HZ
from generator.encode import encode
from generator.errors import CheckError
from generator.model import (
    Clip,
    Evidence,
    Facts,
    Measured,
    Phrase,
    Section,
    Spoken,
    Stream,
    Timeline,
)
from generator.system import POSIX
from generator.tags import chapters, lyrics, write_tags
from generator.verify import Heard, Witness, expected, level, listen, opened, phrases
from generator.verify.cells import (
    BANDS,
    CELL_FRAMES,
    COLUMNS,
    EDGES_HZ,
    Cells,
    cells_of,
    coarse,
    count,
    packed,
    unpacked,
)
from generator.verify.expect import Expected
from generator.verify.ground import _places
from generator.verify.hear import runs
from generator.verify.stream import FRAME_BYTES
from generator.verify.tag import told
from generator.verify.told import MOST_TAG_BYTES

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
    return listen(mp3, TIMELINE, silent).measured


def faults(measured: Measured, timeline: Timeline = TIMELINE) -> set[str]:
    """Names of the checks of length and level that are not met, for speech that was to be -16."""
    heard = Heard(measured, np.zeros((0, COLUMNS), np.float32), np.zeros(0))
    return {each.name for each in level.checks(timeline, -16.0, heard) if not each.met}


# --- listening --------------------------------------------------------------------------------


def test_a_good_track_is_found_as_it_was_planned(measured):
    assert measured.frames == FRAMES
    assert measured.speech_lufs == pytest.approx(-16.0, abs=0.25)
    assert faults(measured) == set()


def test_the_peak_is_that_of_the_decoded_file(measured, mp3):
    decoded, _rate_hz = soundfile.read(mp3, dtype="float32", always_2d=True)
    assert measured.true_peak_dbtp == pytest.approx(exact_peak_db(decoded, 8), abs=0.05)


def test_a_bed_in_long_pauses_does_not_count_as_speech(measured, sound):
    """Trap: gated loudness of the whole counts the pauses, and the voice would be set too loud."""
    whole_lufs = loudness.gated_lufs([loudness.blocks(loudness.energies(sound))])
    assert whole_lufs < -18.0
    assert measured.mix_lufs == pytest.approx(whole_lufs, abs=0.1)
    assert measured.speech_lufs == pytest.approx(-16.0, abs=0.25)


def test_the_loudest_moments_are_no_softer_than_the_speech(measured):
    assert measured.most_momentary_lufs >= measured.most_short_term_lufs >= measured.mix_lufs
    assert measured.most_momentary_lufs == pytest.approx(-16.0, abs=2.0)


def test_speech_where_none_was_planned_is_not_measured(mp3):
    """Planned a few seconds off, the voice is not found where it should be."""
    elsewhere = tuple(replace(each, start_frame=8 * RATE_HZ) for each in TIMELINE.spoken)
    found = listen(mp3, replace(TIMELINE, spoken=elsewhere), silent).measured
    assert found.speech_lufs < -25.0
    assert faults(found) == {"speech loudness"}


@pytest.mark.parametrize("lost", ["first", "middle", "last"])
def test_a_missing_mp3_frame_is_found(tmp_path, mp3, lost):
    """Trap: the length in the header survives truncation, so the file is decoded to its end."""
    content = mp3.read_bytes()
    at = {
        "first": FRAME_BYTES,
        "middle": len(content) // 2 // FRAME_BYTES * FRAME_BYTES,
        "last": len(content) - FRAME_BYTES,
    }
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(content[: at[lost]] + content[at[lost] + FRAME_BYTES :])
    found = listen(broken, TIMELINE, silent).measured
    assert 0 < FRAMES - found.frames <= GRID_FRAMES
    assert "length" in faults(found)
    info = opened(broken).info
    assert info is not None
    assert set(info.untrue) == {"frames", "bytes", "checksum of the sound"}


def test_a_silent_track_is_refused(tmp_path):
    """Trap: silence brought to a level is silence still, and nothing complains."""
    path = tmp_path / "silent.mp3"
    encode(path, iter([np.zeros((FRAMES, 2), np.float32)]), FRAMES, silent)
    found = listen(path, TIMELINE, silent).measured
    assert np.isfinite([found.speech_lufs, found.true_peak_dbtp, found.mix_lufs]).all()
    assert faults(found) == {"speech loudness"}


@pytest.mark.parametrize(("rate_hz", "channels"), [(44_100, 2), (RATE_HZ, 1)])
def test_a_file_of_another_kind_is_refused(tmp_path, rate_hz, channels):
    path = tmp_path / "other.mp3"
    soundfile.write(path, np.zeros((20_000, channels)), rate_hz, format="MP3")
    with pytest.raises(CheckError, match="48 kHz stereo"):
        listen(path, TIMELINE, silent)


def test_a_file_far_too_long_is_not_heard_to_its_end(mp3):
    short = replace(TIMELINE, frames=RATE_HZ, spoken=())
    assert RATE_HZ < listen(mp3, short, silent).measured.frames < FRAMES


def test_progress_grows_to_the_whole(mp3):
    reports = []
    listen(mp3, TIMELINE, lambda *each: reports.append(each))
    assert reports == sorted(reports)
    assert len(reports) > 3
    assert reports[-1] == (FRAMES, FRAMES)


# --- length and level -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "good",
    [
        PLANNED,
        replace(PLANNED, speech_lufs=-16.49),
        replace(PLANNED, speech_lufs=-15.51),
        replace(PLANNED, true_peak_dbtp=level.MOST_PEAK_DBTP),
    ],
)
def test_what_lies_within_the_bounds_is_accepted(good):
    assert faults(good) == set()


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        (replace(PLANNED, frames=FRAMES - 1), {"length"}),
        (replace(PLANNED, frames=FRAMES + GRID_FRAMES), {"length"}),
        (replace(PLANNED, speech_lufs=-16.6), {"speech loudness"}),
        (replace(PLANNED, speech_lufs=-15.4), {"speech loudness"}),
        (replace(PLANNED, true_peak_dbtp=-0.9), {"true peak"}),
        (Measured(FRAMES - 9, -20.0, 0.5), {"length", "speech loudness", "true peak"}),
    ],
)
def test_what_is_not_as_planned_is_named(bad, found):
    assert faults(bad) == found


def test_a_word_or_two_is_judged_by_its_ear_not_to_the_decibel():
    """Seen: a track that says "Hi." read 1.3 LU high, and was made and then refused."""
    word = replace(TIMELINE, spoken=(Spoken(Phrase("Hi."), RATE_HZ, RATE_HZ // 2),))
    assert faults(replace(PLANNED, speech_lufs=-14.3), word) == set()
    assert faults(replace(PLANNED, speech_lufs=-120.0), word) == {"speech loudness"}


@pytest.mark.parametrize(
    ("apart_lu", "speech_s", "met"), [(0.9, 31, True), (1.1, 31, False), (3.0, 29, True)]
)
def test_chapters_that_say_enough_are_alike(apart_lu, speech_s, met):
    second = 40 * RATE_HZ
    timeline = Timeline(
        2 * second,
        tuple(Spoken(Phrase(str(at)), at, speech_s * RATE_HZ) for at in (0, second)),
        (),
        (),
        (Section("one", 0, second), Section("two", second, 2 * second)),
        (),
    )
    steps = np.repeat([0.01, 0.01 * 10 ** (apart_lu / 10)], 2_000)
    heard = Heard(PLANNED, np.zeros((0, COLUMNS), np.float32), steps)
    *_others, alike = level.checks(timeline, -16.0, heard)
    assert alike.name == "chapters alike"
    assert alike.met == met
    assert alike.value == pytest.approx(apart_lu if speech_s >= 30 else 0.0, abs=0.01)


# --- the grid ---------------------------------------------------------------------------------


@pytest.mark.parametrize("band", range(BANDS))
def test_a_tone_is_in_its_band_at_its_level(band):
    hz = round((EDGES_HZ[band] + EDGES_HZ[band + 1]) / 100) * 50
    grid = Cells().feed(sine_at(hz, -20.0, 0.2))
    assert 10 * np.log10(grid[:, band]) == pytest.approx([-23.0] * 10, abs=0.1)
    others = np.delete(grid[:, :BANDS], band, axis=1)
    assert others.max() < 1e-6


@pytest.mark.parametrize("frame", [0, 1, 500, 958, 959, 960, 961, 1_919, 1_920])
def test_a_click_bends_the_wave_wherever_it_lies(frame):
    sound = np.zeros((3 * CELL_FRAMES, 2), np.float32)
    sound[frame] = 0.1
    stream = Cells()
    grid = np.concatenate([stream.feed(sound), stream.last()])
    assert np.sqrt(grid[:, -1].max()) == pytest.approx(0.2 if frame < 2_879 else 0.1)


@settings(max_examples=30)
@given(sizes=SIZES, seed=st.integers(0, 9))
def test_blocks_of_any_size_give_the_same_grid(sizes, seed):
    sound, stream, whole = burst(seed, -20.0, 0.5, channels=2), Cells(), Cells()
    grids = [*map(stream.feed, cut(sound, sizes)), stream.last()]
    assert apart(joined(grids), joined([whole.feed(sound), whole.last()])) < 1e-7


@given(start=st.integers(0, 5_000), frames=st.integers(1, 5_000), longer=st.integers(-900, 900))
def test_a_clip_fills_the_cells_of_its_plan(start, frames, longer):
    clip = np.full((max(frames + longer, 0), 1), 0.1, np.float32)
    grid = cells_of(clip, start, frames)
    assert grid.shape == (count(start, start + frames), COLUMNS)
    there = np.zeros((start + frames, 1), np.float32)
    there[start:][: len(clip)] = clip[:frames]
    stream = Cells()
    whole = np.concatenate([stream.feed(there), stream.last()])
    assert grid[:, :BANDS] == pytest.approx(whole[start // CELL_FRAMES :, :BANDS], abs=1e-9)


@given(levels=st.lists(st.floats(-127.0, 0.0), min_size=COLUMNS, max_size=COLUMNS))
def test_levels_are_kept_to_a_quarter_of_a_decibel(levels):
    grid = np.power(10.0, np.array([levels]) / 10.0).astype(np.float32)
    kept = 10.0 * np.log10(unpacked(packed(grid)))
    assert kept == pytest.approx(np.array([levels]), abs=0.26)


def test_nothing_is_kept_as_nothing():
    assert packed(np.zeros((2, COLUMNS), np.float32)) == bytes(2 * COLUMNS)
    assert not unpacked(bytes(2 * COLUMNS)).any()


def test_the_ground_is_the_mean_of_bands_and_the_sharpest_bend():
    grid = np.zeros((13, COLUMNS), np.float32)
    grid[3], grid[12] = 1.2, 2.4
    assert coarse(grid)[:, 0] == pytest.approx([0.1, 0.2])
    assert coarse(grid)[:, BANDS] == pytest.approx([1.2, 2.4])


@given(cells=st.sets(st.integers(0, 2_000), max_size=30))
def test_clicks_are_shown_where_they_are_and_those_near_one_another_together(cells):
    found = _places(np.array(sorted(cells), np.intp))
    assert all(
        any(at.start_frame <= cell * CELL_FRAMES < at.end_frame for at in found) for cell in cells
    )
    for at in found:
        assert {at.start_frame // CELL_FRAMES, at.end_frame // CELL_FRAMES - 1} <= cells
    for one, other in pairwise(found):
        assert other.start_frame - one.end_frame >= RATE_HZ


# --- the witness ------------------------------------------------------------------------------

STREAM = Stream("", 0, 0, "")


def test_a_witness_keeps_every_place_of_a_clip_at_its_level():
    twice = tuple(Spoken(Phrase("Rest."), at, 2_000) for at in (1_152, 11_520))
    timeline = Timeline(20_000, twice, (), (), (), ())
    clip = Clip(Path("rest"), 2_000, ())
    sound = np.full((2_000, 1), 0.5, np.float32)
    witness = Witness(timeline, {Phrase("Rest."): clip}, lambda _clip: 0.5)
    assert witness.reading(lambda _clip: sound)(clip) is sound
    witness.ground(0)(np.zeros((20_000, 2), np.float32))
    evidence = witness.evidence(-16.0, STREAM)
    mixed = expected(timeline, evidence)
    assert len(mixed.ground) == count(0, 20_000)
    assert not mixed.ground.any()
    for spoken, grid in zip(twice, mixed.clips, strict=True):
        planned = cells_of(sound * np.float32(0.5), spoken.start_frame, spoken.frames)
        assert packed(grid) == packed(planned)


def test_a_clip_that_was_never_mixed_is_a_fault_of_ours():
    timeline = Timeline(20_000, (Spoken(Phrase("Rest."), 0, 2_000),), (), (), (), ())
    witness = Witness(timeline, {Phrase("Rest."): Clip(Path("rest"), 2_000, ())}, lambda _: 1.0)
    witness.ground(0)(np.zeros((20_000, 2), np.float32))
    with pytest.raises(KeyError):
        witness.evidence(-16.0, STREAM)


@pytest.mark.parametrize(
    ("ground", "clips", "said"),
    [
        (8, (count(*(SPANS[0][0], sum(SPANS[0]))), 2), "another length"),
        (84, (1, 2), "other phrases"),
        (84, (), "other phrases"),
    ],
)
def test_evidence_of_another_timeline_is_refused(ground, clips, said):
    evidence = Evidence(
        -16.0, bytes(ground * COLUMNS), tuple(bytes(each * COLUMNS) for each in clips), STREAM
    )
    with pytest.raises(CheckError, match=said):
        expected(TIMELINE, evidence)


@pytest.mark.parametrize("over_db", [0.0, 1.5, 3.0, 6.0, 10.0])
@pytest.mark.parametrize("beat_hz", [4.0, 6.0, 10.0])
def test_a_tone_of_the_bed_may_meet_the_same_tone_of_the_voice(over_db, beat_hz):
    """Now and then they all but cancel. A good track was once near to being refused for it."""
    bed = sine_at(200.0, -46.0, 4.0, channels=1)
    voice = sine_at(200.0 + beat_hz, -46.0 + over_db, 2.0, channels=1, taper_s=0.02)
    track = bed.copy()
    track[RATE_HZ : 3 * RATE_HZ] += voice
    spoken = Spoken(Phrase("Hum."), RATE_HZ, 2 * RATE_HZ)
    timeline = Timeline(len(bed), (spoken,), (), (), (), ())
    ground, there = (cells_of(each, 0, len(each)) for each in (bed, track))
    mixed = Expected(ground, (cells_of(voice, RATE_HZ, 2 * RATE_HZ),))
    assert all(check.met for check in phrases.checks(timeline, mixed, there))


@given(st.integers(0, 100_000), st.integers(1, 200_000))
def test_a_phrase_is_measured_in_as_many_steps_as_its_clip(start: int, frames: int) -> None:
    """One more or less was a block more or less: a track of single words came out 1.1 LU off."""
    timeline = Timeline(320_000, (Spoken(Phrase("Rest."), start, frames),), (), (), (), ())
    (steps,) = runs(timeline, np.ones(320))
    assert len(steps) == len(loudness.energies(np.zeros((frames, 1), np.float32)))


# --- the bytes --------------------------------------------------------------------------------


def test_the_header_of_a_fresh_track_is_true(mp3):
    found = opened(mp3)
    assert found.tag == b""
    assert found.info is not None
    assert (found.info.frames, found.info.untrue) == (FRAMES, ())
    assert found.stream.size_bytes == mp3.stat().st_size == found.stream.frames * FRAME_BYTES
    assert found.stream.encoder == "LAME3.100"


@pytest.mark.parametrize("at", [44, 48, 178, 187, 190, FRAME_BYTES + 100])
def test_any_byte_of_header_or_sound_that_changes_makes_it_untrue(mp3, tmp_path, at):
    content = bytearray(mp3.read_bytes())
    content[at] ^= 1
    path = tmp_path / "changed.mp3"
    path.write_bytes(content)
    found = opened(path)
    assert found.info is not None
    assert found.info.untrue
    assert found.stream != opened(mp3).stream


@pytest.mark.parametrize(
    "content",
    [b"", b"ID3", b"ID3\x03\0\0\0\0\0\x05hello", b"RIFF" * 500, bytes(2_000), b"\xff" * 2_000],
)
def test_what_is_no_track_of_ours_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "other.mp3"
    path.write_bytes(content)
    with pytest.raises(CheckError, match="is not a finished track") as caught:
        opened(path)
    assert "\n" not in str(caught.value)


def test_a_tag_that_says_it_is_huge_is_not_read(tmp_path):
    size = MOST_TAG_BYTES + 1
    said = bytes(size >> 7 * place & 0x7F for place in (3, 2, 1, 0))
    path = tmp_path / "huge.mp3"
    path.write_bytes(b"ID3\x03\0\0" + said + bytes(100))
    with pytest.raises(CheckError, match="its tag is too large"):
        opened(path)


@pytest.mark.skipif(not POSIX, reason="pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp3")
    with pytest.raises(CheckError, match="not a plain file"):
        opened(tmp_path / "pipe.mp3")


# --- the tag ----------------------------------------------------------------------------------

FACTS = Facts("Warmth", "Joe", "Album", "en", "About.", "2026-03-09", "piper joe 1.0.0")
TITLES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=40)
@given(titles=st.lists(TITLES, max_size=6), text=st.text(max_size=60))
def test_what_our_tags_tell_is_read_as_it_was_written(tmp_path_factory, titles, text):
    step = RATE_HZ // 7
    sections = tuple(
        Section(each, step * number, step * (number + 1)) for number, each in enumerate(titles)
    )
    timeline = Timeline(step * (len(titles) + 1), (), (), (), sections, ())
    path = tmp_path_factory.mktemp("tag") / "track.mp3"
    path.write_bytes(b"\xff\xfb\x94\x64" + bytes(FRAME_BYTES - 4))
    write_tags(path, FACTS, timeline, PLANNED, cover=b"\xff\xd8", text=text)
    found = told(opened(path).tag)
    assert found.chapters == tuple(map(astuple, chapters(timeline)))
    assert (found.words or "") == lyrics(text)
    assert len(mutagen.id3.ID3(path).getall("CHAP")) == len(titles)


@settings(max_examples=200)
@given(body=st.binary(max_size=200), names=st.lists(st.sampled_from(["CHAP", "CTOC", "USLT"])))
def test_a_hostile_tag_is_read_or_refused_and_nothing_else(body, names):
    frames = b"".join(
        name.encode() + len(body).to_bytes(4, "big") + b"\0\0" + body for name in names
    )
    for tag in (b"ID3\x03\0\0\0\0\0\0" + frames, b"ID3\x03\0\0\0\0\0\0" + body, b""):
        with contextlib.suppress(ValueError):
            assert all(0 <= start_ms < 2**32 for _title, start_ms, _end_ms in told(tag).chapters)


def test_the_door_gives_what_the_hallway_needs():
    assert set(verify.__all__) <= set(dir(verify))
