"""What a recording inside a script sounds like: at its frame, as loud as the voice, and proven."""

from __future__ import annotations

import json
import re
import shutil
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import fake_engine
import numpy as np
import pyloudnorm
import pytest
import soundfile
from conftest import apart, burst, joined, rms_db, sine_at
from hypothesis import given, settings
from hypothesis import strategies as st

import generator
from generator import api, mix, pipeline, recording, shelf, speech, system
from generator.audio import GRID_FRAMES, RATE_HZ, to_frames
from generator.errors import CheckError, LengthError, MeditationError, UsageError
from generator.model import BedSpan, Duck, Inserted, Listener, Phrase, Spoken, Timeline, Voice
from generator.pipeline.bringing import bring
from generator.recording import once
from generator.script import load
from generator.verify import ground
from generator.verify.cells import BANDS, CELL_FRAMES, COLUMNS, count
from generator.verify.expect import Expected

FRONT = """+++
title = "A Small Test"
summary = "Some sentences."
kind = "practice"
language = "en"
sources = ["none"]
lengths = ["1m", "3m"]
bed = "{bed}"
+++
"""
BODY = """{{ chapter("Arriving") }}
{{ insert("welcome.wav") }}
Find a place to rest. {{ pause(2) }}
{{ insert("song.flac", text="A song: *la la*.") }} {{ rest(20) }}
{{ chapter("Staying") }} Come back to the room. {{ pause(2) }}"""
CANARY = "welcome.wav", "song.flac", "sounds"


def kept(path: Path, told: Callable[[int], None] = lambda _frames: None) -> recording.Once:
    own = recording.look(path)
    sound = recording.keep_once(own, path.with_name(f"kept {path.name}"), told)
    assert sound.frames == recording.length(own)
    return sound


def written(path: Path, sound: np.ndarray, rate_hz: int = RATE_HZ) -> Path:
    soundfile.write(path, sound, rate_hz, **({} if path.suffix != ".wav" else {"subtype": "FLOAT"}))
    return path


