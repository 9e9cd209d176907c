"""What `itt theory` writes: every case, which forms hold, and the figures.

    theory.csv                         a row a case
    verdicts.csv                       a row a form, with the case that is farthest from it
    theory.md, theory.tex, theory.html the rule, the verdicts, and forward differences beside both forms
    lemma-1, remark-6.1, remark-6.2    each as .svg, .png and .pdf

As |g| = |H|_F = 1 for all functions, the closed forms can be worked out from the columns of theory.csv alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from itt.analysis.drawing import save
from itt.analysis.files import write
from itt.analysis.typeset import html, latex, markdown
from itt.theory import outputs
from itt.theory.figures import draw
from itt.theory.measure import Case, measured
from itt.theory.sheets import sheets
from itt.theory.verdicts import Verdict, verdicts

TITLE = "Theory: the errors of gradient estimates"


def theory(out: Path, estimates: int, seed: int) -> list[Path]:
    """Measures, draws, and writes `outputs.FILES` into the folder `out`; returns their paths.

    Args:
        out: The folder; made if it is not there.
        estimates: How many estimates each mean is taken over, 2 at least.
        seed: Of functions and directions. The same arguments give the same files.
    """
    cases = list(measured(estimates, seed))
    typeset = sheets(cases, seed)
    texts = {
        "theory.csv": _cases(cases),
        "verdicts.csv": _verdicts(verdicts(cases)),
        "theory.md": markdown(TITLE, typeset),
        "theory.tex": latex(typeset),
        "theory.html": html(TITLE, typeset),
    }
    drawn = {name: draw(name, cases) for name in outputs.FIGURES}
    paths = [write(out / name, texts[name]) for name in outputs.TABLES]
    return paths + [path for name, figure in drawn.items() for path in save(figure, out / name)]


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
