"""Bells as events, and breath that is carried on without words."""

from __future__ import annotations

from itertools import pairwise

import pytest

from generator import asked
from generator.audio import GRID_FRAMES, RATE_HZ, to_frames
from generator.errors import UsageError
from generator.model import Beat, Bell, Chapter, Cue, Insert, Pause, Phrase, Ringing, Timeline
from generator.plan import rung, settle

ARRIVING, STAYING = Chapter("Arriving"), Chapter("Staying")
ONE, TWO = Phrase("One."), Phrase("Two.")
LONG = Pause(40.0, 10.0, 180.0, "rest")
SECONDS = 3 * RATE_HZ
"""How long every phrase here is."""


def settled(
    cues: list[Cue], length_s: float | None = None, ringing: Ringing | None = None
) -> Timeline:
    return settle(cues, lambda _phrase: SECONDS, length_s, title="x", bed="none", ringing=ringing)


def at_s(timeline: Timeline) -> list[float]:
    return [each.start_frame / RATE_HZ for each in timeline.strikes]


CUES = (Bell("small"), ARRIVING, ONE, STAYING, TWO, Bell("small"))


@pytest.mark.parametrize(
    ("when", "bells_before"),
    [
        (None, [ARRIVING, None]),
        ("none", []),
        ("start", [ARRIVING]),
        ("end", [None]),
        ("sections", [TWO]),
        ("end, start , sections", [ARRIVING, TWO, None]),
        ("5m", [ARRIVING, None]),
    ],
)
def test_bells_ring_where_they_are_ringing(
    when: str | None, bells_before: list[Cue | None]
) -> None:
    cues = rung(CUES, asked.ringing(when, None))
    found = [
        after for cue, after in zip(cues, (*cues[1:], None), strict=True) if isinstance(cue, Bell)
    ]
    assert found == bells_before
    assert [cue for cue in cues if not isinstance(cue, Bell)] == [ARRIVING, ONE, STAYING, TWO]


@pytest.mark.parametrize(
    ("which", "bell"),
    [
        (None, Bell("small")),
        ("block", Bell("block")),
        ("bowl:3", Bell("bowl", 3)),
        ("bowl:2:-6", Bell("bowl", 2, -6.0)),
        ("bowl:1:+3", Bell("bowl", 1, 3.0)),
    ],
)
def test_the_bell_is_the_authors_unless_another_is_ringing(which: str | None, bell: Bell) -> None:
    for when in (None, "start,end"):
        cues = rung(CUES, asked.ringing(when, which))
        assert {cue for cue in cues if isinstance(cue, Bell)} == {bell}


@pytest.mark.parametrize(
    "when", ["", "middle", "start,none", "0m", "5m,10m", "5", "start;end", "1000m"]
)
def test_a_place_where_no_bell_can_ring_is_refused(when: str) -> None:
    with pytest.raises(UsageError, match="--bells"):
        asked.ringing(when, None)


@pytest.mark.parametrize(
    "which", ["", "bowl:4", "bowl:0", "bowl:3:-25", "bowl:3:4", "bowl:x", "Bowl", "a:1:1:1"]
)
def test_a_bell_that_cannot_be_rung_is_refused(which: str) -> None:
    with pytest.raises(UsageError, match="--bell"):
        asked.ringing(None, which)


def test_a_bell_struck_three_times_is_heard_out_before_the_words() -> None:
    timeline = settled([Bell("bowl", 3, -2.0), ONE])
    first, second, third = at_s(timeline)
    assert (second - first, third - second) == pytest.approx((3.5, 3.5), abs=1e-4)
    assert {each.level_db for each in timeline.strikes} == {-2.0}
    assert (
        timeline.spoken[0].start_frame - timeline.strikes[-1].start_frame
        >= to_frames(8.0) - GRID_FRAMES
    )


@pytest.mark.parametrize(
    ("silence_s", "softer_db"), [(5.0, 0.0), (19.0, 0.0), (21.0, 4.0), (90.0, 4.0)]
)
def test_a_bell_after_a_long_silence_does_not_startle(silence_s: float, softer_db: float) -> None:
    pause = Pause(silence_s, silence_s, silence_s)
    opening, closing = settled([Bell("bowl"), ONE, pause, Bell("bowl")]).strikes
    assert opening.level_db == 0.0
    assert closing.level_db == -softer_db


