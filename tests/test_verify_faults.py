"""Real tracks with one fault planted: each is found, and a good one is never called faulty.

Faults of the sound are planted in the mix, before it is encoded, so that nothing else is wrong.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import babble
import imageio_ffmpeg
import numpy as np
import pyloudnorm
import pytest
import soundfile

from generator import (
    api,
    encode,
    loudness,
    master,
    mix,
    personalise,
    pipeline,
    script,
    speech,
    system,
    tags,
    transcript,
    verify,
)
from generator.audio import RATE_HZ, to_frames, to_ms
from generator.bed import BEDS
from generator.encode import lame
from generator.encode.info import frames_of
from generator.encode.stretches import coded
from generator.errors import CheckError
from generator.model import PROFILES, Facts, Job, Measured, Mixed, Report, Strike, Timeline

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
FRAME_BYTES = 384
SCRIPT = """+++
title = "A Small Test"
summary = "Some sentences."
kind = "practice"
language = "en"
sources = ["none"]
lengths = ["1m", "5m"]
switches = []
bed = "drone"
+++
{{ bell("small") }}
{{ chapter("Arriving") }}
Find a place to rest, whatever that is today. {{ pause(2) }}
Let the shoulders sink a little further down. {{ pause(6) }}
{{ chapter("Staying") }}
You can stay here for as long as you like. Nothing has to happen. {{ pause(3) }}
{{ bed("brown") }}
Come back to the room when you are ready. {{ pause(4) }}
"""


@dataclass(frozen=True)
class Made:
    """A finished track, and what it was mixed from."""

    path: Path
    job: Job
    timeline: Timeline
    sources: mix.Tracks
    sounds: dict[Path, np.ndarray] = field(repr=False)

    def mixed(self) -> np.ndarray:
        return np.concatenate(list(mix.summed(mix.blocks(self.timeline, self.sources))))

    def clip(self, number: int) -> np.ndarray:
        """The sound of a phrase at its level, from both speakers."""
        clip = self.sources.clips[self.timeline.spoken[number].phrase]
        return self.sources.read(clip) * np.float32(self.sources.gain(clip)) * np.ones((1, 2))

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.path.with_suffix(".timeline.json").read_text())

    def copied(self, folder: Path) -> Path:
        for path in self.path.parent.iterdir():
            shutil.copy(path, folder / path.name)
        return folder / self.path.name

    def with_sound(self, folder: Path, sound: np.ndarray) -> Path:
        """The track with another sound, honestly encoded and kept as if it had been so."""
        path, bare = self.copied(folder), folder / "bare.mp3"
        encode.encode(bare, master.limited(iter([sound])), len(sound), lambda *_: None)
        found = verify.opened(bare)
        path.write_bytes(verify.opened(path).tag + bare.read_bytes())
        document = {**self.document, "stream": asdict(found.stream)}
        path.with_suffix(".timeline.json").write_text(json.dumps(document))
        return path


def rendered(root: Path, voice: str, **wishes: Any) -> Made:
    """A real render, whose sources are kept when it is done."""
    folders = system.folders(root / "scripts")
    chosen = script.load("small", folders.scripts)
    wanted = api.Wishes(voice=voice, out=root / "out", **wishes)
    job = api.job_for(chosen, personalise.check(chosen, {}), wanted, folders)
    kept: list[mix.Tracks] = []
    sounds: dict[Path, np.ndarray] = {}
    plain = pipeline.witnessed

    def watched(
        job: Job, track: Path, timeline: Timeline, sources: mix.Tracks, *others: Any
    ) -> Any:
        sounds.update({each.path: sources.read(each) for each in sources.clips.values()})
        kept.append(replace(sources, read=lambda clip: sounds[clip.path]))
        return plain(job, track, timeline, sources, *others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "witnessed", watched)
        episode = pipeline.render(job, folders)
    return Made(episode.path, job, episode.timeline, kept[0], sounds)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("home")
    for folder in ("scripts", "voices", "out"):
        (root / folder).mkdir()
    (root / "scripts" / "small.j2").write_text(SCRIPT)
    (root / "voices" / "babbler.toml").write_text(babble.VOICE_FILE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDITATE_HOME", str(root))
        patch.setattr(speech.engines, "ENGINES", {**speech.engines.ENGINES, "babble": "babble"})
        patch.setattr(speech.engines, "_open", {})
        yield root


@pytest.fixture(scope="module", params=["babbler", pytest.param("joe", marks=pytest.mark.slow)])
def made(request: pytest.FixtureRequest, root: Path) -> Made:
    return rendered(root, request.param, label=request.param)


def verified(path: Path) -> Report:
    return pipeline.verified(path, lambda *_: None)


def faults(path: Path) -> set[str]:
    return {each.name for each in verified(path).faults}


# --- faults of the sound ----------------------------------------------------------------------

Fault = Callable[[Made, np.ndarray], np.ndarray]


def fading(frames: int, edge_s: float = 0.02) -> np.ndarray:
    """1 but for its ends, which go to 0 without a corner."""
    ramp = np.minimum(np.arange(frames) + 0.5, np.arange(frames)[::-1] + 0.5)
    rise = np.clip(ramp / to_frames(edge_s), 0.0, 1.0)
    return (0.5 - 0.5 * np.cos(np.pi * rise))[:, None]


def long_pause(made: Made) -> slice:
    """The middle of the longest pause between two phrases."""
    words = made.timeline.spoken
    inner = [s for s in made.timeline.silences if s.start_frame < words[-1].start_frame]
    longest = max(inner, key=lambda each: each.frames)
    middle = longest.start_frame + longest.frames // 2
    return slice(middle - to_frames(1.5), middle + to_frames(1.5))


def moved(by_s: float) -> Fault:
    def plant(made: Made, sound: np.ndarray) -> np.ndarray:
        start, clip = made.timeline.spoken[1].start_frame, made.clip(1)
        sound[start : start + len(clip)] -= clip
        start += to_frames(by_s)
        sound[start : start + len(clip)] += clip
        return sound

    return plant


def cut_short(number: int) -> Fault:
    def plant(made: Made, sound: np.ndarray) -> np.ndarray:
        end, lost = made.timeline.spoken[number].end_frame, to_frames(0.15)
        fade = np.minimum(np.arange(lost) / to_frames(0.02), 1.0)[:, None]
        sound[end - lost : end] -= made.clip(number)[-lost:] * fade
        return sound

    return plant


def replaced(made: Made, sound: np.ndarray) -> np.ndarray:
    spoken, other = made.timeline.spoken[1], made.clip(2)[: made.timeline.spoken[1].frames]
    sound[spoken.start_frame : spoken.end_frame] -= made.clip(1)
    at = slice(spoken.start_frame, spoken.start_frame + len(other))
    sound[at] += other * fading(len(other))
    return sound


def dropped_out(made: Made, sound: np.ndarray) -> np.ndarray:
    gone = long_pause(made)
    sound[gone] *= 1.0 - fading(gone.stop - gone.start)
    return sound


def undeclared(made: Made, sound: np.ndarray) -> np.ndarray:
    at, word = long_pause(made).start, made.clip(3)[: to_frames(1.0)]
    sound[at : at + len(word)] += word * fading(len(word)) * 10 ** (-12 / 20)
    return sound


def clicked(made: Made, sound: np.ndarray) -> np.ndarray:
    sound[made.timeline.spoken[1].end_frame] += 0.03
    return sound


def stepped(made: Made, sound: np.ndarray) -> np.ndarray:
    """A constant that comes and goes at once, as where sounds are cut without a fade."""
    at = long_pause(made).start
    sound[at : at + to_frames(0.004)] += 0.02
    return sound


def late_ground(made: Made, sound: np.ndarray) -> np.ndarray:
    first = min(each.start_frame for each in (*made.timeline.spoken, *made.timeline.strikes))
    sound[: first - to_frames(0.1)] *= 0.03
    return sound


def louder(_made: Made, sound: np.ndarray) -> np.ndarray:
    return sound * np.float32(10 ** (1 / 20))


PLANTED: dict[str, tuple[Fault, set[str]]] = {
    "nothing": (lambda _made, sound: sound, set()),
    "a phrase 200 ms late": (moved(0.2), {"phrases in place"}),
    "a phrase 200 ms early": (moved(-0.2), {"phrases in place"}),
    "a phrase 30 ms late": (moved(0.03), {"phrases in place"}),
    "the end of a phrase missing": (cut_short(1), {"phrases whole"}),
    "the end of the last phrase missing": (cut_short(-1), {"phrases whole"}),
    "another phrase": (replaced, {"phrases whole"}),
    "no bed for three seconds": (dropped_out, {"bed never gone"}),
    "speech in a pause": (undeclared, {"pauses undisturbed"}),
    "a click at a join": (clicked, {"no click"}),
    "a step in a pause": (stepped, {"no click"}),
    "all of it 1 dB louder": (louder, {"speech loudness"}),
    "a second too short": (lambda _made, sound: sound[:-RATE_HZ], {"length", "header"}),
    "nothing before the first sound": (late_ground, {"bed never gone"}),
}
ALONE = {"nothing", "the end of a phrase missing", "the end of the last phrase missing"} | {
    "a click at a join",
    "a step in a pause",
    "all of it 1 dB louder",
}
"""Faults of which nothing else is wrong either."""


def phrase(number: int) -> Callable[[Made], int]:
    return lambda made: made.timeline.spoken[number].start_frame + to_frames(0.5)


PLACES: dict[str, Callable[[Made], int]] = {
    "a phrase 200 ms late": phrase(1),
    "a phrase 30 ms late": phrase(1),
    "the end of a phrase missing": phrase(1),
    "the end of the last phrase missing": phrase(-1),
    "another phrase": phrase(1),
    "no bed for three seconds": lambda made: long_pause(made).start,
    "speech in a pause": lambda made: long_pause(made).start,
    "a click at a join": lambda made: made.timeline.spoken[1].end_frame,
    "a step in a pause": lambda made: long_pause(made).start,
    "a second too short": lambda made: made.timeline.frames - to_frames(0.5),
}
"""A frame in which the fault is planted."""


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_of_the_sound_is_found_and_called_what_it_is_and_shown_where_it_is(
    made: Made, tmp_path: Path, fault: str
) -> None:
    plant, found = PLANTED[fault]
    path = made.with_sound(tmp_path, plant(made, made.mixed()))
    report = verified(path)
    names = {each.name for each in report.faults}
    assert names == found if fault in ALONE else names >= found
    assert not any(each.stretches for each in report.checks if each.met)
    if fault in PLACES:
        frame, edge = PLACES[fault](made), to_frames(0.02)
        shown = [each.stretches for each in report.faults if each.name in found - {"header"}]
        for each in shown:
            assert any(at.start_frame - edge <= frame < at.end_frame + edge for at in each)


def test_all_that_is_wrong_is_shown_and_not_only_the_worst(made: Made, tmp_path: Path) -> None:
    path = made.with_sound(tmp_path, cut_short(2)(made, cut_short(1)(made, made.mixed())))
    (torn,) = verified(path).faults
    spoken = made.timeline.spoken
    assert [each.start_frame for each in torn.stretches] == [
        spoken[number].start_frame for number in (1, 2)
    ]


# --- faults of the bytes and the papers -------------------------------------------------------


def one_frame_cut(made: Made, path: Path) -> Path:
    tag, content = len(verify.opened(path).tag), path.read_bytes()
    at = tag + (len(content) - tag) // 2 // FRAME_BYTES * FRAME_BYTES
    path.write_bytes(content[:at] + content[at + FRAME_BYTES :])
    return path


def truncated(made: Made, path: Path) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 3 // 4])
    return path


def byte_changed(made: Made, path: Path) -> Path:
    content = bytearray(path.read_bytes())
    content[-FRAME_BYTES // 2] ^= 1
    path.write_bytes(content)
    return path


def by_ffmpeg(*words: str) -> Callable[[Made, Path], Path]:
    def plant(made: Made, path: Path) -> Path:
        other = path.with_name("other.mp3")
        keeping = ("-map_metadata", "0", "-id3v2_version", "3")
        command = [FFMPEG, "-v", "error", "-i", path, "-map", "0:a", *keeping, *words, other]
        subprocess.run(command, check=True)
        path.write_bytes(verify.opened(path).tag + other.read_bytes()[len(tag_of(other)) :])
        return path

    return plant


def tag_of(path: Path) -> bytes:
    return verify.opened(path).tag


def tagged(made: Made, path: Path, timeline: Timeline, text: str, *, with_text: bool) -> Path:
    facts = Facts("A Small Test", "Babbler", "", "en", "", "", "", with_text=with_text)
    measured = Measured(timeline.frames, -16.0, -1.5)
    tags.write_tags(path, facts, timeline, measured, cover=b"", text=text)
    return path


def chapters_swapped(made: Made, path: Path) -> Path:
    one, other = made.timeline.sections
    swapped = (replace(one, title=other.title), replace(other, title=one.title))
    wrong, text = replace(made.timeline, sections=swapped), transcript.plain_text(made.timeline)
    return tagged(made, path, wrong, text, with_text=True)


def chapter_a_millisecond_late(made: Made, path: Path) -> Path:
    one, other = made.timeline.sections
    late = (
        replace(one, end_frame=one.end_frame + 48),
        replace(other, start_frame=one.end_frame + 48),
    )
    wrong, text = replace(made.timeline, sections=late), transcript.plain_text(made.timeline)
    return tagged(made, path, wrong, text, with_text=True)


def a_word_of_the_lyrics(made: Made, path: Path) -> Path:
    text = transcript.plain_text(made.timeline).replace("shoulders", "elbows")
    return tagged(made, path, made.timeline, text, with_text=True)


def no_lyrics(made: Made, path: Path) -> Path:
    return tagged(made, path, made.timeline, "", with_text=False)


def in_the_transcript(old: str, new: str) -> Callable[[Made, Path], Path]:
    def plant(made: Made, path: Path) -> Path:
        vtt = path.with_suffix(".vtt")
        before = vtt.read_text()
        vtt.write_text(before.replace(old, new))
        assert vtt.read_text() != before
        return path

    return plant


def a_millisecond_of_the_transcript(made: Made, path: Path) -> Path:
    start_ms = to_ms(made.timeline.spoken[0].start_frame) % 1000
    return in_the_transcript(f".{start_ms:03} -->", f".{start_ms + 1:03} -->")(made, path)


def no_transcript(made: Made, path: Path) -> Path:
    path.with_suffix(".vtt").unlink()
    return path


def no_tag(made: Made, path: Path) -> Path:
    path.write_bytes(path.read_bytes()[len(tag_of(path)) :])
    return path


BYTES: dict[str, tuple[Callable[[Made, Path], Path], set[str]]] = {
    "one MP3 frame cut": (one_frame_cut, {"stream", "header", "length"}),
    "a quarter missing": (truncated, {"stream", "header", "length", "phrases whole"}),
    "a bit changed": (byte_changed, {"stream", "header"}),
    "encoded again": (by_ffmpeg("-b:a", "128k", "-ar", "48000"), {"stream"}),
    "repacked": (by_ffmpeg("-c", "copy"), {"stream"}),
    "repacked without a header": (by_ffmpeg("-c", "copy", "-write_xing", "0"), {"header"}),
    "chapters swapped": (chapters_swapped, {"chapters"}),
    "a chapter a millisecond late": (chapter_a_millisecond_late, {"chapters"}),
    "a word of the lyrics changed": (a_word_of_the_lyrics, {"lyrics"}),
    "no lyrics": (no_lyrics, set()),
    "no tag": (no_tag, {"chapters"}),
    "a word of the transcript changed": (in_the_transcript("shoulders", "elbows"), {"transcript"}),
    "a millisecond of the transcript": (a_millisecond_of_the_transcript, {"transcript"}),
    "no transcript": (no_transcript, {"transcript"}),
}


@pytest.mark.parametrize("fault", BYTES)
def test_a_fault_of_the_bytes_or_the_papers_is_found(
    made: Made, tmp_path: Path, fault: str
) -> None:
    plant, found = BYTES[fault]
    path = plant(made, made.copied(tmp_path))
    assert faults(path) >= found
    papers = {"chapters", "lyrics", "transcript"}
    if found <= papers:
        assert faults(path) == found
    assert faults(path) & papers == found & papers


def test_the_sidecar_of_another_track_is_found(made: Made, root: Path, tmp_path: Path) -> None:
    other = rendered(root, "babbler", label="other", seed=2, profile="podcast")
    path = made.copied(tmp_path)
    for ending in (".timeline.json", ".vtt"):
        shutil.copy(other.path.with_suffix(ending), path.with_suffix(ending))
    assert {"length", "stream", "chapters", "phrases whole"} <= faults(path)


# --- no false alarm ---------------------------------------------------------------------------


QUICK = {("drone", "podcast"), ("none", "sleep")}
GOOD = [
    pytest.param(bed, profile, marks=() if (bed, profile) in QUICK else pytest.mark.slow)
    for bed in BEDS
    for profile in PROFILES
]


@pytest.mark.parametrize(("bed", "profile"), GOOD)
def test_a_good_track_is_proven(root: Path, bed: str, profile: str) -> None:
    wishes = {"bed": bed, "profile": profile, "label": f"{bed}-{profile}"}
    report = verified(rendered(root, "babbler", **wishes).path)
    assert report.faults == ()
    assert len({each.name for each in report.checks}) == len(report.checks) == 15


def by_ffmpegs_meter(path: Path) -> dict[str, list[float]]:
    """Every reading of momentary, short-term and integrated loudness and of the range."""
    meter = "ebur128=metadata=1,ametadata=mode=print:file=-"
    command = [FFMPEG, "-nostats", "-i", path, "-af", meter, "-f", "null", "-"]
    run = subprocess.run(command, capture_output=True, check=True, text=True)
    return {
        key: [float(each) for each in re.findall(rf"lavfi.r128.{key}=(-?[\d.]+)", run.stdout)]
        for key in ("M", "S", "I", "LRA")
    }


class WithoutSilence(pyloudnorm.Meter):
    """The other meter without the silence that it puts after a sound whose range it measures."""

    def _append_silence(self, data: np.ndarray, silence_duration_sec: float) -> np.ndarray:
        return data


@pytest.mark.slow
def test_every_figure_is_read_alike_by_other_meters(made: Made, tmp_path: Path) -> None:
    """Four times over for the range: a track of half a minute has few three seconds."""
    samples, _rate_hz = soundfile.read(made.path, dtype="float32")
    soundfile.write(tmp_path / "long.wav", np.tile(samples, (4, 1)), RATE_HZ)
    measured = verify.listen(made.path, made.timeline, lambda *_: None).measured
    ffmpeg, long = by_ffmpegs_meter(made.path), by_ffmpegs_meter(tmp_path / "long.wav")
    other = WithoutSilence(RATE_HZ, filter_class="DeMan")
    for integrated_lufs in (ffmpeg["I"][-1], other.integrated_loudness(samples)):
        assert measured.mix_lufs == pytest.approx(integrated_lufs, abs=0.1)
    range_lu = loudness.range_lu(loudness.energies(np.tile(samples, (4, 1))))
    for other_lu in (long["LRA"][-1], other.loudness_range(np.tile(samples, (4, 1)))):
        assert range_lu == pytest.approx(other_lu, abs=0.1)
    assert measured.most_short_term_lufs == pytest.approx(max(ffmpeg["S"]), abs=0.1)
    # ffmpeg looks at every 100 ms, ours at every 20, and finds what lies between.
    assert -0.1 < measured.most_momentary_lufs - max(ffmpeg["M"]) < 0.5


def test_the_guide_names_every_check_in_its_order(made: Made) -> None:
    guide = (Path(__file__).parent.parent / "docs" / "verify.md").read_text()
    rows = [row.split("|") for row in guide.splitlines() if row.startswith("| ")]
    named = {row[1].strip(): row[3] for row in rows[2:]}
    checks = verified(made.path).checks
    named.pop("recordings whole")  # where a script inserts some: see test_insert_sound
    assert list(named) == [each.name for each in checks]
    for check in checks:
        if isinstance(check.limit, float):
            assert f"{check.limit:g}" in named[check.name]


def test_the_same_inputs_give_the_same_evidence(made: Made, root: Path) -> None:
    before = {path.name: path.read_bytes() for path in made.path.parent.iterdir()}
    rendered(root, made.job.voice.name, label=made.job.label)
    assert {path.name: path.read_bytes() for path in made.path.parent.iterdir()} == before


def test_a_bell_that_is_struck_in_a_phrase_is_no_fault_of_the_phrase(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen: the ground tells to 240 ms when a bell began; a phrase under it was not delivered."""
    plain = pipeline._settled

    def struck(*args: Any) -> Timeline:
        timeline = plain(*args)
        strokes = tuple(Strike("bowl", each.start_frame + 9_600) for each in timeline.spoken)
        return replace(timeline, strikes=strokes)

    monkeypatch.setattr(pipeline, "_settled", struck)
    assert not verified(rendered(root, "babbler", label="struck").path).faults


