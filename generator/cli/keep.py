"""``cache`` and ``forget``: what is kept of the work and of the people, and removing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import app, details, document, folders
from generator.cli.look import JSON
from generator.errors import UsageError, shown

if TYPE_CHECKING:
    from generator.library import Trail

NOT_REACHED = (
    "a roster, unless --roster names it",
    "copies that were delivered, published or backed up, and other machines",
)
"""What no command can remove."""


@app.group(invoke_without_command=True)
@JSON
@click.pass_context
def cache(ctx: click.Context, *, as_json: bool) -> None:
    """The clips and stretches without a detail, kept for all tracks; 'cache clear' removes them."""
    if ctx.invoked_subcommand:
        return
    from generator.speech.cache import contents

    where, most_bytes = folders().cache, folders().cache_bytes
    found = contents(where)
    if as_json:
        facts = {
            "folder": str(where.absolute()),
            "files": len(found.clips),
            "bytes": found.size_bytes,
            "most_bytes": most_bytes,
            "foreign": [str(path) for path in found.foreign],
        }
        document(facts)
        return
    click.echo(f"files  {len(found.clips)}, {_mb(found.size_bytes)} of at most {_mb(most_bytes)}")
    click.echo(f"where  {shown(where.absolute())}")
    for path in found.foreign:
        click.echo(f"not ours, and left alone: {shown(path)}")


@cache.command("clear")
@JSON
def cache_clear(*, as_json: bool) -> None:
    """Remove all of these and nothing else, also while a track is made."""
    from generator.speech.cache import clear

    files, freed_bytes = clear(folders().cache)
    if as_json:
        document({"files": files, "freed_bytes": freed_bytes})
        return
    click.echo(f"{files} files removed, {_mb(freed_bytes)} freed")


def _mb(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB"


@app.command()
@click.argument("label")
@click.option("--out", metavar="FOLDER", help="Look there too.  [output]")
@click.option("--roster", type=click.Path(path_type=Path), help="Take their row out of that CSV.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@JSON
def forget(label: str, *, out: str | None, roster: Path | None, yes: bool, as_json: bool) -> None:
    """Remove every trace of a listener: tracks, transcripts, clips, kept answers."""
    from generator import library, shelf, traces
    from generator.api import OUTPUT
    from generator.label import checked_label
    from generator.model import PUBLIC_LABEL

    also = [OUTPUT] if out is None else [OUTPUT, shelf.checked_place(out, "--out")]
    if checked_label(label, "LABEL") == PUBLIC_LABEL:
        raise UsageError("the public tracks are nobody's", remedy="Delete them by hand.")

    def look() -> Trail:
        return library.trail(label, also, roster, folders())

    trail = look()
    if trail.nothing:
        raise UsageError(
            "nothing of that label was found",
            where=", ".join(map(shown, trail.found.looked_in)),
            remedy="Name another folder with --out.",
        )
    if not yes and details.on_terminal() and not _agreed(trail):
        click.echo("nothing was removed", err=True)
        click.get_current_context().exit(1)
    with traces.alone(folders().listeners, label):
        if look() != trail:
            raise UsageError("something changed meanwhile", remedy="Look again.")
        library.forget(trail, folders())
    _tell(trail, as_json=as_json)


def _agreed(trail: Trail) -> bool:
    click.echo("To be removed:", err=True)
    for path in _all(trail):
        click.echo(f"  {shown(path)}", err=True)
    for path in _changed(trail):
        click.echo(f"  what is theirs in {shown(path)}", err=True)
    _tell_left(trail, err=True)
    return click.confirm("Remove all of it?", default=False, err=True)


def _all(trail: Trail) -> list[Path]:
    found = trail.found
    own = [found.own] if found.own else []
    return [*trail.published, *found.files, *found.folders, *own]


def _changed(trail: Trail) -> list[Path]:
    return [*trail.manifests, *([trail.roster] if trail.roster else [])]


def _tell(trail: Trail, *, as_json: bool) -> None:
    found = trail.found
    if as_json:
        facts = {
            "removed": [str(path) for path in _all(trail)],
            "taken_out_of": [str(path) for path in _changed(trail)],
            "left_alone": [{"path": str(each.path), "why": each.why} for each in found.left],
            "looked_in": [str(path) for path in found.looked_in],
            "record": found.record,
            "not_reached": list(NOT_REACHED),
        }
        document(facts)
        return
    for path in _all(trail):
        click.echo(f"removed: {shown(path)}")
    for path in _changed(trail):
        click.echo(f"taken out of: {shown(path)}")
    _tell_left(trail, err=False)
    if found.record != "read":
        looked = ", ".join(map(shown, found.looked_in))
        click.echo(f"the record of its places was {found.record}: looked in {looked}")


def _tell_left(trail: Trail, *, err: bool) -> None:
    for each in trail.found.left:
        click.echo(f"left alone: {shown(each.path)} ({each.why})", err=err)
    for far in NOT_REACHED[bool(trail.roster) :]:
        click.echo(f"not reached: {far}", err=err)
