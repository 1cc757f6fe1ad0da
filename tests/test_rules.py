"""docs/rules.md, held against the tests that it names and that name its rules."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RULES = (HERE.parent / "docs" / "rules.md").read_text("utf-8")
PLATFORMS = (HERE.parent / "docs" / "platforms.md").read_text("utf-8")
ID = re.compile(r"\b(?:MP3|ID3|CHAP|CTOC|RSS|CH|IT|ART|HTTP|TR|CJ)-\d+\b")
ROWS = {
    cells[0]: cells[1:]
    for line in RULES.splitlines()
    if line.startswith("| ") and ID.fullmatch((cells := line.strip("| ").split(" | "))[0])
}


def named() -> dict[str, set[str]]:
    """The rules that each test names, in its docstring."""
    found = {}
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = set(ID.findall(ast.get_docstring(node) or ""))
                found[f"{path.stem}.{node.name}"] = said
    return found


NAMED = named()


def test_every_rule_stands_there_once_with_all_there_is_to_say() -> None:
    assert len(ROWS) == len(re.findall(r"(?m)^\| [A-Z0-9]+-\d+ ", RULES)) > 90
    assert all(len(cells) == 3 and all(cells) for cells in ROWS.values())


def test_no_test_names_a_rule_that_is_not_there() -> None:
    known = ROWS.keys() | set(ID.findall(PLATFORMS))
    for path in HERE.glob("*.py"):
        assert set(ID.findall(path.read_text("utf-8"))) <= known, path.name


@pytest.mark.parametrize("rule", ROWS)
def test_a_rule_names_a_test_that_is_there(rule: str) -> None:
    tests = re.findall(r"`([\w.]+)`", ROWS[rule][2])
    assert tests or ROWS[rule][2] == "–"
    for each in tests:
        assert each in NAMED
        assert not each.startswith("test_feed.") or rule in NAMED[each]


@pytest.mark.parametrize("rule", [each for each in ROWS if re.match("RSS|CH-|IT", each)])
def test_a_rule_of_feeds_is_named_by_a_test(rule: str) -> None:
    assert any(rule in rules for rules in NAMED.values())
