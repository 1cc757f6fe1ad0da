"""Where every sound goes: exact to the frame, whatever is asked for."""

from __future__ import annotations

import re
from itertools import chain, pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from written import script

from generator import plan
from generator.audio import GRID_FRAMES, RATE_HZ, to_frames, to_seconds
from generator.errors import LengthError, ScriptError
from generator.model import (
    Beat,
    BedChange,
    Bell,
    Chapter,
    Cue,
    Echo,
    Insert,
    Pause,
    Phrase,
    Timeline,
)
from generator.plan import share as sharing
from generator.plan import steps
from generator.plan.steps import steps_of

SENTENCE = Pause(1.1, 1.1, 1.1, "sentence")
PARAGRAPH = Pause(2.2, 2.2, 2.2, "paragraph")
REST = Pause(50, 25, 180, "rest")


def frames_of(voiced: Phrase | Insert) -> int:
    """Phrases and recordings of these tests say how long they take."""
    return int(voiced.text)


def settled(cues: list[Cue], length_s: float | None = None) -> Timeline:
    return plan.settle(cues, frames_of, length_s, title="A Title", bed="drone")


def said(frames: int = 60_000) -> Phrase:
    return Phrase(str(frames))


def inserted(frames: int = 60_000) -> Insert:
    return Insert("welcome.wav", str(frames))


# --- any cues, any length ---------------------------------------------------------------------


def pauses() -> st.SearchStrategy[Pause]:
    def bounded(natural_s: float, low: float, high: float) -> Pause:
        return Pause(natural_s, natural_s * low, natural_s * high)

    share = st.floats(0, 1)
    return st.one_of(
        st.builds(bounded, st.floats(0, 60), share, st.floats(1, 4)),
        st.builds(lambda s: Pause(s, s / 2, 180, "rest"), st.floats(1, 180)),
        st.builds(lambda most_s: Pause(0, 0, most_s), st.floats(0, 30)),
    )


PHRASES = st.builds(said, st.integers(1, 400_000))
SOUNDS = st.one_of(
    st.tuples(PHRASES, st.sampled_from((SENTENCE, PARAGRAPH))),
    st.tuples(PHRASES, st.just(SENTENCE), pauses()),
    st.tuples(PHRASES, st.just(PARAGRAPH), pauses(), pauses()),
    st.tuples(PHRASES),
    st.tuples(st.builds(Echo, PHRASES)),
    st.tuples(st.builds(inserted, st.integers(9_600, 3_000_000)), st.just(PARAGRAPH)),
    st.tuples(st.builds(inserted, st.integers(9_600, 400_000)), st.just(PARAGRAPH), pauses()),
    st.tuples(
        st.builds(
            Beat,
            st.builds(said, st.integers(1, 90_000)) | st.none(),
            st.floats(2, 8),
            st.sampled_from(("in", "hold", "out", "rest")),
        )
    ),
    st.tuples(st.sampled_from((Bell("bowl"), Bell("small"), Bell("bowl", 3)))),
    st.tuples(st.just(Bell("bowl")), pauses()),
    st.tuples(st.builds(Chapter, st.sampled_from(("One", "Two")))),
    st.tuples(st.builds(BedChange, st.sampled_from(("brown", "none", "drone")))),
)
CUES = st.lists(SOUNDS, min_size=1, max_size=25).map(lambda groups: list(chain(*groups)))
SHARES = st.floats(0, 1)


def sounding(cues: list[Cue]) -> list[Cue]:
    return [cue for cue in cues if not isinstance(cue, Pause | Chapter | BedChange)]


def gap_bounds(cues: list[Cue]) -> list[tuple[float, float]]:
    """Least and most seconds of silence after each sound, worked out from the rules alone."""
    groups: list[tuple[Cue, list[Pause]]] = []
    for cue in cues:
        if isinstance(cue, Pause):
            if groups:
                groups[-1][1].append(cue)
        elif not isinstance(cue, Chapter | BedChange):
            groups.append((cue, []))
    return [bounds(cue, found) for cue, found in groups]


def bounds(sound: Cue, found: list[Pause]) -> tuple[float, float]:
    authors = [each for each in found if each.origin not in ("sentence", "paragraph")]
    fixed_s = 0.0
    if isinstance(sound, Echo):
        fixed_s = 1.5 * to_seconds(frames_of(sound.phrase))
    if isinstance(sound, Beat):
        fixed_s = sound.span_s - (to_seconds(frames_of(sound.phrase)) if sound.phrase else 0.0)
    if isinstance(sound, Bell) and not authors:
        return (8.0, 8.0)
    counted = authors if authors or fixed_s else found[-1:]
    natural_s = fixed_s + sum(each.natural_s for each in counted)
    if any(each.origin == "rest" for each in counted):
        natural_s = min(natural_s, 180.0)
    least_s = min(natural_s, fixed_s + sum(each.least_s for each in counted))
    most_s = max(natural_s, min(180.0, fixed_s + sum(each.most_s for each in counted)))
    one_frame_s = to_seconds(GRID_FRAMES)
    return max(least_s, one_frame_s), max(most_s, one_frame_s)


