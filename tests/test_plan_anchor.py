"""Listeners of one script and length: what they share is at the same moment for all of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from generator import plan
from generator.audio import GRID_FRAMES, to_frames
from generator.model import Beat, Bell, Cue, Echo, Pause, Phrase, Timeline
from generator.plan.anchor import PERSONAL_S
from generator.plan.share import bounds
from generator.plan.steps import steps_of

LENGTH_S = 300.0


def frames_of(lengths: dict[str, float]):
    return lambda voiced: to_frames(lengths.get(voiced.text, 3.0))


def settled(cues: list[Cue], lengths: dict[str, float], length_s: float | None = LENGTH_S):
    return plan.settle(cues, frames_of(lengths), length_s, title="A", bed="none")


def script(*, bounds_s: tuple[float, float] = (3.0, 40.0)) -> list[Cue]:
    """A shared phrase, a personal one, over and over, each with a pause that can give and take."""
    cues: list[Cue] = [Bell("small")]
    for number in range(8):
        cues += [Phrase(f"shared {number}"), Pause(12.0, *bounds_s)]
        cues += [Phrase(f"own {number}", personal=True), Pause(14.0, *bounds_s)]
    return cues


def starts(timeline: Timeline, *, personal: bool | None = None) -> list[int]:
    every = timeline.spoken
    return [s.start_frame for s in every if personal is None or s.phrase.personal is personal]


LENGTHS = st.lists(st.floats(1.0, 8.0), min_size=8, max_size=8).map(
    lambda each: {f"own {number}": length for number, length in enumerate(each)}
)


@settings(max_examples=50)
@given(one=LENGTHS, other=LENGTHS)
def test_what_two_listeners_share_is_at_the_same_frame_for_both(one, other):
    ours, theirs = settled(script(), one), settled(script(), other)
    assert starts(ours) == starts(theirs)
    assert ours.frames == theirs.frames == to_frames(LENGTH_S)
    assert ours.strikes == theirs.strikes
    assert ours.sections == theirs.sections


@settings(max_examples=100)
@given(
    lengths=LENGTHS,
    least=st.floats(0.5, 12.0),
    most=st.floats(14.0, 40.0),
    asked=st.floats(0.0, 1.0),
)
def test_the_length_is_exact_and_every_pause_keeps_its_bounds(lengths, least, most, asked):
    cues = script(bounds_s=(least, most))
    steps = steps_of(cues, frames_of(lengths))
    low, high = bounds(steps)
    frames = round(low + asked * (high - low))
    timeline = settled(cues, lengths, frames / 48_000)
    assert timeline.frames == frames
    for silence, step in zip(timeline.silences, steps, strict=True):
        assert to_frames(step.gap.least_s) - GRID_FRAMES <= silence.frames
        assert silence.frames <= to_frames(step.gap.most_s) + GRID_FRAMES


def test_where_one_pause_does_not_suffice_the_next_ones_help():
    cues = script(bounds_s=(11.0, 16.0))
    usual = {f"own {number}": PERSONAL_S for number in range(8)}
    calm = settled(cues, usual, 262.0)
    long = settled(cues, {**usual, "own 2": 9.0}, 262.0)
    assert starts(long)[:6] == starts(calm)[:6]
    assert starts(long)[6] > starts(calm)[6]
    assert starts(long)[-1] == starts(calm)[-1]


def test_a_track_without_details_is_as_its_author_paced_it():
    plain = [Phrase(c.text) if isinstance(c, Phrase) else c for c in script()]
    lengths = {f"own {number}": 2.0 + number for number in range(8)}
    for silence in settled(plain, lengths, None).silences:
        assert silence.frames < to_frames(14.5)


def test_a_track_without_a_length_lasts_as_long_for_every_listener():
    cues = script()
    calm, talkative = (
        settled(cues, {f"own {number}": each for number in range(8)}, None) for each in (2.5, 4.5)
    )
    assert calm.frames == talkative.frames
    assert starts(calm)[-1] == starts(talkative)[-1]


def test_an_echo_and_a_breath_keep_their_own_time():
    own = Phrase("own 0", personal=True)
    cues: list[Cue] = [
        *(Phrase("shared"), Pause(10.0, 3.0, 60.0), Echo(own), Phrase("after")),
        *(Pause(10.0, 3.0, 60.0), Beat(own, 4.5, "in"), Beat(None, 4.0, "out"), Phrase("end")),
    ]
    timeline = settled(cues, {"own 0": 4.2}, 60.0)
    assert timeline.frames == to_frames(60.0)
    assert abs(timeline.silences[1].frames - to_frames(6.3)) <= GRID_FRAMES
    assert timeline.swells[0].frames == to_frames(4.5)
    tight: list[Cue] = [Phrase("shared"), Pause(10.0, 3.0, 60.0), Beat(own, 3.0, "in")]
    assert settled(tight, {"own 0": 2.0}, 30.0).frames == to_frames(30.0)


@settings(max_examples=50)
@given(one=st.floats(2.0, 7.0), other=st.floats(2.0, 7.0))
def test_what_is_said_right_after_a_personal_phrase_is_in_place_too(one, other):
    """The pause before it gives and takes: the one after would come too late."""
    rigid = Pause(0.8, 0.8, 0.8, "sentence")
    elastic = Pause(15.0, 3.0, 60.0)
    cues: list[Cue] = [Phrase("before"), elastic, Phrase("own 0", personal=True), rigid]
    cues += [Phrase("at once"), rigid, Phrase("and more"), elastic, Phrase("after"), elastic]
    ours, theirs = (settled(cues, {"own 0": each}, 60.0) for each in (one, other))
    assert starts(ours, personal=False) == starts(theirs, personal=False)
    assert ours.frames == theirs.frames == to_frames(60.0)
