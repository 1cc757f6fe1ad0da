"""``build``: a course and its listeners, and only what changed."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli import app, folders
from generator.cli.look import JSON
from generator.errors import CheckError, MeditationError, UsageError, shown

if TYPE_CHECKING:
    from generator.library import Wanted
    from generator.model import Built, Course, Order, Standing, Step

NOT_AGAIN = 42
"""What a shard answers with when trying it again would change nothing."""

_MOST_SPREAD_LU = 1.0
_INDICES = ("JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SLURM_ARRAY_TASK_ID")


@app.command()
@click.argument("course", metavar="COURSE")
@click.option("--roster", type=click.Path(path_type=Path), help="A CSV with one listener a row.")
@click.option("--only", multiple=True, metavar="SESSION", help="By number or script; repeatable.")
@click.option("--for", "ids", multiple=True, metavar="ID", help="One listener; repeatable.")
@click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="Tracks at once.  [one a core]"
)
@click.option("--out", metavar="FOLDER", default="output", help="Where it goes.  [output]")
@click.option(
    "--dry-run", is_flag=True, help="Make nothing; say what would be made, and how long it takes."
)
@click.option("--explain", is_flag=True, help="Say of every track why it is made, or kept.")
@click.option("--prune", is_flag=True, help="Remove tracks the course does not have any more.")
@click.option("--shard", metavar="K/N", help="The Kth of N parts, from 0; see docs/courses.md.")
@click.option(
    "--consent-online",
    is_flag=True,
    help="The listeners agreed that an online voice gets these words.",
)
@click.option("--no-text", is_flag=True, help="Leave the words out of the tags.")
@click.option("--date", default="", metavar="DATE", help="Of public tracks, as 2026-05-01.")
@click.option("--force", is_flag=True, help="Replace files that are no tracks of ours.")
@click.option("--quiet", is_flag=True, help="Say nothing but what went wrong.")
@JSON
def build(course: str, **given: Any) -> None:
    """Make every track of a course, for each listener of a roster or for everybody.

    COURSE is the name of a course or a TOML file. What is there already stays as it is.
    """
    shard = _shard(given["shard"])
    with _told_a_scheduler(shard):
        _build(course, given, shard)


def _build(name: str, given: dict[str, Any], shard: tuple[int, int] | None) -> None:
    from generator import course as courses
    from generator import library, system

    chosen = courses.load(name, folders().scripts)
    selection = library.Selection(
        roster=given["roster"],
        only=given["only"],
        ids=given["ids"],
        out=given["out"],
        with_text=not given["no_text"],
        date=given["date"],
    )
    wanted = library.Wanted(
        jobs=given["jobs"] or system.cores(),
        shard=shard,
        consent_online=given["consent_online"],
        force=given["force"],
        whole=selection.whole,
        prune=given["prune"],
    )
    orders = library.orders_of(chosen, selection, folders())
    folder = library.folder_of(chosen, selection)
    if given["dry_run"] or given["explain"]:
        _explain(chosen, library.dealt(orders, shard), folder, wanted, given)
    if not given["dry_run"]:
        with _resumable(), _progress(given) as tell:
            built = library.build(chosen, orders, folder, wanted, folders(), tell)
        _tell(built, folder, orders, given)


def _shard(text: str | None) -> tuple[int, int] | None:
    """Which part of how many; a scheduler's own variable says which, where only ``/N`` is written.

    Raises UsageError.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d{0,6})/([1-9]\d{0,5})", text.strip(), re.ASCII)
    index = match[1] if match else ""
    if match and not index:
        index = next((os.environ[name] for name in _INDICES if os.environ.get(name)), "")
    if not match or not re.fullmatch(r"\d{1,6}", index) or int(index) >= int(match[2]):
        raise UsageError(
            "a part is written as 0/4 to 3/4, or as /4 where a scheduler says which",
            where="--shard",
            remedy=f"It says so in one of {', '.join(_INDICES)}.",
        )
    return int(index), int(match[2])


@contextlib.contextmanager
def _told_a_scheduler(shard: tuple[int, int] | None) -> Iterator[None]:
    """Of a shard, end with an exit code of its own where trying it again would change nothing."""
    try:
        yield
    except MeditationError as error:
        if shard is None or error.exit_code == 1:
            raise
        click.echo(f"meditate: {error}", err=True)
        click.get_current_context().exit(NOT_AGAIN)


