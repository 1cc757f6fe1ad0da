"""Stretches that are kept: the track is the same to the byte with them and without."""

from __future__ import annotations

import dataclasses
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_mix import FlatBed, sounds_for, spoken_at, timeline_of, tracks_of

from generator import api, encode, mix, personalise, pipeline, script, system
from generator.audio import to_frames
from generator.mix.curves import Breakpoints
from generator.model import BedSpan, Duck, Episode, Phrase, Strike
from generator.pipeline import keeping

SCRIPT = """+++
title = "Shared"
summary = "Much of it is everybody's."
kind = "practice"
language = "en"
sources = ["none"]
lengths = ["1m", "4m"]
bed = "none"

[fields.care_object]
ask = "Who warms you?"
example = "my old dog"
+++
{{ bell("small") }}
{{ chapter("Arriving") }}
Find a place to rest. {{ pause(8) }}
{% if care_object %}Let {{ care_object | yours }} come to mind.
{% else %}Let someone come to mind.
{% endif %}{{ pause(12, least=3, most=60) }}
{{ chapter("Staying") }}
You can stay a while. {{ rest(20) }}
Come back to the room. {{ pause(3) }}
{{ bell("small") }}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, voice) -> Path:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    monkeypatch.setattr(api.voices, "load", lambda _name, _folders: voice)
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "shared.j2").write_text(SCRIPT)
    (tmp_path / "out").mkdir()
    return tmp_path


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many MP3 frames were encoded, run by run."""
    runs: list[int] = []
    plain = encode.stretches.coded

    def counted(coder, sound, samples, stretch):
        runs.append(len(stretch))
        return plain(coder, sound, samples, stretch)

    monkeypatch.setattr(encode.stretches, "coded", counted)
    return runs


def rendered(home: Path, label: str, care_object: str = "", **wishes: object) -> Episode:
    folders = system.folders()
    chosen = script.load("shared", folders.scripts)
    answers = {"care_object": care_object} if care_object else {}
    known = personalise.check(chosen, answers)
    wanted = api.Wishes(**{"length": "1m20s", "out": home / "out", "label": label, **wishes})
    return pipeline.render(api.job_for(chosen, known, wanted, folders), folders)


def kept(home: Path) -> dict[Path, bytes]:
    """Every stretch in the cache."""
    found = {path: path.read_bytes() for path in (home / "cache" / "clips").glob("??/*")}
    return {path: each for path, each in found.items() if each.startswith(keeping._STRETCH)}


def mp3(episode: Episode) -> bytes:
    return episode.path.read_bytes()


def test_the_same_again_encodes_nothing_and_is_the_same_to_the_byte(home, encoded):
    first = rendered(home, "one")
    assert sum(encoded) > 2_000
    content = mp3(first)
    encoded.clear()
    assert mp3(rendered(home, "one", force=True)) == content
    assert encoded == []


def test_a_track_with_kept_stretches_is_the_track_without(home, encoded):
    rendered(home, "one", "my cat")
    first = encoded.copy()
    encoded.clear()
    second = mp3(rendered(home, "two", "my old grey heron Quillfeather"))
    assert 0 < sum(encoded) < sum(first) / 2
    for path in kept(home):
        path.unlink()
    encoded.clear()
    assert mp3(rendered(home, "two", "my old grey heron Quillfeather", force=True)) == second
    assert sum(encoded) == pytest.approx(sum(first), abs=400)


def test_what_was_heard_of_a_kept_stretch_is_as_if_it_were_heard_now(home):
    first = rendered(home, "one")
    document = first.path.with_suffix(".timeline.json").read_text()
    second = rendered(home, "one", force=True)
    assert second.path.with_suffix(".timeline.json").read_text() == document


def test_a_flipped_bit_in_a_kept_stretch_is_noticed_and_it_is_made_anew(home, encoded):
    content = mp3(rendered(home, "one"))
    whole = kept(home)
    for (path, each), place in zip(whole.items(), cycle((0, 30, 60, 300, -1)), strict=False):
        damaged = bytearray(each)
        damaged[place] ^= 4
        path.write_bytes(damaged)
    encoded.clear()
    assert mp3(rendered(home, "one", force=True)) == content
    assert sum(encoded) > 2_000
    assert kept(home) == whole


def test_a_stretch_under_the_name_of_another_is_none(home, encoded):
    content = mp3(rendered(home, "one"))
    one, other = [*kept(home)][:2]
    one.write_bytes(other.read_bytes())
    encoded.clear()
    assert mp3(rendered(home, "one", force=True)) == content
    assert encoded


def test_a_stretch_in_which_a_detail_is_spoken_is_not_kept(home, encoded):
    rendered(home, "one", "my cat")
    assert kept(home)
    encoded.clear()
    before = set(kept(home))
    again = rendered(home, "one", "my cat", force=True)
    spoken = sum(each.frames for each in again.timeline.spoken if each.phrase.personal)
    assert sum(encoded) * 1_152 > spoken
    assert set(kept(home)) == before
    assert not [each for each in (home / "listeners").rglob("*") if "stretch" in each.name]


