"""Table 2: what a training took, beside the paper's hours, and where the time went."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from itt.analysis.outputs import VANILLA
from itt.analysis.scores import CELL
from itt.analysis.scores import Cell as RunCell
from itt.analysis.tables import verdicts
from itt.analysis.tables.comparisons import Comparison, compare, relative_paper_time
from itt.analysis.tables.lines import group, of_seeds, usual, verdict
from itt.analysis.tables.ours import HOUR, Ours
from itt.analysis.tables.sheet import Sheet
from itt.analysis.tables.source import mark, source
from itt.analysis.typeset import NOTHING, Cell, Row, Table, label
from itt.published import zhao2022

TITLE, SPLIT = "Training time", "Where the time goes"
PARTS = ("episodes", "physics", "policy", "waiting", "rest")
NOTES = (
    "Machines and engines differ, so hours are not compared with hours. `relative`: a method's core-hours over the "
    f"mean of the three methods; `difference`: of ours from the paper's. `verdict`: too few below {verdicts.FEWEST} "
    f"seeds of any of the three; else reproduced where `relative` is within {100 * verdicts.TIME_SHARE:.0f} % of the "
    "paper's. Iterations are reproduced where they are equal; other settings, where the study has chosen others."
)


def sheet(ours: Ours) -> Sheet:
    """Two tables: hours beside the paper's, and the parts of the core-hours of every cell."""
    split = parts(ours)
    return Sheet("training-time", TITLE, (_hours_table(ours), _parts_table(ours, split)), split)


def parts(ours: Ours) -> pd.DataFrame:
    """One row an (env, method, variant): `hours` and `core_hours` of a training, mean over its `n` seeds, and the
    core-hours that went to each of `PARTS`.

    physics, policy: the episodes, divided by what `itt bench rollouts --study` measured: `simulator` is the share of
    the simulator. waiting: workers without work. rest: what else went on while the training held its cores. None where
    the algorithm tells no such time, or nothing was measured.
    """
    shares = ours.speed.shares if ours.speed else {}
    rows = []
    for cell, seeds in ours.cells.items():
        total, play, wait = (seeds[c].mean() / HOUR for c in ("core_seconds", "play_seconds", "wait_seconds"))
        physics = play * shares.get(cell, math.nan)
        rows.append(
            dict(zip(CELL, cell, strict=True))
            | {"n": len(seeds), "hours": seeds["seconds"].mean() / HOUR, "core_hours": total}
            | {"simulator": shares.get(cell), "physics": physics, "policy": play - physics}
            | {"episodes": play, "waiting": wait, "rest": np.maximum(0.0, total - play - wait)}
            | {"paper_hours": zhao2022.wall_clock().get(cell[:2]) if cell[2] == VANILLA else None}
        )
    columns = [*CELL, "n", "hours", "core_hours", "simulator", *PARTS, "paper_hours"]
    return pd.DataFrame(rows, columns=columns)


def _hours_table(ours: Ours) -> Table:
    compared = {(each.env, each.method): compare(each, ours) for each in zhao2022.numbers() if each.table == 2}
    counts = {cell: len(seeds) for cell, seeds in ours.cells.items() if cell[2] == VANILLA}
    if not counts:
        return Table(TITLE, "No vanilla run has a result yet, by which the methods' hours are compared.", (), ())
    envs, n = list(dict.fromkeys(env for env, *_ in counts)), usual(list(counts.values()))
    rows = [row for env in envs for row in _rows(ours, env, compared, n)]
    header = ("Environment", "", *(label(method, VANILLA) for method in zhao2022.METHODS), "Iterations")
    others = dict.fromkeys(label(method, VANILLA) for _, method, _ in counts if method not in zhao2022.METHODS)
    sentences = [
        *mark(ours.runs),
        f"What one training took: wall-clock hours and core-hours, mean over n = {n} seeds unless a cell says "
        f"otherwise; `paper`: Table 2, on {zhao2022.CORES} CPU cores. Core-hours are wall-clock time times the "
        "workers at it; one coordinator beside several workers is not counted.",
        *([f"The paper has no {' and no '.join(others)}; those core-hours are in the next table."] if others else ()),
        source(ours.runs),
    ]
    return Table(TITLE, " ".join(sentences), header, tuple(rows), notes=NOTES)


