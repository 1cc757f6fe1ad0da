"""What the commands print: for a person, or as JSON for a program."""

from __future__ import annotations

import contextlib
import logging
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from generator.audio import clock, to_seconds
from generator.cli import document
from generator.errors import UsageError, shown
from generator.model import Episode, Stage, Timeline

PLAYERS = (
    ("afplay",),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("mpv", "--no-video", "--really-quiet"),
    ("paplay",),
    ("pw-play",),
)
"""Programs that play an MP3, the likeliest first."""

_UNLIKE_LU = 1.0
"""From here on it is said what a platform will read."""


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[Stage, int, int], None]]:
    """Why it waits; and on a terminal bars with the time left."""
    if quiet:
        yield lambda _stage, _done, _total: None
        return
    with _notices(), _bars() as tell:
        yield tell


@contextlib.contextmanager
def _notices() -> Iterator[None]:
    """What the program itself has to say while it works, line by line."""

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            click.echo(record.getMessage(), err=True)

    logger, lines = logging.getLogger("generator"), Lines(logging.INFO)
    before = logger.level
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(lines)
        logger.setLevel(before)


@contextlib.contextmanager
def _bars() -> Iterator[Callable[[Stage, int, int], None]]:
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), TimeRemainingColumn())
    bars = Progress(*columns, console=Console(stderr=True))
    tasks: dict[Stage, TaskID] = {}

    def tell(stage: Stage, done: int, total: int) -> None:
        bars.start()  # not before there is something to tell: a question may come first
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage.value, total=total)
        bars.update(tasks[stage], completed=done)

    try:
        yield tell
    finally:
        bars.stop()


def episode(made: Episode, *, quiet: bool, as_json: bool) -> None:
    """The finished track: where it is, how long, how loud, its chapters."""
    measured, timeline = made.measured, made.timeline
    if as_json:
        document(_episode_facts(made))
        return
    click.echo(str(made.path))
    if quiet:
        return
    click.echo(f"  length       {clock(measured.frames)} ({measured.length_s:.3f} s)")
    click.echo(f"  speech       {measured.speech_lufs:.1f} LUFS")
    click.echo(f"  true peak    {measured.true_peak_dbtp:.1f} dBTP")
    if said := _platforms(made):
        click.echo(f"  platforms    {said}")
    click.echo(f"  silence      {timeline.silence_share:.0%}")
    instead = f", instead of {made.instead_of}, which failed" if made.instead_of else ""
    helped = f"; {made.helped_by} where nothing was recorded ({made.lent})" if made.lent else ""
    click.echo(f"  voice        {made.voice}{instead}{helped}")
    kept = len(timeline.spoken) - made.spoken_now
    click.echo(f"  phrases      {made.spoken_now} spoken now, {kept} kept from before")
    if made.take is not None:
        click.echo(f"  take         {made.take}, kept; --respeak with =N goes back to take N")
    for path in (*made.stems, *([made.graph] if made.graph else [])):
        click.echo(f"  beside       {shown(path)}")
    click.echo("  chapters")
    for section in timeline.sections:
        click.echo(f"    {clock(section.start_frame):>6}  {section.title}")


def _episode_facts(made: Episode) -> dict[str, Any]:
    measured, timeline = made.measured, made.timeline
    return {
        "path": str(made.path),
        "label": made.label,
        "take": made.take,
        "stems": [str(path) for path in made.stems],
        "picture": str(made.graph) if made.graph else None,
        "length_s": round(measured.length_s, 6),
        "frames": measured.frames,
        "speech_lufs": round(measured.speech_lufs, 2),
        "true_peak_dbtp": round(measured.true_peak_dbtp, 2),
        "mix_lufs": round(measured.mix_lufs, 2),
        "range_lu": round(measured.range_lu, 1),
        "most_momentary_lufs": round(measured.most_momentary_lufs, 2),
        "most_short_term_lufs": round(measured.most_short_term_lufs, 2),
        "platforms": _platforms(made),
        "silence_share": round(timeline.silence_share, 3),
        "phrases": len(timeline.spoken),
        "spoken_now": made.spoken_now,
        "voice": made.voice,
        "instead_of": made.instead_of,
        "helped_by": made.helped_by,
        "lent": made.lent,
        "chapters": _chapters(timeline),
    }


def _platforms(made: Episode) -> str:
    """What a meter makes of a track whose pauses it counts; nothing where it reads the speech."""
    mix_lufs, speech_lufs = made.measured.mix_lufs, made.measured.speech_lufs
    if speech_lufs - mix_lufs <= _UNLIKE_LU:
        return ""
    why = "most" if made.timeline.silence_share > 0.5 else "much"
    return (
        f"a podcast platform will read this track at about {mix_lufs:.0f} LUFS, because {why} of it"
        f" is pauses; its speech is at {speech_lufs:.0f}, and must not be turned up"
    )


def _chapters(timeline: Timeline) -> list[dict[str, Any]]:
    return [
        {"title": each.title, "start_s": round(to_seconds(each.start_frame), 3)}
        for each in timeline.sections
    ]


def play(path: Path) -> None:
    """Play a track with what the system has. Raises UsageError when it has nothing."""
    for command in PLAYERS:
        if program := shutil.which(command[0]):
            subprocess.run([program, *command[1:], str(path.resolve())], check=False)  # noqa: S603
            return
    names = ", ".join(command[0] for command in PLAYERS)
    raise UsageError(f"nothing here plays an MP3 (looked for {names})", remedy=f"Open {path}.")
