"""What a script's text says of itself, nothing filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.model import Script, Usage
from generator.script.bounds import in_time
from generator.script.table import Source

if TYPE_CHECKING:
    from jinja2 import nodes


def usage(script: Script, text: str) -> Usage:
    """What the body of a script reads, and where its front matter says what; ``text`` is its file.

    Raises ScriptError naming file and line.
    """
    from generator.script.allowed import tree_of
    from generator.script.telling import names_in

    with in_time(script.path):
        body = tree_of(script.body, str(script.path), script.body_line)
        parts = [tree_of(part, f"parts/{slug}.j2", 1) for slug, part in script.parts.items()]
        minutes = {each for tree in (body, *parts) for each in _minutes(tree)}
        names = frozenset(names_in(body))
    front = "\n".join(text.split("\n")[1 : script.body_line - 2])
    return Usage(names, tuple(sorted(minutes)), Source(script.path, front).lines())


def _minutes(tree: nodes.Template) -> Iterator[float]:
    """Every number that the length is compared with."""
    from jinja2 import nodes

    for compare in tree.find_all(nodes.Compare):
        if "length_minutes" in {each.name for each in compare.find_all(nodes.Name)}:
            for each in compare.find_all(nodes.Const):
                if isinstance(each.value, int | float) and not isinstance(each.value, bool):
                    yield float(each.value)
