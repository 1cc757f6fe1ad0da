"""Traps that others fell into, each by its name: what they paid for is not paid twice.

Those that belong to one room are in its own file; here are those that cross rooms.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import fake_engine
import imageio_ffmpeg
import numpy as np
import pyloudnorm
import pytest
import soundfile
import test_plan
import webvtt
from conftest import apart, burst, exact_peak_db, joined, rms_db
from driver import Home, home_at, render, run
from hypothesis import assume, given, settings
from test_mix import DUCKS, NOTHING, spoken_at, timeline_of, tracks_of
from written import script

from generator import api, bells, breath, loudness, master, mix, pipeline, speech, system
from generator.audio import RATE_HZ, amplitude, to_frames, to_seconds
from generator.bed import BEDS, NONE, make_bed
from generator.mix import curves
from generator.model import (
    BELL_LEVELS_DB,
    MAX_STRIKES,
    PROFILES,
    BedSpan,
    Cue,
    Episode,
    Listener,
    Phrase,
    Spoken,
    Strike,
    Swell,
    Timeline,
    Voice,
)
from generator.plan.steps import STRIKES_APART_S
from generator.script import load
from generator.speech import ClipStore, anchor_lufs, read, speak

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def silent(_done: int, _total: int) -> None:
    pass


def store_at(folder: Path) -> ClipStore:
    return ClipStore(folder / "shared", folder / "own", folder / ".making-0-clip", b"s" * 32)


# --- curves -----------------------------------------------------------------------------------


@given(test_plan.CUES)
@settings(max_examples=60)
def test_no_curve_of_any_plan_goes_back_in_time(cues: list[Cue]) -> None:
    """Trap: np.interp on points out of order gives rubbish and says nothing."""
    assume(test_plan.sounding(cues))
    timeline = test_plan.settled(cues)
    found = [curves.swelling(timeline)]
    found += [curves.present(timeline, index) for index in range(len(timeline.beds))]
    for duck in DUCKS:
        found += [curves.ducked(timeline.voiced, duck), curves.risen(timeline.voiced, duck)]
    for curve in found:
        assert all(one <= after for one, after in pairwise(curve.frames))


# --- a whole track ----------------------------------------------------------------------------

SENTENCES = (
    "Find a place to rest.",
    "You can stay a while, and the day can wait outside the door, for as long as it likes to.",
    "Nothing has to happen.",
    "There is nowhere to be.",
    "Come back to the room.",
)
PAUSES_S = (3.0, 10.0, 1.1, 25.0)
"""What is written after all but the last; the third is the house's own gap."""
BODY = """{{{{ chapter("Arriving") }}}} {} {{{{ pause(3) }}}} {} {{{{ pause(10) }}}}
{{{{ chapter("Staying") }}}} {} {} {{{{ rest(25) }}}} {} {{{{ pause(5) }}}}""".format(*SENTENCES)
PIECE_APART_S = 0.5
"""Shorter silences lie within a sentence."""


