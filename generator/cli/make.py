"""``render``, ``plan`` and ``demo``: a script's own fields become options of its command."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from generator.cli import app, details, folders
from generator.errors import ScriptError, ServiceError, UsageError

if TYPE_CHECKING:
    from generator.model import Field, Job, Listener, Script

Callback = Callable[..., None]

DEMO_SCRIPT = "care-circuit"
DEMO_LISTENER = {
    "care_object": "my old dog Biscuit",
    "care_object_kind": "animal",
    "care_object_pronoun": "he",
}

_CHOICES: tuple[click.Option, ...] = (
    click.Option(["--length"], metavar="LENGTH", help="15m, 12m30s or natural.  [natural]"),
    click.Option(["--voice"], metavar="NAME", help="Who speaks: see 'meditate voices'.  [joe]"),
    click.Option(
        ["--bed"],
        metavar="NAME|FILE",
        help="drone, brown, none, or a recording of yours.  [the script's own]",
    ),
    click.Option(
        ["--bells"],
        metavar="WHEN",
        help="start, end, sections, 5m, none; with commas.  [as written]",
    ),
    click.Option(["--bell"], metavar="KIND", help="bowl, bowl:3 (strikes), bowl:3:-6 (and dB)."),
    click.Option(["--dry"], is_flag=True, default=None, help="The voice unpolished."),
    click.Option(
        ["--profile"], metavar="NAME", help="personal, podcast, library or sleep.  [personal]"
    ),
    click.Option(["--seed"], type=int, help="Another drone, other bells.  [1]"),
)
_DETAILS: tuple[click.Option, ...] = (
    click.Option(
        ["--listener"],
        metavar="FILE|-",
        help="Answers from a TOML or JSON file, or standard input: they stay out of the shell's"
        " history.",
    ),
    click.Option(["--no-input"], is_flag=True, help="Never ask; leave open what is not given."),
    click.Option(["--json", "as_json"], is_flag=True, help="Print what a program would read."),
)
_DELIVERY: tuple[click.Option, ...] = (
    click.Option(
        ["--for", "label"], metavar="LABEL", help="The listener's folder; a label, not a name."
    ),
    click.Option(["--out"], metavar="FOLDER", help="The folder of it all.  [output]"),
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
        help="A voice on this machine that speaks the whole track when an online one fails.",
    ),
    click.Option(["--cover"], metavar="FILE", help="A JPEG or PNG of yours.  [drawn]"),
    click.Option(["--date"], metavar="DATE", help="YYYY-MM-DD; personal tracks carry none."),
    click.Option(["--play"], is_flag=True, help="Play it when it is done."),
    click.Option(["--quiet"], is_flag=True, help="Print only the path."),
)


_EVERY = (*_CHOICES, *_DETAILS, *_DELIVERY)
_RESERVED = frozenset(
    {
        "help",
        "h",
        "script",
        "callback",
        "self",
        "loop",
        "super",
        "caller",
        "varargs",
        "kwargs",
        "true",
        "false",
        "none",
        "and",
        "or",
        "not",
        "in",
        "is",
        "if",
        "else",
    }
)
"""What click, Jinja and our own callbacks already mean by these."""


def _flags(option: click.Option) -> set[str]:
    """All that an option is called: its flags, and the name its value goes by."""
    return {option.name or "", *option.opts, *option.secondary_opts}


def _bare(flag: str) -> str:
    return flag.lstrip("-").replace("-", "_").lower()


class ScriptCommands(click.Group):
    """Every script is a subcommand, made when it is asked for."""

    def __init__(self, callback: Callback, options: tuple[click.Option, ...], **given: Any) -> None:
        super().__init__(subcommand_metavar="SCRIPT [OPTIONS]...", **given)
        self._each = callback
        self._options = options

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What follows the script's name is left for the script's own command."""
        if args and args[0].startswith("-") and args[0] not in ctx.help_option_names:
            raise UsageError(
                "the script's name comes first, its options after it",
                remedy=f"As in: meditate {self.name} care-circuit {args[0].split('=')[0]} ...",
            )
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All scripts that can be rendered; ``meditate scripts`` says what is wrong with others."""
        from generator.script import frontmatter

        sound: list[str] = []
        with ctx:
            for slug in frontmatter.available(folders().scripts):
                with contextlib.suppress(ScriptError):
                    self.get_command(ctx, slug)
                    sound.append(slug)
        return sound

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The command of one script. Raises UsageError with the nearest name."""
        from generator.script import frontmatter

        with ctx:
            script = frontmatter.load(cmd_name, folders().scripts)
        own = [*map(_option, script.fields), *map(_switch, script.switches)]
        taken = _RESERVED | {_bare(flag) for each in _EVERY for flag in _flags(each)}
        for option in own:
            if taken & {_bare(flag) for flag in _flags(option)}:
                raise ScriptError(
                    f"the field '{option.name}' is called like an option",
                    where=str(script.path),
                    remedy="Give it another name.",
                )
        return click.Command(
            cmd_name,
            params=[*own, *self._options],
            callback=partial(_called, self._each, script),
            help=f"{script.title}\n\n{script.summary}",
            short_help=script.title,
            context_settings={"allow_extra_args": True},
        )


