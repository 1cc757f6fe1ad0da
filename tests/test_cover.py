"""The cover, looked at as a player would: its format, its bytes, and whether it can be read."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import unicodedata
from functools import cache, partial

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from generator import lettering
from generator.cover import FEED_PX, TAG_PX, cover_jpeg, landscape, main_colour, palette, words

SHORT = "Rest"
LONG = "Sitting by the Sea: Ten Minutes of Nothing Much at All, and That Is Enough"
SCRIPTS = "Four Wishes — «για σένα» и для меня"

drawn = cache(cover_jpeg)
podcast = cache(partial(cover_jpeg, SCRIPTS, "Joe", 6, side_px=FEED_PX))


def pixels(jpeg: bytes) -> npt.NDArray[np.float64]:
    return np.asarray(Image.open(io.BytesIO(jpeg)), np.float64)


def luminance(colours: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Relative luminance as WCAG 2 defines it, 0 to 1."""
    share = np.asarray(colours) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def letters(jpeg: bytes) -> npt.NDArray[np.bool_]:
    """Which pixels of the sky are as bright as nothing but a letter."""
    image = pixels(jpeg)
    return luminance(image[: words.rows(len(image))]) > 0.8


def plane(title: str, name: str, side_px: int = TAG_PX) -> npt.NDArray[np.uint8]:
    content = words.drawn(title, name, side_px) or bytes(side_px * words.rows(side_px))
    return np.frombuffer(content, np.uint8).reshape(-1, side_px)


# --- the file ---------------------------------------------------------------------------------


@pytest.mark.parametrize("title", [SHORT, LONG])
def test_it_is_a_square_baseline_rgb_jpeg_of_modest_size(title: str) -> None:
    jpeg = drawn(title, "Joe", 3)
    image = Image.open(io.BytesIO(jpeg))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1_000, 1_000))
    assert len(jpeg) <= 300_000
    # Frame marker C0 is baseline; C2 would be progressive, which some players do not show.
    assert b"\xff\xc0" in jpeg
    assert b"\xff\xc2" not in jpeg


def test_at_podcast_size_it_is_what_directories_ask_for() -> None:
    jpeg = podcast()
    image = Image.open(io.BytesIO(jpeg))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (3_000, 3_000))
    assert len(jpeg) <= 512_000
    assert b"\xff\xc0" in jpeg
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_at_podcast_size_it_is_the_same_picture_with_sharper_letters() -> None:
    large, small = (Image.open(io.BytesIO(each)) for each in (podcast(), drawn(SCRIPTS, "Joe", 6)))
    shrunk = np.asarray(large.resize(small.size, Image.Resampling.BOX), np.float64)
    unlike = np.abs(shrunk - np.asarray(small, np.float64)).mean(axis=2)
    assert np.median(unlike) < 1.5, "grain, and nothing else"
    assert np.percentile(unlike[400:], 99) < 6
    # From dark to light within a pixel or two: an enlarged letter would take three times as many.
    rows = luminance(np.asarray(large)[:1_200])
    between = ((rows > 0.3) & (rows < 0.8)).sum() / (rows >= 0.8).sum()
    enlarged = small.resize(large.size, Image.Resampling.BICUBIC)
    rows = luminance(np.asarray(enlarged)[:1_200])
    assert between < 0.6 * ((rows > 0.3) & (rows < 0.8)).sum() / (rows >= 0.8).sum()


def test_no_sky_has_steps_in_it_at_podcast_size() -> None:
    """Grain is left everywhere beside the letters: no patch of 16 by 16 pixels has one green."""
    green = pixels(podcast())[:1_600, :288, 1]
    assert green.reshape(100, 16, 18, 16).std(axis=(1, 3)).min() > 0


def test_podcast_size_is_made_soon_and_in_little_memory() -> None:
    drawing = "from generator.cover import *; cover_jpeg('Rest', 'Joe', 3, side_px=FEED_PX)"
    code = (  # a process counts what its parent used before it became another program
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime, used.ru_maxrss >> (20 if sys.platform == 'darwin' else 10))"
    )
    command = [sys.executable, "-c", code, drawing]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    took_s, used_mb = map(float, done.stdout.split())
    assert took_s < 4.0
    assert used_mb < 300


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert cover_jpeg(SHORT, "Joe", 3) == drawn(SHORT, "Joe", 3)


