"""An MP3 made in stretches, on every core, and joined to the very bytes of one encode.

The sound is a function of the frame, so whoever encodes a stretch also makes it, together with what
the encoder must have heard before it. Parts are written in order as they come: a few are in memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from generator import system
from generator.audio import GRID_FRAMES
from generator.crc import crc16
from generator.encode.info import frames_of, info
from generator.encode.mp3 import FRAME_BYTES

if TYPE_CHECKING:
    from generator.audio import Samples

    Sound = Callable[[range], Iterator[Samples]]
    """The blocks of a stretch of the track, by its samples."""

STRETCH = 500
"""MP3 frames that one worker makes at a time: twelve seconds."""
CELL = 25
"""MP3 frames that are kept together: a loop is a whole number of them, so its turns fall alike."""
_MOST_WORKERS = 8
_AHEAD = 2
"""Stretches a worker may be ahead of what is written."""


class Coder(Protocol):
    """An encoder whose frames hang on the sound around them alone."""

    @property
    def name(self) -> str:
        """What it is, in words."""
        ...

    @property
    def mark(self) -> str:
        """Another one where the same sound may become other bytes; empty where nobody can tell."""
        ...

    @property
    def before(self) -> int:
        """How many frames ahead of a stretch it must have heard."""
        ...

    @property
    def after(self) -> int:
        """How many after it."""
        ...

    def coded(self, sound: Iterable[Samples]) -> bytes:
        """The frames of a sound that begins on a frame; what comes after the last may be there."""
        ...


class Kept(Protocol):
    """Where cells may be kept that were encoded before."""

    def get(self, stretch: range) -> bytes | None:
        """Its frames, if they are."""
        ...

    def put(self, stretch: range, content: bytes) -> None:
        """Keep its frames, or do not."""
        ...


def stretches(frames: int, most: int = STRETCH) -> list[range]:
    """All MP3 frames of a track in stretches of at most so many."""
    return _cut(range(frames), most)


def _cut(stretch: range, most: int) -> list[range]:
    return [stretch[at : at + most] for at in range(0, len(stretch), most)]


def heard(coder: Coder, stretch: range, samples: int) -> range:
    """The samples of a track of so many that an encoder must have heard for its MP3 frames."""
    first = max(stretch.start - coder.before, 0) * GRID_FRAMES
    last = (stretch.stop + coder.after) * GRID_FRAMES
    return range(min(first, samples), min(last, samples))


def kept_or_coded(kept: Kept, coder: Coder, sound: Sound, samples: int, stretch: range) -> bytes:
    """The same as :func:`coded`, cell by cell from what is kept; what is not is encoded in runs."""
    found = [(cell, kept.get(cell)) for cell in _cut(stretch, CELL)]
    parts: list[bytes] = []
    for missing, run in groupby(found, key=lambda each: each[1] is None):
        if not missing:
            parts += [content for _cell, content in run if content is not None]
            continue
        cells = [cell for cell, _nothing in run]
        content = coded(coder, sound, samples, range(cells[0].start, cells[-1].stop))
        for cell in cells:
            at = (cell.start - cells[0].start) * FRAME_BYTES
            kept.put(cell, content[at : at + len(cell) * FRAME_BYTES])
        parts.append(content)
    return b"".join(parts)


def coded(coder: Coder, sound: Sound, samples: int, stretch: range) -> bytes:
    """The MP3 frames of a stretch of a track of so many ``samples``."""
    first = max(stretch.start - coder.before, 0)
    there = heard(coder, stretch, samples)
    past_the_end = (stretch.stop + coder.after - first) * GRID_FRAMES - len(there)
    content = coder.coded(chain(sound(there), [np.zeros((past_the_end, 2), np.float32)]))
    kept = content[(stretch.start - first) * FRAME_BYTES :][: len(stretch) * FRAME_BYTES]
    if len(kept) != len(stretch) * FRAME_BYTES:
        raise OSError("the encoder gave too few frames")
    return kept


def write(
    path: Path, parts: Iterable[bytes], samples: int, progress: Callable[[int, int], None]
) -> None:
    """Join the frames of a track of so many samples, in order, under a header that is true."""
    crc, size_bytes = 0, 0
    with path.open("w+b") as file:
        file.write(bytes(FRAME_BYTES))
        for part in parts:
            file.write(part)
            crc = crc16(np.frombuffer(part, np.uint8).reshape(-1, FRAME_BYTES), crc)
            size_bytes += len(part)
            progress(min(size_bytes // FRAME_BYTES * GRID_FRAMES, samples), samples)
        file.seek(0)
        file.write(info(samples, crc))
    if size_bytes != frames_of(samples) * FRAME_BYTES:
        raise ValueError(f"{size_bytes} bytes encoded of {samples} samples")


def workers() -> int:
    """How many cores this process may use, up to eight: each holds some 40 MB."""
    return min(system.cores(), _MOST_WORKERS)


def in_order(
    work: Callable[[range], bytes], every: Sequence[range], at_once: int
) -> Generator[bytes, None, None]:
    """What each stretch becomes, in order, several made at once; what fails comes through here."""
    waiting = deque[Future[bytes]]()
    with ThreadPoolExecutor(at_once, thread_name_prefix="mixer") as pool:
        try:
            for each in every:
                waiting.append(pool.submit(work, each))
                if len(waiting) >= at_once * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
