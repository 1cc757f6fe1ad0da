"""A listener's answers: from a file, from options, from questions on a terminal; and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli import folders
from generator.errors import ConsentError, UsageError

if TYPE_CHECKING:
    from generator.model import Field, Listener, Phrase, Script, Voice


_TRACK_ENDINGS = (".mp3", ".vtt", ".timeline.json")
"""What renders make and replace: answers called so would be lost, or a track would be."""


def listener(script: Script, given: dict[str, Any]) -> Listener:
    """The answers: from the file, over them the options, then what is asked on a terminal."""
    from generator import personalise

    source = given["listener"]
    supplied: dict[str, object] = {}
    if source is not None:
        supplied = personalise.read_listener(None if source == "-" else Path(source))
    names = [*(field.name for field in script.fields), *script.switches]
    supplied |= {name: given[name] for name in names if given[name] is not None}
    elsewhere = _every_field() if source is not None else ()
    listener = personalise.check(script, supplied, elsewhere=elsewhere)
    if source is None and not given["no_input"] and not given["as_json"] and on_terminal():
        for field in script.fields:
            if field.name not in supplied and not _idle(field, script, supplied):
                answer = _ask(field, script.language)
                supplied |= {} if answer is None else {field.name: answer}
        listener = personalise.check(script, supplied)
    _check_name(given["save_listener"], listener)
    return listener


def _check_name(kept: str | None, listener: Listener) -> None:
    """Raise UsageError when the file the answers go to is called like one of them."""
    from generator import personalise

    if kept and personalise.reveals(Path(kept).name.removesuffix(".toml"), listener):
        raise UsageError(
            "the file's name contains one of the listener's details",
            where="--save-listener",
            remedy="Choose one that says nothing about them.",
        )


def _idle(field: Field, script: Script, supplied: Mapping[str, object]) -> bool:
    """Whether a question is about an answer that was left open: the pronoun of nobody."""
    return any(
        field.name.startswith(f"{other.name}_") and other.name not in supplied
        for other in script.fields
    )


def _ask(field: Field, language: str) -> object:
    """The answer to one question, or None when it is left open; asked again until it will do."""
    from generator import personalise
    from generator.errors import DetailError

    hint = f" ({'/'.join(field.choices)})" if field.choices else ""
    while True:
        answer = click.prompt(
            f"{field.ask}{hint}\n  Enter leaves it open", default="", show_default=False, err=True
        )
        if not answer.strip():
            return None
        try:
            return personalise.checked(field, answer, language)
        except DetailError as error:
            click.echo(f"  {error}", err=True)


def consent(given: dict[str, Any]) -> Callable[[Voice, tuple[Phrase, ...]], bool]:
    """Asks on a terminal whether words may leave this machine; elsewhere an option must say so."""

    def agreed(voice: Voice, phrases: tuple[Phrase, ...]) -> bool:
        if given["consent_online"]:
            return True
        if given["no_input"] or given["as_json"] or not on_terminal():
            return False
        personal = sum(phrase.personal for phrase in phrases)
        telling = f", {personal} of them with the listener's own details" if personal else ""
        count = "1 sentence" if len(phrases) == 1 else f"{len(phrases)} sentences"
        click.echo(
            f"{voice.name} is an online voice: {count}{telling}, would leave this"
            f" machine for {voice.sends_to} ({voice.narrator}). 'meditate plan' lists them.",
            err=True,
        )
        if click.confirm("Did the listener agree to that?", default=False, err=True):
            return True
        raise ConsentError("nothing was sent and nothing was made", where=f"voice {voice.name}")

    return agreed


def on_terminal() -> bool:
    """Whether there is somebody to ask."""
    import sys

    return sys.stdin.isatty() and sys.stderr.isatty()


def _every_field() -> set[str]:
    """Names of all fields and switches of all sound scripts: one listener file may serve many."""
    from generator.script import survey

    sound, _broken = survey(folders().scripts)
    every: set[str] = set()
    for script in sound:
        every |= {field.name for field in script.fields} | set(script.switches)
    return every


def files(given: dict[str, Any]) -> tuple[Path, ...]:
    """The files that hold the answers, or will: neither standard input nor a pipe is one.

    Raises UsageError when the answers may not be kept where they are to be.
    """
    source, kept = given["listener"], given["save_listener"]
    read = [Path(source).resolve()] if source not in (None, "-") else []
    return (*(path for path in read if path.is_file()), *_to_keep(kept, force=given["force"]))


def _to_keep(name: str | None, *, force: bool) -> tuple[Path, ...]:
    from generator import shelf

    if name is None:
        return ()
    path = shelf.checked_place(name, "--save-listener")
    if path.name.casefold().endswith(_TRACK_ENDINGS):
        raise UsageError(
            "is called like a track, or what lies beside one",
            where=str(path),
            remedy="Call it as in: answers.toml",
        )
    if not path.parent.is_dir():
        raise UsageError("there is no such folder", where=str(path.parent), remedy="Make it first.")
    _check_free(path, force=force)
    return (path,)


def _check_free(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise UsageError("is a folder", where=str(path), remedy="Name a file in it.")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError("is no plain file", where=str(path), remedy="Name another.")
    if path.exists() and not force:
        raise _taken(path)


def _taken(path: Path) -> UsageError:
    return UsageError("exists already", where=str(path), remedy="Use --force to replace it.")


def keep(name: str | None, listener: Listener) -> None:
    """Write the answers as a listener file, if a place for it was named.

    Looked at again: between the question and now a track was made. Raises UsageError when
    something has come to lie there that is not to be replaced.
    """
    from generator import personalise, system

    if name is None:
        return
    path, force = Path(name), click.get_current_context().params["force"]
    content = personalise.listener_toml(listener).encode()
    _check_free(path, force=force)
    if force:
        system.write_whole(path, content)
    elif not system.write_once(path, content):
        raise _taken(path)
