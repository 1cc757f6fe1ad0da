"""The first frame of an MP3: how long it is, what players cut off at its ends, and checksums."""

from __future__ import annotations

import struct

import numpy as np

from generator.audio import GRID_FRAMES
from generator.crc import crc16
from generator.encode.mp3 import FRAME_BYTES, KBIT_PER_S

_FRAME = b"\xff\xfb\x94\x44" + bytes(32)
"""MPEG 1, layer III, 128 kbit/s, 48 kHz, joint stereo: a frame in which nothing sounds."""
_ALL_FOUR = 15
"""Frames, bytes, table of contents and quality follow."""
_QUALITY = 57
_LOWPASS_HZ = 17_000
_MODEL = 0x10
"""Its own model of hearing, and no threshold that moves."""
_JOINT_STEREO_48_KHZ = 0x8E
DELAY_FRAMES = 576
"""Sound that the encoder puts before that of the track; a decoder adds 529 of its own."""
_DECODER_FRAMES = 529


def frames_of(samples: int) -> int:
    """How many MP3 frames a sound of so many samples fills, decoded to its last."""
    return -(-(samples + DELAY_FRAMES + _DECODER_FRAMES) // GRID_FRAMES)


def info(samples: int, music_crc: int) -> bytes:
    """The ``Info`` frame of a file that holds so many samples of sound in all its other frames."""
    frames = frames_of(samples)
    padding = frames * GRID_FRAMES - DELAY_FRAMES - samples
    size_bytes = (frames + 1) * FRAME_BYTES
    places = bytes(each * 256 // 100 for each in range(100))
    told = b"".join(
        (
            struct.pack(">4sIII", b"Info", _ALL_FOUR, frames, size_bytes),
            places,
            struct.pack(">I9sBB", _QUALITY, b"LAME3.100", 1, _LOWPASS_HZ // 100),
            bytes(8),  # no peak, no gains: what a track is levelled to, its tag says
            struct.pack(">BB", _MODEL, KBIT_PER_S),
            (DELAY_FRAMES << 12 | padding).to_bytes(3, "big"),
            struct.pack(">BBHIH", _JOINT_STEREO_48_KHZ, 0, 0, size_bytes, music_crc),
        )
    )
    begun = _FRAME + told
    checked = begun + crc16(np.frombuffer(begun, np.uint8)[None]).to_bytes(2, "big")
    return checked.ljust(FRAME_BYTES, b"\0")
