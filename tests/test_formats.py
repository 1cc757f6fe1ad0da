"""One track in every format, held against other people's decoders and readers."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import mutagen
import numpy as np
import pytest
import soundfile
import tinytag
from conftest import apart, burst, cut, exact_peak_db, rms_db
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import master, playback
from generator.audio import RATE_HZ, to_ms
from generator.cover import cover_jpeg
from generator.encode import PEAK_LIFT_DB, encode, require
from generator.errors import UsageError, WriteError
from generator.model import FORMATS, Facts, Measured, Phrase, Section, Spoken, Timeline
from generator.segment import decoded
from generator.tags import write_tags
from generator.tags.mp4 import _listed
from generator.tags.said import Said, said
from generator.verify import level, listen

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
OTHERS = FORMATS[1:]
LOSSLESS = ("flac", "wav")
FRAMES = 12 * RATE_HZ + 331
TITLES = ("Arriving", "a=b; #1 \\ 2 [CHAPTER]", "Zurück, ありがとう", "END")
MARKS = (0, 3 * RATE_HZ + 17, 6 * RATE_HZ, 9 * RATE_HZ + 5, FRAMES)
TIMELINE = Timeline(
    FRAMES,
    (Spoken(Phrase("So."), RATE_HZ, 9 * RATE_HZ),),
    (),
    (),
    tuple(map(Section, TITLES, MARKS, MARKS[1:])),
    (),
)
FACTS = Facts(
    title="The Warmth; that = there",
    narrator="Joe",
    album="Guided Meditations",
    language="en-GB",
    description="Find what warms you.\nThe voice is synthetic.",
    date="2026-03-09",
    engine="piper joe 1.0.0",
)
WORDS = "Arriving\nSit down.\n\nReturning\nOpen your eyes, Fjörnbläser."
COVER = cover_jpeg("The Warmth", "Joe", 1)


def silent(_done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module", autouse=True)
def with_ffmpeg(tmp_path_factory: pytest.TempPathFactory):
    """What imageio brings along, by the name under which a system has it."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "ffmpeg").symlink_to(FFMPEG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        yield


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    """Speech at its loudness, and a peak now and then as high as the limiter lets it be."""
    voice = np.zeros((FRAMES, 2), np.float32)
    voice[RATE_HZ : 10 * RATE_HZ] = burst(7, -19.0, 9.0)
    return np.concatenate(list(master.limited(cut(voice, [100_000]))))


@pytest.fixture(scope="module")
def tracks(tmp_path_factory: pytest.TempPathFactory, sound: np.ndarray) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("tracks")
    return {form: made(folder / f"track.{form}", sound) for form in FORMATS}


def made(path: Path, sound: np.ndarray, timeline: Timeline = TIMELINE) -> Path:
    form = path.suffix[1:]
    encode(path, cut(sound, [100_000]), len(sound), silent, form)
    measured = listen(path, timeline, silent).measured
    write_tags(path, FACTS, timeline, measured, cover=COVER, text=WORDS)
    return path


def by_ffmpeg(path: Path) -> np.ndarray:
    command = [FFMPEG, "-v", "error", "-i", path, "-map", "0:a:0", "-f", "f32le", "-"]
    run = subprocess.run(command, check=True, capture_output=True)
    assert run.stderr == b""
    return np.frombuffer(run.stdout, np.float32).reshape(-1, 2)


