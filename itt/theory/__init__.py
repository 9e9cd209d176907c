"""The paper's appendix, measured: how far the estimators of Eq. 13 and 14 are from the gradient that they estimate.

    polynomials.py     functions whose smoothed gradients are known: random quadratics, and cubics beyond them
    closed_forms.py    the mean squared errors: as Lemma 1 prints them, and exact
    measure.py         the mean squared errors of the directions and estimators that trainings use
    verdicts.py        which forms hold, by a rule that was there before the numbers
    figures.py         Lemma 1, Remark 6.1 and Remark 6.2 as figures
    sheets.py          the verdicts and the forms as tables
    report.py          what `itt theory` writes
    outputs.py         the names of its files, for the workflow

docs/theory.md derives the exact forms.
"""
