"""Where the words of a script are written: marks in its tree, before anything is filled."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import nodes

from generator.script.telling import names_in

Mark = Callable[[int, frozenset[str]], str]
"""The mark for a line of the template, and for the names that are read there."""


def locate(tree: nodes.Template, mark: Mark) -> None:
    """Put a mark before every line of words, every value and every cue of a tree."""
    for output in list(tree.find_all(nodes.Output)):
        located: list[nodes.Expr] = []
        for node in output.nodes:
            if isinstance(node, nodes.TemplateData):
                located.append(_lines(node, mark))
            else:
                where = mark(node.lineno, frozenset(names_in(node)))
                located += [nodes.TemplateData(where), node]
        output.nodes = located


def _lines(node: nodes.TemplateData, mark: Mark) -> nodes.TemplateData:
    """The words with a mark before the first of each line."""
    marked: list[str] = []
    for number, line in enumerate(node.data.split("\n"), node.lineno):
        words = line.lstrip()
        blank = line[: len(line) - len(words)]
        marked.append(f"{blank}{mark(number, frozenset())}{words}" if words else line)
    return nodes.TemplateData("\n".join(marked), lineno=node.lineno)
