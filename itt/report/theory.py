"""What `itt theory` measured, read off its files: a table of verdicts and three figures."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from itt.analysis.typeset import Cell, Table
from itt.errors import UserError
from itt.report.pictures import Picture, picture

FOLDER = "theory"
VERDICTS = "verdicts.csv"

_KINDS = {"holds": "good", "does not hold": "bad"}
_WORDS = {"forward": "forward differences", "antithetic": "antithetic pairs", "gaussian": "independent"}

_COMMON = (
    "Marks are measured with the directions and estimators that trainings use; lines are what closed forms say. The "
    "error of an estimate is its squared distance from the gradient, divided by the gradient's squared length; lower "
    "is better, and both axes are logarithmic."
)
PICTURES = {
    "lemma-1": (
        "Lemma 1: errors of both estimators",
        "How far estimates of a gradient are off on average, over sigma, the size of the perturbations. A column is a "
        "kind of quadratic function, by the trace of its Hessian H. Above: the errors. Below, for forward differences: "
        "the measured error divided by what a form says, so that a form which is right has its marks at 1. " + _COMMON,
    ),
    "remark-6.1": (
        "Remark 6.1: which estimator to prefer",
        "Both estimators with equally many evaluations of the function: the error of forward differences divided by "
        "that of antithetic pairs, so above 1 antithetic pairs are nearer to the gradient. Left: over the quantity by "
        "which the paper's remark chooses. Right: over the one that the exact forms name; there all functions change "
        "sides at one place, the dotted line. " + _COMMON,
    ),
    "remark-6.2": (
        "Remark 6.2: functions that are not quadratic",
        "Left a quadratic function, right the same function with a cubic term, for which the forms have one term more; "
        "dotted are the forms without that term. " + _COMMON,
    ),
}
"""Title and caption of each figure."""


def pictures(results: Path) -> list[Picture]:
    """The figures, as far as they were drawn."""
    found = (picture(results, f"{FOLDER}/{name}.svg", *about) for name, about in PICTURES.items())
    return [one for one in found if one]


def tables(results: Path) -> list[Table]:
    """The verdict on each form, if `itt theory` wrote to this folder of results.

    Raises:
        UserError: The file is damaged.
    """
    file = results / FOLDER / VERDICTS
    if not file.is_file():
        return []
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            rows = tuple(map(_row, csv.DictReader(lines)))
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{file}: not what `itt theory` writes") from None
    caption = (
        "Which closed forms of the estimators' mean squared error hold: those that the paper prints in Lemma 1, and "
        "the exact ones that docs/theory.md derives. Farthest: by how many standard errors the farthest of the cases "
        "(functions, sizes, numbers of directions, sigmas) lies above its form. The rule was fixed before the numbers; "
        "`theory/theory.md` states it, `theory/theory.csv` has every case."
    )
    header = ("Form", "Functions", "Estimator", "Directions", "Cases", "Farthest", "Verdict")
    return [Table("Forms of the estimators' errors", caption, header, rows, labels=4)]


def _row(row: Mapping[str, str]) -> tuple[Cell, ...]:
    words = [row[column] for column in ("form", "functions", "estimator", "sampling")]
    return (
        *(Cell(_WORDS.get(word, word)) for word in words),
        Cell(str(int(row["cases"]))),
        Cell(f"{float(row['z']):+.1f}"),
        Cell(row["verdict"], kind=_KINDS.get(row["verdict"], "open")),
    )
