"""Paper against ours: a row for each of the paper's numbers in its Tables 1 to 6, and for each of its claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from itt.analysis.outputs import AS_RUN, VANILLA
from itt.analysis.tables import claims, verdicts
from itt.analysis.tables.comparisons import Comparison, compare
from itt.analysis.tables.lines import KINDS, verdict
from itt.analysis.tables.ours import Ours
from itt.analysis.tables.sheet import Sheet
from itt.analysis.tables.source import mark, source
from itt.analysis.tables.verdicts import NOT, NOT_YET, REPRODUCED, Verdict
from itt.analysis.typeset import NOTHING, Cell, Row, Table, label, number
from itt.published import zhao2022

TITLE = "Paper against ours"

NOTES = (
    "Reproduced is a mean score that is off by at most the paper's standard deviation, or "
    f"{100 * verdicts.SCORE_SHARE:.0f} % of the largest score that the paper has for the environment if that is more; "
    f"a standard deviation within a factor of {verdicts.SPREAD_FACTOR:g}; sigma, D, layers and iterations that are "
    "equal; hours if the method's, relative to the mean of the three methods, are within "
    f"{100 * verdicts.TIME_SHARE:.0f} % of the paper's; a claim that holds. docs/verdicts.md says why. "
    f"`{AS_RUN}`: the same methods with what the authors' development code ran, where the study has such arms."
)

CLAIMS = "Claims"

NAMES = {
    "mean": "score, mean",
    "std": "score, standard deviation",
    "hours": "hours of training",
    "iterations": "iterations",
    "sigma": "sigma",
    "parameters": "parameters, D",
    "layers": "layers",
    "layers_state": "layers, state tower",
    "layers_action": "layers, action tower",
}
"""What the quantities of `zhao2022.Number` are called."""


@dataclass(frozen=True)
class Line:
    """One number or claim of the paper, beside ours as written and, where there is such an arm, as run."""

    table: str
    row: int | None
    env: str
    method: str
    quantity: str
    paper: float | None
    ours: float | None
    n: int
    difference: float | None
    verdict: Verdict
    as_run: Comparison | None = None


def sheet(ours: Ours) -> Sheet:
    """The summary, a table for each of the paper's tables, and one for its claims."""
    lines = [*_numbers(ours), *_claims(ours)]
    tables = list(dict.fromkeys(line.table for line in lines))
    parts = [_table(table, [line for line in lines if line.table == table]) for table in tables]
    return Sheet("against", TITLE, (_summary(ours, tables, lines), *parts), _frame(lines))


def _numbers(ours: Ours) -> list[Line]:
    lines = []
    for each in zhao2022.numbers():
        one = compare(each, ours)
        arm = compare(each, ours, AS_RUN) if (each.env, each.method, AS_RUN) in ours.cells else None
        who = (f"Table {each.table}", each.row, each.env, each.method, each.quantity, each.value)
        lines.append(Line(*who, one.ours, one.n, one.difference, one.verdict, arm))
    return lines


def _claims(ours: Ours) -> list[Line]:
    return [
        Line(CLAIMS, place, one.env, "itt", one.name, one.claim.value, one.ours, one.n, one.difference, one.verdict)
        for place, one in enumerate(claims.outcomes(ours), start=1)
    ]


def _frame(lines: Sequence[Line]) -> pd.DataFrame:
    rows = [
        {"source": "zhao2022", "table": line.table, "row": line.row, "env": line.env, "method": line.method}
        | {"quantity": line.quantity, "paper": line.paper, "ours": line.ours, "n": line.n}
        | {"difference": line.difference, "verdict": line.verdict.word, "why": line.verdict.why}
        | {"as_run": line.as_run and line.as_run.ours, "as_run_n": line.as_run and line.as_run.n}
        | {"as_run_difference": line.as_run and line.as_run.difference}
        | {"as_run_verdict": line.as_run and line.as_run.verdict.word}
        | {"as_run_why": line.as_run and line.as_run.verdict.why}
        for line in lines
    ]
    numbers = dict.fromkeys(["paper", "ours", "difference", "as_run", "as_run_difference"], float)
    return pd.DataFrame(rows).astype({**numbers, "as_run_n": "Int64"})