def silences(cues: list[Cue], timeline: Timeline) -> list[int]:
    """Frames from the end of each sound to the start of the next, and of the last to the end."""
    voiced, strikes, swells = (
        [*timeline.voiced],
        [*timeline.strikes],
        [*timeline.swells],
    )
    places: list[tuple[int, int]] = []
    for cue in sounding(cues):
        swell = swells.pop(0) if isinstance(cue, Beat) else None
        if isinstance(cue, Bell):
            strokes = [strikes.pop(0).start_frame for _ in range(cue.times)]
            places.append((strokes[0], strokes[-1]))
        elif swell and isinstance(cue, Beat) and cue.phrase is None:
            places.append((swell.start_frame, swell.start_frame))
        else:
            places.append((voiced[0].start_frame, voiced.pop(0).end_frame))
    assert not voiced
    assert not strikes
    starts = [start for start, _end in places[1:]] + [timeline.frames]
    return [after - end for (_start, end), after in zip(places, starts, strict=True)]


def limits(cues: list[Cue]) -> tuple[int, int]:
    """Least and greatest length, as the refusal of an impossible one tells them."""
    told = []
    for impossible_s in (0.1, 1e6):
        with pytest.raises(LengthError) as caught:
            settled(cues, impossible_s)
        told.append(re.findall(r"([\d:]+) at the (?:least|most)", str(caught.value)))
    assert told[0] == told[1]
    least, most = told[0]
    return in_seconds(least), in_seconds(most)


def in_seconds(clock: str) -> int:
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds


def some_length_s(cues: list[Cue], share: float) -> float:
    """A length to the millisecond somewhere between the least and the greatest."""
    assume(sounding(cues))
    least_s, most_s = limits(cues)
    assume(least_s <= most_s and not rigid(cues))
    return round(least_s + share * (most_s - least_s), 3)


def rigid(cues: list[Cue]) -> bool:
    every = gap_bounds(cues)[:-1]
    return sum(most - least for least, most in every) < 2


@given(CUES, SHARES)
@example([said(), Pause(0, 0, 10), said()], 1.0)
@example([said(50_001), Pause(0, 0, 0)] * 60 + [Pause(9, 1, 20)], 0.0)
@example([Bell("bowl"), said(), Bell("bowl")] * 3 + [said(), REST], 0.5)
@settings(max_examples=120)
def test_any_cues_fill_any_possible_length_exactly(cues: list[Cue], share: float) -> None:
    length_s = some_length_s(cues, share)
    timeline = settled(cues, length_s)
    assert timeline.frames == to_frames(length_s)
    sounds = (*timeline.voiced, *timeline.strikes, *timeline.swells)
    first = min(each.start_frame for each in sounds)
    ringing = sum(cue.times - 1 for cue in cues if isinstance(cue, Bell)) * to_frames(3.5)
    voiced = sum(each.frames for each in timeline.voiced)
    assert first + voiced + ringing + sum(silences(cues, timeline)) == timeline.frames
    in_silence = sum(each.frames for each in timeline.silences)
    assert in_silence == timeline.frames - voiced - ringing - first
    assert timeline.silence_share == pytest.approx(1 - voiced / timeline.frames)


@given(CUES, SHARES)
@example([said(50_001), Pause(0, 0, 0)] * 60 + [said(), Pause(9, 1, 20)], 0.0)
@settings(max_examples=120)
def test_phrases_start_on_the_grid_in_order_and_never_overlap(
    cues: list[Cue], share: float
) -> None:
    timeline = settled(cues, some_length_s(cues, share))
    said_by = [
        cue if isinstance(cue, Phrase) else cue.phrase
        for cue in sounding(cues)
        if not isinstance(cue, Bell | Insert)
    ]
    assert [each.phrase for each in timeline.spoken] == [each for each in said_by if each]
    lasting = [frames_of(cue) for cue in cues if isinstance(cue, Insert)]
    assert [each.frames for each in timeline.inserts] == lasting
    assert all(each.start_frame % GRID_FRAMES == 0 for each in timeline.voiced)
    assert all(after >= 0 for after in silences(cues, timeline))
    assert timeline.spoken == () or timeline.spoken[-1].end_frame < timeline.frames


