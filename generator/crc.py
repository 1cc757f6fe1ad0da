"""The checksum in the header of an MP3: CRC-16, reflected, polynomial 0x8005, row by row."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Words = npt.NDArray[np.uint16]


def crc16(rows: Bytes, crc: int = 0) -> int:
    """The checksum with these rows after what gave ``crc``, each of an even number of bytes."""
    low, high = _past_a_row(rows.shape[1])
    for each in _rows_crc(rows).tolist():
        crc = low[crc & 0xFF] ^ high[crc >> 8] ^ each
    return crc


@lru_cache(maxsize=1)
def _table() -> Words:
    """The checksum of each two bytes by themselves, the first of them low."""
    crc = np.arange(1 << 16, dtype=np.uint16)
    for _bit in range(16):
        crc = (crc >> np.uint16(1)) ^ (np.uint16(0xA001) * (crc & np.uint16(1)))
    return crc


def _rows_crc(rows: Bytes, begun: Words | None = None) -> Words:
    """The checksum of each row by itself, from 0 or from what was begun."""
    crc = np.zeros(len(rows), np.uint16) if begun is None else begun
    table = _table()
    for column in np.ascontiguousarray(np.ascontiguousarray(rows).view("<u2").T):
        crc = table[crc ^ column]
    return crc


@lru_cache(maxsize=2)
def _past_a_row(row_bytes: int) -> tuple[list[int], list[int]]:
    """What a checksum becomes when a row of zeros follows: by its low byte, and by its high one.

    A checksum is linear: that of a row after others is that of the row, and this of the others.
    """
    zeros = np.zeros((256, row_bytes), np.uint8)
    low = _rows_crc(zeros, np.arange(256, dtype=np.uint16))
    high = _rows_crc(zeros, np.arange(256, dtype=np.uint16) << np.uint16(8))
    return low.tolist(), high.tolist()
