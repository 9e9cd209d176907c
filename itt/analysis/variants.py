"""Fig. 4 and 5: a variant beside its vanilla arm, a panel for each env and method where it was run."""

from itt.analysis.along import steps_an_iteration
from itt.analysis.curves import Collected, Panel
from itt.analysis.drawing import VARIANT, Look
from itt.analysis.outputs import VANILLA, Axis, vanilla_arm
from itt.analysis.scores import Cell
from itt.analysis.typeset import label

EQUAL = 0.01
"""Arms whose iterations take as many env steps but for this share of them cost the same."""


def against_vanilla(collected: Collected, variant: str, axis: Axis) -> list[Panel]:
    """The panels of one variant.

    The vanilla arm has its method's look, the variant one of its own. An arm that was asked for and has no result is a
    line with n = 0, and not replaced by another arm.
    """
    return [
        Panel(
            f"{env}, {label(method, VANILLA)}",
            tuple(
                collected.curve(arm, axis, *_shown(collected, arm, variant))
                for arm in _arms(collected, (env, method, variant))
            ),
        )
        for env, method, found in collected.cells
        if found == variant
    ]


def _shown(collected: Collected, arm: Cell, variant: str) -> tuple[str, Look]:
    """(label, look)"""
    _, method, name = arm
    return (name, Look(VARIANT)) if name == variant else (f"{name} ({label(method, VANILLA)})", collected.look(method))


def fair_axis(collected: Collected, variant: str) -> Axis | None:
    """Iterations where those of both arms take equally many env steps, in every panel that has both; else env steps.

    None where no panel has both, so that there is nothing to compare.
    """
    pairs = [_arms(collected, cell) for cell in collected.cells if cell[2] == variant]
    costs = [
        [steps_an_iteration(collected.curves_of[arm]) for arm in pair if arm in collected.curves_of] for pair in pairs
    ]
    both = [cost for cost in costs if len(cost) == 2]
    if not both:
        return None
    equal = all(max(cost) <= (1 + EQUAL) * min(cost) for cost in both)
    return "iteration" if equal else "env-steps"


def _arms(collected: Collected, cell: Cell) -> list[Cell]:
    """What a variant is compared with, if that was asked for, and the variant."""
    env, method, variant = cell
    others = {name for of_env, of_method, name in collected.cells if (of_env, of_method) == (env, method)}
    return [(env, method, name) for name in (vanilla_arm(variant, others), variant) if name in others]