def by_libsndfile(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


DECODERS = [
    *((form, by_ffmpeg) for form in FORMATS),
    *((form, by_libsndfile) for form in FORMATS if form != "m4b"),
]


# --- the sound --------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "decoder"), DECODERS)
def test_a_track_lasts_as_long_as_planned_and_stays_where_it_was(tracks, sound, form, decoder):
    heard = decoder(tracks[form])
    assert heard.shape == (FRAMES, 2)
    spectrum = np.fft.rfft(heard[:, 0].astype(np.float64)) * np.conj(np.fft.rfft(sound[:, 0]))
    assert np.argmax(np.fft.irfft(spectrum, FRAMES)) == 0


ODD = [
    *((form, frames) for form in OTHERS for frames in (48_017, 100_003)),
    # ffmpeg misreads an OGG of a single page, which no track is short enough to be.
    *((form, frames) for form in OTHERS if form != "ogg" for frames in (1_024, 2_047)),
]


@pytest.mark.parametrize(("form", "frames"), ODD)
def test_any_length_at_all_is_exact(tmp_path, sound, form, frames):
    path = tmp_path / f"odd.{form}"
    encode(path, cut(sound[RATE_HZ : RATE_HZ + frames], [7_001]), frames, silent, form)
    assert by_ffmpeg(path).shape == (frames, 2)
    assert sum(map(len, playback.blocks(path))) == frames


@pytest.mark.parametrize("form", FORMATS)
def test_speech_comes_back_at_its_own_level_in_every_format(tracks, sound, form):
    """Trap: what makes up for LAME's 0.45 dB would make all others too loud.

    Noise is what AAC and Vorbis take most away from; of speech they keep all but 0.1 dB.
    """
    inside = slice(RATE_HZ, 10 * RATE_HZ)
    heard = by_ffmpeg(tracks[form])
    lost_db = rms_db(sound[inside]) - rms_db(heard[inside])
    assert -0.05 < lost_db < (0.4 if form in ("m4b", "ogg") else 0.05)


@pytest.mark.parametrize("form", LOSSLESS)
def test_nothing_is_lost_but_the_rounding_to_24_bits(tracks, sound, form):
    assert soundfile.info(tracks[form]).subtype == "PCM_24"
    assert apart(by_libsndfile(tracks[form]), sound) <= 2.0**-23


@pytest.mark.parametrize("form", FORMATS)
def test_a_loud_track_stays_under_the_peak_that_is_promised(tmp_path, form):
    loud = np.repeat(burst(3, -8.0, 6.0), 2, axis=1)
    ceiling = master.CEILING_DBTP - PEAK_LIFT_DB[form]
    limited = np.concatenate(list(master.limited(cut(loud, [100_000]), ceiling)))
    path = tmp_path / f"loud.{form}"
    encode(path, cut(limited, [100_000]), len(limited), silent, form)
    peak = exact_peak_db(np.concatenate(list(playback.blocks(path))), 8)
    assert ceiling - 0.5 < peak <= -1.0


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_measured_and_proven_and_is_a_segment(tracks, form):
    heard = listen(tracks[form], TIMELINE, silent)
    assert heard.measured.frames == FRAMES
    for speech_lufs, faults in ((heard.measured.speech_lufs, []), (-10.0, ["speech loudness"])):
        checks = level.checks(TIMELINE, speech_lufs, heard)
        assert [each.name for each in checks if not each.met] == faults
    segment = decoded(tracks[form])
    assert (segment.frame_count(), segment.frame_rate) == (FRAMES, RATE_HZ)


def test_an_m4b_that_is_cut_short_is_found(tracks, tmp_path):
    whole = tracks["m4b"].read_bytes()
    broken = tmp_path / "broken.m4b"
    broken.write_bytes(whole[: len(whole) // 2])
    checks = level.checks(TIMELINE, -16.0, listen(broken, TIMELINE, silent))
    assert "length" in {each.name for each in checks if not each.met}


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_track_is_the_same_bytes(tracks, sound, tmp_path, form):
    """Trap: libsndfile numbers the stream of an OGG by chance."""
    again = made(tmp_path / f"track.{form}", sound)
    assert again.read_bytes() == tracks[form].read_bytes()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_a_write_error(sound, form):
    with pytest.raises(WriteError, match=f"the {form.upper()} could not be written") as caught:
        encode(Path("/dev/full"), cut(sound, [100_000]), len(sound), silent, form)
    assert "--out" in caught.value.remedy


@pytest.mark.parametrize("form", FORMATS)
def test_who_gives_up_gets_their_own_error_back(tmp_path, form):
    """Trap: an encoder that is left in the middle complains too, and louder."""

    def endless():
        while True:
            yield np.full((40_000, 2), 0.1, np.float32)

    def progress(done: int, _total: int) -> None:
        if done >= 400_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode(tmp_path / f"a.{form}", endless(), 10**9, progress, form)


def test_without_ffmpeg_an_m4b_says_how_to_get_it_and_the_others_need_none(
    tracks, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    for form in FORMATS:
        if form != "m4b":
            require(form)
    with pytest.raises(UsageError, match="Install ffmpeg"):
        require("m4b")
    with pytest.raises(UsageError, match="Install ffmpeg"):
        list(playback.blocks(tracks["m4b"]))
    (tmp_path / "ffmpeg").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "ffmpeg").chmod(0o755)
    with pytest.raises(UsageError, match="none here that writes AAC"):
        require("m4b")


# --- what it says about itself ----------------------------------------------------------------


def dumped(path: Path) -> tuple[dict[str, str], list[tuple[int, int, str]]]:
    """What ffmpeg reads from a file: its tags, and its chapters in milliseconds."""
    command = [FFMPEG, "-v", "error", "-i", path, "-f", "ffmetadata", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    first, *chapters = text.split("\n[CHAPTER]\n")
    return fields(first), [times(fields(each)) for each in chapters]


def fields(text: str) -> dict[str, str]:
    pairs = re.findall(r"^((?:[^=\\\n]|\\.)+)=((?:[^\\\n]|\\.|\\\n)*)$", text, re.MULTILINE)
    return {
        name.casefold(): re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL) for name, value in pairs
    }


def times(chapter: dict[str, str]) -> tuple[int, int, str]:
    one, base = map(int, chapter["timebase"].split("/"))
    start, end = (round(int(chapter[name]) * one * 1000 / base) for name in ("start", "end"))
    return start, end, chapter["title"]


@pytest.mark.parametrize("form", FORMATS)
def test_ffmpeg_shows_the_chapters_of_every_format(tracks, form):
    _tags, chapters = dumped(tracks[form])
    marks_ms = [to_ms(mark) for mark in MARKS]
    assert [title for _start, _end, title in chapters] == list(TITLES)
    lead_ms = 23 if form == "mp3" else 0  # what ffmpeg takes off the chapters of an MP3
    starts = [start + lead_ms for start, _end, _title in chapters[1:]]
    assert [chapters[0][0], *starts] == marks_ms[:-1]
    ends = [end + lead_ms for _start, end, _title in chapters]
    assert ends == pytest.approx(marks_ms[1:], abs=1)


@pytest.mark.parametrize("form", FORMATS)
def test_ffmpeg_reads_the_tags_of_every_format(tracks, form):
    command = [FFMPEG, "-hide_banner", "-i", tracks[form]]
    shown = subprocess.run(command, check=False, capture_output=True, text=True).stderr
    tags, _chapters = dumped(tracks[form])
    if form == "ogg":  # they belong to its stream, which the dump leaves out
        tags = {
            name.strip().casefold(): value.strip()
            for name, _, value in (line.partition(":") for line in shown.splitlines())
        }
    assert (tags["title"], tags["artist"], tags["album"]) == (
        FACTS.title,
        FACTS.narrator,
        FACTS.album,
    )
    assert tags["date"] == FACTS.date
    assert tags["genre"] == "Meditation"
    assert tags["ai_voice"] == FACTS.engine
    assert re.fullmatch(r"[+-]\d+\.\d\d dB", tags["replaygain_track_gain"])
    assert "attached pic" in shown
    assert "mjpeg" in shown


@pytest.mark.parametrize("form", FORMATS)
def test_tinytag_reads_title_words_length_and_cover(tracks, form):
    tag = tinytag.TinyTag.get(tracks[form], image=True)
    assert (tag.title, tag.artist, tag.album, tag.genre) == (
        FACTS.title,
        FACTS.narrator,
        FACTS.album,
        "Meditation",
    )
    assert tag.duration == pytest.approx(FRAMES / RATE_HZ, abs=0.06)
    assert tag.images.any is not None
    assert tag.images.any.data == COVER
    others = json.dumps(tag.as_dict(), default=str, ensure_ascii=False)
    assert "Fjörnbläser" in others


@pytest.mark.parametrize("form", ["flac", "ogg"])
def test_vorbis_comments_are_what_they_are_called(tracks, form):
    comments = mutagen.File(tracks[form]).tags
    found = {name: comments[name] for name in ("LANGUAGE", "DESCRIPTION", "LYRICS", "ENCODER")}
    assert found == {
        "LANGUAGE": ["eng"],
        "DESCRIPTION": [FACTS.description],
        "LYRICS": [WORDS],
        "ENCODER": ["Meditation Generator"],
    }
    assert comments["CHAPTER001"] == ["00:00:03.000"]
    assert comments["CHAPTER001NAME"] == [TITLES[1]]


@pytest.mark.parametrize("form", FORMATS)
def test_words_that_are_not_wanted_are_in_no_byte_of_the_file(tmp_path, sound, form):
    path = tmp_path / f"track.{form}"
    encode(path, iter([sound]), FRAMES, silent, form)
    measured = listen(path, TIMELINE, silent).measured
    bare = replace(FACTS, with_text=False, date="")
    write_tags(path, bare, TIMELINE, measured, cover=b"", text=WORDS)
    content = path.read_bytes()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert "Open your eyes".encode(encoding) not in content
    assert b"2026" not in content
    assert by_ffmpeg(path).shape == (FRAMES, 2)


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "wav"])
def test_a_tag_that_is_there_already_is_replaced(tracks, tmp_path, form):
    """But not a WAV's, which gets its own once, fresh from the encoder."""
    path = tmp_path / tracks[form].name
    path.write_bytes(tracks[form].read_bytes())
    other = replace(FACTS, title="Another")
    measured = listen(path, TIMELINE, silent).measured
    write_tags(path, other, TIMELINE, measured, cover=COVER, text="New.")
    assert tinytag.TinyTag.get(path).title == "Another"
    assert len(dumped(path)[1]) == len(TITLES)
    assert b"Open your eyes" not in path.read_bytes()


@pytest.mark.parametrize("form", FORMATS)
def test_what_lies_beside_while_tags_are_written_is_gone_afterwards(tracks, form):
    names = {each.name for each in tracks[form].parent.iterdir()}
    assert names == {f"track.{each}" for each in FORMATS}


def everything(title: str) -> Said:
    timeline = Timeline(RATE_HZ, (), (), (), (Section(title, 0, RATE_HZ),), ())
    return said(FACTS, timeline, Measured(RATE_HZ, -16.0, -2.0), b"", "")


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_no_title_ends_its_line_or_begins_another_entry(title: str) -> None:
    whole = everything(title)
    lines = _listed(whole).splitlines()
    assert [line.partition("=")[0] for line in lines] == [
        *(";FFMETADATA1", "[CHAPTER]", "TIMEBASE", "START", "END", "title")
    ]
    read = re.sub(r"\\(.)", r"\1", lines[-1].removeprefix("title="), flags=re.DOTALL)
    assert read == whole.chapters[0].title
