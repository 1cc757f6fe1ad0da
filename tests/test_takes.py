"""Which part of a recording is which sentence, told by names, quiet and length alone."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from itertools import pairwise, repeat
from pathlib import Path

import numpy as np
import pytest
from conftest import SIZES, burst, cut, rms_db
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from generator import takes
from generator.audio import RATE_HZ, amplitude, to_frames, to_seconds
from generator.errors import UsageError
from generator.model import Match, Stretch, Take

FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much])

# --- names ------------------------------------------------------------------------------------


def test_a_recording_is_called_by_its_sentences() -> None:
    files = ["1.wav", "007.MP3", "3-40.m4a", "notes.txt", ".12.wav", "0.wav", "9-3.wav", "12 b.wav"]
    found, strays = takes.named([*files, "sentences.txt"], {"sentences.txt"})
    assert [(each.file, each.first, each.last, each.alone) for each in found] == [
        ("3-40.m4a", 3, 40, False),
        ("1.wav", 1, 1, True),
        ("007.MP3", 7, 7, True),
    ]
    assert set(strays) == {"notes.txt", "0.wav", "9-3.wav", "12 b.wav"}


def test_two_recordings_of_one_sentence_are_refused() -> None:
    with pytest.raises(UsageError, match=r"12\.wav: is of the same sentences as 012\.mp3"):
        takes.named(["12.wav", "012.mp3"], ())


# --- where somebody speaks --------------------------------------------------------------------


def room(rng: np.random.Generator, length_s: float, level_dbfs: float) -> np.ndarray:
    noise = rng.standard_normal((to_frames(length_s), 1)) * amplitude(level_dbfs)
    return noise.astype(np.float32)


def spoken(length_s: float, level_dbfs: float = -24.0) -> np.ndarray:
    """Something like speech without a quarter of a second of quiet in it."""
    return burst(1, level_dbfs, length_s)


def take_of(
    lengths_s: list[float], gap_s: float, rng: np.random.Generator, noise_dbfs: float = -70.0
) -> tuple[np.ndarray, list[Stretch]]:
    """A recording of such pieces, each between quiet, and where they truly are."""
    sound = room(rng, sum(lengths_s) + gap_s * (len(lengths_s) + 1), noise_dbfs)
    at, truth = to_frames(gap_s), []
    for length_s in lengths_s:
        piece = spoken(length_s)
        sound[at : at + len(piece)] += piece
        truth.append(Stretch(at, at + len(piece)))
        at += len(piece) + to_frames(gap_s)
    return sound[:at], truth


def heard(sound: np.ndarray, folder: Path) -> Take:
    return takes.hear([sound], folder / "scratch", "it.wav")


@pytest.mark.parametrize("noise_dbfs", [-90.0, -60.0, -45.0])
def test_speech_is_found_to_a_syllable_in_a_quiet_and_in_a_noisy_room(
    tmp_path: Path, rng: np.random.Generator, noise_dbfs: float
) -> None:
    sound, truth = take_of([1.0, 2.5, 0.6, 1.7], 1.0, rng, noise_dbfs)
    found = heard(sound, tmp_path).stretches
    assert len(found) == len(truth)
    for one, other in zip(found, truth, strict=True):
        assert abs(one.start_frame - other.start_frame) < to_frames(0.1)
        assert abs(one.end_frame - other.end_frame) < to_frames(0.1)


def test_rumble_and_an_offset_are_not_taken_for_speech(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    sound, truth = take_of([1.0, 2.0], 1.0, rng)
    seconds = np.arange(len(sound))[:, None] / RATE_HZ
    sound += (0.1 + 0.05 * np.sin(2 * np.pi * 30 * seconds)).astype(np.float32)
    assert len(heard(sound, tmp_path).stretches) == len(truth)


@FEW
@given(sizes=SIZES)
def test_what_is_found_does_not_hang_on_how_a_recording_was_cut(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("takes")
    sound, _truth = take_of([0.3, 0.4], 0.3, np.random.default_rng(1))
    whole = takes.hear([sound], folder / "whole", "it.wav")
    apart = takes.hear(cut(sound, sizes), folder / "apart", "it.wav")
    assert replace(apart, path=whole.path) == whole
    assert apart.path.read_bytes() == whole.path.read_bytes()


@pytest.mark.parametrize("level_dbfs", [-200.0, -80.0])
def test_where_nobody_speaks_the_recording_is_named(
    tmp_path: Path, rng: np.random.Generator, level_dbfs: float
) -> None:
    with pytest.raises(UsageError, match=r"^it\.wav: has nobody speaking"):
        heard(room(rng, 2.0, level_dbfs), tmp_path)
    with pytest.raises(UsageError, match="nobody speaking"):
        takes.hear([], tmp_path / "none", "it.wav")


def test_a_cut_keeps_what_is_soft_around_a_sentence_and_nothing_of_the_next(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    sound, _truth = take_of([1.0, 1.0], 0.3, rng)
    take = heard(sound, tmp_path)
    first, second = take.stretches
    for stretch in (first, second):
        part = takes.cut(take, stretch)
        spare = len(part) - (stretch.end_frame - stretch.start_frame)
        assert 0 < spare <= to_frames(0.24)
    assert len(takes.cut(take, replace(first, end_frame=second.start_frame - 10))) < to_frames(1.5)


def test_a_recording_of_hours_is_refused_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["generator.takes.hear"], "MOST_S", 3.0)
    endless = repeat(np.zeros((RATE_HZ, 1), np.float32))
    with pytest.raises(UsageError, match=r"lasts over 0\.05 minutes"):
        takes.hear(endless, tmp_path / "scratch", "it.wav")
    assert (tmp_path / "scratch").stat().st_size <= 4 * 4 * RATE_HZ


# --- how loud ---------------------------------------------------------------------------------


def test_recordings_come_together_and_a_soft_line_stays_soft() -> None:
    sounds = [burst(1, level, 2.0) for level in (-40.0, -20.0, -20.0, -22.0)]
    lufs = [takes.loudness_lufs([each]) for each in sounds]
    gains = takes.gains_db(lufs, [True] * 4)
    after = [one + other for one, other in zip(lufs, gains, strict=True)]
    assert after[1] - after[0] == pytest.approx(4.0)  # 1 LU over the usual, and 3 under it
    assert max(after) - min(after) <= 6.0
    assert after[1] - after[3] == pytest.approx(2.0, abs=0.01)
    assert rms_db(sounds[1] * np.float32(amplitude(gains[1]))) < -20.0


def test_a_take_of_many_is_brought_to_the_target_as_a_whole() -> None:
    assert takes.gains_db([-40.0, -12.0], [False, False]) == (14.0, -14.0)


# --- which is which ---------------------------------------------------------------------------


@dataclass
class Read:
    """How somebody read some sentences: where each is, what was said besides."""

    stretches: list[Stretch]
    truth: list[Stretch | None]
    characters: list[int]


@st.composite
def readings(draw: st.DrawFn, *, missing: int = 0, noises: int = 0) -> Read:
    """A reader of some pace who rests inside sentences and waits between them."""
    counts = st.lists(st.integers(20, 140), min_size=6, max_size=16)
    if missing:
        counts = st.lists(st.integers(20, 45), min_size=3, max_size=8).flatmap(
            lambda short: st.lists(
                st.integers(90, 140), min_size=len(short), max_size=len(short)
            ).map(lambda long: [each for pair in zip(short, long, strict=True) for each in pair])
        )
    characters = draw(counts)
    per_s = draw(st.floats(9.0, 18.0))
    left_out = set(
        draw(st.lists(st.sampled_from(range(len(characters))), max_size=missing, unique=True))
    )
    coughs = draw(st.lists(st.sampled_from(range(len(characters))), max_size=noises, unique=True))
    stretches, truth, at_s = [], [], draw(st.floats(0.1, 3.0))
    for index, count in enumerate(characters):
        if index in coughs:
            stretches.append((at_s, at_s + 0.2))
            at_s += 1.5
        if index in left_out:
            truth.append(None)
            continue
        length_s = count / per_s * draw(st.floats(0.9, 1.1))
        rests = draw(st.integers(0, max(0, int(length_s / 1.5) - 1)))
        part_s = (length_s - 0.35 * rests) / (rests + 1)
        begins_s = at_s
        for rest in range(rests + 1):
            stretches.append((at_s, at_s + part_s))
            at_s += part_s + (0.35 if rest < rests else 0.0)
        truth.append((begins_s, at_s))
        at_s += draw(st.floats(1.2, 3.0))
    return Read(
        [frames(each) for each in stretches], [each and frames(each) for each in truth], characters
    )


def frames(span_s: tuple[float, float]) -> Stretch:
    return Stretch(to_frames(span_s[0]), to_frames(span_s[1]))


def found(read: Read) -> list[Stretch | None]:
    matches = takes.matched(read.stretches, read.characters)
    return [each and each.stretch for each in matches]


@FEW
@given(readings())
def test_every_sentence_of_a_take_is_found_where_it_is(read: Read) -> None:
    assert found(read) == read.truth


@FEW
@given(readings(noises=3))
def test_a_cough_is_nobody_s(read: Read) -> None:
    assert found(read) == read.truth


@FEW
@given(readings(missing=1))
def test_what_is_taken_for_a_missing_sentence_does_not_look_sure(read: Read) -> None:
    for match, truth in zip(
        takes.matched(read.stretches, read.characters), read.truth, strict=True
    ):
        assert match is None or match.stretch == truth or match.confidence < 0.95


def test_which_of_six_alike_is_missing_nobody_knows_and_it_says_so() -> None:
    spans = [frames((at_s, at_s + 4.0)) for at_s in (1.0, 7.0, 13.0, 19.0, 25.0)]
    matches = takes.matched(spans, [52] * 6)
    assert sum(each is None for each in matches) == 1
    assert max(each.confidence for each in matches if each) < 0.95


def test_a_sentence_that_is_missing_among_others_of_other_lengths_is_named() -> None:
    characters = [30, 90, 45, 120, 60, 35, 100]
    spans, at_s = [], 1.0
    for index, count in enumerate(characters):
        if index != 3:
            spans.append(frames((at_s, at_s + count / 13.0)))
            at_s += count / 13.0 + 2.0
    matches = takes.matched(spans, characters)
    assert [each is None for each in matches] == [index == 3 for index in range(7)]
    assert all(each.confidence > 0.95 for each in matches if each)


def test_a_rest_inside_the_next_sentence_does_not_hide_that_one_is_missing() -> None:
    """The ninth of thirteen was left out; the eleventh, as read, is long and has three rests."""
    characters = [19, 28, 25, 53, 46, 23, 64, 18, 51, 32, 58, 39, 31]
    read = [(3.0, 4.5), (6.9, 8.5), (10.9, 12.7), (18.0, 21.7), (23.4, 26.3), (28.0, 29.7)]
    read += [(36.6, 39.0), (39.3, 40.6), (42.4, 43.6), (45.5, 46.8), (47.1, 48.2)]
    eleventh = [(50.3, 51.7), (52.05, 53.0), (53.3, 54.8), (55.1, 55.4)]
    spans = [*map(frames, (*read, *eleventh, (60.8, 62.9), (64.9, 66.7)))]
    matches = takes.matched(spans, characters)
    assert [each.stretch for each in matches[10:] if each] == [
        frames((50.3, 55.4)),
        *map(frames, ((60.8, 62.9), (64.9, 66.7))),
    ]
    assert all(each is None or each.confidence < 0.9 for each in matches[8:10])


def test_a_sentence_that_was_read_twice_is_taken_once_and_said_to_have_words_beside_it() -> None:
    characters = [40, 90, 60, 110, 50]
    read = [40, 90, 60, 60, 110, 50]
    spans, at_s = [], 1.0
    for count in read:
        spans.append(frames((at_s, at_s + count / 13.0)))
        at_s += count / 13.0 + 2.0
    matches = takes.matched(spans, characters)
    assert [each.spare_s > 4.0 for each in matches if each].count(True) == 2
    assert {each.stretch for each in matches if each} < set(spans)
    assert matches[2]
    assert matches[2].confidence < 0.9


def test_nothing_is_found_in_nothing() -> None:
    assert takes.matched([], [10, 20]) == (None, None)
    assert takes.matched([Stretch(0, 48_000)], []) == ()


@FEW
@given(st.lists(st.tuples(st.floats(0.06, 9.0), st.floats(0.25, 5.0)), max_size=40), st.data())
def test_matches_are_in_order_and_never_share_a_moment(
    spans: list[tuple[float, float]], data: st.DataObject
) -> None:
    stretches, at_s = [], 0.0
    for length_s, gap_s in spans:
        stretches.append(frames((at_s, at_s + length_s)))
        at_s += length_s + gap_s
    characters = data.draw(st.lists(st.integers(1, 600), max_size=20))
    matches = takes.matched(stretches, characters)
    assert len(matches) == len(characters)
    there = [each for each in matches if each]
    starts = {each.start_frame for each in stretches}
    ends = {each.end_frame for each in stretches}
    for match in there:
        assert match.stretch.start_frame in starts
        assert match.stretch.end_frame in ends
        assert 0.0 <= match.confidence <= 1.0
    for one, other in pairwise(there):
        assert one.stretch.end_frame <= other.stretch.start_frame


def test_a_long_take_is_matched_in_seconds() -> None:
    rng = np.random.default_rng(1)
    characters = rng.integers(20, 140, 300).tolist()
    spans, at_s = [], 1.0
    for count in characters:
        for half in (0.48, 0.48):
            spans.append(frames((at_s, at_s + count / 13.0 * half)))
            at_s += count / 13.0 * half + 0.3
        at_s += 1.7
    matches = takes.matched(spans, characters)
    assert [each.stretch.start_frame for each in matches if each] == [
        each.start_frame for each in spans[::2]
    ]


# --- what looks wrong -------------------------------------------------------------------------


def test_the_rate_of_a_speaker_is_the_middle_of_what_was_read() -> None:
    read = [(130, 10.0), (65, 5.0), (100, 25.0), (26, 2.0)]
    assert takes.rate(read) == pytest.approx(13.0)


@given(st.floats(0.5, 20.0))
def test_a_reading_as_long_as_its_words_does_not_look_wrong(expected_s: float) -> None:
    assume(expected_s > 0)
    sure = Match(Stretch(0, 1), 1.0, 0.3)
    assert takes.doubt(expected_s, expected_s, sure) == ""
    assert takes.doubt(expected_s * 1.5 + 0.6, expected_s, sure) == "longer than its words"
    assert takes.doubt(expected_s / 2.2 - 0.3, expected_s, sure) == "shorter than its words"
    unsure, beside = replace(sure, confidence=0.2), replace(sure, spare_s=0.7)
    assert takes.doubt(expected_s, expected_s, unsure) == "may be another sentence"
    assert takes.doubt(expected_s, expected_s, beside) == "words beside it are no sentence's"


def test_seconds_are_frames() -> None:
    assert to_seconds(takes.hear([spoken(1.0)], Path("/dev/null"), "x").frames) == 1.0
