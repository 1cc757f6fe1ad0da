"""What a script says because of what a detail is, and so tells it without speaking it.

``{% if age == 41 %}`` reads the value; ``{% if age %}`` asks only whether there is one, and a
choice is one of a few words that the author wrote. What is said under the first goes where the
detail goes: to the listener's own folder, and into no chapter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from jinja2 import nodes


def tells(node: nodes.If, details: Collection[str]) -> bool:
    """Whether one of these details decides by its value what an ``if`` says."""
    return any(_reads(each.test, details) for each in (node, *node.elif_))


def _reads(expression: nodes.Node, details: Collection[str]) -> bool:
    waiting = [(expression, False)]
    while waiting:
        node, by_value = waiting.pop()
        if by_value and isinstance(node, nodes.Name) and node.name in details:
            return True
        inside = by_value or isinstance(node, nodes.Compare | nodes.Filter)
        waiting += [(each, inside) for each in node.iter_child_nodes()]
    return False


def names_in(expression: nodes.Node) -> Iterator[str]:
    """Every name an expression reads."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, nodes.Name):
            yield node.name
        waiting += node.iter_child_nodes()


def enclose(tree: nodes.Template, details: Collection[str], begin: str, end: str) -> None:
    """Put two marks around everything in a tree that tells one of these details."""
    tree.body = list(_enclosed(tree.body, details, begin, end))


def _enclosed(
    body: list[nodes.Node], details: Collection[str], begin: str, end: str
) -> Iterator[nodes.Node]:
    first, last = nodes.TemplateData(begin), nodes.TemplateData(end)
    for node in body:
        if isinstance(node, nodes.Output):
            node.nodes = [
                each
                for said in node.nodes
                for each in ((first, said, last) if _reads(said, details) else (said,))
            ]
        elif isinstance(node, nodes.If | nodes.For):
            for each in (node, *(node.elif_ if isinstance(node, nodes.If) else ())):
                each.body = list(_enclosed(each.body, details, begin, end))
            node.else_ = list(_enclosed(node.else_, details, begin, end))
        telling = isinstance(node, nodes.If) and tells(node, details)
        yield from (nodes.Output([first]), node, nodes.Output([last])) if telling else (node,)
