"""How far a build is: a bar over all of it, what is under way, and failures as they come."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from generator.model import Step

_SHOWN = 3
"""How many of the tracks under way are named."""


def in_lines(step: Step) -> None:
    """A line for each track that is finished or failed."""
    if step.kind == "made":
        click.echo(f"[{step.done}/{step.of}] {step.path}", err=True)
    elif step.fault:
        click.echo(f"[{step.done}/{step.of}] failed: {step.path}: {step.fault.message}", err=True)


@contextlib.contextmanager
def bars() -> Iterator[Callable[[Step], None]]:
    """A bar for checking, and one for making with the time left as it is learned."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

    columns = (
        *(TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn()),
        TextColumn("{task.fields[left]:<12}{task.fields[now]}", markup=False),
    )
    console = Console(stderr=True)
    tasks: dict[str, TaskID] = {}
    under_way: dict[str, None] = {}

    with Progress(*columns, console=console, transient=True) as shown:

        def tell(step: Step) -> None:
            name = "Checking" if step.kind == "checked" else "Making"
            if name not in tasks:
                tasks[name] = shown.add_task(name, total=step.of, left="", now="")
            if step.kind == "started":
                under_way[step.path] = None
            else:
                under_way.pop(step.path, None)
            if step.fault:
                console.print(
                    f"failed: {step.path}: {step.fault.message}", markup=False, highlight=False
                )
            now = ", ".join(list(under_way)[:_SHOWN])
            left = f"{_clock(step.left_s)} left" if step.left_s else ""
            shown.update(tasks[name], completed=step.done, total=step.of, left=left, now=now)

        yield tell


def _clock(seconds: float) -> str:
    minutes, whole = divmod(round(seconds), 60)
    return (
        f"{minutes // 60}:{minutes % 60:02}:{whole:02}"
        if minutes >= 60
        else f"{minutes}:{whole:02}"
    )
