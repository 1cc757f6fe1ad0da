"""``courses``: which there are, what one of them says, and the beginning of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from generator.cli import app, document, folders
from generator.cli.author import FORCE
from generator.cli.look import JSON, listed
from generator.errors import UsageError, shown

if TYPE_CHECKING:
    from generator.model import Course, Feed

_PLAIN = ("language", "author", "colour", "voice", "fallback", "bed", "bells", "profile", "support")
_FILES = ("cover", "font")


@app.group(invoke_without_command=True)
@JSON
@click.pass_context
def courses(ctx: click.Context, *, as_json: bool) -> None:
    """The courses there are; 'courses show NAME' for the sessions of one."""
    if ctx.invoked_subcommand:
        return
    from generator import course

    found, broken = course.survey(folders().scripts)
    if as_json:
        rows = [_facts(each) for each in found]
        rows += [{"slug": slug, "error": str(error)} for slug, error in broken.items()]
        document(rows)
        return
    listed({each.slug: f"{each.title}: {each.summary}" for each in found})
    for slug, error in broken.items():
        click.echo(f"{slug} is broken: {error}", err=True)


@courses.command("show")
@click.argument("name", metavar="NAME|FILE")
@JSON
def courses_show(name: str, *, as_json: bool) -> None:
    """What a course says, and its sessions in their order, each with its talk and its practice.

    A FILE ends in .toml. All that is wrong in it is told, line by line.
    """
    from generator import course

    chosen = course.load(name, folders().scripts)
    if as_json:
        document(_facts(chosen))
        return
    click.echo(f"{chosen.title}\n{chosen.summary}\n")
    if chosen.description:
        click.echo(f"{chosen.description}\n")
    for what, said in _said(chosen):
        click.echo(f"  {what:<12} {said}")
    click.echo()
    for number, session in enumerate(chosen.sessions, 1):
        click.echo(f"{number:>3}  {session.title}")
        click.echo(f"     {', '.join(each for each in (session.talk, session.practice) if each)}")
        if session.summary:
            click.echo(f"     {session.summary}")


@courses.command("new")
@click.argument("slug", metavar="NAME")
@click.option("--title", metavar="TITLE", help="What it is called.  [as the name says]")
@FORCE
def courses_new(slug: str, *, title: str | None, force: bool) -> None:
    """Begin a course among your own, whole and sound, for you to rewrite.

    Beside it comes the schema by which an editor knows its keys.
    """
    from generator import course, drafts

    course.checked_slug(slug)
    own, *others = folders().scripts
    if slug in course.available(others) and not force:
        raise UsageError(
            f"there is a course '{slug}' already, and yours would hide it",
            remedy="Choose another name, or use --force.",
        )
    text = drafts.beginning_of_course(slug, title)
    path = drafts.put_file(course.place_of(slug, own), text, force=force)
    drafts.put_file(path.parent / course.SCHEMA, course.schema(others[-1]), force=True)
    click.echo(shown(path))
    click.echo(f"then: meditate courses show {slug}", err=True)


def _said(course: Course) -> Iterator[tuple[str, str]]:
    """What it says of itself, a fact a line; what is left out is not told."""
    for what in _PLAIN:
        if said := getattr(course, what):
            yield what, said
    for what in _FILES:
        if path := getattr(course, what):
            yield what, shown(path)
    yield "lengths", ", ".join(course.lengths)
    for name, answer in course.details.items():
        yield "detail", f"{name}: {str(answer).lower() if isinstance(answer, bool) else answer}"
    if course.feed:
        yield from _said_of_feed(course.feed)


def _said_of_feed(feed: Feed) -> Iterator[tuple[str, str]]:
    kind = ", ".join(filter(None, (feed.category, feed.subcategory, feed.medium)))
    yes = [each for each in ("explicit", "complete", "locked", "unlisted") if getattr(feed, each)]
    yield "feed", "; ".join((kind, *yes))
    yield "site", feed.site
    for what in ("address", "owner", "email", "copyright", "guid"):
        if said := getattr(feed, what):
            yield what, said
    if feed.funding:
        yield "funding", f"{feed.funding_text}: {feed.funding}"


def _facts(course: Course) -> dict[str, Any]:
    facts = asdict(course)
    del facts["lines"]
    return facts | {
        "path": str(course.path),
        **{what: str(path) if (path := getattr(course, what)) else None for what in _FILES},
        "ink": course.ink,
    }
