"""The picture of a track: what is kept for it, and what is where on it."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import numpy as np
import pytest
from conftest import SIZES, cut, sine_at
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator import graph, loudness
from generator.audio import GRID_FRAMES, RATE_HZ, SILENT_LUFS, to_frames
from generator.graph import style
from generator.model import (
    PARTS,
    Check,
    Envelope,
    Envelopes,
    Facts,
    Measured,
    Mixed,
    Phrase,
    Report,
    Section,
    Spoken,
    Stretch,
    Strike,
    Timeline,
)

FACTS = Facts("A Small Track", "Joe", "Guided meditations", "en", "About.", "", "none")
MEASURED = Measured(60 * RATE_HZ, -16.0, -1.7)
SPANS_S = ((5.0, 9.0), (24.0, 28.0), (41.0, 45.0))
WORDS = "Come back to the room."


def timeline_of(length_s: float, words: str = WORDS, **given: object) -> Timeline:
    spoken = tuple(
        Spoken(Phrase(words, personal=number == 1), to_frames(start), to_frames(end - start))
        for number, (start, end) in enumerate(SPANS_S)
        if end <= length_s
    )
    frames = to_frames(length_s)
    sections = (Section("Arriving", 0, frames // 2), Section("Staying", frames // 2, frames))
    whole = Timeline(frames, spoken, (), (Strike("bowl", to_frames(2)),), sections, ())
    return replace(whole, **given)


def level(steps: int, value: float = 0.0) -> Envelope:
    return Envelope(np.full(steps, value, np.float32), np.full(steps, value, np.float32))


def drawn(
    timeline: Timeline,
    *,
    lufs: float = -30.0,
    facts: Facts = FACTS,
    report: Report | None = None,
    **parts: float,
):
    steps = -(-timeline.frames // GRID_FRAMES)
    envelopes = Envelopes(GRID_FRAMES, *(level(steps, parts.get(part, 0.0)) for part in PARTS))
    curve = np.full(timeline.frames * 10 // RATE_HZ + 1, lufs)
    return graph.draw(facts, timeline, envelopes, curve, MEASURED, -16.0, report)


def pixels(png: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.mode) == ("PNG", "RGB")
    return np.array(image)


def at(time_s: float, lane: style.Lane, *, row_s: float = 20.0, share: float = 0.5):
    """Row and column of the pixel at a time, in a lane, so far down in it."""
    row, inside_s = divmod(time_s, row_s)
    top = style.HEADER_HEIGHT + row * style.ROW_HEIGHT + lane.top + share * lane.height
    return round(top / 2), round((style.LEFT + inside_s / row_s * style.SPAN) / 2)


# --- what is kept of a mix --------------------------------------------------------------------


def mixed(sound: np.ndarray) -> Mixed:
    return Mixed(sound, sound * np.float32(0.5), sound * np.float32(0.25))


def outlined(sound: np.ndarray, sizes: list[int]) -> graph.Outline:
    outline = graph.Outline()
    for piece in cut(sound, sizes):
        outline.see(mixed(piece))
    return outline


def test_peak_and_mean_of_a_sine_are_what_the_formula_says():
    frames = 20 * GRID_FRAMES + 100
    tone = sine_at(1_000, -6.0, frames / RATE_HZ)
    found = outlined(tone, [10_000]).envelopes()
    amplitude = 10 ** (-6 / 20)
    assert (found.step_frames, len(found.voice.peak)) == (GRID_FRAMES, 21)
    for part, share in (("voice", 1.0), ("bed", 0.5), ("bells", 0.25)):
        envelope = getattr(found, part)
        assert envelope.peak[:20] == pytest.approx(amplitude * share, rel=1e-3)
        assert envelope.rms[:20] == pytest.approx(amplitude * share / np.sqrt(2), rel=1e-3)


@settings(max_examples=20)
@given(SIZES)
def test_the_cuts_do_not_show_in_what_is_kept(sizes):
    sound = sine_at(300, -10.0, 0.8, taper_s=0.3)
    one, other = outlined(sound, [10**6]), outlined(sound, sizes)
    for part in PARTS:
        first, second = getattr(one.envelopes(), part), getattr(other.envelopes(), part)
        assert second.peak == pytest.approx(first.peak, abs=1e-7)
        assert second.rms == pytest.approx(first.rms, abs=1e-7)
    assert other.short_term_lufs() == pytest.approx(one.short_term_lufs(), abs=0.01)


def test_a_track_of_nothing_is_outlined_too():
    outline = graph.Outline()
    assert len(outline.envelopes().voice.peak) == 0
    assert len(outline.short_term_lufs()) == 0


def test_short_term_loudness_stands_in_the_middle_of_its_three_seconds():
    """A stereo sine of 1 kHz at -23 dBFS is at -23 LUFS by the standard."""
    tone = sine_at(1_000, -23.0, 20.0)
    tone[: 8 * RATE_HZ] = 0.0
    curve = loudness.short_term_lufs(loudness.energies(tone))
    assert len(curve) == 200
    assert curve[100:180] == pytest.approx(-23.0, abs=0.1)
    assert curve[80] == pytest.approx(-23.0 - 3.0, abs=0.4), "half of it is silence"
    assert curve[:64].max() == pytest.approx(loudness.SILENT_LUFS, abs=1.0)


def test_short_term_loudness_is_that_of_the_meter_over_each_window():
    sound = np.random.default_rng(5).standard_normal((6 * RATE_HZ, 2)).astype(np.float32)
    sound *= np.linspace(0.001, 0.2, len(sound), dtype=np.float32)[:, None]
    steps = loudness.energies(sound)
    curve = loudness.short_term_lufs(steps)
    for step in range(15, 45):
        window = steps[step - 15 : step + 15]
        assert curve[step] == pytest.approx(loudness.lufs(float(window.mean())), abs=1e-6)


# --- what is kept of a finished file ----------------------------------------------------------

CELL_FRAMES = 960


def heard(sound: np.ndarray, timeline: Timeline, ground: float, sizes: list[int]):
    cells = np.full(-(-timeline.frames // CELL_FRAMES), ground, np.float32)
    outline = graph.HeardOutline(timeline, cells, CELL_FRAMES)
    for piece in cut(sound, sizes):
        outline.hear(piece)
    return outline


def spoken_in(timeline: Timeline, at: slice) -> np.ndarray:
    """For each step, in how many of its frames from ``at`` the voice was to speak."""
    steps = -(-timeline.frames // GRID_FRAMES)
    there = np.zeros(steps * GRID_FRAMES, bool)
    for each in timeline.spoken:
        there[each.start_frame : each.end_frame] = True
    return there.reshape(steps, GRID_FRAMES)[:, at].sum(axis=1)


@settings(max_examples=20)
@given(
    sizes=SIZES,
    start=st.integers(0, 40_000),
    frames=st.integers(1, 30_000),
    total=st.integers(1, 50_000),
)
def test_a_finished_sound_is_voice_where_a_phrase_was_planned_and_bed_elsewhere(
    sizes, start, frames, total
):
    """The bed under the phrase is what was mixed: it cannot be heard any more."""
    spoken = (Spoken(Phrase("Rest."), min(start, total - 1), min(frames, total)),)
    timeline = Timeline(total, spoken, (), (), (), ())
    found = heard(sine_at(300, -6.0, total / RATE_HZ), timeline, 0.01, sizes).envelopes()
    middle, any_of = spoken_in(timeline, slice(576, 577)) > 0, spoken_in(timeline, slice(None))
    whole = np.arange(len(middle)) < total // GRID_FRAMES
    assert len(found.voice.peak) == len(found.bed.rms) == len(middle)
    assert found.bed.rms[middle] == pytest.approx(0.01)
    assert (found.bed.rms[whole & (any_of == 0)] > 0.1).all()
    assert (found.voice.rms[whole & (any_of == GRID_FRAMES)] > 0.1).all()
    assert not found.voice.peak[any_of == 0].any()
    assert not found.bells.peak.any()


@pytest.mark.parametrize("heard_s", [0.01, 9.0, 11.0])
def test_what_a_file_lacks_at_its_end_is_silent_and_what_it_has_too_much_is_not_drawn(heard_s):
    """Trap: the last level would be drawn on to the end of the track."""
    timeline = replace(timeline_of(10.0), spoken=())
    outline = heard(sine_at(1_000, -20.0, heard_s), timeline, 0.0, [4 * RATE_HZ])
    bed, curve = outline.envelopes().bed.rms, outline.short_term_lufs()
    steps = to_frames(10.0) // GRID_FRAMES + 1
    assert (len(bed), len(curve)) == (steps, 100)
    first_silent = min(-(-to_frames(heard_s) // GRID_FRAMES), steps)
    assert (bed[: first_silent - 1] > 0.01).all()
    assert not bed[first_silent:].any()
    assert (curve[int(heard_s * 10) + 16 :] == SILENT_LUFS).all()


def test_a_file_of_numbers_that_are_none_can_be_drawn():
    """A WAV may hold them."""
    timeline = timeline_of(20.0)
    for value in (np.nan, np.inf, -np.inf, 3e38):
        outline = heard(np.full((RATE_HZ, 2), value, np.float32), timeline, 0.1, [RATE_HZ])
        envelopes, curve = outline.envelopes(), outline.short_term_lufs()
        assert np.isfinite(envelopes.bed.rms).all()
        assert graph.draw(FACTS, timeline, envelopes, curve, MEASURED, -16.0)


# --- the page ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length_s", "rows"), [(1.0, 1), (60.0, 3), (480.0, 11), (900.0, 10), (1_200.0, 14)]
)
def test_rows_are_as_long_as_their_words_need_and_never_too_many(length_s, rows):
    found = pixels(drawn(timeline_of(length_s)))
    assert found.shape == ((style.HEADER_HEIGHT + rows * style.ROW_HEIGHT) // 2, 1_800, 3)


def test_the_same_track_is_the_same_picture_and_light_enough_to_print():
    png = drawn(timeline_of(60.0), voice=0.2, bed=0.02)
    assert png == drawn(timeline_of(60.0), voice=0.2, bed=0.02)
    assert len(png) < 300_000
    assert pixels(png).mean() > 225


def test_a_phrase_is_where_it_is_spoken_and_one_with_a_detail_is_seen_as_such():
    found = pixels(drawn(timeline_of(60.0)))
    for number, (start, end) in enumerate(SPANS_S):
        colour = style.DETAIL if number == 1 else style.PHRASE
        for time_s in (start + 0.3, end - 0.1):
            assert tuple(found[at(time_s, style.WAVE, share=0.9)]) == colour
        for time_s in (start - 0.2, end + 0.2):
            assert tuple(found[at(time_s, style.WAVE, share=0.9)]) == style.PAPER


def test_its_words_are_written_from_its_beginning_on():
    """Ink lies in the lane of the words, and none where there are none."""
    found = pixels(drawn(timeline_of(60.0))).min(axis=2)
    silent = pixels(drawn(timeline_of(60.0, words=" "))).min(axis=2)
    assert (found != silent).any()
    rows, columns = np.nonzero(found != silent)
    first_row = rows[rows < at(0.0, style.TICKS)[0]]
    assert at(0.0, style.WORDS, share=0.0)[0] <= first_row.min()
    assert first_row.max() <= at(0.0, style.WORDS, share=1.0)[0]
    first = columns[rows < at(0.0, style.TICKS)[0]].min()
    assert 0 < first - at(SPANS_S[0][0], style.WORDS)[1] < 15


@pytest.mark.parametrize("value_db", [-6.0, -20.0, -45.0])
def test_the_height_of_the_wave_is_its_level(value_db):
    found = pixels(drawn(timeline_of(60.0, spoken=()), bed=10 ** (value_db / 20)))
    top, column = at(13.3, style.WAVE, share=0.0)
    wave = found[top : top + style.WAVE.height // 2, column]
    height = (wave == style.BED).all(axis=1).sum() / len(wave)
    assert height == pytest.approx(1.0 + value_db / 60.0, abs=0.03)


def test_the_end_of_a_row_knows_nothing_of_the_next():
    """Trap: reduceat takes all that follows for its last piece."""
    timeline = timeline_of(60.0, spoken=(), strikes=())
    steps = timeline.frames // GRID_FRAMES
    loud = level(steps)
    loud.peak[steps // 3 + 5 :] = 1.0
    quiet = [level(steps), level(steps)]
    curve = np.full(600, -50.0)
    png = graph.draw(FACTS, timeline, Envelopes(GRID_FRAMES, loud, *quiet), curve, MEASURED, -16.0)
    first = pixels(png)[: at(0.0, style.TICKS)[0]]
    assert not (first[at(0.0, style.WAVE, share=0.0)[0] :] == style.VOICE_PEAK).all(axis=2).any()


def test_a_bell_is_marked_where_it_is_struck():
    found = pixels(drawn(timeline_of(60.0)))
    row, column = at(2.0, style.WAVE, share=0.8)
    marked = (np.abs(found[row, column - 2 : column + 3].astype(int) - style.BELL) < 60).all(axis=1)
    assert marked.any()


@pytest.mark.parametrize("lufs", [-20.0, -40.0])
def test_the_curve_of_loudness_and_its_target_are_at_their_heights(lufs):
    found = pixels(drawn(timeline_of(60.0), lufs=lufs))
    row, column = at(13.3, style.LOUD, share=0.0)
    lane = found[row : row + style.LOUD.height // 2, column - 8 : column + 8].astype(int)
    span = style.LOUDEST_LUFS - style.QUIETEST_LUFS
    for level_lufs, colour in ((lufs, style.LOUDNESS), (-16.0, style.TARGET)):
        near = (np.abs(lane - colour).max(axis=2) < 40).any(axis=1)
        expected = (style.LOUDEST_LUFS - level_lufs) / span * len(lane)
        assert np.abs(np.flatnonzero(near) - expected).min() <= 1.5


def test_chapters_are_bands_of_two_colours():
    found = pixels(drawn(timeline_of(60.0)))
    assert tuple(found[at(25.0, style.BAND, share=0.1)]) == style.CHAPTERS[0]
    assert tuple(found[at(35.0, style.BAND, share=0.1)]) == style.CHAPTERS[1]


def test_letters_the_font_lacks_are_left_out_rather_than_boxed():
    plain = drawn(timeline_of(60.0, words="Rest here."))
    assert drawn(timeline_of(60.0, words="Rest ありがとうhere.")) == plain
    assert drawn(timeline_of(60.0), facts=replace(FACTS, title="A Small Track\u3042")) == drawn(
        timeline_of(60.0)
    )


# --- what is wrong ----------------------------------------------------------------------------


def fault(name: str, *spans_s: tuple[float, float]) -> Check:
    stretches = tuple(Stretch(to_frames(start), to_frames(end)) for start, end in spans_s)
    return Check(name, 9.0, 3.0, "dB", False, "phrase 2 at 0:24", stretches)


def reddened(report: Report, timeline: Timeline | None = None) -> np.ndarray:
    """Where the picture is redder than without the report, down to where its foot begins."""
    timeline = timeline or timeline_of(60.0)
    plain = pixels(drawn(timeline)).astype(int)
    marked = pixels(drawn(timeline, report=report)).astype(int)[: len(plain)]
    return (plain - marked)[:, :, 1] > 20


def test_a_proven_track_is_the_same_picture_with_a_word_at_its_foot():
    plain, proven = (pixels(drawn(timeline_of(60.0), report=each)) for each in (None, Report(())))
    assert (proven[: len(plain)] == plain).all()
    foot = proven[len(plain) :]
    assert len(foot) > 20
    assert (foot == style.PROVEN).all(axis=2).any()


def test_a_fault_is_a_red_band_over_each_of_its_stretches_and_nowhere_else():
    spans = (SPANS_S[1], (50.0, 55.0))
    found = reddened(Report((fault("phrases whole", *spans),)))
    for start, end in spans:
        for lane in (style.WORDS, style.LOUD):
            assert found[at(start + 0.3, lane, share=0.97)]
            assert found[at(end - 0.3, lane, share=0.97)]
        for time_s in (start - 0.3, end + 0.3):
            row, column = at(time_s, style.WORDS)
            assert not found[row - 40 : row + 160, column].any()


def test_the_words_stay_to_be_read_under_the_band():
    plain = pixels(drawn(timeline_of(60.0))).astype(int)
    report = Report((fault("phrases whole", SPANS_S[0]),))
    marked = pixels(drawn(timeline_of(60.0), report=report)).astype(int)
    top, left = at(SPANS_S[0][0] + 0.1, style.WORDS, share=0.0)
    bottom, right = at(SPANS_S[0][1], style.WORDS, share=0.3)
    here = slice(top, bottom), slice(left, right)
    dark, light = plain[here].max(axis=2) < 120, plain[here].min(axis=2) > 215
    assert dark.any()
    assert marked[here].min(axis=2)[dark].max() < 120
    assert marked[here].max(axis=2)[light].min() > 150


def test_a_click_is_seen_however_short_it_is():
    found = reddened(Report((fault("no click", (30.0, 30.02)),)))
    row, column = at(30.0, style.WAVE)
    assert found[row, column : column + 4].all()
    assert not found[row, column + 8]


def test_a_fault_that_goes_over_two_rows_is_marked_in_both():
    found = reddened(Report((fault("bed at its level", (15.0, 25.0)),)))
    for time_s in (15.5, 19.5, 20.5, 24.5):
        assert found[at(time_s, style.WAVE)]
    for time_s in (14.5, 25.5):
        assert not found[at(time_s, style.WAVE)]


def test_what_is_of_the_whole_track_stands_at_the_foot_only():
    whole = Check("speech loudness", 1.0, 0.5, "LU", False)
    assert not reddened(Report((whole,))).any()
    heights = [
        len(pixels(drawn(timeline_of(60.0), report=Report((whole,) * count)))) for count in (1, 3)
    ]
    assert heights[1] > heights[0] + 20
    foot = pixels(drawn(timeline_of(60.0), report=Report((whole,))))[-30:]
    assert (foot == style.FAULT[:3]).all(axis=2).any()


def test_names_without_room_side_by_side_are_written_as_one():
    from generator import lettering
    from generator.graph.faults import _labels

    font = lettering.font(26)
    named = {(100, 108): ["no click"], (140, 148): ["length", "no click"], (900, 908): ["length"]}
    assert _labels(named, font) == [(100, "no click, length"), (900, "length")]
    ((left, text),) = _labels({(style.WIDTH - 70, style.WIDTH): ["bed at its level"]}, font)
    assert left + font.getlength(text) <= style.WIDTH + 1


# --- whatever it is ---------------------------------------------------------------------------


@pytest.mark.parametrize("more_frames", [1, 48, 100, 200])
def test_a_track_that_ends_just_after_a_row_can_be_drawn(more_frames):
    """Seen: of 60.001 s the last row was no pixel wide, and the track was not made."""
    timeline = timeline_of(60.0 + more_frames / RATE_HZ)
    assert timeline.frames == 60 * RATE_HZ + more_frames
    assert len(pixels(drawn(timeline))) == (style.HEADER_HEIGHT + 4 * style.ROW_HEIGHT) // 2


def test_a_strangers_texts_of_a_million_letters_are_drawn_at_once():
    """Trap: a letter after the other is taken away until the rest fits."""
    endless = "a" * 1_000_000
    timeline = timeline_of(
        60.0,
        words=endless,
        sections=(Section(endless, 0, 60 * RATE_HZ),),
        strikes=(Strike(endless, RATE_HZ),),
    )
    facts = replace(FACTS, title=endless, narrator=endless)
    begun = time.monotonic()
    assert drawn(timeline, facts=facts)
    assert time.monotonic() - begun < 10.0


@settings(max_examples=15)
@given(words=st.text(max_size=200), title=st.text(max_size=80), length_s=st.floats(0.2, 90.0))
def test_whatever_a_track_says_and_lasts_it_can_be_drawn(words, title, length_s):
    timeline = timeline_of(length_s, words)
    facts = replace(FACTS, title=title)
    assert len(drawn(timeline, facts=facts, voice=0.3)) > 1_000


@settings(max_examples=60)
@given(st.text(alphabet="ab cd.Wi", max_size=120), st.integers(1, 700))
def test_no_line_is_wider_than_its_room(words, width):
    from generator import lettering
    from generator.graph.row import _lines

    size_px, lines = _lines(words, width)
    assert all(lettering.font(size_px).getlength(line) <= width for line in lines)
    assert len(lines) * size_px * 1.2 <= style.WORDS.height
