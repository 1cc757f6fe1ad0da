"""Vorbis comments, in a FLAC and in an OGG."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from generator.tags.said import Chapter, Said

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = {
    "title": "TITLE",
    "narrator": "ARTIST",
    "album": "ALBUM",
    "album_artist": "ALBUMARTIST",
    "genre": "GENRE",
    "date": "DATE",
    "language": "LANGUAGE",
    "about": "DESCRIPTION",
    "lyrics": "LYRICS",
    "maker": "ENCODER",
}
_SERIAL = 1
"""libsndfile draws the number of a stream by chance, and the same track is to be the same bytes."""


def in_flac(path: Path, said: Said) -> None:
    """Put the comments and the cover into a FLAC, in place of any that are there."""
    from mutagen import flac

    with path.open("r+b") as file:
        track = cast("Any", flac.FLAC)(file)
        if track.tags is None:
            track.add_tags()
        track.clear_pictures()
        if said.cover:
            track.add_picture(_picture(said))
        _save(track, _comments(said), file)


def in_ogg(path: Path, said: Said) -> None:
    """Put the comments and the cover into an OGG, and give its stream our number."""
    from mutagen import oggvorbis

    with path.open("r+b") as file:
        _number(file)
        file.seek(0)
        track = cast("Any", oggvorbis.OggVorbis)(file)
        comments = _comments(said)
        if said.cover:
            picture = base64.b64encode(_picture(said).write()).decode("ascii")
            comments["METADATA_BLOCK_PICTURE"] = picture
        _save(track, comments, file)


def _save(track: Any, comments: dict[str, str], file: BinaryIO) -> None:
    track.tags.clear()
    track.tags.update(comments)
    file.seek(0)
    track.save(file, padding=lambda _: 0)


def _comments(said: Said) -> dict[str, str]:
    of_course = dict(zip(("TRACKNUMBER", "TRACKTOTAL"), map(str, said.track or ()), strict=False))
    comments = {**said.fields(_NAMES), **of_course, **said.provenance}
    for number, chapter in enumerate(said.chapters):
        comments[f"CHAPTER{number:03}"] = _stamp(chapter)
        comments[f"CHAPTER{number:03}NAME"] = chapter.title
    return comments


def _stamp(chapter: Chapter) -> str:
    seconds, ms = divmod(chapter.start_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


def _picture(said: Said) -> Any:
    from mutagen import flac

    picture = cast("Any", flac.Picture)()
    picture.type, picture.mime, picture.data = 3, "image/jpeg", said.cover
    return picture


def _number(file: BinaryIO) -> None:
    """Write our number, and with it a new checksum, over that of every page."""
    from mutagen import ogg

    while True:
        start = file.tell()
        try:
            page = cast("Any", ogg.OggPage)(file)
        except EOFError:
            return
        page.serial = _SERIAL
        file.seek(start)
        file.write(page.write())
