"""The files that analysis makes of runs, known by their names before there is a single record.

The workflow declares them, `tables` and `figures` write them, and both ask here. What a figure is about and how to read
it stands in `captions`. Nothing heavy is imported, so that a study is planned without pandas.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

COLLECTED = ("runs.csv", "curves.csv")
TABLE_KINDS = (".csv", ".md", ".tex", ".html")
"""Every table is written as each of these."""

SHEETS = ("scores", "training-time", "sigma", "dimensions", "layers", "claims", "against", "aggregates")
TABLES = tuple(f"{name}{kind}" for name in SHEETS for kind in TABLE_KINDS)
SPEED = "rollouts.json"
"""What `itt bench rollouts --study` measured, in a folder of its own."""
IMAGES = (".svg", ".png", ".pdf")
"""Every figure is drawn as each of these."""
CAPTIONS = "captions.json"
"""Beside the figures: what stands below each of them, by name."""

VANILLA = "vanilla"
"""The variant that methods are compared by, and that other variants are compared with."""
AS_RUN = "as-run"
"""The variant whose settings are those that the published numbers seem to come from: the paper's methods once more."""

Axis = Literal["iteration", "env-steps", "core-hours"]
AXES: tuple[Axis, ...] = ("iteration", "env-steps", "core-hours")
"""What a learning curve may be drawn over."""
Shade = Literal["range", "bootstrap"]
"""What may be drawn around a mean over seeds."""
LEARNING: dict[str, Axis] = {
    "learning-curves": "iteration",
    "learning-curves-env-steps": "env-steps",
    "learning-curves-core-hours": "core-hours",
}
"""The figures that compare methods by their curves, each with its axis."""
BEYOND = ("performance-profiles", "aggregates", "probability-of-improvement")
"""The figures over all envs together."""

_ARM = f"-{VANILLA}"
"""Ends the name of a variant that another is compared with."""


def figures(variants: Collection[str]) -> tuple[str, ...]:
    """The names of the figures of runs with these variants.

    `learning-curves` compares the methods (vanilla, with as-run beside it). `vanilla-vs-V` is there for each variant of
    `compared`. The others are over all envs together.
    """
    return (*LEARNING, *map(against, compared(variants)), *BEYOND)


def figure_files(variants: Collection[str]) -> list[str]:
    """What `itt figures` writes of runs with these variants."""
    return [*(f"{name}{kind}" for name in figures(variants) for kind in IMAGES), CAPTIONS]


def compared(variants: Collection[str]) -> list[str]:
    """The variants that have a figure of their own: each but vanilla, as-run, and the vanilla arms of others."""
    return [name for name in sorted(set(variants)) if name not in (VANILLA, AS_RUN) and not _is_arm(name, variants)]


def against(variant: str) -> str:
    """The name of the figure of a variant beside its vanilla arm."""
    return f"vanilla-vs-{variant}"


def vanilla_arm(variant: str, variants: Collection[str]) -> str:
    """What a variant is compared with: `<variant>-vanilla` where that was run (Fig. 4: the same candidates)."""
    return f"{variant}{_ARM}" if f"{variant}{_ARM}" in variants else VANILLA


def _is_arm(name: str, variants: Collection[str]) -> bool:
    return name.endswith(_ARM) and name.removesuffix(_ARM) in variants
