"""``verify``: finished files against their own timelines."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from generator.audio import clock, to_seconds
from generator.cli import app, document, folders
from generator.cli.look import JSON
from generator.errors import UsageError, shown

if TYPE_CHECKING:
    from generator.model import Check, HeardSentence, Report, Understood
    from generator.pipeline.proving import Progress


@app.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@JSON
@click.option(
    "--picture", metavar="FILE.png", help="The track drawn, with what is wrong marked: of one FILE."
)
@click.option("--force", is_flag=True, help="Replace a picture that is there.")
@click.option(
    "--listen",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Have it understood too, by the Whisper model in that folder: how many words differ.",
)
def verify(
    files: tuple[Path, ...], *, as_json: bool, picture: str | None, force: bool, listen: Path | None
) -> None:
    """Prove finished tracks against the timelines beside them; 3 when a check is not met.

    Each is decoded to its end: every phrase whole and where it was planned, the bed in every pause,
    no click, loudness, true peak, chapters, words and every byte of the sound.
    """
    from generator.cli import show
    from generator.errors import CheckError

    place = _place(picture, files)
    if place and listen:
        raise UsageError("and --picture are for two runs", where="--listen", remedy="Use one.")
    proven: list[Proven | CheckError] = []
    with show.progress(quiet=as_json) as progress:
        for path in files:
            try:
                proven.append(_proven(path, place, listen, progress, force=force))
            except CheckError as error:
                proven.append(error)
    if as_json:
        document([_row(*each, place) for each in zip(files, proven, strict=True)])
    else:
        for path, each in zip(files, proven, strict=True):
            _tell(path, each, place)
    if any(isinstance(each, CheckError) or each.report.faults for each in proven):
        click.get_current_context().exit(CheckError.exit_code)


class Proven(NamedTuple):
    """What was found of one file."""

    report: Report
    understood: Understood | None = None


def _proven(
    path: Path, place: Path | None, listen: Path | None, progress: Progress, *, force: bool
) -> Proven:
    from generator import pipeline

    if listen:
        return Proven(*pipeline.understood(path, listen, progress))
    if place:
        return Proven(pipeline.pictured(path, place, folders(), progress, force=force))
    return Proven(pipeline.verified(path, progress))


def _place(picture: str | None, files: tuple[Path, ...]) -> Path | None:
    """Where the picture goes, if one is wished for. Raises UsageError unless it is of one file."""
    if not picture:
        return None
    from generator.api import picture_place

    if len(files) > 1:
        raise UsageError("draws one file only", where="--picture", remedy="Name one.")
    return picture_place(picture)


def _row(path: Path, result: Proven | Exception, picture: Path | None) -> dict[str, Any]:
    if isinstance(result, Exception):
        return {"path": str(path), "met": False, "error": str(result), "checks": []}
    checks = [asdict(each) for each in result.report.checks]
    more: dict[str, Any] = {"picture": str(picture)} if picture else {}
    if result.understood:
        more |= {
            "word_error_rate": round(result.understood.word_error_rate, 4),
            "differing": list(map(_differing, result.understood.differing)),
        }
    return {"path": str(path), "met": not result.report.faults, **more, "checks": checks}


def _differing(sentence: HeardSentence) -> dict[str, Any]:
    """A sentence that was understood otherwise; the words of one with a detail are not shown."""
    phrase = sentence.spoken.phrase
    words = {} if phrase.personal else {"written": phrase.text, "heard": sentence.heard}
    return {
        "start_s": round(to_seconds(sentence.spoken.start_frame), 3),
        "words": sentence.words,
        "errors": sentence.errors,
        "personal": phrase.personal,
        **words,
    }


def _tell(path: Path, result: Proven | Exception, picture: Path | None) -> None:
    """One line for what cannot be checked; otherwise a line a check."""
    if isinstance(result, Exception):
        click.echo(f"meditate: {result}", err=True)
        return
    checks, faults = result.report.checks, len(result.report.faults)
    verdict = f"{faults} of {len(checks)} checks not met" if faults else "proven"
    click.echo(f"{shown(path)}: {verdict}")
    for check in checks:
        limit = "" if isinstance(check.limit, str) else f"limit {_number(check.limit)}"
        line = f"  {'ok' if check.met else 'FAULT':<6} {check.name:<19} {_value(check):<24} {limit}"
        click.echo(f"{line:<66} {check.where}".rstrip())
    if picture:
        click.echo(f"  beside {shown(picture)}")
    if result.understood:
        _tell_understood(result.understood)


def _tell_understood(understood: Understood) -> None:
    words, differing = sum(each.words for each in understood.sentences), understood.differing
    rate = f"{understood.word_error_rate:.1%} of {words} words differ"
    click.echo(f"  heard  {rate}, in {len(differing)} of {len(understood.sentences)} sentences")
    for each in differing:
        phrase, at = each.spoken.phrase, clock(each.spoken.start_frame)
        if phrase.personal:
            click.echo(
                f"  {at:>6}  {each.errors} of {each.words} words, of a sentence with a detail"
            )
            continue
        click.echo(f"  {at:>6}  written  {phrase.text}")
        click.echo(f"  {'':>6}  heard    {shown(each.heard)}")


def _value(check: Check) -> str:
    return check.value if isinstance(check.value, str) else f"{_number(check.value)} {check.unit}"


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"
