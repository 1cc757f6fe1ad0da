"""The porch: flags read, rooms called, results printed, errors turned into exit codes.

Imports nothing but click until a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from generator.system import Folders

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--scripts",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of your own scripts, looked through first.",
)
@click.option(
    "--voices",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of your own voice files, looked through first.",
)
@click.version_option(package_name="meditation-generator", prog_name="meditate")
def app(scripts: Path | None, voices: Path | None) -> None:
    """Make guided meditations for one person: a script, a voice, a finished MP3."""


def folders() -> Folders:
    """The folders in force for this call, the user's own first."""
    from generator import system

    chosen = click.get_current_context().find_root().params
    return system.folders(chosen.get("scripts"), chosen.get("voices"))


def document(content: object) -> None:
    """Print JSON for a program to read."""
    import json

    text = json.dumps(content, indent=2, ensure_ascii=False)
    # What is no text in the name of a file becomes an escape that JSON knows.
    click.echo(text.encode("utf-8", "backslashreplace").decode())


def main() -> NoReturn:
    """Run the command line and leave with its exit code.

    0 done, 1 failed, 2 wrong use, 3 a check not met.
    """
    from generator import system
    from generator.errors import MeditationError, fault

    _join_commands()
    _open_streams()
    system.no_core_dumps()
    os.umask(0o077)  # what is half made is as private as what will be made of it
    system.unwind_on_terminate()
    try:
        code = app.main(prog_name="meditate", standalone_mode=False)
        sys.stdout.flush()
        # Not by way of Python's own end: a signal that comes then makes what is done look killed.
        _leave("", code if isinstance(code, int) else 0)
    except MeditationError as error:
        _leave(str(error), error.exit_code)
    except click.ClickException as error:
        _leave(error.format_message(), error.exit_code)
    except system.Terminated as ended:
        _leave("stopped; nothing half-made was left behind", 128 + ended.number)
    except (KeyboardInterrupt, click.Abort):
        _leave("stopped; nothing half-made was left behind", INTERRUPTED)
    except BrokenPipeError:
        _leave("", 1)
    except OSError as error:
        _leave(f"what was to be printed or read could not be ({error.strerror})", 1)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001  a traceback could show what a listener told us
        _leave(str(fault(error)), 1)


def _join_commands() -> None:
    """Have every module's commands join the group."""
    from generator.cli import (  # noqa: F401
        author,
        beds,
        build,
        check,
        courses,
        keep,
        look,
        make,
        prove,
        publish,
        record,
        roster,
        serve,
        voices,
    )


def _open_streams() -> None:
    """Give every standard stream that was closed somewhere to go."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115  until the process ends


def _leave(message: str, code: int) -> NoReturn:
    """Say it and go, without waiting for threads or libraries to wind down."""
    if message:
        click.echo(f"meditate: {message}", err=True)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            continue
    os._exit(code)
