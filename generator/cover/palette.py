"""The colours of a cover: times of day, each dark enough at its top for light letters."""

from __future__ import annotations

PALETTES = (
    "141a3c 4b4a82 e8a48c ffe3c2 0f1430",
    "0d2b36 29626a d7c89a fff3cf 0a2029",
    "251a3a 6a4676 f0a58f ffe1cf 1c132c",
    "10273f 2f5a82 c6d9d6 fdfbea 0c1d30",
    "1b2b25 3a604c d9cf9c fdf3c8 13201b",
    "33191f 84453f eeb27a ffe9bd 261216",
    "1a2033 515e7a d3b9b4 fbece0 131828",
)
"""Times of day: the sky at its top, half-way and at the horizon, the light in it, the ground."""

INK = (255, 250, 240)
"""Of the letters."""

_BRIGHTEST = 0.36


def around(colour: str) -> str:
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
