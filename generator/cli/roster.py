"""``roster``: an empty one for a course, and whether a filled one will do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import app, document, folders
from generator.cli.look import JSON
from generator.errors import MistakesError, UsageError, WriteError, shown

if TYPE_CHECKING:
    from generator.model import Course


@app.group()
def roster() -> None:
    """One listener a row: 'roster new' begins the file for a course, 'roster check' reads it."""


@roster.command("new")
@click.argument("course", metavar="COURSE")
@click.option("--to", metavar="FILE", default="roster.csv", help="Where it goes.  [roster.csv]")
@click.option("--force", is_flag=True, help="Replace what is there.")
def roster_new(course: str, *, to: str, force: bool) -> None:
    """Write an empty roster for a course, for a spreadsheet: what it asks, and examples."""
    from generator import shelf
    from generator.pipeline import enrolling
    from generator.roster import blank

    chosen = _course(course)
    content = blank(
        enrolling.columns(enrolling.scripts_of(chosen, folders().scripts), chosen.details)
    )
    path = shelf.checked_place(to, "--to")
    shelf.admit_extra(path, force=force)
    _write(path, content, force=force)
    click.echo(shown(path))
    click.echo(f"then: meditate roster check {course} {shown(path)}", err=True)


def _write(path: Path, content: bytes, *, force: bool) -> None:
    from generator import system

    try:
        if force:
            system.write_whole(path, content)
        elif not system.write_once(path, content):
            raise UsageError("exists already", where=str(path), remedy="Use --force to replace it.")
    except WriteError as error:
        remedy = "Free some space, or name another place."
        raise WriteError(error.what, where=str(path), remedy=remedy) from error


@roster.command("check")
@click.argument("course", metavar="COURSE")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@JSON
def roster_check(course: str, file: Path, *, as_json: bool) -> None:
    """Check every row against every script of a course: all mistakes at once, by row and column."""
    from generator.pipeline import enrolling

    chosen = _course(course)
    scripts = enrolling.scripts_of(chosen, folders().scripts)
    languages = enrolling.languages_of(chosen, folders().voices)
    try:
        found = enrolling.enrolled(file, scripts, chosen.details, languages)
    except MistakesError as error:
        if not as_json:
            raise
        told = [{key: getattr(e, key) for key in ("where", "what", "remedy")} for e in error.found]
        document({"listeners": None, "mistakes": told})
        click.get_current_context().exit(error.exit_code)
    if as_json:
        document({"listeners": len(found), "mistakes": []})
    else:
        count = "1 listener" if len(found) == 1 else f"{len(found):,} listeners"
        click.echo(f"{count}, nothing to mend")


def _course(name: str) -> Course:
    from generator import course

    return course.load(name, folders().scripts)
