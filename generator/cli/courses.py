"""``courses``: which there are, and the sessions of one."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from generator.cli import app, document, folders
from generator.cli.look import JSON

if TYPE_CHECKING:
    from generator.model import Course


@app.group(invoke_without_command=True)
@JSON
@click.pass_context
def courses(ctx: click.Context, *, as_json: bool) -> None:
    """The courses there are; 'courses show NAME' for the sessions of one."""
    if ctx.invoked_subcommand:
        return
    from generator import course

    found = [course.load(slug, folders().scripts) for slug in course.available(folders().scripts)]
    if as_json:
        document(list(map(_facts, found)))
        return
    width = max((len(each.slug) for each in found), default=0)
    for each in found:
        click.echo(f"{each.slug:<{width}}  {each.title}: {each.summary}")


@courses.command("show")
@click.argument("name", metavar="NAME")
@JSON
def courses_show(name: str, *, as_json: bool) -> None:
    """The sessions of a course in their order, each with its talk and its practice."""
    from generator import course

    chosen = course.load(name, folders().scripts)
    if as_json:
        document(_facts(chosen))
        return
    click.echo(f"{chosen.title}\n{chosen.summary}\n")
    for number, session in enumerate(chosen.sessions, 1):
        click.echo(f"{number:>3}  {session.title}")
        click.echo(f"     {', '.join(each for each in (session.talk, session.practice) if each)}")


def _facts(course: Course) -> dict[str, Any]:
    sessions = [asdict(each) for each in course.sessions]
    about = {key: getattr(course, key) for key in ("slug", "title", "summary", "language")}
    return about | {"sessions": sessions}
