"""Tags, read back by readers that did not write them, and byte by byte."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3
from mutagen.mp3 import MP3
from pedalboard.io import AudioFile
from tinytag import TinyTag

from generator.audio import RATE_HZ, to_ms
from generator.errors import UsageError, WriteError
from generator.model import Facts, Measured, Section, Timeline
from generator.tags import clean_text, write_tags

FRAMES = 2 * RATE_HZ + 17
COVER = b"\xff\xd8\xff\xe0 not much of a picture \xff\xd9"
TEXT = "Arriving\nSit down.\n\nReturning\nOpen your eyes."
MEASURED = Measured(frames=FRAMES, speech_lufs=-16.04, true_peak_dbtp=-1.2)
FACTS = Facts(
    title="The Warmth That Is Already There",
    narrator="Joe",
    album="Guided Meditations",
    language="en-GB",
    description="Find what warms you. The voice is synthetic.",
    date="2026-03-09",
    engine="piper joe 1.0.0",
)
TITLES = (
    "A title much longer than all the others, so that sorting by size would put it last",
    "Bé",
    "Returning to the room",
    "A",
)


def divided(titles: tuple[str, ...], frames: int = FRAMES) -> Timeline:
    marks = [frames * n // len(titles) for n in range(len(titles) + 1)] if titles else []
    sections = tuple(map(Section, titles, marks, marks[1:]))
    return Timeline(frames, (), (), (), sections, ())


TIMELINE = divided(TITLES)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short MP3 without a tag, as the encoder leaves it."""
    path = tmp_path_factory.mktemp("sound") / "plain.mp3"
    phase = np.linspace(0, 400 * np.pi, FRAMES, dtype=np.float32)
    with AudioFile(str(path), "w", RATE_HZ, 2, quality=128) as file:
        file.write(0.2 * np.stack([np.sin(phase), np.cos(phase)]))
    return path


@pytest.fixture
def mp3(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "track.mp3"))


def written(mp3: Path, facts: Facts = FACTS, timeline: Timeline = TIMELINE) -> Path:
    write_tags(mp3, facts, timeline, MEASURED, cover=COVER, text=TEXT)
    return mp3


# --- a reader of our own, from the standard ---------------------------------------------------


class Raw(NamedTuple):
    name: str
    data: bytes


def raw_frames(tag: bytes) -> Iterator[Raw]:
    while tag:
        name, size, flags = struct.unpack(">4sIH", tag[:10])
        assert re.fullmatch(rb"[A-Z][A-Z0-9]{3}", name), "the sizes before it do not add up"
        assert (size > 0, flags) == (True, 0)
        assert len(tag) >= 10 + size
        yield Raw(name.decode(), tag[10 : 10 + size])
        tag = tag[10 + size :]


def raw_tag(path: Path) -> tuple[list[Raw], bytes]:
    """The frames of a tag, and what follows it in the file."""
    whole = path.read_bytes()
    assert whole[:6] == b"ID3\x03\x00\x00"
    size = 0
    for byte in whole[6:10]:
        assert byte < 128
        size = size << 7 | byte
    return list(raw_frames(whole[10 : 10 + size])), whole[10 + size :]


def raw_text(data: bytes) -> str:
    """The one value of a text frame, without its closing NUL."""
    encoding = {0: "ascii", 1: "utf-16"}[data[0]]
    text = data[1:].decode(encoding)
    assert text.index("\0") == len(text) - 1
    return text[:-1]


def raw_chapter(data: bytes) -> tuple[str, int, int, int, int, str]:
    name, _, rest = data.partition(b"\0")
    (title,) = raw_frames(rest[16:])
    assert title.name == "TIT2"
    return (name.decode(), *struct.unpack(">4I", rest[:16]), raw_text(title.data))


def test_contents_come_first_then_the_chapters_in_time_order(mp3: Path) -> None:
    frames, _ = raw_tag(written(mp3))
    names = [frame.name for frame in frames]
    assert names[names.index("CTOC") :] == ["CTOC", "CHAP", "CHAP", "CHAP", "CHAP", "APIC"]

    chapters = [raw_chapter(frame.data) for frame in frames if frame.name == "CHAP"]
    ids, starts, ends, first, last, titles = zip(*chapters, strict=True)
    assert ids == ("chp000", "chp001", "chp002", "chp003")
    assert titles == TITLES
    assert starts == tuple(to_ms(each.start_frame) for each in TIMELINE.sections)
    assert ends == (*starts[1:], to_ms(FRAMES))
    assert set(first + last) == {0xFFFFFFFF}

    contents = next(frame.data for frame in frames if frame.name == "CTOC")
    assert contents.startswith(b"toc\0\x03\x04chp000\0chp001\0chp002\0chp003\0TIT2")
    assert contents.endswith(b"\0Chapters\0")


def test_sections_out_of_order_are_listed_by_time(mp3: Path) -> None:
    shuffled = replace(TIMELINE, sections=TIMELINE.sections[::-1])
    ordered = written(mp3).read_bytes()
    assert written(mp3, timeline=shuffled).read_bytes() == ordered


