"""A track with the user's own bed and cover, from the wish to the finished file."""

from __future__ import annotations

import io
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import fonts
import imageio_ffmpeg
import mutagen.id3
import numpy as np
import pyloudnorm
import pytest
import soundfile
import tinytag
from conftest import burst
from PIL import Image
from written import script

import generator
from generator import api, course, cover, library, pipeline, shelf, system
from generator.audio import RATE_HZ
from generator.errors import UsageError
from generator.model import RECORDING, Job, Listener, Stage, Voice

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
CANARY = "Quillfeather"
BODY = """{{ chapter("Arriving") }} Find a place to rest. {{ rest(20) }}
You can stay a while. {{ rest(20) }} {{ bed("brown") }} Come back. {{ pause(12) }}"""


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> system.Folders:
    monkeypatch.setenv("MEDITATE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return system.folders()


def rain(path: Path, length_s: float = 5.0, seed: int = 1) -> Path:
    sound = burst(seed, -30, length_s, rate_hz=44_100, channels=2)
    soundfile.write(path, sound, 44_100)
    return path


def garden(path: Path) -> Path:
    """A photograph that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = CANARY
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.5), 29: CANARY})
    Image.new("RGB", (1_600, 1_200), (20, 120, 60)).save(path, "JPEG", exif=exif)
    return path


def job(folders: system.Folders, body: str = BODY, front: str = "none", **wishes: object) -> Job:
    """What these wishes make of a script whose author chose the bed ``front``."""
    written = script(body, bed=front, least_s=10.0)
    return api.job_for(written, Listener(), api.Wishes(**wishes), folders)  # type: ignore[arg-type]


# --- wishes -----------------------------------------------------------------------------------


def test_a_wish_is_a_name_or_a_file(folders: system.Folders) -> None:
    path = rain(Path("rain.wav"))
    for wish in (path, str(path), str(path.absolute())):
        wished = job(folders, bed=wish)
        assert (wished.bed, wished.recording is not None) == (RECORDING, True)
    for wish, name in (("brown", "brown"), (None, "none"), ("", "none")):
        wished = job(folders, bed=wish)
        assert (wished.bed, wished.recording) == (name, None)


def test_a_built_in_name_stays_one_beside_a_file_called_so(folders: system.Folders) -> None:
    rain(Path("x.wav")).rename("drone")
    assert job(folders, bed="drone").recording is None
    assert job(folders, bed="./drone").recording is not None


def test_no_script_opens_a_file(folders: system.Folders) -> None:
    """What a script calls a bed is a stranger's word, in its front matter and in its cues."""
    path = str(rain(Path("rain.wav")).absolute())
    for name in (path, "rain.wav", RECORDING):
        from_front = job(folders, "Sit.", front=name)
        assert from_front.recording is None
        from_cue = job(folders, f'{{{{ bed("{name}") }}}} Sit.')
        for each in (from_front, from_cue):
            with pytest.raises(UsageError, match="there is no bed"):
                pipeline.outline(each, pipeline.cues_of(each))
    with_own = job(folders, f'Sit. {{{{ bed("{path}") }}}} Rest.', bed=path)
    with pytest.raises(UsageError, match="there is no bed"):
        pipeline.outline(with_own, pipeline.cues_of(with_own))


def test_a_plan_decodes_nothing(folders: system.Folders) -> None:
    Path("rain.wav").write_bytes(b"RIFF\0\0\0\0WAVE and no more")
    planned = job(folders, bed="rain.wav")
    timeline = pipeline.outline(planned, pipeline.cues_of(planned))
    assert [span.name for span in timeline.beds] == [RECORDING, "brown"]


def test_what_lies_in_the_files_is_part_of_what_the_track_is_made_from(
    folders: system.Folders,
) -> None:
    def inputs() -> str:
        made_of = job(folders, bed="rain.wav", cover="garden.jpg", font="own.ttf")
        return shelf.together(shelf.made_from(made_of, {}, b"k" * 32), b"k" * 32)

    rain(Path("rain.wav"))
    garden(Path("garden.jpg"))
    Path("own.ttf").write_bytes(fonts.WHOLE)
    before = inputs()
    assert inputs() == before
    rain(Path("rain.wav"), seed=2)
    other_bed = inputs()
    Path("garden.jpg").write_bytes(Path("garden.jpg").read_bytes() + b"\0")
    other_cover = inputs()
    Path("own.ttf").write_bytes(fonts.WHOLE + b"\0")
    assert len({before, other_bed, other_cover, inputs()}) == 4


# --- renders ----------------------------------------------------------------------------------


def rendered(folders: system.Folders, voice: Voice, **wishes: object) -> generator.Episode:
    return pipeline.render(replace(job(folders, length="1m", **wishes), voice=voice), folders)


def test_a_track_lies_on_the_recording_and_says_nothing_of_where_it_came_from(
    folders: system.Folders, voice: Voice
) -> None:
    made = rendered(
        folders, voice, bed=rain(Path(f"{CANARY}.wav")), cover=garden(Path(f"{CANARY}.jpg"))
    )
    assert [span.name for span in made.timeline.beds] == [RECORDING, "brown"]
    content = made.path.read_bytes()
    for text in (CANARY, "Exif", "GPS"):
        assert text.encode() not in content
        assert text.encode("utf-16-le") not in content
    beside = sorted(each.name for each in made.path.parent.iterdir())
    assert beside == ["small-1m.mp3", "small-1m.timeline.json", "small-1m.vtt"], "and no scratch"
    for each in beside[1:]:
        assert CANARY not in (made.path.parent / each).read_text()
    assert json.loads(made.path.with_suffix(".timeline.json").read_text())["beds"][0] == {
        "name": RECORDING,
        "start_frame": 0,
    }
    again = rendered(folders, voice, bed=f"{CANARY}.wav", cover=f"{CANARY}.jpg")
    assert again.path.read_bytes() == content


def test_the_cover_is_written_in_ones_own_font(folders: system.Folders, voice: Voice) -> None:
    Path(f"{CANARY}.ttf").write_bytes(fonts.WHOLE)
    made = rendered(folders, voice, font=f"{CANARY}.ttf")
    title = job(folders).title
    (front,) = mutagen.id3.ID3(made.path).getall("APIC")
    own = cover.look_at_font(Path(f"{CANARY}.ttf"))
    assert front.data == pipeline.artwork(title, voice.narrator, 1, font=own)
    assert CANARY.encode() not in made.path.read_bytes()


def test_one_call_makes_every_kind_of_cover(folders: system.Folders) -> None:
    own = api.picture.look(garden(Path("garden.jpg")))
    font = Path("own.ttf")
    font.write_bytes(fonts.lettered({"静": fonts.A}))
    in_own = pipeline.artwork("静", "", 3, "#2b4a5e", cover.look_at_font(font), side_px=300)
    bare = pipeline.artwork("静", "", 3, "#2b4a5e", side_px=300)
    assert in_own != bare
    for jpeg, side_px in ((in_own, 300), (pipeline.artwork("", "", 3, picture=own), 1_000)):
        shown = Image.open(io.BytesIO(jpeg))
        assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (side_px, side_px))
    with pytest.raises(UsageError, match="is 1600 by 1200 pixels"):
        pipeline.artwork("", "", 3, picture=own, side_px=cover.FEED_PX)