def _explain(
    course: Course,
    orders: Sequence[Order],
    folder: Path,
    wanted: Wanted,
    given: dict[str, Any],
) -> None:
    """Say what there is, what would be made and why, and how long that takes."""
    from generator import library

    records = library.Records(course, folder, folders())
    standings = [records.standing(order) for order in orders]
    due = [each.order for each in standings if each.why]
    with _progress(given) as tell:
        forecast = library.planned(due, folders(), tell)
    left_s = forecast.left_s(wanted.jobs)
    if given["explain"]:
        for each in standings:
            _explain_one(each, folder, as_json=given["as_json"])
    if given["as_json"]:
        _line(event="planned", make=len(due), keep=len(orders) - len(due), about_s=round(left_s, 1))
    elif given["dry_run"]:
        if not given["explain"]:
            for order in due:
                click.echo(f"make  {order.path}")
        about = f"; about {_lasting(left_s)}" if due else ""
        click.echo(f"{len(due)} to make, {len(orders) - len(due)} there{about}")


def _explain_one(each: Standing, folder: Path, *, as_json: bool) -> None:
    from generator import library

    why = library.reasons(each, folder)
    if as_json:
        _line(event="standing", path=each.order.path, make=bool(why), why=why)
    elif why:
        click.echo("\n      ".join([f"make  {each.order.path}", *why]))
    else:
        click.echo(f"keep  {each.order.path}")


@contextlib.contextmanager
def _resumable() -> Iterator[None]:
    """Of a build that is stopped, say that it was not for nothing."""
    from generator import system

    try:
        yield
    except (KeyboardInterrupt, system.Terminated):
        click.echo("what is finished stays; the same command goes on where this one was", err=True)
        raise


@contextlib.contextmanager
def _progress(given: dict[str, Any]) -> Iterator[Callable[[Step], None]]:
    """How far it is: bars on a terminal, lines elsewhere, JSON lines for a program."""
    import sys

    from generator.cli import building

    if given["as_json"]:
        yield lambda step: _line(event=step.kind, **_facts(step))
    elif given["quiet"]:
        yield lambda _step: None
    elif sys.stderr.isatty():
        with building.bars() as tell:
            yield tell
    else:
        yield building.in_lines


def _facts(step: Step) -> dict[str, Any]:
    facts: dict[str, Any] = {"path": step.path, "done": step.done, "of": step.of}
    if step.kind != "checked":
        facts["left_s"] = round(step.left_s, 1)
    if step.fault:
        facts |= {"message": step.fault.message, "exit_code": step.fault.exit_code}
    return facts


def _tell(built: Built, folder: Path, orders: tuple[Order, ...], given: dict[str, Any]) -> None:
    """What it came to. Raises CheckError when the course is not even; exits 1 with faults."""
    if given["as_json"]:
        facts = {
            "made": len(built.made),
            "kept": len(built.kept),
            "faults": [asdict(each) for each in built.faults],
            "left_over": list(built.left_over),
            "spread_lu": round(built.spread_lu, 2),
            "folder": str(folder.absolute()),
        }
        _line(event="end", **facts)
    elif not given["quiet"]:
        click.echo(f"{shown(folder)}: {len(built.made)} made, {len(built.kept)} there already")
        _tell_left(built, {order.job.label for order in orders})
    if built.faults:
        if not given["as_json"]:
            _table(built)
        hopeless = all(each.exit_code != 1 for each in built.faults)
        click.get_current_context().exit(NOT_AGAIN if given["shard"] and hopeless else 1)
    if built.spread_lu > _MOST_SPREAD_LU:
        raise CheckError(
            f"its tracks' speech differs by {built.spread_lu:.1f} LU, limit {_MOST_SPREAD_LU:g}",
            where=str(folder),
            remedy="The manifest says how loud each is; a voice that changed makes it so.",
        )


def _tell_left(built: Built, labels: set[str]) -> None:
    gone = sorted({path.split("/")[0] for path in built.left_over} - labels)
    for label in gone:
        click.echo(f"not in the roster any more: {label}; 'meditate forget {label}' removes it all")
    stay = [path for path in built.left_over if path.split("/")[0] in labels]
    for path in stay:
        click.echo(f"not in the course any more: {path}")
    if stay:
        click.echo("With --prune they are removed.")


def _table(built: Built) -> None:
    width = max(len(each.path) for each in built.faults)
    number = len(built.faults)
    click.echo(f"{number} could not be made; the same command tries only those again:", err=True)
    for each in built.faults:
        click.echo(f"  {each.path:<{width}}  {each.message}", err=True)


def _lasting(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _line(**facts: Any) -> None:
    import json

    click.echo(json.dumps(facts, ensure_ascii=False))
