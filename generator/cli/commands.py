"""A script as a command: its own fields become options, beside those that every script has."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from generator.cli import folders
from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.model import Field, Script

Callback = Callable[..., None]


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
                remedy=f"As in: {ctx.command_path} care-circuit {args[0].split('=')[0]} ...",
            )
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All scripts that can be rendered; ``meditate scripts`` says what is wrong with others."""
        from generator.script import survey

        with ctx:
            sound, _broken = survey(folders().scripts)
        return [script.slug for script in sound]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The command of one script. Raises UsageError with the nearest name."""
        from generator.script import frontmatter

        with ctx:
            script = frontmatter.load(cmd_name, folders().scripts)
        own = [*map(_option, script.fields), *map(_switch, script.switches)]
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


_SWITCHES = {
    "gentle": "Softer: nothing that could stir too much.  [on without details]",
    "check_in": "Asks for a number from zero to ten, before and after.",
    "speak_aloud": "Invites to say the phrases aloud.",
}


def _switch(name: str) -> click.Option:
    flag = name.replace("_", "-")
    told = _SWITCHES.get(name, f"The script's own choice '{name.replace('_', ' ')}'.")
    return click.Option([f"--{flag}/--no-{flag}", name], default=None, help=told)


def _called(callback: Callback, script: Script, **given: Any) -> None:
    if click.get_current_context().args:
        raise UsageError(
            "there are words that belong to no option", remedy='Put quotes around "several words".'
        )
    callback(script, **given)