def _summary(ours: Ours, tables: Sequence[str], lines: Sequence[Line]) -> Table:
    """How many of each verdict, table by table."""
    groups = {table: [line for line in lines if line.table == table] for table in tables} | {"All": list(lines)}
    rows = tuple((Cell(name), *_counts(group)) for name, group in groups.items())
    header = ("", "numbers", REPRODUCED, NOT, NOT_YET, "of these", f"{AS_RUN}", f"{REPRODUCED} as run")
    sentences = [
        *mark(ours.runs),
        "Every number that the paper prints in Tables 1 to 6, and the claims of its text, beside the same of our runs. "
        "Scores are those of the last iteration; `scores` has two more readings. `not yet`: not trained in this study, "
        "too few seeds, unfinished, or not the paper's settings; each row says which.",
        source(ours.runs),
    ]
    return Table("Summary", " ".join(sentences), header, rows, labels=1, sentences=(5,), notes=NOTES)


def _counts(lines: Sequence[Line]) -> list[Cell]:
    words = Counter(line.verdict.word for line in lines)
    reasons = Counter(line.verdict.short for line in lines if line.verdict.word == NOT_YET)
    told = ", ".join(f"{count} {short}" for short, count in reasons.most_common())
    arms = [line.as_run.verdict.word for line in lines if line.as_run]
    counts = [Cell(str(words[word]), kind=KINDS[word] if words[word] else "") for word in (REPRODUCED, NOT, NOT_YET)]
    return [Cell(str(len(lines))), *counts, Cell(told or "-"), Cell(str(len(arms))), Cell(str(arms.count(REPRODUCED)))]


def _table(name: str, lines: Sequence[Line]) -> Table:
    arms = any(line.as_run for line in lines)
    header = ["Environment", "Method", "Quantity", "paper", "ours", "n", "difference", "verdict", "why"]
    header += [AS_RUN, "n", "difference", "verdict"] if arms else []
    rows: list[Row] = []
    for before, line in zip([None, *lines], lines, strict=False):
        same = before is not None and before.env == line.env
        rows.append(_row(line, same, arms))
    sentences = (2, 8) if name == CLAIMS else (8,)
    return Table(name, ABOUT[name], tuple(header), tuple(rows), labels=3, sentences=sentences)


ABOUT = {
    "Table 1": "Scores (returns, no unit) on three environments, which Table 6 has again.",
    "Table 2": "Hours of wall clock of one training, the paper's on 24 cores, ours as they were; the verdict is on the "
    "share of the environment's time. Iterations are settings.",
    "Table 3": "sigma, no unit.",
    "Table 4": "D, the number of parameters.",
    "Table 5": "Layers of each network, counted as the paper does.",
    "Table 6": "Scores (returns, no unit).",
    CLAIMS: "What the text says, in our words; `claims` tells how each is measured.",
}


def _row(line: Line, same: bool, arms: bool) -> Row:
    env = line.env or "all"
    cells = [
        Cell("" if same else env),
        Cell(label(line.method, VANILLA) if line.method else "all"),
        Cell(NAMES.get(line.quantity) or zhao2022.claims()[line.quantity, line.env].statement),
        _figure(line.paper, line.quantity),
        _figure(line.ours, line.quantity),
        Cell(str(line.n)),
        _figure(line.difference, line.quantity, sign="+"),
        Cell(line.verdict.word, kind=KINDS[line.verdict.word]),
        Cell(line.verdict.why or "-"),
    ]
    if arms and line.as_run:
        arm = line.as_run
        cells += [_figure(arm.ours, line.quantity), Cell(str(arm.n)), _figure(arm.difference, line.quantity, sign="+")]
        cells.append(verdict(arm.verdict))
    elif arms:
        cells += [NOTHING] * 4
    return tuple(cells)


def _figure(value: float | None, quantity: str, sign: str = "") -> Cell:
    """Scores and hours as the paper prints them, anything else as it is."""
    if value is None:
        return NOTHING
    if quantity in ("mean", "std", "hours"):
        return Cell((sign if value > 0 else "") + number(value))
    return Cell(f"{value:{sign}.4g}")
