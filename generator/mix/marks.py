"""What a stretch of the mix hangs on, written down: where two marks are alike, so is the sound."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.audio import to_frames
from generator.mix import curves
from generator.mix.spans import bed_spans
from generator.model import Timeline

if TYPE_CHECKING:
    from generator.mix import Tracks


class Marks:
    """The marks of one track. Every place in one is relative to the stretch it is of."""

    def __init__(self, timeline: Timeline, tracks: Tracks) -> None:
        self._timeline = timeline
        self._tracks = tracks
        self._spans = bed_spans(timeline, tracks)
        self._swell = curves.swelling(timeline)
        back_s = max((each.duck.back_s for each in tracks.beds.values()), default=0.0)
        self._back_frames = to_frames(back_s)
        self._ends = [each.end_frame for each in timeline.spoken]

    def of(self, within: range) -> list[object]:
        """All that the sound of these frames hangs on, but for the code that makes it."""
        left = self._timeline.frames - within.start
        fading = left - len(within) < to_frames(curves.END_S)
        return [
            len(within),
            left if fading else None,
            self._tracks.room.mark(within.start),
            [mark for span in self._spans if (mark := span.mark(within))],
            list(self._struck(within)),
            list(self._breathing(within)),
            list(self._inserted(within)),
            list(self._said(within)),
        ]

    def personal(self, within: range) -> bool:
        """Whether a detail is spoken there, or was so lately that a bed still comes back."""
        first = bisect_left(self._ends, within.start - self._back_frames)
        spoken = self._timeline.spoken[first:]
        return any(each.phrase.personal for each in spoken if each.start_frame < within.stop)

    def _struck(self, within: range) -> Iterator[list[object]]:
        for each in self._timeline.strikes:
            length = len(self._tracks.bells[each.kind])
            if each.start_frame < within.stop and each.start_frame + length > within.start:
                level_db = self._tracks.bell_db[each.kind] + each.level_db
                yield [each.kind, each.start_frame - within.start, level_db]

    def _breathing(self, within: range) -> Iterator[object]:
        """Its tones never come back to where they were, so the frame itself counts."""
        swell = self._swell.mark(within)
        if self._tracks.breath and swell != [[0.0, 0.0]]:
            yield from (swell, within.start, self._tracks.breath_db)

    def _inserted(self, within: range) -> Iterator[list[object]]:
        places = zip(self._timeline.inserts, self._tracks.inserts, strict=True)
        for place, (recording, level_db) in places:
            if place.start_frame < within.stop and place.end_frame > within.start:
                at = place.start_frame - within.start
                yield [recording.digest, at, place.frames, level_db]

    def _said(self, within: range) -> Iterator[list[object]]:
        first = bisect_left(self._ends, within.start)
        for each in self._timeline.spoken[first:]:
            if each.start_frame >= within.stop:
                break
            clip = self._tracks.clips[each.phrase]
            yield [clip.digest, each.start_frame - within.start, self._tracks.gain(clip)]
