"""What a file of each format tells of its chapters and words, and what is wrong with it."""

from __future__ import annotations

import os
import struct
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import mutagen
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import transcript
from generator.audio import RATE_HZ
from generator.encode import encode
from generator.errors import CheckError
from generator.model import FORMATS, Check, Facts, Measured, Phrase, Section, Spoken, Timeline
from generator.tags import chapters, lyrics, write_tags
from generator.verify import Opened, Papers, opened
from generator.verify.atoms import MOST_MOVIE_BYTES
from generator.verify.papers import checks, told
from generator.verify.told import MOST_TAG_BYTES, Told

FRAMES = 6 * RATE_HZ + 331
WORDS = ("Find a place to rest.", "Let the shoulders sink.", "Zurück, ありがとう.")
SECTIONS = (
    Section("Arriving", 0, 3 * RATE_HZ),
    Section("Fjörnbläser, at rest", 3 * RATE_HZ, 5 * RATE_HZ + 17),
    Section("Returning", 5 * RATE_HZ + 17, FRAMES),
)
TIMELINE = Timeline(
    FRAMES,
    tuple(Spoken(Phrase(each), (2 * n + 1) * RATE_HZ, RATE_HZ) for n, each in enumerate(WORDS)),
    (),
    (),
    SECTIONS,
    (),
)
FACTS = Facts("Warmth", "Joe", "Album", "en", "About.", "", "piper joe 1.0.0")
TEXT = transcript.plain_text(TIMELINE)
VORBIS = ("flac", "ogg")


@pytest.fixture(scope="module", autouse=True)
def with_ffmpeg(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("bin")
    (folder / "ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        yield


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A track in every format that says nothing yet."""
    folder = tmp_path_factory.mktemp("tracks")
    sound = np.random.default_rng(1).normal(0, 0.01, (FRAMES, 2)).astype(np.float32)
    for form in FORMATS:
        encode(folder / f"track.{form}", iter([sound]), FRAMES, lambda *_: None, form)
    return {form: folder / f"track.{form}" for form in FORMATS}


@pytest.fixture
def tracks(bare: dict[str, Path], tmp_path: Path) -> dict[str, Path]:
    """A copy of each to be written to."""
    for path in bare.values():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return {form: tmp_path / path.name for form, path in bare.items()}


def tagged(
    path: Path, timeline: Timeline = TIMELINE, text: str = TEXT, *, with_text: bool = True
) -> Path:
    facts, measured = replace(FACTS, with_text=with_text), Measured(FRAMES, -16.0, -2.0)
    write_tags(path, facts, timeline, measured, cover=b"\xff\xd8" * 40_000, text=text)
    return path


def planned(timeline: Timeline) -> tuple[tuple[str, int, int], ...]:
    return tuple((each.title, each.start_ms, each.end_ms) for each in chapters(timeline))


def judged(path: Path) -> dict[str, Check]:
    """The checks of a track's papers, each by its name; its transcript is as it should be."""
    cues, found = transcript.cues(TIMELINE, "en"), opened(path)
    papers = Papers(planned(TIMELINE), lyrics(TEXT), cues, cues)
    return {each.name: each for each in checks(TIMELINE, found.stream, found, papers)}


def faults(path: Path) -> dict[str, str]:
    return {name: each.value for name, each in judged(path).items() if not each.met}


# --- what is right ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_what_every_format_tells_is_read_as_it_was_meant(tracks, form):
    found = told(opened(tagged(tracks[form])))
    ends = [end for *_start, end in planned(TIMELINE)]
    if form in VORBIS:
        ends[-1] = None
    assert [each[:2] for each in found.chapters] == [each[:2] for each in planned(TIMELINE)]
    assert [end for *_start, end in found.chapters] == ends
    assert found.words == TEXT


@pytest.mark.parametrize("form", FORMATS)
def test_a_good_track_is_judged_and_nothing_is_found(tracks, form):
    found = judged(tagged(tracks[form]))
    assert {"chapters", "lyrics", "transcript"} <= found.keys()
    assert ("stream" in found) == (form == "mp3")
    assert all(each.met for each in found.values())


@pytest.mark.parametrize("form", FORMATS)
def test_words_that_were_not_wanted_are_not_missed(tracks, form):
    path = tagged(tracks[form], with_text=False)
    assert told(opened(path)).words is None
    assert faults(path) == {}


TITLES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), max_size=5)


@pytest.mark.parametrize("form", [each for each in FORMATS if each != "m4b"])
@settings(max_examples=25)
@given(titles=TITLES, text=st.text(max_size=60))
def test_whatever_a_tag_says_is_read_back(bare, tmp_path_factory, form, titles, text):
    read_back(bare[form], tmp_path_factory.mktemp("tag"), titles, text)


