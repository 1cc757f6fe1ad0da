"""A bed by itself, as it would lie under a track, but loud enough to be listened to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from generator import bed, encode, master, mix, recording, speech, system
from generator.audio import amplitude, to_frames
from generator.errors import UsageError
from generator.model import PROFILES, RECORDING, BedSpan, OwnFile, Timeline

if TYPE_CHECKING:
    from generator.audio import Samples

LIFT_DB = 12.0
"""So much louder than in a track."""
LENGTH_S = (5.0, 600.0)
FORMS = ("wav", "flac", "mp3")


def preview(name: str, own: OwnFile | None, seed: int, length_s: float, path: Path) -> None:
    """Write a bed of that name, or a recording, to ``path``, whose ending says as what.

    It fades in and out and lies in the quiet room as in a track of the ``personal`` profile, 12 dB
    louder: at -24 LUFS. Raises UsageError for a name, a length or an ending that will not do,
    WriteError when it cannot be written.
    """
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise UsageError(
            "ends in none of .wav, .flac and .mp3", where=str(path), remedy="Choose one of them."
        )
    if not LENGTH_S[0] <= length_s <= LENGTH_S[1]:
        least, most = LENGTH_S
        raise UsageError(f"a preview lasts from {least:g} to {most:g} seconds", where="--seconds")
    if own is None:
        bed.check(name)
    frames = to_frames(length_s)
    with system.workshop(path.parent) as place:
        beds: dict[str, mix.Bed] = {}
        if own is not None:
            scratch = place.file(RECORDING)
            beds[name] = recording.keep(own, scratch, frames, lambda _done, _total: None)
        elif name != bed.NONE:
            beds[name] = bed.make_bed(name, seed, frames)
        sound = master.limited(_lifted(name, beds, seed, frames))
        encode.encode(place.file(path.name), sound, frames, lambda _done, _total: None, form)
        place.publish([path.name], system.PRIVATE_FILE if own else system.PUBLIC_FILE)


def _lifted(name: str, beds: dict[str, mix.Bed], seed: int, frames: int) -> Iterator[Samples]:
    """The mix of a track in which nobody speaks."""
    timeline = Timeline(frames, (), (), (), (), (BedSpan(name, 0),))
    room = bed.make_bed(bed.NONE, seed, frames)
    _speech, bed_db, _bells = mix.levels(PROFILES["personal"], 0.0, beds, {})
    tracks = mix.Tracks({}, speech.read, beds, room, {}, 0.0, bed_db, {})
    for block in mix.summed(mix.blocks(timeline, tracks)):
        yield block * amplitude(LIFT_DB)
