"""Functions of D variables around theta = 0 whose smoothed gradients are known: quadratics (Assumption 1), and beyond.

All are drawn with |g| = |H|_F = 1, so that sigma means the same for each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from itt.linear.products import product
from itt.linear.sums import length

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Polynomial:
    """F(x) = g.x + x^T H x / 2 + c sum_i x_i^3 / 6, at theta = 0.

    Attributes:
        gradient: g, the gradient at theta, shape (D,).
        hessian: H, symmetric, shape (D, D).
        cubic: c; 0 for a quadratic.
    """

    gradient: Values
    hessian: Values
    cubic: float = 0.0

    @property
    def size(self) -> int:
        """D."""
        return len(self.gradient)

    @property
    def trace(self) -> float:
        """tr H."""
        return float(np.trace(self.hessian))

    @property
    def square(self) -> float:
        """|H|_F^2."""
        return float(np.sum(self.hessian * self.hessian))

    @property
    def diagonal_square(self) -> float:
        """sum_i H_ii^2."""
        return float(np.sum(np.square(np.diagonal(self.hessian))))

    def __call__(self, points: Values) -> Values:
        """F of each row, (n, D) -> (n,)."""
        slopes = product(points, self.hessian / 2.0)
        slopes += self.gradient
        if self.cubic:
            slopes += self.cubic / 6.0 * points * points
        values: Values = np.einsum("nd,nd->n", points, slopes)
        return values

    def smoothed_gradient(self, sigma: float) -> Values:
        """The gradient of F_sigma (Eq. 16) at theta, shape (D,): the mean of every estimate.

        A quadratic's is g; the cubic term adds sigma^2 c / 2 to each coordinate.
        """
        return self.gradient + sigma**2 * self.cubic / 2.0


def polynomials(size: int, random: np.random.Generator) -> dict[str, Polynomial]:
    """Random functions of D = `size` variables, by name.

    They differ in the trace of H, which Lemma 1 as printed leaves out: `saddle` has none, `bowl` is a random positive
    definite one with (tr H)^2 of about D / 2, and `sphere` is the multiple of I, whose (tr H)^2 is D. `cubic` is the
    bowl with a cubic term whose third derivatives have norm 1, too.
    """
    symmetric, factor = random.standard_normal((2, size, size))
    symmetric = symmetric + symmetric.T
    identity = np.eye(size)
    saddle = symmetric - np.trace(symmetric) / size * identity
    made = {
        name: Polynomial(_unit(random.standard_normal(size)), _unit(hessian))
        for name, hessian in (("saddle", saddle), ("bowl", product(factor, factor.T)), ("sphere", identity))
    }
    return made | {"cubic": replace(made["bowl"], cubic=1.0 / math.sqrt(size))}


def _unit(values: Values) -> Values:
    return values / length(values.ravel())
