"""All that sounds in a track, brought together from the rooms that make it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from generator import bed, bells, breath, mix, speech
from generator.model import Clip, Job, Phrase, Timeline
from generator.pipeline.bringing import NOTHING, Brought

if TYPE_CHECKING:
    from generator.audio import Samples


def tracks(
    job: Job,
    timeline: Timeline,
    clips: Mapping[Phrase, Clip],
    own: Brought = NOTHING,
) -> mix.Tracks:
    """Every source of sound, each with the gain that brings it to its level."""
    names = {span.name for span in timeline.beds}
    built_in = sorted(names - own.beds.keys() - {bed.NONE})
    make = partial(_bed, seed=job.seed, track_frames=timeline.frames)
    with ThreadPoolExecutor() as pool:  # the transforms let go of the interpreter
        room, *made = pool.map(make, (bed.NONE, *built_in))
    beds: dict[str, mix.Bed] = {**dict(zip(built_in, made, strict=True)), **own.beds}
    rung: dict[str, Samples] = {
        strike.kind: _bell(strike.kind, job.seed) for strike in timeline.strikes
    }
    speech_db, bed_db, bell_db = mix.levels(
        job.profile,
        speech.anchor_lufs(clips, [each.phrase for each in timeline.spoken]),
        beds,
        {kind: bells.loudest_lufs(sound) for kind, sound in rung.items()},
    )
    return mix.Tracks(
        *(clips, speech.read, beds, room, rung, speech_db, bed_db, bell_db),
        breath=breath.block,
        breath_db=job.profile.speech_lufs - mix.BREATH_BELOW_LU - breath.LUFS,
        inserts=[(each, job.profile.speech_lufs - each.lufs) for each in own.inserts],
    )


@lru_cache(maxsize=2)
def _bed(name: str, seed: int, track_frames: int) -> bed.Bed:
    """A built-in bed; the room and the last other one stay, for the next track of their kind."""
    return bed.make_bed(name, seed, track_frames)


@lru_cache(maxsize=len(bells.BELLS))
def _bell(kind: str, seed: int) -> Samples:
    """One stroke, which stays for the next track: 5 MB."""
    return bells.strike(kind, seed)


def forget() -> None:
    """Let go of the beds and bells that stayed for the next track."""
    _bed.cache_clear()
    _bell.cache_clear()