def test_text_is_ascii_or_utf_16_and_never_two_values(mp3: Path) -> None:
    frames, _ = raw_tag(written(mp3, replace(FACTS, title="Wärme / 静けさ", album="A;B/C")))
    data = {frame.name: frame.data for frame in frames}
    assert (data["TIT2"][:3], raw_text(data["TIT2"])) == (b"\x01\xff\xfe", "Wärme / 静けさ")
    assert data["TALB"] == b"\x00A;B/C\0"
    assert data["TLAN"] == b"\x00eng\0"


def test_what_follows_the_tag_is_untouched(mp3: Path, sound: Path) -> None:
    _, rest = raw_tag(written(mp3))
    assert rest == sound.read_bytes()
    assert soundfile.info(mp3).frames == FRAMES


def test_a_tag_is_replaced_unread_and_bytes_repeat(mp3: Path, sound: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(sound, tmp_path / "other.mp3"))
    written(mp3, replace(FACTS, title="Another, whose tag is longer", description="x" * 3_000))
    assert written(mp3).read_bytes() == written(other).read_bytes()


# --- other people's readers -------------------------------------------------------------------


def test_mutagen_reads_back_every_frame(mp3: Path) -> None:
    write_tags(
        mp3,
        replace(FACTS, track=(2, 8), artist="Studio"),
        TIMELINE,
        MEASURED,
        cover=COVER,
        text=TEXT,
    )
    tags = ID3(mp3, translate=False)
    assert tags.version == (2, 3, 0)
    texts = {key: str(frame) for key, frame in tags.items() if key[0] == "T"}
    assert texts == {
        "TIT2": FACTS.title,
        "TPE1": "Joe",
        "TPE2": "Studio",
        "TALB": "Guided Meditations",
        "TRCK": "2/8",
        "TCON": "Meditation",
        "TYER": "2026",
        "TDAT": "0903",
        "TLAN": "eng",
        "TSSE": "Meditation Generator",
        "TXXX:AI_VOICE": "piper joe 1.0.0",
        "TXXX:REPLAYGAIN_TRACK_GAIN": "-1.96 dB",
        "TXXX:REPLAYGAIN_TRACK_PEAK": "0.870964",
    }
    assert tags["COMM::eng"].text == [FACTS.description]
    assert tags["USLT::eng"].text == TEXT
    (picture,) = tags.getall("APIC")
    assert (picture.type, picture.mime, picture.desc) == (3, "image/jpeg", "")
    assert picture.data == COVER
    assert len(MP3(mp3).tags.getall("CHAP")) == len(TITLES)


def test_tinytag_reads_it(mp3: Path) -> None:
    write_tags(
        mp3,
        replace(FACTS, track=(1, 8), artist="Studio"),
        TIMELINE,
        MEASURED,
        cover=COVER,
        text=TEXT,
    )
    tag = TinyTag.get(mp3, image=True)
    assert (tag.title, tag.artist, tag.album) == (FACTS.title, "Joe", "Guided Meditations")
    assert (tag.albumartist, tag.genre) == ("Studio", "Meditation")
    assert (tag.track, tag.track_total) == (1, 8)
    assert tag.comment == FACTS.description
    assert tag.other["lyrics"] == [TEXT]
    assert tag.images.front_cover is not None
    assert tag.images.front_cover.data == COVER
    assert tag.duration == pytest.approx(FRAMES / RATE_HZ, abs=0.06)


