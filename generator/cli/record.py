"""``voices record``: the sentences that somebody reads, and the voice that becomes of it."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli import details, document, folders, options
from generator.cli.commands import ScriptCommands
from generator.cli.voices import voices
from generator.errors import shown

if TYPE_CHECKING:
    from generator.model import Job, Recital, Script, Sentence, Voice

_MOST_NUMBERS, _MOST_STRAYS = 40, 10

_OPTIONS = (
    click.Option(
        ["--to"],
        metavar="FOLDER",
        required=True,
        help="Where lists and recordings lie; its name is the voice's, as in voices/me.",
    ),
    click.Option(["--narrator"], metavar="NAME", help="What listeners read as the artist."),
    *options.named("length", "profile", "bed"),
    *options.DETAILS,
    *options.named("label"),
)


def _record(script: Script, **given: Any) -> None:
    from generator.cli import show
    from generator.pipeline.reciting import recite

    given |= {"save_listener": None, "force": False}
    listener = details.listener(script, given)
    job = _job(script, listener, {**given, "listener_files": details.files(given)})
    with show.progress(quiet=given["as_json"]) as progress:
        recitals, voice = recite(job, folders(), progress)
    if given["as_json"]:
        document(_facts(job, recitals, voice))
    else:
        for recital in recitals:
            _tell(job, recital)
        _tell_voice(job, recitals, voice)
    if any(each.broken for each in recitals):
        click.get_current_context().exit(1)


def _job(script: Script, listener: Any, given: dict[str, Any]) -> Job:
    from generator.api import recital_for
    from generator.cli.make import wishes

    return recital_for(
        script, listener, wishes(given), folders(), given["to"], given["narrator"] or ""
    )


def _tell(job: Job, recital: Recital) -> None:
    """Where the sentences are, and what was found of each."""
    whom = f" with the details of {job.label}, for your eyes only" if recital.personal else ""
    click.echo(f"{shown(recital.folder)}: {len(recital.sentences)} sentences{whom}")
    for each in recital.readings:
        where = f"{each.file} at {_clock(each.stretch.start_frame)}"
        line = (
            f"{each.number:>5}  {where:<26} {each.length_s:5.1f} s, {each.expected_s:.1f} expected"
        )
        sure = f"  sure {each.confidence:.0%}" if each.confidence < 1.0 else ""
        doubt = f"  LISTEN: {each.doubt}" if each.doubt else ""
        click.echo(f"{line}{sure}{doubt}")
    if recital.readings and recital.missing:
        click.echo(f"  missing: {_numbers(recital.missing)}")
    for name in recital.strays[:_MOST_STRAYS]:
        click.echo(f"  not used: {shown(name)} (call it 12.wav, or 3-40.wav for a take)", err=True)
    if (more := len(recital.strays) - _MOST_STRAYS) > 0:
        click.echo(f"  not used: {more} other files", err=True)
    for line in recital.broken:
        click.echo(f"  not used: {line}", err=True)


def _clock(frame: int) -> str:
    from generator.audio import clock

    return clock(frame)


def _numbers(sentences: tuple[Sentence, ...]) -> str:
    shown_first = ", ".join(str(each.number) for each in sentences[:_MOST_NUMBERS])
    more = len(sentences) - _MOST_NUMBERS
    return f"{shown_first} and {more} more" if more > 0 else shown_first


def _tell_voice(job: Job, recitals: tuple[Recital, ...], voice: Voice | None) -> None:
    if voice is None:
        click.echo("Read them from sentences.html there (sentences.txt, and sheet.html to tick).")
        click.echo("Name the recordings as it says, put them beside it, and run this again.")
        return
    if any(each.missing for each in recitals):
        click.echo("Record what is missing, or have a synthetic voice speak it: --fallback joe.")
    if any(reading.doubt for each in recitals for reading in each.readings):
        click.echo("Listen where it says so, and read again what is wrong, as 12.wav.")
    found = voice.folder.resolve() in [each.resolve() for each in folders().voices if each.is_dir()]
    place = [] if found else ["--voices", str(voice.folder)]
    label = ["--for", job.label] if len(recitals) > 1 else []
    words = ["meditate", *place, "render", job.script.slug, "--voice", voice.name, *label]
    click.echo(f"voice {voice.name}: {shown(shlex.join(words))}")


def _facts(job: Job, recitals: tuple[Recital, ...], voice: Voice | None) -> dict[str, Any]:
    return {
        "voice": voice.name if voice else None,
        "file": str(Path(voice.folder) / f"{voice.name}.toml") if voice else None,
        "label": job.label,
        "recitals": [
            {
                "folder": str(each.folder),
                "personal": each.personal,
                "sentences": len(each.sentences),
                "readings": [asdict(reading) for reading in each.readings],
                "missing": [sentence.number for sentence in each.missing],
                "strays": list(each.strays),
                "broken": list(each.broken),
            }
            for each in recitals
        ],
    }


voices.add_command(
    ScriptCommands(
        _record,
        _OPTIONS,
        name="record",
        help="Write the sentences of a script to be read, and make a voice of the recordings.",
        short_help="A voice from recordings of your own.",
    )
)