@settings(max_examples=5)
@given(titles=TITLES, text=st.text(max_size=60))
def test_whatever_an_m4b_says_is_read_back(bare, tmp_path_factory, titles, text):
    read_back(bare["m4b"], tmp_path_factory.mktemp("tag"), titles, text)


def read_back(path: Path, folder: Path, titles: list[str], text: str) -> None:
    step = RATE_HZ // 7
    sections = tuple(Section(each, step * n, step * (n + 1)) for n, each in enumerate(titles))
    timeline = replace(TIMELINE, frames=step * max(len(titles), 1), sections=sections)
    copy = folder / path.name
    copy.write_bytes(path.read_bytes())
    found = told(opened(tagged(copy, timeline, text)))
    assert [each[:2] for each in found.chapters] == [each[:2] for each in planned(timeline)]
    assert (found.words or "") == lyrics(text)


def test_a_long_title_is_whole_in_the_track_of_an_m4b_and_cut_in_its_list(tracks):
    """A list has room for 255 bytes, in the middle of a letter if need be."""
    sections = tuple(replace(each, title="ありがとう" * 50) for each in SECTIONS)
    timeline = replace(TIMELINE, sections=sections)
    found = told(opened(tagged(tracks["m4b"], timeline)))
    assert found.chapters == planned(timeline)
    assert len(found.chapters[0][0].encode()) > 255


@pytest.mark.parametrize("form", FORMATS)
def test_as_many_chapters_as_there_may_be_are_read(tracks, form):
    marks = np.linspace(0, FRAMES, 256).astype(int).tolist()
    sections = tuple(Section("One", start, end) for start, end in pairwise(marks))
    timeline = replace(TIMELINE, sections=sections)
    found = told(opened(tagged(tracks[form], timeline)))
    assert [each[:2] for each in found.chapters] == [each[:2] for each in planned(timeline)]


# --- what is wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_swapped_chapters_are_found_and_where_they_are(tracks, form):
    one, other, last = SECTIONS
    swapped = (replace(one, title=other.title), replace(other, title=one.title), last)
    path = tagged(tracks[form], replace(TIMELINE, sections=swapped))
    assert faults(path) == {"chapters": "chapter 1 differs"}
    (stretch,) = judged(path)["chapters"].stretches
    assert (stretch.start_frame, stretch.end_frame) == (0, one.end_frame)


@pytest.mark.parametrize("form", FORMATS)
def test_a_chapter_a_millisecond_late_is_found(tracks, form):
    one, other, last = SECTIONS
    at = one.end_frame + 48
    late = (replace(one, end_frame=at), replace(other, start_frame=at), last)
    assert "chapters" in faults(tagged(tracks[form], replace(TIMELINE, sections=late)))


@pytest.mark.parametrize("form", FORMATS)
def test_a_missing_chapter_is_found(tracks, form):
    fewer = replace(TIMELINE, sections=SECTIONS[:2])
    assert set(faults(tagged(tracks[form], fewer))) == {"chapters"}


@pytest.mark.parametrize("form", FORMATS)
def test_one_word_changed_is_found_and_not_repeated(tracks, form):
    path = tagged(tracks[form], text=TEXT.replace("shoulders", "elbows"))
    assert faults(path) == {"lyrics": "line 5 differs"}
    assert "shoulders" in TEXT.splitlines()[4]


@pytest.mark.parametrize("form", FORMATS)
def test_a_track_without_its_tag_is_found(bare, form):
    assert faults(bare[form]) == {"chapters": "0 chapters, not 3"}


@pytest.mark.parametrize("form", FORMATS)
def test_a_chapter_that_another_program_changed_is_found(tracks, form):
    """By mutagen, and in the M4B in one of its two lists only."""
    path = tagged(tracks[form])
    if form == "m4b":
        content = path.read_bytes()
        assert content.count(b"Arriving") == 2 + 1  # and once in the lyrics
        path.write_bytes(content[::-1].replace(b"gnivirrA", b"gnivirrX", 1)[::-1])
        assert faults(path) == {"chapters": "its two lists of chapters differ"}
        return
    file = mutagen.File(path)
    if form in VORBIS:
        file["CHAPTER002NAME"] = "Leaving"
    else:
        file.tags.getall("CHAP")[2].sub_frames["TIT2"].text = ["Leaving"]
    file.save(**({} if form in VORBIS else {"v2_version": 3}))
    assert faults(path)["chapters"] == "chapter 3 differs"


