"""What a script may contain: a list of what is allowed, checked before anything is compiled.

Jinja's own sandbox lets a template run for hours or fill the memory; a script needs none of what
makes that possible. Everything not named here is refused with its line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from generator.errors import ScriptError, nearest
from generator.model import Answer
from generator.sayable import markup_in
from generator.script.bounds import Budget, has_unsayable
from generator.script.names import JINJA
from generator.script.telling import names_in, tells
from generator.script.vocabulary import Vocabulary

MAX_DEPTH = 40
MAX_LOOP_DEPTH = 2
MAX_COMPLAINT = 240
MAX_BRANCHES = 60
"""Of one ``if``: Python compiles every ``elif`` inside the one before."""
FILTER_NODES = 20
"""A filter costs as much as so many nodes."""

_PLAIN = (
    nodes.Template,
    nodes.Output,
    nodes.If,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Keyword,
)


_OUTLASTING = frozenset({"chapter", "pace", "part"})
"""Cues that reach further than their branch: into tags, or into phrases everybody shares."""
_ORDER = frozenset({"lt", "lteq", "gt", "gteq"})


def parse(
    source: str, known: Vocabulary, budget: Budget, *, where: str, first_line: int
) -> nodes.Template:
    """The syntax tree of a body in which everything is allowed.

    Each call and each filter is tried here with its constants, so that a wrong one is found even in
    a branch that is not taken; all of it is paid for from the ``budget``. Raises ScriptError naming
    file and line.
    """
    tree = tree_of(source, where, first_line)
    _Reader(known, budget, where, first_line).read(tree)
    return tree


def tree_of(source: str, where: str, first_line: int) -> nodes.Template:
    """The syntax tree of a body, whatever is in it. Raises ScriptError naming file and line."""

    def refused(what: str, line: int) -> ScriptError:
        return ScriptError(_one_line(what), where=f"{where}:{first_line + line - 1}")

    try:
        parser = Parser(Environment(autoescape=False), source)  # noqa: S701  spoken, never a page
        try:
            return parser.parse()
        except RecursionError:
            raise refused("is nested too deeply", parser.stream.current.lineno) from None
        except ValueError:
            raise refused("has a number nobody can say", parser.stream.current.lineno) from None
    except TemplateSyntaxError as error:
        raise refused(error.message or "is not a valid script", error.lineno) from error


def _one_line(what: str) -> str:
    """What is wrong, however long and over however many lines the author's own words in it are."""
    return " ".join(what.split())[:MAX_COMPLAINT]


def _is_fraction(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Const):
        return isinstance(node.value, float)
    return isinstance(node, nodes.Name) and node.name == "length_minutes"


class _Place(NamedTuple):
    """Where in the tree a node stands."""

    depth: int = 0
    spoken: bool = False
    """Whether it is what a ``{{ … }}`` puts out: the only place for a cue."""
    loops: int = 0
    times: int = 1
    """How often the loops around it go over it."""
    turns: Mapping[str, Sequence[Answer]] = MappingProxyType({})
    """The names those loops give, and what they go over."""
    telling: bool = False
    """Whether a detail decides by its value that it is said."""


