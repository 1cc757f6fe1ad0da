"""A user's own picture as the cover: what becomes of it, and what a hostile one does not do."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator import picture, pixels, supplied
from generator.errors import UsageError
from generator.model import OwnFile, Pixels

SIDE_PX = 1_000
FEED_PX = 3_000
CANARY = "Quillfeather"


def saved(image: Image.Image, form: str = "PNG", **how: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **how)
    return stream.getvalue()


def made(path: Path, content: bytes, side_px: int = SIDE_PX) -> bytes:
    path.write_bytes(content)
    return picture.square_jpeg(picture.look(path), side_px)


def seen(jpeg: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(jpeg))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    return np.asarray(image, np.float64)


def quarters(size: tuple[int, int] = (600, 600)) -> Image.Image:
    """Red, green, blue, white: which way is up can be read off."""
    image = Image.new("RGB", (2, 2))
    image.putdata([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)])
    return image.resize(size, Image.Resampling.NEAREST)


def colours(jpeg: bytes) -> list[str]:
    """The four corners, row by row, as the nearest plain colours."""
    pixels = seen(jpeg) > 127
    edge = len(pixels) // 4
    corners = [pixels[y, x] for y in (edge, -edge) for x in (edge, -edge)]
    names = {(1, 0, 0): "r", (0, 1, 0): "g", (0, 0, 1): "b", (1, 1, 1): "w", (0, 0, 0): "k"}
    return [names[tuple(each.astype(int))] for each in corners]


# --- what becomes of it -----------------------------------------------------------------------

MODES: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: saved(quarters(), "JPEG"),
    "progressive jpeg": lambda: saved(quarters(), "JPEG", progressive=True),
    "cmyk jpeg": lambda: saved(quarters().convert("CMYK"), "JPEG"),
    "png": lambda: saved(quarters()),
    "interlaced palette": lambda: saved(quarters().quantize(8)),
    "transparent": lambda: saved(quarters().convert("RGBA")),
}


@pytest.mark.parametrize("mode", MODES)
def test_every_kind_of_picture_keeps_its_colours(mode: str, tmp_path: Path) -> None:
    jpeg = made(tmp_path / "any name.txt", MODES[mode]())
    assert colours(jpeg) == ["r", "g", "b", "w"]
    assert len(jpeg) <= 300_000
    assert b"\xff\xc0" in jpeg
    assert b"\xff\xc2" not in jpeg, "some players do not show a progressive one"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.fromarray(np.full((400, 400), 0x8000, np.uint16)), (128, 128, 128)),
        (Image.fromarray(np.full((400, 400), 200, np.uint8)), (200, 200, 200)),
        (Image.new("1", (400, 400), 1), (255, 255, 255)),
        (Image.new("RGBA", (400, 400), (0, 0, 0, 0)), (255, 255, 255)),
        (Image.new("LA", (400, 400), (0, 128)), (127, 127, 127)),
    ],
    ids=["16 bits", "grey", "black and white", "clear", "half clear"],
)
def test_grey_and_glass_become_what_they_look_like_on_paper(
    image: Image.Image, expected: tuple[int, ...], tmp_path: Path
) -> None:
    pixels = seen(made(tmp_path / "x", saved(image)))
    assert pixels.mean(axis=(0, 1)) == pytest.approx(expected, abs=2)


def test_a_palette_with_a_clear_colour_lies_on_paper(tmp_path: Path) -> None:
    image = Image.new("P", (400, 400), 0)
    image.putpalette([255, 0, 0, 0, 255, 0])
    assert colours(made(tmp_path / "x", saved(image, transparency=0))) == ["w"] * 4


@pytest.mark.parametrize(
    ("size", "side"),
    [((1600, 1000), 1000), ((700, 3000), 700), ((400, 400), 400), ((4001, 4003), 1000)],
)
def test_it_is_the_middle_square_and_never_enlarged(
    size: tuple[int, int], side: int, tmp_path: Path
) -> None:
    image = Image.new("RGB", size, "blue")
    least = min(size)
    left, top = ((each - least) // 2 for each in size)
    image.paste(quarters((least, least)), (left, top))
    pixels = seen(jpeg := made(tmp_path / "x", saved(image)))
    assert pixels.shape == (side, side, 3)
    assert colours(jpeg) == ["r", "g", "b", "w"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_upright(orientation: int, tmp_path: Path) -> None:
    """What each number does to a picture, from the table in the standard."""
    turned = {
        1: "rgbw",
        2: "grwb",
        3: "wbgr",
        4: "bwrg",
        5: "rbgw",
        6: "brwg",
        7: "wgbr",
        8: "gwrb",
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = quarters((900, 600)).crop((150, 0, 750, 600))
    content = saved(image, "JPEG", exif=exif)
    assert "".join(colours(made(tmp_path / "x", content))) == turned


DAMAGED_EXIF: dict[str, bytes] = {
    "no header": b"GARBAGE1234567890",
    "leads out": b"II*\0\xff\xff\xff\xff",
    "too many entries": b"II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x02\0\xff\xff\xff\xff\0\0\0\0" * 3,
    "a word for a number": b"II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x04\0\0\0abc\0\0\0\0\0",
    "no such side": b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0\0\0\0\0",
    "nothing": b"",
}


@pytest.mark.parametrize("damage", DAMAGED_EXIF)
def test_a_photograph_whose_exif_is_damaged_stands_as_it_is(damage: str, tmp_path: Path) -> None:
    """Seen: one whose EXIF began with rubbish was refused, though every program shows it."""
    exif = DAMAGED_EXIF[damage]
    photograph = saved(quarters(), "JPEG", exif=b"Exif\0\0" + exif)
    assert exif in photograph
    assert colours(made(tmp_path / "x", photograph)) == ["r", "g", "b", "w"]
    drawing = beside(saved(quarters()), chunk(b"eXIf", exif))
    assert colours(made(tmp_path / "y", drawing)) == ["r", "g", "b", "w"]


def test_of_several_pictures_the_first_is_taken(tmp_path: Path) -> None:
    other = Image.new("RGB", (600, 600))
    moving = saved(quarters(), save_all=True, append_images=[other])
    assert colours(made(tmp_path / "x", moving)) == ["r", "g", "b", "w"]
    stereo = saved(quarters(), "MPO", save_all=True, append_images=[other])
    assert colours(made(tmp_path / "y", stereo)) == ["r", "g", "b", "w"]


def test_even_noise_fits(tmp_path: Path, rng: np.random.Generator) -> None:
    pixels = rng.integers(0, 256, (1_100, 1_100, 3), np.uint8)
    jpeg = made(tmp_path / "x", saved(Image.fromarray(pixels)))
    assert seen(jpeg).shape == (SIDE_PX, SIDE_PX, 3)
    assert len(jpeg) <= 300_000


@pytest.mark.parametrize(("size", "side_px"), [((1_400, 1_500), 1_400), ((3_100, 3_000), FEED_PX)])
def test_for_a_feed_it_is_as_large_as_it_is_and_weighs_little(
    size: tuple[int, int], side_px: int, tmp_path: Path, rng: np.random.Generator
) -> None:
    """Noise on a gradient: the fine grain of a photograph."""
    width, height = size
    grain = np.tile(rng.normal(0, 6, (100, 100, 3)), (height // 100, width // 100, 1))
    slope = np.linspace(30, 200, width)[:, None]
    photograph = Image.fromarray((slope + grain).astype(np.uint8))
    jpeg = made(tmp_path / "x", saved(photograph, "JPEG", quality=85), FEED_PX)
    pixels = seen(jpeg)
    assert pixels.shape == (side_px, side_px, 3)
    assert len(jpeg) <= 512_000
    assert pixels[:, side_px // 2].mean() == pytest.approx(115, abs=2)


def test_a_picture_that_is_too_small_for_a_feed_is_refused_with_its_size(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(saved(quarters((1_399, 2_000))))
    own = picture.look(tmp_path / "x")
    assert picture.square_jpeg(own, SIDE_PX)
    with pytest.raises(
        UsageError, match=r"is 1399 by 2000 pixels\. Use one of 1400 to 12000 a side"
    ):
        picture.square_jpeg(own, FEED_PX)


def test_nothing_of_what_was_said_about_it_is_left(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = CANARY
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.5), 29: CANARY})
    told = {"exif": exif, "icc_profile": CANARY.encode() * 9, "comment": CANARY.encode()}
    photograph = saved(quarters(), "JPEG", **told, xmp=f"<x>{CANARY}</x>".encode())
    assert photograph.count(CANARY.encode()) > 5
    behind = photograph + b"PK\x03\x04" + CANARY.encode()
    jpeg = made(tmp_path / f"{CANARY}.jpg", behind)
    for text in (CANARY, "Exif", "GPS", "http", "ICC", "PK"):
        assert text.encode() not in jpeg
    assert not Image.open(io.BytesIO(jpeg)).getexif()
    # Beginning, one table of each kind, the frame, the scan: no room for anything else.
    assert {0xE1, 0xE2, 0xED, 0xFE}.isdisjoint(markers(jpeg))


def markers(jpeg: bytes) -> set[int]:
    found, at = set(), 2
    while jpeg[at + 1] != 0xDA:
        found.add(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return found


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    content = saved(quarters((1_234, 999)))
    assert made(tmp_path / "x", content) == made(tmp_path / "y", content)


def test_a_picture_that_changes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(saved(quarters()))
    own = picture.look(path)
    path.write_bytes(saved(quarters((601, 601))))
    with pytest.raises(UsageError, match="changed while it was read"):
        picture.square_jpeg(own, SIDE_PX)


# --- hostile ----------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A grey PNG of that size by its header; what follows is up to the chunks."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def beside(content: bytes, *chunks: bytes) -> bytes:
    """A PNG with more chunks after its header."""
    return content[:33] + b"".join(chunks) + content[33:]


def rows(width: int, height: int) -> bytes:
    """The chunk that holds a black picture of that size."""
    return chunk(b"IDAT", deflated((width + 1) * height))


def deflated(size: int) -> bytes:
    """So many zeros, deflated to a thousandth."""
    packer = zlib.compressobj(9)
    sizes = (min(1 << 24, size - start) for start in range(0, size, 1 << 24))
    return b"".join([*(packer.compress(bytes(each)) for each in sizes), packer.flush()])


def bomb() -> bytes:
    """4 GB of zeros in 4 MB: the same deflated megabytes again and again."""
    packer = zlib.compressobj(9)
    packer.compress(bytes(1 << 24))
    packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + again * 256


def lying_jpeg() -> bytes:
    """Two frame headers: a small one for who reads the first, a large one for others."""
    small, large = (saved(Image.new("L", (side, side)), "JPEG") for side in (400, 8_000))
    at = small.index(b"\xff\xc0")
    frame = large[large.index(b"\xff\xc0") :][: 2 + 11]
    return small[:at] + small[at : at + 13] + frame + small[at + 13 :]


def claiming_jpeg(width: int, height: int) -> bytes:
    content = bytearray(saved(quarters(), "JPEG"))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "13000 a side.png": (lambda: png(13_000, 13_000, rows(13_000, 13_000)), "13000 by 13000"),
    "400 megapixels.png": (lambda: png(20_000, 20_000), "20000 by 20000"),
    "51 megapixels.png": (lambda: png(8_500, 6_001), "8500 by 6001"),
    "no width.png": (lambda: png(0, 500), "0 by 500"),
    "2 ** 32 - 1.png": (lambda: png(2**32 - 1, 1), "4294967295 by 1"),
    "tiny.png": (lambda: png(299, 299, rows(299, 299)), "299 by 299"),
    "without rows.png": (lambda: png(400, 400), "cannot be decoded"),
    "cut short.png": (lambda: saved(quarters())[:300], "cannot be decoded"),
    "cut short.jpg": (lambda: saved(quarters(), "JPEG")[:-900], "cannot be decoded"),
    "two headers.jpg": (lying_jpeg, "no picture"),
    "claims 65535 a side.jpg": (lambda: claiming_jpeg(65_535, 65_535), "65535 by 65535"),
    "without a frame.jpg": (lambda: b"\xff\xd8\xff\xda\0\2" + bytes(99), "no picture"),
    "endless segments.jpg": (lambda: b"\xff\xd8" + b"\xff\xe0\0\2" * 4_000_000, "no picture"),
    "fillers.jpg": (lambda: b"\xff\xd8" + b"\xff" * 9_000_000, "no picture"),
    "segment of no length.jpg": (lambda: b"\xff\xd8" + b"\xff\xe0\0\0" * 9_000, "no picture"),
    "beginning only.jpg": (lambda: b"\xff\xd8\xff", "no picture"),
    "a gif.png": (lambda: saved(quarters(), "GIF"), "no picture"),
    "a webp.jpg": (lambda: saved(quarters(), "WEBP"), "no picture"),
    "text.png": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 9, "no picture"),
    "empty.png": (lambda: b"", "is empty"),
    "21 MB.png": (lambda: bytes(21_000_000), "may have 20"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_is_refused_soon_and_in_little_memory(name: str, tmp_path: Path) -> None:
    content, says = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(content())
    tracemalloc.start()
    started_s = time.monotonic()
    try:
        with pytest.raises(UsageError, match=says) as caught:
            picture.square_jpeg(picture.look(path), SIDE_PX)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.monotonic() - started_s < 5.0
    assert peak_bytes < 5e6
    assert caught.value.where == str(path)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "content", [png(400, 400, rows(400, 9)), claiming_jpeg(7_000, 7_000)], ids=["png", "jpeg"]
)
def test_what_a_header_claims_and_the_file_lacks_is_left_plain(
    content: bytes, tmp_path: Path
) -> None:
    started_s = time.monotonic()
    assert len(made(tmp_path / "x", content)) < 300_000
    assert time.monotonic() - started_s < 5.0


SAID_BESIDE: dict[str, Callable[[], bytes]] = {
    "text of 2 MB": lambda: chunk(b"zTXt", b"a\0\0" + deflated(2_000_000)),
    "text of 4 GB": lambda: chunk(b"zTXt", b"a\0\0" + bomb()),
    "profile of 4 GB": lambda: chunk(b"iCCP", b"a\0\0" + bomb()),
    "text that is damaged": lambda: chunk(b"iTXt", b"a\0\1\0\0\0rubbish"),
    "a profile that is none": lambda: chunk(b"iCCP", b"a\0\0" + deflated(9)),
    "a hundred thousand texts": lambda: chunk(b"tEXt", b"a\0b") * 100_000,
}


@pytest.mark.parametrize("name", SAID_BESIDE)
def test_what_is_said_beside_a_picture_is_not_even_unpacked(name: str, tmp_path: Path) -> None:
    """Seen: Pillow unpacks texts and profiles, and refused pictures for one that was too long."""
    content = beside(saved(quarters()), SAID_BESIDE[name]())
    assert colours(made(tmp_path / "x", content)) == ["r", "g", "b", "w"]
    assert made(tmp_path / "y", saved(quarters())) == made(tmp_path / "x", content)
    if "4 GB" in name:
        size, used_mb = child_peak_mb(tmp_path / "x", "png")
        assert size
        assert used_mb < 100


def child_peak_mb(path: Path, form: str) -> tuple[int, float]:
    """Exit code and memory of the child alone, whatever our own look at the header would say."""
    code = (
        "import json, resource, subprocess, sys; from pathlib import Path; from generator import"
        " picture, supplied; from generator.model import OwnFile; out = b''\n"
        "try:\n"
        "    picture.supplied.prove_unchanged = lambda *_: None\n"
        "    out = picture.square_jpeg(OwnFile(Path(sys.argv[1]), sys.argv[2], ''), 1000)\n"
        "except picture.UsageError: pass\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "print(json.dumps([len(out), used / (1 << (20 if sys.platform == 'darwin' else 10))]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path, form], capture_output=True, check=True, env=os.environ
    )
    size, used_mb = json.loads(done.stdout)
    return size, used_mb


def test_the_child_refuses_a_bomb_too_before_it_takes_memory(tmp_path: Path) -> None:
    """Were the header read wrongly here, Pillow's own limit still holds, as an error."""
    (tmp_path / "x").write_bytes(png(13_000, 13_000, rows(13_000, 13_000)))
    size, used_mb = child_peak_mb(tmp_path / "x", "png")
    assert size == 0
    assert used_mb < 100


