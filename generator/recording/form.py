"""What kind of sound a file holds, by its first bytes alone.

The kind decides who decodes it, so that nothing has to be tried out: a playlist called ``.mp3``
never comes near a program that would follow it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Literal

from generator import ffmpeg, supplied
from generator.errors import UsageError
from generator.model import OwnFile

LIMITS = supplied.Limits(file_bytes=1 << 30, memory_bytes=1 << 30, cpu_s=300, wall_s=600.0)

DEMUXERS: Mapping[str, str] = {"aac": "aac", "m4a": "mov", "webm": "matroska", "wma": "asf"}
"""What ffmpeg has to decode, and the one format it may take each for."""

LEAST_SHARE = 0.98
"""A file with less than this of what its header promises was cut short on its way."""

_SUFFIXES = frozenset(
    {".aac", ".aif", ".aifc", ".aiff", ".caf", ".flac", ".m4a", ".mka", ".mkv", ".mov", ".mp3"}
    | {".mp4", ".oga", ".ogg", ".opus", ".wav", ".webm", ".wma"}
)
_FORMS: Mapping[str, bytes] = {
    "wav": rb"RIFF....WAVE|RIFX....WAVE|RF64....WAVE",
    "flac": rb"fLaC",
    "ogg": rb"OggS",
    "aiff": rb"FORM....AIF[FC]",
    "caf": rb"caff",
    "aac": rb"\xff[\xf0\xf1\xf8\xf9]",
    "mp3": rb"\xff[\xe2-\xe7\xea-\xef\xf2-\xf7\xfa-\xff]",
    "m4a": rb"....ftyp",
    "webm": rb"\x1a\x45\xdf\xa3",
    "wma": rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
}
_HEAD_BYTES = 12
_SIZED: Mapping[bytes, Literal["little", "big"]] = {
    b"RIFF": "little",
    b"RIFX": "big",
    b"FORM": "big",
}
"""Files that say after their first four bytes how many follow, and in which order of bytes."""
_SIZED_BYTES = 8
_TAG_BYTES = 10
"""The header of an ID3 tag."""


def is_file(bed: Path | str) -> bool:
    """Whether a user means a file: with a folder before it, the ending of a sound, or there."""
    path = Path(bed)
    return path.name != bed or path.suffix.lower() in _SUFFIXES or path.is_file()


def look(path: Path) -> OwnFile:
    """The recording of that path, looked at but not decoded.

    Raises UsageError unless it is a plain file of up to 1 GiB with a kind of sound that can be
    decoded here, and as long as its header says.
    """
    with supplied.opened(path, LIMITS) as file:
        form = _form(file)
        if not form:
            raise UsageError(
                "is no sound that can be read",
                where=str(path),
                remedy="Save it as WAV, FLAC, OGG or MP3.",
            )
        if form in DEMUXERS and not ffmpeg.found():
            raise UsageError(
                f"is {form.upper()}, which only ffmpeg can read, and there is none here",
                where=str(path),
                remedy="Install ffmpeg, or save it as WAV, FLAC, OGG or MP3.",
            )
        _prove_whole(path, file)
        return supplied.known(path, form, file)


def _prove_whole(path: Path, file: BinaryIO) -> None:
    """Raise UsageError when the file says that it is clearly longer than it is.

    What claims to be larger than any that is read was written to a pipe, where nobody knew.
    """
    file.seek(0)
    head = file.read(_SIZED_BYTES)
    if order := _SIZED.get(head[:4]):
        claimed_bytes = _SIZED_BYTES + int.from_bytes(head[4:], order)
        there_bytes = file.seek(0, os.SEEK_END)
        if there_bytes < LEAST_SHARE * claimed_bytes and claimed_bytes <= LIMITS.file_bytes:
            raise cut_short(path)


def cut_short(path: Path) -> UsageError:
    """What to say of a file that holds less than its header promises."""
    return UsageError(
        "ends long before its header says that it does",
        where=str(path),
        remedy="It was cut short on its way: copy or export it anew.",
    )


def _form(file: BinaryIO) -> str:
    """The kind of sound; nothing when it is none we know. A tag before it is passed over unread."""
    head = file.read(_HEAD_BYTES)
    tagged = head.startswith(b"ID3") and len(head) > _TAG_BYTES
    if tagged:
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        file.seek(_TAG_BYTES + size)
        head = file.read(_HEAD_BYTES)
    found = (form for form, magic in _FORMS.items() if re.match(magic, head, re.DOTALL))
    return next(found, "mp3" if tagged else "")
