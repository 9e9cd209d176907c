"""QR by Householder's reflections, as LAPACK has it, in plain NumPy: for comparison with code that calls LAPACK."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from itt.linear.sums import length

Values = NDArray[np.float64]


def signed_orthonormal(rows: Values) -> Values:
    """The rows made orthonormal, one after the other, with the signs of LAPACK's QR of their transpose.

    Row i becomes q_i = +- (row i less its projections on the rows before). A reflection turns what is left of row i
    into beta e_i, and takes for beta the sign that its i-th coordinate alpha has not, so that alpha - beta loses no
    digits (Golub and Van Loan 2013, Sec. 5.1.3 and 5.2.2). So signs depend on the coordinates, which a uniform law on
    orthogonal matrices would not let them.

    Args:
        rows: Shape (M, D), M at most D.

    Returns:
        Shape (M, D): `np.linalg.qr(rows.T).Q.T` but for rounding.
    """
    left, reflections = rows.copy(), np.zeros_like(rows)
    for i, row in enumerate(left):
        if not row[i + 1 :].any():
            continue  # it is alpha e_i already, and keeps its sign
        v = reflections[i]
        v[i:] = row[i:]
        v[i] += math.copysign(length(row[i:]), row[i])
        v /= length(v)
        _reflect(left[i:], v)
    found = np.eye(*rows.shape)
    for i in reversed(range(len(rows))):
        _reflect(found[i:], reflections[i])
    return found


def _reflect(rows: Values, v: Values) -> None:
    """x - 2 (v . x) v of each row x, in place; v is of length 1, or zero."""
    rows -= 2.0 * np.einsum("nd,d->n", rows, v)[:, None] * v