@dataclass(frozen=True)
class Made:
    """A finished track over a quiet room, and what its engine was given to speak."""

    episode: Episode
    given: tuple[str, ...]

    @property
    def timeline(self) -> Timeline:
        return self.episode.timeline

    def sound(self) -> np.ndarray:
        return soundfile.read(self.episode.path, dtype="float32")[0]

    def heard_s(self) -> list[tuple[float, float]]:
        """From when to when something is spoken, to 5 ms, found in the decoded file alone."""
        steps = self.sound()[:, 0][: self.timeline.frames // 240 * 240].reshape(-1, 240)
        loud = np.flatnonzero(np.abs(steps).max(axis=1) > amplitude(-45.0))
        cuts = np.flatnonzero(np.diff(loud) * 0.005 > PIECE_APART_S)
        firsts, lasts = [loud[0], *loud[cuts + 1]], [*loud[cuts], loud[-1]]
        return [(a * 0.005, (b + 1) * 0.005) for a, b in zip(firsts, lasts, strict=True)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    root = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDITATE_HOME", str(root))
        patch.setattr(speech.engines, "ENGINES", {"fake": "fake_engine"})
        patch.setattr(speech.engines, "_open", {})
        patch.setattr(fake_engine, "SPOKEN", given := [])
        folders = system.folders()
        wishes = api.Wishes(bed=NONE, out=root)
        job = api.job_for(script(BODY), Listener(), wishes, folders)
        episode = pipeline.render(dataclasses.replace(job, voice=fake_engine.VOICE), folders)
        yield Made(episode, tuple(given))


def test_a_pause_is_as_long_as_it_was_written_from_sound_to_sound(made: Made) -> None:
    """Trap (kesha-voice-kit 808): the engine's own silence at a join was heard as a second more.

    Ours leaves three quarters of a second around every piece.
    """
    heard = made.heard_s()
    assert len(heard) == len(SENTENCES)
    silences = [after - end for (_start, end), (after, _end) in pairwise(heard)]
    for heard_s, written_s in zip(silences, PAUSES_S, strict=True):
        assert -0.02 < heard_s - written_s < 0.06


def test_no_engine_is_trusted_with_a_pause(made: Made) -> None:
    """Trap (elevenlabs-docs 376, edge-tts 173): an engine's breaks come back as gibberish."""
    assert " ".join(made.given) == " ".join(SENTENCES)


def test_the_transcript_counts_the_pauses(made: Made) -> None:
    """Trap (Kokoro-FastAPI 274): silence is put in, and the times say nothing of it."""
    cues = webvtt.read(made.episode.path.with_suffix(".vtt"))
    assert [" ".join(cue.text.split()) for cue in cues] == list(SENTENCES)
    for cue, (start_s, end_s) in zip(cues, made.heard_s(), strict=True):
        assert -0.005 < start_s - seconds(cue.start) < 0.03
        assert -0.005 < seconds(cue.end) - end_s < 0.04


def seconds(clock: str) -> float:
    hours, minutes, rest = clock.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)


def test_silence_is_never_dead(made: Made) -> None:
    """Trap: a player takes a run of zeros for the end, and a listener for a fault.

    In sixteen bits too, as most players have it.
    """
    command = [FFMPEG, "-v", "error", "-i", made.episode.path, "-f", "s16le", "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    for sound in (made.sound(), np.frombuffer(raw, np.int16).reshape(-1, 2)):
        assert len(sound) == made.timeline.frames
        sounding = np.flatnonzero(sound.any(axis=1))
        edges = np.concatenate([[-1], sounding, [len(sound)]])
        assert np.diff(edges).max() - 1 < to_frames(0.1)


# --- the voice --------------------------------------------------------------------------------


def test_what_an_engine_leaves_around_its_speech_changes_no_clip(
    voice: Voice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap: pauses last as long as was written with one engine, and longer with the next."""
    found_s = []
    for lead_s, tail_s in ((0.1, 0.1), (0.3, 0.45), (1.7, 2.9)):
        monkeypatch.setattr(fake_engine, "LEAD_S", lead_s)
        monkeypatch.setattr(fake_engine, "TAIL_S", tail_s)
        phrase = Phrase(SENTENCES[1])
        clips, _new = speak([phrase], voice, store_at(tmp_path / str(lead_s)), silent)
        found_s.append(to_seconds(clips[phrase].frames))
    assert max(found_s) - min(found_s) < 0.02


def test_pieces_shorter_than_a_cross_fade_are_joined_whole(
    voice: Voice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap (ai-shifu 1739): pydub's append crosses over 100 ms, and fails on a shorter sound."""
    monkeypatch.setattr(fake_engine.FakeEngine, "most_characters", 3)
    monkeypatch.setattr(fake_engine, "SECONDS_A_CHARACTER", 0.02)
    phrase = Phrase("so, as, we, go, on")
    clips, _new = speak([phrase], voice, store_at(tmp_path), silent)
    pieces_s = [fake_engine.length_s(each) for each in fake_engine.SPOKEN]
    assert len(pieces_s) == 5
    assert max(pieces_s) < 0.1
    heard = np.flatnonzero(np.abs(read(clips[phrase])[:, 0]) > 0.02)
    starts_s = heard[np.concatenate([[True], np.diff(heard) > to_frames(0.1)])] / RATE_HZ
    edges_s, breath_s = 0.03, 0.22
    expected_s = [piece_s + edges_s + breath_s for piece_s in pieces_s[:-1]]
    assert np.diff(starts_s) == pytest.approx(expected_s, abs=0.008)


def test_a_soft_sentence_stays_as_much_softer_in_the_mix(
    voice: Voice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap (dsnote 207): each sentence was normalised by itself, and the level jumped.

    One gain for all, but for a trim of at most 2 dB.
    """
    raw_db = {
        "Softest here.": -12.0,
        "Softer here.": -7.0,
        "As ever here.": -1.0,
        "Loud here.": 2.0,
    }
    plain = fake_engine.tone_of
    monkeypatch.setattr(
        fake_engine, "tone_of", lambda text, pace: plain(text, pace) * amplitude(raw_db[text])
    )
    phrases = [Phrase(text) for text in raw_db]
    clips, _new = speak(phrases, voice, store_at(tmp_path), silent)
    spans = [
        (2.0 + 3 * at, 2.0 + 3 * at + to_seconds(clips[each].frames))
        for at, each in enumerate(phrases)
    ]
    spoken = tuple(
        dataclasses.replace(each, phrase=phrase)
        for each, phrase in zip(spoken_at(*spans), phrases, strict=True)
    )
    speech_db, _beds, _bells = mix.levels(PROFILES["personal"], anchor_lufs(clips), {}, {})
    tracks = mix.Tracks(clips, read, {}, NOTHING, {}, speech_db, {}, {})
    sound = joined(mix.summed(mix.blocks(timeline_of(20, spoken, beds=()), tracks)))
    middles = [sound[each.start_frame + each.frames // 3 :][: each.frames // 3] for each in spoken]
    mixed_db = [rms_db(each) for each in middles]
    tone_db = 20 * np.log10(fake_engine.LEVEL / 2**0.5)
    gains_db = [now - tone_db - raw for now, raw in zip(mixed_db, raw_db.values(), strict=True)]
    assert mixed_db == sorted(mixed_db)
    assert [gain - speech_db for gain in gains_db] == pytest.approx([0.0] * 4, abs=2.2)


def test_the_peak_is_held_last_when_the_loudness_is_right() -> None:
    """Trap (moodscape): limited first and then brought to its loudness, peaks pass full scale."""
    spoken = spoken_at((8, 16))
    raw = burst(7, -42.0, 8.0)
    for at in range(RATE_HZ // 2, len(raw), RATE_HZ):  # lips that burst open near a microphone
        raw[at : at + 96] += 0.12 * np.hanning(96)[:, None]
    raw_lufs = loudness.gated_lufs([2.0 * loudness.blocks(loudness.energies(raw))])
    target_lufs = PROFILES["personal"].speech_lufs
    tracks = dataclasses.replace(
        tracks_of({spoken[0].phrase: raw}, beds={}), speech_db=target_lufs - raw_lufs
    )
    mixed = joined(mix.summed(mix.blocks(timeline_of(25, spoken), tracks)))
    assert exact_peak_db(mixed, 4) > master.CEILING_DBTP + 2.0
    limited = joined(master.limited(iter([mixed])))
    assert exact_peak_db(limited, 4) < master.CEILING_DBTP + 0.05
    inside = limited[spoken[0].start_frame : spoken[0].end_frame].astype(float)
    meter = pyloudnorm.Meter(RATE_HZ, filter_class="DeMan")
    assert meter.integrated_loudness(inside) == pytest.approx(target_lufs, abs=0.5)


@pytest.mark.slow
def test_the_longest_sentence_is_spoken_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap (kokoro-onnx 184, kokoro 166): long text is cut off, and nobody is told.

    What takes so long in one sentence takes as long in five.
    """
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    folders = system.folders()
    joe = api.job_for(script("Rest."), Listener(), api.Wishes(), folders).voice
    parts = [
        "the weight of the day goes down into the ground, and the ground holds all of it for you",
        "the breath comes as it likes to come, and goes as it likes to go, and it needs no help",
        "the shoulders may sink a little further, and the jaw, and the small muscles of the face",
        "the sounds of the house are only sounds, near ones and far ones, and all may be there",
        "the evening has time, and so have you, and nothing has to be carried any longer tonight",
    ]
    whole, fifths = Phrase(f"{'; '.join(parts)}."), [Phrase(f"{each}.") for each in parts]
    assert 400 < len(whole.text) <= 600
    clips, _new = speak([whole, *fifths], joe, store_at(tmp_path), silent)
    apart_frames = sum(clips[each].frames for each in fifths)
    assert clips[whole].frames == pytest.approx(apart_frames, rel=0.08)


# --- bells and beds ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", bells.BELLS)
def test_no_bell_is_ever_louder_than_the_voice(kind: str) -> None:
    """Trap: what wakes from a long silence must not startle, as loud as an author may wish it."""
    ring, apart_frames = bells.strike(kind, 1), to_frames(STRIKES_APART_S)
    struck = np.zeros((len(ring) + MAX_STRIKES * apart_frames, 2), np.float32)
    for number in range(MAX_STRIKES):
        struck[number * apart_frames :][: len(ring)] += ring
    for profile in PROFILES.values():
        *_others, bell_db = mix.levels(profile, -20.0, {}, {kind: bells.loudest_lufs(ring)})
        loudest = struck * np.float32(amplitude(bell_db[kind] + BELL_LEVELS_DB[1]))
        assert bells.loudest_lufs(loudest) < profile.speech_lufs


@dataclass(frozen=True)
class Laid:
    """A track with one of the built-in beds under all there can be."""

    name: str
    timeline: Timeline
    tracks: mix.Tracks

    def sound(self, block_frames: int) -> np.ndarray:
        """What goes to the encoder, mixed in blocks of so many frames."""
        mixed = mix.summed(mix.blocks(self.timeline, self.tracks, block_frames))
        return joined(master.limited(mixed))


QUICK_BEDS = ("brown", "binaural")
STEADY_BEDS = ("rain", "brown", "pink", "binaural")


@pytest.fixture(scope="module")
def room() -> mix.Bed:
    return make_bed(NONE, 3, RATE_HZ)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=() if name in QUICK_BEDS else pytest.mark.slow) for name in BEDS
    ],
)
def laid(request: pytest.FixtureRequest, room: mix.Bed) -> Laid:
    name = request.param
    spoken = spoken_at((8, 11), (20, 22))
    timeline = dataclasses.replace(
        timeline_of(40, spoken, (Strike("bowl", to_frames(2.3)),), (BedSpan(name, 0),)),
        swells=(
            Swell("in", to_frames(24), to_frames(4)),
            Swell("out", to_frames(28), to_frames(6)),
        ),
    )
    sounds = {
        each.phrase: burst(n, -18.0, to_seconds(each.frames)) for n, each in enumerate(spoken)
    }
    energies = (loudness.energies(each) for each in sounds.values())
    voice_lufs = loudness.gated_lufs(2.0 * loudness.blocks(each) for each in energies)
    ring = bells.strike("bowl", 3)
    beds = {} if name == NONE else {name: make_bed(name, 3, timeline.frames)}
    profile = PROFILES["personal"]
    levels = mix.levels(profile, voice_lufs, beds, {"bowl": bells.loudest_lufs(ring)})
    speech_db, bed_db, bell_db = levels
    tracks = dataclasses.replace(
        tracks_of(sounds, beds={}, bells={"bowl": ring}, room=room),
        beds=beds,
        speech_db=speech_db,
        bed_db=bed_db,
        bell_db=bell_db,
        breath=breath.block,
        breath_db=profile.speech_lufs - mix.BREATH_BELOW_LU - breath.LUFS,
    )
    return Laid(name, timeline, tracks)


def test_a_whole_mix_is_the_same_in_blocks_of_any_size(laid: Laid) -> None:
    """Trap: what is mixed a block at a time carries something from one to the next."""
    whole = laid.sound(laid.timeline.frames)
    assert len(whole) == laid.timeline.frames
    for block_frames in (RATE_HZ, 10 * RATE_HZ):
        assert apart(laid.sound(block_frames), whole) <= 1e-6


def test_a_bed_lies_twenty_units_under_the_speech_by_another_meter(laid: Laid) -> None:
    if laid.name in STEADY_BEDS:
        meter = pyloudnorm.Meter(RATE_HZ, filter_class="DeMan")
        bare = dataclasses.replace(laid.tracks, bells={"bowl": np.zeros((1, 2), np.float32)})
        sound = joined(mix.summed(mix.blocks(laid.timeline, bare))).astype(float)
        pause, phrase = sound[to_frames(13) : to_frames(19)], sound[to_frames(8) : to_frames(11)]
        under_lu = meter.integrated_loudness(phrase) - meter.integrated_loudness(pause)
        assert under_lu == pytest.approx(PROFILES["personal"].bed_below_lu, abs=1.0)


# --- again, elsewhere -------------------------------------------------------------------------


def outputs(home: Home) -> dict[str, bytes]:
    files = [path for path in (home.work / "output").rglob("*") if path.is_file()]
    return {str(path.relative_to(home.work)): path.read_bytes() for path in files}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fork", "joe"])
def test_a_copied_home_makes_the_same_bytes_in_another_process(tmp_path: Path, name: str) -> None:
    """Trap: what looks repeatable hangs on a clock, a path, an order of names or a warm process."""
    home, copy = home_at(tmp_path / "one"), Home(tmp_path / "two")
    words = render("--name", "Ada", "--for", "guest-x", "--bed", "rain+drone", "--json")
    words = tuple(name if each == "fork" else each for each in words)
    first = run(home, *words, more={"PYTHONHASHSEED": "1"})
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["spoken_now"] > 0
    shutil.copytree(home.root, copy.root)
    shutil.rmtree(copy.work / "output")
    again = run(copy, *words, more={"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LANG": "C"})
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["spoken_now"] == 0
    assert {Path(each).suffix for each in outputs(home)} == {".mp3", ".vtt", ".json"}
    assert outputs(copy) == outputs(home)


@pytest.mark.slow
def test_the_sections_of_a_whole_track_are_equally_loud_by_another_meter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap (studio 93, SoniTranslate 97): a long recording grows louder or softer as it goes.

    Every chapter that speaks for half a minute, and every half minute of speech.
    """
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path))
    folders = system.folders()
    chosen = load("care-circuit", folders.scripts)
    listener = Listener({"care_object": "my old dog Biscuit"}, {"gentle": True})
    wishes = api.Wishes(label="guest-x", length="natural", out=tmp_path)
    episode = pipeline.render(api.job_for(chosen, listener, wishes, folders), folders)
    sound, _rate_hz = soundfile.read(episode.path, dtype="float32")
    meter = pyloudnorm.Meter(RATE_HZ, filter_class="DeMan")
    sections: list[float] = []
    for section in episode.timeline.sections:
        inside = range(section.start_frame, section.end_frame)
        said = speech_in(sound, [s for s in episode.timeline.spoken if s.start_frame in inside])
        if len(said) >= to_frames(30.0):
            sections.append(meter.integrated_loudness(said))
    said = speech_in(sound, episode.timeline.spoken)
    pieces = np.array_split(said, len(said) // to_frames(30.0))
    stretches = [meter.integrated_loudness(each) for each in pieces]
    assert len(sections) >= 2
    assert len(stretches) >= 6
    for found in (sections, stretches):
        assert max(found) - min(found) < 1.0
        assert found == pytest.approx([-16.0] * len(found), abs=1.0)


def speech_in(sound: np.ndarray, spoken: Sequence[Spoken]) -> np.ndarray:
    """All that is spoken, one phrase after the other."""
    return joined(sound[each.start_frame : each.end_frame] for each in spoken)
