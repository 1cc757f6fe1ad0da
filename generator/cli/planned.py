"""What ``plan`` prints: a track before a word of it is spoken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from generator.audio import RATE_HZ, clock, to_seconds
from generator.cli import document
from generator.model import Job, Phrase, Section, Spoken, Timeline

_OF_ALL = (
    "length_s",
    "words",
    "words_per_minute",
    "silence_share",
    "shortest_pause_s",
    "longest_pause_s",
)
"""What is told of the whole track as of each section."""
COLUMNS = ("start", "lasts", "words", "a minute", "silence", "shortest", "longest", "section")


def plan(
    job: Job,
    timeline: Timeline,
    leaving: Sequence[Phrase],
    unrecorded: Sequence[Phrase],
    *,
    as_json: bool,
) -> None:
    """The timeline by estimate, section by section, and every sentence that would leave, or that
    nobody recorded.
    """
    rows = [section_row(timeline, each) for each in timeline.sections]
    whole = section_row(timeline, Section("all of it", 0, timeline.frames))
    if as_json:
        told = {name: whole[name] for name in _OF_ALL}
        document(
            {
                "script": job.script.slug,
                "voice": job.voice.name,
                "phrases": len(timeline.spoken),
                **told,
                "sends_to": job.voice.sends_to,
                "leaves_the_machine": [phrase.spelled for phrase in leaving],
                "not_recorded": [phrase.text for phrase in unrecorded],
                "sections": rows,
            }
        )
        return
    click.echo(
        f"{job.script.title}: about {clock(timeline.frames)}, {whole['words']} words,"
        f" {timeline.silence_share:.0%} silence, voice {job.voice.name}"
    )
    _table(
        [COLUMNS, *map(_cells, rows), *([_cells(whole | {"start": ""})] if len(rows) > 1 else [])]
    )
    _leaving(job, leaving)
    if unrecorded:
        click.echo(f"{job.voice.name} has no recording of these {len(unrecorded)} sentences:")
        _list(unrecorded)


def section_row(timeline: Timeline, section: Section) -> dict[str, Any]:
    """One section as a program reads it: words a minute of all its time, pauses in seconds."""
    inside = range(section.start_frame, section.end_frame)
    voiced = [each for each in timeline.voiced if each.start_frame in inside]
    pauses = [to_seconds(s.frames) for s in timeline.silences if s.start_frame in inside]
    words = sum(len(each.text.split()) for each in voiced if isinstance(each, Spoken))
    frames = len(inside)
    return {
        "title": section.title,
        "start": clock(section.start_frame),
        "start_s": round(to_seconds(section.start_frame), 3),
        "length_s": round(to_seconds(frames), 3),
        "words": words,
        "words_per_minute": round(words / (to_seconds(frames) / 60.0), 1),
        "silence_share": round(1.0 - sum(each.frames for each in voiced) / frames, 3),
        "shortest_pause_s": round(min(pauses, default=0.0), 3),
        "longest_pause_s": round(max(pauses, default=0.0), 3),
    }


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["start"],
        clock(round(row["length_s"] * RATE_HZ)),
        str(row["words"]),
        f"{row['words_per_minute']:.0f}",
        f"{row['silence_share']:.0%}",
        f"{row['shortest_pause_s']:.1f} s",
        f"{row['longest_pause_s']:.1f} s",
        row["title"],
    )


def _table(rows: Sequence[Sequence[str]]) -> None:
    """Rows under one another: figures to the right, the title last, as long as it is."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for *figures, title in rows:
        cells = [each.rjust(width) for each, width in zip(figures, widths, strict=False)]
        click.echo("  ".join([*cells, title]))


def _leaving(job: Job, phrases: Sequence[Phrase]) -> None:
    if not phrases:
        why = "all of it is spoken already" if job.voice.online else "the voice is offline"
        click.echo(f"Nothing leaves this machine: {why}.")
        return
    click.echo(f"These {len(phrases)} sentences would go to {job.voice.sends_to}:")
    _list(phrases)


def _list(phrases: Sequence[Phrase]) -> None:
    for phrase in phrases:
        click.echo(f"  {phrase.spelled}" + ("  (a detail)" if phrase.personal else ""))
