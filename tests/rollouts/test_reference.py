"""The reference engine plays an episode as Sec. 2 tells it, and an episode is a function of theta and key alone."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from itt import seeding
from itt.algorithms.es.settings import METHODS
from itt.candidates import Box, source
from itt.envs import describe, make
from itt.policies import architecture_of
from itt.resolve import resolve
from itt.rollouts.evaluation import evaluate
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key
from itt.study import single

KEY = Key(seed=3, iteration=5, direction=7, sign=1)
DISCRETE, CONTINUOUS = "CartPole-v1", "Pendulum-v1"  # 500 and 200 steps at most
DFO = ["search.name=dfo"]


def resolved(env, method, *overrides):
    return resolve(single(env, method, overrides=["engine=reference", "candidates.count=20", *overrides]))


class Spy(ReferencePlayer):
    """A player that keeps the actions it takes."""

    def __init__(self, run):
        super().__init__(run, describe(run.env))
        self.taken, step = [], self.env.step
        self.env.step = lambda action: (self.taken.append(action), step(action))[1]

    def actions(self, theta, key=KEY):
        self.taken.clear()
        self.play(theta, key)
        return np.array(self.taken)


def theta_of(run, seed=0):
    return np.random.default_rng(seed).standard_normal(architecture_of(run).size)


def played(run, theta, key=KEY):
    episode = ReferencePlayer(run, describe(run.env)).play(theta, key)
    return episode.value, episode.steps


def relu(x):
    return np.maximum(x, 0)


# What the paper says, in the words of NumPy: for each method a state's action, given A*.


def itt(run, theta, state, candidates):
    (first, second), (action,) = architecture_of(run).matrices(theta)
    return np.argmax((candidates @ action.T) @ (second @ relu(first @ state)))


def iot(run, theta, state, candidates):
    ((first, second, last),) = architecture_of(run).matrices(theta)
    scores = [last @ relu(second @ relu(first @ np.concatenate([state, action]))) for action in candidates]
    return np.argmax(scores)


@pytest.mark.parametrize("choose", [itt, iot], ids=["itt", "iot"])
@pytest.mark.parametrize("resample", ["transition", "iteration"])
def test_an_implicit_policy_takes_the_best_of_its_candidates_at_every_transition(choose, resample):
    run = resolved(CONTINUOUS, choose.__name__, f"candidates.resample={resample}", "policy.width=3")
    theta, spec = theta_of(run), describe(CONTINUOUS)
    candidates = source(run.candidates, Box(np.float32(spec.low), np.float32(spec.high)), KEY)
    env, value, over, transition = make(CONTINUOUS), 0.0, False, 0
    state, _ = env.reset(seed=seeding.env_seed(KEY))
    while not over:
        actions = candidates.at(transition).astype(np.float64)
        state, reward, terminated, truncated, _ = env.step(actions[choose(run, theta, state, actions)])
        value, transition, over = value + reward, transition + 1, terminated or truncated
    assert played(run, theta) == (value, 200) == (value, transition)


@pytest.mark.parametrize("choose", [itt, iot], ids=["itt", "iot"])
def test_over_discrete_actions_the_candidates_are_all_of_them(choose):
    run = resolved(DISCRETE, choose.__name__, "policy.width=3")
    theta, env, value, over = theta_of(run), make(DISCRETE), 0.0, False
    state, _ = env.reset(seed=seeding.env_seed(KEY))
    while not over:
        action = choose(run, theta, state, np.array([[0.0], [1.0]]))
        state, reward, terminated, truncated, _ = env.step(int(action))
        value, over = value + reward, terminated or truncated
    assert played(run, theta)[0] == value


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("env", [DISCRETE, CONTINUOUS])
def test_an_episode_is_a_function_of_theta_and_key_whatever_was_played_before(env, method):
    run = resolved(env, method)
    player, theta = ReferencePlayer(run, describe(env)), theta_of(run)
    first = player.play(theta, KEY)
    player.play(theta_of(run, seed=1), Key(9))
    again = player.play(theta, KEY)
    assert (first.value, first.steps) == (again.value, again.steps) == played(run, theta)


@pytest.mark.parametrize(
    "change", [{"seed": 4}, {"iteration": 6}, {"direction": 8}, {"sign": -1}, {"episode": 1}, {"evaluation": True}]
)
@pytest.mark.parametrize("method", METHODS)
def test_another_key_is_another_episode(method, change):
    run = resolved(CONTINUOUS, method)
    assert played(run, theta_of(run)) != played(run, theta_of(run), replace(KEY, **change))


@pytest.mark.parametrize("method", METHODS)
def test_another_theta_is_another_episode(method):
    run = resolved(CONTINUOUS, method)
    assert played(run, theta_of(run)) != played(run, theta_of(run, seed=1))


@pytest.mark.parametrize(("env", "first"), [(DISCRETE, 0), ("MountainCar-v0", 0)])
@pytest.mark.parametrize("method", METHODS)
def test_where_all_scores_tie_the_lowest_index_wins(method, env, first):
    run = resolved(env, method)
    assert set(Spy(run).actions(np.zeros(architecture_of(run).size)).tolist()) == {first}


def test_explicit_actions_fill_the_box_through_tanh():
    run = resolved(CONTINUOUS, "explicit")
    actions = Spy(run).actions(100 * theta_of(run))
    assert actions.min() >= -2
    assert actions.max() <= 2
    assert np.abs(actions).max() > 1.99


def test_an_explicit_policy_with_linear_output_is_clipped_to_the_box():
    run = resolved(CONTINUOUS, "explicit", "policy.tower.output=linear", "policy.tower.layers=1")
    actions = Spy(run).actions(np.array([3.0, 0.0, 0.0]))  # 3 cos(angle)
    assert np.abs(actions).max() == 2.0
    assert ((np.abs(actions) < 2) & (actions != 0)).any()


# Eq. 3


@pytest.mark.parametrize("method", METHODS)
def test_sampling_draws_equal_scores_equally_often(method):
    run = resolved("MountainCar-v0", method, "policy.selection=sample")
    counts = np.bincount(Spy(run).actions(np.zeros(architecture_of(run).size)).astype(int), minlength=3)
    assert counts.sum() == 200
    assert stats.chisquare(counts).pvalue > 1e-5


def test_sampling_follows_the_softmax_of_the_scores():
    # ITT whose state tower gives a latent c: the scores of the actions 0, 1, 2 are 0, c, 2c.
    run = resolved("MountainCar-v0", "itt", "policy.selection=sample", "policy.state.layers=1")
    spy = Spy(run)
    pushes, states = [], []
    step = spy.env.step
    spy.env.step = lambda action: (pushes.append(action), (result := step(action)), states.append(result[0]))[1]
    states.append(spy.env.reset(seed=seeding.env_seed(KEY))[0])
    spy.play(np.array([1.0, 0.0, 1.0]), KEY)  # c is the position, about -0.5
    weights = np.exp(np.array(states)[: len(pushes), :1] * [0, 1, 2])
    expected = (weights / weights.sum(axis=1, keepdims=True)).sum(axis=0)
    assert stats.chisquare(np.bincount(pushes, minlength=3), expected).pvalue > 1e-5
    assert stats.chisquare(np.bincount(pushes, minlength=3)).pvalue < 1e-3


def test_a_sampled_episode_is_a_function_of_theta_and_key_too():
    run = resolved(DISCRETE, "itt", "policy.selection=sample", "policy.kernel=softmax")
    assert played(run, theta_of(run)) == played(run, theta_of(run))


# The derivative-free optimiser


def test_the_derivative_free_optimiser_finds_better_actions_than_its_first_samples():
    first_state, _ = make(CONTINUOUS).reset(seed=seeding.env_seed(KEY))

    def first_score(*overrides):
        run = resolved(CONTINUOUS, "iot", "policy.width=8", *overrides)
        theta = 3 * theta_of(run)
        ((first, second, last),) = architecture_of(run).matrices(theta)
        inputs = np.concatenate([first_state, Spy(run).actions(theta)[0]])
        return last @ relu(second @ relu(first @ inputs))

    assert first_score(*DFO) > first_score()


def test_the_derivative_free_optimiser_stays_in_the_box_and_is_a_function_of_theta_and_key():
    run = resolved(CONTINUOUS, "iot", "policy.width=8", *DFO)
    first, second = (Spy(run).actions(theta_of(run)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert np.abs(first).max() <= 2


# Evaluation


def alone(task, shared, items):
    return [task(shared, item) for item in items]


def test_an_evaluation_plays_episodes_whose_envs_training_never_saw():
    run = resolved(DISCRETE, "itt")
    evaluated = evaluate(run, theta_of(run), 20, alone)
    seeds = [seed for _, seed in evaluated]
    assert len(set(seeds)) == 20
    assert min(seeds) >= 2**31
    for number, (episode, seed) in enumerate(evaluated):
        key = Key(run.seed, episode=number, evaluation=True)
        assert seed == seeding.env_seed(key)
        assert (episode.value, episode.steps) == played(run, theta_of(run), key)


def test_the_first_episodes_of_an_evaluation_do_not_depend_on_how_many_there_are():
    run = resolved(DISCRETE, "itt")
    few, many = (evaluate(run, theta_of(run), count, alone) for count in (2, 5))
    assert [(episode.value, seed) for episode, seed in few] == [(episode.value, seed) for episode, seed in many[:2]]
