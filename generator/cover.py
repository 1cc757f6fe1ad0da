"""The cover: a quiet horizon at dusk, computed from a seed, with the title in its sky.

No stock picture and no font file: what a user makes belongs to the user.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from generator import lettering
from generator.lettering import wrapped

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL.ImageFont import FreeTypeFont

    Plane = npt.NDArray[np.float32]
    Rng = np.random.Generator

SIDE_PX = 1_000
"""Width and height: enough for any player, and light enough to lie before the sound."""

_PALETTES = (
    "141a3c 4b4a82 e8a48c ffe3c2 0f1430",
    "0d2b36 29626a d7c89a fff3cf 0a2029",
    "251a3a 6a4676 f0a58f ffe1cf 1c132c",
    "10273f 2f5a82 c6d9d6 fdfbea 0c1d30",
    "1b2b25 3a604c d9cf9c fdf3c8 13201b",
    "33191f 84453f eeb27a ffe9bd 261216",
    "1a2033 515e7a d3b9b4 fbece0 131828",
)
"""Times of day: the sky at its top, half-way and at the horizon, the light in it, the ground."""

_BRIGHTEST = 0.36
_INK = (255, 250, 240)
_TITLE_PX = range(100, 31, -4)
_TITLE_SPAN_PX = (130, 380)
"""The part of the sky that is dark enough, in every palette, to read light letters in."""
_LEADING = 1.16
_WIDTH_PX, _MOST_CHARACTERS = 800, 160
_NARRATOR_PX, _NARRATOR_TOP_PX = 26, 76


def cover_jpeg(title: str, narrator: str, seed: int, colour: str = "") -> bytes:
    """A square cover as baseline JPEG: RGB, 1000 by 1000 pixels, at most 300 KB.

    The same arguments give the same bytes as long as the libraries stay the same; ``seed`` may be
    any whole number, and ``colour``, as ``#2b4a5e``, is that of the sky half-way up. A title or
    narrator that the built-in font cannot spell, or that is too long to be read, is left off: an
    empty sky is better than a row of boxes.
    """
    import numpy as np
    from PIL import Image, ImageDraw

    # The title takes part in the draw, so that the tracks of one course do not look alike.
    rng = np.random.default_rng([seed % 2**64, *title.encode("utf-8", "replace")])
    image = Image.fromarray(_landscape(rng, colour))
    draw = ImageDraw.Draw(image)
    for line, font, y in _lettering(title, narrator):
        draw.text((SIDE_PX / 2, y), line, _INK, font, anchor="ma")
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90, subsampling="4:4:4", optimize=True)
    return stream.getvalue()


def _palette(colour: str) -> str:
    """A time of day around one colour: its own light and dark, and a warm horizon."""
    import colorsys

    red, green, blue = (each / 255 for each in bytes.fromhex(colour.removeprefix("#")))
    hue, light, strength = colorsys.rgb_to_hls(red, green, blue)
    strength = min(strength, 0.6)
    middle = min(max(light, 0.22), 0.44)
    shade = colorsys.hls_to_rgb(hue, middle, strength)
    brightness = sum(part * each for part, each in zip((0.21, 0.72, 0.07), shade, strict=True))
    middle *= min(1.0, _BRIGHTEST / brightness)  # light letters are to be read in the sky
    shades = [
        (hue, 0.42 * middle, strength),
        (hue, middle, strength),
        (0.07, 0.76, 0.5 + 0.3 * strength),
        (0.11, 0.93, 0.8),
        (hue, 0.26 * middle, strength),
    ]
    colours = ([round(255 * each) for each in colorsys.hls_to_rgb(*shade)] for shade in shades)
    return " ".join(bytes(each).hex() for each in colours)


def _landscape(rng: Rng, colour: str) -> npt.NDArray[np.uint8]:
    """The picture without its letters, shape ``(SIDE_PX, SIDE_PX, 3)``: hills, or still water."""
    import numpy as np

    drawn = _PALETTES[rng.integers(len(_PALETTES))]
    colours = (_palette(colour) if colour else drawn).split()
    palette = np.array([list(bytes.fromhex(each)) for each in colours], np.float32)
    zenith, middle, horizon, light, ground = palette
    # A quadratic curve through the three colours: no seam where one gradient meets the next.
    down = np.minimum(np.linspace(0, 1.5, SIDE_PX, dtype=np.float32)[:, None], 1) ** 1.6
    column = (1 - down) ** 2 * zenith + 2 * down * (1 - down) * middle + down**2 * horizon
    picture = np.repeat(column[:, None, :], SIDE_PX, axis=1)

    _shine(picture, light, rng)
    if rng.random() < 0.5:
        _hills(picture, palette, (0.64, 0.70, 0.76, 0.83, 0.90), rng)
    else:
        _hills(picture, palette, (0.63, 0.66), rng)
        _water(picture, ground, rng)
    # Grain hides the steps that 256 levels would leave in so slow a gradient.
    grain = rng.standard_normal((SIDE_PX, SIDE_PX, 1), dtype=np.float32)
    pixels: npt.NDArray[np.uint8] = np.clip(picture + 1.4 * grain, 0, 255).astype(np.uint8)
    return pixels


def _shine(picture: Plane, light: Plane, rng: Rng) -> None:
    """Paints a low sun or moon, its glow, and rings that widen from it like breath."""
    import numpy as np

    axis = np.linspace(0, 1, SIDE_PX, dtype=np.float32)
    away = np.hypot(axis - rng.uniform(0.34, 0.66), axis[:, None] - rng.uniform(0.57, 0.61))
    radius, spacing = rng.uniform(0.10, 0.13), rng.uniform(0.05, 0.065)
    beyond = np.maximum(away - radius, 0)
    disc = np.clip((radius - away) * SIDE_PX + 0.5, 0, 1)
    glow = 0.5 * np.exp(-((away / 0.2) ** 2))
    rings = np.exp(24 * np.cos(2 * np.pi / spacing * beyond) - 24 - beyond / 0.13)
    _paint(picture, light, 1 - (1 - 0.96 * disc) * (1 - glow) * (1 - 0.32 * rings * (1 - disc)))


def _hills(picture: Plane, palette: Plane, heights: tuple[float, ...], rng: Rng) -> None:
    """Paints ridges from far to near, each darker, with mist rising from its foot."""
    import numpy as np

    axis = np.linspace(0, 1, SIDE_PX, dtype=np.float32)
    _, middle, horizon, _, ground = palette
    haze = 0.6 * horizon + 0.4 * middle
    for height in heights:
        near = (height - 0.63) / 0.27
        ridge = np.full(SIDE_PX, height, np.float32)
        for wave in (1, 2, 3):
            turns = axis * (wave - rng.uniform(0.1, 0.6)) + rng.uniform()
            ridge += (0.020 + 0.016 * near) / (wave + 0.6) * np.sin(2 * np.pi * turns)
        top = int(ridge.min() * SIDE_PX) - 1
        depth = axis[top:, None] - ridge
        body = ground + (haze - ground) * (1 - near) ** 1.4
        mist = 0.3 * (1 - near) * np.clip(depth / 0.18, 0, 1)[..., None]
        _paint(picture[top:], body + mist * (horizon - body), np.clip(depth * SIDE_PX + 0.5, 0, 1))


def _water(picture: Plane, ground: Plane, rng: Rng) -> None:
    """Paints still water over the lower third: the sky upside down, rippled and dimmed."""
    import numpy as np

    shore = int(0.69 * SIDE_PX)
    across = np.linspace(0, 1, SIDE_PX, dtype=np.float32)
    depth = np.linspace(0, 1, SIDE_PX - shore, dtype=np.float32)[:, None]
    mirrored = shore - 1 - 1.2 * (SIDE_PX - shore) * depth + np.zeros_like(across)
    for wave in (1, 2, 3):
        # The square root is perspective: ripples lie closer together towards the shore.
        turns = wave * (9 * np.sqrt(depth) + across) + rng.uniform()
        mirrored += (1 + 6 * depth) * np.sin(2 * np.pi * turns)
    rows = np.clip(mirrored, 0, shore - 1).astype(np.intp)
    picture[shore:] = picture[rows, np.arange(SIDE_PX)]
    _paint(picture[shore:], ground, 0.22 + 0.6 * depth)


def _paint(picture: Plane, colour: Plane, opacity: Plane) -> None:
    """Lays a colour over the picture, in place; opacity 0 to 1 for each pixel."""
    picture += opacity[..., None] * (colour - picture)


def _lettering(title: str, narrator: str) -> list[tuple[str, FreeTypeFont, float]]:
    """Lines of text, their fonts and their tops in pixels: the narrator small above the title."""
    top, bottom = _TITLE_SPAN_PX
    font, lines = _fitted(_spelt(title), bottom - top)
    line_px = font.size * _LEADING
    first = (top + bottom - line_px * len(lines)) / 2
    written = [(line, font, first + line_px * row) for row, line in enumerate(lines)]

    small, name = lettering.font(_NARRATOR_PX), " ".join(_spelt(narrator).upper())
    if lines and name and small.getlength(name) <= _WIDTH_PX:
        written.append((name, small, _NARRATOR_TOP_PX))
    return written


def _fitted(text: str, height_px: int) -> tuple[FreeTypeFont, list[str]]:
    """The largest font in which the text fits, and its lines; no lines if it fits in none."""
    for size_px in _TITLE_PX:
        font = lettering.font(size_px)
        lines = wrapped(text, font, _WIDTH_PX)
        wide = any(font.getlength(line) > _WIDTH_PX for line in lines)
        if not wide and len(lines) * size_px * _LEADING <= height_px:
            # The narrowest block of as many lines: no single word left over on the last.
            blocks = (wrapped(text, font, px) for px in range(_WIDTH_PX // 2, _WIDTH_PX, 20))
            return font, next((each for each in blocks if len(each) == len(lines)), lines)
    return font, []


def _spelt(text: str) -> str:
    """The text in one line, as the built-in font can write it; empty if it cannot."""
    line = lettering.spelt(text)
    return line if len(line) <= _MOST_CHARACTERS and lettering.writable(line) == line else ""
