"""Sound as a grid: how loud each band is in each 20 ms, and how sharply the wave bends there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from generator.audio import RATE_HZ

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples

    Grid = npt.NDArray[np.float32]
    """Shape ``(cells, COLUMNS)``: the mean square of each band, and the square of the bend."""

CELL_FRAMES = 960
"""20 ms: a seventh of a syllable."""
GROUND_CELLS = 12
"""Cells in one of the ground, which changes slowly: 240 ms, ten MP3 frames."""
PIECE_FRAMES = GROUND_CELLS * CELL_FRAMES
EDGES_HZ = (100, 300, 500, 800, 1250, 2000, 3200, 5000, 8000)
"""Where one band ends and the next begins: a third of what tells one word from another."""
BANDS = len(EDGES_HZ) - 1
COLUMNS = BANDS + 1
"""The last is the bend: the largest second difference from sample to sample."""

_BINS = [round(hz * CELL_FRAMES / RATE_HZ) for hz in EDGES_HZ]
_STEPS_A_DB = 2.0
_LOWEST_DB = -127.5
FLOOR = 10.0 ** (_LOWEST_DB / 10.0)
"""What counts as nothing: the least that a byte can say."""


class Cells:
    """Takes a sound in blocks of any size and gives its cells as they become whole.

    Silence came before it; or, ``begun`` already, its first two frames only come before a cell.
    """

    def __init__(self, *, begun: bool = False) -> None:
        self._line: Samples = np.zeros(0 if begun else 2, np.float32)

    def feed(self, sound: Samples) -> Grid:
        """The cells that are whole now, of a sound of shape ``(frames, channels)``: its middle."""
        middle = (sound[:, 0] + sound[:, -1]) * np.float32(0.5)
        self._line = np.concatenate([self._line, middle])
        whole = max(len(self._line) - 2, 0) // CELL_FRAMES
        line = self._line[: 2 + whole * CELL_FRAMES]
        self._line = self._line[whole * CELL_FRAMES :]
        return _measured(line, whole)

    def last(self) -> Grid:
        """The cell that was begun, if any, as if silence followed."""
        begun = max(len(self._line) - 2, 0)
        silence = np.zeros((CELL_FRAMES - begun if begun else 0, 1), np.float32)
        return self.feed(silence)


def _measured(line: Samples, cells: int) -> Grid:
    """The grid of whole cells; two samples come before them, for the first bend."""
    spectrum = np.fft.rfft(line[2:].reshape(cells, CELL_FRAMES))[:, : _BINS[-1]]
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    bends = np.abs(np.diff(line, 2)).reshape(cells, CELL_FRAMES)
    grid = np.empty((cells, COLUMNS), np.float32)
    grid[:, :BANDS] = np.add.reduceat(power, _BINS[:-1], axis=1) * (2.0 / CELL_FRAMES**2)
    grid[:, BANDS] = np.square(bends.max(axis=1))
    return grid


def cells_of(sound: Samples, start_frame: int, frames: int) -> Grid:
    """The cells of a sound where it lies on the timeline, ``frames`` of it: those it touches."""
    there, stream = np.zeros((start_frame % CELL_FRAMES + frames, 1), np.float32), Cells()
    piece = sound[:frames]
    there[start_frame % CELL_FRAMES :][: len(piece)] = piece
    return np.concatenate([stream.feed(there), stream.last()])


def count(start_frame: int, end_frame: int) -> int:
    """How many cells a stretch of the timeline touches."""
    return -(-end_frame // CELL_FRAMES) - start_frame // CELL_FRAMES


def coarse(grid: Grid) -> Grid:
    """Cells of the ground from those of 20 ms: bands by their mean, bends by their largest.

    What is left over at the end is a cell as if silence followed.
    """
    short = -len(grid) % GROUND_CELLS
    table = np.pad(grid, ((0, short), (0, 0))).reshape(-1, GROUND_CELLS, COLUMNS)
    return np.concatenate(
        [table[:, :, :BANDS].mean(axis=1), table[:, :, BANDS:].max(axis=1)], axis=1
    )


def packed(grid: Grid) -> bytes:
    """The grid as levels, a byte each, to half a decibel."""
    steps = (decibels(grid) - _LOWEST_DB) * _STEPS_A_DB
    return bytes(np.clip(np.rint(steps), 0, 255).astype(np.uint8))


def unpacked(levels: bytes) -> Grid:
    """The grid that was packed, to a quarter of a decibel."""
    steps = np.frombuffer(levels, np.uint8).reshape(-1, COLUMNS)
    grid = 10.0 ** ((steps / _STEPS_A_DB + _LOWEST_DB) / 10.0) * (steps > 0)
    return grid.astype(np.float32)


def decibels(energies: Grid) -> Grid:
    """The levels of energies, or of what one is times another."""
    return np.float32(10.0) * np.log10(np.maximum(energies, np.float32(FLOOR)))