# --- kept -------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 48_000, 96_000])
def test_it_lasts_as_long_as_it_did_at_any_rate(
    rate_hz: int, channels: int, tmp_path: Path
) -> None:
    tone = sine_at(500, -20, 2.5, rate_hz=rate_hz, channels=channels)
    sound = kept(written(tmp_path / "x.wav", tone, rate_hz))
    assert sound.frames == to_frames(2.5)
    inside = slice(RATE_HZ // 2, 2 * RATE_HZ)
    got = sound.block(0, sound.frames)
    assert apart(got[inside], sine_at(500, -20, 2.5)[inside]) < 2e-4


def test_its_channels_stay_what_they_are(tmp_path: Path) -> None:
    sides = sine_at(500, -20, 2.0) * np.float32([1.0, 0.25])
    sound = kept(written(tmp_path / "x.wav", sides)).block(RATE_HZ, 4_800)
    assert rms_db(sound[:, :1]) - rms_db(sound[:, 1:]) == pytest.approx(12.04, abs=0.01)


@settings(max_examples=25)
@given(sizes=st.lists(st.integers(0, 9_000), min_size=1, max_size=6).filter(sum))
def test_it_is_the_same_however_it_is_read(sizes: list[int], tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("once") / "raw"
    burst(3, -20, 0.7, channels=2).tofile(path)
    sound = once.Once(path, to_frames(0.7), -20.0)
    at, pieces = 0, []
    while at < sound.frames:
        for size in sizes:
            pieces.append(sound.block(at, min(size, sound.frames - at)))
            at += len(pieces[-1])
    assert np.array_equal(joined(pieces), sound.block(0, sound.frames))


def test_its_ends_are_soft_and_the_rest_is_untouched(tmp_path: Path) -> None:
    """A tone that is cut off anywhere clicks: here it begins and ends at its height."""
    tone = sine_at(500, -6, 1.0, degrees=90.0)
    sound = kept(written(tmp_path / "x.wav", tone)).block(0, RATE_HZ)
    steps = np.abs(np.diff(sound, axis=0, prepend=0.0, append=0.0))
    assert steps.max() < 1.05 * np.abs(np.diff(tone, axis=0)).max()
    np.ones((RATE_HZ, 2), np.float32).tofile(tmp_path / "raw")
    ones = once.Once(tmp_path / "raw", RATE_HZ, 0.0).block(0, RATE_HZ)
    edge = to_frames(once.EDGE_S)
    rise = np.sin((np.arange(edge) + 0.5) / edge * (np.pi / 2)) ** 2
    assert apart(ones[:edge, 0], rise) < 1e-6
    assert apart(ones[::-1][:edge, 1], rise) < 1e-6
    assert np.array_equal(ones[edge:-edge], np.ones((RATE_HZ - 2 * edge, 2)))


def test_how_loud_it_is_another_meter_says_too(tmp_path: Path) -> None:
    music = np.concatenate([burst(1, -30, 6.0, channels=2), np.zeros((RATE_HZ, 2), np.float32)])
    sound = kept(written(tmp_path / "x.wav", music))
    heard = sound.block(0, sound.frames)
    expected = pyloudnorm.Meter(RATE_HZ).integrated_loudness(heard.astype(np.float64))
    assert sound.lufs == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(
    ("sound", "what"),
    [
        (sine_at(500, -20, 0.19), "lasts less than a fifth of a second"),
        (sine_at(500, -72, 3.0), "is silent, or nearly so"),
        (np.zeros((RATE_HZ, 1), np.float32), "is silent, or nearly so"),
        (np.full((RATE_HZ, 1), np.nan, np.float32), "no numbers"),
        (np.zeros((RATE_HZ, 3), np.float32), "has 3 channels"),
    ],
)
def test_what_will_not_do_is_refused_by_its_path(
    sound: np.ndarray, what: str, tmp_path: Path
) -> None:
    own = recording.look(written(tmp_path / "x.wav", sound))
    for refuse in (recording.length, lambda it: kept(it.path)):
        with pytest.raises(UsageError, match=rf"x\.wav: .*{what}") as caught:
            refuse(own)
        assert "\n" not in str(caught.value)


def test_the_shortest_and_the_softest_will_do(tmp_path: Path) -> None:
    assert kept(written(tmp_path / "x.wav", sine_at(500, -20, 0.2))).frames == to_frames(0.2)
    assert kept(written(tmp_path / "y.wav", sine_at(997, -66, 2.0))).lufs < -60


def test_one_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "x.wav", sine_at(500, -20, 1.0))
    own = recording.look(path)
    written(path, sine_at(500, -21, 1.0))
    for refuse in (recording.length, lambda it: recording.keep_once(it, tmp_path / "k", print)):
        with pytest.raises(UsageError, match="changed while it was read"):
            refuse(own)


@pytest.mark.slow
def test_half_an_hour_is_the_most_and_a_bomb_stops_there(tmp_path: Path) -> None:
    """Six hours of a rectangle at 8 kHz are some hundred kilobytes of FLAC."""
    path, square = tmp_path / "x.flac", np.float32([[0.1], [-0.1]])
    with soundfile.SoundFile(path, "w", 8_000, 1) as file:
        for _minute in range(6 * 60):
            file.write(np.tile(square, (30 * 8_000, 1)))
    own = recording.look(path)
    tracemalloc.start()
    try:
        with pytest.raises(UsageError, match="lasts more than half an hour"):
            recording.length(own)
        assert tracemalloc.get_traced_memory()[1] < 60e6
    finally:
        tracemalloc.stop()


# --- in the mix -------------------------------------------------------------------------------


class Flat:
    """A bed of one value, so that its gain can be read off."""

    lufs = -30.0
    duck = Duck(depth_db=6.0)

    def __init__(self, value: float) -> None:
        self.value = value

    def block(self, _start_frame: int, frames: int) -> np.ndarray:
        return np.full((frames, 2), self.value, np.float32)


def mixed(inserts: list[mix.Recording], timeline: Timeline, bed: float = 0.0, size: int = 0):
    beds, room = {"flat": Flat(bed)}, Flat(0.0)
    levels = [(each, -6.0) for each in inserts]
    tracks = mix.Tracks({}, print, beds, room, {}, 0.0, {"flat": 0.0}, {}, inserts=levels)
    return list(mix.blocks(timeline, tracks, size or mix.BLOCK_FRAMES))


def laid(*starts_s: float, frames: int, length_s: float = 60.0) -> Timeline:
    inserts = tuple(Inserted("x", to_frames(each), frames) for each in starts_s)
    beds = (BedSpan("flat", 0),)
    return Timeline(to_frames(length_s), (), (), (), (), beds, inserts=inserts)


@pytest.mark.parametrize("size", [10_007, RATE_HZ, 10**9])
def test_it_sounds_from_its_frame_on_whatever_the_blocks(tmp_path: Path, size: int) -> None:
    sound = kept(written(tmp_path / "x.wav", burst(1, -20, 3.3, channels=2)))
    timeline = laid(5.0, 12.1, frames=sound.frames, length_s=20.0)
    got = joined(each.sum() for each in mixed([sound, sound], timeline, size=size))
    expected = np.zeros_like(got)
    for start_s in (5.0, 12.1):
        piece = expected[to_frames(start_s) :][: sound.frames]
        piece += sound.block(0, sound.frames) * np.float32(10 ** (-6 / 20))
    assert np.array_equal(got, expected)


def test_it_belongs_to_the_voice_and_to_what_lies_under_the_words(tmp_path: Path) -> None:
    sound = kept(written(tmp_path / "x.wav", burst(1, -20, 3.0, channels=2)))
    (block,) = mixed([sound], laid(5.0, frames=sound.frames), bed=0.1, size=10**9)
    assert np.array_equal(block.voice, block.inserted)
    assert apart(block.ground() - block.bed, block.inserted) < 1e-6
    assert apart(block.sum(), block.bed + block.voice) == 0.0


def test_the_bed_makes_way_for_it_as_for_a_phrase(tmp_path: Path) -> None:
    sound = kept(written(tmp_path / "x.wav", burst(1, -20, 8.0)))
    there = laid(20.0, frames=sound.frames)
    phrase = Spoken(Phrase("x"), to_frames(20.0), sound.frames)
    as_phrase = mix.curves.ducked((phrase,), Flat.duck)
    assert mix.curves.ducked(there.voiced, Flat.duck) == as_phrase
    (block,) = mixed([sound], there, bed=0.1, size=10**9)
    under, before = (20 * np.log10(block.bed[to_frames(at), 0]) for at in (24.0, 15.0))
    assert (before, before - under) == pytest.approx((-20.0, 6.0), abs=1e-3)


# --- the whole --------------------------------------------------------------------------------


def furnished(root: Path) -> system.Folders:
    """A home with two recordings: mono at 44.1 kHz, and stereo at 48, each another tone."""
    sounds = root / "home" / "scripts" / "sounds"
    sounds.mkdir(parents=True)
    written(sounds / "welcome.wav", sine_at(1_000, -40, 4.0, rate_hz=44_100, channels=1), 44_100)
    written(sounds / "song.flac", sine_at(1_500, -3, 6.0) * np.float32([1.0, 0.5]))
    return system.folders()


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> system.Folders:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return furnished(tmp_path)


def job(folders: system.Folders, body: str = BODY, bed: str = "none", **wishes: object):
    (folders.scripts[0] / "small.j2").write_text(FRONT.format(bed=bed) + body)
    chosen = load("small", folders.scripts)
    made = api.job_for(chosen, Listener(), api.Wishes(**wishes), folders)  # type: ignore[arg-type]
    return replace(made, voice=fake_engine.VOICE)


@dataclass(frozen=True)
class Home:
    """One user's place, and the tracks that were made there."""

    folders: system.Folders
    out: Path
    mp3: generator.Episode
    sleep: generator.Episode
    """The same in the sleep profile over a bed, and lossless."""


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Home]:
    root = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MEDITATE_HOME", str(root / "home"))
        patched.setattr(speech.engines, "ENGINES", {"fake": "fake_engine"})
        folders, out = furnished(root), root / "output"
        out.mkdir()
        wishes = {"length": "1m", "label": "one", "out": out}
        mp3 = pipeline.render(job(folders, **wishes), folders)
        other = {"profile": "sleep", "format": "flac", "bed": "brown"}
        yield Home(folders, out, mp3, pipeline.render(job(folders, **wishes, **other), folders))


