"""ID3v2.3, because every player reads it: before the sound of an MP3, in a chunk of a WAV."""

from __future__ import annotations

import io
import os
import struct
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from generator.tags.said import MAKER, Said

if TYPE_CHECKING:
    from pathlib import Path


def before_the_sound(mp3: Path, said: Said) -> None:
    """Put the tag before the sound; one that is there already is replaced unread."""
    tag = _tag(said)
    # Opened here, because mutagen would make a missing file: a tag without a sound.
    with mp3.open("r+b") as file:
        _save(tag, file)


def in_a_chunk(wav: Path, said: Said) -> None:
    """Put the tag into a chunk of its own, after the sound of a fresh WAV."""
    content = io.BytesIO()
    _save(_tag(said), content)
    chunk = content.getvalue()
    with wav.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(b"id3 " + struct.pack("<I", len(chunk)) + chunk + bytes(len(chunk) % 2))
        whole = file.tell()
        file.seek(4)
        file.write(struct.pack("<I", whole - 8))


def _save(tag: Any, file: Any) -> None:
    tag.save(file, v1=0, v2_version=3, padding=lambda _: 0)


def _tag(said: Said) -> Any:
    """The tag, its frames in this order.

    mutagen sorts frames by size, chapters too, and players that go by the order in the file then
    shuffle them (quodlibet/mutagen, issue 506).
    """
    from mutagen.id3 import ID3
    from mutagen.id3._tags import save_frame

    class InOrder(ID3):
        def _write(self: Any, config: object) -> bytes:
            return b"".join(map(partial(save_frame, config=config), self.values()))

    tag = cast("Any", InOrder)()
    for frame in [*_about(said), *_words(said), *_chapters(said), *_picture(said)]:
        tag.add(frame)
    tag.update_to_v23()
    return tag


def _about(said: Said) -> list[Any]:
    """What the track is called, who speaks, when it was made, in what language, and how loud."""
    texts = {
        "TIT2": said.title,
        "TPE1": said.narrator,
        "TPE2": said.album_artist,
        "TALB": said.album,
        "TRCK": "/".join(map(str, said.track or ())),
        "TCON": said.genre,
        "TYER": f"{said.day.year:04}" if said.day else "",
        "TDAT": f"{said.day:%d%m}" if said.day else "",
        "TLAN": said.language,
        "TSSE": MAKER,
    }
    return [
        *(frame for name, text in texts.items() for frame in _text(name, text)),
        *(
            frame
            for desc, text in said.provenance.items()
            for frame in _text("TXXX", text, desc=desc)
        ),
    ]


def _words(said: Said) -> list[Any]:
    """What the track is about, and all that is said in it."""
    named = {"lang": said.language, "desc": ""}
    return [*_text("COMM", said.about, **named), *_text("USLT", said.lyrics, **named)]


def _chapters(said: Said) -> list[Any]:
    """The table of contents, then the chapters."""
    if not said.chapters:
        return []
    id3 = _id3()
    chapters = [
        id3.CHAP(
            element_id=f"chp{number:03}",
            start_time=chapter.start_ms,
            end_time=chapter.end_ms,
            sub_frames=_text("TIT2", chapter.title),
        )
        for number, chapter in enumerate(said.chapters)
    ]
    contents = id3.CTOC(
        element_id="toc",
        flags=id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED,
        child_element_ids=[chapter.element_id for chapter in chapters],
        sub_frames=_text("TIT2", said.contents),
    )
    return [contents, *chapters]


def _picture(said: Said) -> list[Any]:
    """The front cover. It comes last: a player that streams has read all else before it."""
    front = partial(_id3().APIC, encoding=0, mime="image/jpeg", type=3, desc="")
    return [front(data=said.cover)] if said.cover else []


def _text(name: str, text: str, **more: str) -> list[Any]:
    """The frame of that name, or none if there is nothing to say.

    UTF-16 where the text needs it: players do not agree on what is beyond ASCII in Latin-1.
    """
    encoding = 0 if text.isascii() else 1
    return [getattr(_id3(), name)(encoding=encoding, text=text, **more)] if text else []


def _id3() -> Any:
    """The frames of mutagen. Any, because it says it is typed and is not."""
    from mutagen import id3

    return id3
