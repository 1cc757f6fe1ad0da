"""From blocks of sound to a file: MP3, M4B, FLAC, WAV or OGG, 48 kHz stereo, exactly as long."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from generator.encode import aac, lame, mp3, piped, plain, stretches
from generator.encode.ahead import ahead
from generator.encode.info import frames_of
from generator.encode.stems import stems
from generator.encode.stretches import Coder, Kept, heard
from generator.errors import WriteError
from generator.model import FORMATS

if TYPE_CHECKING:
    from generator.audio import Samples

    Writer = Callable[[Path], contextlib.AbstractContextManager[Callable[[Samples], None]]]

__all__ = ["PEAK_LIFT_DB", "Coder", "encode", "heard", "in_use", "require", "stems", "track"]

_WRITERS: Mapping[str, Writer] = {
    "mp3": mp3.writing,
    "m4b": aac.writing,
    **{form: partial(plain.writing, form=form) for form in ("flac", "wav", "ogg")},
}

PEAK_LIFT_DB: Mapping[str, float] = {**dict.fromkeys(FORMATS, 0.0), "m4b": 0.5, "ogg": 0.5}
"""How much further than those of an MP3 its peaks may come out: the limiter leaves room for it."""


def require(form: str) -> None:
    """Raise UsageError when this machine cannot write that format."""
    if form == "m4b":
        aac.require_ffmpeg()


def track(
    path: Path,
    sound: Callable[[range], Iterator[Samples]],
    frames: int,
    progress: Callable[[int, int], None],
    form: str = FORMATS[0],
    keeping: Callable[[Coder], Kept] | None = None,
) -> None:
    """Write a track that is a function of the frame: an MP3 in stretches, on every core.

    ``sound`` gives the blocks of any stretch of it, and may be asked in several threads at once;
    ``keeping`` says where an encoder's stretches are kept, if any are.
    Where no encoder is to be had that can be cut, and in any other form, it is written from
    beginning to end. Raises as :func:`encode` does.
    """
    coder = _coder() if form == FORMATS[0] else None
    if coder is None:
        encode(path, sound(range(frames)), frames, progress, form)
        return
    made = partial(stretches.coded, coder, sound, frames)
    if keeping and coder.mark:
        made = partial(stretches.kept_or_coded, keeping(coder), coder, sound, frames)
    every = stretches.stretches(frames_of(frames))
    with (
        _told(path, form),
        contextlib.closing(stretches.in_order(made, every, stretches.workers())) as parts,
    ):
        stretches.write(path, parts, frames, progress)


def _coder() -> Coder | None:
    """The first encoder that is to be had of those that can be cut."""
    return lame.found() or piped.found()


def in_use() -> str:
    """What writes an MP3 here, in words."""
    coder = _coder()
    return coder.name if coder else "pedalboard's writer, on one core"


def encode(
    path: Path,
    sound: Iterator[Samples],
    frames: int,
    progress: Callable[[int, int], None],
    form: str = FORMATS[0],
) -> None:
    """Write exactly ``frames`` frames of stereo sound to ``path``.

    ``progress`` is told how many frames are done, of how many. Raises WriteError when the disk is
    full, ValueError when the sound is not as long as it was said to be.
    """
    done = 0
    with (
        _told(path, form),
        _WRITERS[form](path) as write,
        contextlib.closing(ahead(sound)) as blocks,
    ):
        for block in blocks:
            write(block)
            done += len(block)
            progress(done, frames)
    if done != frames:
        raise ValueError(f"mixed {done} frames where {frames} were planned")


@contextlib.contextmanager
def _told(path: Path, form: str) -> Iterator[None]:
    """What goes wrong while a file is written, as what its user can mend."""
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"the {form.upper()} could not be written ({error.strerror or error})",
            where=str(path.parent),
            remedy="Free some space or choose another folder with --out.",
        ) from error
