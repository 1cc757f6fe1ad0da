"""The options that every script's command has, whatever the script asks."""

from __future__ import annotations

from pathlib import Path

import click

from generator.errors import UsageError

CHOICES: tuple[click.Option, ...] = (
    click.Option(["--length"], metavar="LENGTH", help="15m, 12m30s or natural.  [natural]"),
    click.Option(["--voice"], metavar="NAME", help="Who speaks: see 'meditate voices'.  [joe]"),
    click.Option(
        ["--bed"],
        metavar="NAME|FILE",
        help="See 'meditate beds'; or a recording of yours.  [the script's own]",
    ),
    click.Option(
        ["--bells"],
        metavar="WHEN",
        help="start, end, sections, 5m, none; with commas.  [as written]",
    ),
    click.Option(["--bell"], metavar="KIND", help="bowl, bowl:3 (strikes), bowl:3:-6 (and dB)."),
    click.Option(["--dry"], is_flag=True, default=None, help="The voice unpolished."),
    click.Option(
        ["--profile"],
        metavar="NAME",
        help="personal, podcast (says that the voice is synthetic), library or sleep.  [personal]",
    ),
    click.Option(["--seed"], type=int, help="Another bed, other bells.  [1]"),
)
DETAILS: tuple[click.Option, ...] = (
    click.Option(
        ["--listener"],
        metavar="FILE|-",
        help="Answers from a TOML or JSON file, or standard input: they stay out of the shell's"
        " history.",
    ),
    click.Option(["--no-input"], is_flag=True, help="Never ask; leave open what is not given."),
    click.Option(["--json", "as_json"], is_flag=True, help="Print what a program would read."),
)
DELIVERY: tuple[click.Option, ...] = (
    click.Option(
        ["--for", "label"], metavar="LABEL", help="The listener's folder; a label, not a name."
    ),
    click.Option(["--out"], metavar="FOLDER", help="The folder of it all.  [output]"),
    click.Option(
        ["--respeak"],
        metavar="CHAPTER:N",
        help="Speak the Nth sentence of a chapter anew; CHAPTER:N=TAKE goes back to a take.",
    ),
    click.Option(
        ["--chapter"], metavar="TITLE", help="One section by itself, in a file of its own."
    ),
    click.Option(["--force"], is_flag=True, help="Replace a track made from other inputs."),
    click.Option(["--save-listener"], metavar="FILE", help="Keep the answers, for --listener."),
    click.Option(
        ["--text/--no-text", "with_text"],
        default=None,
        help="The words in the file's lyrics.  [--text]",
    ),
    click.Option(
        ["--consent-online"],
        is_flag=True,
        help="The listener agreed that these words go to the online voice's service.",
    ),
    click.Option(
        ["--fallback"],
        metavar="NAME",
        help="A voice on this machine that speaks the whole track when an online one fails, or what"
        " a recorded one lacks.",
    ),
    click.Option(["--cover"], metavar="FILE", help="A JPEG or PNG of yours.  [drawn]"),
    click.Option(
        ["--font"],
        metavar="FILE",
        help="A TTF or OTF of yours for the words on a drawn cover, as for other alphabets.",
    ),
    click.Option(
        ["--format"], metavar="NAME", help="mp3, flac, wav, ogg, or m4b by ffmpeg.  [mp3]"
    ),
    click.Option(
        ["--stems"], metavar="FOLDER", help="Voice, bed and bells there too, each as a FLAC."
    ),
    click.Option(
        ["--picture"],
        metavar="FILE.png",
        help="The whole track drawn: words, chapters, pauses, loudness.",
    ),
    click.Option(["--date"], metavar="DATE", help="YYYY-MM-DD; personal tracks carry none."),
    click.Option(["--play"], is_flag=True, help="Play it when it is done."),
    click.Option(["--quiet"], is_flag=True, help="Print only the path."),
)


EVERY = (*CHOICES, *DETAILS, *DELIVERY)


def place(name: str, *, force: bool) -> Path:
    """Where a preview goes. Raises UsageError when there is no such folder, or something there."""
    from generator import shelf

    path = shelf.checked_place(name, "--out")
    if not path.parent.is_dir():
        raise UsageError("there is no such folder", where=str(path.parent), remedy="Make it first.")
    if path.is_dir() or (path.exists() and not force):
        raise UsageError(
            "exists already", where=str(path), remedy="Use --force to replace it, or another --out."
        )
    return path


def named(*names: str) -> tuple[click.Option, ...]:
    """These of them, by the names that their answers go by."""
    return tuple(each for name in names for each in EVERY if each.name == name)
