"""``check``: does what lies in a folder meet the rules of a platform?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli import app, document
from generator.cli.look import JSON
from generator.errors import CheckError, shown

if TYPE_CHECKING:
    from generator.model import Delivery, Ruling

NAMES = ("apple", "spotify", "insight-timer", "acx", "audiobookshelf")
UNVERIFIED = "unverified"
_ORDER = ("fail", "warn", "unknown", "pass")
_MOST_NAMED = 3
"""Files of a group that are named; of more, the first and the last."""


@dataclass(frozen=True)
class Looked:
    """One folder that was looked at, and what was found in it."""

    folder: Path
    delivery: Delivery
    rulings: tuple[Ruling, ...]

    def count(self, verdict: str) -> int:
        """How many rules came to that."""
        return sum(each.verdict.value == verdict for each in self.rulings)


@app.command()
@click.argument(
    "folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--for", "platform", required=True, type=click.Choice(NAMES), help="Whose rules are to be met."
)
@click.option("--edition", default="", metavar="NAME", help="Of a course, only that one, as 15m.")
@JSON
def check(folders: tuple[Path, ...], *, platform: str, edition: str, as_json: bool) -> None:
    """Hold finished tracks against the rules of a platform; 3 when one is not met.

    A FOLDER holds tracks, or a course (its public editions are looked at), or a site with a feed.
    Every MP3 is decoded to its end, whoever made it. A rule that nobody could verify is told, and
    counts for nothing.
    """
    from generator.cli import show
    from generator.pipeline import checking

    places = [place for each in folders for place in checking.places(each, edition)]
    looked = []
    for place in places:
        with show.progress(quiet=as_json) as progress:
            looked.append(Looked(place, *checking.checked(platform, place, progress)))
    if as_json:
        document([_row(each, platform) for each in looked])
    else:
        for each in looked:
            _tell(each, platform)
    if any(each.count("fail") for each in looked):
        click.get_current_context().exit(CheckError.exit_code)


def _row(looked: Looked, platform: str) -> dict[str, Any]:
    rulings = [{**asdict(each), "verdict": each.verdict.value} for each in looked.rulings]
    return {
        "folder": str(looked.folder),
        "platform": platform,
        "met": not looked.count("fail"),
        "tracks": [each.name for each in looked.delivery.tracks],
        "feed": looked.delivery.feed is not None,
        "rulings": rulings,
    }


def _tell(looked: Looked, platform: str) -> None:
    """A line for the folder, then a table for each group of files that came to the same."""
    meets = "does not meet" if looked.count("fail") else "meets"
    tracks = len(looked.delivery.tracks)
    what = f"{tracks} track{'' if tracks == 1 else 's'}"
    what += " and a feed" if looked.delivery.feed else ", no feed"
    counts = (f"{count} {each}" for each in _ORDER if (count := looked.count(each)))
    click.echo(f"{shown(looked.folder)}: {meets} the rules for {platform}")
    click.echo(f"  {what}; {', '.join(counts)}")
    for names, rows in _groups(looked.rulings):
        click.echo(f"  {_named(names)}")
        _tell_rules(rows)
    if not all(each.verified for each in looked.rulings):
        click.echo(f"  {UNVERIFIED}: nobody could read whether there is such a rule; none counts")


def _groups(rulings: Iterable[Ruling]) -> Iterator[tuple[list[str], list[list[Ruling]]]]:
    """Files that came to the same in every rule, and what each rule found in all of them."""
    by_file: dict[str, list[Ruling]] = {}
    for each in rulings:
        by_file.setdefault(each.where, []).append(each)
    alike: dict[tuple[object, ...], list[str]] = {}
    for name, found in by_file.items():
        alike.setdefault(tuple((e.rule, e.what, e.verdict) for e in found), []).append(name)
    for names in alike.values():
        rows = zip(*(by_file[name] for name in names), strict=True)
        yield names, [list(row) for row in rows]


def _named(names: Sequence[str]) -> str:
    if len(names) <= _MOST_NAMED:
        return ", ".join(shown(name) or "all of it" for name in names)
    return f"{shown(names[0])} to {shown(names[-1])} ({len(names)})"


def _tell_rules(rows: Sequence[Sequence[Ruling]]) -> None:
    """A table of rules, each with what was found of it in every file of a group."""
    table = [
        (_verdict(row[0]), row[0].rule, row[0].what, _found(row), row[0].limit) for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row, cells in zip(rows, table, strict=True):
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
        click.echo(f"    {line}".rstrip())
        if row[0].remedy and row[0].verdict.value in ("fail", "warn"):
            click.echo(f"{'':<{widths[0] + 6}}{row[0].remedy}")


def _verdict(ruling: Ruling) -> str:
    return ruling.verdict.value if ruling.verified else UNVERIFIED


def _found(row: Sequence[Ruling]) -> str:
    """What was measured: of several files from the least to the most, or how many say what."""
    numbers = [each.value for each in row if not isinstance(each.value, str)]
    if len(numbers) == len(row):
        least, most = _number(min(numbers)), _number(max(numbers))
        return f"{least if least == most else f'{least} to {most}'} {row[0].unit}".rstrip()
    said = sorted({str(each.value) for each in row})
    more = f", and {len(said) - 1} more" if len(said) > 1 else ""
    return f"{said[0]} {row[0].unit}".rstrip() + more


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"