class _Reader:
    """Walks a tree once and refuses what is not on the list."""

    def __init__(self, known: Vocabulary, budget: Budget, where: str, first_line: int) -> None:
        self._known = known
        self._budget = budget
        self._where = where
        self._first_line = first_line

    def read(self, tree: nodes.Template) -> None:
        waiting: list[tuple[nodes.Node, _Place]] = [(tree, _Place())]
        while waiting:
            node, place = waiting.pop()
            cost = FILTER_NODES if isinstance(node, nodes.Filter) else 1
            self._budget.nodes -= cost * place.times
            if place.depth > MAX_DEPTH or self._budget.nodes < 0:
                raise self._refused(node, "the script is too long or too deeply nested")
            children = self._children(node, place)
            place = self._inside(node, place)
            waiting.extend((child, place) for child in children)

    def _children(self, node: nodes.Node, place: _Place) -> Iterator[nodes.Node]:
        """The children still to be read; those a rule has settled are left out."""
        if isinstance(node, nodes.Call):
            self._call(node, place)
            return iter(())
        if isinstance(node, nodes.For):
            return iter(node.body)
        if place.spoken and _is_fraction(node):
            raise self._refused(node, "a number with a point is not spoken; write it in words")
        if isinstance(node, nodes.Name):
            self._name(node, place.turns.keys())
        elif isinstance(node, nodes.Filter):
            self._filter(node, place.turns)
            return iter(() if node.node is None else (node.node,))
        elif isinstance(node, nodes.Compare):
            self._compare(node)
        elif isinstance(node, nodes.Const | nodes.TemplateData):
            self._words(node)
        elif isinstance(node, nodes.If) and len(node.elif_) > MAX_BRANCHES:
            raise self._refused(node, f"an if has more than {MAX_BRANCHES} branches")
        elif not isinstance(node, _PLAIN):
            raise self._refused(node, f"'{type(node).__name__}' is not allowed in a script")
        return node.iter_child_nodes()

    def _inside(self, node: nodes.Node, place: _Place) -> _Place:
        """The place of the children of a node."""
        place = place._replace(depth=place.depth + 1, spoken=isinstance(node, nodes.Output))
        if isinstance(node, nodes.If) and tells(node, self._known.details):
            return place._replace(telling=True)
        return self._loop(node, place) if isinstance(node, nodes.For) else place

    def _call(self, node: nodes.Call, place: _Place) -> None:
        if not isinstance(node.node, nodes.Name):
            raise self._refused(node, "only a cue can be called")
        if node.node.name not in self._known.cues:
            raise self._refused(
                node,
                f"there is no cue '{node.node.name}'",
                nearest(node.node.name, self._known.cues),
            )
        if not place.spoken:
            raise self._refused(node, "a cue stands alone between {{ and }}")
        if place.telling and node.node.name in _OUTLASTING:
            raise self._refused(
                node,
                f"{node.node.name}() would tell what a detail is",
                "Take it out of the if that compares a detail; {% if field %} alone may hold it.",
            )
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self._refused(node, "a cue takes plain values")
        self._constants(node, f"{node.node.name}()")
        keys = [keyword.key for keyword in node.kwargs]
        if len(set(keys)) < len(keys):
            raise self._refused(node, f"{node.node.name}() has the same argument twice")
        self._try(node, node.node.name)

    def _constants(self, node: nodes.Call | nodes.Filter, name: str) -> None:
        for value in (*node.args, *(keyword.value for keyword in node.kwargs)):
            plain = value.node if isinstance(value, nodes.Neg) else value
            if not isinstance(plain, nodes.Const):
                raise self._refused(node, f"{name} takes constants only")
            self._constant(plain)
            if plain is not value and type(plain.value) not in (int, float):
                raise self._refused(node, "only a number has a minus before it")

    def _try(self, node: nodes.Call, name: str) -> None:
        args = [value.as_const() for value in node.args]
        named = {keyword.key: keyword.value.as_const() for keyword in node.kwargs}
        try:
            self._known.try_cue(name, args, named)
        except ValueError as error:
            raise self._refused(node, str(error)) from error

    def _filter(self, node: nodes.Filter, turns: Mapping[str, Sequence[Answer]]) -> None:
        if node.name not in self._known.filters:
            raise self._refused(
                node, f"there is no filter '{node.name}'", nearest(node.name, self._known.filters)
            )
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self._refused(node, f"'{node.name}' takes plain values")
        self._constants(node, f"'{node.name}'")
        args = tuple(value.as_const() for value in node.args)
        for value in args:
            self._spoken(node, value)
        values: Sequence[object] = ()
        if isinstance(node.node, nodes.Const):
            values = (node.node.value,)
        elif isinstance(node.node, nodes.Name):
            values = turns.get(node.node.name) or self._known.samples(node.node.name)
        try:
            self._known.try_filter(node.name, args, values)
        except ValueError as error:
            raise self._refused(node, str(error)) from error

    def _name(self, node: nodes.Name, turns: Collection[str]) -> None:
        if node.name not in self._known.names and node.name not in turns:
            raise self._refused(
                node, f"there is no field '{node.name}'", nearest(node.name, self._known.names)
            )

    def _compare(self, node: nodes.Compare) -> None:
        if not any(operand.op in _ORDER for operand in node.ops):
            return
        for field in filter(None, map(self._known.fields.get, names_in(node))):
            if field.kind != "whole":
                raise self._refused(
                    node, f"'{field.name}' is a text, and only numbers are compared"
                )

    def _constant(self, node: nodes.Const) -> None:
        if not isinstance(node.value, str | int | float | bool | None):
            raise self._refused(node, "this kind of value is not allowed")
        if isinstance(node.value, str) and has_unsayable(node.value):
            raise self._refused(node, "a text has a character that cannot be spoken")

    def _words(self, node: nodes.Const | nodes.TemplateData) -> None:
        if isinstance(node, nodes.Const):
            self._constant(node)
        self._spoken(node, node.as_const())

    def _spoken(self, node: nodes.Node, words: object) -> None:
        if isinstance(words, str) and (sign := markup_in(words)):
            raise self._refused(
                node,
                f"'{sign[0]}' would be read aloud",
                "A pause is written {{ pause(3) }}; no sign changes how a voice speaks.",
                below=words.count("\n", 0, sign.start()),
            )

    def _loop(self, node: nodes.For, place: _Place) -> _Place:
        goes_over = node.iter
        if not isinstance(goes_over, nodes.Name) or goes_over.name not in self._known.lists:
            raise self._refused(node, "a for goes over a list declared in the front matter")
        if not isinstance(node.target, nodes.Name) or node.test or node.else_ or node.recursive:
            raise self._refused(node, "a for is one plain name over one list")
        if node.target.name in self._known.cues or node.target.name in JINJA:
            raise self._refused(node, f"'{node.target.name}' has a meaning already")
        if place.loops == MAX_LOOP_DEPTH:
            raise self._refused(node, f"loops are nested more than {MAX_LOOP_DEPTH} deep")
        return place._replace(
            loops=place.loops + 1,
            times=place.times * len(self._known.lists[goes_over.name]),
            turns={**place.turns, node.target.name: self._known.lists[goes_over.name]},
        )

    def _refused(
        self, node: nodes.Node, what: str, remedy: str = "", *, below: int = 0
    ) -> ScriptError:
        """The error, ``below`` the line on which the node begins by so many."""
        lines = (each.lineno for each in chain((node,), node.find_all(nodes.Node)))
        line = self._first_line + next(filter(None, lines), 1) - 1 + below
        return ScriptError(_one_line(what), where=f"{self._where}:{line}", remedy=remedy)
