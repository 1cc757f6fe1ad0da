"""A typeface of the user's own: what is written in it, and what a hostile one does not do."""

from __future__ import annotations

import io
import os
import random
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import fonts
import numpy as np
import pytest
from fonts import WHOLE, A, B
from hypothesis import given
from hypothesis import strategies as st

from generator import cover, lettering, supplied
from generator.cover import typeface, words
from generator.errors import UsageError

SIDE_PX = 300
PLANE_BYTES = SIDE_PX * words.rows(SIDE_PX)
needs_shaping = pytest.mark.skipif(not lettering.shapes(), reason="nothing here shapes letters")


def written(path: Path, font: bytes, title: str, name: str = "") -> bytes:
    """The words in that font, drawn by the child."""
    path.write_bytes(font)
    return typeface.words_in(typeface.look_at_font(path), title, name, SIDE_PX)


def here(font: bytes, title: str) -> bytes:
    """The same, drawn in this process: only for fonts of ours."""
    return words.drawn(title, "", SIDE_PX, lettering.opened(font))


# --- what is written in it --------------------------------------------------------------------


def test_words_are_drawn_by_the_child_as_they_would_be_here(tmp_path: Path) -> None:
    drawn = written(tmp_path / "any name.txt", WHOLE, "Тихий вечер", "Joe")
    assert drawn == words.drawn("Тихий вечер", "Joe", SIDE_PX, lettering.opened(WHOLE))
    assert len(drawn) == PLANE_BYTES
    assert max(drawn) == 255


def test_a_cover_is_written_in_it_and_is_the_same_picture(tmp_path: Path) -> None:
    path = tmp_path / "own.ttf"
    path.write_bytes(fonts.lettered({"静": A, "か": B}))
    own = cover.look_at_font(path)
    written, bare = (cover.cover_jpeg("静か", "", 3, "", SIDE_PX, each) for each in (own, None))
    one, other = (np.asarray(cover_of(each), np.float64) for each in (written, bare))
    assert np.abs(one - other)[words.rows(SIDE_PX) + 16 :].max() <= 8, "JPEG, and nothing else"
    assert np.abs(one - other)[: words.rows(SIDE_PX)].max() > 100


def cover_of(jpeg: bytes) -> object:
    from PIL import Image

    return Image.open(io.BytesIO(jpeg))


def test_a_title_that_it_cannot_spell_entirely_is_left_off(tmp_path: Path) -> None:
    font = fonts.lettered({"a": A, "b": B, " ": 1})
    assert len(written(tmp_path / "x", font, "ab ba")) == PLANE_BYTES
    assert written(tmp_path / "x", font, "abc") == b""
    assert written(tmp_path / "x", font, "") == b""


def test_what_has_no_blanks_breaks_between_letters_but_not_before_a_comma() -> None:
    face = lettering.opened(fonts.lettered(dict.fromkeys("静かな朝、「海」ーRest ", A)))(100)
    wide = face.getlength("静")

    def lines(text: str, letters: int) -> list[str]:
        return lettering.wrapped(text, face, (letters + 0.5) * wide)

    assert lines("静かな朝静かな朝", 3) == ["静かな", "朝静か", "な朝"]
    assert lines("静かな、朝", 3) == ["静か", "な、朝"]
    assert lines("静かな「海」朝", 4) == ["静かな", "「海」朝"]
    assert lines("Restー静か Rest", 4) == ["Restー", "静か", "Rest"]


@given(st.text("ab静か、「」ー “”\n", max_size=30), st.integers(1, 8))
def test_whatever_is_wrapped_is_all_there(text: str, letters: int) -> None:
    lines = lettering.wrapped(text, lettering.font(20), 20 * letters)
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert not [each for each in lines if each != each.strip() or not each]


@needs_shaping
def test_what_is_read_from_right_to_left_is_set_so() -> None:
    font = fonts.lettered({"a": A, "b": B, "א": A, "ב": B})
    assert here(font, "אב") == here(font, "ba") != here(font, "ab")