@given(CUES, SHARES)
@example([said(), Pause(0, 0, 10), said(), Pause(5, 5, 5), said()], 0.9)
@settings(max_examples=120)
def test_every_pause_stays_within_its_bounds_give_or_take_a_frame_of_the_grid(
    cues: list[Cue], share: float
) -> None:
    timeline = settled(cues, some_length_s(cues, share))
    for frames, (least_s, most_s) in zip(
        silences(cues, timeline)[:-1], gap_bounds(cues)[:-1], strict=True
    ):
        assert to_frames(least_s) - GRID_FRAMES <= frames <= to_frames(most_s) + GRID_FRAMES


@given(CUES, SHARES, SHARES)
@settings(max_examples=80)
def test_no_pause_shrinks_when_the_track_grows(cues: list[Cue], one: float, other: float) -> None:
    shorter_s, longer_s = sorted(some_length_s(cues, share) for share in (one, other))
    before = silences(cues, settled(cues, shorter_s))
    after = silences(cues, settled(cues, longer_s))
    # the starts around a pause lie on the grid, each up to half a frame of it off
    assert all(now >= then - 2 * GRID_FRAMES for then, now in zip(before, after, strict=True))


@given(st.lists(pauses(), min_size=1, max_size=20), SHARES)
@example([Pause(101, 0, 200), Pause(50, 0, 200), Pause(50, 0, 200)], 0.4)
@settings(max_examples=80)
def test_time_is_shared_exactly_and_every_frame_more_makes_no_pause_shorter(
    found: list[Pause], share: float
) -> None:
    phrases = [said() for _pause in found]
    cues = [cue for pair in zip(phrases, found, strict=True) for cue in pair]
    found_steps = steps_of(cues, frames_of)
    gaps = [step.gap for step in found_steps]
    least, most = sharing.bounds(found_steps)
    silent = sharing.LEAD_FRAMES + sum(step.frames for step in found_steps)
    total = least + round(share * (most - least))
    before: list[int] | None = None
    for frames in range(max(least, total - 4), min(most, total + 4) + 1):
        each_gets = sharing.shared(found_steps, frames)
        assert silent + sum(each_gets) == frames
        for gap, each in zip(gaps, each_gets, strict=True):
            assert to_frames(gap.least_s) <= each <= to_frames(gap.most_s)
        assert before is None or all(
            now >= then for then, now in zip(before, each_gets, strict=True)
        )
        before = each_gets


@given(CUES, SHARES)
@settings(max_examples=80)
def test_sections_cover_the_track_without_a_gap_and_begin_before_their_first_sound(
    cues: list[Cue], share: float
) -> None:
    timeline = settled(cues, some_length_s(cues, share))
    sections = timeline.sections
    assert (sections[0].start_frame, sections[-1].end_frame) == (0, timeline.frames)
    assert all(one.end_frame == other.start_frame for one, other in pairwise(sections))
    assert all(each.start_frame < each.end_frame for each in sections)
    sounds = sorted(
        [(each.start_frame, each.end_frame) for each in timeline.voiced]
        + [(each.start_frame, each.start_frame) for each in timeline.strikes]
        + [(each.start_frame, each.start_frame) for each in timeline.swells]
    )
    for section in sections[1:]:
        assert not any(start < section.start_frame < end for start, end in sounds)
        following = min(start for start, _end in sounds if start >= section.start_frame)
        assert following - section.start_frame <= RATE_HZ / 2


@given(CUES)
@settings(max_examples=60)
def test_a_refusal_names_a_least_and_a_greatest_length_that_both_work(cues: list[Cue]) -> None:
    assume(sounding(cues) and not rigid(cues))
    least_s, most_s = limits(cues)
    assert settled(cues, least_s).frames == to_frames(least_s)
    assert settled(cues, most_s).frames == to_frames(most_s)
    for outside_s in (least_s - 1, most_s + 1):
        with pytest.raises(LengthError):
            settled(cues, outside_s)


# --- what is rigid stays so -------------------------------------------------------------------

ELASTIC = [said(), Pause(20, 2, 90)] * 4


@pytest.mark.parametrize("length_s", [None, 40, 120, 300])
def test_gaps_of_the_house_are_the_same_at_every_length(length_s: float | None) -> None:
    cues: list[Cue] = [said(), SENTENCE, said(), PARAGRAPH, Bell("bowl"), *ELASTIC]
    after = silences(cues, settled(cues, length_s))
    for frames, seconds in zip(after, (1.1, 2.2, 8.0), strict=False):
        assert abs(frames - to_frames(seconds)) <= GRID_FRAMES


