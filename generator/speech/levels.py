"""How loud the clips of a voice are, alone and together."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from generator import loudness
from generator.audio import to_frames
from generator.model import Clip, Phrase, Voice

MOST_TRIM_DB = 2.0
_ANCHOR_S = 30.0


def anchor_lufs(clips: Mapping[Phrase, Clip], said: Sequence[Phrase] | None = None) -> float:
    """Loudness of the voice in a track, as it will sound from both speakers.

    ``said`` are the phrases as often as they are spoken. Taken from those that speak no detail when
    they fill 30 s: then two listeners of one script have the same gain, and what they share is the
    same sound.
    """
    every = [*clips] if said is None else said
    shared = [clips[phrase] for phrase in every if not phrase.personal]
    enough = sum(clip.frames for clip in shared) >= to_frames(_ANCHOR_S)
    return _loudness_lufs(shared if enough else [clips[phrase] for phrase in every])


def levelled(clip: Clip, voice: Voice) -> Clip:
    """The clip with its static trim: half way to the voice's nominal loudness, 2 dB at the most."""
    apart_db = voice.nominal_lufs - _loudness_lufs([clip])
    trim_db = max(-MOST_TRIM_DB, min(MOST_TRIM_DB, apart_db / 2.0))
    return dataclasses.replace(clip, trim_db=trim_db)


def _loudness_lufs(clips: Iterable[Clip]) -> float:
    """Loudness of these clips one after the other, as they will sound from both speakers."""
    return loudness.gated_lufs(
        loudness.blocks(np.array(clip.energies)) * 10.0 ** (clip.trim_db / 10.0) for clip in clips
    )