def test_a_course_says_what_its_covers_are_set_in(folders: system.Folders) -> None:
    session = '[[sessions]]\ntitle = "One"\npractice = "care-circuit"\n'
    begin = 'title = "Hill"\nsummary = "For a walk."\nlanguage = "en"\nfont = "art/own.ttf"\n'
    Path("art").mkdir()
    Path("art/own.ttf").write_bytes(fonts.WHOLE)
    Path("hill.toml").write_text(begin + session)
    orders = library.orders_of(course.load("hill.toml", []), library.Selection(), folders)
    assert [each.job.font for each in orders] == [cover.look_at_font(Path("art/own.ttf"))]


@pytest.mark.parametrize("wish", ["bed", "cover", "font"])
def test_a_file_that_will_not_do_is_refused_before_a_word_is_spoken(
    folders: system.Folders, voice: Voice, wish: str
) -> None:
    import fake_engine

    damaged = {
        "bed": b"fLaC" + bytes(99),
        "cover": garden(Path("x.jpg")).read_bytes()[:9_000],
        "font": fonts.changed(head=b"x"),
    }
    Path("mine").write_bytes(damaged[wish])
    with pytest.raises(UsageError, match="mine: cannot be decoded"):
        rendered(folders, voice, **{wish: "mine"})
    assert not fake_engine.SPOKEN
    assert not list(Path("output").rglob("*"))


