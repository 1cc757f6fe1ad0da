"""The sum of voice, bed and bells, in blocks: memory does not grow with the length of the track.

What a block contains depends on its own frames and the timeline alone, so every block size gives
the same sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from generator.audio import GRID_FRAMES, amplitude, to_frames
from generator.model import BedSpan, Clip, Phrase, Profile, Spoken, Strike, Timeline

if TYPE_CHECKING:
    import numpy.typing as npt

    from generator.audio import Samples

    Curve = npt.NDArray[np.float32]

BLOCK_FRAMES = 250 * GRID_FRAMES
"""Six seconds: large enough that the work is numpy's, small enough to stay in the cache."""

DUCK_AHEAD_S = 0.6
DUCK_RETURN_S = 1.5
FADE_IN_S = 3.0
FADE_OUT_S = 6.0
END_S = 2.0
"""Whatever still rings at the end of the track goes down over this long."""
BED_CROSSFADE_S = 8.0
BREATH_BELOW_LU = 14.0
"""How far a full swell lies under the speech."""


class Bed(Protocol):
    """A background of any length, as a function of the frame."""

    @property
    def lufs(self) -> float:
        """Its loudness as it is."""
        ...

    @property
    def fixed_level(self) -> bool:
        """Whether it keeps that loudness whatever the voice's: room tone does."""
        ...

    def block(self, start_frame: int, frames: int) -> Samples:
        """Its frames from ``start_frame`` on, shape ``(frames, 2)``."""
        ...


@dataclass(frozen=True)
class Tracks:
    """What is summed: each source with the gain that brings it to its level."""

    clips: Mapping[Phrase, Clip]
    read: Callable[[Clip], Samples]
    """Gives the sound of a clip, shape ``(frames, 1)``, when it is needed."""
    beds: Mapping[str, Bed]
    bells: Mapping[str, Samples]
    speech_db: float
    bed_db: Mapping[str, float]
    bell_db: Mapping[str, float]
    duck_db: float
    breath: Callable[[int, int], Samples] | None = None
    """The full swell of a breath from a frame on, shape ``(frames, 2)``."""
    breath_db: float = 0.0


def levels(
    profile: Profile, speech_lufs: float, beds: Mapping[str, Bed], bell_lufs: Mapping[str, float]
) -> tuple[float, dict[str, float], dict[str, float]]:
    """Gains in dB for the voice, for each bed and for each bell.

    All hang on the speech: one constant gain brings it to the profile's target, beds and bells lie
    under it by what the profile says.
    """
    target = profile.speech_lufs
    bed_db = {
        name: 0.0 if bed.fixed_level else target - profile.bed_below_lu - bed.lufs
        for name, bed in beds.items()
    }
    bell_db = {name: target - profile.bell_below_lu - lufs for name, lufs in bell_lufs.items()}
    return target - speech_lufs, bed_db, bell_db


def blocks(
    timeline: Timeline, tracks: Tracks, block_frames: int = BLOCK_FRAMES
) -> Iterator[Samples]:
    """The mix, shape ``(frames, 2)`` a block, ``timeline.frames`` in all."""
    bed_curves = [_bed_curve(timeline, index) for index in range(len(timeline.beds))]
    duck = _duck_curve(timeline)
    swell = _swell_curve(timeline)
    voice = _Voice(timeline.spoken, tracks)
    for start in range(0, timeline.frames, block_frames):
        frames = min(block_frames, timeline.frames - start)
        sound = np.zeros((frames, 2), np.float32)
        ducked = _gain(duck.at(start, frames), tracks.duck_db)
        for span, curve in zip(timeline.beds, bed_curves, strict=True):
            _add_bed(sound, span, curve.at(start, frames), ducked, start, tracks)
        for strike in timeline.strikes:
            _add_bell(sound, strike, start, tracks)
        _add_breath(sound, swell.at(start, frames), start, tracks)
        voice.add(sound, start)
        _fade_end(sound, start, timeline.frames)
        yield sound


