"""From blocks of sound to an MP3: constant 128 kbit/s, stereo, with a true ``Info`` header.

Mixing runs one block ahead in a thread of its own: the encoder lets go of the interpreter while it
works, so a track takes as long as the slower of the two, not as both.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import RATE_HZ
from generator.errors import WriteError

if TYPE_CHECKING:
    from generator.audio import Samples

KBIT_PER_S = 128
LAME_SHIFT = 0.95
"""LAME lowers constant-bitrate sound at 160 kbit/s and below by this factor (0.45 dB)."""

_AHEAD_BLOCKS = 2


def encode_mp3(
    path: Path, sound: Iterator[Samples], frames: int, progress: Callable[[int, int], None]
) -> None:
    """Write exactly ``frames`` frames of stereo sound to ``path``.

    ``progress`` is told how many frames are done, of how many. Raises WriteError when the disk is
    full, ValueError when the sound is not as long as it was said to be.
    """
    from pedalboard.io import AudioFile

    done = 0
    try:
        with (
            path.open("w+b") as file,
            AudioFile(file, "w", RATE_HZ, 2, format="mp3", quality=KBIT_PER_S) as mp3,
            contextlib.closing(_ahead(sound)) as blocks,
        ):
            for block in blocks:
                mp3.write((block * np.float32(1.0 / LAME_SHIFT)).T)
                done += len(block)
                progress(done, frames)
    except OSError as error:
        raise WriteError(
            f"the MP3 could not be written ({error.strerror or error})",
            where=str(path.parent),
            remedy="Free some space or choose another folder with --out.",
        ) from error
    if done != frames:
        raise ValueError(f"mixed {done} frames where {frames} were planned")


def _ahead(sound: Iterator[Samples]) -> Generator[Samples, None, None]:
    """The same blocks, made up to two ahead in another thread, whose failure comes through here."""
    ready: queue.Queue[Samples | BaseException | None] = queue.Queue(_AHEAD_BLOCKS)
    stop = threading.Event()

    def offer(item: Samples | BaseException | None) -> None:
        while not stop.is_set():
            with contextlib.suppress(queue.Full):
                ready.put(item, timeout=0.1)
                return

    def make() -> None:
        try:
            for block in sound:
                offer(block)
                if stop.is_set():
                    return
            offer(None)
        except BaseException as error:  # noqa: BLE001  raised again where the blocks are taken
            offer(error)

    maker = threading.Thread(target=make, name="mixer", daemon=True)
    maker.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        maker.join(timeout=5.0)