@pytest.mark.parametrize("length_s", [None, 60, 180, 300])
def test_breathing_stays_on_the_beat_and_does_not_drift(length_s: float | None) -> None:
    spans = (4.0, 6.0) * 20
    cues: list[Cue] = [*ELASTIC[:4], *(Beat(said(33_333), span, "in") for span in spans), *ELASTIC]
    if length_s is not None:
        length_s += 200
    starts = [each.start_frame for each in settled(cues, length_s).spoken][2 : 2 + len(spans)]
    expected = starts[0]
    for start, span in zip(starts, spans, strict=True):
        assert abs(start - expected) <= GRID_FRAMES
        expected += to_frames(span)


@pytest.mark.parametrize("length_s", [None, 40, 300])
def test_after_a_phrase_to_repeat_comes_half_again_its_length(length_s: float | None) -> None:
    cues: list[Cue] = [Echo(said(100_000)), *ELASTIC]
    first, *_rest = silences(cues, settled(cues, length_s))
    assert abs(first - 150_000) <= GRID_FRAMES


def test_a_breath_too_short_for_its_words_is_refused() -> None:
    with pytest.raises(LengthError, match=r"takes 4\.0 s to say, too long for the 4 s"):
        settled([Beat(said(4 * RATE_HZ), 4.0, "in")])


@pytest.mark.parametrize(
    "together",
    [[REST, REST], [REST, REST, REST, REST], [Pause(100, 90, 200), Pause(150, 75, 180, "rest")]],
)
def test_rests_that_meet_are_never_more_than_three_minutes(together: list[Pause]) -> None:
    cues: list[Cue] = [said(), *together, said(), *together, said(), Pause(1, 1, 3)]
    _least_s, most_s = limits(cues)
    for length_s in (None, most_s):
        assert max(silences(cues, settled(cues, length_s))) <= to_frames(180) + GRID_FRAMES


# --- beginnings and ends ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cues", "tail_s"),
    [
        ([said(), SENTENCE], steps.TAIL_S),
        ([said(), SENTENCE, Bell("bowl")], steps.BELL_TAIL_S),
        ([said(), Bell("bowl"), Pause(2, 2, 2)], steps.BELL_TAIL_S),
        ([said(), Pause(30, 30, 30)], 30.0),
    ],
)
def test_the_end_has_time_to_ring_out(cues: list[Cue], tail_s: float) -> None:
    assert abs(silences(cues, settled(cues))[-1] - to_frames(tail_s)) <= GRID_FRAMES


def test_a_bell_is_given_time_unless_its_author_wrote_a_pause() -> None:
    cues: list[Cue] = [Bell("bowl"), said(), Bell("bowl"), Pause(2, 2, 2), said()]
    after = silences(cues, settled(cues))
    assert abs(after[0] - to_frames(8)) <= GRID_FRAMES
    assert abs(after[2] - to_frames(2)) <= GRID_FRAMES


def test_the_first_sound_waits_for_the_bed() -> None:
    assert settled([Bell("bowl"), said()]).strikes[0].start_frame == to_frames(1.5)
    (first,) = settled([Pause(9, 9, 9), said()]).spoken
    assert abs(first.start_frame - to_frames(1.5)) < GRID_FRAMES


def test_a_chapter_before_any_sound_begins_the_track() -> None:
    for cues in ([Chapter("One"), Bell("bowl"), said()], [Bell("bowl"), Chapter("One"), said()]):
        (only,) = settled(cues).sections
        assert (only.title, only.start_frame) == ("One", 0)


def test_words_before_the_first_chapter_are_under_the_title() -> None:
    cues = [said(), SENTENCE, Chapter("One"), said(), SENTENCE, Chapter("Two"), Bell("bowl")]
    assert [each.title for each in settled(cues).sections] == ["A Title", "One", "Two"]


def test_a_chapter_begins_with_the_recording_that_opens_it() -> None:
    for cues in (
        [Chapter("One"), inserted(), PARAGRAPH, said(), SENTENCE, Chapter("Two"), said()],
        [Bell("bowl"), Chapter("One"), inserted(), SENTENCE, Chapter("Two"), said()],
    ):
        one, two = settled(cues).sections
        assert (one.title, one.start_frame, two.title) == ("One", 0, "Two")


def test_a_recording_before_the_first_chapter_is_under_the_title() -> None:
    timeline = settled([inserted(500_000), PARAGRAPH, Chapter("One"), said(), SENTENCE])
    title, one = timeline.sections
    assert (title.title, one.title) == ("A Title", "One")
    assert timeline.inserts[0].end_frame < one.start_frame < timeline.spoken[0].start_frame