def test_the_clips_are_encoded_once_and_never_decoded_on_the_way(
    made: Made, tmp_path: Path
) -> None:
    """Trap: each time a sound is decoded and encoded again it loses a generation, and is padded."""
    whole = np.concatenate(list(master.limited(iter([made.mixed()]))))
    once = tmp_path / "once.mp3"
    encode.track(once, lambda at: iter([whole[at.start : at.stop]]), len(whole), lambda *_: None)
    assert made.path.read_bytes() == tag_of(made.path) + once.read_bytes()


def test_a_track_has_the_bytes_of_one_encode_of_its_whole_mix(made: Made) -> None:
    """Limited and encoded from its first sample to its last, with nothing that was kept."""
    whole = np.concatenate(list(master.limited(iter([made.mixed()]))))
    every = range(frames_of(len(whole)))
    plain = coded(lame.found(), lambda at: iter([whole[at.start : at.stop]]), len(whole), every)
    assert made.path.read_bytes().endswith(plain)


def test_a_render_whose_mix_is_torn_is_kept_aside(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours in the mix: the third phrase is never added, and nothing is delivered."""
    plain = mix.blocks

    def torn(timeline: Timeline, *args: Any, **given: Any) -> Iterator[Mixed]:
        spoken = [each for number, each in enumerate(timeline.spoken) if number != 2]
        sources = args[0]
        sources.read(sources.clips[timeline.spoken[2].phrase])
        return plain(replace(timeline, spoken=tuple(spoken)), *args, **given)

    monkeypatch.setattr(mix, "blocks", torn)
    with pytest.raises(CheckError, match=r"phrases whole .* phrase 3 at") as caught:
        rendered(root, "babbler", label="torn", seed=99)  # nothing of it is kept
    assert "small.mp3.failed" in str(caught.value)
    folder = root / "out" / "torn"
    assert sorted(path.name for path in folder.iterdir()) == [
        "small.failed.json",
        "small.mp3.failed",
    ]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    report = json.loads((folder / "small.failed.json").read_text())
    assert {each["name"] for each in report["checks"] if not each["met"]} >= {"phrases whole"}
    assert "stay here" not in (folder / "small.failed.json").read_text()
