"""What `itt theory` writes: every case, which forms hold, a page to read, and the figures.

theory.csv      a row a case; |g| = |H|_F = 1, so the closed forms can be worked out from its columns alone
verdicts.csv    a row a form
theory.md       the rule, the verdicts, and forward differences beside both forms
lemma-1, remark-6.1, remark-6.2    each as .svg, .png and .pdf
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from itt.analysis.drawing import save
from itt.analysis.files import write
from itt.theory import outputs
from itt.theory.figures import PAIRS, QUADRATICS, SIZE, draw, of
from itt.theory.measure import Case, measured
from itt.theory.verdicts import LEVEL, Verdict, comparisons, threshold, verdicts

_PAGE = """\
# The appendix's theory, measured

Mean squared errors of gradient estimates: each case is the mean over {estimates:,} estimates, made with the directions
and estimators that trainings use, of functions whose smoothed gradients are known. Seed {seed}. The exact forms are
derived in docs/theory.md of itt.

**The rule, fixed beforehand.** A form holds if none of its cases is farther from it than {z:.2f} standard errors, which
chance exceeds in at most {level:.0%} of such tables (Bonferroni over {count} comparisons).

{verdicts}

Forward differences of quadratics, M = {directions} orthogonal directions, D = {size}, |g| = |H|_F = 1; se is the
standard error. All cases are in theory.csv.

{table}
"""


def theory(out: Path, estimates: int, seed: int) -> list[Path]:
    """Measures, draws, and writes `outputs.FILES` into the folder `out`; returns their paths.

    Args:
        out: The folder; made if it is not there.
        estimates: How many estimates each mean is taken over, 2 at least.
        seed: Of functions and directions. The same arguments give the same files.
    """
    cases = list(measured(estimates, seed))
    judged = verdicts(cases)
    texts = zip(outputs.TABLES, (_cases(cases), _verdicts(judged), _page(cases, judged, seed)), strict=True)
    drawn = [(name, draw(name, cases)) for name in outputs.FIGURES]
    paths = [write(out / name, text) for name, text in texts]
    return paths + [path for name, figure in drawn for path in save(figure, out / name)]


def _cases(cases: Sequence[Case]) -> str:
    head = (
        "function", "estimator", "sampling", "sigma", "D", "M", "trace", "diagonal_square", "gradient_sum", "cubic",
        "estimates", "measured", "standard_error", "printed", "exact", "z_printed", "z_exact",
    )  # fmt: skip
    return _csv(head, map(_case, cases))


def _case(case: Case) -> list[object]:
    function, printed = case.polynomial, case.printed
    return [
        *(case.function, case.estimator, case.sampling, case.sigma, function.size, case.directions),
        *(function.trace, function.diagonal_square, float(np.sum(function.gradient)), function.cubic),
        *(case.estimates, case.measured, case.standard_error, printed, case.exact),
        *(None if printed is None else case.deviation(printed), case.deviation(case.exact)),
    ]


def _verdicts(judged: Sequence[Verdict]) -> str:
    head = ("form", "functions", "estimator", "sampling", "cases", "z", "verdict")
    return _csv(head, ([*one.about, one.cases, one.worst.deviation, one.verdict] for one in judged))


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Numbers are exact when read back; what is missing is empty."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue()


def _page(cases: Sequence[Case], judged: Sequence[Verdict], seed: int) -> str:
    count = len(comparisons(cases))
    forms = ([*one.about, str(one.cases), f"{one.worst.deviation:+.1f}", f"**{one.verdict}**"] for one in judged)
    beside = (_beside(case) for name in QUADRATICS for case in of(cases, name, "forward"))
    return _PAGE.format(
        estimates=cases[0].estimates,
        seed=seed,
        z=threshold(count),
        level=LEVEL,
        count=count,
        verdicts=_table(("form", "functions", "estimator", "directions", "cases", "farthest, se", "verdict"), forms, 4),
        directions=PAIRS,
        size=SIZE,
        table=_table(
            ("F", "(tr H)^2", "sigma", "measured", "se", "exact", "off, se", "as printed", "off, se"), beside, 1
        ),
    )


def _beside(case: Case) -> list[str]:
    printed = case.printed
    assert printed is not None  # orthogonal directions, a quadratic
    return [
        *(case.function, f"{case.polynomial.trace**2:.1f}", str(case.sigma)),
        *(f"{number:.3g}" for number in (case.measured, case.standard_error)),
        *(f"{case.exact:.4g}", f"{case.deviation(case.exact):+.1f}"),
        *(f"{printed:.4g}", f"{case.deviation(printed):+.1f}"),
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], words: int) -> str:
    """Markdown; the first `words` columns are words, the others numbers."""
    rule = ["---"] * words + ["---:"] * (len(head) - words)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, rule, *rows])
