"""The same track as a user of pydub would put it together: the yardstick, not a model.

Clips and silences are added, the bed is repeated and laid under, ffmpeg makes the MP3. It holds the
whole track in memory, sums at 16 bits, ducks nothing and meets lengths to the millisecond.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import imageio_ffmpeg

from generator import segment
from generator.audio import amplitude, to_ms
from generator.mix import Tracks
from generator.model import Timeline

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

BED_S = 60


def assemble(timeline: Timeline, tracks: Tracks, path: Path) -> None:
    AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
    track = AudioSegment.silent(0, frame_rate=48_000)
    for spoken in timeline.spoken:
        clip = tracks.clips[spoken.phrase]
        voice = segment.to_segment(tracks.read(clip) * amplitude(tracks.speech_db - 6.0))
        voice = voice.set_sample_width(2).set_channels(2)
        gap_ms = to_ms(spoken.start_frame) - len(track)
        track = track + AudioSegment.silent(gap_ms, frame_rate=48_000) + voice
    rest_ms = to_ms(timeline.frames) - len(track)
    track = track + AudioSegment.silent(rest_ms, frame_rate=48_000)
    name = timeline.beds[0].name
    loop = segment.to_segment(
        tracks.beds[name].block(0, BED_S * 48_000) * amplitude(tracks.bed_db[name])
    ).set_sample_width(2)
    track = track.overlay(loop.fade_in(3000), loop=True)
    for strike in timeline.strikes:
        ring = segment.to_segment(
            tracks.bells[strike.kind] * amplitude(tracks.bell_db[strike.kind])
        )
        track = track.overlay(ring.set_sample_width(2), position=to_ms(strike.start_frame))
    track.fade_out(6000).export(path, format="mp3", bitrate="128k")
