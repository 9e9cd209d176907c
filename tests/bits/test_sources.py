"""Nothing that enters theta, a choice or what theory measures asks for what has other bits on another CPU.

docs/architecture.md has the list. Soft actor-critic is no part of this: its products are torch's.
"""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "itt"
ROOMS = (
    "algorithms/es",
    "candidates",
    "envs",
    "linear",
    "policies",
    "rollouts",
    "theory",
    "observations.py",
    "seeding.py",
)
SOURCES = sorted(path for room in ROOMS for path in [PACKAGE / room, *(PACKAGE / room).rglob("*.py")] if path.is_file())
PRODUCTS = {"dot", "vdot", "inner", "matmul", "tensordot", "linalg", "corrcoef", "cov", "polyfit"}
FUNCTIONS = {
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "power", "float_power", "cbrt", "tan", "tanh",
    "sinh", "cosh", "arccos", "arcsin", "arctan", "arctan2", "arcsinh", "arccosh", "arctanh", "vector_norm",
}  # fmt: skip
UNSTABLE = {"argsort", "argpartition"}
ALLOWED = {
    ("candidates/feature_tree.py", "np.exp"),  # of float32, which is the same for every number with AVX2 and AVX-512
    ("envs/dm_control_bits.py", "np.linalg"),  # handed on where it is not asked for the length of a vector
    ("rollouts/compiled/projections.py", "argsort"),  # of numbers that are all different
}


def found(source):
    """What a file asks for, as (its place, line)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
            yield "@", node.lineno
        if isinstance(node, ast.Attribute):
            library = node.value.id if isinstance(node.value, ast.Name) else ""
            if library in ("np", "torch", "nn", "functional") and node.attr in PRODUCTS | FUNCTIONS:
                yield f"{library}.{node.attr}", node.lineno
            if library == "nn" and node.attr in ("Tanh", "Sigmoid", "Softmax"):
                yield f"nn.{node.attr}", node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            stable = any(k.arg == "kind" and ast.unparse(k.value) == "'stable'" for k in node.keywords)
            if node.func.attr in UNSTABLE and not stable:
                yield node.func.attr, node.lineno
            if node.func.attr == "dot":
                yield "dot", node.lineno


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_source_asks_for_what_a_cpu_changes(path):
    place = str(path.relative_to(PACKAGE))
    assert [(what, line) for what, line in found(path.read_text()) if (place, what) not in ALLOWED] == []


@pytest.mark.parametrize(
    "line", ["a @ b", "a.dot(b)", "np.linalg.norm(a)", "np.exp(a)", "a.argsort()", "np.argsort(a)", "nn.Tanh()"]
)
def test_what_is_looked_for_is_found(line):
    assert list(found(line))


def test_each_exception_is_needed():
    assert {
        (place, what) for place, what in ALLOWED for name, _ in found((PACKAGE / place).read_text()) if name == what
    } == ALLOWED
