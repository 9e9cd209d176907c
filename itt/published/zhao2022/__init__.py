"""Zhao, Pan, Choromanski, Jain, Sindhwani: Implicit Two-Tower Policies, 2022 (arXiv:2208.01191).

Its numbers as printed: one CSV file a table, with the table's number and row beside each number.

Every loader reads its file anew and returns a fresh dict. Keys are canonical env names (`itt.published.names`) and the
methods `itt`, `iot`, `explicit`; what the paper does not print has no key.
"""

import csv
from importlib import resources

METHODS = ("itt", "iot", "explicit")
"""The paper's three architectures, in the order of its columns."""

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


def claims() -> dict[tuple[str, str], float]:
    """Figures from the text, by (claim, env); env is "" where the claim is about all environments.

    `itt_best` and `itt_second`: on how many of the `compared` environments ITT has the best or second best score.
    `faster_than_iot`: by how many percent of IOT's training time ITT's is shorter.
    """
    return {(row["claim"], row["env"]): float(row["value"]) for row in _rows("claims")}


def _rows(table: str) -> list[dict[str, str]]:
    text = resources.files(__name__).joinpath(f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