def test_ffmpeg_shows_the_chapters_in_order(mp3: Path) -> None:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    # Without -copyts it shifts what it shows by the encoder's delay of 23 ms.
    command = [program, "-v", "quiet", "-copyts", "-i", str(written(mp3)), "-f", "ffmetadata", "-"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    chapters = re.findall(
        r"\[CHAPTER\]\nTIMEBASE=1/1000\nSTART=(\d+)\nEND=(\d+)\ntitle=(.*)", shown.stdout
    )
    marks = [to_ms(each.start_frame) for each in TIMELINE.sections] + [to_ms(FRAMES)]
    assert chapters == [
        (str(start), str(end), title)
        for start, end, title in zip(marks, marks[1:], TITLES, strict=False)
    ]


# --- what is left out -------------------------------------------------------------------------


def test_a_track_says_only_what_it_has(mp3: Path) -> None:
    bare = replace(
        FACTS, album="", description=" \n", date="", engine="", synthetic=False, with_text=False
    )
    write_tags(mp3, bare, divided(()), MEASURED, cover=b"", text=TEXT)
    frames, _ = raw_tag(mp3)
    assert [frame.name for frame in frames] == ["TIT2", "TPE1", "TCON", "TLAN", "TSSE"] + [
        "TXXX"
    ] * 2
    assert b"Sit down" not in mp3.read_bytes()


def test_a_quiet_track_is_to_be_turned_up(mp3: Path) -> None:
    quiet = replace(MEASURED, speech_lufs=-20.0)
    write_tags(mp3, FACTS, TIMELINE, quiet, cover=COVER, text=TEXT)
    assert ID3(mp3)["TXXX:REPLAYGAIN_TRACK_GAIN"].text == ["+2.00 dB"]


def test_a_voice_that_is_not_synthetic_is_not_called_so(mp3: Path) -> None:
    written(mp3, replace(FACTS, synthetic=False))
    assert not ID3(mp3).getall("TXXX:AI_VOICE")


@pytest.mark.parametrize(
    ("language", "expected"),
    [("es", "spa"), ("de-AT", "deu"), ("FR_fr", "fra"), ("x-klingon", "und"), ("", "und")],
)
def test_language_is_iso_639_2_in_every_frame_that_has_one(
    mp3: Path, language: str, expected: str
) -> None:
    tags = ID3(written(mp3, replace(FACTS, language=language)))
    found = (str(tags["TLAN"]), tags.getall("COMM")[0].lang, tags.getall("USLT")[0].lang)
    assert found == (expected, expected, expected)


@pytest.mark.parametrize("broken", ["2026", "2026-02-30", "yesterday"])
def test_a_date_that_is_none_is_refused(mp3: Path, sound: Path, broken: str) -> None:
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        written(mp3, replace(FACTS, date=broken))
    assert mp3.read_bytes() == sound.read_bytes()


# --- limits -----------------------------------------------------------------------------------


def test_255_chapters_fit(mp3: Path) -> None:
    written(mp3, timeline=divided(tuple(f"Chapter {number}" for number in range(255))))
    frames, _ = raw_tag(mp3)
    chapters = [raw_chapter(frame.data) for frame in frames if frame.name == "CHAP"]
    assert [chapter[-1] for chapter in chapters] == [f"Chapter {number}" for number in range(255)]
    assert len({chapter[0] for chapter in chapters}) == 255


def test_256_chapters_are_refused_before_writing(mp3: Path, sound: Path) -> None:
    with pytest.raises(UsageError, match="256"):
        written(mp3, timeline=divided(("Now",) * 256))
    assert mp3.read_bytes() == sound.read_bytes()


def test_a_long_script_keeps_its_lines(mp3: Path) -> None:
    text = "\n\n".join(f"Chapter {n}\nBreathe in – and out.\nRest." for n in range(2_000))
    write_tags(mp3, FACTS, TIMELINE, MEASURED, cover=COVER, text=text)
    assert ID3(mp3)["USLT::eng"].text == text


def test_a_missing_file_stays_missing(tmp_path: Path) -> None:
    missing = tmp_path / "missing.mp3"
    with pytest.raises(WriteError, match=re.escape(str(missing))) as caught:
        written(missing)
    assert isinstance(caught.value.__cause__, FileNotFoundError)
    assert not missing.exists()


def test_mutagen_trouble_is_a_write_error(tmp_path: Path) -> None:
    odd = tmp_path / "odd.mp3"
    odd.write_bytes(b"ID3\x09\x00\x00\x00\x00\x00\x00")
    with pytest.raises(WriteError, match=r"odd\.mp3"):
        written(odd)


# --- clean text -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Body \t\n Scan ", "Body Scan"),
        ("e\u200d\u0301t\u0065\u0301", "été"),
        ("a\0b\x1b[31m\ud800\u202e", "ab[31m"),
        ("静かな\u3000朝", "静かな 朝"),
        ("ab" * 200, "ab" * 125),
    ],
)
def test_one_line(text: str, expected: str) -> None:
    assert clean_text(text) == expected


def test_several_lines() -> None:
    text = " One \r\nTwo\u2028Three\n\n\n \nFour\n"
    assert clean_text(text, multiline=True) == "One\nTwo\nThree\n\nFour"
    assert clean_text("One\n\n\nTwo", multiline=True) == "One\n\nTwo"


def test_no_blank_is_left_where_the_text_was_cut() -> None:
    assert clean_text("Body Scan", 5) == "Body"
    assert clean_text("Body\nScan", 5, multiline=True) == "Body"


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[])), st.integers(0, 40), st.booleans())
def test_clean_text_is_clean_and_stays_so(text: str, most: int, multiline: bool) -> None:
    clean = clean_text(text, most, multiline=multiline)
    assert len(clean) <= most
    assert clean == clean.strip()
    assert unicodedata.is_normalized("NFC", clean)
    one_line = clean.replace("\n", "") if multiline else clean
    assert not {unicodedata.category(each) for each in one_line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert "  " not in clean
    assert clean_text(clean, most, multiline=multiline) == clean


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[]), min_size=1))
def test_any_title_comes_back_as_one_value(
    tmp_path_factory: pytest.TempPathFactory, title: str
) -> None:
    mp3 = tmp_path_factory.getbasetemp() / "title.mp3"
    mp3.write_bytes(b"")
    write_tags(mp3, replace(FACTS, title=title), divided(()), MEASURED, cover=b"", text="")
    clean = clean_text(title)
    assert [frame.text for frame in ID3(mp3).getall("TIT2")] == ([[clean]] if clean else [])
