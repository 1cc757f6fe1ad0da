"""The sum of voice, bed and bells, in blocks: memory does not grow with the length of the track.

What a block contains depends on its own frames and the timeline alone, so every block size gives
the same sound, to the bit. A quiet room lies under all of it: nothing is ever dead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from generator.audio import GRID_FRAMES, amplitude, to_frames
from generator.mix import curves
from generator.mix.curves import END_S
from generator.mix.marks import Marks
from generator.mix.spans import bed_spans
from generator.model import (
    PARTS,
    Clip,
    Duck,
    Mixed,
    Phrase,
    Profile,
    Spoken,
    Strike,
    Timeline,
)

if TYPE_CHECKING:
    from generator.audio import Samples

__all__ = [
    "BLOCK_FRAMES",
    "BREATH_BELOW_LU",
    "END_S",
    "Bed",
    "Marks",
    "Recording",
    "Tracks",
    "blocks",
    "levels",
    "summed",
]

BLOCK_FRAMES = 250 * GRID_FRAMES
"""Six seconds: large enough that the work is numpy's, small enough to stay in the cache."""

BREATH_BELOW_LU = 14.0
"""How far a full swell lies under the speech."""


class Bed(Protocol):
    """A background of any length, as a function of the frame."""

    @property
    def lufs(self) -> float:
        """Its loudness as it is."""
        ...

    @property
    def duck(self) -> Duck:
        """How it makes way for the voice."""
        ...

    def block(self, start_frame: int, frames: int) -> Samples:
        """Its frames from ``start_frame`` on, shape ``(frames, 2)``."""
        ...

    def mark(self, start_frame: int) -> list[object]:
        """What its sound from that frame on hangs on."""
        ...


class Recording(Protocol):
    """A sound of one length, as a function of its own frame."""

    @property
    def lufs(self) -> float:
        """Its loudness as it is."""
        ...

    @property
    def digest(self) -> str:
        """Of what it was made from."""
        ...

    def block(self, start_frame: int, frames: int) -> Samples:
        """Its frames from ``start_frame`` on, shape ``(frames, 2)``; there are that many."""
        ...


@dataclass(frozen=True)
class Tracks:
    """What is summed: each source with the gain that brings it to its level."""

    clips: Mapping[Phrase, Clip]
    read: Callable[[Clip], Samples]
    """Gives the sound of a clip, shape ``(frames, 1)``, when it is needed."""
    beds: Mapping[str, Bed]
    """A bed that is not among them is none: the room alone."""
    room: Bed
    """Lies under everything as it is, from the first frame to the last."""
    bells: Mapping[str, Samples]
    speech_db: float
    bed_db: Mapping[str, float]
    bell_db: Mapping[str, float]
    breath: Callable[[int, int], Samples] | None = None
    """The full swell of a breath from a frame on, shape ``(frames, 2)``."""
    breath_db: float = 0.0
    inserts: Sequence[tuple[Recording, float]] = ()
    """What sounds at each insert of the timeline, in order, and the gain for it in dB."""

    def gain(self, clip: Clip) -> float:
        """The factor that brings a clip to its level."""
        return amplitude(self.speech_db + clip.trim_db)


def levels(
    profile: Profile, speech_lufs: float, beds: Mapping[str, Bed], bell_lufs: Mapping[str, float]
) -> tuple[float, dict[str, float], dict[str, float]]:
    """Gains in dB for the voice, for each bed and for each bell.

    All hang on the speech: one constant gain brings it to the profile's target, beds and bells lie
    under it by what the profile says.
    """
    target = profile.speech_lufs
    bed_db = {name: target - profile.bed_below_lu - bed.lufs for name, bed in beds.items()}
    bell_db = {name: target - profile.bell_below_lu - lufs for name, lufs in bell_lufs.items()}
    return target - speech_lufs, bed_db, bell_db


