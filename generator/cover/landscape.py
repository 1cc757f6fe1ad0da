"""The picture under the letters: a quiet horizon at dusk, the same at every size.

What is in it is drawn by lot first, and painted afterwards a band of rows at a time: at podcast
size the whole of it in floating point would be a hundred megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.cover.palette import PALETTES, around

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Plane = npt.NDArray[np.float32]
    Pixels = npt.NDArray[np.uint8]
    Rng = np.random.Generator

_BAND_ROWS = 100
_SHORE = 0.69
_HILLS, _FAR_HILLS = (0.64, 0.70, 0.76, 0.83, 0.90), (0.63, 0.66)
_GRAIN = 1.0
"""How far apart grain sets neighbours, in 256ths: enough to hide the steps of so slow a gradient,
and not so much that a JPEG is full of it.
"""


@dataclass(frozen=True, eq=False)
class _Scene:
    """Everything that is drawn by lot; lengths are shares of the side."""

    palette: Plane
    """The sky at its top, half-way and at the horizon, the light in it, the ground."""
    sun: tuple[float, float]
    radius: float
    spacing: float
    """Between the rings around the sun."""
    ridges: tuple[_Ridge, ...]
    ripples: tuple[float, ...]
    """Where each ripple of the water begins, in turns; none where there is no water."""


@dataclass(frozen=True)
class _Ridge:
    height: float
    waves: tuple[tuple[float, float], ...]
    """How often each goes up and down from left to right, and where it begins, in turns."""

    @property
    def near(self) -> float:
        """From 0, far away, to 1."""
        return (self.height - 0.63) / 0.27

    def line(self, across: Plane) -> Plane:
        """How far down its edge lies, from left to right."""
        import numpy as np

        edge = np.full_like(across, self.height)
        for wave, (often, begin) in enumerate(self.waves, 1):
            turns = across * often + begin
            edge += (0.020 + 0.016 * self.near) / (wave + 0.6) * np.sin(2 * np.pi * turns)
        return edge


def painted(rng: Rng, colour: str, side_px: int) -> Pixels:
    """Hills or still water, as pixels of shape ``(side_px, side_px, 3)``.

    The same state of ``rng`` gives the same picture at every size, but for its grain.
    """
    import numpy as np

    scene = _scene(rng, colour)
    pixels = np.empty((side_px, side_px, 3), np.uint8)
    axis = np.linspace(0, 1, side_px, dtype=np.float32)
    shore = int(_SHORE * side_px) if scene.ripples else side_px
    ridges = [(ridge, ridge.line(axis)) for ridge in scene.ridges]
    for rows in _bands(0, shore):
        band = _sky(scene, axis[rows, None], axis)
        for ridge, edge in ridges:
            _hill(band, scene.palette, axis[rows, None], ridge, edge)
        _set(pixels[rows], band, rng)
    depth = np.linspace(0, 1, side_px - shore, dtype=np.float32)
    for rows in _bands(0, side_px - shore):
        band = _water(pixels[:shore], scene, depth[rows, None], axis)
        _set(pixels[shore:][rows], band, rng)
    return pixels


def _scene(rng: Rng, colour: str) -> _Scene:
    import numpy as np

    drawn = PALETTES[rng.integers(len(PALETTES))]
    colours = (around(colour) if colour else drawn).split()
    palette = np.array([list(bytes.fromhex(each)) for each in colours], np.float32)
    sun = rng.uniform(0.34, 0.66), rng.uniform(0.57, 0.61)
    radius, spacing = rng.uniform(0.10, 0.13), rng.uniform(0.05, 0.065)
    if rng.random() < 0.5:
        return _Scene(palette, sun, radius, spacing, _ridges(_HILLS, rng), ())
    ridges = _ridges(_FAR_HILLS, rng)
    ripples = (rng.uniform(), rng.uniform(), rng.uniform())
    return _Scene(palette, sun, radius, spacing, ridges, ripples)


def _ridges(heights: Sequence[float], rng: Rng) -> tuple[_Ridge, ...]:
    return tuple(
        _Ridge(height, tuple((wave - rng.uniform(0.1, 0.6), rng.uniform()) for wave in (1, 2, 3)))
        for height in heights
    )


def _bands(start: int, stop: int) -> Iterator[slice]:
    for row in range(start, stop, _BAND_ROWS):
        yield slice(row, min(row + _BAND_ROWS, stop))


def _sky(scene: _Scene, down: Plane, across: Plane) -> Plane:
    """A low sun or moon, its glow, and rings that widen from it like breath."""
    import numpy as np

    zenith, middle, horizon, light, _ = scene.palette
    # A quadratic curve through the three colours: no seam where one gradient meets the next.
    part = np.minimum(1.5 * down, 1) ** 2
    column = (1 - part) ** 2 * zenith + 2 * part * (1 - part) * middle + part**2 * horizon
    band = np.repeat(column[:, None, :], len(across), axis=1)

    away = np.hypot(across - scene.sun[0], down - scene.sun[1])
    beyond = np.maximum(away - scene.radius, 0)
    disc = np.clip((scene.radius - away) * len(across) + 0.5, 0, 1)
    glow = 0.5 * np.exp(-((away / 0.18) ** 2))
    rings = np.exp(24 * np.cos(2 * np.pi / scene.spacing * beyond) - 24 - beyond / 0.11)
    _paint(band, light, 1 - (1 - 0.96 * disc) * (1 - glow) * (1 - 0.28 * rings * (1 - disc)))
    return band


def _hill(band: Plane, palette: Plane, down: Plane, ridge: _Ridge, edge: Plane) -> None:
    """Paints a ridge, darker the nearer it is, with mist rising from its foot."""
    import numpy as np

    if down[-1, 0] < edge.min() - 2 / len(edge):
        return
    _, middle, horizon, _, ground = palette
    haze = 0.6 * horizon + 0.4 * middle
    depth = down - edge
    body = ground + (haze - ground) * (1 - ridge.near) ** 1.4
    mist = 0.3 * (1 - ridge.near) * np.clip(depth / 0.18, 0, 1)[..., None]
    _paint(band, body + mist * (horizon - body), np.clip(depth * len(edge) + 0.5, 0, 1))


def _water(above: Pixels, scene: _Scene, depth: Plane, across: Plane) -> Plane:
    """Still water: what is above the shore upside down, rippled and dimmed."""
    import numpy as np

    shore, side_px = len(above), len(across)
    mirrored = shore - 1 - 1.2 * (side_px - shore) * depth + np.zeros_like(across)
    for wave, begin in enumerate(scene.ripples, 1):
        # The square root is perspective: ripples lie closer together towards the shore.
        turns = wave * (9 * np.sqrt(depth) + across) + begin
        mirrored += (0.001 + 0.006 * depth) * side_px * np.sin(2 * np.pi * turns)
    rows = np.clip(mirrored, 0, shore - 1).astype(np.intp)
    band: Plane = above[rows, np.arange(side_px)].astype(np.float32)
    _paint(band, scene.palette[-1], 0.22 + 0.6 * depth)
    return band


def _paint(band: Plane, colour: Plane, opacity: Plane) -> None:
    """Lays a colour over the band, in place; opacity 0 to 1 for each pixel."""
    band += opacity[..., None] * (colour - band)


def _set(pixels: Pixels, band: Plane, rng: Rng) -> None:
    """Puts the band, with its grain, among the pixels."""
    import numpy as np

    grain = rng.standard_normal((*band.shape[:2], 1), dtype=np.float32)
    pixels[:] = np.clip(band + _GRAIN * grain, 0, 255)
