"""``voices``: who can speak, what may be done with it, and what it sounds like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from generator.cli import app, document, folders
from generator.cli.look import JSON
from generator.cli.options import place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.model import Voice
    from generator.system import Folders
    from generator.voices import Installable

OUT = click.option("--out", metavar="FILE", help="A .wav, .flac or .mp3.  [NAME.flac]")
FORCE = click.option("--force", is_flag=True, help="Replace the file if it is there.")
PLAY = click.option("--play", is_flag=True, help="Play it when it is done.")


@app.group(invoke_without_command=True)
@click.option("--online", is_flag=True, help="The online voices instead, which need no file.")
@JSON
@click.pass_context
def voices(ctx: click.Context, *, online: bool, as_json: bool) -> None:
    """The voices there are, and what may be done with what they speak."""
    if ctx.invoked_subcommand:
        return
    from generator import voices as room

    home = folders()
    everywhere = [room.load(name, home.voices) for name in room.everywhere()]
    here, broken = room.survey(home.voices)
    known = {*broken, *(voice.name for voice in here)}
    others = [each for each in room.installables() if each.voice.name not in known]
    for name, error in broken.items():
        click.echo(f"{name} is broken: {error}", err=True)
    if as_json:
        rows = [_facts(voice, home) for voice in (() if online else here)]
        rows += [] if online else [_installable_facts(each) for each in others]
        document(rows + [_facts(voice, home) for voice in everywhere])
    elif online:
        for voice in everywhere:
            click.echo(_line(voice, f"online, words go to {voice.sends_to}"))
    else:
        _tell(here, others, home)
        click.echo(f"and {len(everywhere)} online voices: 'meditate voices --online' lists them")


def _tell(here: Sequence[Voice], others: list[Installable], home: Folders) -> None:
    """The voices on this machine, then those that are recommended, then the names of the rest."""
    for voice in here:
        facts = _facts(voice, home)
        speed = facts["times_real"]
        where = f"online, words go to {voice.sends_to}" if voice.online else "offline"
        where += "" if voice.synthetic else ", a person's own"
        size = f", {facts['size_bytes'] / 1e6:.0f} MB" if facts["size_bytes"] else ""
        fast = f", {speed:g} times faster than real time here" if speed else ""
        click.echo(_line(voice, f"{where}{size}{fast}"))
        _tell_rights(voice)
    for each in (each for each in others if each.recommended):
        size = f"{each.size_bytes / 1e6:.0f} MB"
        click.echo(_line(each.voice, f"offline, {size}, not installed"))
        _tell_rights(each.voice)
    rest = [each.voice.name for each in others if not each.recommended]
    if others:
        told = f"'meditate voices install NAME' installs one; also {', '.join(rest)}."
        click.echo(click.wrap_text(told, 100))


def _line(voice: Voice, more: str) -> str:
    return f"{voice.name:<14} {voice.narrator}, {voice.language}, {voice.engine}, {more}"


def _tell_rights(voice: Voice) -> None:
    click.echo(f"{'':<14} licence {voice.licence}; {voice.licence_of_base}")
    click.echo(f"{'':<14} commercial use: {voice.commercial}")


def _facts(voice: Voice, home: Folders) -> dict[str, Any]:
    from generator import speech
    from generator.pipeline import choosing

    measured = {
        "installed": not voice.online,
        "size_bytes": speech.size_bytes(voice),
        "times_real": choosing.times_real(voice, home),
    }
    return _said(voice) | measured


def _installable_facts(each: Installable) -> dict[str, Any]:
    unmeasured = {"installed": False, "size_bytes": each.size_bytes, "times_real": None}
    return _said(each.voice) | unmeasured


def _said(voice: Voice) -> dict[str, Any]:
    kept = ("name", "engine", "narrator", "language", "licence", "licence_of_base", "commercial")
    return {key: getattr(voice, key) for key in (*kept, "synthetic", "online", "sends_to")}


@voices.command("install")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--quiet", is_flag=True, help="Print only the names.")
def voices_install(names: tuple[str, ...], *, quiet: bool) -> None:
    """Fetch what is missing of a voice, prove it, and put it among your own.

    The model, 92 MB, is shared by all Kokoro voices. What was cut off goes on where it stopped.
    """
    from functools import partial

    from generator import speech
    from generator.cli import show
    from generator.model import Stage
    from generator.pipeline import choosing

    home = folders()
    with show.progress(quiet=quiet) as progress:
        made = choosing.install(names, home, partial(progress, Stage.FETCH))
    for voice in made:
        click.echo(voice.name if quiet else f"{voice.name}: installed, {speech.try_out(voice)}")


@voices.command("say")
@click.argument("name", metavar="NAME")
@click.argument("text", metavar="TEXT")
@click.option(
    "--as", "how", metavar="SOUND", default="", help="How it sounds: shiv-AWN, or /ʃɪˈvɔːn/."
)
@OUT
@FORCE
@PLAY
@click.option(
    "--consent-online",
    is_flag=True,
    help="The listener agreed that these words go to the online voice's service.",
)
def voices_say(
    name: str,
    text: str,
    *,
    how: str,
    out: str | None,
    force: bool,
    play: bool,
    consent_online: bool,
) -> None:
    """Have a voice say something, as in a track and as loud. Words of the lexicon sound by it."""
    from generator import voices as room
    from generator.cli import details, show
    from generator.pipeline import choosing

    voice = room.load(name, folders().voices)
    path = place(out or f"voice-{voice.name}.flac", force=force)
    asked = {"consent_online": consent_online, "no_input": False, "as_json": False}
    with show.progress(quiet=False):
        choosing.say(text, voice, path, details.consent(asked), folders().lexicon, how)
    click.echo(str(path))
    if play:
        show.play(path)


@voices.command("audition")
@click.argument("slug", metavar="SCRIPT")
@OUT
@FORCE
@PLAY
def voices_audition(slug: str, *, out: str | None, force: bool, play: bool) -> None:
    """One paragraph of a script in every voice on this machine, each saying its name first."""
    from generator.cli import show
    from generator.pipeline import choosing
    from generator.script import load

    chosen = load(slug, folders().scripts)
    path = place(out or f"audition-{chosen.slug.replace('/', '-')}.flac", force=force)
    with show.progress(quiet=False):
        heard = choosing.audition(chosen, folders(), path)
    click.echo(str(path))
    click.echo(f"  voices       {', '.join(voice.name for voice in heard)}")
    if play:
        show.play(path)
