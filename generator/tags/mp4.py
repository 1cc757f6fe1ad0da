"""An M4B: chapters by ffmpeg, which alone writes them; all else by mutagen."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any, cast

from generator import ffmpeg
from generator.tags.said import Said

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = {
    "title": "\xa9nam",
    "narrator": "\xa9ART",
    "album": "\xa9alb",
    "album_artist": "aART",
    "genre": "\xa9gen",
    "date": "\xa9day",
    "about": "desc",
    "lyrics": "\xa9lyr",
    "maker": "\xa9too",
}
_OWN = "----:com.apple.iTunes:"
_AUDIOBOOK = 2


def in_m4b(path: Path, said: Said) -> None:
    """Put chapters, tags and cover into a fresh M4B."""
    if said.chapters:
        _add_chapters(path, said)
    from mutagen import mp4 as library

    mp4 = cast("Any", library)
    with path.open("r+b") as file:
        track = mp4.MP4(file)
        if track.tags is None:
            track.add_tags()
        track.tags.clear()
        track.tags.update({name: [text] for name, text in said.fields(_NAMES).items()})
        own = {"LANGUAGE": said.language, **said.provenance}
        track.tags.update({_OWN + name: [text.encode()] for name, text in own.items()})
        track.tags["stik"] = [_AUDIOBOOK]
        if said.track:
            track.tags["trkn"] = [said.track]
        if said.cover:
            track.tags["covr"] = [mp4.MP4Cover(said.cover, mp4.MP4Cover.FORMAT_JPEG)]
        file.seek(0)
        track.save(file, padding=lambda _: 0)


def _add_chapters(path: Path, said: Said) -> None:
    """Copy the file, sound untouched, with what it divides into."""
    listed, copy = (path.with_name(f"{path.name}.{each}") for each in ("chapters", "copy"))
    listed.write_text(_listed(said), "utf-8")
    copy.touch()
    read = ("-f", "mov", "-i", ffmpeg.named(path), "-f", "ffmetadata", "-i", ffmpeg.named(listed))
    kept = ("-map", "0:a", "-map_metadata:g", "-1", "-map_chapters", "1", "-c", "copy")
    spoken = ("-metadata:s:a:0", f"language={said.language}", "-fflags", "+bitexact")
    to = ("-movflags", "+faststart", "-f", "mp4", "-y", ffmpeg.named(copy))
    command = [ffmpeg.found() or "ffmpeg", *ffmpeg.CALM, *ffmpeg.LOCAL, *read, *kept, *spoken, *to]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  words of ours
    if done.returncode:
        raise OSError("ffmpeg failed")
    listed.unlink()
    copy.replace(path)


def _listed(said: Said) -> str:
    """The chapters as ffmpeg reads them. What means something to it is escaped in a title."""
    lines = [";FFMETADATA1"]
    for chapter in said.chapters:
        title = re.sub(r"([=;#\\\n])", r"\\\1", chapter.title)
        lines += ["[CHAPTER]", "TIMEBASE=1/1000"]
        lines += [f"START={chapter.start_ms}", f"END={chapter.end_ms}", f"title={title}"]
    return "\n".join(lines) + "\n"
