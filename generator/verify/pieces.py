"""A finished MP3 heard in pieces: the same bytes sound the same, and are decoded once for all.

Where no frame leans on another, what a piece sounds like hangs on its own frames, on two before
them that the decoder needs and on as many more as loudness looks back. What was heard of those
very bytes before is not decoded again; everything else is, and all of it is checked.
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from generator import loudness
from generator.audio import GRID_FRAMES
from generator.errors import CheckError
from generator.model import Timeline
from generator.system import PRIVATE_FILE
from generator.verify.cells import COLUMNS, Cells
from generator.verify.hear import STEP_FRAMES, STEP_S, Heard, decoded, listen, measured
from generator.verify.stream import FRAME_BYTES, sounding_samples

if TYPE_CHECKING:
    from generator.audio import Samples
    from generator.loudness import Floats
    from generator.verify.cells import Grid

CELL = 50
"""MP3 frames that are remembered together: 60 cells of 20 ms."""
_LEAD = 5 * STEP_FRAMES
"""Samples that lead up to a piece: whole steps, and more than the loudness rings for."""
_BEFORE = 8
"""MP3 frames: two for the decoder, and what it gives of them late."""
_AFTER = 2
LOW_PEAK = 0.25
"""-12 dBTP: where nothing is higher, nothing is looked for. A bed would be looked through whole."""
_AT_ONCE = 2_000
_EDGE = loudness.EDGE_FRAMES
_DELAY = 1_105
"""Samples by which encoder and decoder are late between them."""


class Memory(Protocol):
    """What was heard before, by the bytes that were heard."""

    def get(self, stretch: range, digest: bytes) -> bytes | None:
        """What these MP3 frames sounded like, if that is remembered."""
        ...

    def put(self, stretch: range, digest: bytes, heard: bytes) -> None:
        """Remember it, or do not."""
        ...


@dataclass(frozen=True, eq=False)
class _Piece:
    """So many MP3 frames of the track, and what they sound like."""

    stretch: range
    digest: bytes
    samples: int
    last: bool
    heard: bytes | None


def listen_in_pieces(
    path: Path, timeline: Timeline, progress: Callable[[int, int], None], memory: Memory
) -> Heard:
    """What an MP3 fresh from the encoder sounds like, decoded only where nobody remembers it.

    One whose frames lean on one another is heard as a whole. Raises CheckError when it cannot be
    decoded.
    """
    rows = _Rows(path)
    samples = sounding_samples(rows.header)
    short = len(rows) <= CELL  # nor does a decoder believe in a frame or two
    if short or not 0 < samples <= len(rows) * GRID_FRAMES or _leaning(rows):
        return listen(path, timeline, progress)
    pieces = _pieces(rows, samples, memory)
    missing = [each for each in pieces if each.heard is None]
    fresh = _decoded(path, rows, missing)
    parts, done = [], 0
    for piece in pieces:
        heard = piece.heard
        if heard is None:
            heard = next(fresh)
            memory.put(piece.stretch, piece.digest, heard)
        parts.append(_unpacked(heard))
        done += piece.samples
        progress(done, samples)
    grids, energies, peaks = zip(*parts, strict=True)
    if max(peaks) <= LOW_PEAK:
        return listen(path, timeline, progress)  # a track so soft is heard as a whole
    fine = np.concatenate(energies)
    return Heard(
        measured(timeline, samples, fine, loudness.dbtp(max(peaks))),
        np.concatenate(grids),
        fine,
    )


@dataclass(frozen=True)
class _Rows:
    """The MP3 frames of a file, read where they are asked for: the whole grows with the track."""

    path: Path

    def __len__(self) -> int:
        return self.path.stat().st_size // FRAME_BYTES - 1

    @property
    def header(self) -> bytes:
        """The frame before them, which says how long the sound is."""
        return self._read(0, 1)

    def of(self, stretch: range) -> bytes:
        """The bytes of some of them."""
        return self._read(stretch.start + 1, len(stretch))

    def _read(self, first: int, number: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(first * FRAME_BYTES)
            return file.read(number * FRAME_BYTES)


def _leaning(rows: _Rows) -> bool:
    """Whether a frame begins in one before it: the nine bits after its header say how far back."""
    for start in range(0, len(rows), _AT_ONCE):
        content = rows.of(range(start, min(start + _AT_ONCE, len(rows))))
        table = np.frombuffer(content, np.uint8).reshape(-1, FRAME_BYTES)
        if table[:, 4].any() or (table[:, 5] & 0x80).any():
            return True
    return False


def _pieces(rows: _Rows, samples: int, memory: Memory) -> list[_Piece]:
    found = []
    for start in range(0, -(-samples // GRID_FRAMES), CELL):
        stretch = range(start, min(start + CELL, len(rows)))
        own = min(stretch.stop * GRID_FRAMES, samples) - start * GRID_FRAMES
        around = _around(stretch, len(rows))
        digest = hashlib.blake2b(rows.of(around), digest_size=32)
        digest.update(f"{start - around.start} {own}".encode())
        name = digest.digest()
        last = start * GRID_FRAMES + own == samples
        found.append(_Piece(stretch, name, own, last, memory.get(stretch, name)))
    return found


def _around(stretch: range, frames: int) -> range:
    return range(max(stretch.start - _BEFORE, 0), min(stretch.stop + _AFTER, frames))


def _decoded(path: Path, rows: _Rows, pieces: Sequence[_Piece]) -> Iterator[bytes]:
    """What each of the pieces sounds like: their frames in a file of their own, in runs."""
    if not pieces:
        return
    runs = [[each for _n, each in run] for _k, run in groupby(enumerate(pieces), _run)]
    around = [_around(range(run[0].stretch.start, run[-1].stretch.stop), len(rows)) for run in runs]
    bare = path.with_name(f"{path.stem}-pieces{path.suffix}")
    bare.touch(PRIVATE_FILE)
    try:
        with bare.open("wb") as file:
            for each in around:
                file.write(rows.of(each))
        with contextlib.closing(decoded(bare)) as blocks:
            sound = _Reader(blocks)
            for run, there in zip(runs, around, strict=True):
                yield from _heard(run, there, sound)
    finally:
        bare.unlink(missing_ok=True)


def _run(numbered: tuple[int, _Piece]) -> int:
    """The same for pieces that follow one another."""
    number, piece = numbered
    return piece.stretch.start // CELL - number


def _heard(run: Sequence[_Piece], there: range, sound: _Reader) -> Iterator[bytes]:
    """What pieces in a row sound like, of which these MP3 frames are decoded next."""
    first = run[0].stretch.start * GRID_FRAMES
    late = _DELAY + first - there.start * GRID_FRAMES
    lead = sound.take(late)[-_LEAD:] if first else sound.take(late)[:0]
    lead = np.concatenate([np.zeros((_LEAD - len(lead), 2), np.float32), lead])
    taken = late
    for piece in run:
        own = sound.take(piece.samples)
        after = np.zeros((_EDGE, 2), np.float32) if piece.last else sound.ahead(_EDGE)
        yield _measured(lead, own, after, last=piece.last)
        lead, taken = np.concatenate([lead, own])[-_LEAD:], taken + len(own)
    sound.take(len(there) * GRID_FRAMES - taken)


def _measured(lead: Samples, own: Samples, after: Samples, *, last: bool) -> bytes:
    """What a piece sounds like: the same to the bit whatever is measured besides."""
    meter, cells = loudness.Meter(2, step_s=STEP_S), Cells(begun=True)
    meter.feed(np.concatenate([lead, own]))
    grid = cells.feed(np.concatenate([lead[-2:], own]))
    if last:
        grid = np.concatenate([grid, cells.last()])
    peak = loudness.highest_peak(np.concatenate([lead[-_EDGE:], own, after]), LOW_PEAK)
    return _packed(grid, meter.energies()[_LEAD // STEP_FRAMES :], peak)


_HEADER = struct.Struct("<IId")


def _packed(grid: Grid, energies: Floats, peak: float) -> bytes:
    head = _HEADER.pack(len(grid), len(energies), peak)
    return head + grid.astype("<f4").tobytes() + energies.astype("<f8").tobytes()


def _unpacked(heard: bytes) -> tuple[Grid, Floats, float]:
    cells, steps, peak = _HEADER.unpack_from(heard)
    after = _HEADER.size + 4 * COLUMNS * cells
    grid = np.frombuffer(heard[_HEADER.size : after], "<f4").reshape(cells, COLUMNS)
    return grid.astype(np.float32), np.frombuffer(heard[after:], "<f8", steps).astype(float), peak


class _Reader:
    """Takes so many samples at a time from blocks of any size."""

    def __init__(self, blocks: Iterator[Samples]) -> None:
        self._blocks = blocks
        self._held: Samples = np.zeros((0, 2), np.float32)

    def ahead(self, frames: int) -> Samples:
        """The next samples, which are not taken yet."""
        while len(self._held) < frames:
            block = next(self._blocks, None)
            if block is None:
                raise CheckError("it does not decode to its end", where="the finished sound")
            self._held = np.concatenate([self._held, block])
        return self._held[:frames]

    def take(self, frames: int) -> Samples:
        """The next samples."""
        taken = self.ahead(frames)
        self._held = self._held[frames:]
        return taken
