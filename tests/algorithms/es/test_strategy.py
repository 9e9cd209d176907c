"""ask, tell: perturbations out, the next theta back (Eq. 12), and nothing else changes."""

import numpy as np
import pytest

from itt.algorithms.es import strategy
from itt.algorithms.es.settings import ES, Lazy, Policy, Tower
from itt.algorithms.es.strategy import State
from itt.policies import architecture

ITT = architecture("itt", Policy(width=3, state=Tower(layers=2), action=Tower(layers=1)), 4, 2, discrete=False)
STATE = State(np.linspace(-1, 1, ITT.size), iteration=3)
LAZY = ES(lazy=Lazy(period=5))


def at(iteration):
    return State(STATE.theta, iteration)


def test_theta_0_is_gaussian_with_the_asked_for_deviation():
    large = architecture("itt", Policy(width=100, state=Tower(layers=2)), 100, 2, discrete=False)
    theta = strategy.initial(ES(initial_std=0.3), large, seed=0).theta
    assert theta.std() == pytest.approx(0.3, rel=0.02)
    assert abs(theta.mean()) < 5 * 0.3 / np.sqrt(theta.size)
    assert strategy.initial(ES(), large, seed=0).iteration == 0


def test_theta_0_is_a_function_of_the_seed():
    one, same, other = (strategy.initial(ES(), ITT, seed).theta for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not (one == other).any()


def test_directions_are_as_many_as_parameters_unless_said_otherwise():
    assert strategy.ask(STATE, ES(), ITT, 0).shape == (ITT.size, ITT.size)
    assert strategy.ask(STATE, ES(directions=7), ITT, 0).shape == (7, ITT.size)


def test_to_ask_twice_is_to_get_the_same():
    np.testing.assert_array_equal(strategy.ask(STATE, ES(), ITT, 0), strategy.ask(STATE, ES(), ITT, 0))


@pytest.mark.parametrize(("state", "seed"), [(at(4), 0), (at(3), 1)])
def test_another_iteration_or_seed_has_other_directions(state, seed):
    assert not (strategy.ask(state, ES(), ITT, seed) == strategy.ask(STATE, ES(), ITT, 0)).any()


def test_neither_ask_nor_tell_changes_what_it_is_given():
    theta = STATE.theta.copy()
    epsilon = strategy.ask(STATE, LAZY, ITT, 0)
    before, returns = epsilon.copy(), np.arange(2.0 * len(epsilon))
    strategy.perturbations(STATE, LAZY, epsilon)
    strategy.tell(STATE, LAZY, ITT, epsilon, 0.0, returns)
    np.testing.assert_array_equal(STATE.theta, theta)
    np.testing.assert_array_equal(epsilon, before)
    np.testing.assert_array_equal(returns, np.arange(2.0 * len(epsilon)))


def test_antithetic_perturbations_come_in_pairs():
    epsilon = strategy.ask(STATE, ES(sigma=0.5, directions=2), ITT, 0)
    found = strategy.perturbations(STATE, ES(sigma=0.5), epsilon)
    assert [(i, sign) for i, sign, _ in found] == [(0, 1), (0, -1), (1, 1), (1, -1)]
    for i, sign, theta in found:
        np.testing.assert_array_equal(theta, STATE.theta + sign * 0.5 * epsilon[i])


def test_forward_perturbations_are_half_as_many():
    epsilon = strategy.ask(STATE, ES(directions=2), ITT, 0)
    found = strategy.perturbations(STATE, ES(estimator="forward"), epsilon)
    assert [(i, sign) for i, sign, _ in found] == [(0, 1), (1, 1)]


@pytest.mark.parametrize("estimator", ["antithetic", "forward"])
def test_the_update_is_one_step_of_eta_up_the_estimated_gradient(estimator):
    settings = ES(estimator=estimator, eta=0.05, sigma=0.5, directions=6)
    slope = np.cos(np.arange(ITT.size))
    epsilon = strategy.ask(STATE, settings, ITT, 0)
    returns = np.array([theta @ slope for _, _, theta in strategy.perturbations(STATE, settings, epsilon)])
    following, gradient = strategy.tell(STATE, settings, ITT, epsilon, STATE.theta @ slope, returns)
    np.testing.assert_allclose(gradient, epsilon.T @ epsilon @ slope / 6, rtol=1e-9)  # returns are linear in theta
    np.testing.assert_array_equal(following.theta, STATE.theta + 0.05 * gradient)
    assert following.iteration == STATE.iteration + 1


@pytest.mark.parametrize("iteration", range(12))
def test_a_lazy_action_tower_moves_at_every_fifth_iteration_beginning_with_the_first(iteration):
    epsilon, all_of_it = (strategy.ask(at(iteration), settings, ITT, 0) for settings in (LAZY, ES()))
    part = ITT.action_part
    if iteration % 5 == 0:
        np.testing.assert_array_equal(epsilon, all_of_it)
    else:
        assert (epsilon[:, part] == 0).all()
        np.testing.assert_array_equal(epsilon[:, : part.start], all_of_it[:, : part.start])


def test_a_lazy_update_leaves_the_action_tower_as_it_is():
    epsilon = strategy.ask(at(1), LAZY, ITT, 0)
    following, _ = strategy.tell(at(1), LAZY, ITT, epsilon, 0.0, np.arange(2.0 * len(epsilon)))
    part = ITT.action_part
    np.testing.assert_array_equal(following.theta[part], STATE.theta[part])
    assert (following.theta[: part.start] != STATE.theta[: part.start]).all()


def test_ascent_climbs_a_hill():
    state, settings = strategy.initial(ES(sigma=0.1, eta=0.1), ITT, 0), ES(sigma=0.1, eta=0.1)
    heights = []
    for _ in range(40):
        epsilon = strategy.ask(state, settings, ITT, 0)
        returns = np.array([-theta @ theta for _, _, theta in strategy.perturbations(state, settings, epsilon)])
        heights.append(-state.theta @ state.theta)
        state, _ = strategy.tell(state, settings, ITT, epsilon, heights[-1], returns)
    assert heights[-1] > 0.01 * heights[0]
