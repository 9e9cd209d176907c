"""Mean squared errors in closed form: as Lemma 1 prints them, and exact. docs/theory.md derives them.

All are E |estimate - grad F_sigma(theta)|^2 of M directions with Gaussian marginals; orthogonal ones need M <= D.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from itt.theory.polynomials import Polynomial, Values


def antithetic(function: Polynomial, sigma: float, count: int, orthogonal: bool) -> float:
    """Exact, of Eq. 13. For a quadratic (D + 2 - M) / M |g|^2, and (D + 1) / M |g|^2 of independent directions.

    Args:
        function: F.
        sigma: Smoothing.
        count: M.
        orthogonal: Whether the directions are, or else independent.
    """
    return _error(_odd(function, sigma), function.smoothed_gradient(sigma), count, orthogonal)


def forward(function: Polynomial, sigma: float, count: int, orthogonal: bool) -> float:
    """Exact, of Eq. 14: what `antithetic` has, and sigma^2 (D + 4) / (4 M) ((tr H)^2 + 2 |H|_F^2)."""
    second = _odd(function, sigma) + _even(function, sigma)
    return _error(second, function.smoothed_gradient(sigma), count, orthogonal)


def antithetic_as_printed(function: Polynomial, sigma: float, count: int) -> float:
    """Lemma 1, its first line: a quadratic, orthogonal directions."""
    square, smoothed = np.sum(np.square(function.gradient)), np.sum(np.square(function.smoothed_gradient(sigma)))
    return float((function.size + 2) / count * square - smoothed)


def forward_as_printed(function: Polynomial, sigma: float, count: int) -> float:
    """Lemma 1, its second line, which adds (D + 4) sigma^4 |H|_F^2 / (4 M) + (D + 2) sigma^4 sum_i H_ii^2 / M."""
    size, fourth = function.size, sigma**4 / count
    added = (size + 4) / 4.0 * fourth * function.square + (size + 2) * fourth * function.diagonal_square
    return antithetic_as_printed(function, sigma, count) + added


EXACT: dict[str, Callable[[Polynomial, float, int, bool], float]] = {"antithetic": antithetic, "forward": forward}
PRINTED: dict[str, Callable[[Polynomial, float, int], float]] = {
    "antithetic": antithetic_as_printed,
    "forward": forward_as_printed,
}
"""By the name of the estimator. Lemma 1 is about quadratics and orthogonal directions only."""


def _odd(function: Polynomial, sigma: float) -> float:
    """E[u^2 |e|^2], u the part of (F(theta + sigma e) - F(theta)) / sigma that is odd in e; with s = sigma^2 c / 6

    (D + 2) |g|^2 + 6 s (D + 4) sum_i g_i + 15 s^2 D (D + 6).
    """
    size, gradient, s = function.size, function.gradient, sigma**2 * function.cubic / 6.0
    squares = (size + 2) * np.sum(np.square(gradient))
    return float(squares + 6.0 * s * (size + 4) * np.sum(gradient) + 15.0 * s**2 * size * (size + 6))


def _even(function: Polynomial, sigma: float) -> float:
    """The same of the even part, sigma e^T H e / 2: sigma^2 (D + 4) ((tr H)^2 + 2 |H|_F^2) / 4."""
    return sigma**2 * (function.size + 4) * (function.trace**2 + 2.0 * function.square) / 4.0


def _error(second: float, mean: Values, count: int, orthogonal: bool) -> float:
    """From E[u^2 |e|^2] of one direction to the mean of `count`: only independent ones have products that are left."""
    square = float(np.sum(np.square(mean)))
    products = 0.0 if orthogonal else (count - 1) / count * square
    return second / count + products - square