def test_reading_the_bed_is_told(folders: system.Folders, voice: Voice) -> None:
    told: list[tuple[int, int]] = []

    def progress(stage: Stage, done: int, total: int) -> None:
        if stage is Stage.BED:
            told.append((done, total))

    wished = replace(job(folders, length="1m", bed=rain(Path("rain.wav"))), voice=voice)
    pipeline.render(wished, folders, progress)
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


# --- the whole, with the real voice -----------------------------------------------------------


def music(length_s: float) -> np.ndarray:
    """Slow chords at 44.1 kHz, wider than one loudspeaker."""
    times_s = np.arange(round(length_s * 44_100)) / 44_100
    left = np.zeros_like(times_s)
    right = np.zeros_like(times_s)
    for number, hz in enumerate((110.0, 164.8, 220.0, 277.2, 329.6)):
        swell = 0.6 + 0.4 * np.sin(2 * np.pi * times_s / (5 + number))
        left += swell * np.sin(2 * np.pi * hz * times_s)
        right += swell * np.sin(2 * np.pi * hz * 1.003 * times_s + number)
    return (0.08 * np.stack([left, right], axis=1)).astype(np.float32)


@pytest.mark.slow
def test_the_real_voice_on_ones_own_music_under_ones_own_cover(folders: system.Folders) -> None:
    soundfile.write("music.mp3", music(25.0), 44_100)
    garden(Path("garden.jpg"))
    made = generator.render(
        "care-circuit", length="8m", bed="music.mp3", cover="garden.jpg", label="one"
    )
    assert soundfile.info(made.path).frames == 8 * 60 * RATE_HZ
    raw = subprocess.run(
        [FFMPEG, "-v", "error", "-i", made.path, "-f", "f32le", "-"],
        capture_output=True,
        check=True,
    )
    sound = np.frombuffer(raw.stdout, np.float32).reshape(-1, 2)
    assert len(sound) == 8 * 60 * RATE_HZ

    quiet = [  # in pauses long enough for the bed to come back, away from the bells
        sound[each.start_frame + 2 * RATE_HZ : each.start_frame + each.frames - RATE_HZ]
        for each in made.timeline.silences
        if each.frames > 7 * RATE_HZ and each.origin not in ("bell", "edge")
    ]
    assert len(quiet) > 3
    meter = pyloudnorm.Meter(RATE_HZ)
    assert meter.integrated_loudness(np.concatenate(quiet)) == pytest.approx(-36.0, abs=1.0)

    talk = np.concatenate([sound[e.start_frame : e.end_frame] for e in made.timeline.spoken])
    soundfile.write("talk.wav", talk, RATE_HZ)
    told = subprocess.run(
        [FFMPEG, "-i", "talk.wav", "-af", "ebur128=peak=true", "-f", "null", "-"],
        capture_output=True,
        check=True,
        text=True,
    ).stderr
    summary = told[told.rindex("Summary:") :]
    assert float(re.search(r"I:\s+(-[\d.]+) LUFS", summary)[1]) == pytest.approx(-16.0, abs=0.5)  # type: ignore[index]

    tag = tinytag.TinyTag.get(made.path, image=True)
    assert tag.duration == pytest.approx(480.0, abs=0.06)
    assert tag.images.front_cover is not None
    shown = Image.open(io.BytesIO(tag.images.front_cover.data))
    assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (1_000, 1_000))
    assert np.asarray(shown).mean(axis=(0, 1)) == pytest.approx((20, 120, 60), abs=3)
    front = mutagen.id3.ID3(made.path).getall("APIC")
    assert [each.mime for each in front] == ["image/jpeg"]
    assert CANARY.encode() not in made.path.read_bytes()
