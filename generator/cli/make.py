"""``render``, ``plan`` and ``demo``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from generator.cli import app, details, folders, options
from generator.cli.commands import ScriptCommands
from generator.errors import ServiceError

if TYPE_CHECKING:
    from generator.api import Wishes
    from generator.model import Job, Listener, Script

DEMO_SCRIPT = "care-circuit"
DEMO_LISTENER = {
    "care_object": "my old dog Biscuit",
    "care_object_kind": "animal",
    "care_object_pronoun": "he",
}


def _render(script: Script, **given: Any) -> None:
    from generator.cli import show

    quiet, as_json = given["quiet"], given["as_json"]
    listener = details.listener(script, given)
    job = _job(script, listener, {**given, "listener_files": details.files(given)})
    if not quiet and not as_json:
        if given["label"] is None and listener.personal:
            click.echo(f"label {job.label}; name your own with --for", err=True)
        _note_language(job)
    from generator import pipeline

    consent = details.consent(given)
    with show.progress(quiet=quiet or as_json) as progress:
        try:
            episode = pipeline.render(job, folders(), progress, consent)
        except ServiceError as error:
            raise _resumable(error, job, given) from None
    details.keep(given["save_listener"], listener)
    if quiet and episode.instead_of:
        click.echo(f"{episode.voice} spoke instead of {episode.instead_of}", err=True)
    show.episode(episode, quiet=quiet, as_json=as_json)
    if given["play"]:
        show.play(episode.path)


def _resumable(error: ServiceError, job: Job, given: dict[str, Any]) -> ServiceError:
    """The error with what is needed for the same command to go on where it stopped."""
    labelled = given["label"] is not None or not job.listener.personal
    again = "The same command" if labelled else f"The same command with --for {job.label}"
    remedy = (
        f"{error.remedy} {again} goes on from there; --fallback joe would speak all of it here."
    )
    return ServiceError(error.what, where=error.where, remedy=remedy)


def _note_language(job: Job) -> None:
    """A voice of another language than the script's may be meant, and mostly is not."""
    spoken, written = (each.split("-")[0] for each in (job.voice.language, job.script.language))
    if spoken != written:
        click.echo(
            f"note: the script is in '{written}', and {job.voice.name} speaks '{spoken}'", err=True
        )


def _plan(script: Script, **given: Any) -> None:
    from generator import pipeline
    from generator.cli import planned

    listener = details.listener(script, given)
    job = _job(script, listener, given)
    timeline = pipeline.outline(job, pipeline.cues_of(job))
    phrases = [each.phrase for each in timeline.spoken]
    leaving = pipeline.leaving(job, phrases, folders())
    unrecorded = pipeline.unrecorded(job, phrases)
    if not given["as_json"]:
        _note_language(job)
    planned.plan(job, timeline, leaving, unrecorded, as_json=given["as_json"])


def _job(script: Script, listener: Listener, given: dict[str, Any]) -> Job:
    from generator.api import job_for

    return job_for(script, listener, wishes(given), folders())


def wishes(given: dict[str, Any]) -> Wishes:
    """What was wished for on the command line; all else is as it is by itself."""
    from dataclasses import fields

    from generator.api import Wishes

    names = {each.name for each in fields(Wishes)}
    return Wishes(**{k: each for k, each in given.items() if k in names and each is not None})


app.add_command(
    ScriptCommands(
        _render,
        options.EVERY,
        name="render",
        help="Make one track. Options come after the script's name.",
        short_help="Make one track.",
    )
)
app.add_command(
    ScriptCommands(
        _plan,
        options.EVERY,
        name="plan",
        help="The timeline of a track without a sound made: times, words, share of silence.",
        short_help="The timeline without a sound made.",
    )
)


@app.command()
@click.option("--play", is_flag=True, help="Play it when it is done.")
@click.option("--json", "as_json", is_flag=True, help="Print what a program would read.")
@click.option("--out", metavar="FOLDER", default="output", help="Where it goes.  [output]")
def demo(*, play: bool, as_json: bool, out: str) -> None:
    """The first minute: a personal track with the voice that came along."""
    from generator import personalise, pipeline
    from generator.api import Wishes, job_for
    from generator.cli import show
    from generator.script import load

    script = load(DEMO_SCRIPT, folders().scripts)
    listener = personalise.check(script, DEMO_LISTENER)
    wishes = Wishes(label="demo", out=out, force=True)
    job = job_for(script, listener, wishes, folders())
    with show.progress(quiet=as_json) as progress:
        episode = pipeline.render(job, folders(), progress)
    show.episode(episode, quiet=False, as_json=as_json)
    if play:
        show.play(episode.path)