@pytest.mark.parametrize("length_s", [None, 60, 120])
def test_a_recording_is_as_long_at_every_length_and_has_the_gap_of_a_paragraph(
    length_s: float | None,
) -> None:
    cues: list[Cue] = [inserted(700_000), PARAGRAPH, *ELASTIC]
    timeline = settled(cues, length_s)
    assert [each.frames for each in timeline.inserts] == [700_000]
    assert abs(silences(cues, timeline)[0] - to_frames(2.2)) <= GRID_FRAMES


def test_a_bed_named_before_any_sound_lies_under_the_whole_track() -> None:
    assert [s.name for s in settled([BedChange("brown"), said()]).beds] == ["brown"]
    (first, then) = settled([said(), SENTENCE, BedChange("brown"), said()]).beds
    assert (first.name, first.start_frame, then.name) == ("drone", 0, "brown")
    timeline = settled([said(), SENTENCE, BedChange("brown"), said()])
    assert timeline.spoken[0].end_frame < then.start_frame < timeline.spoken[1].start_frame


def test_left_to_itself_a_track_has_its_natural_pauses() -> None:
    cues: list[Cue] = [said(), Pause(7, 1, 50), said(), REST, said()]
    after = silences(cues, settled(cues))
    for frames, seconds in zip(after, (7, 50, 4), strict=True):
        assert abs(frames - to_frames(seconds)) <= GRID_FRAMES


def test_a_script_without_a_sound_is_refused() -> None:
    with pytest.raises(ScriptError, match="makes no sound"):
        settled([Pause(3, 3, 3), Chapter("One")])


# --- the two doors ----------------------------------------------------------------------------


def outlined(cues: list[Cue], length_s: float) -> Timeline:
    return plan.outline(cues, frames_of, length_s, title="A Title", bed="drone")


def test_an_estimate_forgives_five_percent_and_no_more() -> None:
    cues = ELASTIC * 20
    least_s, most_s = limits(cues)
    assert abs(to_seconds(outlined(cues, least_s * 0.96).frames) - least_s) <= 1
    assert abs(to_seconds(outlined(cues, most_s * 1.04).frames) - most_s) <= 1
    for impossible_s in (least_s * 0.94, most_s * 1.07):
        with pytest.raises(LengthError, match="it lasts about"):
            outlined(cues, impossible_s)


def test_a_refusal_counts_the_recordings_with_the_voice() -> None:
    with pytest.raises(LengthError, match="the voice with the recordings needs 0:15"):
        settled([inserted(480_000), PARAGRAPH, *ELASTIC], 9)


def test_recordings_make_no_track_of_more_than_four_hours() -> None:
    half_an_hour = inserted(1_800 * RATE_HZ)
    cues: list[Cue] = [said(), SENTENCE, *[half_an_hour, PARAGRAPH] * 7]
    assert plan.outline(cues, frames_of, None, title="A", bed="none").frames > 12_600 * RATE_HZ
    with pytest.raises(LengthError, match=r"would last 4:00:\d\d, and may last 4:00:00\. Shorten"):
        plan.outline([*cues, half_an_hour], frames_of, None, title="A", bed="none")


def test_a_refusal_says_what_takes_the_time_and_what_to_do() -> None:
    with pytest.raises(LengthError) as caught:
        settled([said(96_000), SENTENCE, *ELASTIC], 9)
    message = str(caught.value)
    assert message.startswith("the track cannot last 0:09: ")
    assert "the voice needs 0:07" in message
    assert "the gaps between sentences and bells 0:01" in message
    assert "the shortest pauses its author allows 0:10" in message
    assert message.endswith("or for --length natural.")


def test_a_length_that_is_refused_is_said_as_it_was_asked_for() -> None:
    """Seen: 59.999 s "is not 1:00" in a script of one to two minutes."""
    small = script("", least_s=60.0, most_s=120.0)
    for length_s, said in ((59.999, "59.999 s"), (59.0, "0:59"), (121, "2:01"), (120.5, "120.5 s")):
        with pytest.raises(LengthError, match=f"1 to 2 minutes, not {said}\\. Ask"):
            plan.suits(small, length_s)


def test_a_script_is_made_only_as_long_as_it_is_meant_to_be() -> None:
    small = script("", least_s=480.0, most_s=1500.0)
    for length_s in (None, 480, 900, 1500):
        plan.suits(small, length_s)
    for length_s in (479, 1501):
        with pytest.raises(LengthError, match="'small' is meant to last from 8 to 25 minutes"):
            plan.suits(small, length_s)