def _rows(ours: Ours, env: str, compared: Mapping[tuple[str, str], Comparison], n: int) -> list[Row]:
    cells = [(env, method, VANILLA) for method in zhao2022.METHODS]
    iterations = sorted({float(count) for cell in cells for count in ours.told(cell, "iterations")})
    counted = Cell(" or ".join(f"{count:g}" for count in iterations)) if iterations else NOTHING
    lines = {
        "ours, hours": [*(_hours(ours.hours(cell), _note(ours, cell, "seconds", n)) for cell in cells), counted],
        "ours, core-hours": [
            *(_hours(ours.core_hours(cell), _note(ours, cell, "core_seconds", n)) for cell in cells),
            NOTHING,
        ],
    }
    if (env, "") in compared:
        found = [compared[env, method] for method in zhao2022.METHODS]
        of_all = compared[env, ""]
        lines |= {
            "paper, hours": [*(_hours(one.number.value) for one in found), Cell(f"{of_all.number.value:g}")],
            "paper, core-hours": [*(_hours(one.number.value * zhao2022.CORES) for one in found), NOTHING],
            "ours, relative": [*(_hours(ours.relative_time(cell)) for cell in cells), NOTHING],
            "paper, relative": [*(_hours(relative_paper_time(*cell[:2])) for cell in cells), NOTHING],
            "difference": [
                *(_difference(ours, cell) for cell in cells),
                NOTHING if of_all.difference is None else Cell(f"{of_all.difference:+g}"),
            ],
            "verdict": [verdict(one.verdict) for one in (*found, of_all)],
        }
    return group(env, lines)


def _note(ours: Ours, cell: RunCell, column: str, n: int) -> str:
    return of_seeds(len(ours.told(cell, column)), n)


def _difference(ours: Ours, cell: RunCell) -> Cell:
    here = ours.relative_time(cell)
    if here is None:
        return NOTHING
    return Cell(f"{100 * (here / relative_paper_time(*cell[:2]) - 1):+.0f} %")


def _hours(value: float | None, note: str = "") -> Cell:
    """Two decimals, or two digits of what is less than a tenth."""
    if value is None:
        return NOTHING
    return Cell(f"{value:,.2f}" if value >= 0.1 else f"{value:.2g}", note=note)


def _parts_table(ours: Ours, split: pd.DataFrame) -> Table:
    several = len(set(split["n"])) > 1
    rows: list[Row] = []
    env = ""
    for row in split.to_dict("records"):
        # Of a run on its way, records may be ahead of the sessions whose core-hours are counted.
        total = row["episodes"] + row["waiting"] + row["rest"]
        shares = [row[part] / total if total else math.nan for part in PARTS]
        name = label(row["method"], row["variant"]) + (f" (n = {row['n']})" if several else "")
        figures = [NOTHING if math.isnan(share) else Cell(f"{100 * share:.0f} %") for share in shares]
        hours = None if math.isnan(row["core_hours"]) else row["core_hours"]
        rows.append((Cell("" if row["env"] == env else row["env"]), Cell(name), _hours(hours), *figures))
        env = row["env"]
    header = ("Environment", "Method", "core-hours", *PARTS)
    return Table(SPLIT, _parts_caption(ours), header, tuple(rows))


def _parts_caption(ours: Ours) -> str:
    if ours.speed is None:
        measured = "Nothing was measured that could divide episodes into physics and policy."
    else:
        measured = (
            "The division of episodes into physics and policy is an estimate: in `itt bench rollouts --study` a fixed "
            "initial policy of each cell played a few episodes, and a replay of its controls through the simulator "
            f"alone took that share of the time, on one core of {ours.speed.cpu}. A training's own episodes are "
            "others, and it may have had other machines."
        )
    sentences = [
        *mark(ours.runs),
        "Core-hours of one training, mean over seeds, and what they went to. episodes: what was played; of that "
        "physics: the simulator's steps; policy: all else, with the drawing of candidates. waiting: workers without "
        "work, while others finish the iteration; rest: random directions, updates, records and what a training does "
        "before its first episode.",
        measured,
        source(ours.runs),
    ]
    return " ".join(sentences)
