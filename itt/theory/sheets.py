"""The tables of `itt theory`, for all that can be typeset: which forms hold, and forward differences beside both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from itt.analysis.typeset import Cell, Row, Table
from itt.theory.figures import PAIRS, QUADRATICS, SIZE, of
from itt.theory.measure import Case
from itt.theory.verdicts import FAILS, HOLDS, LEVEL, comparisons, threshold, verdicts

_KINDS = {HOLDS: "good", FAILS: "bad"}


def sheets(cases: Sequence[Case], seed: int) -> list[Table]:
    """What a reader wants to know of the cases."""
    return [_forms(cases, seed), _beside(cases)]


def _forms(cases: Sequence[Case], seed: int) -> Table:
    count = len(comparisons(cases))
    rule = (
        f"Mean squared errors of gradient estimates, each measured as the mean over {cases[0].estimates:,} estimates "
        f"(seed {seed}) with the directions and estimators that trainings use, of functions whose smoothed gradients "
        "are known; the exact forms are derived in docs/theory.md of itt. The rule, fixed beforehand: a form holds if "
        f"none of its cases is farther from it than {threshold(count):.2f} standard errors (se), which chance exceeds "
        f"in at most {100 * LEVEL:g} % of such tables (Bonferroni over {count} comparisons)."
    )
    head = ("form", "functions", "estimator", "directions", "cases", "farthest, se", "verdict")
    rows = (
        (*map(Cell, (*one.about, str(one.cases), f"{one.worst.deviation:+.1f}")), _verdict(one.verdict))
        for one in verdicts(cases)
    )
    return Table("Which forms hold", rule, head, _grouped(rows), labels=4)


def _verdict(text: str) -> Cell:
    return Cell(text, place=1, kind=_KINDS.get(text, "open"))


def _beside(cases: Sequence[Case]) -> Table:
    about = (
        f"Mean squared errors of forward differences of quadratics, M = {PAIRS} orthogonal directions, D = {SIZE}, "
        "gradients and Hessians of (Frobenius) norm 1; se: standard error of what was measured. All cases: theory.csv."
    )
    head = ("function", "(tr H)^2", "sigma", "measured", "se", "exact", "off, se", "as printed", "off, se")
    rows = (tuple(map(Cell, _numbers(case))) for name in QUADRATICS for case in of(cases, name, "forward"))
    return Table("Forward differences beside both forms", about, head, _grouped(rows), labels=1)


def _numbers(case: Case) -> list[str]:
    printed = case.printed
    assert printed is not None  # orthogonal directions, a quadratic
    return [
        *(case.function, f"{case.polynomial.trace**2:.1f}", str(case.sigma)),
        *(f"{number:.3g}" for number in (case.measured, case.standard_error)),
        *(f"{case.exact:.3g}", f"{case.deviation(case.exact):+.1f}"),
        *(f"{printed:.3g}", f"{case.deviation(printed):+.1f}"),
    ]


def _grouped(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows, those with the same first cell as a group under it."""
    found, last = [], None
    for row in rows:
        found.append(row if row[0] != last else (Cell(""), *row[1:]))
        last = row[0]
    return tuple(found)
