"""FLAC, WAV and OGG: what libsndfile writes, at the very level that was mixed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.audio import RATE_HZ

if TYPE_CHECKING:
    from generator.audio import Samples

_KINDS: Mapping[str, Mapping[str, Any]] = {
    "flac": {"format": "FLAC", "subtype": "PCM_24"},
    "wav": {"format": "WAV", "subtype": "PCM_24"},
    "ogg": {"format": "OGG", "subtype": "VORBIS", "compression_level": 0.4},
}
"""24 bits where nothing is lost; Vorbis at quality 6, which comes to 90 to 150 kbit/s."""


@contextlib.contextmanager
def writing(path: Path, form: str) -> Iterator[Callable[[Samples], None]]:
    """What takes the blocks of a file of that form, one after another."""
    import soundfile

    try:
        with soundfile.SoundFile(path, "w", RATE_HZ, 2, **_KINDS[form]) as file:
            yield partial(_write, file)
    except soundfile.LibsndfileError as error:
        raise _told(error) from error


def _write(file: Any, block: Samples) -> None:
    import soundfile

    try:
        file.write(block)
    except soundfile.LibsndfileError as error:
        raise _told(error) from error


def _told(error: Any) -> OSError:
    """A failure of libsndfile as what it comes from: it opens and fills files of ours."""
    return OSError(str(error.error_string).strip(" ."))
