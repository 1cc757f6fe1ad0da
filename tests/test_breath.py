"""The swell that carries a breath."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import apart
from test_mix import mixed, tracks_of
from written import filled

from generator import breath, loudness
from generator.audio import RATE_HZ
from generator.errors import ScriptError
from generator.model import Beat, Phrase, Swell, Timeline
from generator.script import cues

SPAN = 4 * RATE_HZ
SWELLS = (Swell("in", SPAN, SPAN), Swell("hold", 2 * SPAN, SPAN), Swell("out", 3 * SPAN, SPAN))
TIMELINE = Timeline(6 * SPAN, (), (), (), (), (), SWELLS)
TRACKS = replace(tracks_of(beds={}), breath=breath.block, breath_db=-20.0)


def test_its_loudness_is_what_a_meter_reads() -> None:
    meter = loudness.Meter(2)
    meter.feed(breath.block(0, 30 * RATE_HZ))
    read = loudness.gated_lufs([loudness.blocks(meter.energies())])
    assert read == pytest.approx(breath.LUFS, abs=0.1)


@pytest.mark.parametrize("size", [1_152, 10_007, 6 * SPAN])
def test_blocks_of_any_size_give_the_same_swell(size: int) -> None:
    whole = mixed(TIMELINE, TRACKS, 6 * SPAN)
    assert apart(mixed(TIMELINE, TRACKS, size), whole) < 1e-6


def test_it_rises_stays_and_falls_and_is_gone_without_a_step() -> None:
    sound = mixed(TIMELINE, TRACKS)
    level = np.sqrt(np.square(sound).mean(axis=1).reshape(-1, RATE_HZ // 2).mean(axis=1))
    assert level[:8].max() == 0.0
    assert level[32:].max() == 0.0
    assert (np.diff(level[8:16]) > 0).all()
    assert (np.diff(level[24:32]) < 0).all(), "no beating stands out of the fall"
    assert level[16:24].min() > 0.6 * level[16:24].max(), "it beats slowly, and never drops away"
    assert np.abs(np.diff(sound, axis=0)).max() < 0.002


def test_a_pattern_is_asked_for_by_name_and_only_so_is_a_breath_held_long() -> None:
    assert cues.breathe(4, pattern="4-7-8") == [cues.Breathing(4, 4.0, 7.0, 8.0, 0.0)]
    assert cues.breathe(1, pattern="coherent") == [cues.Breathing(1, 5.5, 0.0, 5.5, 0.0)]
    for body, says in (
        ("{{ breathe(2, hold_s=5) }}", "hold_s must lie between 0 and 4"),
        ("{{ breathe(2, pattern='boxx') }}", "Did you mean 'box'"),
        ("{{ breathe(2, pattern=3) }}", "there is no breath"),
    ):
        with pytest.raises(ScriptError, match=says):
            filled(f"Sit. {body}")


def beats(body: str, *, gentle: bool) -> list[Beat]:
    found = filled(body, switches={"gentle": gentle})
    return [cue for cue in found if isinstance(cue, Beat)]


def test_no_breath_is_held_in_a_gentle_edition() -> None:
    box = "Sit. {{ breathe(2, pattern='box') }}"
    assert [each.breath for each in beats(box, gentle=False)] == ["in", "hold", "out", "rest"] * 2
    assert [each.breath for each in beats(box, gentle=True)] == ["in", "out"] * 2


def test_the_first_three_rounds_are_spoken() -> None:
    found = beats("Sit. {{ breathe(5) }}", gentle=False)
    assert [each.phrase for each in found[:6]] == [
        Phrase("Breathe in."),
        Phrase("Breathe out."),
    ] * 3
    assert [each.phrase for each in found[6:]] == [None] * 4
