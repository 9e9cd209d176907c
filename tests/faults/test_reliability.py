"""docs/reliability.md is about tests that there are."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (.+) \| .+ \| `([\w/]+\.py)::(\w+)` \|$", (ROOT / "docs/reliability.md").read_text(encoding="utf-8"), re.M
)


def marks(path, name):
    """The source of a test's decorators and of its file's `pytestmark`; None where there is no such test."""
    for node in (tree := ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            whole = [one for one in tree.body if isinstance(one, ast.Assign) and one.targets[0].id == "pytestmark"]
            return " ".join(map(ast.unparse, [*node.decorator_list, *whole]))
    return None


def test_there_are_at_least_thirty_faults_and_each_stands_there_once():
    assert len({(fault, name) for fault, _, name in ROWS}) == len(ROWS) >= 30


@pytest.mark.parametrize(("path", "name"), sorted({row[1:] for row in ROWS}))
def test_each_row_is_a_test_that_is_marked(path, name):
    assert "pytest.mark.fault" in (marks(path, name) or "no such test")