def test_a_bell_every_two_minutes_waits_for_a_silence_and_keeps_its_distance() -> None:
    cues: list[Cue] = [Bell("bowl")]
    for _turn in range(30):
        cues += [ONE, Pause(10.0, 5.0, 60.0)]
    timeline = settled([*cues, Bell("bowl")], 600.0, asked.ringing("2m", "block"))
    rings = at_s(timeline)
    blocks = [each.start_frame for each in timeline.strikes if each.kind == "block"]
    assert len(blocks) == 4
    for mark, start in zip((120, 240, 360, 480), blocks, strict=True):
        assert 0 <= start / RATE_HZ - mark <= 60
        spoken = [each for each in timeline.spoken if each.start_frame <= start < each.end_frame]
        assert not spoken
        said = max(each.end_frame for each in timeline.spoken if each.end_frame <= start)
        assert start - said >= to_frames(0.8), "not on the heels of a phrase"
    assert rings == sorted(rings)
    assert all(after - before >= 10.0 for before, after in pairwise(rings))
    assert rings[-1] <= 600.0 - 14.0


def test_a_bell_that_comes_so_often_is_not_rung_on_words() -> None:
    """Seen: where no silence had room, it was rung in the middle of a sentence."""
    cues: list[Cue] = []
    for _turn in range(60):
        cues += [ONE, Pause(1.0, 0.6, 1.0)]
    assert not settled(cues, None, asked.ringing("1m", "bowl")).strikes


def test_a_bell_that_comes_so_often_is_struck_as_often_as_wished_and_startles_nobody() -> None:
    """Seen: it was struck once whatever was wished, and as loud after minutes of silence."""
    cues: list[Cue] = [ONE, Pause(170.0, 170.0, 170.0), ONE, Pause(30.0, 30.0, 30.0)]
    strikes = settled(cues, None, asked.ringing("1m", "bowl:3:-2")).strikes
    assert [each.level_db for each in strikes] == [-6.0] * 6 + [-2.0] * 3
    soon = settled([ONE, Pause(9.0, 9.0, 9.0)] * 12, None, asked.ringing("1m", "bowl")).strikes
    assert {each.level_db for each in soon} == {0.0}


def test_breath_goes_on_without_words_on_the_same_beat() -> None:
    breaths: list[Cue] = [
        Beat(Phrase(word) if number < 3 else None, span_s, kind)
        for number in range(8)
        for word, span_s, kind in (("In.", 4.0, "in"), ("Hold.", 4.0, "hold"), ("Out.", 6.0, "out"))
    ]
    timeline = settled([*breaths, LONG, ONE])
    starts = [each.start_frame for each in timeline.swells]
    assert len(starts) == 24
    assert len(timeline.spoken) == 3 * 3 + 1
    expected = starts[0]
    for swell, span_s in zip(timeline.swells, (4.0, 4.0, 6.0) * 8, strict=True):
        assert abs(swell.start_frame - expected) <= GRID_FRAMES
        assert abs(swell.frames - to_frames(span_s)) <= GRID_FRAMES
        expected += to_frames(span_s)
    assert [each.breath for each in timeline.swells] == ["in", "hold", "out"] * 8


def test_a_recording_counts_as_begun_for_the_bells_of_sections() -> None:
    cues = rung((Insert("a.wav", "A song"), ARRIVING, ONE), asked.ringing("sections", None))
    assert [type(cue) for cue in cues] == [Insert, Chapter, Bell, Phrase]


def test_no_bell_that_comes_every_so_often_rings_over_a_recording() -> None:
    """A voice is rung over after a minute of waiting; a song is not."""
    cues: list[Cue] = [ONE, LONG, Insert("a.wav", "A song"), LONG, TWO, LONG]
    song_s = 200

    def frames_of(voiced: Phrase | Insert) -> int:
        return song_s * RATE_HZ if isinstance(voiced, Insert) else SECONDS

    timeline = settle(cues, frames_of, None, title="x", bed="none", ringing=Ringing(every_s=60.0))
    (song,) = timeline.inserts
    assert len(timeline.strikes) >= 1
    for each in timeline.strikes:
        assert not song.start_frame <= each.start_frame < song.end_frame
