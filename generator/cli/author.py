"""``scripts check``, ``new``, ``copy`` and ``diff``: for those who write scripts."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import document, folders
from generator.cli.look import JSON, scripts
from generator.errors import UsageError, shown

if TYPE_CHECKING:
    from generator.model import Finding

CHECK_NOT_MET = 3

FORCE = click.option("--force", is_flag=True, help="Replace the one that is there.")


@scripts.command("check")
@click.argument("targets", metavar="[NAME|FILE]...", nargs=-1)
@JSON
def scripts_check(targets: tuple[str, ...], *, as_json: bool) -> None:
    """What is wrong with scripts, line by line; without a name, with all there are.

    Their form, timing, wording and safety. The exit code is 3 when something is found.
    """
    from generator.pipeline.proofreading import proofread_script
    from generator.script import available

    wanted = targets or available(folders().scripts)
    with _waiting(wanted) as waiting:
        found = {each: proofread_script(each, folders()) for each in waiting}
    every = tuple(dict.fromkeys(each for findings in found.values() for each in findings))
    if as_json:
        rows = [{"script": each, "findings": [*map(_row, found[each])]} for each in found]
        document(rows)
    else:
        _tell(every, len(found))
    if every:
        click.get_current_context().exit(CHECK_NOT_MET)


@contextlib.contextmanager
def _waiting(targets: Sequence[str]) -> Iterator[Iterable[str]]:
    """The scripts, one after the other; on a terminal with a bar when there are several."""
    if len(targets) == 1 or not sys.stderr.isatty():
        yield targets
        return
    with click.progressbar(targets, label="Reading", file=sys.stderr) as waiting:
        yield waiting


def _tell(findings: Sequence[Finding], scripts_read: int) -> None:
    for each in findings:
        what = f"{shown(each.where)}: {each.severity.value}: {each.what} [{each.rule}]."
        click.echo(f"{what} {each.remedy}".rstrip())
    errors = sum(each.severity.value == "error" for each in findings)
    told = f"errors {errors}, warnings {len(findings) - errors}" if findings else "nothing found"
    click.echo(f"scripts read: {scripts_read}; {told}", err=True)


def _row(finding: Finding) -> dict[str, object]:
    file, _colon, line = finding.where.rpartition(":")
    placed = line.isdigit()
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "file": file if placed else finding.where,
        "line": int(line) if placed else None,
        "what": finding.what,
        "remedy": finding.remedy,
    }


@scripts.command("new")
@click.argument("slug", metavar="NAME")
@click.option("--title", metavar="TITLE", help="What it is called.  [as the name says]")
@FORCE
def scripts_new(slug: str, *, title: str | None, force: bool) -> None:
    """Begin a script among your own, whole and sound, for you to rewrite.

    'talks/NAME' begins a talk, 'es/NAME' a practice in Spanish.
    """
    from generator import drafts, script

    script.checked_slug(slug)
    if slug in script.available(folders().scripts[1:]) and not force:
        raise UsageError(
            f"there is a script '{slug}' already, and yours would hide it",
            remedy="Choose another name, adapt it with 'scripts copy', or use --force.",
        )
    _say_where(drafts.put(slug, drafts.beginning(slug, title), _own(), force=force), slug)


@scripts.command("copy")
@click.argument("slug", metavar="NAME")
@FORCE
def scripts_copy(slug: str, *, force: bool) -> None:
    """Adapt a script that came along: a copy among your own, which is used from now on.

    The parts it brings in stay shared: what is mended in them reaches your copy too.
    """
    from generator import drafts, script

    came_along = folders().scripts[-1:]
    text, parts = script.source(slug, came_along), script.load(slug, came_along).parts
    _say_where(drafts.copied(slug, text, _own(), force=force), slug)
    if parts:
        click.echo(f"shared with other scripts: {', '.join(parts)}", err=True)


@scripts.command("diff")
@click.argument("slug", metavar="NAME")
@click.option("--mine", is_flag=True, help="What you changed, instead.")
def scripts_diff(slug: str, *, mine: bool) -> None:
    """What has changed in the script that came along since you copied it."""
    from generator import drafts, script

    then = drafts.origin(script.checked_slug(slug), _own())
    now = script.source(slug, [_own()] if mine else folders().scripts[-1:])
    name = "as it is among yours" if mine else "as it comes along now"
    if changes := drafts.difference(slug, then, now, name):
        click.echo(changes)
    else:
        click.echo("nothing has changed", err=True)


def _own() -> Path:
    """The folder of the user's own scripts."""
    return folders().scripts[0]


def _say_where(path: Path, slug: str) -> None:
    click.echo(shown(path))
    click.echo(f"then: meditate scripts check {slug}; meditate plan {slug}", err=True)
