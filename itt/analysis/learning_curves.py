"""Fig. 3: the methods compared by their curves, a panel an env and a line a method."""

from itt.algorithms import METHODS
from itt.analysis.curves import Collected, Curve, Panel
from itt.analysis.outputs import AS_RUN, VANILLA, Axis
from itt.analysis.typeset import label
from itt.published import zhao2022


def comparable(collected: Collected, axis: Axis) -> Axis:
    """The axis, but env steps instead of iterations where these are of different algorithms: they are not alike."""
    algorithms = {METHODS[method].algorithm if method in METHODS else method for _, method, _ in collected.cells}
    return "env-steps" if axis == "iteration" and len(algorithms) > 1 else axis


def methods_by_env(collected: Collected, axis: Axis) -> list[Panel]:
    """A panel for each env with vanilla or as-run cells.

    An as-run line has its method's colour and is thin: it is the same method with other settings, and the paper's score
    belongs to both.
    """
    scores = zhao2022.scores()
    lines: dict[str, list[Curve]] = {}
    for cell in collected.cells:
        env, method, variant = cell
        if variant in (VANILLA, AS_RUN):
            look = collected.look(method, thin=variant == AS_RUN)
            paper, _ = scores.get((env, method), (None, None))
            lines.setdefault(env, []).append(collected.curve(cell, axis, label(method, variant), look, paper))
    return [Panel(env, tuple(curves)) for env, curves in lines.items()]