def test_the_largest_picture_that_is_allowed_fits_into_the_child(tmp_path: Path) -> None:
    image = Image.new("RGBA", (7_071, 7_071), (10, 20, 30, 128))
    (tmp_path / "x").write_bytes(saved(image, compress_level=1))
    assert picture.look(tmp_path / "x").form == "png"
    size, used_mb = child_peak_mb(tmp_path / "x", "png")
    assert size
    assert used_mb < 800


def test_a_decoder_that_never_ends_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "LIMITS", supplied.Limits(20_000_000, 1 << 30, 10, 0.01))
    with pytest.raises(UsageError, match="took longer"):
        made(tmp_path / "x", saved(quarters()))


def test_pillow_is_never_loaded_here(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(saved(quarters()))
    code = (
        "import sys; from pathlib import Path; from generator import picture\n"
        "assert picture.square_jpeg(picture.look(Path(sys.argv[1])), 1000)\n"
        "assert 'PIL' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "x"], check=True, env=os.environ)


def test_the_header_is_read_as_other_tools_read_it(tmp_path: Path) -> None:
    for size in ((300, 300), (401, 733), (3_000, 310)):
        for form in ("PNG", "JPEG"):
            content = saved(Image.new("RGB", size), form)
            assert pixels.header(io.BytesIO(content)) == Pixels(form.lower(), *size, "RGB")
    padded = saved(quarters(), "JPEG").replace(b"\xff\xc0", b"\xff\xff\xff\xc0", 1)
    assert pixels.header(io.BytesIO(padded)) == Pixels("jpeg", 600, 600, "RGB")


def test_what_was_looked_at_does_not_show_its_path(tmp_path: Path) -> None:
    (tmp_path / f"{CANARY}.png").write_bytes(saved(quarters()))
    own = picture.look(tmp_path / f"{CANARY}.png")
    assert isinstance(own, OwnFile)
    assert CANARY not in repr(own)
