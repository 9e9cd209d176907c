"""What the figures show beside the measurements themselves."""

import numpy as np
import pytest

from itt.theory import closed_forms
from itt.theory.figures import QUADRATICS, deciding, quotient, turning_point
from itt.theory.measure import Case
from itt.theory.polynomials import polynomials


@pytest.mark.parametrize("name", QUADRATICS)
@pytest.mark.parametrize("pairs", [2, 5, 9])
def test_every_quadratic_turns_at_the_same_point(name, pairs):
    function = polynomials(17, np.random.default_rng(0))[name]
    turn = (turning_point(17, pairs) / deciding(function, 1.0)) ** 0.5
    for sigma, sign in ((0.99 * turn, -1), (1.01 * turn, 1)):
        ones = closed_forms.forward(function, sigma, 2 * pairs - 1, orthogonal=True)
        assert np.sign(ones - closed_forms.antithetic(function, sigma, pairs, orthogonal=True)) == sign


def test_the_standard_error_of_a_quotient_is_that_of_many_quotients():
    random = np.random.default_rng(0)
    above, below = (
        Case("bowl", polynomials(3, random)["bowl"], "forward", "orthogonal", 1.0, 3, 1000, mean, error)
        for mean, error in ((8.0, 0.2), (2.0, 0.03))
    )
    many = random.normal(8.0, 0.2, 100_000) / random.normal(2.0, 0.03, 100_000)
    ratio, error = quotient(above, below)
    assert (ratio, error) == (4.0, pytest.approx(many.std(), rel=0.02))
