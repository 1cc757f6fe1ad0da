"""The one colour of a page, as dark or as light as it has to be to be read."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterable

from generator.errors import UsageError

LIGHT, DARK = "#faf8f4", "#15161a"
"""The paper of the light page, and of the dark one."""
LEAST_CONTRAST = 5.5
"""On either; WCAG asks for 4.5, and a wash of the colour itself takes some of it away."""

_MOST_SATURATION = 0.55


def accents(colour: str) -> tuple[str, str]:
    """The colour for the light page and for the dark one, as ``#rrggbb``, its hue kept.

    Raises UsageError when it is not written like that.
    """
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise UsageError("a colour is written like #4b4a82", where="colour")
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    calm = min(saturation, _MOST_SATURATION)
    percent = round(100 * lightness)
    darker = (_hex(hue, at / 100, calm) for at in range(percent, -1, -1))
    lighter = (_hex(hue, at / 100, calm) for at in range(percent, 101))
    return _readable(darker, LIGHT), _readable(lighter, DARK)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG reckons it, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _readable(colours: Iterable[str], paper: str) -> str:
    return next(each for each in colours if contrast(each, paper) >= LEAST_CONTRAST)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red / 255, green / 255, blue / 255


def _hex(hue: float, lightness: float, saturation: float) -> str:
    rgb = colorsys.hls_to_rgb(hue, lightness, saturation)
    return "#" + bytes(round(255 * each) for each in rgb).hex()
