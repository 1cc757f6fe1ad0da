"""The sum of voice, bed and bells, against sums made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from conftest import apart, burst, joined
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import mix
from generator.audio import GRID_FRAMES, RATE_HZ, amplitude, to_frames
from generator.bed.recipes import RECIPES
from generator.mix import END_S, Tracks, blocks, curves, levels
from generator.mix.curves import BED_CROSSFADE_S, FADE_IN_S, FADE_OUT_S
from generator.model import PROFILES, BedSpan, Clip, Duck, Phrase, Spoken, Strike, Timeline

DUCK = Duck(depth_db=6.0, ahead_s=0.6, back_s=1.5, rise_db=1.5, slow_s=6.0, long_s=20.0)
DUCK_DB = DUCK.depth_db
BED_DB = -20.0
SPEECH_DB = -3.0


@dataclass(frozen=True)
class FlatBed:
    """The same value at every frame, so that every gain can be read off."""

    sides: tuple[float, float] = (1.0, 1.0)
    lufs: float = -30.0
    duck: Duck = DUCK

    def block(self, start_frame: int, frames: int) -> np.ndarray:
        assert start_frame >= 0
        return np.full((frames, 2), self.sides, np.float32)


@dataclass(frozen=True)
class RampBed(FlatBed):
    """A value that tells the frame it belongs to."""

    def block(self, start_frame: int, frames: int) -> np.ndarray:
        at = np.arange(start_frame, start_frame + frames)
        return np.repeat(0.3 * np.sin(at * 0.013)[:, None], 2, axis=1).astype(np.float32)


NOTHING = FlatBed((0.0, 0.0))
"""So that what is under test is heard alone."""


@dataclass
class Reader:
    """Gives the sound of clips, and remembers which were asked for."""

    sounds: dict[Path, np.ndarray]
    asked: list[Path] = field(default_factory=list)

    def __call__(self, clip: Clip) -> np.ndarray:
        self.asked.append(clip.path)
        return self.sounds[clip.path]


def tracks_of(
    sounds: dict[Phrase, np.ndarray] | None = None,
    beds: dict[str, FlatBed] | None = None,
    bells: dict[str, np.ndarray] | None = None,
    bell_db: float = 0.0,
    room: FlatBed = NOTHING,
) -> Tracks:
    sounds, beds, bells = sounds or {}, {"flat": FlatBed()} if beds is None else beds, bells or {}
    paths = {phrase: Path(str(index)) for index, phrase in enumerate(sounds)}
    return Tracks(
        clips={phrase: Clip(paths[phrase], len(sound), ()) for phrase, sound in sounds.items()},
        read=Reader({paths[phrase]: sound for phrase, sound in sounds.items()}),
        beds=beds,
        room=room,
        bells=bells,
        speech_db=SPEECH_DB,
        bed_db=dict.fromkeys(beds, BED_DB),
        bell_db=dict.fromkeys(bells, bell_db),
    )


def timeline_of(
    length_s: float,
    spoken: tuple[Spoken, ...] = (),
    strikes: tuple[Strike, ...] = (),
    beds: tuple[BedSpan, ...] = (BedSpan("flat", 0),),
) -> Timeline:
    return Timeline(to_frames(length_s), spoken, (), strikes, (), beds)


def mixed(timeline: Timeline, tracks: Tracks, block_frames: int = mix.BLOCK_FRAMES) -> np.ndarray:
    return joined(mix.summed(blocks(timeline, tracks, block_frames)))


def spoken_at(*spans_s: tuple[float, float]) -> tuple[Spoken, ...]:
    """Phrases from one second to another."""
    return tuple(
        Spoken(Phrase(f"phrase {n}"), to_frames(start), to_frames(stop) - to_frames(start))
        for n, (start, stop) in enumerate(spans_s)
    )


def sounds_for(spoken: tuple[Spoken, ...], value: float = 0.0) -> dict[Phrase, np.ndarray]:
    return {each.phrase: np.full((each.frames, 1), value, np.float32) for each in spoken}


def gain_db(sound: np.ndarray, at_s: float) -> float:
    return float(20.0 * np.log10(sound[to_frames(at_s), 0]))


# --- the sum ----------------------------------------------------------------------------------


def test_the_mix_is_the_sum_of_all_three_at_their_levels():
    spoken = spoken_at((10, 12))
    ring = np.full((to_frames(2), 2), (0.5, 0.25), np.float32)
    strikes = (Strike("bowl", to_frames(11)),)
    tracks = tracks_of(sounds_for(spoken, 0.1), bells={"bowl": ring}, bell_db=-6.0)
    sound = mixed(timeline_of(30, spoken, strikes), tracks)
    bed, ducked = amplitude(BED_DB), amplitude(BED_DB - DUCK_DB)
    voice = 0.1 * amplitude(SPEECH_DB)
    bell = np.array([0.5, 0.25]) * amplitude(-6.0)
    expected = {
        5.0: [bed, bed],
        10.5: [ducked + voice] * 2,
        11.5: np.array([ducked + voice] * 2) + bell,
        20.0: [bed, bed],
    }
    for at_s, value in expected.items():
        assert sound[to_frames(at_s)] == pytest.approx(value, abs=1e-6), at_s


@pytest.mark.parametrize("block_frames", [RATE_HZ, 10 * RATE_HZ, GRID_FRAMES, 12_347, 10**9])
def test_blocks_of_any_size_give_the_same_sound(block_frames):
    spoken = spoken_at((1.2, 2.9), (4.0, 4.4), (9.5, 12.25))
    sounds = {each.phrase: burst(n, -20, each.frames / RATE_HZ) for n, each in enumerate(spoken)}
    tracks = tracks_of(
        sounds,
        {"ramp": RampBed(), "other": FlatBed((0.2, -0.1))},
        {"bowl": burst(9, -12, 6.0, channels=2)},
    )
    beds = (BedSpan("ramp", 0), BedSpan("other", to_frames(7)))
    strikes = (Strike("bowl", to_frames(3.3)), Strike("bowl", to_frames(18.1)))
    timeline = timeline_of(21.37, spoken, strikes, beds)
    usual = mixed(timeline, tracks)
    assert usual.shape == (timeline.frames, 2)
    assert usual.dtype == np.float32
    assert np.array_equal(mixed(timeline, tracks, block_frames), usual)


@settings(max_examples=12)
@given(
    block_frames=st.integers(30_000, 400_000),
    spans=st.lists(st.tuples(st.floats(0.2, 23.0), st.floats(0.3, 3.0)), min_size=1, max_size=2),
    change_s=st.floats(0.5, 20.0),
)
def test_any_cut_gives_the_same_mix_to_the_bit(block_frames, spans, change_s):
    marks = list(accumulate(each for span in spans for each in span))
    spoken = spoken_at(*zip(marks[::2], marks[1::2], strict=True))
    sounds = {each.phrase: burst(n, -20, each.frames / RATE_HZ) for n, each in enumerate(spoken)}
    deep = Duck(depth_db=9.0, ahead_s=0.4, back_s=2.5, rise_db=0.5)
    tracks = tracks_of(sounds, {"ramp": RampBed(), "deep": RampBed(duck=deep)}, room=RampBed())
    beds = (BedSpan("ramp", 0), BedSpan("deep", to_frames(change_s)))
    timeline = timeline_of(max(marks[-1], change_s) + 12.0, spoken, beds=beds)
    assert np.array_equal(mixed(timeline, tracks, block_frames), mixed(timeline, tracks))


def test_trims_of_single_clips_are_applied():
    spoken = spoken_at((4, 5), (7, 8))
    tracks = tracks_of(sounds_for(spoken, 0.1), {"none": NOTHING})
    first, second = (each.phrase for each in spoken)
    clips = {first: replace(tracks.clips[first], trim_db=-2.0), second: tracks.clips[second]}
    timeline = timeline_of(15, spoken, beds=(BedSpan("none", 0),))
    sound = mixed(timeline, replace(tracks, clips=clips))
    assert gain_db(sound, 4.5) == pytest.approx(-20.0 + SPEECH_DB - 2.0, abs=1e-4)
    assert gain_db(sound, 7.5) == pytest.approx(-20.0 + SPEECH_DB, abs=1e-4)


def test_levels_hang_on_the_speech():
    beds = {"pad": FlatBed(lufs=-27.0), "sea": FlatBed(lufs=-21.5)}
    speech_db, bed_db, bell_db = levels(PROFILES["sleep"], -23.5, beds, {"bowl": -10.0})
    assert speech_db == pytest.approx(-20.0 + 23.5)
    assert bed_db == pytest.approx({"pad": -20.0 - 22.0 + 27.0, "sea": -20.0 - 22.0 + 21.5})
    assert bell_db == pytest.approx({"bowl": -20.0 - 9.0 + 10.0})


# --- voice and bells --------------------------------------------------------------------------


@pytest.mark.parametrize("block_frames", [RATE_HZ, 10**9])
@pytest.mark.parametrize("start", [48_000, 47_999, 95_999, 144_001])
def test_a_clip_sounds_from_its_first_frame_to_its_last(start, block_frames):
    spoken = (Spoken(Phrase("here"), start, 60_001),)
    tracks = tracks_of(sounds_for(spoken, 0.5), {"none": NOTHING})
    sound = mixed(timeline_of(12, spoken, beds=(BedSpan("none", 0),)), tracks, block_frames)
    assert np.flatnonzero(sound[:, 0]).tolist() == list(range(start, start + 60_001))
    assert np.array_equal(sound[:, 0], sound[:, 1])


def test_a_phrase_said_twice_sounds_twice_and_each_clip_is_read_when_its_turn_comes():
    once, again = Phrase("breathe in"), Phrase("breathe out")
    spoken = tuple(
        Spoken(each, to_frames(at), 900) for at, each in ((1, once), (5, again), (9, once))
    )
    tracks = tracks_of({once: np.ones((900, 1), np.float32), again: np.ones((900, 1), np.float32)})
    heard = mix.summed(blocks(timeline_of(15, spoken), tracks, to_frames(4)))
    next(heard)
    assert len(tracks.read.asked) == 1
    rest = joined(heard)
    assert len(tracks.read.asked) == 3
    assert rest[to_frames(5 - 4) + 450, 0] == pytest.approx(rest[to_frames(9 - 4) + 450, 0])


@pytest.mark.parametrize("block_frames", [RATE_HZ, 10**9])
def test_a_bell_is_struck_on_its_frame_and_cut_where_the_track_ends(block_frames):
    ring = np.ones((to_frames(10), 2), np.float32)
    start = to_frames(4) + 123
    tracks = tracks_of(beds={"none": NOTHING}, bells={"bowl": ring})
    strikes = (Strike("bowl", start),)
    timeline = timeline_of(9, strikes=strikes, beds=(BedSpan("none", 0),))
    sound = mixed(timeline, tracks, block_frames)[:, 0]
    assert len(sound) == timeline.frames
    assert not sound[:start].any()
    assert sound[start] == 1.0
    assert (sound[start : timeline.frames - to_frames(END_S)] == 1.0).all()


def test_what_still_rings_at_the_end_goes_down_instead_of_being_cut():
    ring = np.ones((to_frames(10), 2), np.float32)
    tracks = tracks_of(beds={"none": NOTHING}, bells={"bowl": ring})
    strikes = (Strike("bowl", to_frames(3)),)
    sound = mixed(timeline_of(9, strikes=strikes, beds=(BedSpan("none", 0),)), tracks)[:, 0]
    end = sound[-to_frames(END_S) :]
    assert (np.diff(end) <= 0.0).all()
    assert np.abs(np.diff(end)).max() < 1e-4
    assert end[-1] < 1e-4


# --- the duck ---------------------------------------------------------------------------------


def test_the_bed_is_down_when_a_phrase_starts_and_back_soon_after_it():
    spoken = spoken_at((8, 10))
    sound = mixed(timeline_of(25, spoken), tracks_of(sounds_for(spoken)))
    for at_s, duck_db in {7.39: 0, 7.7: 3, 8.0: 6, 9.0: 6, 9.999: 6, 10.75: 3, 11.51: 0}.items():
        assert gain_db(sound, at_s) == pytest.approx(BED_DB - duck_db, abs=1e-3), at_s


@pytest.mark.parametrize(("pause_s", "comes_back"), [(0.3, False), (2.05, False), (2.2, True)])
def test_the_bed_comes_back_only_in_pauses_long_enough_to_go_there_and_back(pause_s, comes_back):
    spoken = spoken_at((8, 10), (10 + pause_s, 12 + pause_s))
    sound = mixed(timeline_of(25, spoken), tracks_of(sounds_for(spoken)))
    pause = sound[to_frames(10) : to_frames(10 + pause_s), 0]
    loudest_db = 20.0 * np.log10(pause.max())
    assert loudest_db == pytest.approx(BED_DB if comes_back else BED_DB - DUCK_DB, abs=1e-3)


DUCKS = {each.duck for each in RECIPES.values()} | {DUCK, Duck()}


@given(
    spans=st.lists(
        st.tuples(st.integers(0, 30 * RATE_HZ), st.integers(0, 3 * RATE_HZ)),
        min_size=1,
        max_size=12,
    )
)
def test_the_points_of_the_duck_never_go_back_in_time(spans):
    """Trap: np.interp on points out of order gives rubbish and says nothing."""
    marks = list(accumulate(each for span in spans for each in span))
    spoken = tuple(
        Spoken(Phrase(str(start)), start, stop - start)
        for start, stop in zip(marks[::2], marks[1::2], strict=True)
    )
    for duck in DUCKS:
        ducked, risen = curves.ducked(spoken, duck), curves.risen(spoken, duck)
        for curve in (ducked, risen):
            assert all(one <= next_one for one, next_one in pairwise(curve.frames))
        for each in spoken:
            if each.frames:
                assert ducked.at(each.start_frame, each.frames).min() == 1.0
                assert risen.at(each.start_frame, each.frames).max() == 0.0


def test_most_of_a_track_is_not_ducked():
    """Trap (video-recap-skills 8): a constant duck left half of the timeline dead."""
    spoken = spoken_at(*((at, at + 2.5) for at in range(5, 115, 10)))
    sound = mixed(timeline_of(130, spoken), tracks_of(sounds_for(spoken)))[:, 0]
    held = sound[to_frames(FADE_IN_S) : -to_frames(FADE_OUT_S)]
    whole = held > 0.99 * amplitude(BED_DB)
    assert np.mean(whole) > 0.5
    for before, after in pairwise(spoken):
        assert sound[(before.end_frame + after.start_frame) // 2] == pytest.approx(
            amplitude(BED_DB), rel=1e-4
        )


@pytest.mark.parametrize("depth_db", [4.0, 6.0, 7.0])
def test_a_decibel_is_twenty_times_the_logarithm_of_an_amplitude(depth_db):
    """Trap (meditation-audio-generator): with ten times, a bed goes down by half of what was asked.

    An independent meter reads the bed in a pause and under a phrase.
    """
    tone = RampBed(duck=replace(DUCK, depth_db=depth_db))
    spoken = spoken_at((10, 16))
    sound = mixed(timeline_of(30, spoken), tracks_of(sounds_for(spoken), {"flat": tone}))
    meter = pyloudnorm.Meter(RATE_HZ)
    pause, phrase = (
        meter.integrated_loudness(sound[to_frames(at_s) : to_frames(at_s + 4)].astype(float))
        for at_s in (4, 11)
    )
    assert pause - phrase == pytest.approx(depth_db, abs=0.05)


@pytest.mark.parametrize(("pause_s", "rise_db"), [(19.5, 0.0), (21.0, 1.5), (60.0, 1.5)])
def test_the_bed_rises_a_little_in_a_very_long_pause(pause_s, rise_db):
    spoken = spoken_at((8, 10), (10 + pause_s, 12 + pause_s))
    sound = mixed(timeline_of(30 + pause_s, spoken), tracks_of(sounds_for(spoken)))
    assert gain_db(sound, 10 + pause_s / 2) == pytest.approx(BED_DB + rise_db, abs=1e-3)
    assert gain_db(sound, 10 + pause_s - 0.6) == pytest.approx(BED_DB, abs=1e-3)
    assert gain_db(sound, 8.0) == pytest.approx(BED_DB - DUCK_DB, abs=1e-3)
    inside = sound[to_frames(11.6) : to_frames(10 + pause_s - 0.7), 0]
    steps_db = np.abs(np.diff(20 * np.log10(inside[:: RATE_HZ // 10])))
    assert steps_db.max(initial=0.0) < 0.1  # 1 dB in a second at the most


def test_two_beds_that_cross_over_each_make_way_as_they_do():
    quick = replace(DUCK, depth_db=12.0)
    beds = {"left": FlatBed((1.0, 0.0)), "right": FlatBed((0.0, 1.0), duck=quick)}
    spans = (BedSpan("left", 0), BedSpan("right", to_frames(20)))
    spoken = spoken_at((23.5, 25))
    sound = mixed(timeline_of(60, spoken, beds=spans), tracks_of(sounds_for(spoken), beds))
    half = amplitude(BED_DB) * 0.5**0.5
    expected = [half * amplitude(-DUCK_DB), half * amplitude(-12.0)]
    assert sound[to_frames(24)] == pytest.approx(expected, rel=1e-4)


@given(
    changes=st.lists(st.integers(0, 20 * RATE_HZ), max_size=4),
    length=st.integers(RATE_HZ, 60 * RATE_HZ),
)
def test_the_points_of_every_bed_never_go_back_in_time(changes, length):
    """Trap: np.interp on points out of order gives rubbish and says nothing."""
    beds = tuple(BedSpan("flat", at) for at in [0, *accumulate(changes)])
    timeline = Timeline(length, (), (), (), (), beds)
    for index in range(len(beds)):
        points = curves.present(timeline, index).frames
        assert all(one <= next_one for one, next_one in pairwise(points))


# --- the bed ----------------------------------------------------------------------------------


def test_the_bed_fades_in_and_out_and_is_silent_at_both_ends():
    sound = mixed(timeline_of(20), tracks_of())[:, 0]
    assert sound[0] == 0.0
    assert sound[-1] < 1e-6
    held = sound[to_frames(FADE_IN_S) : -to_frames(FADE_OUT_S)]
    assert apart(held, amplitude(BED_DB)) < 1e-7
    assert (np.diff(sound[: to_frames(FADE_IN_S)]) >= 0.0).all()
    assert (np.diff(sound[-to_frames(FADE_OUT_S) :]) <= 0.0).all()


@settings(max_examples=20)
@given(
    gaps_s=st.lists(st.floats(0.6, 15.0), max_size=3),
    spans=st.lists(st.tuples(st.floats(0.2, 5.0), st.floats(0.3, 3.0)), min_size=1, max_size=5),
)
def test_the_bed_never_vanishes_between_its_fades(gaps_s, spans):
    beds = tuple(BedSpan("flat", to_frames(at)) for at in [0.0, *accumulate(gaps_s)])
    marks = list(accumulate(each for span in spans for each in span))
    spoken = spoken_at(*zip(marks[::2], marks[1::2], strict=True))
    timeline = timeline_of(max(marks[-1], beds[-1].start_frame / RATE_HZ) + 16.0, spoken, beds=beds)
    sound = mixed(timeline, tracks_of(sounds_for(spoken)))[:, 0]
    held = sound[to_frames(FADE_IN_S) : -to_frames(FADE_OUT_S)]
    assert held.min() >= 0.999 * amplitude(BED_DB - DUCK_DB)


def test_one_bed_gives_way_to_the_next_at_equal_power():
    change = to_frames(20)
    beds = {"left": FlatBed((1.0, 0.0)), "right": FlatBed((0.0, 1.0))}
    spans = (BedSpan("left", 0), BedSpan("right", change))
    sound = mixed(timeline_of(60, beds=spans), tracks_of(beds=beds)) / amplitude(BED_DB)
    assert sound[change - 1] == pytest.approx([1.0, 0.0], abs=1e-6)
    assert sound[change + to_frames(BED_CROSSFADE_S / 2)] == pytest.approx([0.5**0.5] * 2, abs=1e-4)
    assert sound[change + to_frames(BED_CROSSFADE_S)] == pytest.approx([0.0, 1.0], abs=1e-6)
    held = sound[to_frames(FADE_IN_S) : -to_frames(FADE_OUT_S)]
    assert apart(np.square(held).sum(axis=1), 1.0) < 1e-4


@pytest.mark.parametrize("before_end_s", [13.0, 6.0, 1.0])
def test_a_bed_that_comes_late_still_ends_in_silence(before_end_s):
    spans = (BedSpan("flat", 0), BedSpan("flat", to_frames(40 - before_end_s)))
    sound = mixed(timeline_of(40, beds=spans), tracks_of())[:, 0]
    assert np.abs(np.diff(sound)).max() < 1e-4
    assert sound[-1] < 1e-4


def test_a_quiet_room_lies_under_everything_from_the_first_frame_to_the_last():
    room = FlatBed((0.001, 0.002))
    spoken = spoken_at((8, 10))
    ring = np.full((to_frames(30), 2), 0.1, np.float32)
    strikes = (Strike("bowl", to_frames(12)),)
    timeline = timeline_of(25, spoken, strikes, (BedSpan("flat", 0), BedSpan("none", to_frames(4))))
    given = tracks_of(sounds_for(spoken, 0.1), bells={"bowl": ring})
    without, within = mixed(timeline, given), mixed(timeline, replace(given, room=room))
    assert apart(within, without + np.float32([0.001, 0.002])) < 1e-7
    assert within[0] == pytest.approx([0.001, 0.002])
    assert within[-1] == pytest.approx([0.001, 0.002], abs=1e-5)


def test_where_there_is_no_bed_the_room_is_alone_and_is_not_there_twice():
    room = FlatBed((0.001, 0.001))
    sound = mixed(timeline_of(20, beds=(BedSpan("none", 0),)), tracks_of(beds={}, room=room))
    assert (sound == np.float32(0.001)).all()


def test_the_bed_of_every_block_is_the_bed_of_its_frames():
    tracks = tracks_of(beds={"ramp": RampBed()})
    sound = mixed(timeline_of(20, beds=(BedSpan("ramp", 0),)), tracks, 33_333)
    at = np.arange(to_frames(5), to_frames(10))
    expected = 0.3 * np.sin(at * 0.013) * amplitude(BED_DB)
    assert apart(sound[at, 0], expected) < 1e-6


# --- the ground -------------------------------------------------------------------------------


@pytest.mark.parametrize("block_frames", [9_000, 100_000])
def test_the_ground_is_all_that_sounds_without_the_voice(block_frames):
    phrase = Phrase("Rest.")
    spoken = (Spoken(phrase, 2 * RATE_HZ, RATE_HZ),)
    timeline = Timeline(
        10 * RATE_HZ, spoken, (), (Strike("bowl", RATE_HZ),), (), (BedSpan("flat", 0),)
    )
    voice = burst(1, -20.0, 1.0)
    tracks = tracks_of({phrase: voice}, beds={"flat": FlatBed()}, bells={"bowl": np.ones((99, 2))})
    mixed = list(mix.blocks(timeline, tracks, block_frames))
    sound, ground = joined(mix.summed(mixed)), joined(each.ground() for each in mixed)
    inside = slice(spoken[0].start_frame, spoken[0].end_frame)
    added = sound - ground
    assert apart(added[inside], voice * np.float32(amplitude(SPEECH_DB)) * np.ones((1, 2))) < 1e-6
    added[inside] = 0.0
    assert not added.any()
