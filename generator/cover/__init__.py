"""The cover: a quiet horizon at dusk, computed from a seed, with the title in its sky.

No stock picture, and a typeface that is free for all: what a user makes belongs to the user.
"""

from __future__ import annotations

import io
from typing import cast

from generator import jpeg
from generator.cover import landscape, words
from generator.cover.palette import INK
from generator.cover.typeface import look_at_font, words_in
from generator.jpeg import FEED_PX, TAG_PX
from generator.model import OwnFile

__all__ = ["FEED_PX", "TAG_PX", "cover_jpeg", "look_at_font", "main_colour"]


def cover_jpeg(
    title: str,
    name: str,
    seed: int,
    colour: str = "",
    side_px: int = TAG_PX,
    font: OwnFile | None = None,
) -> bytes:
    """A square cover as baseline JPEG in RGB: at most 300 KB up to 1000 pixels a side, else 512 KB.

    The same arguments give the same bytes as long as the libraries stay the same, and at every size
    the same picture. ``seed`` may be any whole number; ``colour``, as ``#2b4a5e``, is that of the
    sky half-way up. A title or name that the typeface cannot spell, or that is too long to be read,
    is left off: an empty sky is better than a row of boxes. Raises UsageError, naming the file, for
    a font that cannot be used.
    """
    import numpy as np
    from PIL import Image

    letters = words_in(font, title, name, side_px) if font else words.drawn(title, name, side_px)
    # The title takes part in the draw, so that the tracks of one course do not look alike.
    rng = np.random.default_rng([seed % 2**64, *title.encode("utf-8", "replace")])
    image = Image.fromarray(landscape.painted(rng, colour, side_px))
    if letters:
        written = Image.frombytes("L", (side_px, words.rows(side_px)), letters)
        image.paste(INK, (0, 0), written)
    return jpeg.encoded(image)


def main_colour(cover: bytes) -> str:
    """The colour a cover is remembered by, as ``#rrggbb``.

    Of the eight it is nearest to made of, one that is strong and of which there is enough. The
    cover is one that this program encoded, drawn or from a picture of the user's: no file of a
    stranger's is decoded here.
    """
    from PIL import Image

    with Image.open(io.BytesIO(cover), formats=("JPEG",)) as image:
        few = image.convert("RGB").resize((64, 64)).quantize(8).convert("RGB")
    shares = cast("list[tuple[int, tuple[int, int, int]]]", few.getcolors())
    best = max(shares, key=lambda each: ((max(each[1]) - min(each[1])) * each[0] ** 0.25, each[0]))
    return f"#{bytes(best[1]).hex()}"
