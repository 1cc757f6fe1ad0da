"""``scripts`` and ``doctor``: what there is, and what works here."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from generator.cli import app, document, folders, options
from generator.cli.commands import ScriptCommands

if TYPE_CHECKING:
    from generator.model import Script

_LEAST_COLUMNS = 20
"""So much room has what is said, however narrow the terminal."""

JSON = click.option("--json", "as_json", is_flag=True, help="Print what a program would read.")


@app.group(invoke_without_command=True)
@JSON
@click.pass_context
def scripts(ctx: click.Context, *, as_json: bool) -> None:
    """The meditations there are; 'scripts show NAME' for one of them."""
    if ctx.invoked_subcommand:
        return
    from generator.script import MAX_LISTED, survey

    found, broken = survey(folders().scripts)
    if len(found) + len(broken) == MAX_LISTED:
        click.echo(f"note: at most {MAX_LISTED:,} scripts are listed", err=True)
    if as_json:
        rows = [_facts(script) for script in found]
        rows += [{"slug": slug, "error": str(error)} for slug, error in broken.items()]
        document(rows)
        return
    listed({script.slug: f"{script.title}: {script.summary}" for script in found})
    for slug, error in broken.items():
        click.echo(f"{slug} is broken: {error}", err=True)


def listed(found: Mapping[str, str]) -> None:
    """Print each name and, beside it, what is said of it: a line each, wrapped on a terminal."""
    beside = max(map(len, found), default=0) + 2
    width = max(shutil.get_terminal_size().columns, beside + _LEAST_COLUMNS)
    for name, said in found.items():
        line = f"{name:<{beside}}{said}"
        if sys.stdout.isatty():
            line = click.wrap_text(line, width, subsequent_indent=" " * beside)
        click.echo(line)


def _show(script: Script, **given: Any) -> None:
    """As its author wrote it; or filled, as soon as anything is told that fills it."""
    telling = {*_FILLING, *(field.name for field in script.fields), *script.switches}
    if any(given[name] is not None for name in telling):
        _show_filled(script, given)
    elif given["as_json"]:
        document({**_facts(script), "body": script.body})
    else:
        _show_written(script)


def _show_filled(script: Script, given: dict[str, Any]) -> None:
    from generator import pipeline
    from generator.api import Wishes, job_for
    from generator.cli import details, spoken

    listener = details.listener(script, {**given, "no_input": True, "save_listener": None})
    wishes = Wishes(length=given["length"] or "natural")
    cues = pipeline.cues_of(job_for(script, listener, wishes, folders()))
    spoken.show(script.title, cues, as_json=given["as_json"])


def _show_written(script: Script) -> None:
    click.echo(f"{script.title}\n{script.summary}\n")
    click.echo(f"  {script.least_s / 60:g} to {script.most_s / 60:g} minutes, bed {script.bed}")
    for field in script.fields:
        example = f"  e.g. {field.example}" if field.example else ""
        click.echo(f"  --{field.name.replace('_', '-'):<22} {field.ask}{example}")
    for name in script.switches:
        click.echo(f"  --{name.replace('_', '-')}")
    click.echo(f"\n{script.body.strip()}")


_FILLING = ("listener", "length")

scripts.add_command(
    ScriptCommands(
        _show,
        options.named(*_FILLING, "as_json"),
        name="show",
        help="One script: what it is, what it asks, and its text as its author wrote it; with"
        " --listener, --length or a detail what will be spoken.",
        short_help="One script, as it is written or as it will be spoken.",
    )
)


def _facts(script: Script) -> dict[str, Any]:
    return {
        "slug": script.slug,
        "title": script.title,
        "summary": script.summary,
        "kind": script.kind,
        "language": script.language,
        "least_s": script.least_s,
        "most_s": script.most_s,
        "bed": script.bed,
        "switches": list(script.switches),
        "fields": [
            {"name": field.name, "ask": field.ask, "example": field.example, "kind": field.kind}
            for field in script.fields
        ],
    }


@app.command()
@JSON
def doctor(*, as_json: bool) -> None:
    """What works here, and what to do about what does not."""
    from generator.cli import checkup

    findings = checkup.findings(folders())
    if as_json:
        rows = [{"what": f.what, "state": f.state, "detail": f.detail} for f in findings]
        document(rows)
    else:
        for finding in findings:
            click.echo(f"{finding.state:<8} {finding.what:<18} {finding.detail}")
    if any(finding.state == "broken" for finding in findings):
        click.get_current_context().exit(1)
