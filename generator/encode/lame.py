"""LAME itself, as it lies inside pedalboard: with the switches that its writer hides.

With the bit reservoir off a frame leans on no other, and with the hearing threshold held still the
encoder remembers two frames of sound and no more: any stretch of a track, encoded with four frames
of what comes before it, gives the very bytes that an encode of the whole track gives there.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.audio import GRID_FRAMES, RATE_HZ
from generator.encode.mp3 import FRAME_BYTES, KBIT_PER_S, LAME_SHIFT
from generator.system import native

if TYPE_CHECKING:
    from generator.audio import Samples

_FUNCTIONS: Mapping[str, str] = {
    "lame_init": "p",
    "lame_set_in_samplerate": "ipi",
    "lame_set_num_channels": "ipi",
    "lame_set_VBR": "ipi",
    "lame_set_brate": "ipi",
    "lame_set_disable_reservoir": "ipi",
    "lame_set_athaa_type": "ipi",
    "lame_set_bWriteVbrTag": "ipi",
    "lame_set_scale": "ipf",
    "lame_init_params": "ip",
    "lame_encode_buffer_interleaved_ieee_float": "ippipi",
    "lame_close": "ip",
}
_SETTINGS: Mapping[str, float] = {
    "lame_set_in_samplerate": RATE_HZ,
    "lame_set_num_channels": 2,
    "lame_set_VBR": 0,
    "lame_set_brate": KBIT_PER_S,
    "lame_set_disable_reservoir": 1,
    "lame_set_athaa_type": 0,
    "lame_set_bWriteVbrTag": 0,  # the header is ours: it is of the whole file
    "lame_set_scale": 1.0 / LAME_SHIFT,
}
_SPARE_BYTES = 7_200
"""What the encoder wants free beyond the sound it is given."""


@dataclass(frozen=True)
class Lame:
    """The library, and what of its encoder must be known to cut a track."""

    calls: Mapping[str, Callable[..., Any]] = field(repr=False)
    mark: str
    """Another one where the same sound may become other bytes."""
    name: str = "LAME, in stretches"
    before: int = 4
    """So many MP3 frames of sound ahead of a stretch it must have heard."""
    after: int = 1

    def coded(self, sound: Iterable[Samples]) -> bytes:
        """The frames of a sound that begins on a frame; the last, not heard to its end, is left."""
        calls, encoder = self.calls, self.calls["lame_init"]()
        if not encoder:
            raise MemoryError("the encoder could not be started")
        try:
            for name, value in _SETTINGS.items():
                calls[name](encoder, value)
            if calls["lame_init_params"](encoder) < 0:
                raise OSError("the encoder refused its settings")
            return b"".join(self._pieces(encoder, sound))
        finally:
            calls["lame_close"](encoder)

    def _pieces(self, encoder: int, sound: Iterable[Samples]) -> Iterable[bytes]:
        encode = self.calls["lame_encode_buffer_interleaved_ieee_float"]
        for block in sound:
            samples = np.ascontiguousarray(block, np.float32)
            room = np.empty((len(block) // GRID_FRAMES + 2) * FRAME_BYTES + _SPARE_BYTES, np.uint8)
            size = encode(encoder, samples.ctypes.data, len(block), room.ctypes.data, len(room))
            if size < 0:
                raise OSError(f"the encoder failed ({size})")
            yield room[:size].tobytes()


@cache
def found() -> Lame | None:
    """The encoder, or None where pedalboard does not show it."""
    library = find_spec("pedalboard_native")
    if library is None or library.origin is None:
        return None
    path = Path(library.origin)
    try:
        calls = native(path, _FUNCTIONS)
        digest = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return None
    return Lame(calls, f"{digest} {platform.machine()} {platform.system()}")
