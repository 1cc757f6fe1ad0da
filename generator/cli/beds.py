"""``beds``: what can lie under a voice, and what it sounds like."""

from __future__ import annotations

import json
import re

import click

from generator.cli import app
from generator.cli.look import JSON
from generator.cli.options import place


@app.group(invoke_without_command=True)
@JSON
@click.pass_context
def beds(ctx: click.Context, *, as_json: bool) -> None:
    """The beds there are; 'beds say NAME' to hear one."""
    if ctx.invoked_subcommand:
        return
    from generator import bed

    if as_json:
        rows = [{"name": name, "about": about} for name, about in bed.ABOUT.items()]
        click.echo(json.dumps(rows, indent=2))
        return
    width = max(map(len, bed.ABOUT))
    for name, about in bed.ABOUT.items():
        click.echo(f"{name:<{width}}  {about}")
    click.echo(
        "\nUp to three mix, as in rain+drone. binaural:CARRIER:BEAT chooses its tones in Hz,"
    )
    click.echo("binaural:CARRIER:FROM-TO lets the beat glide. A file of yours is a bed as well.")


@beds.command("say")
@click.argument("name", metavar="NAME|FILE")
@click.option("--seconds", type=float, default=30.0, show_default=True, help="How long.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--out", metavar="FILE", help="A .wav, .flac or .mp3.  [bed-NAME.flac]")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@click.option("--play", is_flag=True, help="Play it when it is done.")
def beds_say(
    name: str, *, seconds: float, seed: int, out: str | None, force: bool, play: bool
) -> None:
    """Write a bed by itself, at -24 LUFS: 12 dB louder than it lies under a voice."""
    from generator import api
    from generator.cli import show
    from generator.model import RECORDING
    from generator.pipeline.preview import preview

    own = api.own_bed(name)
    called = RECORDING if own else name
    plain = re.sub(r"[^\w.+-]", "-", called, flags=re.ASCII)
    path = place(out or f"bed-{plain}.flac", force=force)
    preview(called, own, seed, seconds, path)
    click.echo(str(path))
    if play:
        show.play(path)
