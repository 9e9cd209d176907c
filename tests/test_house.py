"""docs/architecture.md tells which room imports from which; so it is, and nothing goes round in a circle."""

import ast
import graphlib
import re
from collections import defaultdict
from pathlib import Path

import grimp
import pytest

from itt import algorithms

ROOT = Path(__file__).parents[1]
ANYWHERE = {"itt", "errors"}
"""The package itself, which holds its version, and errors, which every room raises."""

GRAPH = grimp.build_graph("itt", include_external_packages=True, cache_dir=None)
MODULES = sorted(module for module in GRAPH.modules if module.partition(".")[0] == "itt")


def imports(module):
    return GRAPH.find_modules_directly_imported_by(module)


def room(module):
    """`rollouts` for itt.rollouts.compiled.policy; an algorithm is a room of its own, and so are its settings."""
    parts = module.split(".")[1:] or ["itt"]
    if parts[0] != "algorithms":
        return parts[0]
    return "/".join(parts[: 3 if parts[2:3] == ["settings"] else 2])


def rows():
    """The table of the document: (rooms of the row, rooms that they import from), from top to bottom."""
    table = (
        (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Rooms")[2].partition("\n\n##")[0]
    )
    cells = [line.split("|")[1:4] for line in table.splitlines() if line.startswith("| `")]
    return [(re.findall("`([^`]+)`", first), set(re.findall("`([^`]+)`", last))) for first, _, last in cells]


def walls():
    """What each room imports from other rooms."""
    found = defaultdict(set)
    for module in MODULES:
        found[room(module)] |= {room(other) for other in imports(module) if other in MODULES}
    return {name: others - {name} - ANYWHERE for name, others in found.items()}


def test_every_room_stands_in_the_table_once():
    listed = [name for names, _ in rows() for name in names]

    assert sorted(listed) == sorted({*map(room, MODULES), "errors"} - {"itt"})


@pytest.mark.parametrize(("names", "told"), rows(), ids=lambda part: ",".join(part) if isinstance(part, list) else "")
def test_the_table_says_what_each_room_imports(names, told):
    assert set().union(*(walls()[name] for name in names)) - set(names) == told


def test_rooms_import_only_from_rooms_below():
    floors = {name: floor for floor, (names, _) in enumerate(rows()) for name in names}

    upstairs = {
        (name, other) for name, others in walls().items() for other in others if floors.get(name, 0) > floors[other]
    }

    assert upstairs == set()


KNOW_AN_ALGORITHM = {"policies", "candidates", "rollouts", "overview", "theory", "bench"}
"""Rooms that only evolution strategies need, and bench: docs/architecture.md says so."""
ALGORITHMS = {method.algorithm for method in algorithms.METHODS.values()}


def test_only_its_own_rooms_import_an_algorithm():
    users = {name for name, others in walls().items() if any(other.startswith("algorithms/") for other in others)}

    assert {name for name in users if not name.startswith("algorithms/")} == KNOW_AN_ALGORITHM


def words(file):
    """The texts in a Python file that are no docstrings, and what stands before a slash in them."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in prose]
    return {part for text in texts if isinstance(text, str) for part in (text, text.partition("/")[0])}


GENERAL = [
    file
    for file in sorted((ROOT / "itt").rglob("*.py"))
    if file.relative_to(ROOT / "itt").parts[0].removesuffix(".py") not in KNOW_AN_ALGORITHM | {"algorithms"}
]


@pytest.mark.parametrize("file", GENERAL, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_general_room_knows_an_algorithm_by_name(file):
    assert words(file) & ALGORITHMS == set()


def test_no_modules_import_each_other_in_a_circle():
    graph = {module: {other for other in imports(module) if other in MODULES} for module in MODULES}

    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize(
    ("package", "where"),
    [
        ("mpi4py", "ranks"),
        ("pandas", "analysis"),
        ("seaborn", "analysis"),
        ("jinja2", "report"),
        ("rocrate", "archive"),
        ("torch", "policies/torch_policy|rollouts/reference|networks|algorithms/sac|bench/learning_job"),
        ("llvmlite", "native|rollouts/compiled/library"),
        ("numba", "native|rollouts/compiled/(generator|library)"),
    ],
)
def test_a_package_is_imported_only_where_the_document_says(package, where):
    users = {module.replace(".", "/") for module in MODULES if package in imports(module)}

    assert users
    assert {user for user in users if not re.match(f"itt/({where})(/|$)", user)} == set()


def test_the_readable_engine_imports_nothing_of_the_compiled_one():
    readable, compiled = "itt.rollouts.reference", "itt.rollouts.compiled"

    assert "itt.envs.divergence" in imports(readable) & imports(f"{compiled}.player")
    assert not GRAPH.chain_exists(readable, compiled, as_packages=True)
