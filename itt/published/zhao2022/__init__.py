"""Zhao, Pan, Choromanski, Jain, Sindhwani: Implicit Two-Tower Policies, 2022 (arXiv:2208.01191).

Its numbers as printed: one CSV file a table, with the table's number and row beside each number.

Every loader reads its file anew and returns a fresh dict. Keys are canonical env names (`itt.published.names`) and the
methods `itt`, `iot`, `explicit`; what the paper does not print has no key.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

METHODS = ("itt", "iot", "explicit")
"""The paper's three architectures, in the order of its columns."""

CORES = 24
"""CPU cores that Table 2's hours were taken on (Sec. 3.1)."""

SEEDS = 10
"""Number of seeds behind each score (Sec. 3.1)."""


def wall_clock() -> dict[tuple[str, str], float]:
    """Table 2, five envs: hours that one training took on 24 CPU cores, by (env, method)."""
    return {(row["env"], method): float(row[method]) for row in _rows("table2") for method in METHODS}


def iterations() -> dict[str, int]:
    """Table 2, five envs: number of ES iterations, by env."""
    return {row["env"]: int(row["iterations"]) for row in _rows("table2")}


def sigmas() -> dict[tuple[str, str], float]:
    """Table 3: sigma of Eq. 11, by (env, method)."""
    return {(row["env"], method): float(row[method]) for row in _rows("table3") for method in METHODS}


def parameters() -> dict[tuple[str, str], int]:
    """Table 4: D, the number of parameters in theta, by (env, method)."""
    return {(row["env"], method): int(row[method]) for row in _rows("table4") for method in METHODS}


def layers() -> dict[tuple[str, str], tuple[int, ...]]:
    """Table 5, by (env, method): layers of the (state, action) towers for `itt`, of the one network else.

    As printed: Table 4 says that these are matrices in the Gym rows and hidden layers (one fewer) in the DMCS rows.
    """
    networks = {"itt": ("itt_state", "itt_action"), "iot": ("iot",), "explicit": ("explicit",)}
    return {
        (row["env"], method): tuple(int(row[network]) for network in networks[method])
        for row in _rows("table5")
        for method in METHODS
    }


def scores() -> dict[tuple[str, str], tuple[float, float]]:
    """Table 6, 13 envs: (mean, standard deviation) of the return over 10 seeds, by (env, method)."""
    return {
        (row["env"], method): (float(row[f"{method}_mean"]), float(row[f"{method}_std"]))
        for row in _rows("table6")
        for method in METHODS
    }


@dataclass(frozen=True)
class Claim:
    """What the text says.

    Attributes:
        section: Where.
        value: The figure; None where there are only words.
        unit: Of the value.
        iterations: What a comparison is made after; None: as many as the env has in Sec. 3.1.
        statement: In our words.
    """

    section: str
    value: float | None
    unit: str
    iterations: int | None
    statement: str


def claims() -> dict[tuple[str, str], Claim]:
    """What the text claims, by (claim, env); env is "" where it is about all environments, or names none."""
    return {
        (row["claim"], row["env"]): Claim(
            section=row["section"],
            value=float(row["value"]) if row["value"] else None,
            unit=row["unit"],
            iterations=int(row["iterations"]) if row["iterations"] else None,
            statement=row["statement"],
        )
        for row in _rows("claims")
    }


@dataclass(frozen=True)
class Number:
    """One number of a table; `method` is "" where it is about all of them.

    `quantity` is `mean` or `std` (of the score; Tables 1 and 6), `hours` or `iterations` (2), `sigma` (3), `parameters`
    (4), `layers`, `layers_state` or `layers_action` (5).
    """

    table: int
    row: int
    env: str
    method: str
    quantity: str
    value: float


_QUANTITIES = {1: "score", 2: "hours", 3: "sigma", 4: "parameters", 5: "layers", 6: "score"}


def numbers() -> Iterator[Number]:
    """Every number of Tables 1 to 6, in the order of print."""
    for table, quantity in _QUANTITIES.items():
        for row in _rows(f"table{table}"):
            for column in list(row)[2:]:
                yield Number(table, int(row["row"]), row["env"], *_about(column, quantity), float(row[column]))


def _about(column: str, quantity: str) -> tuple[str, str]:
    """(method, quantity) of a column: `itt_mean`, `itt_state`, `itt`, `iterations`."""
    method, _, part = column.partition("_")
    if method not in METHODS:
        return "", column
    return method, {"": quantity, "mean": "mean", "std": "std"}.get(part, f"{quantity}_{part}")


def _rows(table: str) -> list[dict[str, str]]:
    text = resources.files(__name__).joinpath(f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
