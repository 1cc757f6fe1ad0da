"""What kind of sound a file holds, by its first bytes alone.

The kind decides who decodes it, so that nothing has to be tried out: a playlist called ``.mp3``
never comes near a program that would follow it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from generator import ffmpeg, supplied
from generator.errors import UsageError
from generator.model import OwnFile

LIMITS = supplied.Limits(file_bytes=1 << 30, memory_bytes=1 << 30, cpu_s=300, wall_s=600.0)

DEMUXERS: Mapping[str, str] = {"aac": "aac", "m4a": "mov", "webm": "matroska", "wma": "asf"}
"""What ffmpeg has to decode, and the one format it may take each for."""

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
_TAG_BYTES = 10
"""The header of an ID3 tag."""


def is_file(bed: Path | str) -> bool:
    """Whether a user means a file: with a folder before it, the ending of a sound, or there."""
    path = Path(bed)
    return path.name != bed or path.suffix.lower() in _SUFFIXES or path.is_file()


def look(path: Path) -> OwnFile:
    """The recording of that path, looked at but not decoded.

    Raises UsageError unless it is a plain file of up to 1 GiB with a kind of sound that can be
    decoded here.
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
        return supplied.known(path, form, file)


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