@pytest.mark.parametrize(("title", "seed"), [(SHORT, -4), (LONG, 3)])
def test_title_and_seed_change_the_picture(title: str, seed: int) -> None:
    # Below the letters, so that the words themselves are not what differs.
    one, other = (pixels(drawn(*each))[500:] for each in ((SHORT, "Joe", 3), (title, "Joe", seed)))
    assert np.abs(one - other).mean() > 3


def test_without_a_title_there_is_a_picture_all_the_same() -> None:
    jpeg = drawn("\ud800静", "Joe", 2**80)
    assert not letters(jpeg).any()
    assert pixels(jpeg).std() > 20


# --- the sky ----------------------------------------------------------------------------------

COLOURS = ("#2b4a5e", "#ffffff", "#000000", "#ffee00", "#7f0010", "#808080", "#00ff00", "#ff00ff")
AT_WORST = (LONG, "Meeting the Critic in my Garden", "Ὀρθρίζων Ñañ Ёлки")


@pytest.mark.parametrize("colours", [*palette.PALETTES, *map(palette.around, COLOURS)])
def test_every_letter_is_read_in_every_sky(colours: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landscape, "PALETTES", (colours,))
    covered = np.any([plane(title, "Kokoro Heart", 200) > 0 for title in AT_WORST], axis=0)
    for seed in range(8):
        sky = landscape.painted(np.random.default_rng(seed), "", 200)[: words.rows(200)]
        brightest = luminance(sky)[covered].max()
        # WCAG asks 3 of letters this large, and 4.5 of small print.
        assert (luminance(palette.INK) + 0.05) / (brightest + 0.05) >= 4.5


def test_only_the_sky_has_words_in_it() -> None:
    named, bare = pixels(drawn(LONG, "Joe", 3)), pixels(drawn(LONG, "", 3))
    assert (named[400:] == bare[400:]).all()
    assert words.rows(TAG_PX) == 400, "the lower three fifths stay free of them"


def test_a_cover_is_remembered_by_its_strongest_colour() -> None:
    for colour, part in (("#2b4a5e", 2), ("#7f0010", 0), ("#1b6d20", 1)):
        found = bytes.fromhex(main_colour(drawn("Rest", "", 3, colour)).removeprefix("#"))
        # Its own, or the warm light at its horizon.
        assert found[part] == max(found) or found[0] > found[2]


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_a_grey_picture_has_a_colour_too(grey: int) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (300, 300), (grey, grey, grey)).save(stream, "JPEG")
    assert main_colour(stream.getvalue()) == f"#{bytes([grey] * 3).hex()}"


def test_a_photograph_is_remembered_by_what_stands_out_in_it() -> None:
    image = Image.new("RGB", (600, 600), (110, 112, 111))
    image.paste((200, 40, 30), (0, 0, 600, 150))
    stream = io.BytesIO()
    image.save(stream, "JPEG")
    red, green, blue = bytes.fromhex(main_colour(stream.getvalue()).removeprefix("#"))
    assert red > 180
    assert max(green, blue) < 60


# --- the words --------------------------------------------------------------------------------


@pytest.mark.parametrize("title", [SHORT, LONG, SCRIPTS, "Ησυχία και Καλοσύνη"])
def test_the_title_stands_in_the_dark_of_the_sky_within_its_margins(title: str) -> None:
    lit = plane(title, "") > 0
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    assert 140 <= rows[0] < rows[-1] <= 384
    assert 95 <= columns[0] < columns[-1] <= 905
    assert abs(columns[0] + columns[-1] - TAG_PX) < 30
    assert abs(rows[0] + rows[-1] - 524) < 8, "as far from above as from below"
    assert (letters(drawn(title, "", 3)) & ~lit).sum() == 0


def test_the_narrator_stands_above_the_title_and_moves_nothing() -> None:
    bare, named = (plane(SHORT, each) for each in ("", "Joe"))
    assert not bare[:140].any()
    assert named[60:100].any()
    assert (named[110:] == bare[110:]).all()


