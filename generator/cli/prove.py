"""``verify``: finished files against their own timelines."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli import app, document, folders
from generator.cli.look import JSON
from generator.errors import UsageError, shown

if TYPE_CHECKING:
    from generator.model import Check, Report


@app.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@JSON
@click.option(
    "--picture", metavar="FILE.png", help="The track drawn, with what is wrong marked: of one FILE."
)
@click.option("--force", is_flag=True, help="Replace a picture that is there.")
def verify(files: tuple[Path, ...], *, as_json: bool, picture: str | None, force: bool) -> None:
    """Prove finished tracks against the timelines beside them; 3 when a check is not met.

    Each is decoded to its end: every phrase whole and where it was planned, the bed in every pause,
    no click, loudness, true peak, chapters, words and every byte of the sound.
    """
    from generator import pipeline
    from generator.cli import show
    from generator.errors import CheckError

    place = _place(picture, files)
    proven = (
        partial(pipeline.pictured, picture=place, folders=folders(), force=force)
        if place
        else pipeline.verified
    )
    results: list[Report | CheckError] = []
    with show.progress(quiet=as_json) as progress:
        for path in files:
            try:
                results.append(proven(path, progress=progress))
            except CheckError as error:
                results.append(error)
    if as_json:
        document([_row(*each, place) for each in zip(files, results, strict=True)])
    else:
        for path, result in zip(files, results, strict=True):
            _tell(path, result, place)
    if any(isinstance(each, CheckError) or each.faults for each in results):
        click.get_current_context().exit(CheckError.exit_code)


def _place(picture: str | None, files: tuple[Path, ...]) -> Path | None:
    """Where the picture goes, if one is wished for. Raises UsageError unless it is of one file."""
    if not picture:
        return None
    from generator.api import picture_place

    if len(files) > 1:
        raise UsageError("draws one file only", where="--picture", remedy="Name one.")
    return picture_place(picture)


def _row(path: Path, result: Report | Exception, picture: Path | None) -> dict[str, Any]:
    if isinstance(result, Exception):
        return {"path": str(path), "met": False, "error": str(result), "checks": []}
    checks = [asdict(each) for each in result.checks]
    drawn = {"picture": str(picture)} if picture else {}
    return {"path": str(path), "met": not result.faults, **drawn, "checks": checks}


def _tell(path: Path, result: Report | Exception, picture: Path | None) -> None:
    """One line for what cannot be checked; otherwise a line a check."""
    if isinstance(result, Exception):
        click.echo(f"meditate: {result}", err=True)
        return
    faults = len(result.faults)
    verdict = f"{faults} of {len(result.checks)} checks not met" if faults else "proven"
    click.echo(f"{shown(path)}: {verdict}")
    for check in result.checks:
        limit = "" if isinstance(check.limit, str) else f"limit {_number(check.limit)}"
        line = f"  {'ok' if check.met else 'FAULT':<6} {check.name:<19} {_value(check):<24} {limit}"
        click.echo(f"{line:<66} {check.where}".rstrip())
    if picture:
        click.echo(f"  beside {shown(picture)}")


def _value(check: Check) -> str:
    return check.value if isinstance(check.value, str) else f"{_number(check.value)} {check.unit}"


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"
