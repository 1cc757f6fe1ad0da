"""Files of anybody's making, measured: other people's tools measure the same."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

import imageio_ffmpeg
import mutagen.mp3
import numpy as np
import pyloudnorm
import pytest
import soundfile
from conftest import SIZES, burst, cut, exact_peak_db, rms_db, sine_at
from deliveries import FEED, mp3
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import APIC, CHAP, COMM, CTOC, ID3, TIT2, TXXX, CTOCFlags
from PIL import Image

from generator import gauge, pixels
from generator.encode import encode
from generator.errors import CheckError
from generator.model import Contents, Levels, Mark, Mpeg, Paper, Pixels, Tag

KINDS = {
    "constant": (48_000, 2, ("-b:a", "128k")),
    "mono": (44_100, 1, ("-b:a", "96k")),
    "slow": (22_050, 1, ("-b:a", "64k")),
    "slower": (11_025, 2, ("-b:a", "32k")),
    "variable": (44_100, 2, ("-q:a", "4")),
    "bare": (44_100, 2, ("-b:a", "128k", "-write_xing", "0")),
    "tagged": (48_000, 2, ("-b:a", "192k", "-write_id3v1", "1", "-metadata", "title=x")),
}


def spoken(rate_hz: int, channels: int, length_s: float = 1.5) -> np.ndarray:
    """A second of a quiet room, words, and a second and a half of the room again."""
    words = burst(4, -20.0, length_s, rate_hz=rate_hz, channels=channels)
    room = np.random.default_rng(9).standard_normal((rate_hz * 5 // 2, channels)) * 10**-3.5
    before, after = room[:rate_hz].astype(np.float32), room[rate_hz:].astype(np.float32)
    return np.concatenate([before, words, after])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("gauge")
    return {
        name: mp3(folder / f"{name}.mp3", spoken(rate, channels), *words, rate_hz=rate)
        for name, (rate, channels, words) in KINDS.items()
    }


def found(path: Path) -> Mpeg:
    with path.open("rb") as file:
        return gauge.mpeg(file)


def heard(path: Path) -> Levels:
    return levels_of(gauge.decoded(path, found(path)), found(path))


def levels_of(blocks: Iterable[np.ndarray], like: Mpeg) -> Levels:
    ear = gauge.Ear(like)
    for block in blocks:
        ear.hear(block)
    return ear.levels()


def of_a_sound(sound: np.ndarray, sizes: Sequence[int] = (100_000,)) -> Levels:
    """The levels of a sound that was never encoded."""
    like = Mpeg(48_000, 2, 128, 128, 1, len(sound), "Info", 0)
    return levels_of(cut(sound.astype(np.float32), sizes), like)


@pytest.fixture(scope="module")
def levels(files: dict[str, Path]) -> dict[str, Levels]:
    """Of each of the files that promises how long it is, decoded once."""
    return {name: heard(path) for name, path in files.items() if name != "bare"}


# --- frames -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_the_frames_are_counted_as_mutagen_and_libsndfile_do(
    name: str, files: dict[str, Path]
) -> None:
    mine, theirs = found(files[name]), mutagen.mp3.MP3(files[name]).info
    assert (mine.rate_hz, mine.channels) == (theirs.sample_rate, theirs.channels)
    assert mine.samples == pytest.approx(soundfile.info(files[name]).frames, abs=3_456)
    assert mine.stray_bytes == 0
    if name == "variable":
        assert mine.least_kbit_per_s < mine.most_kbit_per_s
        assert mine.header == "Xing"
    else:
        assert mine.least_kbit_per_s == mine.most_kbit_per_s == round(theirs.bitrate / 1_000)
        assert mine.header == ("" if name == "bare" else "Info")


@pytest.mark.parametrize("name", sorted(KINDS.keys() - {"bare"}))
def test_what_the_header_promises_is_decoded_to_the_sample(
    name: str, files: dict[str, Path], levels: dict[str, Levels]
) -> None:
    rate, channels, _words = KINDS[name]
    assert found(files[name]).samples == levels[name].frames == len(spoken(rate, channels))


def test_a_track_of_the_house_has_its_header_and_every_sample(tmp_path: Path) -> None:
    sound = spoken(48_000, 2)
    encode(tmp_path / "x.mp3", cut(sound, [50_000]), len(sound), lambda *_: None)
    assert found(tmp_path / "x.mp3") == Mpeg(48_000, 2, 128, 128, 168, len(sound), "Info", 0)


def test_a_file_that_was_cut_off_decodes_to_less_than_it_promises(
    tmp_path: Path, files: dict[str, Path]
) -> None:
    short = tmp_path / "short.mp3"
    short.write_bytes(files["constant"].read_bytes()[:-20_000])
    assert heard(short).frames < found(short).samples
    assert found(short).stray_bytes


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ID3",
        b"\xff" * 200_000,
        b"#EXTM3U\nhttp://127.0.0.1/x\n",
        b"ID3\x03\0\0\x7f\x7f\x7f\x7f" + bytes(99),
        b"RIFF\0\0\0\0WAVE",
    ],
    ids=["empty", "tag", "ones", "playlist", "endless tag", "wave"],
)
def test_what_is_no_mp3_is_refused_at_once(content: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(CheckError, match="is no MP3"):
        gauge.mpeg(io.BytesIO(content))
    assert time.monotonic() - began < 1.0


@settings(max_examples=60)
@given(st.binary(max_size=3_000), st.integers(0, 3_000))
def test_any_bytes_are_frames_or_refused(files: dict[str, Path], noise: bytes, at: int) -> None:
    content = bytearray(files["constant"].read_bytes()[:20_000])
    content[at : at + len(noise)] = noise
    with contextlib.suppress(CheckError):
        assert gauge.mpeg(io.BytesIO(content)).frames > 0


# --- levels -----------------------------------------------------------------------------------


def by_ffmpeg(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak as ffmpeg's meter has them."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-i", str(path)]
    command += ["-af", "ebur128=peak=true", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = told.rpartition("Summary:")[2]
    loudness, peak = (re.search(rf"{name}:\s+(-?[\d.]+)", summary) for name in ("I", "Peak"))
    assert loudness
    assert peak
    return float(loudness[1]), float(peak[1])


@pytest.mark.parametrize("name", ["constant", "mono", "variable"])
def test_loudness_and_peaks_are_those_of_other_meters(
    name: str, files: dict[str, Path], levels: dict[str, Levels]
) -> None:
    mine = levels[name]
    sound, rate_hz = soundfile.read(files[name], always_2d=True)
    stereo = np.repeat(sound, 2, axis=1) if sound.shape[1] == 1 else sound
    meter = pyloudnorm.Meter(rate_hz, filter_class="DeMan")
    assert mine.mix_lufs == pytest.approx(meter.integrated_loudness(stereo), abs=0.1)
    assert mine.true_peak_dbtp == pytest.approx(exact_peak_db(sound, 8), abs=0.05)
    lufs, dbtp = by_ffmpeg(files[name])
    assert mine.mix_lufs == pytest.approx(lufs + (3.01 if sound.shape[1] == 1 else 0.0), abs=0.15)
    assert mine.true_peak_dbtp == pytest.approx(dbtp, abs=0.25)
    assert mine.peak_dbfs == pytest.approx(20 * np.log10(np.abs(sound).max()), abs=0.01)
    assert mine.rms_dbfs == pytest.approx(rms_db(sound), abs=0.01)


def test_the_room_before_and_after_the_words_is_measured(levels: dict[str, Levels]) -> None:
    assert levels["constant"].head_s == pytest.approx(1.0, abs=0.1)
    assert levels["constant"].tail_s == pytest.approx(1.5, abs=0.1)
    assert levels["constant"].edge_dbfs < -50.0


def test_the_floor_is_what_sounds_between_two_words() -> None:
    """A bed that fades in and out is no floor of -70 dBFS because it begins so."""
    words = spoken(48_000, 2, 1.0)
    sound = np.concatenate([words, words])
    assert of_a_sound(sound).floor_dbfs == pytest.approx(-70.0, abs=0.2)
    bed = sine_at(300.0, -37.0, len(sound) / 48_000, taper_s=0.8)
    assert of_a_sound(sound + bed).floor_dbfs == pytest.approx(-41.5, abs=2.5)


@settings(max_examples=10)
@given(SIZES)
def test_levels_do_not_hang_on_how_a_sound_is_cut(sizes: list[int]) -> None:
    sound = spoken(48_000, 2, 0.5)[::2].copy()
    one, other = (astuple(of_a_sound(sound, each)) for each in (sizes, [len(sound)]))
    assert one[:-1] == pytest.approx(other[:-1], abs=1e-3)


def test_silence_has_levels_too() -> None:
    levels = of_a_sound(np.zeros((48_000, 2)))
    assert (levels.rms_dbfs, levels.floor_dbfs, levels.mix_lufs) == (-120.0, -120.0, -120.0)


@pytest.mark.parametrize("frames", [0, 1, 500, 5_000])
def test_a_sound_of_next_to_nothing_has_levels_or_none(frames: int) -> None:
    sound = np.full((frames, 2), 0.5)
    if frames:
        assert of_a_sound(sound).peak_dbfs == pytest.approx(-6.02, abs=0.01)
    else:
        with pytest.raises(CheckError, match="decodes to nothing"):
            of_a_sound(sound)


# --- tags -------------------------------------------------------------------------------------


def tag_of(frames: list[object], version: int = 3) -> Tag:
    content = io.BytesIO()
    tag = ID3()
    for frame in frames:
        tag.add(frame)
    tag.save(content, v2_version=version)
    return gauge.tag(content)


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("encoding", [0, 1, 2, 3])
@pytest.mark.filterwarnings("ignore")
def test_a_tag_is_read_as_it_was_written(version: int, encoding: int) -> None:
    image = io.BytesIO()
    Image.new("RGB", (40, 30)).save(image, "JPEG")
    frames = [
        TIT2(encoding, ["Größe"]),
        COMM(encoding, "eng", "note", ["by a program"]),
        COMM(encoding, "eng", "", ["über"]),
        TXXX(encoding, "AI_VOICE", ["ein Stück"]),
        APIC(encoding, "image/png", 4, "back", b"no picture"),
        APIC(encoding, "image/jpeg", 3, "Bild", image.getvalue()),
        CHAP("chp1", 0, 1_500, sub_frames=[TIT2(encoding, ["eins"])]),
        CHAP("chp2", 1_500, 3_000, sub_frames=[]),
        CTOC("toc", CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED, ["chp1", "chp2"]),
    ]
    tag = tag_of(frames, version)
    assert tag.texts == {"TIT2": "Größe", "COMM": "über", "TXXX:AI_VOICE": "ein Stück"}
    assert tag.picture == Pixels("jpeg", 40, 30, "RGB", len(image.getvalue()))
    assert {*tag.marks} == {Mark("chp1", True, 0, 1_500), Mark("chp2", False, 1_500, 3_000)}
    assert tag.contents == (Contents(top=True, ordered=True, children=("chp1", "chp2")),)
    assert (tag.version, tag.damaged) == (f"2.{version}", False)


def test_no_tag_is_no_damaged_one() -> None:
    assert gauge.tag(io.BytesIO(b"\xff\xfb\x94\x44" + bytes(999))) == Tag("", 0)


def frame(name: bytes, body: bytes, flags: bytes = b"\0\0") -> bytes:
    return name + len(body).to_bytes(4) + flags + body


def tagged(body: bytes, version: int = 3, flags: int = 0) -> io.BytesIO:
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return io.BytesIO(b"ID3" + bytes([version, 0, flags]) + size + body)


HOSTILE = {
    "zeros in a packed text": frame(b"TIT2", bytes(4_000_000), b"\0\x80"),
    "texts without end": frame(b"TXXX", b"\x01" + b"\0\1" * 2_000_000) * 3,
    "many frames": frame(b"TIT2", b"\0x") * 300_000,
    "many chapters": frame(b"CHAP", b"x\0" + bytes(16)) * 100_000,
    "a frame longer than the tag": b"TIT2\x7f\xff\xff\xff\0\0x",
    "an unknown encoding": frame(b"TIT2", b"\x09x"),
    "an empty table": frame(b"CTOC", b""),
    "a table that ends": frame(b"CTOC", b"toc\0\x03"),
    "a picture that ends": frame(b"APIC", b"\1image/jpeg"),
    "a chapter that ends": frame(b"CHAP", b"chp"),
    "half a letter": frame(b"TIT2", b"\x01\xff\xfe\x00"),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("version", [3, 4])
def test_a_hostile_tag_takes_no_time(name: str, version: int) -> None:
    began = time.monotonic()
    gauge.tag(tagged(HOSTILE[name], version, flags=0x80))
    gauge.tag(tagged(HOSTILE[name], version, flags=0x40))
    assert time.monotonic() - began < 2.0


@given(st.binary(max_size=400), st.sampled_from([2, 3, 4]), st.sampled_from([0, 0x40, 0x80, 0xC0]))
def test_any_tag_is_read_or_damaged(body: bytes, version: int, flags: int) -> None:
    assert gauge.tag(tagged(body, version, flags)).version == f"2.{version}"


@given(st.binary(max_size=400))
def test_any_bytes_are_a_picture_or_none(noise: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        found = pixels.header(io.BytesIO(start + noise))
        assert found is None or found.form in ("png", "jpeg")


@pytest.mark.parametrize(
    ("mode", "form", "colours"),
    [
        ("RGB", "JPEG", "RGB"),
        ("CMYK", "JPEG", "CMYK"),
        ("L", "JPEG", "grey"),
        ("RGBA", "PNG", "RGB, clear"),
        ("P", "PNG", "palette"),
    ],
)
def test_the_colours_of_a_picture_are_seen(mode: str, form: str, colours: str) -> None:
    content = io.BytesIO()
    Image.new(mode, (31, 17)).save(content, form)
    content.seek(0)
    assert pixels.header(content) == Pixels(form.lower(), 31, 17, colours)


# --- feeds ------------------------------------------------------------------------------------


def test_a_feed_is_read_with_the_usual_prefixes_whatever_it_calls_them() -> None:
    other = FEED.replace("xmlns:itunes", "xmlns:i").replace("<itunes:", "<i:")
    other = other.replace("</itunes:", "</i:")
    assert gauge.feed(FEED.encode()).root == gauge.feed(other.encode()).root
    channel = gauge.feed(FEED.encode()).channel
    assert len([*channel.every("item")]) == 2
    assert channel.told("itunes:category", "text") == "Health & Fitness"


def bombs() -> Iterator[tuple[str, bytes]]:
    yield "laughs", b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><rss>&c;</rss>'
    yield "another file", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><rss>&b;</rss>'
    yield "another place", b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><rss/>'
    yield "depth", b"<a>" * 100_000
    yield "count", b"<rss>" + b"<a/>" * 300_000 + b"</rss>"
    yield "attributes", b"<rss " + b" ".join(b"a%d='1'" % n for n in range(9_000)) + b"/>"
    yield "namespaces", b"<rss " + b" ".join(b"xmlns:a%d='1'" % n for n in range(9_000)) + b"/>"
    yield "size", b"<rss>" + b" " * (17 << 20) + b"</rss>"
    yield "no end", FEED.encode()[:-9]
    yield "a control", b"<rss>\x0b</rss>"
    yield "an encoding", b'<?xml version="1.0" encoding="zyx"?><rss/>'
    yield "nothing", b""


@pytest.mark.parametrize(("name", "content"), bombs(), ids=[name for name, _ in bombs()])
def test_a_hostile_feed_is_refused_at_once_without_a_word_of_it(name: str, content: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(CheckError) as refused:
        gauge.feed(content)
    assert time.monotonic() - began < 1.0
    assert "ha" not in str(refused.value).split()
    assert "hostname" not in str(refused.value)


def test_what_a_long_feed_says_once_is_not_looked_for_in_all_of_it() -> None:
    """A rule that asks the channel for each episode took half a minute of 49,000 of them."""
    channel = gauge.feed(b"<rss><channel>%s</channel></rss>" % (b"<item/>" * 20_000)).channel
    began = time.monotonic()
    assert not any(channel.said("itunes:type") for _item in channel.every("item"))
    assert time.monotonic() - began < 1.0


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_refused(noise: bytes) -> None:
    for content in (noise, FEED.encode()[:900] + noise):
        with contextlib.suppress(CheckError):
            assert gauge.feed(content).root.name


# --- papers -----------------------------------------------------------------------------------

VTT = """WEBVTT

