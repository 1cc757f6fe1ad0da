"""What players find beside the tracks: chapters, and the order in which they are heard."""

from __future__ import annotations

import json
from collections.abc import Sequence

from generator.errors import UsageError
from generator.feed.text import line
from generator.model import PageChapter, PageTrack
from generator.plain import lies_within


def chapters_json(chapters: Sequence[PageChapter], title: str, podcast: str) -> bytes:
    """The chapters of one track as players fetch them (CJ-1): JSON chapters 1.2, in time order.

    ``title`` is the track's and ``podcast`` that of the whole. Times are in seconds, and exact to
    the millisecond. The type is ``application/json+chapters``.
    """
    told = {
        "version": "1.2.0",
        "title": line(title),
        "podcastName": line(podcast),
        "chapters": [
            {"startTime": each.start_ms / 1000, "title": line(each.title)}
            for each in sorted(chapters, key=lambda each: each.start_ms)
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def playlist(title: str, tracks: Sequence[PageTrack]) -> bytes:
    """The tracks in their order as an M3U8 playlist, to lie in the folder they are named from.

    Raises UsageError for a file whose name no playlist can hold.
    """
    lines = ["#EXTM3U", f"#PLAYLIST:{line(title)}"]
    for each in tracks:
        if not lies_within(each.file) or each.file.startswith("#"):
            raise UsageError(
                "a playlist cannot name this file",
                where=each.file,
                remedy="Name it from the playlist's folder, and without '#' at the beginning.",
            )
        lines += [f"#EXTINF:{round(each.length_ms / 1000)},{line(each.title)}", each.file]
    return "".join(f"{each}\n" for each in lines).encode()