@pytest.mark.parametrize("title", ["אב", "سلام", "कि", "ab\u0331"])
def test_where_nothing_shapes_letters_those_that_need_it_are_left_off(
    title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set one after the other they would say something else."""
    font = fonts.lettered(dict.fromkeys("abאבسلامकि\u0331", A))
    monkeypatch.setattr(lettering, "shapes", lambda: False)
    assert here(font, title) == b""
    assert here(font, "ab")


def test_the_largest_font_that_is_allowed_fits_into_the_child(tmp_path: Path) -> None:
    """Each size of it holds the whole file, and a long title is tried in twenty."""
    large = fonts.changed(junk=bytes(29_000_000))
    title = "Sitting by the Sea: Ten Minutes of Nothing Much at All, and That Is Enough"
    assert len(written(tmp_path / "x", large, title)) == PLANE_BYTES


def test_a_font_that_changes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(WHOLE)
    own = typeface.look_at_font(tmp_path / "x")
    (tmp_path / "x").write_bytes(fonts.lettered({"a": A}))
    with pytest.raises(UsageError, match="changed while it was read"):
        typeface.words_in(own, "a", "", SIDE_PX)


def test_titles_are_no_words_of_a_command(tmp_path: Path) -> None:
    for title in ("--help", "a\0b", "\ud800", "'; echo", "\n", "om " * 10**6):
        assert len(written(tmp_path / "x", WHOLE, title)) in (0, PLANE_BYTES)


# --- hostile ----------------------------------------------------------------------------------


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("font.ttf", WHOLE)
    return stream.getvalue()


def claiming(entry: int, at: int, length: int) -> bytes:
    """The font with one line of its table of contents changed."""
    place = 12 + 16 * entry + 8
    return WHOLE[:place] + struct.pack(">II", at, length) + WHOLE[place + 8 :]


def head(units_per_em: int) -> bytes:
    content = fonts.tables(WHOLE)[b"head"]
    return content[:18] + struct.pack(">H", units_per_em) + content[20:]


def without(name: bytes) -> bytes:
    return fonts.together({key: each for key, each in fonts.tables(WHOLE).items() if key != name})


NO_FONT: dict[str, tuple[Callable[[], bytes], str]] = {
    "a zip.ttf": (zipped, "no font"),
    "text.otf": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 9, "no font"),
    "several in one.ttf": (lambda: b"ttcf\0\1\0\0\0\0\0\1\0\0\0\x10" + WHOLE, "no font"),
    "for the web.ttf": (lambda: b"wOF2" + WHOLE[4:], "no font"),
    "beginning only.ttf": (lambda: WHOLE[:11], "no font"),
    "contents cut short.ttf": (lambda: WHOLE[:40], "no font"),
    "cut short.ttf": (lambda: WHOLE[:-900], "no font"),
    "65535 tables.ttf": (lambda: WHOLE[:4] + b"\xff\xff" + WHOLE[6:] * 7, "no font"),
    "no tables.ttf": (lambda: WHOLE[:4] + b"\0\0" + WHOLE[6:], "no font"),
    "a table of 4 GB.ttf": (lambda: claiming(2, 0, 2**32 - 1), "no font"),
    "a table outside.ttf": (lambda: claiming(2, 2**32 - 2, 1), "no font"),
    "the same table twice.ttf": (lambda: WHOLE[:28] + WHOLE[12:28] + WHOLE[44:], "no font"),
    "without outlines.ttf": (lambda: without(b"glyf"), "no font"),
    "without letters.ttf": (lambda: without(b"cmap"), "no font"),
    "empty.ttf": (lambda: b"", "is empty"),
    "31 MB.ttf": (lambda: bytes(31_000_000), "may have 30"),
}


@pytest.mark.parametrize("name", NO_FONT)
def test_what_is_no_font_is_refused_by_its_header(name: str, tmp_path: Path) -> None:
    content, says = NO_FONT[name]
    (tmp_path / name).write_bytes(content())
    tracemalloc.start()
    try:
        with pytest.raises(UsageError, match=says) as caught:
            typeface.look_at_font(tmp_path / name)
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()
    assert caught.value.where == str(tmp_path / name)


BROKEN: dict[str, Callable[[], bytes]] = {
    "units of nothing": lambda: fonts.changed(head=head(0)),
    "letters that overflow": lambda: fonts.changed(head=head(16)),
    "head of one byte": lambda: fonts.changed(head=b"x"),
    "all tables the same": lambda: fonts.together(dict.fromkeys(fonts.tables(WHOLE), b"\xff" * 60)),
    "an otf by name": lambda: b"OTTO" + without(b"glyf")[4:].replace(b"loca", b"CFF ", 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_child_that_cannot_open_it_is_one_line_that_names_the_file(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"x\.ttf: cannot be decoded") as caught:
        written(tmp_path / "x.ttf", BROKEN[name](), "Quillfeather")
    assert "Quillfeather" not in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=80), st.sampled_from([b"", WHOLE[:12], WHOLE[:44], WHOLE[:4]]))
def test_a_table_of_contents_that_makes_no_sense_is_none(content: bytes, before: bytes) -> None:
    """So short a file has no room for the tables a font must have."""
    assert typeface._form(io.BytesIO(before + content)) == ""


def test_a_font_is_known_by_its_first_bytes() -> None:
    cff = {b"CFF " if name == b"glyf" else name: b"x" for name in fonts.tables(WHOLE)}
    for first, font, form in (
        (b"\0\1\0\0", WHOLE, "ttf"),
        (b"true", WHOLE, "ttf"),
        (b"OTTO", fonts.together(cff), "otf"),
        (b"typ1", WHOLE, ""),
    ):
        assert typeface._form(io.BytesIO(first + font[4:])) == form


def test_letters_as_large_as_a_house_are_left_off(tmp_path: Path) -> None:
    assert written(tmp_path / "x", fonts.changed(head=head(100)), "Rest", "Joe") == b""


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_damaged_in_it_the_child_draws_or_fails(seed: int, tmp_path: Path) -> None:
    chance, content = random.Random(seed), bytearray(WHOLE)
    start = 12 + 16 * int.from_bytes(WHOLE[4:6])
    for _ in range(40 << seed):
        content[chance.randrange(start, len(content))] = chance.randrange(256)
    started_s = time.monotonic()
    try:
        drawn = written(tmp_path / "x", bytes(content), "Тихий вечер Rest", "Joe")
    except UsageError as error:
        assert error.where == str(tmp_path / "x")  # noqa: PT017  either will do
    else:
        assert len(drawn) in (0, PLANE_BYTES)
    assert time.monotonic() - started_s < 10.0


def test_a_font_that_takes_for_ever_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typeface, "LIMITS", supplied.Limits(30_000_000, 1 << 30, 10, 0.01))
    with pytest.raises(UsageError, match="took longer"):
        written(tmp_path / "x", WHOLE, "Rest")


@pytest.mark.parametrize("length", [1, PLANE_BYTES - 1, PLANE_BYTES + 1])
def test_a_child_that_draws_more_or_less_than_it_should_is_not_believed(
    length: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What took it over could write anything: all of it is how dark pixels are, or nothing is."""
    code = f"import sys; sys.stdout.buffer.write(bytes({length}))"
    instead, decoding = (sys.executable, "-c", code), supplied.decoding
    monkeypatch.setattr(
        supplied, "decoding", lambda own, _words, limits: decoding(own, instead, limits)
    )
    with pytest.raises(UsageError, match="cannot be drawn with"):
        written(tmp_path / "x", WHOLE, "Rest")


def test_no_font_of_a_stranger_is_opened_here(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(WHOLE)
    code = (
        "import sys; from pathlib import Path; from generator.cover import typeface\n"
        "assert typeface.words_in(typeface.look_at_font(Path(sys.argv[1])), 'Rest', '', 300)\n"
        "assert 'PIL' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "x"], check=True, env=os.environ)
