"""A user's own picture as the cover: looked at by its header here, decoded by a child.

The child starts this same module; only there Pillow is imported.
"""

from __future__ import annotations

import io
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from generator import jpeg, pixels, supplied
from generator.errors import UsageError
from generator.model import OwnFile

if TYPE_CHECKING:
    from PIL import Image

LIMITS = supplied.Limits(file_bytes=20_000_000, memory_bytes=1 << 30, cpu_s=10, wall_s=20.0)
LEAST_PX, MOST_PX = 300, 12_000
LEAST_FEED_PX = 1_400
"""What directories of podcasts ask of a cover."""
MOST_PIXELS = 50_000_000

_PNG_SIGNATURE_BYTES = 8
_PNG_ASIDE = (b"tRNS", b"eXIf")
"""Beside the critical chunks all that is looked at: what is clear, and which side is up."""
_ORIENTATION = 0x0112
"""The entry in EXIF that says which side of a photograph is up."""


def look(path: Path) -> OwnFile:
    """The picture of that path, looked at but not decoded.

    Raises UsageError unless it is a JPEG or PNG of up to 20 MB, 12,000 pixels a side and 50
    megapixels, and at least 300 pixels a side.
    """
    with supplied.opened(path, LIMITS) as file:
        form = _looked_at(path, file, LEAST_PX)
        return supplied.known(path, form, file)


def square_jpeg(own: OwnFile, side_px: int) -> bytes:
    """The middle square of the picture as RGB JPEG, without any metadata: at most 300 KB up to
    1000 pixels a side, else 512 KB.

    ``side_px`` a side, or less where the picture is smaller: nothing is gained by enlarging it.
    Raises UsageError, naming the file, when it cannot be decoded or changed meanwhile, or is too
    small for a feed, as what is larger than a tag takes is meant for one.
    """
    if side_px > jpeg.TAG_PX:
        with supplied.opened(own.path, LIMITS) as file:
            _looked_at(own.path, file, LEAST_FEED_PX)
    words = ("generator.picture", own.form, str(side_px))
    with supplied.decoding(own, words, LIMITS) as output:
        content = output.read(jpeg.most_bytes(side_px))
    supplied.prove_unchanged(own, LIMITS)
    return content


def _looked_at(path: Path, file: BinaryIO, least_px: int) -> str:
    """What it is by its header. Raises UsageError unless its size is bearable, and large enough."""
    found = pixels.header(file)
    if not found:
        raise UsageError(
            "is no picture that can be read", where=str(path), remedy="Use a JPEG or PNG file."
        )
    least, most = sorted((found.width_px, found.height_px))
    if least < least_px or most > MOST_PX or least * most > MOST_PIXELS:
        raise UsageError(
            f"is {found.width_px} by {found.height_px} pixels",
            where=str(path),
            remedy=f"Use one of {least_px} to {MOST_PX} a side and at most"
            f" {MOST_PIXELS // 1_000_000} million in all.",
        )
    return found.form


# --- in the child -----------------------------------------------------------------------------


def main(form: str, side_px: str) -> None:
    """Read a picture from standard input, write the cover. What is wrong ends the process."""
    from PIL import Image

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    content = sys.stdin.buffer.read(LIMITS.file_bytes)
    if form == "png":
        content = _bare_png(content)
    with Image.open(io.BytesIO(content), formats=(form.upper(),)) as image:
        picture = _squared(image, int(side_px))
    sys.stdout.buffer.write(jpeg.encoded(_bare(picture)))


def _bare_png(content: bytes) -> bytes:
    """The picture without the texts, profiles and times beside it.

    Pillow unpacks all of those, and gives up the whole picture over one that is too long.
    """
    kept, at = [content[:_PNG_SIGNATURE_BYTES]], _PNG_SIGNATURE_BYTES
    while at < len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4])
        kind = content[at + 4 : at + 8]
        if kind[:1].isupper() or kind in _PNG_ASIDE:
            kept.append(content[at:end])
        at = end
    return b"".join(kept)


def _squared(image: Image.Image, side_px: int) -> Image.Image:
    """The middle square, upright, in plain RGB. Shrunk early: the whole may be very large."""
    from PIL import ImageOps
    from PIL.Image import Resampling

    orientation = _orientation(image)
    image.draft("RGB", (side_px, side_px))
    side = min(image.size)
    left, top = ((length - side) // 2 for length in image.size)
    least = min(side, side_px)
    small = _layers(image).resize(
        (least, least), Resampling.LANCZOS, (left, top, left + side, top + side), reducing_gap=3.0
    )
    picture = _on_paper(small)
    picture.info.clear()  # or the EXIF that came along would be read once more
    picture.getexif()[_ORIENTATION] = orientation
    return ImageOps.exif_transpose(picture)


def _orientation(image: Image.Image) -> int:
    """Which side is up, as EXIF numbers it: 1, upright, where it does not say or is damaged."""
    try:
        number = image.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001  the picture is worth more than what is said about it
        return 1
    return number if isinstance(number, int) and 1 <= number <= 8 else 1


def _layers(image: Image.Image) -> Image.Image:
    """The picture in RGB, or RGBA where light comes through; 16 bits become 8."""
    if image.mode.startswith("I"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _on_paper(image: Image.Image) -> Image.Image:
    """The picture in RGB: where light comes through, on white."""
    from PIL import Image

    if image.mode == "RGB":
        return image
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def _bare(picture: Image.Image) -> Image.Image:
    """A new picture of the same pixels: what hung on the old one, comments too, stays behind."""
    from PIL import Image

    return Image.frombytes("RGB", picture.size, picture.tobytes())