@pytest.fixture
def rendered(home: Home) -> generator.Episode:
    return home.mp3


def decoded(made: generator.Episode) -> np.ndarray:
    sound, _rate_hz = soundfile.read(made.path, dtype="float32", always_2d=True)
    return sound


def begins(sound: np.ndarray, hz: float, near: Inserted) -> float:
    """Seconds from where a tone was planned to where it comes up to half its height."""
    first = near.start_frame - RATE_HZ // 2
    piece = sound[first : near.start_frame + RATE_HZ, 0].astype(np.float64)
    turns = np.exp(-2j * np.pi * hz / RATE_HZ * np.arange(len(piece)))
    window = np.hanning(481) / 240.0
    height = np.abs(np.convolve(piece * turns, window, "same"))
    return (int(np.argmax(height > height[-RATE_HZ // 4] / 2)) + first - near.start_frame) / RATE_HZ


def test_both_recordings_are_found_in_the_mp3_at_their_frames_as_loud_as_the_voice(
    rendered: generator.Episode,
) -> None:
    sound, timeline = decoded(rendered), rendered.timeline
    assert len(sound) == timeline.frames == 60 * RATE_HZ
    assert [each.frames for each in timeline.inserts] == [4 * RATE_HZ, 6 * RATE_HZ]
    meter = pyloudnorm.Meter(RATE_HZ)
    for each, hz in zip(timeline.inserts, (1_000.0, 1_500.0), strict=True):
        heard = sound[each.start_frame : each.end_frame].astype(np.float64)
        assert meter.integrated_loudness(heard) == pytest.approx(-16.0, abs=0.2)
        assert begins(sound, hz, each) == pytest.approx(once.EDGE_S / 2, abs=0.004)
        lines = np.abs(np.fft.rfft(heard[RATE_HZ : 2 * RATE_HZ, 0]))
        assert int(np.argmax(lines)) == hz
    mono, stereo = (
        rms_db(sound[each.start_frame + RATE_HZ :][: 2 * RATE_HZ, :1])
        - rms_db(sound[each.start_frame + RATE_HZ :][: 2 * RATE_HZ, 1:])
        for each in timeline.inserts
    )
    assert (mono, stereo) == pytest.approx((0.0, 6.02), abs=0.05)
    assert rendered.measured.speech_lufs == pytest.approx(-16.0, abs=0.3)
    assert rendered.measured.true_peak_dbtp < -1.0


def test_it_is_neither_silence_nor_speech(rendered: generator.Episode) -> None:
    timeline = rendered.timeline
    quiet = timeline.frames - timeline.speech_frames - 10 * RATE_HZ
    assert timeline.silence_share == pytest.approx(quiet / timeline.frames)
    for each in timeline.inserts:
        assert each.start_frame % GRID_FRAMES == 0
        for silence in timeline.silences:
            end = silence.start_frame + silence.frames
            assert silence.start_frame >= each.end_frame or end <= each.start_frame
    arriving, staying = timeline.sections
    assert arriving.start_frame == 0
    assert timeline.inserts[-1].end_frame < staying.start_frame


def test_papers_tell_of_it_and_nothing_tells_where_it_came_from(
    rendered: generator.Episode,
) -> None:
    folder = rendered.path.parent
    endings = {f"{form}{each}" for form in ("", ".flac") for each in (".vtt", ".timeline.json")}
    names = {f"small-1m{each}" for each in (".mp3", ".flac", *endings)}
    assert {each.name for each in folder.iterdir()} == names, "and no scratch"
    vtt = (folder / "small-1m.vtt").read_text()
    assert "\n[Recording]\n" in vtt
    assert "\nA song: *la la*.\n" in vtt
    document = json.loads((folder / "small-1m.timeline.json").read_text())
    assert document["inserts"][0] == {
        "text": "[Recording]",
        "start_frame": rendered.timeline.inserts[0].start_frame,
        "frames": 4 * RATE_HZ,
    }
    for each in folder.iterdir():
        content = each.read_bytes()
        for name in CANARY:
            assert name.encode() not in content
            assert name.encode("utf-16-le") not in content


def test_a_changed_file_makes_another_track(
    home: Home, folders: system.Folders, voice: Voice
) -> None:
    before = home.mp3.path.read_bytes()
    assert shelf.admit(job(home.folders, length="1m", label="one", out=home.out), marks(home))
    written(folders.scripts[0] / "sounds" / "welcome.wav", sine_at(1_200, -40, 4.0))
    with pytest.raises(UsageError, match="was made from other inputs"):
        pipeline.render(job(folders, length="1m", label="one", out=home.out), folders)
    assert home.mp3.path.read_bytes() == before
    assert not fake_engine.SPOKEN


def marks(home: Home) -> set[str]:
    document = json.loads(home.mp3.path.with_suffix(".timeline.json").read_text())
    return {document["inputs"]}


@pytest.mark.slow
def test_the_same_recordings_make_the_same_bytes(home: Home, voice: Voice) -> None:
    before = home.mp3.path.read_bytes()
    same = job(home.folders, length="1m", label="one", out=home.out)
    assert pipeline.render(same, home.folders).path.read_bytes() == before


def test_every_profile_has_it_as_loud_as_its_voice(home: Home) -> None:
    sound = decoded(home.sleep)
    for each in home.sleep.timeline.inserts:
        heard = sound[each.start_frame : each.end_frame].astype(np.float64)
        lufs = pyloudnorm.Meter(RATE_HZ).integrated_loudness(heard)
        assert lufs == pytest.approx(-20.0, abs=0.1)


def test_a_length_is_refused_exactly_before_a_word_is_spoken(
    folders: system.Folders, voice: Voice
) -> None:
    song = folders.scripts[0] / "sounds" / "song.flac"
    written(song, sine_at(1_500, -3, 61.0))
    with pytest.raises(LengthError, match="the voice with the recordings needs 1:0"):
        pipeline.render(job(folders, length="1m"), folders)
    assert not fake_engine.SPOKEN
    assert not Path("output").exists()


@pytest.mark.parametrize("broken", ["missing", "damaged", "silent"])
def test_what_cannot_be_inserted_is_said_in_one_line_before_a_word_is_spoken(
    folders: system.Folders, voice: Voice, broken: str
) -> None:
    path = folders.scripts[0] / "sounds" / "welcome.wav"
    if broken == "missing":
        path.unlink()
    elif broken == "damaged":
        path.write_bytes(b"fLaC" + bytes(99))
    else:
        written(path, np.zeros((RATE_HZ, 1), np.float32))
    with pytest.raises(MeditationError) as caught:
        pipeline.render(job(folders, length="1m"), folders)
    assert "welcome.wav" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not fake_engine.SPOKEN
    assert not list(Path().rglob("output/*/*"))


def test_each_is_read_once_and_told_to_its_end(folders: system.Folders) -> None:
    told: list[tuple[int, int]] = []
    wanted = job(folders, BODY + '{{ insert("song.flac") }}')
    cues = pipeline.cues_of(wanted)
    with system.workshop(Path()) as place:
        estimated = pipeline.outline(wanted, cues)
        found = bring(wanted, cues, place, estimated, lambda _stage, *now: told.append(now)).inserts
        assert len(list(Path().glob(".making-*-*"))) == 2, "inserted twice, a song is kept once"
        assert [each.frames for each in found] == [each.frames for each in estimated.inserts]
    assert told == sorted(told)
    assert told[-1] == (10 * RATE_HZ, 10 * RATE_HZ)


# --- the proof --------------------------------------------------------------------------------


@pytest.fixture
def lossless(home: Home, tmp_path: Path) -> generator.Episode:
    """A copy that may be spoilt."""
    made = home.sleep
    for each in made.path.parent.glob("small-1m.flac*"):
        shutil.copy(each, tmp_path)
    return replace(made, path=tmp_path / made.path.name)


def faults(path: Path) -> set[str]:
    return {each.name for each in pipeline.verified(path, lambda *_: None).faults}


def test_a_finished_track_is_proven(lossless: generator.Episode) -> None:
    checks = pipeline.verified(lossless.path, lambda *_: None).checks
    (whole,) = (each for each in checks if each.name == "recordings whole")
    assert whole.met
    assert whole.value < 0.5
    guide = (Path(__file__).parent.parent / "docs" / "verify.md").read_text()
    assert re.search(
        rf"^\| {whole.name} \| .* \| {whole.limit:g} dB softer \|$", guide, re.MULTILINE
    )


@pytest.mark.parametrize("from_s", [0.0, 2.0, 5.0])
def test_a_second_that_is_missing_is_found_and_named(
    lossless: generator.Episode, from_s: float
) -> None:
    sound, each = decoded(lossless), lossless.timeline.inserts[1]
    first = each.start_frame + to_frames(from_s)
    sound[first : first + RATE_HZ] *= 0.03
    soundfile.write(lossless.path, sound, RATE_HZ, subtype="PCM_24")
    whole, untagged = pipeline.verified(lossless.path, lambda *_: None).faults
    assert (whole.name, untagged.name) == ("recordings whole", "chapters")
    assert whole.where.startswith("recording 2 at 0:")


def test_one_that_is_late_is_found(lossless: generator.Episode) -> None:
    sound, each = decoded(lossless), lossless.timeline.inserts[1]
    later, there = to_frames(0.6), slice(each.start_frame, each.end_frame)
    piece = sound[there].copy()
    sound[there] = 0.0
    sound[there.start + later : there.stop + later] += piece
    soundfile.write(lossless.path, sound, RATE_HZ, subtype="PCM_24")
    assert {"recordings whole", "pauses undisturbed"} <= faults(lossless.path)


def test_a_timeline_with_more_recordings_than_a_track_holds_is_refused(
    lossless: generator.Episode,
) -> None:
    sidecar = lossless.path.with_name(f"{lossless.path.name}.timeline.json")
    document = json.loads(sidecar.read_text())
    one = {"text": "x", "start_frame": 0, "frames": document["frames"]}
    for inserts in ([one] * 2, [{**one, "frames": 0}] * 10_001):
        sidecar.write_text(json.dumps({**document, "inserts": inserts}))
        with pytest.raises(CheckError, match="more than a track can"):
            faults(lossless.path)


def test_a_recording_may_click_as_it_likes_and_a_pause_may_not() -> None:
    """Seen: music whose channels all but cancel bends the wave by 5.5 dB more than was mixed."""
    timeline = laid(1.0, frames=2 * RATE_HZ, length_s=6.0)
    cells = count(0, timeline.frames)
    expected = Expected(np.zeros((cells, COLUMNS), np.float32), ())
    for at_s, met in ((2.0, True), (5.0, False)):
        grid = np.zeros((cells, COLUMNS), np.float32)
        grid[to_frames(at_s) // CELL_FRAMES, BANDS] = 0.1
        click = list(ground.checks(timeline, expected, grid))[-1]
        assert (click.name, click.met) == ("no click", met)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["out of step", "claps", "drums"])
@pytest.mark.parametrize("form", ["mp3", "ogg"])
def test_no_recording_is_so_odd_that_its_track_is_not_delivered(
    folders: system.Folders, voice: Voice, kind: str, form: str
) -> None:
    rng, frames = np.random.default_rng(5), 4 * RATE_HZ
    times = np.arange(frames) / RATE_HZ
    if kind == "out of step":
        music = sum(
            np.sin(2 * np.pi * hz * times) * np.exp(-((2 * times + hz) % 1) * 3)
            for hz in (110.0, 220.0, 329.6, 880.0, 1760.0, 3520.0)
        )
        sound = np.stack([music + 0.02 * rng.standard_normal(frames), -music], axis=1)
    elif kind == "claps":
        sound = 0.001 * rng.standard_normal((frames, 2))
        sound[::12_000] = 1.0
    else:
        sound = rng.standard_normal((frames, 2)) * np.exp(-(2 * times % 1) * 12)[:, None]
    sound /= 1.1 * np.abs(sound).max()
    written(folders.scripts[0] / "sounds" / "song.flac", sound.astype(np.float32))
    made = pipeline.render(job(folders, length="1m", format=form), folders)
    assert faults(made.path) == set()
    assert made.measured.true_peak_dbtp < -1.0
