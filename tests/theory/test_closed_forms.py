"""The closed forms, held against integrals over Gaussian directions that are exact for polynomials (Gauss-Hermite)."""

import itertools

import numpy as np
import pytest

from itt.theory import closed_forms
from itt.theory.polynomials import Polynomial, polynomials

SIGMA = 0.7
HESSIAN = np.array([[1.0, -2.0, 0.5], [-2.0, 0.25, 3.0], [0.5, 3.0, -4.0]])
FUNCTIONS = {
    "quadratic": Polynomial(np.array([0.5, -1.0, 2.0]), HESSIAN),
    "no trace": Polynomial(np.array([1.0, 2.0, 0.0]), HESSIAN - np.trace(HESSIAN) / 3 * np.eye(3)),
    "no diagonal": Polynomial(np.array([1.0, 2.0, 0.0]), HESSIAN - np.diag(np.diagonal(HESSIAN))),
    "cubic": Polynomial(np.array([0.5, -1.0, 2.0]), HESSIAN, 0.8),
    "linear with a cubic term": Polynomial(np.array([0.5, 1.0, 2.0]), np.zeros((3, 3)), -2.0),
}
every_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)


def expectation(of):
    """E[of(e)] over e ~ N(0, I_3), for polynomials of degree 13 at most; `of` maps (n, 3) to (n,) or (n, 3)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(7)
    points = np.array(list(itertools.product(nodes, repeat=3)))
    products = np.array([np.prod(some) for some in itertools.product(weights / weights.sum(), repeat=3)])
    return np.tensordot(products, of(points), axes=1)


def weight(function, estimator):
    """What one direction is multiplied by in an estimate, from values of F alone."""
    if estimator == "antithetic":
        return lambda e: (function(SIGMA * e) - function(-SIGMA * e)) / (2 * SIGMA)
    return lambda e: (function(SIGMA * e) - function(np.zeros((1, 3)))) / SIGMA


@every_function
@pytest.mark.parametrize("estimator", closed_forms.EXACT)
def test_the_smoothed_gradient_is_the_mean_of_every_estimate(function, estimator):
    u = weight(function, estimator)
    assert expectation(lambda e: u(e)[:, None] * e) == pytest.approx(function.smoothed_gradient(SIGMA))


@every_function
@pytest.mark.parametrize("estimator", closed_forms.EXACT)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_exact_form_of_orthogonal_directions_has_no_products_of_two(function, estimator, count):
    u = weight(function, estimator)
    second = expectation(lambda e: u(e) ** 2 * np.sum(e**2, axis=1))
    error = second / count - np.sum(function.smoothed_gradient(SIGMA) ** 2)
    assert closed_forms.EXACT[estimator](function, SIGMA, count, True) == pytest.approx(error)


@every_function
@pytest.mark.parametrize("estimator", closed_forms.EXACT)
@pytest.mark.parametrize("count", [1, 2, 9])
def test_the_error_of_independent_directions_is_that_of_one_divided_by_their_number(function, estimator, count):
    u, mean = weight(function, estimator), function.smoothed_gradient(SIGMA)
    of_one = expectation(lambda e: np.sum((u(e)[:, None] * e - mean) ** 2, axis=1))
    assert closed_forms.EXACT[estimator](function, SIGMA, count, False) == pytest.approx(of_one / count)


def test_antithetic_as_printed_is_exact_for_quadratics_and_not_beyond():
    for function in polynomials(6, np.random.default_rng(0)).values():
        printed = closed_forms.antithetic_as_printed(function, SIGMA, 4)
        exact = closed_forms.antithetic(function, SIGMA, 4, orthogonal=True)
        assert (printed == pytest.approx(exact)) == (not function.cubic)


@pytest.mark.parametrize("name", ["quadratic", "no trace", "no diagonal"])
def test_three_slips_lead_from_the_exact_form_to_what_is_printed(name):
    """docs/theory.md: M times what forward differences add, with one slip more in each line."""
    function, d = FUNCTIONS[name], 3
    hessian, square, diagonal = function.hessian, function.square, function.diagonal_square

    def moment(matrix, power, of):
        """E[(of^T matrix of)^power |e|^2], where `of` is made of e."""
        return expectation(lambda e: np.einsum("ni,ij,nj->n", of(e), matrix, of(e)) ** power * np.sum(e**2, axis=1))

    exact = SIGMA**2 / 4 * moment(hessian, 2, lambda e: e)
    undivided = SIGMA**2 * exact
    squares_alone = SIGMA**4 / 4 * moment(hessian**2, 1, np.square)
    printed = SIGMA**4 / 4 * ((d + 4) * square + (8 + 4 * d) * diagonal)

    assert exact == pytest.approx(SIGMA**2 / 4 * (d + 4) * (function.trace**2 + 2 * square))
    assert undivided == pytest.approx(SIGMA**4 / 4 * (d + 4) * (function.trace**2 + 2 * square))
    assert squares_alone == pytest.approx(SIGMA**4 / 4 * ((d + 4) * square + (8 + 2 * d) * diagonal))
    of_the_lemma = closed_forms.forward_as_printed(function, SIGMA, 1)
    assert printed == pytest.approx(of_the_lemma - closed_forms.antithetic_as_printed(function, SIGMA, 1))


def test_functions_are_drawn_with_gradients_and_curvatures_of_length_1_and_the_traces_that_they_are_named_for():
    drawn = polynomials(20, np.random.default_rng(0))
    assert {name: (np.sum(f.gradient**2), f.square) for name, f in drawn.items()} == {
        name: (pytest.approx(1), pytest.approx(1)) for name in ("saddle", "bowl", "sphere", "cubic")
    }
    assert drawn["saddle"].trace == pytest.approx(0, abs=1e-12)
    assert np.linalg.eigvalsh(drawn["saddle"].hessian)[0] < 0 < np.linalg.eigvalsh(drawn["bowl"].hessian)[0]
    assert drawn["sphere"].hessian == pytest.approx(np.eye(20) / np.sqrt(20))
    assert [name for name, function in drawn.items() if function.cubic] == ["cubic"]