def test_a_cue_that_differs_is_shown_where_its_phrase_is(tracks):
    cues, found = transcript.cues(TIMELINE, "en"), opened(tagged(tracks["flac"]))
    for torn, number in (((cues[0], cues[2], cues[1]), 1), (cues[:2], 2)):
        papers = Papers(planned(TIMELINE), lyrics(TEXT), cues, torn)
        *_others, last = checks(TIMELINE, None, found, papers)
        spoken = TIMELINE.spoken[number]
        assert (last.name, last.met) == ("transcript", False)
        assert [each.start_frame for each in last.stretches] == [spoken.start_frame]
        assert [each.end_frame for each in last.stretches] == [spoken.end_frame]


# --- what means harm --------------------------------------------------------------------------


def atom(name: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I", 8 + len(inside)) + name + inside


def page(*packets: int, content: bytes = b"") -> bytes:
    return b"OggS" + bytes(22) + bytes([len(packets), *packets]) + content


def vorbis(*entries: bytes) -> bytes:
    listed = b"".join(struct.pack("<I", len(each)) + each for each in entries)
    return struct.pack("<I", 0) + struct.pack("<I", len(entries)) + listed


def flac(comments: bytes) -> bytes:
    return b"fLaC\x84" + len(comments).to_bytes(3, "big") + comments


HOSTILE: dict[str, tuple[str, bytes]] = {
    "nothing at all": ("flac", b""),
    "a FLAC that is none": ("flac", b"RIFF" * 100),
    "a FLAC of a name": ("flac", b"fLaC"),
    "a FLAC of blocks without end": ("flac", b"fLaC" + b"\x01\0\0\0" * 2_000_000),
    "comments of five megabytes": ("flac", flac(bytes(5 << 20))),
    "comments that are cut off": ("flac", b"fLaC\x84\0\0\xff" + b"\xff" * 9),
    "comments without end": ("flac", flac(b"\0\0\0\0\xff\xff\xff\xff" + bytes(4 << 20)[9:])),
    "a comment longer than the file": ("flac", flac(b"\0\0\0\0\1\0\0\0\xff\xff\xff\xff")),
    "a time that is none": ("flac", flac(vorbis(b"CHAPTER000=9999999999999"))),
    "a time of other digits": ("flac", flac(vorbis("CHAPTER000=0٣:00:00.000".encode()))),
    "words that are no text": ("flac", flac(vorbis(b"LYRICS=Quillfeather\xff\xfe"))),
    "one chapter twice": ("flac", flac(vorbis(*[b"CHAPTER000=00:00:00.000"] * 2))),
    "an OGG of empty pages": ("ogg", page() * 300_000),
    "an OGG whose packets never end": ("ogg", page(*[255] * 255, content=bytes(65_025)) * 100),
    "an OGG that is cut off": ("ogg", page(30, content=bytes(9))),
    "an OGG of another kind": ("ogg", page(1, 30, content=b"?" + bytes(30))),
    "a WAV that is none": ("wav", b"RIFX" + bytes(100)),
    "a WAV of chunks without end": ("wav", b"RIFF\0\0\0\0WAVE" + b"fmt \0\0\0\0" * 2_000_000),
    "a WAV with a tag of four gigabytes": ("wav", b"RIFF\0\0\0\0WAVEid3 \xff\xff\xff\xff"),
    "a WAV with a tag of one byte": ("wav", b"RIFF\0\0\0\0WAVEid3 \1\0\0\0I"),
    "an M4B that is none": ("m4b", bytes(100)),
    "an M4B of atoms without end": ("m4b", atom(b"free") * 2_000_000),
    "an M4B that leads far away": ("m4b", b"\0\0\0\1mdat" + b"\xff" * 8 + bytes(99)),
    "an M4B with a huge table": ("m4b", struct.pack(">I", MOST_MOVIE_BYTES + 1) + b"moov"),
    "an M4B of many tracks": ("m4b", atom(b"moov", atom(b"trak") * 500_000)),
    "an atom larger than what it is in": ("m4b", atom(b"moov", b"\xff\xff\xff\xfftrak")),
    "an atom of no size": ("m4b", atom(b"moov", bytes(16))),
    "chapters in a track that is not there": (
        "m4b",
        atom(b"moov", atom(b"trak", atom(b"tref", atom(b"chap", b"\0\0\0\2")))),
    ),
    "a list of chapters that is cut off": (
        "m4b",
        atom(b"moov", atom(b"udta", atom(b"chpl", bytes(8) + b"\xff"))),
    ),
}


def chaptered(table: bytes, mdhd: bytes = struct.pack(">5I", 0, 0, 0, 1000, 0)) -> bytes:
    """An M4B whose chapters lie in a track with that table."""
    refers = atom(b"trak", atom(b"tref", atom(b"chap", struct.pack(">I", 2))))
    media = atom(b"mdia", atom(b"mdhd", mdhd), atom(b"minf", atom(b"stbl", table)))
    texts = atom(b"trak", atom(b"tkhd", struct.pack(">4I", 0, 0, 0, 2)), media)
    return atom(b"moov", refers, texts)


def table(sizes: bytes, times: bytes, place: int = 0) -> bytes:
    return (
        atom(b"stsz", sizes) + atom(b"stts", times) + atom(b"stco", struct.pack(">3I", 0, 1, place))
    )


MOST = 0xFFFFFFFF
HOSTILE |= {
    "four billion chapters": (
        "m4b",
        chaptered(table(struct.pack(">3I", 0, 0, MOST), struct.pack(">4I", 0, 1, MOST, MOST))),
    ),
    "chapters of four gigabytes": (
        "m4b",
        chaptered(table(struct.pack(">3I", 0, MOST, 255), struct.pack(">4I", 0, 1, 255, 1))),
    ),
    "chapters that last for ever": (
        "m4b",
        chaptered(table(struct.pack(">3I", 0, 2, 1), struct.pack(">4I", 0, 1, MOST, MOST))),
    ),
    "chapters without a clock": (
        "m4b",
        chaptered(table(struct.pack(">3I", 0, 2, 1), b""), mdhd=bytes(20)),
    ),
    "chapters behind the end of the file": (
        "m4b",
        chaptered(table(struct.pack(">3I", 0, 2, 1), struct.pack(">4I", 0, 1, 1, 1), MOST)),
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_a_fault_in_a_few_words_and_soon(tmp_path, case):
    form, content = HOSTILE[case]
    path = tmp_path / f"track.{form}"
    path.write_bytes(content)
    begun = time.monotonic()
    found = judged(path)
    assert time.monotonic() - begun < 5.0
    assert not found["chapters"].met
    assert len(found["chapters"].value) < 60
    assert "Quillfeather" not in str(found)


@settings(max_examples=150, deadline=None)
@given(
    form=st.sampled_from(FORMATS[1:]),
    at=st.floats(0, 1),
    junk=st.binary(max_size=12),
    cut=st.booleans(),
)
def test_a_file_that_was_damaged_anywhere_is_read_or_refused(damaged, form, at, junk, cut):
    """The sound is short here, the tag most of the file. No word of it is in a refusal."""
    content, path = damaged[form]
    start, end = round(at * len(content)), round(at * len(content)) + len(junk)
    path.write_bytes(content[:start] + junk + (b"" if cut else content[end:]))
    said = refusal(path)
    assert "shoulders" not in said
    assert len(said) < 60


def refusal(path: Path) -> str:
    """Why nothing can be read, or nothing where something was."""
    try:
        assert isinstance(told(Opened(path)), Told)
    except ValueError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def damaged(bare, tmp_path_factory) -> dict[str, tuple[bytes, Path]]:
    """The tag of each format with as little of a sound as it can have, and where to put it."""
    folder, found = tmp_path_factory.mktemp("damaged"), {}
    for form in FORMATS[1:]:
        path = folder / f"track.{form}"
        encode(path, iter([np.zeros((4_800, 2), np.float32)]), 4_800, lambda *_: None, form)
        measured = Measured(FRAMES, -16.0, -2.0)
        write_tags(path, FACTS, TIMELINE, measured, cover=b"", text=TEXT)
        found[form] = (path.read_bytes(), path)
    return found


def test_what_is_called_like_no_track_is_not_read(tmp_path):
    path = tmp_path / "track.aiff"
    path.write_bytes(b"FORM")
    assert faults(path) == {"chapters": "it is called like no track of ours"}


def test_a_file_that_is_gone_or_no_plain_one_is_a_fault(tmp_path):
    assert faults(tmp_path / "track.flac") == {"chapters": "No such file or directory"}
    assert "chapters" in faults_of_folder(tmp_path / "folder.ogg")


def faults_of_folder(path: Path) -> dict[str, str]:
    path.mkdir()
    return faults(path)


def test_a_tag_of_an_mp3_has_the_same_bound(tmp_path):
    size = MOST_TAG_BYTES + 1
    said = bytes(size >> 7 * place & 0x7F for place in (3, 2, 1, 0))
    (tmp_path / "huge.mp3").write_bytes(b"ID3\x03\0\0" + said + bytes(100))
    with pytest.raises(CheckError, match="its tag is too large"):
        opened(tmp_path / "huge.mp3")
