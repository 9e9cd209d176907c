"""Mean squared errors by Monte Carlo, with the directions and estimators that trainings use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from itt.algorithms.es.directions import SAMPLINGS
from itt.algorithms.es.estimators import antithetic, forward
from itt.theory.closed_forms import EXACT, PRINTED
from itt.theory.polynomials import Polynomial, Values, polynomials

COUNTS = {17: (5, 9, 17), 33: (9, 17, 33)}
"""M by D, up to D. M pairs ask for F as often as 2 M - 1 directions and theta do, which is the next M in the row."""
SIGMAS = (0.1, 0.3, 1.0, 3.0)
USED = ("orthogonal", "gaussian")
"""Samplings: what Lemma 1 is about, and independent directions."""

_AT_ONCE = 100
"""Sets of directions that are in memory together: what a core's own cache holds."""


@dataclass(frozen=True)
class Case:
    """One mean squared error, measured and in closed form.

    Attributes:
        function: The name of F among `polynomials`.
        polynomial: F.
        estimator: `antithetic` (Eq. 13) or `forward` (Eq. 14).
        sampling: `orthogonal` or `gaussian`, as the setting `algorithm.sampling` has it.
        sigma: The smoothing.
        directions: M.
        estimates: How many the mean is taken over.
        measured: The mean of |estimate - grad F_sigma(theta)|^2.
        standard_error: Of that mean.
    """

    function: str
    polynomial: Polynomial
    estimator: str
    sampling: str
    sigma: float
    directions: int
    estimates: int
    measured: float
    standard_error: float

    @property
    def exact(self) -> float:
        """The exact closed form."""
        return EXACT[self.estimator](self.polynomial, self.sigma, self.directions, self.sampling == "orthogonal")

    @property
    def printed(self) -> float | None:
        """Lemma 1's; None where it says nothing: of independent directions, and beyond quadratics."""
        if self.sampling != "orthogonal" or self.polynomial.cubic:
            return None
        return PRINTED[self.estimator](self.polynomial, self.sigma, self.directions)

    def deviation(self, form: float) -> float:
        """How many standard errors the measurement lies above a form."""
        return (self.measured - form) / self.standard_error


def functions(size: int, seed: int) -> dict[str, Polynomial]:
    """The functions of D = `size` variables that are measured with this seed."""
    return polynomials(size, _stream(seed, size))


def measured(estimates: int, seed: int) -> Iterator[Case]:
    """Every case: for each D, sampling and M all functions and smoothings, with the same sets of directions.

    Args:
        estimates: How many sets of directions each mean is taken over, 2 at least.
        seed: Of functions and directions.
    """
    for size, counts in COUNTS.items():
        drawn = functions(size, seed)
        for (place, sampling), count in product(enumerate(USED), counts):
            errors = _errors(drawn, sampling, count, estimates, _stream(seed, size, count, place))
            for (name, sigma, estimator), found in errors.items():
                mean, spread = float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(estimates))
                yield Case(name, drawn[name], estimator, sampling, sigma, count, estimates, mean, spread)


def _stream(seed: int, size: int, count: int = 0, place: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, size, count, place))))


def _errors(
    drawn: Mapping[str, Polynomial], sampling: str, count: int, estimates: int, random: np.random.Generator
) -> dict[tuple[str, float, str], Values]:
    """The squared errors by (function, sigma, estimator), shape (estimates,) each."""
    parts = defaultdict(list)
    size = next(iter(drawn.values())).size
    for first in range(0, estimates, _AT_ONCE):
        sets = [SAMPLINGS[sampling](count, size, random) for _ in range(min(_AT_ONCE, estimates - first))]
        for (name, function), sigma in product(drawn.items(), SIGMAS):
            for estimator, found in _estimates(function, sigma, sets).items():
                off = found - function.smoothed_gradient(sigma)
                parts[name, sigma, estimator].append(np.sum(off * off, axis=1))
    return {key: np.concatenate(found) for key, found in parts.items()}


def _estimates(function: Polynomial, sigma: float, sets: Sequence[Values]) -> dict[str, Values]:
    """The estimates of each set of directions, shape (n, D), by estimator."""
    points, center = sigma * np.concatenate(sets), float(function(np.zeros((1, function.size)))[0])
    plus, minus = (function(signed).reshape(len(sets), -1) for signed in (points, -points))
    pairs, ones = zip(plus, minus, sets, strict=True), zip(plus, sets, strict=True)
    return {
        "antithetic": np.array([antithetic(above, below, epsilon, sigma) for above, below, epsilon in pairs]),
        "forward": np.array([forward(above, center, epsilon, sigma) for above, epsilon in ones]),
    }
