"""How loud recordings are, and what brings them together."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from generator import loudness

if TYPE_CHECKING:
    from generator.audio import Samples

TARGET_LUFS = -26.0
"""Of a voice from both speakers: room for the peaks of a close voice."""
_APART_LU = 3.0
"""So much softer or louder than the others may one recording by itself stay."""


def loudness_lufs(sounds: Iterable[Samples]) -> float:
    """Gated loudness of one-channel sounds one after the other, as heard from both speakers."""
    return loudness.gated_lufs(loudness.blocks(2.0 * loudness.energies(each)) for each in sounds)


def gains_db(files_lufs: Sequence[float], alone: Sequence[bool]) -> tuple[float, ...]:
    """What brings each recording to its level, in dB.

    A take of several sentences has its own dynamics, and is brought to the target as a whole. A
    sentence by itself is brought to it too, but for what it is softer or louder than the usual such
    recording, up to 3 LU: a soft line stays soft, another distance from the microphone is evened.
    """
    single = [lufs for lufs, one in zip(files_lufs, alone, strict=True) if one]
    usual_lufs = statistics.median(single) if single else TARGET_LUFS
    return tuple(
        TARGET_LUFS - lufs + (max(-_APART_LU, min(_APART_LU, lufs - usual_lufs)) if one else 0.0)
        for lufs, one in zip(files_lufs, alone, strict=True)
    )