NOTE Synthetic voice

00:01.000 --> 00:02.500 align:start
<v Narrator>Words

01:00:03.000 --> 01:00:04.250
More
"""
SRT = "1\n00:00:01,000 --> 00:00:02,500\nWords\n\n2\n01:00:03,000 --> 01:00:04,250\nMore\n"


def test_a_transcript_says_where_it_ends() -> None:
    for content, form in ((VTT, "vtt"), (VTT.replace("\n", "\r\n"), "vtt"), (SRT, "srt")):
        assert gauge.transcript(content.encode(), form) == Paper(form, 2, 3_604_250)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("WEBVTT\n", "WEBVTTX\n", "begin"),
        ("00:02.500", "00:00.500", "ends before"),
        ("00:01.000 --> 00:02.500", "02:00:01.000 --> 02:00:02.500", "time order"),
        ("00:02.500", "2.5", "cannot be read"),
        (VTT, "WEBVTT\n", "no cue"),
        (VTT, "", "begin"),
        ("Words", "\udcff", "UTF-8"),
    ],
)
def test_what_is_wrong_in_a_transcript_is_named(old: str, new: str, fault: str) -> None:
    content = VTT.replace(old, new).encode("utf-8", "surrogateescape")
    found = gauge.transcript(content, "vtt")
    assert fault in "; ".join(found.faults)
    assert "Words" not in repr(found)


CHAPTERS = {
    "version": "1.2.0",
    "chapters": [{"startTime": 0, "title": "one"}, {"startTime": 12.5, "title": "two"}],
}


def test_a_file_of_chapters_says_where_the_last_begins() -> None:
    assert gauge.chapters(json.dumps(CHAPTERS).encode()) == Paper("json", 2, 12_500)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("1.2.0", "1.0", "version"),
        ("12.5", "0", "time order"),
        ("12.5", "NaN", "no time or title"),
        ("12.5", "-1", "no time or title"),
        ("12.5", "1e999", "no time or title"),
        ("title", "name", "no time or title"),
        ('"chapters"', '"sections"', "no time or title"),
        ("{", "[" * 100_000, "no JSON"),
        ("0,", "9" * 9_999 + ",", "no JSON"),
    ],
)
def test_what_is_wrong_in_a_file_of_chapters_is_named(old: str, new: str, fault: str) -> None:
    content = json.dumps(CHAPTERS).replace(old, new, 2 if old == "title" else 1)
    assert fault in "; ".join(gauge.chapters(content.encode()).faults)