# --- the bed ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Breakpoints:
    """A curve from 0 to 1: level between its points, cosine-shaped on the way."""

    frames: Sequence[float]
    values: Sequence[float]

    def at(self, start: int, frames: int) -> Curve | float:
        """The curve over some frames; one number where it does not move."""
        first, last = np.interp((start, start + frames), self.frames, self.values)
        inside = any(start < each < start + frames for each in self.frames)
        if first == last and not inside:
            return float(first)
        ramp = np.interp(np.arange(start, start + frames), self.frames, self.values)
        return (0.5 - 0.5 * np.cos(np.pi * ramp)).astype(np.float32)


def _duck_curve(timeline: Timeline) -> _Breakpoints:
    """1 under phrases, 0 in pauses long enough to go there and come back."""
    ahead, back = to_frames(DUCK_AHEAD_S), to_frames(DUCK_RETURN_S)
    points: list[tuple[float, float]] = []
    for spoken in timeline.spoken:
        if points and spoken.start_frame - ahead <= points[-1][0]:
            points = points[:-2]
        else:
            points += [(spoken.start_frame - ahead, 0.0), (spoken.start_frame, 1.0)]
        points += [(spoken.end_frame, 1.0), (spoken.end_frame + back, 0.0)]
    frames, values = zip(*points, strict=True) if points else ((0.0,), (0.0,))
    return _Breakpoints(frames, values)


def _bed_curve(timeline: Timeline, index: int) -> _Breakpoints:
    """When this bed is there: from its start to the next one's, crossing over."""
    first, last = index == 0, index == len(timeline.beds) - 1
    rise = to_frames(FADE_IN_S if first else BED_CROSSFADE_S)
    start = timeline.beds[index].start_frame
    fall = to_frames(FADE_OUT_S if last else BED_CROSSFADE_S)
    stop = timeline.frames - fall if last else timeline.beds[index + 1].start_frame
    stop = max(stop, start + rise)
    return _Breakpoints((start, start + rise, stop, stop + fall), (0.0, 1.0, 1.0, 0.0))


def _gain(duck: Curve | float, duck_db: float) -> Curve | float:
    if isinstance(duck, float):
        return amplitude(-duck_db * duck)
    curve: Curve = np.exp(duck * np.float32(-duck_db * np.log(10.0) / 20.0))
    return curve


def _add_bed(
    sound: Samples,
    span: BedSpan,
    present: Curve | float,
    ducked: Curve | float,
    start: int,
    tracks: Tracks,
) -> None:
    if isinstance(present, float) and present == 0.0:
        return
    bed = tracks.beds[span.name]
    gain = np.sqrt(present) * np.float32(amplitude(tracks.bed_db[span.name]))  # equal power
    if not bed.fixed_level:
        gain = gain * ducked
    sound += bed.block(start, len(sound)) * np.reshape(gain, (-1, 1)).astype(np.float32)


# --- bells and voice --------------------------------------------------------------------------


def _add_bell(sound: Samples, strike: Strike, start: int, tracks: Tracks) -> None:
    ring = tracks.bells[strike.kind]
    at = strike.start_frame - start
    if at < len(sound) and at + len(ring) > 0:
        piece = ring[max(-at, 0) : len(sound) - at]
        first = max(at, 0)
        gain = np.float32(amplitude(tracks.bell_db[strike.kind] + strike.level_db))
        sound[first : first + len(piece)] += piece * gain


def _swell_curve(timeline: Timeline) -> _Breakpoints:
    """0 at the end of a breath, 1 at its fullest: it rises, stays and falls with the phases."""
    ends = {"in": (0.0, 1.0), "hold": (1.0, 1.0), "out": (1.0, 0.0), "rest": (0.0, 0.0)}
    points = [(0.0, 0.0)]
    for each in timeline.swells:
        first, last = ends[each.breath]
        points += [(each.start_frame, first), (each.start_frame + each.frames, last)]
    frames, values = zip(*points, strict=True)
    return _Breakpoints(frames, values)


def _add_breath(sound: Samples, swell: Curve | float, start: int, tracks: Tracks) -> None:
    if tracks.breath is None or (isinstance(swell, float) and swell == 0.0):
        return
    gain = np.float32(amplitude(tracks.breath_db)) * swell
    sound += tracks.breath(start, len(sound)) * np.reshape(gain, (-1, 1)).astype(np.float32)


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
        gain = amplitude(self._tracks.speech_db + clip.trim_db)
        return self._tracks.read(clip) * np.float32(gain)