def blocks(
    timeline: Timeline,
    tracks: Tracks,
    block_frames: int = BLOCK_FRAMES,
    within: range | None = None,
) -> Iterator[Mixed]:
    """The mix in its parts, all of it or what lies ``within``; room and breath are of the bed."""
    within = range(timeline.frames) if within is None else within
    spans = bed_spans(timeline, tracks)
    swell = curves.swelling(timeline)
    voice = _Voice([each for each in timeline.spoken if each.end_frame > within.start], tracks)
    for start in within[::block_frames]:
        frames = min(block_frames, within.stop - start)
        silent, bed, bells = (np.zeros((frames, 2), np.float32) for _ in PARTS)
        mixed = Mixed(silent, bed, bells, _inserted(timeline, tracks, start, frames))
        for span in spans:
            span.add_to(mixed.bed, start)
        for strike in timeline.strikes:
            _add_bell(mixed.bells, strike, start, tracks)
        _add_breath(mixed.bed, swell.at(start, frames), start, tracks)
        voice.add(mixed.voice, start)
        if mixed.inserted is not None:
            mixed.voice[:] += mixed.inserted
        for part in PARTS:
            _fade_end(getattr(mixed, part), start, timeline.frames)
        mixed.bed[:] += tracks.room.block(start, frames)
        yield mixed


def summed(mixed: Iterable[Mixed], *seen: Callable[[Mixed], None]) -> Iterator[Samples]:
    """The mix as one sound, each block shown to all of ``seen`` on its way."""
    for block in mixed:
        for see in seen:
            see(block)
        yield block.sum()


# --- bells, recordings and voice --------------------------------------------------------------


def _add_bell(sound: Samples, strike: Strike, start: int, tracks: Tracks) -> None:
    ring = tracks.bells[strike.kind]
    at = strike.start_frame - start
    if at < len(sound) and at + len(ring) > 0:
        piece = ring[max(-at, 0) : len(sound) - at]
        first = max(at, 0)
        gain = np.float32(amplitude(tracks.bell_db[strike.kind] + strike.level_db))
        sound[first : first + len(piece)] += piece * gain


def _inserted(timeline: Timeline, tracks: Tracks, start: int, frames: int) -> Samples | None:
    """What of the recordings falls into so many frames from ``start`` on, or None."""
    sound: Samples | None = None
    for place, (recording, level_db) in zip(timeline.inserts, tracks.inserts, strict=True):
        first, last = max(place.start_frame, start), min(place.end_frame, start + frames)
        if first < last:
            sound = np.zeros((frames, 2), np.float32) if sound is None else sound
            piece = recording.block(first - place.start_frame, last - first)
            sound[first - start : last - start] += piece * np.float32(amplitude(level_db))
    return sound


def _add_breath(sound: Samples, swell: curves.Curve, start: int, tracks: Tracks) -> None:
    if tracks.breath and swell.any():
        gain = np.float32(amplitude(tracks.breath_db)) * swell
        sound += tracks.breath(start, len(sound)) * gain[:, np.newaxis]


def _fade_end(sound: Samples, start: int, total: int) -> None:
    fade = to_frames(END_S)
    left = total - start - np.arange(len(sound))
    if left[-1] < fade:
        sound *= np.sin(np.clip(left / fade, 0.0, 1.0) * np.pi / 2)[:, None].astype(np.float32)


class _Voice:
    """Adds phrases to blocks; a clip is read once, when its first block comes."""

    def __init__(self, spoken: Sequence[Spoken], tracks: Tracks) -> None:
        self._waiting = list(reversed(spoken))
        self._tracks = tracks
        self._open: list[tuple[int, Samples]] = []

    def add(self, sound: Samples, start: int) -> None:
        """Add what of the voice falls into ``sound``, which starts at frame ``start``."""
        end = start + len(sound)
        while self._waiting and self._waiting[-1].start_frame < end:
            spoken = self._waiting.pop()
            self._open.append((spoken.start_frame, self._levelled(spoken)))
        for at, clip in self._open:
            first = max(at - start, 0)
            piece = clip[max(start - at, 0) : end - at]
            sound[first : first + len(piece)] += piece
        self._open = [(at, clip) for at, clip in self._open if at + len(clip) > end]

    def _levelled(self, spoken: Spoken) -> Samples:
        clip = self._tracks.clips[spoken.phrase]
        return self._tracks.read(clip) * np.float32(self._tracks.gain(clip))
