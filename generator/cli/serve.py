"""``serve``: a published folder over HTTP, as a host would give it."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import app
from generator.cli.look import JSON
from generator.errors import shown

if TYPE_CHECKING:
    from generator.model import Answered

_PAGE = "index.html"


@app.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="0 takes any that is free.",
)
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="Answer to that name, too: what a proxy passes on. More than once for several.",
)
@JSON
def serve(folder: Path, *, host: str, port: int, names: tuple[str, ...], as_json: bool) -> None:
    """Serve a published FOLDER over HTTP, for this machine alone, until Ctrl-C.

    A line for each request goes to standard error, without who asked, and of a private part
    without its address.
    """
    from generator import serving

    server = serving.listen(folder.absolute(), host, port, names, _tell)
    if server.reached_by_others:
        click.echo(
            f"warning: anybody who reaches this machine in its network can listen (--host {host})",
            err=True,
        )
    if not (folder / _PAGE).is_file():
        click.echo(f"note: {_missing_page(folder)}", err=True)
    if as_json:
        click.echo(json.dumps({"address": server.address, "folder": str(folder.absolute())}))
    else:
        click.echo(f"{server.address} gives {shown(folder)}; Ctrl-C ends it")
    server.run()


def _missing_page(folder: Path) -> str:
    """That nothing is shown at ``/``, and where a site lies if it is the one that was meant."""
    from generator.model import SITE

    inside = folder / SITE
    if (inside / _PAGE).is_file():
        return f"no {_PAGE} here: the site is {shown(inside)}"
    return f"no {_PAGE} here: only what an address names is given"


def _tell(answered: Answered) -> None:
    """A line for one request; a terminal that is gone ends nothing."""
    line = (
        f"{time.strftime('%H:%M:%S')} {answered.method} {answered.status}"
        f" {answered.sent_bytes:,} B {answered.took_s:.3f} s {answered.path}"
    )
    with contextlib.suppress(OSError):
        click.echo(f"{line}  {answered.fault}" if answered.fault else line, err=True)
