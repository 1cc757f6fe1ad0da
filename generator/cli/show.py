"""What the commands print: for a person, or as JSON for a program."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from generator.audio import clock, to_seconds
from generator.errors import UsageError
from generator.model import Episode, Job, Stage, Timeline

PLAYERS = (
    ("afplay",),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("mpv", "--no-video", "--really-quiet"),
    ("paplay",),
    ("pw-play",),
)
"""Programs that play an MP3, the likeliest first."""


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[Stage, int, int], None]]:
    """Bars with the time left, on a terminal; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[Stage, TaskID] = {}

        def tell(stage: Stage, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage.value, total=total)
            bars.update(tasks[stage], completed=done)

        yield tell


def episode(made: Episode, *, quiet: bool, as_json: bool) -> None:
    """The finished track: where it is, how long, how loud, its chapters."""
    measured, timeline = made.measured, made.timeline
    if as_json:
        _json(
            {
                "path": str(made.path),
                "label": made.label,
                "length_s": round(measured.length_s, 6),
                "frames": measured.frames,
                "speech_lufs": round(measured.speech_lufs, 2),
                "true_peak_dbtp": round(measured.true_peak_dbtp, 2),
                "silence_share": round(timeline.silence_share, 3),
                "phrases": len(timeline.spoken),
                "spoken_now": made.spoken_now,
                "chapters": _chapters(timeline),
            }
        )
        return
    click.echo(str(made.path))
    if quiet:
        return
    click.echo(f"  length       {clock(measured.frames)} ({measured.length_s:.3f} s)")
    click.echo(f"  speech       {measured.speech_lufs:.1f} LUFS")
    click.echo(f"  true peak    {measured.true_peak_dbtp:.1f} dBTP")
    click.echo(f"  silence      {timeline.silence_share:.0%}")
    kept = len(timeline.spoken) - made.spoken_now
    click.echo(f"  phrases      {made.spoken_now} spoken now, {kept} kept from before")
    click.echo("  chapters")
    for section in timeline.sections:
        click.echo(f"    {clock(section.start_frame):>6}  {section.title}")


def plan(job: Job, timeline: Timeline, *, as_json: bool) -> None:
    """The timeline by estimate, section by section."""
    rows = [_section_row(timeline, index) for index in range(len(timeline.sections))]
    words = sum(row["words"] for row in rows)
    if as_json:
        _json(
            {
                "script": job.script.slug,
                "voice": job.voice.name,
                "length_s": round(to_seconds(timeline.frames), 3),
                "phrases": len(timeline.spoken),
                "words": words,
                "silence_share": round(timeline.silence_share, 3),
                "leaves_the_machine": [],
                "sections": rows,
            }
        )
        return
    click.echo(
        f"{job.script.title}: about {clock(timeline.frames)}, {words} words,"
        f" {timeline.silence_share:.0%} silence, voice {job.voice.name}"
    )
    click.echo(
        f"{'start':>7}  {'words':>5}  {'a minute':>8}  {'silence':>7}  {'pauses':>11}  section"
    )
    for row in rows:
        pauses = f"{row['shortest_pause_s']:.0f} to {row['longest_pause_s']:.0f} s"
        click.echo(
            f"{row['start']:>7}  {row['words']:>5}  {row['words_per_minute']:>8.0f}"
            f"  {row['silence_share']:>7.0%}  {pauses:>11}  {row['title']}"
        )
    click.echo("Nothing leaves this machine: the voice is offline.")


def _section_row(timeline: Timeline, index: int) -> dict[str, Any]:
    section = timeline.sections[index]
    inside = range(section.start_frame, section.end_frame)
    spoken = [each for each in timeline.spoken if each.start_frame in inside]
    pauses = [to_seconds(s.frames) for s in timeline.silences if s.start_frame in inside]
    words = sum(len(each.phrase.text.split()) for each in spoken)
    frames = len(inside)
    return {
        "title": section.title,
        "start": clock(section.start_frame),
        "start_s": round(to_seconds(section.start_frame), 3),
        "words": words,
        "words_per_minute": words / (to_seconds(frames) / 60.0),
        "silence_share": 1.0 - sum(each.frames for each in spoken) / frames,
        "shortest_pause_s": min(pauses, default=0.0),
        "longest_pause_s": max(pauses, default=0.0),
    }


def _chapters(timeline: Timeline) -> list[dict[str, Any]]:
    return [
        {"title": each.title, "start_s": round(to_seconds(each.start_frame), 3)}
        for each in timeline.sections
    ]


def _json(document: object) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def play(path: Path) -> None:
    """Play a track with what the system has. Raises UsageError when it has nothing."""
    for command in PLAYERS:
        if program := shutil.which(command[0]):
            subprocess.run([program, *command[1:], str(path.resolve())], check=False)  # noqa: S603
            return
    names = ", ".join(command[0] for command in PLAYERS)
    raise UsageError(f"nothing here plays an MP3 (looked for {names})", remedy=f"Open {path}.")
