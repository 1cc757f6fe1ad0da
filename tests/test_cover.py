"""The cover, looked at as a player would: its format, its bytes, and whether it can be read."""

from __future__ import annotations

import io
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from generator import cover
from generator.cover import SIDE_PX, cover_jpeg

SHORT = "Rest"
LONG = "Sitting by the Sea: Ten Minutes of Nothing Much at All, and That Is Enough"

drawn = cache(cover_jpeg)


def pixels(jpeg: bytes) -> npt.NDArray[np.float64]:
    return np.asarray(Image.open(io.BytesIO(jpeg)), np.float64)


def luminance(colours: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Relative luminance as WCAG 2 defines it, 0 to 1."""
    share = np.asarray(colours) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def letters(jpeg: bytes) -> npt.NDArray[np.bool_]:
    """Which pixels of the sky are as bright as nothing but a letter."""
    return luminance(pixels(jpeg)[:420]) > 0.8


@pytest.mark.parametrize("title", [SHORT, LONG])
def test_it_is_a_square_baseline_rgb_jpeg_of_modest_size(title: str) -> None:
    jpeg = drawn(title, "Joe", 3)
    image = Image.open(io.BytesIO(jpeg))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1_000, 1_000))
    assert len(jpeg) <= 300_000
    # Frame marker C0 is baseline; C2 would be progressive, which some players do not show.
    assert b"\xff\xc0" in jpeg
    assert b"\xff\xc2" not in jpeg


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert cover_jpeg(SHORT, "Joe", 3) == drawn(SHORT, "Joe", 3)


@pytest.mark.parametrize(("title", "seed"), [(SHORT, -4), (LONG, 3)])
def test_title_and_seed_change_the_picture(title: str, seed: int) -> None:
    # Below the letters, so that the words themselves are not what differs.
    one, other = (pixels(drawn(*each))[500:] for each in ((SHORT, "Joe", 3), (title, "Joe", seed)))
    assert np.abs(one - other).mean() > 3


COLOURS = ("#2b4a5e", "#ffffff", "#000000", "#ffee00", "#7f0010", "#808080")


@pytest.mark.parametrize("palette", [*cover._PALETTES, *map(cover._palette, COLOURS)])
def test_every_sky_is_dark_enough_for_its_letters(
    palette: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cover, "_PALETTES", (palette,))
    monkeypatch.setattr(cover, "SIDE_PX", 200)  # the same picture, in a hurry
    top, bottom = (edge // 5 for edge in cover._TITLE_SPAN_PX)
    for seed in range(8):
        sky = luminance(cover._landscape(np.random.default_rng(seed), "")[top:bottom, 20:180])
        # WCAG asks 3 of letters this large, and 4.5 of small print.
        assert (luminance(cover._INK) + 0.05) / (np.percentile(sky, 99) + 0.05) > 4.3


@pytest.mark.parametrize("title", [SHORT, LONG])
def test_the_title_stands_in_the_dark_of_the_sky_within_its_margins(title: str) -> None:
    lit = letters(drawn(title, "", 3))
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    assert 130 <= rows[0] < rows[-1] <= 380
    assert 100 <= columns[0] < columns[-1] <= 900
    # Centred, but for what the first and last letter keep free beside them.
    assert abs(columns[0] + columns[-1] - SIDE_PX) < 30


def test_the_narrator_stands_above_the_title() -> None:
    rows, named = (letters(drawn(SHORT, each, 3)).any(axis=1) for each in ("", "Joe"))
    assert not rows[:130].any()
    assert named[70:110].any()
    assert (named[130:] == rows[130:]).all()


def test_a_title_is_as_large_as_fits_and_its_lines_are_even() -> None:
    sizes = []
    for title in (SHORT, "A Quiet Hour before Sleep", "Unselfconsciousness", LONG):
        lines = cover._lettering(title, "")
        sizes.append(lines[0][1].size)
        lengths = [font.getlength(line) for line, font, _ in lines]
        assert max(lengths) <= 800
        assert min(lengths) > 0.6 * max(lengths)
        assert " ".join(line for line, _, _ in lines) == title
        assert all(
            below - above >= lines[0][1].size for (*_, above), (*_, below) in pairwise(lines)
        )
        assert 130 <= lines[0][2] < lines[-1][2] + lines[0][1].size <= 380
    assert sizes[0] == sizes[1] > sizes[2] > sizes[3] >= 32
    assert [line for line, *_ in cover._lettering("Walking Home\n Slowly", "")] == [
        "Walking",
        "Home Slowly",
    ]


@pytest.mark.parametrize(
    "title",
    [
        "静かな朝",
        "Körper",
        "Rest \ue000",
        "a\u200bb",
        "\0",
        "\ud800",
        " \n",
        "x" * 90,
        "om " * 10**5,
    ],
)
def test_a_title_that_cannot_be_written_is_left_off_whole(title: str) -> None:
    assert cover._lettering(title, "Joe") == []


def test_without_a_title_there_is_a_picture_all_the_same() -> None:
    jpeg = drawn("\ud800静", "Joe", 2**80)
    assert not letters(jpeg).any()
    assert pixels(jpeg).std() > 20


@pytest.mark.parametrize("narrator", ["静", "", "A Narrator of Very Many Names " * 3])
def test_a_narrator_who_cannot_be_written_is_left_off_alone(narrator: str) -> None:
    assert [line for line, _, _ in cover._lettering(SHORT, narrator)] == [SHORT]


def test_every_character_of_the_font_is_used_and_dashes_become_hyphens() -> None:
    assert cover._spelt("Rest \N{EM DASH} “be”…") == "Rest - “be”…"
