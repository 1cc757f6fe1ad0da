"""A stranger's MP3: proven whole frame by frame before it is decoded.

A decoder makes sound of half a file without a word. Here every frame must be there to its last
byte, and as many as the file itself says.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import checked
from generator.speech.transport import UnusableError

if TYPE_CHECKING:
    from generator.audio import Samples

MOST_S = 120.0
"""No sentence lasts longer."""

_KBIT_PER_S = {
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Layer III bit rates of MPEG 1 (version bits 3), and of MPEG 2 and 2.5 (ISO 11172-3, 13818-3)."""
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_HEADER_BYTES = 4
_PADDING = 6 * 1_152
"""Samples that an encoder puts around the sound and a decoder may take away again."""
_JUNK_BYTES = 4_096
"""So much that is no frame is passed over: some encoders pad."""


@dataclass(frozen=True)
class _Frame:
    start: int
    size: int
    rate_hz: int
    samples: int
    side_bytes: int
    """Side information, between the header and the sound: an ``Info`` header follows it."""


def decoded(mp3: bytes) -> tuple[Samples, int]:
    """The sound of a whole MP3, shape ``(frames, 1)``, both channels as one; and its rate in Hz.

    Raises UnusableError when it is empty, cut, damaged or no MP3.
    """
    import soundfile

    frames = _proven(mp3)
    rate_hz, samples = frames[0].rate_hz, sum(frame.samples for frame in frames)
    if samples > MOST_S * rate_hz:
        raise UnusableError(f"answers with {samples / rate_hz:.0f} s of sound for one sentence")
    try:
        sound, said_hz = soundfile.read(
            io.BytesIO(_announced(mp3, frames)), dtype="float32", always_2d=True
        )
    except (soundfile.SoundFileError, RuntimeError) as error:
        raise UnusableError("answers with sound that cannot be decoded") from error
    if said_hz != rate_hz or len(sound) < samples - _PADDING or not np.isfinite(sound).all():
        raise UnusableError("answers with damaged sound")
    return checked(sound.mean(axis=1, keepdims=True, dtype=np.float32)), rate_hz


def _proven(mp3: bytes) -> list[_Frame]:
    """Every frame, once it is known that all are there and belong together."""
    frames = list(_frames(mp3))
    if not frames:
        raise UnusableError("answers without sound")
    if len({frame.rate_hz for frame in frames}) > 1:
        raise UnusableError("answers with damaged sound")
    promised = _promised(mp3, frames[0])
    if promised is not None and len(frames) - 1 < promised:
        raise UnusableError("answers with sound that is cut off")
    return frames


def _announced(mp3: bytes, frames: list[_Frame]) -> bytes:
    """The proven frames and nothing else, behind a header that says how many there are.

    Without one a decoder guesses from the first frame, and stops too early where rates vary.
    """
    body = b"".join(mp3[frame.start : frame.start + frame.size] for frame in frames)
    first = frames[0]
    if _promised(mp3, first):
        return body
    header = bytearray(mp3[first.start : first.start + _HEADER_BYTES])
    header[1] |= 1  # no checksum
    header[2] = header[2] & 0x0D | 14 << 4  # the highest bit rate: room enough
    announcing = _frame(bytes(header), 0) or first
    said = (
        b"Info"
        + (3).to_bytes(4)
        + len(frames).to_bytes(4)
        + (len(body) + announcing.size).to_bytes(4)
    )
    before = bytes(header) + bytes(first.side_bytes)
    return (before + said).ljust(announcing.size, b"\0") + body


def _frames(mp3: bytes) -> Iterator[_Frame]:
    """Every frame in order. Raises UnusableError when the last is cut, or much is no frame."""
    position, junk = _after_tag(mp3), 0
    while position < len(mp3):
        frame = _frame(mp3, position)
        if frame is None:
            junk += 1
            if len(mp3) - position < _HEADER_BYTES and mp3[position] == 0xFF:
                raise UnusableError("answers with sound that is cut off")
            if mp3.startswith(b"TAG", position) or junk > _JUNK_BYTES:
                break
            position += 1
            continue
        if position + frame.size > len(mp3):
            raise UnusableError("answers with sound that is cut off")
        yield frame
        position += frame.size
    if junk > _JUNK_BYTES:
        raise UnusableError("answers with something that is no sound")


def _after_tag(mp3: bytes) -> int:
    """Where the sound starts: after an ID3v2 tag, whose length is all that is read of it."""
    if mp3[:3] != b"ID3" or len(mp3) < 10:
        return 0
    size = 0
    for byte in mp3[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _frame(mp3: bytes, at: int) -> _Frame | None:
    """The frame that starts there, if one does: 11 bits of sync, then what it is made of."""
    header = int.from_bytes(mp3[at : at + _HEADER_BYTES].ljust(_HEADER_BYTES, b"\xff"))
    version, layer = header >> 19 & 3, header >> 17 & 3
    if header >> 21 != 0x7FF or version == 1 or layer != 1:
        return None
    bit_rate, rate = header >> 12 & 15, header >> 10 & 3
    if bit_rate in (0, 15) or rate == 3:
        return None
    rate_hz = _RATES_HZ[version][rate]
    samples, side_bytes = (1_152, (32, 17)) if version == 3 else (576, (17, 9))
    bits_per_s = 1_000 * _KBIT_PER_S[3 if version == 3 else 2][bit_rate - 1]
    size = samples * bits_per_s // (8 * rate_hz) + (header >> 9 & 1)
    return _Frame(at, size, rate_hz, samples, side_bytes[header >> 6 & 3 == 3])


def _promised(mp3: bytes, first: _Frame) -> int | None:
    """How many frames follow, by the ``Xing`` or ``Info`` header in the first; None without one."""
    at = first.start + _HEADER_BYTES + first.side_bytes
    if mp3[at : at + 4] not in (b"Xing", b"Info") or not mp3[at + 7] & 1:
        return None
    return int.from_bytes(mp3[at + 8 : at + 12])
