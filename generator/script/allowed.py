"""What a script may contain: a list of what is allowed, checked before anything is compiled.

Jinja's own sandbox lets a template run for hours or fill the memory; a script needs none of what
makes that possible. Everything not named here is refused with its line.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping

from jinja2 import Environment, TemplateSyntaxError, nodes

from generator.errors import ScriptError, nearest

MAX_DEPTH = 40
MAX_LOOP_DEPTH = 2
MAX_NODES = 20_000

_PLAIN = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Keyword,
)


def parse(
    source: str,
    *,
    where: str,
    first_line: int,
    cues: Mapping[str, Callable[..., object]],
    filters: Collection[str],
    names: Collection[str],
    lists: Collection[str],
) -> nodes.Template:
    """The syntax tree of a body in which everything is allowed.

    ``cues`` may be called, and each call is tried here with its constants, so that a wrong one is
    found even in a branch that is not taken; ``filters`` may be applied, ``names`` read, ``lists``
    gone over. Raises ScriptError naming file and line.
    """
    try:
        tree = Environment(autoescape=False).parse(source)  # noqa: S701  spoken, never a page
    except TemplateSyntaxError as error:
        place = f"{where}:{first_line + error.lineno - 1}"
        raise ScriptError(error.message or "is not a valid script", where=place) from error
    except RecursionError as error:
        raise ScriptError("is nested too deeply", where=where) from error
    _Reader(where, first_line, cues, filters, names, lists).read(tree)
    return tree


class _Reader:
    """Walks a tree once and refuses what is not on the list."""

    def __init__(
        self,
        where: str,
        first_line: int,
        cues: Mapping[str, Callable[..., object]],
        filters: Collection[str],
        names: Collection[str],
        lists: Collection[str],
    ) -> None:
        self._where = where
        self._first_line = first_line
        self._cues = cues
        self._filters = filters
        self._names = names
        self._lists = lists

    def read(self, tree: nodes.Template) -> None:
        seen = 0
        waiting: list[tuple[nodes.Node, int, int, frozenset[str]]] = [(tree, 0, 0, frozenset())]
        while waiting:
            node, depth, loops, turns = waiting.pop()
            seen += 1
            if depth > MAX_DEPTH or seen > MAX_NODES:
                raise self._refused(node, "the script is too long or too deeply nested")
            if isinstance(node, nodes.For):
                loops += 1
                turns = turns | {self._turn(node, loops)}
            children = self._children(node, turns)
            waiting.extend((child, depth + 1, loops, turns) for child in children)

    def _children(self, node: nodes.Node, turns: frozenset[str]) -> Iterator[nodes.Node]:
        """The children still to be read; those a rule has settled are left out."""
        if isinstance(node, nodes.Call):
            self._call(node)
            return iter(())
        if isinstance(node, nodes.For):
            return iter(node.body)
        if isinstance(node, nodes.Name):
            self._name(node, turns)
        elif isinstance(node, nodes.Filter):
            self._filter(node)
            return iter(() if node.node is None else (node.node,))
        elif isinstance(node, nodes.Const):
            self._constant(node)
        elif not isinstance(node, _PLAIN):
            raise self._refused(node, f"'{type(node).__name__}' is not allowed in a script")
        return node.iter_child_nodes()

    def _call(self, node: nodes.Call) -> None:
        if not isinstance(node.node, nodes.Name):
            raise self._refused(node, "only a cue can be called")
        if node.node.name not in self._cues:
            raise self._refused(
                node, f"there is no cue '{node.node.name}'", nearest(node.node.name, self._cues)
            )
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self._refused(node, "a cue takes plain values")
        values = [*node.args, *(keyword.value for keyword in node.kwargs)]
        if not all(isinstance(value, nodes.Const) for value in values):
            raise self._refused(node, f"{node.node.name}() takes constants only")
        self._try(node, node.node.name)

    def _try(self, node: nodes.Call, name: str) -> None:
        cue = self._cues[name]
        args = [value.as_const() for value in node.args]
        named = {keyword.key: keyword.value.as_const() for keyword in node.kwargs}
        try:
            inspect.signature(cue).bind(*args, **named)
        except TypeError as error:
            raise self._refused(node, f"{name}(): {error}") from error
        try:
            cue(*args, **named)
        except ValueError as error:
            raise self._refused(node, str(error)) from error

    def _filter(self, node: nodes.Filter) -> None:
        if node.name not in self._filters:
            raise self._refused(
                node, f"there is no filter '{node.name}'", nearest(node.name, self._filters)
            )
        if isinstance(node.node, nodes.Call):
            raise self._refused(node, "a filter cannot be applied to a cue")
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self._refused(node, f"'{node.name}' takes plain values")
        for value in node.args:
            if not isinstance(value, nodes.Const):
                raise self._refused(node, f"'{node.name}' takes constants only")

    def _name(self, node: nodes.Name, turns: frozenset[str]) -> None:
        if node.name not in self._names and node.name not in turns:
            raise self._refused(
                node, f"there is no field '{node.name}'", nearest(node.name, self._names)
            )

    def _constant(self, node: nodes.Const) -> None:
        if not isinstance(node.value, str | int | float | bool | None):
            raise self._refused(node, "this kind of value is not allowed")

    def _turn(self, node: nodes.For, loops: int) -> str:
        goes_over = node.iter
        if not isinstance(goes_over, nodes.Name) or goes_over.name not in self._lists:
            raise self._refused(node, "a for goes over a list declared in the front matter")
        if not isinstance(node.target, nodes.Name) or node.test or node.else_ or node.recursive:
            raise self._refused(node, "a for is one plain name over one list")
        if loops > MAX_LOOP_DEPTH:
            raise self._refused(node, f"loops are nested more than {MAX_LOOP_DEPTH} deep")
        return node.target.name

    def _refused(self, node: nodes.Node, what: str, remedy: str = "") -> ScriptError:
        line = self._first_line + (node.lineno or 1) - 1
        return ScriptError(what, where=f"{self._where}:{line}", remedy=remedy)