def _option(field: Field) -> click.Option:
    """A field as an option. Its text is checked later, so that no error repeats it."""
    kinds = {
        "text": "TEXT",
        "whole": f"{field.least}..{field.most}",
        "choice": "|".join(field.choices),
    }
    example = f" (e.g. {field.example})" if field.example else ""
    return click.Option(
        [f"--{field.name.replace('_', '-')}", field.name],
        metavar=kinds[field.kind],
        help=f"{field.ask}{example}",
    )


def _switch(name: str) -> click.Option:
    flag = name.replace("_", "-")
    return click.Option(
        [f"--{flag}/--no-{flag}", name], default=None, help=f"The {name.replace('_', ' ')} edition."
    )


def _called(callback: Callback, script: Script, **given: Any) -> None:
    if click.get_current_context().args:
        raise UsageError(
            "there are words that belong to no option", remedy='Put quotes around "several words".'
        )
    callback(script, **given)


def _render(script: Script, **given: Any) -> None:
    from generator.cli import show

    quiet, as_json = given["quiet"], given["as_json"]
    listener = details.listener(script, given)
    job = _job(script, listener, {**given, "listener_files": details.files(given)})
    if given["label"] is None and not quiet and not as_json:
        click.echo(f"label {job.label}; name your own with --for", err=True)
    from generator import pipeline

    consent = details.consent(given)
    with show.progress(quiet=quiet or as_json) as progress:
        try:
            episode = pipeline.render(job, folders(), progress, consent)
        except ServiceError as error:
            raise _resumable(error, job, given) from None
    details.keep(given["save_listener"], listener)
    show.episode(episode, quiet=quiet, as_json=as_json)
    if given["play"]:
        show.play(episode.path)


def _resumable(error: ServiceError, job: Job, given: dict[str, Any]) -> ServiceError:
    """The error with what else is needed for the same command to go on where it stopped."""
    if given["label"] is not None or not job.listener.personal:
        return error
    remedy = f"{error.remedy} Add --for {job.label}, or what was spoken is not found again."
    return ServiceError(error.what, where=error.where, remedy=remedy)


def _plan(script: Script, **given: Any) -> None:
    from generator import pipeline
    from generator.cli import show

    listener = details.listener(script, given)
    job = _job(script, listener, given)
    timeline = pipeline.outline(job, pipeline.cues_of(job))
    leaving = pipeline.leaving(job, [each.phrase for each in timeline.spoken], folders())
    show.plan(job, timeline, leaving, as_json=given["as_json"])


def _job(script: Script, listener: Listener, given: dict[str, Any]) -> Job:
    from dataclasses import fields

    from generator.api import Wishes, job_for

    names = {each.name for each in fields(Wishes)}
    spoken_for = {name: each for name, each in given.items() if name in names and each is not None}
    return job_for(script, listener, Wishes(**spoken_for), folders())


app.add_command(
    ScriptCommands(
        _render,
        _EVERY,
        name="render",
        help="Make one track. Options come after the script's name.",
        short_help="Make one track.",
    )
)
app.add_command(
    ScriptCommands(
        _plan,
        (*_CHOICES, *_DETAILS),
        name="plan",
        help="The timeline of a track without a sound made: times, words, share of silence.",
        short_help="The timeline without a sound made.",
    )
)


@app.command()
@click.option("--play", is_flag=True, help="Play it when it is done.")
@click.option("--json", "as_json", is_flag=True, help="Print what a program would read.")
@click.option("--out", metavar="FOLDER", default="output", help="[output]")
def demo(*, play: bool, as_json: bool, out: str) -> None:
    """The first minute: a personal track with the voice that came along."""
    from generator import personalise, pipeline
    from generator.api import Wishes, job_for
    from generator.cli import show
    from generator.script import load

    script = load(DEMO_SCRIPT, folders().scripts)
    listener = personalise.check(script, DEMO_LISTENER)
    wishes = Wishes(label="demo", out=out, force=True)
    job = job_for(script, listener, wishes, folders())
    with show.progress(quiet=as_json) as progress:
        episode = pipeline.render(job, folders(), progress)
    show.episode(episode, quiet=False, as_json=as_json)
    if play:
        show.play(episode.path)