@pytest.mark.slow
@pytest.mark.parametrize(
    "other", [{"seed": 2}, {"bed": "binaural"}, {"profile": "sleep"}, {"bell": "bowl"}]
)
def test_another_sound_has_other_stretches(home, encoded, other):
    rendered(home, "one")
    first = sum(encoded)
    encoded.clear()
    path = rendered(home, "two", **other).path
    assert sum(encoded) > first / 4
    content = path.read_bytes()
    for each in kept(home):
        each.unlink()
    assert mp3(rendered(home, "two", force=True, **other)) == content


def test_other_code_has_other_stretches(home, encoded, monkeypatch):
    rendered(home, "one")
    first = sum(encoded)
    encoded.clear()
    monkeypatch.setattr(keeping, "_code", lambda: "other")
    rendered(home, "one", force=True)
    assert sum(encoded) == first


def test_a_cache_that_cannot_be_written_never_stops_a_track(home, monkeypatch):
    content = mp3(rendered(home, "one"))
    for each in kept(home):
        each.unlink()

    def full(*_args: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(system.Sealed, "write_once", full)
    assert mp3(rendered(home, "one", force=True)) == content
    assert not kept(home)


def test_stretches_count_among_what_the_cache_may_hold(home, monkeypatch):
    monkeypatch.setenv("MEDITATE_CACHE_MB", "1")
    rendered(home, "one")
    assert sum(map(len, kept(home).values())) < 1_000_000


# --- marks ------------------------------------------------------------------------------------


class Placed(FlatBed):
    """A bed that has a place in itself."""

    def mark(self, start_frame: int) -> list[object]:
        return ["flat", start_frame % 1_000]


POINTS = st.lists(st.integers(0, 400), min_size=1, max_size=6, unique=True).map(sorted)


@settings(max_examples=200)
@given(
    points=POINTS,
    values=st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=6, max_size=6),
    start=st.integers(0, 380),
    size=st.integers(1, 60),
    shift=st.integers(-300, 300),
    more=POINTS,
)
def test_where_the_marks_of_two_curves_are_alike_so_are_the_curves(
    points, values, start, size, shift, more
):
    one = Breakpoints(points, values[: len(points)])
    moved = [each + shift for each in points]
    after = [each + moved[-1] for each in more if each > 0]
    other = Breakpoints([*moved, *after], [*values[: len(points)], *[values[0]] * len(after)])
    here, there = range(start, start + size), range(start + shift, start + shift + size)
    if one.mark(here) == other.mark(there):
        ours, theirs = one.at(start, size), other.at(start + shift, size)
        assert (ours + 0 * theirs == theirs + 0 * ours).all()
    assert one.mark(here) == Breakpoints(moved, values[: len(points)]).mark(there)


def marks(timeline, tracks, within):
    return mix.Marks(timeline, tracks).of(within)


def test_a_mark_hangs_on_what_is_heard_and_on_nothing_else():
    spoken = spoken_at((20.0, 22.0), (60.0, 62.0))
    sounds = sounds_for(spoken)
    tracks = tracks_of(sounds, beds={"flat": Placed()}, room=Placed())
    clips = {
        phrase: dataclasses.replace(clip, digest=phrase.text)
        for phrase, clip in tracks.clips.items()
    }
    tracks = dataclasses.replace(tracks, clips=clips, bells={"small": sounds[spoken[0].phrase]})
    tracks = dataclasses.replace(tracks, bell_db={"small": 0.0})
    plain = timeline_of(100.0, spoken)
    here = range(to_frames(21.0), to_frames(24.0))
    mark = marks(plain, tracks, here)
    far = dataclasses.replace(spoken[1], start_frame=to_frames(62.0))
    near = dataclasses.replace(spoken[0], start_frame=to_frames(20.5))
    assert marks(dataclasses.replace(plain, spoken=(spoken[0], far)), tracks, here) == mark
    assert marks(dataclasses.replace(plain, spoken=(near, spoken[1])), tracks, here) != mark
    struck = dataclasses.replace(plain, strikes=(Strike("small", to_frames(20.5)),))
    assert marks(struck, tracks, here) != mark
    louder = dataclasses.replace(tracks, speech_db=tracks.speech_db + 0.01)
    assert marks(plain, louder, here) != mark
    other = {each: dataclasses.replace(clip, digest="x") for each, clip in clips.items()}
    assert marks(plain, dataclasses.replace(tracks, clips=other), here) != mark
    shifted = [*mark]
    shifted[2] = tracks.room.mark(here.start + 1_000)
    assert marks(plain, tracks, range(here.start + 1_000, here.stop + 1_000)) != mark
    assert shifted == mark


def test_a_detail_is_there_until_the_bed_has_come_back():
    (spoken,) = spoken_at((20.0, 22.0))
    personal = dataclasses.replace(spoken, phrase=Phrase("Rest, Anna.", personal=True))
    tracks = tracks_of({personal.phrase: sounds_for((spoken,))[spoken.phrase]})
    found = mix.Marks(timeline_of(60.0, (personal,), beds=(BedSpan("flat", 0),)), tracks)
    back = to_frames(Duck().back_s)
    assert found.personal(range(to_frames(22.0) + back, to_frames(40.0)))
    assert found.personal(range(to_frames(1.0), to_frames(20.0) + 1))
    assert not found.personal(range(to_frames(1.0), to_frames(20.0)))
    assert not found.personal(range(to_frames(22.0) + back + 1, to_frames(40.0)))
