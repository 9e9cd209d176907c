"""The files that analysis makes of runs, known by their names before there is a single record.

The workflow declares them, `tables` and `figures` write them, and both ask here. Nothing heavy is imported, so that a
study is planned without pandas.
"""

from __future__ import annotations

from collections.abc import Collection

COLLECTED = ("runs.csv", "curves.csv")
TABLE_KINDS = (".csv", ".md", ".tex", ".html")
"""Every table is written as each of these."""

TABLES = tuple(f"{name}{kind}" for name in ("scores",) for kind in TABLE_KINDS)
IMAGES = (".svg", ".png", ".pdf")
"""Every figure is drawn as each of these."""

VANILLA = "vanilla"
"""The variant that methods are compared by, and that other variants are compared with."""

_ARM = f"-{VANILLA}"
"""Ends the name of a variant that another is compared with."""


def figures(variants: Collection[str]) -> dict[str, str]:
    """The figures of runs with these variants, by name, each with the variant that it is about.

    `learning-curves` compares the methods (vanilla). `vanilla-vs-V` is there for each other variant V but for vanilla
    arms: `V-vanilla` is what V is compared with, and has no figure of its own.
    """
    compared = (name for name in sorted(set(variants)) if name != VANILLA and not _is_arm(name, variants))
    return {"learning-curves": VANILLA} | {f"vanilla-vs-{name}": name for name in compared}


def vanilla_arm(variant: str, variants: Collection[str]) -> str:
    """What a variant is compared with: `<variant>-vanilla` where that was run (Fig. 4: the same candidates)."""
    return f"{variant}{_ARM}" if f"{variant}{_ARM}" in variants else VANILLA


def _is_arm(name: str, variants: Collection[str]) -> bool:
    return name.endswith(_ARM) and name.removesuffix(_ARM) in variants
