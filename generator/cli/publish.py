"""``publish``: finished tracks as a site, with feeds and listening pages."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli import app, details, document, folders
from generator.cli.look import JSON
from generator.errors import UsageError, shown

if TYPE_CHECKING:
    from generator.model import Publication
    from generator.publishing import Published

FOLDER = click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))


class FolderFirst(click.Group):
    """A group whose first word may be a folder instead of a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What does not begin with a command's name is all for the folder's own."""
        known = (*self.commands, *ctx.help_option_names)
        return super().parse_args(ctx, args if not args or args[0] in known else ["--", *args])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of that name, or the one that publishes the folder."""
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return None, _folder, args

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways of use."""
        formatter.write_usage(ctx.command_path, "FOLDER --site URL [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND FOLDER ...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Those of publishing a folder, and then the commands."""
        click.Command.format_options(_folder, ctx, formatter)
        self.format_commands(ctx, formatter)


@app.group(cls=FolderFirst)
def publish() -> None:
    """Make a site of finished tracks: a feed, a listening page, transcripts, chapters, artwork.

    FOLDER is that of a course (output/COURSE) or of tracks (output/LABEL). What the feed says
    stands in its feed.toml. The site is a plain folder for any web host; a feed goes in last.
    """


@click.command()
@FOLDER
@click.option("--site", metavar="URL", default="", help="Where the site will lie on the web.")
@click.option("--to", type=click.Path(path_type=Path), help="The site.  [FOLDER/site]")
@click.option(
    "--private", is_flag=True, help="A page and a feed for each listener, where nobody can guess."
)
@click.option("--for", "ids", multiple=True, metavar="ID", help="One listener; repeatable.")
@click.option("--edition", default="", metavar="LENGTH", help="Of several lengths, which.")
@click.option("--date", default="", metavar="DATE", help="Of what is new, as 2026-05-01.  [now]")
@click.option("--force", is_flag=True, help="Replace files in the site that are none of ours.")
@JSON
def _folder(folder: Path, **given: Any) -> None:
    """Publish a folder."""
    from generator import publishing

    if given["ids"] and not given["private"]:
        raise UsageError("is for --private", where="--for", remedy="A public feed is everybody's.")
    wish = publishing.Wish(
        address=given["site"],
        to=given["to"],
        private=given["private"],
        labels=given["ids"],
        edition=given["edition"],
        force=given["force"],
        **_dated(given["date"]),
    )
    with _progress(quiet=given["as_json"]) as progress:
        heard = publishing.Heard(_notice, progress)
        published = publishing.publish(folder, wish, folders(), heard)
    if given["as_json"]:
        document(asdict(published) | {"site": str(published.site)})
    else:
        _tell(published, private=given["private"])


def _tell(published: Published, *, private: bool) -> None:
    for each in published.sent:
        counts = f"{each.written} files written, {each.kept} there already"
        counts += f", {each.removed} removed" if each.removed else ""
        whose = f"{shown(each.label)}: " if private else ""
        tracks = "1 track" if each.episodes == 1 else f"{each.episodes} tracks"
        click.echo(f"{whose}{tracks}; {counts}")
        click.echo(f"  page  {each.page}\n  feed  {each.feed}")
    for label in published.gone:
        remedy = "'meditate publish revoke' takes their address back"
        click.echo(f"no tracks any more: {shown(label)}; {remedy}")
    click.echo(f"all of it lies in {shown(published.site)}")


def _notice(text: str) -> None:
    click.echo(f"note: {shown(text)}", err=True)


@contextlib.contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """How far it is, on a terminal."""
    import sys

    if quiet or not sys.stderr.isatty():
        yield lambda _label, _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<28}", markup=False),
        BarColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("")
        yield lambda label, done, of: bars.update(
            task, description=shown(label), completed=done, total=of
        )


def _dated(text: str) -> dict[str, datetime.datetime]:
    """Noon of a day, or now if that is still to come today, as a wish; none where none was named.

    Raises UsageError for a day to come.
    """
    from generator import shelf

    day = shelf.checked_date(text)
    if not day:
        return {}
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    if day > now.astimezone().date().isoformat():
        remedy = "What is not out yet, a directory does not take."
        raise UsageError("lies in the future", where="--date", remedy=remedy)
    return {"now": min(now, datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00"))}


_QUESTIONS = {
    "title": "What is it called?",
    "description": "What is it, in one or two sentences?",
    "author": "Who made it?",
    "address": "Where will it lie on the web (https://…)?",
}


@publish.command("init")
@FOLDER
@click.option("--course", metavar="NAME|FILE", help="The course it is of.  [as it was built]")
@click.option("--title", metavar="TEXT", help="What it is called.")
@click.option("--description", metavar="TEXT", help="What it is, in one or two sentences.")
@click.option("--author", metavar="TEXT", help="Who made it.")
@click.option("--site", "address", metavar="URL", help="Where the site will lie on the web.")
@click.option("--no-input", is_flag=True, help="Ask nothing.")
@click.option("--force", is_flag=True, help="Begin a feed.toml anew.")
def publish_init(
    folder: Path, *, course: str | None, no_input: bool, force: bool, **given: str | None
) -> None:
    """Write what the feed of a folder will say, for you to look over: feed.toml.

    It takes what the course says, and asks for the rest on a terminal. Guids and private addresses
    come into feed.ids.json, once and for ever: keep both with your tracks.
    """
    from generator import course as courses
    from generator import publishing

    found = publishing.gathered(folder, folders())
    of = courses.load(course, folders().scripts) if course else None
    facts = publishing.proposed(found, of, folders())
    told = {key: text for key, text in given.items() if text is not None}
    if not no_input and details.on_terminal():
        told |= _asked(facts, told)
    written = publishing.begin(publishing.changed(facts, told), force=force)
    publishing.number_all(found, written)
    click.echo(shown(written.path))
    click.echo(f"then: meditate publish {shown(folder)}{_site(written)}", err=True)


def _asked(facts: Publication, told: dict[str, str]) -> dict[str, str]:
    """What is not told already, as it is answered; Enter leaves it as it is."""
    said = {"address": facts.feed.address}
    answers = {}
    for key, question in _QUESTIONS.items():
        if key not in told:
            before = said.get(key, getattr(facts, key, ""))
            answer = click.prompt(question, default=before, err=True, show_default=bool(before))
            answers[key] = answer.strip()
    return answers


def _site(facts: Publication) -> str:
    return "" if facts.feed.address else " --site https://example.org/kind"


@publish.command("links")
@FOLDER
@click.option("--site", metavar="URL", default="", help="Where the site lies on the web.")
@JSON
def publish_links(folder: Path, *, site: str, as_json: bool) -> None:
    """The private address of each listener. Whoever has one can listen: send each to its own."""
    from generator import publishing

    found = publishing.links(folder, site)
    if as_json:
        document(found)
        return
    for label, address in found.items():
        click.echo(f"{shown(label)}  {address}")


@publish.command("revoke")
@FOLDER
@click.argument("label", metavar="ID")
def publish_revoke(folder: Path, *, label: str) -> None:
    """Take back a listener's private address: what lies there is removed, and it comes to nobody.

    They are left out until 'publish --private --for ID' gives them another. Copies on other hosts
    go when you upload the site again and have removed there what is not in it any more.
    """
    from generator import publishing

    away = publishing.revoke(folder, label, folders())
    click.echo(f"{label} has no private address any more")
    for site in away:
        _notice(f"{shown(site)} is not there: what lies in it for {label} stays")
    click.echo("upload the site again, and remove there what is not in it any more", err=True)
