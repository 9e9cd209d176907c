"""docs/architecture.md tells which room imports from which; so it is, and nothing goes round in a circle."""

import graphlib
import re
from collections import defaultdict
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
ANYWHERE = {"itt", "errors"}
"""The package itself, which holds its version, and errors, which every room raises."""

GRAPH = grimp.build_graph("itt", include_external_packages=True, cache_dir=None)
MODULES = sorted(module for module in GRAPH.modules if module.partition(".")[0] == "itt")


def imports(module):
    return GRAPH.find_modules_directly_imported_by(module)


def room(module):
    """`rollouts` for itt.rollouts.compiled.policy; an algorithm is a room of its own."""
    parts = module.split(".")[1:] or ["itt"]
    return "/".join(parts[:2]) if parts[0] == "algorithms" and len(parts) > 1 else parts[0]


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

    assert sorted(listed) == sorted({*map(room, MODULES), "errors"} - {"itt", "algorithms"})


@pytest.mark.parametrize(("names", "told"), rows(), ids=lambda part: ",".join(part) if isinstance(part, list) else "")
def test_the_table_says_what_each_room_imports(names, told):
    assert set().union(*(walls()[name] for name in names)) - set(names) == told


def test_rooms_import_only_from_rooms_below():
    floors = {name: floor for floor, (names, _) in enumerate(rows()) for name in names}

    upstairs = {
        (name, other) for name, others in walls().items() for other in others if floors.get(name, 0) > floors[other]
    }

    assert upstairs == set()


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

    assert "itt.rollouts.divergence" in imports(readable) & imports(f"{compiled}.player")
    assert not GRAPH.chain_exists(readable, compiled, as_packages=True)