def test_the_words_are_in_the_same_place_at_every_size() -> None:
    for title in (SHORT, LONG, SCRIPTS):
        one, three = (plane(title, "Joe", side) > 127 for side in (1_000, 3_000))
        for axis in (0, 1):
            ends = [np.flatnonzero(each.any(axis=axis))[[0, -1]] for each in (one, three)]
            assert ends[1] / 3 == pytest.approx(ends[0], abs=6)


def test_a_title_is_as_large_as_fits_and_its_lines_are_even() -> None:
    sizes = []
    for title in (SHORT, "A Quiet Hour before Sleep", "Unselfconsciousness for Everybody", LONG):
        lines = words._lines(title, "", lettering.font)
        sizes.append(lines[0].size_px)
        lengths = [lettering.font(each.size_px).getlength(each.text) for each in lines]
        assert max(lengths) <= 800
        assert min(lengths) > 0.5 * max(lengths)
        assert " ".join(each.text for each in lines) == title
    assert 112 == sizes[0] >= sizes[1] > sizes[2] > sizes[3] >= 36
    found = words._lines("Walking Home\n Slowly", "", lettering.font)
    assert [each.text for each in found] == ["Walking", "Home Slowly"]


SPELT = {
    "Latin": "Þórður’s Łódź — ştiință, Nguyễn “½”…",
    "Greek": "Ησυχία, ἀγάπη",
    "Cyrillic": "Тихий вечір: ґанок, Ђорђе, ёлка",
    "accents apart": unicodedata.normalize("NFD", "Zoë, ή, й, ế"),
}


@pytest.mark.parametrize("script", SPELT)
def test_titles_in_three_scripts_are_spelt(script: str) -> None:
    (_, *others) = lines = words._lines(SPELT[script], "", lettering.font)
    assert lines
    assert plane(SPELT[script], "").any()
    composed = unicodedata.normalize("NFC", SPELT[script])
    assert " ".join(each.text for each in lines) == composed
    assert all(each.size_px == lines[0].size_px for each in others)


def test_letters_are_drawn_and_not_boxes() -> None:
    """Each is unlike the box, and unlike each other but where one shape serves two scripts."""
    every = (
        "abcdefghijklmnopqrstuvwxyz" + "αβγδεζηθικλμνξοπρστυφχψω" + "бвгджзийклмнптуфхцчшщъыьэюя"
    )
    shapes = [bytes(lettering.font(60).getmask(each)) for each in every]
    assert len(set(shapes)) == len(every)
    assert bytes(lettering.font(60).getmask("\uffff")) not in shapes


@pytest.mark.parametrize(
    "title",
    [
        "静かな朝",
        "שלום",
        "Rest \ue000",
        "a\u200bb",
        "a\u202eb",
        "M\u0331",
        "\0",
        "\ud800",
        " \n",
        "x" * 90,
        "om " * 10**5,
    ],
)
def test_a_title_that_cannot_be_written_is_left_off_whole(title: str) -> None:
    assert words.drawn(title, "Joe", 200) == b""


@given(st.text(max_size=200))
def test_a_title_is_written_whole_or_not_at_all(title: str) -> None:
    lines = words._lines(title, "", lettering.font)
    whole = unicodedata.normalize("NFC", " ".join(title.split()))
    assert " ".join(each.text for each in lines) in ("", whole)
    assert all(lettering.writable(each.text) == each.text for each in lines)


@pytest.mark.parametrize("narrator", ["静", "", "A Narrator of Very Many Names " * 3])
def test_a_narrator_who_cannot_be_written_is_left_off_alone(narrator: str) -> None:
    assert [each.text for each in words._lines(SHORT, narrator, lettering.font)] == [SHORT]


def test_the_licence_of_the_typeface_lies_beside_it_and_its_name_is_nobodys_alone() -> None:
    beside = lettering._FILE.with_name("OFL.txt").read_text("utf-8")
    assert beside.startswith("Copyright 2017 The EB Garamond Project Authors")
    assert "SIL OPEN FONT LICENSE Version 1.1" in beside
    # Whoever changes a font with a reserved name must call it otherwise; this one has none.
    assert not re.search(r"^Copyright.*reserved font name", beside, re.IGNORECASE | re.MULTILINE)
    assert lettering._FILE.stat().st_size < 200_000
