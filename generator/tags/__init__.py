"""What a finished track says about itself, in the way of its format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from generator.errors import WriteError
from generator.model import Facts, Measured, Timeline
from generator.tags import id3, mp4, vorbis
from generator.tags.clean import clean_text
from generator.tags.said import MOST_CHAPTERS, Said, chapters, lyrics, said

__all__ = ["MOST_CHAPTERS", "chapters", "clean_text", "lyrics", "write_tags"]

_WRITERS: Mapping[str, Callable[[Path, Said], None]] = {
    ".mp3": id3.before_the_sound,
    ".m4b": mp4.in_m4b,
    ".flac": vorbis.in_flac,
    ".wav": id3.in_a_chunk,
    ".ogg": vorbis.in_ogg,
}


def write_tags(
    path: Path,
    facts: Facts,
    timeline: Timeline,
    measured: Measured,
    *,
    cover: bytes,
    text: str,
) -> None:
    """Puts a fresh tag into a track fresh from the encoder; the same arguments give the same bytes.

    What the format is, the ending of its name says. ``cover`` is a JPEG, or empty for none;
    ``text`` the words of the whole track.

    Raises UsageError, before anything is written, for more than 255 chapters or a date that is
    none; WriteError if the file is not there or cannot be written.
    """
    import mutagen

    everything = said(facts, timeline, measured, cover, text)
    try:
        _WRITERS[path.suffix](path, everything)
    except (OSError, mutagen.MutagenError) as cause:
        raise WriteError(f"its tags could not be written: {cause}", where=str(path)) from cause
