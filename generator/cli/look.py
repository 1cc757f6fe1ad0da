"""``scripts``, ``voices`` and ``doctor``: what there is, and what works here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from generator.cli import app, document, folders
from generator.errors import VoiceError

if TYPE_CHECKING:
    from generator.model import Script, Voice

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
    width = max(len(script.slug) for script in found) if found else 0
    for script in found:
        click.echo(f"{script.slug:<{width}}  {script.title}: {script.summary}")
    for slug, error in broken.items():
        click.echo(f"{slug} is broken: {error}", err=True)


@scripts.command("show")
@click.argument("slug", metavar="NAME")
@JSON
def scripts_show(slug: str, *, as_json: bool) -> None:
    """One script: what it is, what it asks, and its text as its author wrote it."""
    from generator.script import load

    script = load(slug, folders().scripts)
    if as_json:
        document({**_facts(script), "body": script.body})
        return
    click.echo(f"{script.title}\n{script.summary}\n")
    click.echo(f"  {script.least_s / 60:g} to {script.most_s / 60:g} minutes, bed {script.bed}")
    for field in script.fields:
        example = f"  e.g. {field.example}" if field.example else ""
        click.echo(f"  --{field.name.replace('_', '-'):<22} {field.ask}{example}")
    for name in script.switches:
        click.echo(f"  --{name.replace('_', '-')}")
    click.echo(f"\n{script.body.strip()}")


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


@app.group(invoke_without_command=True)
@click.option("--online", is_flag=True, help="The online voices instead, which need no file.")
@JSON
@click.pass_context
def voices(ctx: click.Context, *, online: bool, as_json: bool) -> None:
    """The voices there are, and what may be done with what they speak."""
    if ctx.invoked_subcommand:
        return
    from generator import voices as room

    everywhere = room.everywhere()
    here = () if online else room.available(folders().voices)
    names = dict.fromkeys((*here, *(() if online else room.plugged())))
    found, broken = _voices([*names, *(everywhere if online or as_json else ())])
    for error in broken:
        click.echo(f"meditate: {error}", err=True)
    if as_json:
        document(list(map(_voice_facts, found)))
        return
    for voice in found:
        where = f"online, words go to {voice.sends_to}" if voice.online else "offline"
        where += "" if voice.synthetic else ", a person's own"
        click.echo(f"{voice.name:<12} {voice.narrator}, {voice.language}, {voice.engine}, {where}")
        if not online:
            click.echo(f"{'':<12} licence {voice.licence}; {voice.licence_of_base}")
            click.echo(f"{'':<12} commercial use: {voice.commercial}")
    if not online:
        click.echo(f"and {len(everywhere)} online voices: 'meditate voices --online' lists them")


def _voices(names: Iterable[str]) -> tuple[list[Voice], list[VoiceError]]:
    """The voices of these names, and what is wrong with those that are broken."""
    from generator import voices as room

    found: list[Voice] = []
    broken: list[VoiceError] = []
    for name in names:
        try:
            found.append(room.load(name, folders().voices))
        except VoiceError as error:
            broken.append(error)
    return found, broken


def _voice_facts(voice: Voice) -> dict[str, Any]:
    kept = ("name", "engine", "narrator", "language", "licence", "licence_of_base", "commercial")
    return {key: getattr(voice, key) for key in (*kept, "synthetic", "online", "sends_to")}


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
