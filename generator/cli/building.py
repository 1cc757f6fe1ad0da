"""How far a build is: a bar over all of it, what is under way, and failures as they come."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from generator.audio import clock, to_frames

if TYPE_CHECKING:
    from generator.model import Step

_BAR_COLUMNS = 20
"""So wide that a track's name has room beside it on a terminal of eighty."""


def in_lines(step: Step) -> None:
    """A line for each track that is finished or failed."""
    if step.kind == "made":
        click.echo(f"[{step.done}/{step.of}] {step.path}", err=True)
    elif step.fault:
        click.echo(f"[{step.done}/{step.of}] {_failed(step)}", err=True)


@contextlib.contextmanager
def bars() -> Iterator[Callable[[Step], None]]:
    """A bar for checking, and then one for making with the time left as it is learned."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
    from rich.table import Column

    columns = (
        TextColumn("{task.description}"),
        BarColumn(_BAR_COLUMNS),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}", markup=False, table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[now]}", markup=False, table_column=Column(ratio=1, no_wrap=True)),
    )
    console = Console(stderr=True)
    tasks: dict[str, TaskID] = {}
    under_way: dict[str, None] = {}

    with Progress(*columns, console=console, transient=True, expand=True) as shown:

        def tell(step: Step) -> None:
            name = "Checking" if step.kind == "checked" else "Making"
            if name not in tasks:
                for done in tasks.values():
                    shown.update(done, visible=False)
                tasks[name] = shown.add_task(name, total=step.of, left="", now="")
            if step.kind == "started":
                under_way[step.path] = None
            else:
                under_way.pop(step.path, None)
            if step.fault:
                console.print(_failed(step), markup=False, highlight=False)
            left = _Left(time.monotonic() + step.left_s) if step.left_s else ""
            now = next(iter(under_way), "")
            shown.update(tasks[name], completed=step.done, total=step.of, left=left, now=now)

        yield tell


@dataclass(frozen=True)
class _Left:
    """The time until then, told anew whenever it is shown: a track may be long under way."""

    until_s: float

    def __str__(self) -> str:
        left_s = max(0.0, self.until_s - time.monotonic())
        return f"{clock(to_frames(left_s))} left"


def _failed(step: Step) -> str:
    return f"failed: {step.path}: {step.fault.message}" if step.fault else ""
